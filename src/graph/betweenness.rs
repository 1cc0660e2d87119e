//! Betweenness: the share of shortest paths that lead through a vertex.

use super::{Block, Cuts, Undirected, counts::Wide, rows::Rows, shortest::Scratch};
use crate::parallel;

/// Jobs into which the sources of a block are split, whatever the number of threads; each sums on its own.
const JOBS: usize = 64;

/// Betweenness of every vertex, normalised by 2 / ((n − 1)(n − 2)); 0 where n < 3. On all cores.
///
/// Exact: Brandes (2001), O(n · m) by hops and O(n · m · log n) by lengths, but block by block: a shortest path
/// enters and leaves a block through its articulation points, so that each block is searched on its own with
/// the number of vertices behind each of its own, and what passes an articulation point between blocks is a product of
/// sizes (Puzis et al. 2012, Sariyüce et al. 2013). Trees take O(n).
pub fn betweenness(graph: &Undirected, cuts: &Cuts) -> Vec<f64> {
    betweenness_on(parallel::threads(), graph, cuts)
}

/// As [`betweenness`], on so many threads; the answer is the same to the last bit.
pub fn betweenness_on(threads: usize, graph: &Undirected, cuts: &Cuts) -> Vec<f64> {
    let n = graph.vertices();
    let mut out = vec![0.0; n];
    if n < 3 {
        return out;
    }
    for &v in &cuts.points {
        let sizes = cuts.piece_sizes(v);
        let all: u64 = sizes.iter().sum();
        // Ordered pairs in different pieces; exact, as sizes are below 2^32.
        let apart: u128 = sizes.iter().map(|s| u128::from(*s) * u128::from(all - s)).sum();
        out[v as usize] = apart as f64;
    }
    let (large, small): (Vec<&Block>, Vec<&Block>) = cuts.blocks.iter().partition(|b| b.vertices.len() > JOBS);
    for (block, sums) in small.iter().zip(small_blocks(threads, graph, &small)) {
        block.vertices.iter().zip(sums).for_each(|(v, x)| out[*v as usize] += x);
    }
    for block in large {
        let sums = large_block(threads, &Rows::of(graph, block));
        block.vertices.iter().zip(sums).for_each(|(v, x)| out[*v as usize] += x);
    }
    let pairs = (n as f64 - 1.0) * (n as f64 - 2.0);
    for x in &mut out {
        *x /= pairs;
    }
    out
}

/// Scratch for both kinds of numbers.
#[derive(Default)]
struct Both {
    plain: Scratch<f64>,
    wide: Scratch<Wide>,
}

impl Both {
    fn depend(&mut self, rows: &Rows, source: u32, into: &mut [f64]) {
        if !self.plain.depend(rows, source, into) {
            self.wide.depend(rows, source, into);
        }
    }
}

/// Sums of small blocks, one job for many of them.
fn small_blocks(threads: usize, graph: &Undirected, blocks: &[&Block]) -> Vec<Vec<f64>> {
    let parts = parallel::parts(blocks.len(), blocks.len().div_ceil(JOBS));
    let sums = parallel::map_on(threads, parts.len(), Both::default, |scratch, i| {
        let sum = |block: &&Block| {
            let rows = Rows::of(graph, block);
            let mut sums = vec![0.0; rows.vertices()];
            (0..rows.vertices() as u32).for_each(|s| scratch.depend(&rows, s, &mut sums));
            sums
        };
        blocks[parts[i].clone()].iter().map(sum).collect::<Vec<_>>()
    });
    sums.into_iter().flatten().collect()
}

/// Sums of one large block: its sources in a fixed number of parts, added up in their order.
fn large_block(threads: usize, rows: &Rows) -> Vec<f64> {
    let n = rows.vertices();
    let parts = parallel::parts(n, n.div_ceil(JOBS));
    let found = parallel::map_on(threads, parts.len(), Both::default, |scratch, i| {
        let mut sums = vec![0.0; n];
        parts[i].clone().for_each(|s| scratch.depend(rows, s as u32, &mut sums));
        sums
    });
    let mut out = vec![0.0; n];
    for sums in found {
        out.iter_mut().zip(sums).for_each(|(x, y)| *x += y);
    }
    out
}
