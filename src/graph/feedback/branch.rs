//! Branch and cut: the least cover of all cycles by arcs, cycles found when they are violated.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Relax,
    certify::Packing,
    component::Component,
    order,
    separate::{CLOSED, Cycles},
};

/// What is decided of an arc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Open,
    Kept,
    Dropped,
}

/// A part of the search space.
#[derive(Debug, Clone)]
struct Node {
    fate: Vec<Fate>,
    /// Cycles that its relaxation rests on, by position.
    rows: Vec<u32>,
}

/// A relaxed node: amount of each arc.
struct Point {
    amount: Vec<f64>,
    bound: i64,
}

struct Search<'a> {
    component: &'a Component,
    relax: &'a Relax<'a>,
    /// Arcs that may have to be dropped.
    free: &'a [bool],
    work: &'a mut u64,
    /// Every cycle found: the arcs of it that may have to be dropped, ascending.
    cycles: Vec<Vec<u32>>,
    known: BTreeSet<Vec<u32>>,
    best: Vec<u32>,
    best_weight: i64,
}

/// Units of length per whole arc of the relaxation.
const UNIT: f64 = 1e6;
/// Entries of new cycles at a time; relaxations of more than twice as many are not solved.
const MOST_ENTRIES: usize = 40_000;
/// Arcs that may have to be dropped, of the largest component that is branched on.
const MOST_ARCS: usize = 4_000;
/// A cycle that is covered this often does not bind.
const LOOSE: f64 = 1.3;
/// A cycle shorter than this is violated.
const SHORT: u64 = 999_900;

/// Betters a feedback arc set and its bound until they meet or the work is used up.
pub(super) fn solve(
    component: &Component,
    free: &[bool],
    known: (Vec<u32>, i64),
    work: &mut u64,
    relax: &Relax<'_>,
) -> (Vec<u32>, i64) {
    let (best, least) = known;
    if free.iter().filter(|f| **f).count() > MOST_ARCS {
        return (best, least);
    }
    let best_weight = component.weigh(&best);
    let (cycles, known) = (Vec::new(), BTreeSet::new());
    let mut search = Search { component, relax, free, work, cycles, known, best, best_weight };
    let fate = free.iter().map(|f| if *f { Fate::Open } else { Fate::Kept }).collect();
    let bound = search.run(Node { fate, rows: Vec::new() }, least);
    (search.best, bound)
}

