//! The difference of two snapshots as operations on the document.

use serde_json::{Value, json};

use super::{
    super::apply::{Rows, Working},
    network, state, tasks,
};
use crate::{
    input::document::{Document, Item, Section},
    model::{Ms, Placement, Plan, Snapshot, TaskIx, seconds},
    patch::{self, Op, number, pointer, put},
};

/// Gathers operations; see [`super`] for their order.
pub struct Differ<'d> {
    /// The input.
    pub document: &'d Document,
    /// The snapshot as read.
    pub before: &'d Snapshot,
    /// The snapshot as it is now.
    pub after: &'d Snapshot,
    /// Edits of fields and entries.
    pub edits: Vec<Op>,
    gone: Vec<(Section, usize)>,
    /// Rows that come.
    pub new: Vec<Op>,
}

/// What leads from `before` to the working snapshot.
pub fn diff(document: &Document, before: &Snapshot, plan: Option<&Plan>, working: &Working) -> Vec<Op> {
    let after = &working.snapshot;
    let mut d = Differ { document, before, after, edits: Vec::new(), gone: Vec::new(), new: Vec::new() };
    d.edits.extend(patch::as_of(&document.root, after.as_of));
    network::agents(&mut d);
    tasks::tasks(&mut d);
    network::network(&mut d);
    state::state(&mut d, &working.origins);
    d.plan(plan, working.plan.as_ref());
    let Differ { edits: mut out, mut gone, new, .. } = d;
    gone.sort_unstable();
    out.extend(gone.into_iter().rev().map(|(section, i)| Op::Remove { path: pointer(section, i, &[]) }));
    out.extend(new);
    out
}

impl<'d> Differ<'d> {
    /// The item of a thing, with its index in the document's list.
    pub fn find(&self, section: Section, row: usize) -> Option<(usize, &'d Item)> {
        Some((self.document.position(section, row)?, self.document.item(section, row)?))
    }

    /// Sets a field of a thing, or takes it out.
    pub fn set(&mut self, section: Section, row: usize, field: &str, value: Option<Value>) {
        let Some((index, item)) = self.find(section, row) else { return };
        let path = pointer(section, index, &[field]);
        let op = match (item.get(field).is_some(), value) {
            (known, Some(value)) => put(known, path, value),
            (true, None) => Op::Remove { path },
            (false, None) => return,
        };
        self.edits.push(op);
    }

    /// Edits a list field of a thing: each entry is kept, replaced or dropped, then new ones are appended.
    pub fn list(
        &mut self,
        section: Section,
        row: usize,
        field: &str,
        judge: impl Fn(&Item) -> Entry,
        more: Vec<Value>,
    ) {
        let Some((index, item)) = self.find(section, row) else { return };
        let known = item.get(field).is_some();
        let mut ops = Vec::new();
        for (i, entry) in item.get(field).map_or(&[][..], Item::items).iter().enumerate().rev() {
            let path = pointer(section, index, &[field, &i.to_string()]);
            match judge(entry) {
                Entry::Keep => {}
                Entry::Replace(value) => ops.push(Op::Replace { path, value }),
                Entry::Drop => ops.push(Op::Remove { path }),
            }
        }
        let end = |value| Op::Add { path: pointer(section, index, &[field, "-"]), value };
        match (known, more.is_empty()) {
            (_, true) => {}
            (true, false) => ops.extend(more.into_iter().map(end)),
            (false, false) => ops.push(Op::Add { path: pointer(section, index, &[field]), value: Value::Array(more) }),
        }
        self.edits.extend(ops);
    }

    /// A moment in the way in which the field was written: RFC 3339, or seconds after now.
    pub fn moment(&self, section: Section, row: usize, field: &str, ms: Ms) -> Value {
        let written = self.find(section, row).and_then(|(_, item)| item.get(field)?.text());
        let absolute = written.is_some_and(|t| t.contains(['T', 't']) && t.contains('-') && t.len() > 15);
        let at = self.after.as_of.filter(|_| absolute);
        let at = at.and_then(|now| jiff::Timestamp::from_millisecond(now.as_millisecond() + ms).ok());
        at.map_or_else(|| number(seconds(ms)), |at| Value::String(at.to_string()))
    }

    /// The given plan, where it was changed: as `baseline`, which `--plan` reads from a snapshot too.
    fn plan(&mut self, before: Option<&Plan>, after: Option<&Plan>) {
        let Some(plan) = after.filter(|plan| before != Some(*plan)) else { return };
        let mut agents = serde_json::Map::new();
        for (agent, rows) in self.after.agents.iter().zip(plan.by_agent(self.after.agents.len())) {
            let row = |(t, p): (TaskIx, Placement)| {
                let [start, finish] = [p.start, p.finish].map(|ms| number(seconds(ms)));
                json!({"task": self.after.task(t).id, "start": start, "finish": finish})
            };
            agents.insert(agent.id.clone(), rows.into_iter().map(row).collect());
        }
        let (path, value) = ("/baseline".to_owned(), json!({"agent_assignments": agents}));
        self.edits.push(put(self.document.root.get("baseline").is_some(), path, value));
    }

    /// A list of names, of which some went and some came.
    pub fn names(&mut self, section: Section, row: usize, field: &str, was: &[String], is: &[String]) {
        if was == is {
            return;
        }
        let more = is.iter().filter(|id| !was.contains(id)).map(|id| Value::String(id.clone())).collect();
        let keep = |entry: &Item| {
            let stays = entry.id().is_none_or(|id| is.iter().any(|x| x == id) || !was.iter().any(|x| x == id));
            if stays { Entry::Keep } else { Entry::Drop }
        };
        self.list(section, row, field, keep, more);
    }

    /// Notes rows that went.
    pub fn rows(&mut self, section: Section, count: usize, origins: &Rows) {
        let mut kept = vec![false; count];
        origins.iter().flatten().for_each(|o| kept[*o as usize] = true);
        for row in (0..count).filter(|row| !kept[*row]) {
            self.gone.extend(self.document.position(section, row).map(|i| (section, i)));
        }
    }
}

/// What becomes of an entry of a list.
pub enum Entry {
    /// It stays.
    Keep,
    /// Another takes its place.
    Replace(Value),
    /// It goes.
    Drop,
}
