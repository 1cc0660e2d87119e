//! Communities of high modularity, by the Leiden algorithm, without chance.

use std::collections::VecDeque;

use super::Undirected;

/// Visits to vertices and arcs that all starts together may cost, more or less.
const WORK: usize = 1_000_000;
/// Starts at most, each with another order of the vertices.
const STARTS: usize = 48;
/// Rounds of moving, refining and merging within a start.
const ROUNDS: usize = 64;

/// A partition of the vertices.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Communities {
    /// Members in order, communities by their first member.
    pub members: Vec<Vec<u32>>,
    /// Newman's modularity of it, unweighted; 0 without edges.
    pub modularity: f64,
}

/// A graph of communities: whole weights, and what lies within each vertex.
struct Level {
    offsets: Vec<u32>,
    targets: Vec<u32>,
    weights: Vec<i64>,
    /// Sum of the degrees of what a vertex stands for.
    degree: Vec<i64>,
}

impl Level {
    fn vertices(&self) -> usize {
        self.degree.len()
    }

    fn row(&self, v: usize) -> impl Iterator<Item = (usize, i64)> + '_ {
        let range = self.offsets[v] as usize..self.offsets[v + 1] as usize;
        self.targets[range.clone()].iter().map(|t| *t as usize).zip(self.weights[range].iter().copied())
    }

    fn of(graph: &Undirected) -> Self {
        let n = graph.vertices();
        let mut offsets = vec![0_u32];
        let mut targets = Vec::with_capacity(2 * graph.edges().len());
        for v in 0..n as u32 {
            targets.extend(graph.neighbours(v));
            offsets.push(targets.len() as u32);
        }
        let weights = vec![1; targets.len()];
        let degree = (0..n as u32).map(|v| graph.degree(v) as i64).collect();
        Self { offsets, targets, weights, degree }
    }

    /// Each part as one vertex; edges within a part are in its degree only.
    fn merged(&self, part: &[u32], parts: usize) -> Self {
        let mut members = vec![Vec::new(); parts];
        for (v, p) in part.iter().enumerate() {
            members[*p as usize].push(v);
        }
        let mut out = Self { offsets: vec![0], targets: Vec::new(), weights: Vec::new(), degree: Vec::new() };
        let mut beside = Beside::new(parts);
        for (p, members) in (0..).zip(&members) {
            let arcs = members.iter().flat_map(|v| self.row(*v));
            arcs.filter(|(w, _)| part[*w] != p).for_each(|(w, x)| beside.add(part[w], x));
            out.weights.extend(beside.seen.iter().map(|c| beside.weight[*c as usize]));
            out.targets.extend(&beside.seen);
            out.offsets.push(out.targets.len() as u32);
            out.degree.push(members.iter().map(|v| self.degree[*v]).sum());
            beside.clear();
        }
        out
    }
}

/// Weights from one vertex to the communities beside it, gathered and forgotten again.
struct Beside {
    weight: Vec<i64>,
    seen: Vec<u32>,
}

impl Beside {
    fn new(n: usize) -> Self {
        Self { weight: vec![0; n], seen: Vec::new() }
    }

    fn add(&mut self, community: u32, weight: i64) {
        let slot = &mut self.weight[community as usize];
        if *slot == 0 {
            self.seen.push(community);
        }
        *slot += weight;
    }

    fn clear(&mut self) {
        self.seen.drain(..).for_each(|c| self.weight[c as usize] = 0);
    }
}

/// Communities of high modularity: Leiden (Traag, Waltman and van Eck 2019): local moving by a queue, refinement
/// within each community by merging what is well connected, aggregation of the refined parts; about O(m) a round.
///
/// Where the paper draws at random, the best gain is taken, the least community among equals; the best of several
/// orders of the vertices is kept (the first among equals), fewer for large graphs. Gains are whole numbers, so the
/// answer depends on nothing but the graph.
pub fn communities(graph: &Undirected) -> Communities {
    let (n, m) = (graph.vertices(), graph.edges().len());
    let starts = (WORK / (8 * (n + 2 * m)).max(1)).clamp(1, STARTS);
    let base = Level::of(graph);
    let mut best: Option<(i128, Vec<u32>)> = None;
    for start in 0..starts as u64 {
        let part = leiden(&base, start);
        let quality = quality(&base, &part);
        if best.as_ref().is_none_or(|b| quality > b.0) {
            best = Some((quality, part));
        }
    }
    let part = best.map_or_else(Vec::new, |b| b.1);
    let count = part.iter().max().map_or(0, |c| *c as usize + 1);
    let mut members = vec![Vec::new(); count];
    for (v, c) in part.iter().enumerate() {
        members[*c as usize].push(v as u32);
    }
    members.retain(|m| !m.is_empty());
    members.sort_unstable();
    Communities { modularity: modularity(graph, &part), members }
}