impl Search<'_> {
    /// Best bound first, the deeper one of equals; returns what no feedback arc set beats.
    fn run(&mut self, root: Node, least: i64) -> i64 {
        let mut open = BTreeMap::from([((least, 0_i64, 0_u32), root)]);
        let mut made = 0;
        while let Some(((bound, depth, _), mut node)) = open.pop_first() {
            if bound >= self.best_weight {
                return self.best_weight;
            }
            if *self.work == 0 {
                return bound;
            }
            let Some(point) = self.cut(&mut node, bound) else { continue };
            if point.bound >= self.best_weight {
                continue;
            }
            if *self.work == 0 {
                return open.keys().next().map_or(point.bound, |k| k.0.min(point.bound)).max(bound);
            }
            if made == 0 {
                self.dive(&node, &point);
            }
            for child in self.branch(&node, &point) {
                made += 1;
                open.insert((point.bound.max(bound), depth - 1, made), child);
            }
        }
        self.best_weight
    }

    /// Relaxes a node until no cycle is violated, it is worse than the best, or the work is used up. `None` where
    /// it holds nothing better.
    fn cut(&mut self, node: &mut Node, known: i64) -> Option<Point> {
        let mut bound = known;
        loop {
            let Some((point, packing, columns)) = self.relaxed(node) else {
                return Some(Point { amount: vec![0.5; node.fate.len()], bound });
            };
            bound = bound.max(point.bound);
            if bound >= self.best_weight {
                return None;
            }
            let base = self.base(node);
            for (c, arc) in columns.iter().enumerate() {
                if base + packing.bound_with(c) >= self.best_weight {
                    node.fate[*arc as usize] = Fate::Kept;
                }
            }
            let point = Point { bound, ..point };
            if *self.work == 0 {
                return Some(point);
            }
            if !self.violated(node, &point) {
                self.round(&point);
                // Children rest on the cycles that are nearly tight; others come back where they are violated.
                let sum = |r: &u32| self.cycles[*r as usize].iter().map(|a| point.amount[*a as usize]).sum::<f64>();
                node.rows.retain(|r| sum(r) < LOOSE);
                return (bound < self.best_weight).then_some(point);
            }
        }
    }

    fn base(&self, node: &Node) -> i64 {
        (0..node.fate.len()).filter(|a| node.fate[*a] == Fate::Dropped).map(|a| self.component.arcs[a].2).sum()
    }

    /// The relaxation of a node over its cycles, certified; `None` where it fails. A cycle that nothing may break
    /// proves that the node is empty.
    fn relaxed(&mut self, node: &mut Node) -> Option<(Point, Packing, Vec<u32>)> {
        let mut column = vec![u32::MAX; node.fate.len()];
        let (mut columns, mut rows) = (Vec::new(), Vec::new());
        let cycles = &self.cycles;
        node.rows.retain(|r| cycles[*r as usize].iter().all(|a| node.fate[*a as usize] != Fate::Dropped));
        for r in &node.rows {
            let open = cycles[*r as usize].iter().filter(|a| node.fate[**a as usize] == Fate::Open);
            let row: Vec<u32> = open
                .map(|a| {
                    let c = &mut column[*a as usize];
                    if *c == u32::MAX {
                        *c = columns.len() as u32;
                        columns.push(*a);
                    }
                    *c
                })
                .collect();
            if row.is_empty() {
                let nothing = Packing::of(&[], &[], &[]);
                return Some((Point { amount: Vec::new(), bound: i64::MAX }, nothing, Vec::new()));
            }
            rows.push(row);
        }
        let weights: Vec<i64> = columns.iter().map(|a| self.component.arcs[*a as usize].2).collect();
        let scale = weights.iter().copied().max().unwrap_or(1) as f64;
        let entries: usize = rows.iter().map(Vec::len).sum();
        *self.work = self.work.saturating_sub(1 + entries as u64);
        if entries > 2 * MOST_ENTRIES {
            *self.work = 0;
            return None;
        }
        let (amounts, prices) = if rows.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            (self.relax)(&weights.iter().map(|w| *w as f64 / scale).collect::<Vec<_>>(), &rows)?
        };
        let prices: Vec<f64> = prices.iter().map(|p| p * scale).collect();
        let packing = Packing::of(&prices, &rows, &weights);
        let dropped = |f: &Fate| if *f == Fate::Dropped { 1.0 } else { 0.0 };
        let mut amount: Vec<f64> = node.fate.iter().map(dropped).collect();
        columns.iter().zip(&amounts).for_each(|(a, x)| amount[*a as usize] = x.clamp(0.0, 1.0));
        let bound = self.base(node) + packing.bound();
        Some((Point { amount, bound }, packing, columns))
    }

    /// Adds violated cycles to a node: known ones first, else new ones, the shortest through each arc.
    fn violated(&mut self, node: &mut Node, point: &Point) -> bool {
        let length: Vec<u64> = point.amount.iter().map(|x| (x * UNIT) as u64 + 1).collect();
        let before = node.rows.len();
        let there: BTreeSet<u32> = node.rows.iter().copied().collect();
        for (r, cycle) in self.cycles.iter().enumerate().filter(|(r, _)| !there.contains(&(*r as u32))) {
            if cycle.iter().map(|a| length[*a as usize]).sum::<u64>() < SHORT {
                node.rows.push(r as u32);
            }
        }
        if node.rows.len() > before {
            return true;
        }
        let length: Vec<u64> =
            length.iter().zip(&node.fate).map(|(l, f)| if *f == Fate::Dropped { CLOSED } else { *l }).collect();
        let mut search = Cycles::new(self.component);
        let mut added = 0;
        for arc in 0..node.fate.len() as u32 {
            if !self.free[arc as usize] || node.fate[arc as usize] == Fate::Dropped {
                continue;
            }
            if *self.work == 0 || added > MOST_ENTRIES {
                break;
            }
            if let Some(cycle) = search.through(arc, &length, SHORT, self.work) {
                let mut cycle: Vec<u32> = cycle.into_iter().filter(|a| self.free[*a as usize]).collect();
                cycle.sort_unstable();
                if self.known.insert(cycle.clone()) {
                    added += cycle.len();
                    node.rows.push(self.cycles.len() as u32);
                    self.cycles.push(cycle);
                }
            }
        }
        node.rows.len() > before
    }

    /// A feedback arc set near a point: an order by what the point leaves of the weights, sifted.
    fn round(&mut self, point: &Point) {
        let taken: Vec<u32> = (0..self.free.len() as u32).filter(|a| point.amount[*a as usize] > 0.5).collect();
        if self.component.broken_by(&taken) {
            self.offer(&taken);
        }
        let left = |(a, x): (&(u32, u32, i64), &f64)| ((a.2 as f64 * (1.0 - x) * 1000.0) as i64).max(1);
        let weights: Vec<i64> = self.component.arcs.iter().zip(&point.amount).map(left).collect();
        let mut found = order::constructed(self.component, &weights);
        order::sift(self.component, &mut found, self.work);
        self.offer(&order::backward(self.component, &found));
    }

    /// Keeps what is needed of a feedback arc set, if it is better than the best.
    fn offer(&mut self, found: &[u32]) {
        let dropped = self.component.minimal(found, self.work);
        let weight = self.component.weigh(&dropped);
        if weight < self.best_weight {
            (self.best, self.best_weight) = (dropped, weight);
        }
    }

    /// Drops the arcs that the point takes most of, a few at a time, and relaxes again, down to a feedback arc set.
    fn dive(&mut self, node: &Node, point: &Point) {
        let mut node = node.clone();
        let mut amount = point.amount.clone();
        loop {
            let open = |a: &u32| node.fate[*a as usize] == Fate::Open && amount[*a as usize] > 1e-3;
            let mut most: Vec<u32> = (0..node.fate.len() as u32).filter(open).collect();
            most.sort_by_key(|a| (-(amount[*a as usize] * 1e4) as i64, *a));
            let sure = most.iter().take_while(|a| amount[**a as usize] > 0.9).count();
            most.truncate(sure.max(1));
            if most.is_empty() || *self.work == 0 {
                return;
            }
            for a in most {
                node.fate[a as usize] = Fate::Dropped;
            }
            match self.cut(&mut node, 0) {
                Some(next) => amount = next.amount,
                None => return,
            }
        }
    }

    /// Two children: an arc dropped, and kept. Of the arcs nearest to one half the one whose children's bounds
    /// rise most (strong branching: Applegate, Bixby, Chvátal, Cook 1995).
    fn branch(&mut self, node: &Node, point: &Point) -> Vec<Node> {
        let open = |a: &u32| node.fate[*a as usize] == Fate::Open;
        let mut near: Vec<u32> = (0..node.fate.len() as u32).filter(open).collect();
        near.sort_by_key(|a| (((point.amount[*a as usize] - 0.5).abs() * 1e4) as i64, *a));
        near.truncate(CANDIDATES);
        let mut best: Option<(f64, Vec<Node>)> = None;
        for arc in near {
            let mut score = 1.0;
            let mut children = Vec::new();
            for fate in [Fate::Dropped, Fate::Kept] {
                let mut child = node.clone();
                child.fate[arc as usize] = fate;
                let (bound, value) =
                    self.relaxed(&mut child).map_or((0, 0.0), |(p, packing, _)| (p.bound, packing.value()));
                let rise = self.base(&child) as f64 + value - point.bound as f64;
                score *= (rise + 1.0).clamp(1e-3, 10.0);
                if bound < self.best_weight {
                    children.push(child);
                }
            }
            if children.len() < 2 {
                return children;
            }
            if best.as_ref().is_none_or(|b| score > b.0) {
                best = Some((score, children));
            }
        }
        best.map_or_else(Vec::new, |b| b.1)
    }
}

/// Arcs that a node tries to branch on.
const CANDIDATES: usize = 8;
