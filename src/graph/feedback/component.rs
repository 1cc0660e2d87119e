//! A strong component with vertices and arcs of its own numbering.

use petgraph::{
    algo::kosaraju_scc,
    graph::{DiGraph, NodeIndex},
    visit::{EdgeFiltered, EdgeRef},
};

/// A strong component of several vertices.
#[derive(Debug, Clone)]
pub(super) struct Component {
    /// Begin, end and weight of each arc.
    pub arcs: Vec<(u32, u32, i64)>,
    /// Arcs that leave each vertex.
    pub out: Vec<Vec<u32>>,
    /// Arcs that enter each vertex.
    pub into: Vec<Vec<u32>>,
    /// The same for petgraph, edge by arc.
    graph: DiGraph<(), ()>,
}

fn graph(vertices: usize, arcs: &[(u32, u32, i64)]) -> DiGraph<(), ()> {
    let mut out = DiGraph::with_capacity(vertices, arcs.len());
    for _ in 0..vertices {
        out.add_node(());
    }
    for (a, b, _) in arcs {
        out.add_edge(NodeIndex::new(*a as usize), NodeIndex::new(*b as usize), ());
    }
    out
}

/// Which component each vertex is in (Kosaraju; petgraph's does not recurse). O(n + m).
fn owners(components: Vec<Vec<NodeIndex>>, vertices: usize) -> Vec<u32> {
    let mut out = vec![0; vertices];
    for (c, members) in components.into_iter().enumerate() {
        for v in members {
            out[v.index()] = c as u32;
        }
    }
    out
}

/// The strong components of several vertices, by their first vertex, each with its arcs' positions in `arcs`.
pub(super) fn components(vertices: usize, arcs: &[(u32, u32, i64)]) -> Vec<(Component, Vec<u32>)> {
    let owner = owners(kosaraju_scc(&graph(vertices, arcs)), vertices);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); vertices];
    (0..vertices).for_each(|v| members[owner[v] as usize].push(v as u32));
    let mut inside: Vec<Vec<u32>> = vec![Vec::new(); vertices];
    for (i, (a, b, _)) in arcs.iter().enumerate() {
        if a != b && owner[*a as usize] == owner[*b as usize] {
            inside[owner[*a as usize] as usize].push(i as u32);
        }
    }
    let mut local = vec![0; vertices];
    for m in &members {
        m.iter().enumerate().for_each(|(i, v)| local[*v as usize] = i as u32);
    }
    let mut rank: Vec<usize> = (0..vertices).filter(|c| members[*c].len() > 1).collect();
    rank.sort_unstable_by_key(|c| members[*c][0]);
    let own = |i: &u32| {
        let (a, b, weight) = arcs[*i as usize];
        (local[a as usize], local[b as usize], weight)
    };
    let component =
        |c: usize| (Component::new(members[c].len(), inside[c].iter().map(own).collect()), inside[c].clone());
    rank.into_iter().map(component).collect()
}

impl Component {
    fn new(vertices: usize, arcs: Vec<(u32, u32, i64)>) -> Self {
        let (mut out, mut into) = (vec![Vec::new(); vertices], vec![Vec::new(); vertices]);
        for (i, (a, b, _)) in arcs.iter().enumerate() {
            out[*a as usize].push(i as u32);
            into[*b as usize].push(i as u32);
        }
        Self { graph: graph(vertices, &arcs), arcs, out, into }
    }

    /// Number of vertices.
    pub fn vertices(&self) -> usize {
        self.out.len()
    }

    /// Sum of the weights of some arcs.
    pub fn weigh(&self, arcs: &[u32]) -> i64 {
        arcs.iter().map(|a| self.arcs[*a as usize].2).sum()
    }

    /// The component of each vertex once some arcs are gone.
    pub fn without(&self, gone: impl Fn(u32) -> bool) -> Vec<u32> {
        let rest = EdgeFiltered::from_fn(&self.graph, |e| !gone(e.id().index() as u32));
        owners(kosaraju_scc(&rest), self.vertices())
    }

    /// True where no cycle is left without these arcs.
    pub fn broken_by(&self, dropped: &[u32]) -> bool {
        let mut gone = vec![false; self.arcs.len()];
        for a in dropped {
            gone[*a as usize] = true;
        }
        let owner = self.without(|a| gone[a as usize]);
        (0..self.arcs.len()).all(|i| gone[i] || owner[self.arcs[i].0 as usize] != owner[self.arcs[i].1 as usize])
    }

    /// A feedback arc set without what it does not need: the heaviest arcs are put back first where they close
    /// no cycle. O(k (n + m)); what the work does not suffice for stays.
    pub fn minimal(&self, dropped: &[u32], work: &mut u64) -> Vec<u32> {
        let mut gone = vec![false; self.arcs.len()];
        for a in dropped {
            gone[*a as usize] = true;
        }
        let mut heaviest = dropped.to_vec();
        heaviest.sort_unstable_by_key(|a| (-self.arcs[*a as usize].2, *a));
        let mut seen = vec![u32::MAX; self.vertices()];
        let (most, mut walked) = (work.saturating_mul(1000), 0);
        for (walk, arc) in heaviest.into_iter().enumerate() {
            if walked > most {
                break;
            }
            let (from, to, _) = self.arcs[arc as usize];
            gone[arc as usize] = self.reaches((to, from), &gone, &mut seen, (walk as u32, &mut walked));
        }
        *work = work.saturating_sub(walked / 1000);
        (0..self.arcs.len() as u32).filter(|a| gone[*a as usize]).collect()
    }

    /// True where a path leads from one vertex to another.
    fn reaches(
        &self,
        (from, to): (u32, u32),
        gone: &[bool],
        seen: &mut [u32],
        (walk, walked): (u32, &mut u64),
    ) -> bool {
        let mut stack = vec![from];
        while let Some(v) = stack.pop() {
            if v == to {
                return true;
            }
            *walked += 1 + self.out[v as usize].len() as u64;
            for arc in self.out[v as usize].iter().filter(|a| !gone[**a as usize]) {
                let next = self.arcs[*arc as usize].1;
                if seen[next as usize] != walk {
                    seen[next as usize] = walk;
                    stack.push(next);
                }
            }
        }
        false
    }
}