/// Newman's modularity of a partition: Σ over communities of inner edges / m − (sum of degrees / 2m)².
pub fn modularity(graph: &Undirected, part: &[u32]) -> f64 {
    let twice = 2.0 * graph.edges().len() as f64;
    if twice == 0.0 { 0.0 } else { quality(&Level::of(graph), part) as f64 / (twice * twice) }
}

/// Modularity times (2m)², a whole number.
fn quality(level: &Level, part: &[u32]) -> i128 {
    let twice: i64 = level.degree.iter().sum();
    let count = part.iter().max().map_or(0, |c| *c as usize + 1);
    let (mut inner, mut degree) = (0_i128, vec![0_i128; count]);
    for v in 0..level.vertices() {
        degree[part[v] as usize] += i128::from(level.degree[v]);
        inner += level.row(v).filter(|(w, _)| part[*w] == part[v]).map(|(_, x)| i128::from(x)).sum::<i128>();
    }
    i128::from(twice) * inner - degree.iter().map(|d| d * d).sum::<i128>()
}

/// One start: rounds until nothing moves any more.
fn leiden(base: &Level, start: u64) -> Vec<u32> {
    let n = base.vertices();
    let twice: i64 = base.degree.iter().sum();
    let mut home: Vec<u32> = (0..n as u32).collect();
    for round in 0..ROUNDS as u64 {
        let before = home.clone();
        // Vertices of the level that each vertex is in, and the level's partition.
        let mut place: Vec<u32> = (0..n as u32).collect();
        let mut part = home.clone();
        let mut level: Option<Level> = None;
        loop {
            let own = level.as_ref().unwrap_or(base);
            moving(own, &mut part, twice, start * ROUNDS as u64 + round);
            let (refined, parts) = compact(&refined(own, &part, twice));
            if parts == own.vertices() {
                break;
            }
            let mut above = vec![0; parts];
            for (v, r) in refined.iter().enumerate() {
                above[*r as usize] = part[v];
            }
            for p in &mut place {
                *p = refined[*p as usize];
            }
            level = Some(own.merged(&refined, parts));
            part = compact(&above).0;
        }
        home = compact(&place.iter().map(|p| part[*p as usize]).collect::<Vec<_>>()).0;
        if home == compact(&before).0 {
            break;
        }
    }
    home
}

/// The same partition with numbers from 0 in the order of first members, and how many.
fn compact(part: &[u32]) -> (Vec<u32>, usize) {
    let mut name = vec![u32::MAX; part.iter().max().map_or(0, |c| *c as usize + 1)];
    let mut next = 0;
    let rename = |c: &u32| {
        let slot = &mut name[*c as usize];
        if *slot == u32::MAX {
            *slot = next;
            next += 1;
        }
        *slot
    };
    let out = part.iter().map(rename).collect();
    (out, next as usize)
}

