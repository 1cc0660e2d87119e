//! The order that contradicts the least weight of wishes.

use crate::{
    graph::feedback::{self, Arc},
    lp::cover,
};

/// A wish: one item before another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// What is to come first.
    pub first: u32,
    /// What is to come after it.
    pub then: u32,
    /// How much the wish weighs, ≥ 0.
    pub weight: f64,
}

/// An order and what it contradicts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compromise {
    /// Every item, the first first.
    pub order: Vec<u32>,
    /// Weight of the wishes that it contradicts.
    pub contradicted: f64,
    /// True where no order contradicts less.
    pub proven_minimal: bool,
}

/// Wishes are counted in this part of the heaviest one.
const PARTS: f64 = 1e6;

/// The Kemeny order (Kemeny 1959): of two items that are wished both ways only the surplus counts, so that it is a
/// minimum feedback arc set of the surpluses; items free of wishes follow `tie`, the lower first. Exact within
/// `work` ([`feedback::least`]). Weights count to a millionth of the heaviest.
pub fn order(items: usize, wishes: &[Wish], tie: impl Fn(u32) -> u32, work: &mut u64) -> Compromise {
    let heaviest = wishes.iter().map(|w| w.weight).fold(0.0, f64::max);
    let mut surplus = std::collections::BTreeMap::new();
    for w in wishes.iter().filter(|w| w.first != w.then) {
        let parts = (w.weight.max(0.0) / heaviest.max(f64::MIN_POSITIVE) * PARTS).round() as i64;
        *surplus.entry((w.first.min(w.then), w.first.max(w.then))).or_insert(0_i64) +=
            if w.first < w.then { parts } else { -parts };
    }
    let arcs: Vec<Arc> = surplus
        .iter()
        .filter(|(_, s)| **s != 0)
        .map(
            |((a, b), s)| {
                if *s > 0 { Arc { from: *a, to: *b, weight: *s } } else { Arc { from: *b, to: *a, weight: -s } }
            },
        )
        .collect();
    let found = feedback::least(items, &arcs, work, &cover::relax);
    let kept = (0..arcs.len() as u32).filter(|i| found.arcs.binary_search(i).is_err()).map(|i| arcs[i as usize]);
    let order = sorted(items, kept, tie);
    let contradicted = contradicted(&order, wishes);
    Compromise { order, contradicted, proven_minimal: found.proven_minimal() }
}

/// Weight of the wishes that an order contradicts.
pub fn contradicted(order: &[u32], wishes: &[Wish]) -> f64 {
    let mut at = vec![0; order.len()];
    order.iter().enumerate().for_each(|(i, item)| at[*item as usize] = i);
    // From 0 on, so that no wish at all is not a negative zero.
    wishes.iter().filter(|w| at[w.first as usize] > at[w.then as usize]).fold(0.0, |sum, w| sum + w.weight)
}

/// A topological order, of those that may come next the one with the lowest tie (Kahn 1962).
fn sorted(items: usize, arcs: impl Iterator<Item = Arc>, tie: impl Fn(u32) -> u32) -> Vec<u32> {
    let mut after: Vec<Vec<u32>> = vec![Vec::new(); items];
    let mut waits = vec![0_u32; items];
    for arc in arcs {
        after[arc.from as usize].push(arc.to);
        waits[arc.to as usize] += 1;
    }
    let mut ready: std::collections::BTreeSet<(u32, u32)> =
        (0..items as u32).filter(|i| waits[*i as usize] == 0).map(|i| (tie(i), i)).collect();
    let mut out = Vec::with_capacity(items);
    while let Some((_, item)) = ready.pop_first() {
        out.push(item);
        for next in &after[item as usize] {
            waits[*next as usize] -= 1;
            if waits[*next as usize] == 0 {
                ready.insert((tie(*next), *next));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Wish, contradicted, order};
    use proptest::prelude::*;

    fn wishes(order: &[u32], weight: f64) -> Vec<Wish> {
        let pair = |i: usize, j: usize| Wish { first: order[i], then: order[j], weight };
        (0..order.len()).flat_map(|i| (i + 1..order.len()).map(move |j| pair(i, j))).collect()
    }

    #[test]
    fn the_capital_of_tennessee_is_nashville() {
        // The usual example: Memphis 0, Nashville 1, Chattanooga 2, Knoxville 3; 393 of 600 pairs agree.
        let votes = [([0, 1, 2, 3], 42.0), ([1, 2, 3, 0], 26.0), ([2, 3, 1, 0], 15.0), ([3, 2, 1, 0], 17.0)];
        let all: Vec<Wish> = votes.iter().flat_map(|(o, w)| wishes(o, *w)).collect();
        let found = order(4, &all, |i| i, &mut 100_000);
        assert_eq!((found.order, found.contradicted, found.proven_minimal), (vec![1, 2, 3, 0], 207.0, true));
    }

    fn permutations(n: usize) -> Vec<Vec<u32>> {
        let mut out = vec![Vec::new()];
        for i in 0..n as u32 {
            let insert = |p: &Vec<u32>| (0..=p.len()).map(|at| [&p[..at], &[i], &p[at..]].concat()).collect::<Vec<_>>();
            out = out.iter().flat_map(insert).collect();
        }
        out
    }

    proptest! {
        #[test]
        fn no_order_contradicts_less(
            raw in prop::collection::vec((0_u32..6, 0_u32..6, 1_u32..9), 0..25),
        ) {
            let all: Vec<Wish> =
                raw.iter().filter(|r| r.0 != r.1).map(|r| Wish { first: r.0, then: r.1, weight: f64::from(r.2) }).collect();
            let found = order(6, &all, |i| i, &mut 1_000_000);
            let least = permutations(6).iter().map(|p| contradicted(p, &all)).fold(f64::INFINITY, f64::min);
            prop_assert!(found.proven_minimal);
            prop_assert_eq!(found.contradicted, least);
        }
    }
}
