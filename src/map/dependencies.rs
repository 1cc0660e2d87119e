//! Who needs whom: declared by agents and services, observed in calls, implied by tasks.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Call, work::Work};
use crate::{
    graph::{Condensation, Directed},
    model::{Agent, AgentIx, AgentStatus, Location, ServiceIx, Snapshot, TaskIx},
};

/// Most eligible agents on either side of a dependency between tasks that still speaks of agents: among more, no
/// agent in particular is needed.
const NARROW: usize = 8;
/// Words for a service that is not there.
const DOWN: &[&str] = &["down", "offline", "failed", "unhealthy", "critical", "unavailable"];

/// An agent or a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// An agent.
    Agent(AgentIx),
    /// A service.
    Service(ServiceIx),
}

/// The graph of needs among agents and services. Vertices are the agents, then the services; arcs lead from what
/// needs to what is needed.
#[derive(Debug)]
pub struct Needs<'s> {
    snapshot: &'s Snapshot,
    /// Declared needs and observed calls.
    pub graph: Directed,
    /// Without cycles.
    pub condensed: Condensation,
    /// Declared needs alone, in order.
    pub declared: Vec<(u32, u32)>,
    /// Needs of nothing that is known, with their places.
    pub missing: Vec<(u32, String, Location)>,
    /// Observed calls whose ends are both known, with their weights.
    pub calls: Vec<(u32, u32, f64)>,
}

impl<'s> Needs<'s> {
    /// Resolves the needs of a snapshot.
    pub fn of(snapshot: &'s Snapshot, calls: &[Call]) -> Self {
        let agents = snapshot.agents.len() as u32;
        let services = &snapshot.network.services;
        let find = |id: &str| {
            let service = || services.binary_search_by(|s| s.id.as_str().cmp(id)).ok().map(|i| agents + i as u32);
            snapshot.find_agent(id).map(|a| a.0).or_else(service)
        };
        let own = snapshot.agents.iter().map(|a| &a.depends_on).chain(services.iter().map(|s| &s.depends_on));
        let (mut declared, mut missing) = (Vec::new(), Vec::new());
        for (from, needs) in (0..).zip(own) {
            for (id, location) in needs {
                match find(id) {
                    Some(to) => declared.push((from, to)),
                    None => missing.push((from, id.clone(), *location)),
                }
            }
        }
        declared.sort_unstable();
        declared.dedup();
        let mut summed: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for call in calls {
            if let (Some(from), Some(to)) = (find(&call.from), find(&call.to)) {
                *summed.entry((from, to)).or_default() += call.weight;
            }
        }
        let calls: Vec<(u32, u32, f64)> = summed.into_iter().map(|((a, b), x)| (a, b, x)).collect();
        let vertices = agents as usize + services.len();
        let graph = Directed::new(vertices, declared.iter().copied().chain(calls.iter().map(|c| (c.0, c.1))));
        let condensed = graph.condensed();
        Self { snapshot, graph, condensed, declared, missing, calls }
    }

    /// What a vertex stands for.
    pub fn part(&self, v: u32) -> Part {
        let agents = self.snapshot.agents.len() as u32;
        if v < agents { Part::Agent(AgentIx(v)) } else { Part::Service(ServiceIx(v - agents)) }
    }

    /// An agent of the snapshot.
    pub fn agent(&self, a: AgentIx) -> &'s Agent {
        self.snapshot.agent(a)
    }

    /// Its id.
    pub fn id(&self, v: u32) -> &'s str {
        match self.part(v) {
            Part::Agent(a) => &self.snapshot.agent(a).id,
            Part::Service(s) => &self.snapshot.network.services[s.at()].id,
        }
    }

    /// Where it was written.
    pub fn location(&self, v: u32) -> Location {
        match self.part(v) {
            Part::Agent(a) => self.snapshot.agent(a).location,
            Part::Service(s) => self.snapshot.network.services[s.at()].location,
        }
    }

    /// Its status, where that means it is not there.
    pub fn down(&self, v: u32) -> Option<&'s str> {
        match self.part(v) {
            Part::Agent(a) => {
                let status = self.snapshot.agent(a).status;
                matches!(status, AgentStatus::Offline | AgentStatus::Failed).then(|| status.name())
            }
            Part::Service(s) => {
                let status = self.snapshot.network.services[s.at()].status.as_deref()?;
                DOWN.iter().any(|d| status.eq_ignore_ascii_case(d)).then_some(status)
            }
        }
    }

    fn ids(&self, members: &[u32]) -> Vec<String> {
        members.iter().map(|v| self.id(*v).to_owned()).collect()
    }

    /// The section of the report.
    pub fn section(&self, work: &Work<'_>) -> DependencyGraph {
        // Layers count from what needs nothing: depths of the graph turned round.
        let turned =
            Directed::new(self.condensed.members.len(), self.condensed.arcs.iter().map(|(a, b)| (*b, *a))).condensed();
        let depths = turned.depths();
        let mut joined = vec![false; self.condensed.members.len()];
        self.condensed.arcs.iter().for_each(|(a, b)| (joined[*a as usize], joined[*b as usize]) = (true, true));
        self.condensed.cycles.iter().for_each(|c| joined[*c as usize] = true);
        let mut layers: Vec<Vec<String>> = Vec::new();
        for (c, members) in self.condensed.members.iter().enumerate().filter(|(c, _)| joined[*c]) {
            let depth = depths[turned.component[c] as usize] as usize;
            layers.resize(layers.len().max(depth + 1), Vec::new());
            layers[depth].extend(self.ids(members));
        }
        for layer in &mut layers {
            layer.sort_unstable();
        }
        let needs = |(v, id, _): &(u32, String, Location)| Need { from: self.id(*v).to_owned(), needs: id.clone() };
        let gone = |(a, b): &(u32, u32)| {
            let status = self.down(*b)?.to_owned();
            Some(Unavailable { from: self.id(*a).to_owned(), needs: self.id(*b).to_owned(), status })
        };
        DependencyGraph {
            depth: layers.len().saturating_sub(1),
            layers,
            cycles: self.cycles().map(|m| self.ids(m)).collect(),
            missing: self.missing.iter().map(needs).collect(),
            unavailable: self.graph.arcs().iter().filter_map(gone).collect(),
            tasks: task_graph(work),
        }
    }

    /// Members of each cycle, in order.
    pub fn cycles(&self) -> impl Iterator<Item = &Vec<u32>> {
        let mut out: Vec<&Vec<u32>> =
            self.condensed.cycles.iter().map(|c| &self.condensed.members[*c as usize]).collect();
        out.sort_unstable();
        out.into_iter()
    }
}

