//! Ids and interned names: what a reference in the file points to.

use std::{cell::RefCell, collections::HashMap};

use super::{
    codes::{self, Code},
    path::Path,
    sources::Span,
    suggest,
    tree::{Kind, Node},
    values::{Context, MAX_TEXT, Text, shorten},
};
use crate::model::{AgentIx, DataIx, DimIx, KindIx, Node as Place, ResourceIx, SkillIx, TaskIx, Who, ZoneIx};

/// Findings beyond which no near word is looked for any more: each look costs a pass over all ids.
const MAX_SUGGESTED: usize = 50;

/// The ids of one kind of thing, in order, and which node of the file each came from.
#[derive(Debug, Default)]
pub struct Ids {
    by_id: HashMap<String, u32>,
    sorted: Vec<String>,
    of_node: Vec<Option<u32>>,
}

impl Ids {
    /// Gathers the ids of a list of mappings; one that is taken is a problem.
    pub fn gather<'t>(context: &Context<'_, 't>, nodes: &[Node<'t>], path: &Path<'_>, noun: &str) -> Self {
        let mut found: Vec<(String, usize, u32)> = Vec::with_capacity(nodes.len());
        for (i, node) in nodes.iter().enumerate() {
            let Kind::Map(entries) = &node.kind else { continue };
            let Some(entry) = entries.iter().find(|e| e.key == "id") else { continue };
            match &entry.value.kind {
                Kind::Text(text) if !text.is_empty() && text.len() <= MAX_TEXT => {
                    found.push((text.clone().into_owned(), i, entry.value.at));
                }
                Kind::Number(_) => {
                    let span = entry.value.span(context.sources());
                    let written = context.sources().text_of(span);
                    found.push((written.to_owned(), i, span.at));
                }
                _ => {}
            }
        }
        found.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let mut out = Self { of_node: vec![None; nodes.len()], ..Self::default() };
        let mut first_at = 0;
        for (id, i, at) in found {
            if out.sorted.last() == Some(&id) {
                let first = context.location(first_at);
                let span = Span { at, len: id.len() as u32 };
                let message = format!("the {noun} id `{}` is taken by line {}", shorten(&id), first.line);
                context.problems.add(&codes::DUPLICATE_ID, span, &path.item(i).field("id"), message);
                continue;
            }
            first_at = at;
            let ix = out.sorted.len() as u32;
            out.of_node[i] = Some(ix);
            out.by_id.insert(id.clone(), ix);
            out.sorted.push(id);
        }
        out
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The index of an id.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The index of the thing that a node of the list describes.
    pub fn of_node(&self, node: usize) -> Option<u32> {
        self.of_node.get(node).copied().flatten()
    }
}

/// Words numbered in the order they are met.
#[derive(Debug, Default)]
pub struct Interner {
    numbers: HashMap<String, u32>,
    words: Vec<String>,
}

impl Interner {
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.words.len() as u32;
        self.numbers.insert(word.to_owned(), number);
        self.words.push(word.to_owned());
        number
    }

    /// The words sorted, and for each number met the place in that order.
    pub fn sorted(self) -> (Vec<String>, Vec<u32>) {
        let mut order: Vec<usize> = (0..self.words.len()).collect();
        order.sort_by(|a, b| self.words[*a].cmp(&self.words[*b]));
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new as u32;
        }
        let mut words = self.words;
        words.sort_unstable();
        (words, place)
    }
}

/// Everything that has a name.
#[derive(Debug, Default)]
pub struct Directory {
    /// Agents.
    pub agents: Ids,
    /// Tasks.
    pub tasks: Ids,
    /// Shared resources.
    pub resources: Ids,
    /// Data sets.
    pub data: Ids,
    /// Services.
    pub services: Ids,
    /// Numbers of types that some agent has, sorted.
    pub agent_kinds: Vec<KindIx>,
    /// Capabilities.
    pub skills: RefCell<Interner>,
    /// Dimensions.
    pub dims: RefCell<Interner>,
    /// Types.
    pub kinds: RefCell<Interner>,
    /// Zones.
    pub zones: RefCell<Interner>,
}

impl Directory {
    /// The number of a capability.
    pub fn skill(&self, word: &str) -> SkillIx {
        SkillIx(self.skills.borrow_mut().number(word))
    }

