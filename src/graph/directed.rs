//! Directed graphs: strong components, what is left when they are condensed, layers, dominators.

use petgraph::{
    algo::{dominators::simple_fast, kosaraju_scc},
    graph::{DiGraph, NodeIndex},
};

/// A simple directed graph.
#[derive(Debug, Clone, Default)]
pub struct Directed {
    vertices: usize,
    /// In order, without doubles; loops are kept.
    arcs: Vec<(u32, u32)>,
}

/// A graph whose strong components are single vertices: no cycle is left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condensation {
    /// Component of each vertex. Arcs lead from smaller to larger components.
    pub component: Vec<u32>,
    /// Vertices of each component, in order.
    pub members: Vec<Vec<u32>>,
    /// Arcs between components, in order, without doubles.
    pub arcs: Vec<(u32, u32)>,
    /// Components that are cycles: of several vertices, or of one with a loop.
    pub cycles: Vec<u32>,
}

impl Directed {
    /// The graph of `vertices` vertices with these arcs.
    pub fn new(vertices: usize, arcs: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut arcs: Vec<(u32, u32)> = arcs.into_iter().collect();
        arcs.sort_unstable();
        arcs.dedup();
        Self { vertices, arcs }
    }

    /// Arcs in order, each once.
    pub fn arcs(&self) -> &[(u32, u32)] {
        &self.arcs
    }

    fn graph(&self, more: impl IntoIterator<Item = (u32, u32)>) -> DiGraph<(), ()> {
        let mut out = DiGraph::with_capacity(self.vertices + 1, self.arcs.len());
        for _ in 0..=self.vertices {
            out.add_node(());
        }
        for (a, b) in self.arcs.iter().copied().chain(more) {
            out.add_edge(NodeIndex::new(a as usize), NodeIndex::new(b as usize), ());
        }
        out
    }

    /// Strong components (Kosaraju; petgraph's needs no recursion) in a topological order that depends on the graph
    /// alone: longest chain of components before, then first member. O(n log n + m log m).
    pub fn condensed(&self) -> Condensation {
        let mut members: Vec<Vec<u32>> = kosaraju_scc(&self.graph([]))
            .into_iter()
            .map(|c| c.into_iter().map(|v| v.index() as u32).filter(|v| (*v as usize) < self.vertices).collect())
            .filter(|c: &Vec<u32>| !c.is_empty())
            .collect();
        // petgraph hands them over successors first.
        members.reverse();
        for c in &mut members {
            c.sort_unstable();
        }
        let raw = owner(&members, self.vertices);
        let deep = depths(members.len(), &between(&self.arcs, &raw));
        let mut rank: Vec<usize> = (0..members.len()).collect();
        rank.sort_unstable_by_key(|c| (deep[*c], members[*c][0]));
        let members: Vec<Vec<u32>> = rank.into_iter().map(|c| std::mem::take(&mut members[c])).collect();
        let component = owner(&members, self.vertices);
        let loops = |v: u32| self.arcs.binary_search(&(v, v)).is_ok();
        let circular = |c: &u32| members[*c as usize].len() > 1 || loops(members[*c as usize][0]);
        let cycles = (0..members.len() as u32).filter(circular).collect();
        Condensation { arcs: between(&self.arcs, &component), component, members, cycles }
    }

    /// Immediate dominator of each vertex, seen from where the graph begins: the one vertex nearest to it that every
    /// path to it passes (Cooper, Harvey and Kennedy 2001, by petgraph). `None` where there is none. It begins with
    /// the vertices of components that nothing leads to.
    pub fn dominators(&self) -> Vec<Option<u32>> {
        let condensed = self.condensed();
        let mut entered = vec![false; condensed.members.len()];
        condensed.arcs.iter().for_each(|(_, c)| entered[*c as usize] = true);
        let root = self.vertices as u32;
        let first = (0..root).filter(|v| !entered[condensed.component[*v as usize] as usize]);
        let found = simple_fast(&self.graph(first.map(|v| (root, v))), NodeIndex::new(self.vertices));
        let own = |v: usize| found.immediate_dominator(NodeIndex::new(v)).map(|d| d.index() as u32);
        (0..self.vertices).map(|v| own(v).filter(|d| *d != root)).collect()
    }
}

impl Condensation {
    /// Number of arcs on the longest path to each component.
    pub fn depths(&self) -> Vec<u32> {
        depths(self.members.len(), &self.arcs)
    }
}

fn owner(members: &[Vec<u32>], vertices: usize) -> Vec<u32> {
    let mut out = vec![0; vertices];
    for (c, vs) in members.iter().enumerate() {
        for v in vs {
            out[*v as usize] = c as u32;
        }
    }
    out
}

fn between(arcs: &[(u32, u32)], component: &[u32]) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = arcs.iter().map(|(a, b)| (component[*a as usize], component[*b as usize])).collect();
    out.retain(|(a, b)| a != b);
    out.sort_unstable();
    out.dedup();
    out
}

/// Longest paths of arcs that lead from smaller to larger numbers, in the order of their starts.
fn depths(count: usize, arcs: &[(u32, u32)]) -> Vec<u32> {
    let mut out = vec![0; count];
    for (a, b) in arcs {
        out[*b as usize] = out[*b as usize].max(out[*a as usize] + 1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_condensed_in_topological_order() {
        // 3 → {0, 1} → 2, and 4 → 4.
        let g = Directed::new(5, [(3, 0), (0, 1), (1, 0), (1, 2), (0, 2), (4, 4)]);
        let c = g.condensed();
        assert_eq!(c.members, [vec![3], vec![4], vec![0, 1], vec![2]]);
        assert_eq!((c.arcs.as_slice(), c.cycles.as_slice()), (&[(0, 2), (2, 3)][..], &[1, 2][..]));
        assert_eq!(c.depths(), [0, 0, 1, 2]);
    }

    #[test]
    fn whoever_all_paths_pass_dominates() {
        let g = Directed::new(6, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (5, 4)]);
        assert_eq!(g.dominators(), [None, Some(0), Some(0), Some(0), None, None]);
        // A circle without a way in begins at each of its vertices.
        assert_eq!(Directed::new(3, [(0, 1), (1, 0), (1, 2)]).dominators(), [None, None, Some(1)]);
        assert_eq!(Directed::new(0, []).dominators(), []);
    }

    #[test]
    fn long_chains_do_not_recurse() {
        let n = 100_000;
        let g = Directed::new(n as usize, (1..n).map(|v| (v - 1, v)));
        assert_eq!(g.condensed().depths()[n as usize - 1], n - 1);
        assert_eq!(g.dominators()[n as usize - 1], Some(n - 2));
    }
}
