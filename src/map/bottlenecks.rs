//! Where the fleet is narrow: what everything passes, and what there is too little of.

use serde::Serialize;

use super::{
    dependencies::Needs,
    matrix::{CapabilityMatrix, providers},
    network::Network,
    traffic::{OverloadedLink, megabytes, overloaded},
    work::Work,
};
use crate::{
    graph::Directed,
    model::{Snapshot, TaskIx},
};

/// Most vertices named for their betweenness, and most dominators of each kind.
const MOST: usize = 10;

/// `network_topology.bottlenecks`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Bottlenecks {
    /// Nodes whose loss leaves the network in more pieces, by id.
    pub articulation_points: Vec<String>,
    /// Links whose loss does, smaller end first, in order.
    pub bridges: Vec<[String; 2]>,
    /// Capabilities that one agent alone can provide now, by name.
    pub single_provider_capabilities: Vec<SingleProvider>,
    /// Nodes with the greatest betweenness, greatest first; at most ten, none of 0.
    pub top_betweenness: Vec<String>,
    /// Capabilities of which the batch asks for more load than their providers can take, by name.
    pub capacity_shortfalls: Vec<Shortfall>,
    /// Links that need longer for the batch's data than the batch takes at least, worst first.
    pub overloaded_links: Vec<OverloadedLink>,
    /// False where the network and the batch are too large for the traffic on links to be found.
    pub link_loads_measured: bool,
    /// Those that every chain of needs, or of work, to several others passes; at most ten of a kind.
    pub dominators: Vec<Dominator>,
}

/// A capability that stands on one agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SingleProvider {
    /// The capability.
    pub capability: String,
    /// The one agent that has it and takes tasks.
    pub agent: String,
    /// Tasks that require it.
    pub tasks: usize,
}

/// A capability of which there is too little.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Shortfall {
    /// The capability.
    pub capability: String,
    /// Load asked for.
    pub demand: f64,
    /// Load that its providers may still take.
    pub supply: f64,
    /// The difference.
    pub missing: f64,
}

/// One that all paths to others pass.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Dominator {
    /// `services` (agents and services), or `tasks`.
    pub kind: &'static str,
    /// Its id.
    pub node: String,
    /// How many others no path reaches without it.
    pub dominates: usize,
}

/// Finds the bottlenecks.
pub fn bottlenecks(network: &Network, work: &Work<'_>, needs: &Needs<'_>, matrix: &CapabilityMatrix) -> Bottlenecks {
    let s = work.q.snapshot;
    let mut points: Vec<String> = network.cuts.points.iter().map(|v| network.id(s, *v).to_owned()).collect();
    points.sort_unstable();
    let mut bridges: Vec<[String; 2]> = network.cuts.bridges.iter().map(|e| network.ends(s, *e)).collect();
    bridges.sort_unstable();
    let loads = megabytes(work);
    Bottlenecks {
        articulation_points: points,
        bridges,
        single_provider_capabilities: single_providers(s, matrix),
        top_betweenness: top(s, network),
        capacity_shortfalls: shortfalls(matrix),
        link_loads_measured: loads.is_some(),
        overloaded_links: loads.map_or_else(Vec::new, |mb| overloaded(work, &mb)),
        dominators: dominators(work, needs),
    }
}

fn top(s: &Snapshot, network: &Network) -> Vec<String> {
    let mut rows: Vec<(f64, &str)> =
        (0..).zip(&network.betweenness).filter(|(_, x)| **x > 0.0).map(|(v, x)| (*x, network.id(s, v))).collect();
    // Figures equal but for the order of their sums come by id.
    let step = |x: f64| libm::round(x * 1e12);
    rows.sort_by(|a, b| step(b.0).total_cmp(&step(a.0)).then(a.1.cmp(b.1)));
    rows.into_iter().take(MOST).map(|r| r.1.to_owned()).collect()
}

fn single_providers(s: &Snapshot, matrix: &CapabilityMatrix) -> Vec<SingleProvider> {
    let mut out = Vec::new();
    for (all, name) in providers(s).iter().zip(&s.names.skills) {
        let up: Vec<_> = all.iter().map(|a| s.agent(*a)).filter(|a| a.status.takes_tasks()).collect();
        if let [agent] = up[..] {
            let tasks = matrix.capabilities.get(name).map_or(0, |c| c.tasks);
            out.push(SingleProvider { capability: name.clone(), agent: agent.id.clone(), tasks });
        }
    }
    out
}

fn shortfalls(matrix: &CapabilityMatrix) -> Vec<Shortfall> {
    let short = matrix.capabilities.iter().filter(|(_, c)| c.shortfall() > 1e-9 * c.demand);
    let row = |(name, c): (&String, &super::matrix::Capability)| Shortfall {
        capability: name.clone(),
        demand: c.demand,
        supply: c.supply.unwrap_or_default(),
        missing: c.shortfall(),
    };
    short.map(row).collect()
}

fn dominators(work: &Work<'_>, needs: &Needs<'_>) -> Vec<Dominator> {
    let s = work.q.snapshot;
    let mut out: Vec<Dominator> = Vec::new();
    for (v, dominates) in widest(&needs.graph) {
        out.push(Dominator { kind: "services", node: needs.id(v).to_owned(), dominates });
    }
    let arcs = s.task_ixs().flat_map(|t| {
        let hard = s.task(t).depends_on.iter().filter(|d| !d.soft);
        hard.map(move |d| (d.task.0, t.0))
    });
    for (v, dominates) in widest(&Directed::new(s.tasks.len(), arcs)) {
        out.push(Dominator { kind: "tasks", node: s.task(TaskIx(v)).id.clone(), dominates });
    }
    out
}

/// Vertices that dominate at least two others, most first.
fn widest(graph: &Directed) -> Vec<(u32, usize)> {
    let above = graph.dominators();
    let mut children = vec![0_u32; above.len()];
    above.iter().flatten().for_each(|d| children[*d as usize] += 1);
    // Leaves of the tree first: each hands what it dominates, itself included, to the one above it.
    let mut count = vec![0_usize; above.len()];
    let mut ready: Vec<u32> = (0..above.len() as u32).filter(|v| children[*v as usize] == 0).collect();
    while let Some(v) = ready.pop() {
        if let Some(d) = above[v as usize] {
            count[d as usize] += count[v as usize] + 1;
            children[d as usize] -= 1;
            ready.extend(Some(d).filter(|d| children[*d as usize] == 0));
        }
    }
    let mut out: Vec<(u32, usize)> = (0..).zip(count).filter(|(_, n)| *n > 1).collect();
    out.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    out.truncate(MOST);
    out
}
