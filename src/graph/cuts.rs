//! Articulation points, bridges and blocks, and into what a graph falls without one of its parts.

use std::ops::Range;

use super::Undirected;

const UNSEEN: u32 = u32::MAX;

/// A block (biconnected component) of at least three vertices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its vertices, in order.
    pub vertices: Vec<u32>,
    /// For each, how many vertices of its component are there or behind it, seen from within the block.
    pub reach: Vec<u32>,
    /// Its edges, as arcs of the graph with the vertex that they start from.
    pub(super) arcs: Vec<(u32, u32)>,
}

/// Where a graph comes apart: one depth-first search with an edge stack, O(n + m), without recursion
/// (Hopcroft and Tarjan 1973, Algorithm 447).
#[derive(Debug, Clone, Default)]
pub struct Cuts {
    /// Vertices whose loss leaves their component in pieces, in order.
    pub points: Vec<u32>,
    /// Edges whose loss does, smaller end first, in order.
    pub bridges: Vec<(u32, u32)>,
    /// Blocks of at least three vertices; every other edge is a bridge.
    pub blocks: Vec<Block>,
    /// Number of connected components, vertices without edges among them.
    pub components: usize,
    /// Vertices in the order of the search; a subtree of it is a range.
    pub order: Vec<u32>,
    place: Vec<u32>,
    size: Vec<u32>,
    parent: Vec<u32>,
    /// First place in `order` of each vertex's component.
    root: Vec<u32>,
    /// Vertex and root of a subtree that only this vertex joins to the rest, by vertex.
    hangs: Vec<(u32, u32)>,
}

/// The search's own notes.
struct Search<'g> {
    graph: &'g Undirected,
    low: Vec<u32>,
    /// Vertices in hand, with their next arc.
    path: Vec<(u32, usize)>,
    /// Arcs not yet in a block, with the vertex that they start from.
    open: Vec<(u32, u32)>,
    /// Size of the subtrees found to hang on each vertex.
    hanging: Vec<u32>,
}

impl Cuts {
    /// Finds them.
    pub fn of(graph: &Undirected) -> Self {
        let n = graph.vertices();
        let mut out = Self {
            place: vec![UNSEEN; n],
            size: vec![1; n],
            parent: vec![UNSEEN; n],
            root: vec![0; n],
            ..Self::default()
        };
        let mut search = Search { graph, low: vec![0; n], path: Vec::new(), open: Vec::new(), hanging: vec![0; n] };
        for start in 0..n as u32 {
            if out.place[start as usize] == UNSEEN {
                let first_block = out.blocks.len();
                out.walk(&mut search, start);
                out.settle(start, first_block);
            }
        }
        out.hangs.sort_unstable();
        out.points = out.hangs.chunk_by(|a, b| a.0 == b.0).filter(|c| out.cuts(c)).map(|c| c[0].0).collect();
        out.bridges.sort_unstable();
        out
    }

    /// True where the subtrees that hang on a vertex make it an articulation point: a root needs two.
    fn cuts(&self, hangs: &[(u32, u32)]) -> bool {
        self.parent[hangs[0].0 as usize] != UNSEEN || hangs.len() > 1
    }

    fn enter(&mut self, search: &mut Search<'_>, v: u32) {
        let place = self.order.len() as u32;
        self.place[v as usize] = place;
        search.low[v as usize] = place;
        self.order.push(v);
        search.path.push((v, search.graph.arcs(v).start));
    }

    fn walk(&mut self, search: &mut Search<'_>, start: u32) {
        let graph = search.graph;
        self.components += 1;
        self.enter(search, start);
        while let Some(&mut (v, ref mut next)) = search.path.last_mut() {
            if *next == graph.arcs(v).end {
                search.path.pop();
                self.leave(search, v);
                continue;
            }
            let arc = *next;
            *next += 1;
            let w = graph.target(arc);
            let (own, other) = (self.place[v as usize], self.place[w as usize]);
            if other == UNSEEN {
                self.parent[w as usize] = v;
                search.open.push((v, arc as u32));
                self.enter(search, w);
            } else if other < own && self.parent[v as usize] != w {
                search.open.push((v, arc as u32));
                search.low[v as usize] = search.low[v as usize].min(other);
            }
        }
    }

    /// Closes a vertex: what it found goes to its parent, and a block ends where nothing leads higher.
    fn leave(&mut self, search: &mut Search<'_>, w: u32) {
        let v = self.parent[w as usize];
        if v == UNSEEN {
            return;
        }
        let size = self.size[w as usize];
        self.size[v as usize] += size;
        let low = search.low[w as usize];
        search.low[v as usize] = search.low[v as usize].min(low);
        if low < self.place[v as usize] {
            return;
        }
        search.hanging[v as usize] += size;
        self.hangs.push((v, w));
        let is_first = |o: &(u32, u32)| o.0 == v && search.graph.target(o.1 as usize) == w;
        let first = search.open.iter().rposition(is_first).unwrap_or(0);
        if first + 1 == search.open.len() {
            self.bridges.push((v.min(w), v.max(w)));
            search.open.pop();
            return;
        }
        let arcs = search.open.split_off(first);
        let ends = arcs.iter().flat_map(|(from, arc)| [*from, search.graph.target(*arc as usize)]);
        let mut vertices: Vec<u32> = ends.collect();
        vertices.sort_unstable();
        vertices.dedup();
        // The top's reach is what is not below it; the component's size is known once the walk is over.
        let reach = |x: &u32| if *x == v { size } else { 1 + search.hanging[*x as usize] };
        let reach = vertices.iter().map(reach).collect();
        self.blocks.push(Block { vertices, reach, arcs });
    }