/// The vertices in an order of their own for each start: as they are, then shuffled by a mixing function (Steele et
/// al. 2014, `SplitMix64`).
fn order(n: usize, start: u64) -> Vec<u32> {
    let mut out: Vec<u32> = (0..n as u32).collect();
    if start > 0 {
        out.sort_by_cached_key(|v| mix(u64::from(*v) ^ (start << 32)));
    }
    out
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Moves vertices to the community of the greatest gain until none gains: after a move, only neighbours are
/// looked at again.
fn moving(level: &Level, part: &mut [u32], twice: i64, start: u64) {
    let n = level.vertices();
    let mut degree = vec![0_i64; n];
    let mut size = vec![0_u32; n];
    for v in 0..n {
        degree[part[v] as usize] += level.degree[v];
        size[part[v] as usize] += 1;
    }
    // Taken ones stay in the list until they come up.
    let mut empty: Vec<u32> = (0..n as u32).filter(|c| size[*c as usize] == 0).collect();
    let mut queue: VecDeque<u32> = order(n, start).into();
    let mut queued = vec![true; n];
    let mut beside = Beside::new(n);
    while let Some(v) = queue.pop_front() {
        let v = v as usize;
        queued[v] = false;
        let old = part[v];
        level.row(v).for_each(|(w, x)| beside.add(part[w], x));
        degree[old as usize] -= level.degree[v];
        size[old as usize] -= 1;
        let gain = |c: u32| worth(beside.weight[c as usize], twice, level.degree[v], degree[c as usize]);
        // Alone is worth 0; staying wins among equals, then the least community.
        let (mut best, mut most) = (old, gain(old));
        if most < 0 && size[old as usize] > 0 {
            while empty.pop_if(|c| size[*c as usize] > 0).is_some() {}
            if let Some(c) = empty.last() {
                (best, most) = (*c, 0);
            }
        }
        for c in &beside.seen {
            let x = gain(*c);
            if x > most || (x == most && best != old && *c < best) {
                (best, most) = (*c, x);
            }
        }
        degree[best as usize] += level.degree[v];
        size[best as usize] += 1;
        beside.clear();
        if best != old {
            empty.extend(Some(old).filter(|c| size[*c as usize] == 0));
            part[v] = best;
            for (w, _) in level.row(v) {
                if part[w] != best && !std::mem::replace(&mut queued[w], true) {
                    queue.push_back(w as u32);
                }
            }
        }
    }
}

/// Gain of joining, times 2m²: weight into the community, less what chance would have.
fn worth(weight: i64, twice: i64, own: i64, community: i64) -> i128 {
    i128::from(twice) * i128::from(weight) - i128::from(own) * i128::from(community)
}

/// Splits each community into well-connected parts: singletons join parts while that gains.
fn refined(level: &Level, part: &[u32], twice: i64) -> Vec<u32> {
    let n = level.vertices();
    let mut whole = vec![0_i64; n];
    (0..n).for_each(|v| whole[part[v] as usize] += level.degree[v]);
    // Weight from a vertex, later from a part, to the rest of its community.
    let inner = |v: usize| level.row(v).filter(|(w, _)| part[*w] == part[v]).map(|r| r.1).sum::<i64>();
    let mut out: Vec<u32> = (0..n as u32).collect();
    let mut degree = level.degree.clone();
    let mut to_rest: Vec<i64> = (0..n).map(inner).collect();
    let mut single = vec![true; n];
    let mut beside = Beside::new(n);
    let well = |to_rest: i64, degree: i64, all: i64| worth(to_rest, twice, degree, all - degree) >= 0;
    for v in 0..n {
        let all = whole[part[v] as usize];
        if !single[v] || !well(to_rest[v], level.degree[v], all) {
            continue;
        }
        level.row(v).filter(|(w, _)| part[*w] == part[v]).for_each(|(w, x)| beside.add(out[w], x));
        let (mut best, mut most) = (v as u32, 0);
        for c in &beside.seen {
            let at = *c as usize;
            let x = worth(beside.weight[at], twice, level.degree[v], degree[at]);
            if well(to_rest[at], degree[at], all) && (x > most || (x == most && best != v as u32 && *c < best)) {
                (best, most) = (*c, x);
            }
        }
        if best != v as u32 {
            let at = best as usize;
            // A part bears the number of the vertex that began it, which is single no more.
            single[at] = false;
            single[v] = false;
            out[v] = best;
            to_rest[at] += to_rest[v] - 2 * beside.weight[at];
            degree[at] += level.degree[v];
        }
        beside.clear();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cliques_joined_by_an_edge() {
        let clique = |from: u32| (from..from + 5).flat_map(move |a| (a + 1..from + 5).map(move |b| (a, b)));
        let g = Undirected::new(10, clique(0).chain(clique(5)).chain([(4, 5)]));
        let found = communities(&g);
        assert_eq!(found.members, [vec![0, 1, 2, 3, 4], vec![5, 6, 7, 8, 9]]);
        assert!((found.modularity - (20.0 / 21.0 - 0.5)).abs() < 1e-12);
    }

    #[test]
    fn without_edges_everyone_is_alone() {
        let found = communities(&Undirected::new(3, []));
        assert_eq!((found.members.len(), found.modularity), (3, 0.0));
        assert_eq!(communities(&Undirected::new(0, [])), Communities::default());
    }
}