    /// The number of a dimension.
    pub fn dim(&self, word: &str) -> DimIx {
        DimIx(self.dims.borrow_mut().number(word))
    }

    /// The number of a type.
    pub fn kind(&self, word: &str) -> KindIx {
        KindIx(self.kinds.borrow_mut().number(word))
    }

    /// The number of a zone.
    pub fn zone(&self, word: &str) -> ZoneIx {
        ZoneIx(self.zones.borrow_mut().number(word))
    }

    /// The type of that name, where some agent has it.
    fn agent_kind(&self, word: &str) -> Option<KindIx> {
        let number = KindIx(self.kinds.borrow().numbers.get(word).copied()?);
        self.agent_kinds.binary_search(&number).is_ok().then_some(number)
    }
}

impl<'t> Context<'_, 't> {
    fn unknown<'k>(
        &self,
        code: &Code,
        noun: &str,
        name: &Text<'_>,
        path: &Path<'_>,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let near = if self.problems.count() < MAX_SUGGESTED { suggest::nearest(&name.value, known) } else { None };
        let help = near.map_or_else(|| code.remedy.to_owned(), |near| format!("did you mean `{near}`?"));
        let quotes = if self.sources().text_at(name.at).starts_with(['"', '\'']) { 2 } else { 0 };
        let span = Span { at: name.at, len: name.value.len() as u32 + quotes };
        let message = format!("unknown {noun} `{}`", shorten(&name.value));
        self.problems.add_with_help(code, span, path, message, help);
    }

    fn find(&self, ids: &Ids, code: &Code, noun: &str, name: &Text<'t>, path: &Path<'_>) -> Option<u32> {
        let found = ids.find(&name.value);
        if found.is_none() {
            self.unknown(code, noun, name, path, ids.sorted.iter().map(String::as_str));
        }
        found
    }

    /// The agent that a name means.
    pub fn find_agent(&self, name: &Text<'t>, path: &Path<'_>) -> Option<AgentIx> {
        self.find(&self.names.agents, &codes::UNKNOWN_AGENT, "agent", name, path).map(AgentIx)
    }

    /// The task that a name means.
    pub fn find_task(&self, name: &Text<'t>, path: &Path<'_>) -> Option<TaskIx> {
        self.find(&self.names.tasks, &codes::UNKNOWN_TASK, "task", name, path).map(TaskIx)
    }

    /// The shared resource that a name means.
    pub fn find_resource(&self, name: &Text<'t>, path: &Path<'_>) -> Option<ResourceIx> {
        self.find(&self.names.resources, &codes::UNKNOWN_RESOURCE, "shared resource", name, path).map(ResourceIx)
    }

    /// The data set that a name means.
    pub fn find_data(&self, name: &Text<'t>, path: &Path<'_>) -> Option<DataIx> {
        self.find(&self.names.data, &codes::UNKNOWN_DATA, "data set", name, path).map(DataIx)
    }

    /// The agent or type that a name means.
    pub fn find_who(&self, name: &Text<'t>, path: &Path<'_>) -> Option<Who> {
        let who =
            Who { agent: self.names.agents.find(&name.value).map(AgentIx), kind: self.names.agent_kind(&name.value) };
        if who.agent.is_some() || who.kind.is_some() {
            return Some(who);
        }
        let kinds = self.names.kinds.borrow();
        let types = self.names.agent_kinds.iter().map(|k| kinds.words[k.at()].as_str());
        let known = types.chain(self.names.agents.sorted.iter().map(String::as_str));
        self.unknown(&codes::UNKNOWN_AGENT_OR_TYPE, "agent or type", name, path, known);
        None
    }

    /// The agent, else the zone, of that name.
    pub fn place(&self, name: &Text<'t>) -> Place {
        match self.names.agents.find(&name.value) {
            Some(agent) => Place::Agent(AgentIx(agent)),
            None => Place::Zone(self.names.zone(&name.value)),
        }
    }

    /// Complains where a name is neither an agent nor a service.
    pub fn expect_agent_or_service(&self, name: &Text<'t>, path: &Path<'_>) {
        if self.names.agents.find(&name.value).is_none() && self.names.services.find(&name.value).is_none() {
            let known = self.names.services.sorted.iter().chain(&self.names.agents.sorted).map(String::as_str);
            self.unknown(&codes::UNKNOWN_SERVICE, "agent or service", name, path, known);
        }
    }
}