    /// Completes what needs the size of the component.
    fn settle(&mut self, start: u32, first_block: usize) {
        let (first, size) = (self.place[start as usize], self.size[start as usize]);
        for v in &self.order[first as usize..] {
            self.root[*v as usize] = first;
        }
        for block in &mut self.blocks[first_block..] {
            let top = (0..block.vertices.len()).min_by_key(|i| self.place[block.vertices[*i] as usize]);
            if let Some(top) = top {
                block.reach[top] = size - block.reach[top];
            }
        }
    }

    /// The vertices of a vertex's component, as a range of `order`.
    pub fn component(&self, v: u32) -> Range<usize> {
        let first = self.root[v as usize];
        let root = self.order[first as usize];
        first as usize..(first + self.size[root as usize]) as usize
    }

    /// Number of vertices in a vertex's component.
    pub fn component_size(&self, v: u32) -> usize {
        self.component(v).len()
    }

    fn subtree(&self, w: u32) -> Range<usize> {
        let first = self.place[w as usize] as usize;
        first..first + self.size[w as usize] as usize
    }

    /// Roots of the subtrees that only `v` joins to the rest.
    fn hanging(&self, v: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.hangs.partition_point(|h| h.0 < v);
        self.hangs[from..].iter().take_while(move |h| h.0 == v).map(|h| h.1)
    }

    /// Sizes of the pieces into which the component of `v` falls without it; one size where it stays whole.
    pub fn piece_sizes(&self, v: u32) -> Vec<u64> {
        let mut out: Vec<u64> = self.hanging(v).map(|w| u64::from(self.size[w as usize])).collect();
        let rest = self.component_size(v) as u64 - 1 - out.iter().sum::<u64>();
        out.extend(Some(rest).filter(|n| *n > 0));
        out
    }

    /// The pieces themselves, each as ranges of `order`.
    pub fn pieces(&self, v: u32) -> Vec<Vec<Range<usize>>> {
        let mut below: Vec<Range<usize>> = self.hanging(v).map(|w| self.subtree(w)).collect();
        below.sort_unstable_by_key(|r| r.start);
        let mut rest = Vec::new();
        let whole = self.component(v);
        let own = self.place[v as usize] as usize;
        let mut at = whole.start;
        let mut gaps = below.clone();
        gaps.push(own..own + 1);
        gaps.sort_unstable_by_key(|r| r.start);
        for gap in &gaps {
            rest.push(at..gap.start);
            at = gap.end;
        }
        rest.push(at..whole.end);
        rest.retain(|r| !r.is_empty());
        let mut out: Vec<Vec<Range<usize>>> = below.into_iter().map(|r| vec![r]).collect();
        out.extend(Some(rest).filter(|r| !r.is_empty()));
        out
    }

    /// The two sides of a bridge, each as ranges of `order`; `None` where the edge is none.
    pub fn sides(&self, (a, b): (u32, u32)) -> Option<[Vec<Range<usize>>; 2]> {
        self.bridges.binary_search(&(a.min(b), a.max(b))).ok()?;
        let lower = if self.parent[a as usize] == b { a } else { b };
        let (whole, below) = (self.component(a), self.subtree(lower));
        let mut rest = vec![whole.start..below.start, below.end..whole.end];
        rest.retain(|r| !r.is_empty());
        Some([vec![below], rest])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bow_tie_with_a_tail() {
        // 0-1-2 and 2-3-4 share 2; 4-5 is a bridge.
        let g = Undirected::new(6, [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (2, 4), (4, 5)]);
        let cuts = Cuts::of(&g);
        assert_eq!((cuts.points.as_slice(), cuts.bridges.as_slice()), (&[2, 4][..], &[(4, 5)][..]));
        let mut blocks: Vec<(&[u32], &[u32])> =
            cuts.blocks.iter().map(|b| (b.vertices.as_slice(), b.reach.as_slice())).collect();
        blocks.sort_unstable();
        assert_eq!(blocks, [(&[0, 1, 2][..], &[1, 1, 4][..]), (&[2, 3, 4], &[3, 1, 2])]);
        let mut sizes = cuts.piece_sizes(2);
        sizes.sort_unstable();
        assert_eq!(sizes, [2, 3]);
        let sides = cuts.sides((5, 4)).unwrap();
        assert_eq!(sides.map(|s| s.iter().map(Range::len).sum::<usize>()), [1, 5]);
        assert!(cuts.sides((0, 1)).is_none());
    }

    #[test]
    fn a_chain_as_long_as_you_like() {
        let n = 100_000;
        let cuts = Cuts::of(&Undirected::new(n as usize, (1..n).map(|v| (v - 1, v))));
        assert_eq!((cuts.points.len(), cuts.bridges.len(), cuts.components), (n as usize - 2, n as usize - 1, 1));
        assert_eq!(cuts.piece_sizes(1), [u64::from(n) - 2, 1]);
    }
}
