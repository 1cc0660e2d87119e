//! One block of a graph, laid out for searches.

use super::{Block, Undirected};

/// Buckets at most.
const BUCKETS: u64 = 1 << 16;

/// A graph of one block in compressed rows, with how much lies behind each vertex.
#[derive(Debug, Default)]
pub struct Rows {
    /// Where each vertex's arcs begin.
    pub offsets: Vec<u32>,
    /// Where they lead.
    pub targets: Vec<u32>,
    /// How long they are; empty where each is 1 long.
    pub lengths: Vec<u64>,
    /// Vertices at or behind each vertex.
    pub reach: Vec<f64>,
    /// Bits of a length within a bucket of the queue: no arc is shorter than a bucket is wide.
    pub shift: u32,
    /// Buckets that the longest arc spans, a power of two; 0 where those would be too many.
    pub ring: usize,
}

impl Rows {
    /// A block of a graph, in numbers of its own.
    pub fn of(graph: &Undirected, block: &Block) -> Self {
        let place = |v: u32| block.vertices.binary_search(&v).unwrap_or(0) as u32;
        let edge = |(from, arc): &(u32, u32)| {
            let arc = *arc as usize;
            (place(*from), place(graph.target(arc)), graph.length(arc))
        };
        let edges = block.arcs.iter().map(edge).collect();
        let own = Undirected::from_rows(block.vertices.len(), edges, graph.is_measured());
        let mut out = Self { offsets: vec![0], ..Self::default() };
        for v in 0..own.vertices() as u32 {
            out.targets.extend(own.neighbours(v));
            out.lengths.extend(own.lengths(v));
            out.offsets.push(out.targets.len() as u32);
        }
        out.reach = block.reach.iter().map(|n| f64::from(*n)).collect();
        let shortest = out.lengths.iter().copied().min().unwrap_or(1).max(1);
        let longest = out.lengths.iter().copied().max().unwrap_or(1);
        out.shift = shortest.ilog2();
        let needed = (longest >> out.shift) + 2;
        out.ring = if needed <= BUCKETS { needed.next_power_of_two() as usize } else { 0 };
        out
    }

    /// Number of vertices.
    pub fn vertices(&self) -> usize {
        self.reach.len()
    }

    /// Positions of a vertex's arcs.
    pub fn row(&self, v: u32) -> std::ops::Range<usize> {
        self.offsets[v as usize] as usize..self.offsets[v as usize + 1] as usize
    }
}