fn task_graph(work: &Work<'_>) -> TaskGraph {
    let s = work.q.snapshot;
    let condensed = &work.schedule.condensed;
    let depths = condensed.depths();
    let mut layer_sizes = vec![0; depths.iter().max().map_or(0, |d| *d as usize + 1)];
    for (members, depth) in condensed.members.iter().zip(&depths) {
        layer_sizes[*depth as usize] += members.len();
    }
    let ids = |c: &u32| -> Vec<String> {
        condensed.members[*c as usize].iter().map(|t| s.task(TaskIx(*t)).id.clone()).collect()
    };
    let mut cycles: Vec<Vec<String>> = condensed.cycles.iter().map(ids).collect();
    cycles.sort_unstable();
    TaskGraph { depth: layer_sizes.len().saturating_sub(1), layer_sizes, cycles }
}

/// Agent → agent needed by its tasks' predecessors: the expected number of dependencies where each task is as
/// likely on any of its eligible agents, counted where at most [`NARROW`] are on either side.
pub fn implied(work: &Work<'_>) -> BTreeMap<(AgentIx, AgentIx), f64> {
    let s = work.q.snapshot;
    let narrow: Vec<Option<Vec<AgentIx>>> = work
        .sample
        .iter()
        .map(|t| {
            let agents: Vec<AgentIx> = work.q.offers(*t).take(NARROW + 1).map(|o| o.agent).collect();
            Some(agents).filter(|a| a.len() <= NARROW)
        })
        .collect();
    let agents = |t: TaskIx| narrow[work.group[t.at()] as usize].as_deref().unwrap_or_default();
    let mut out = BTreeMap::new();
    for t in s.task_ixs() {
        for d in s.task(t).depends_on.iter().filter(|d| !d.soft && d.task != t) {
            let (own, other) = (agents(t), agents(d.task));
            let share = 1.0 / (own.len() * other.len()).max(1) as f64;
            for a in own {
                for b in other.iter().filter(|b| *b != a) {
                    *out.entry((*a, *b)).or_default() += share;
                }
            }
        }
    }
    out
}

/// `dependency_graph`: needs among agents and services, and among tasks.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DependencyGraph {
    /// Needs on the longest chain of agents and services, cycles condensed.
    pub depth: usize,
    /// Agents and services that need or are needed, layer by layer: the first need nothing, each further one something
    /// of the layer before. Those of a cycle are in one layer.
    pub layers: Vec<Vec<String>>,
    /// Agents and services that need each other in a circle.
    pub cycles: Vec<Vec<String>>,
    /// Needs of what is not in the snapshot.
    pub missing: Vec<Need>,
    /// Needs of what is not there now.
    pub unavailable: Vec<Unavailable>,
    /// Hard dependencies among tasks.
    pub tasks: TaskGraph,
}

/// Someone needs something.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Need {
    /// Agent or service.
    pub from: String,
    /// What it needs.
    pub needs: String,
}

/// Someone needs something that is not there now.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Unavailable {
    /// Agent or service.
    pub from: String,
    /// What it needs.
    pub needs: String,
    /// Its status.
    pub status: String,
}

/// The shape of the batch.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TaskGraph {
    /// Dependencies on the longest chain, cycles condensed.
    pub depth: usize,
    /// Tasks in each layer: the first wait for nothing.
    pub layer_sizes: Vec<usize>,
    /// Tasks that wait for each other in a circle.
    pub cycles: Vec<Vec<String>>,
}
