//! Which arcs to drop so that no cycle is left, at the least weight: minimum feedback arc sets.
//!
//! Each strong component is taken by itself. Arcs that another one stands for are set aside (`reduce`), an
//! order of the vertices gives a first answer (`order`: its backward arcs), disjoint cycles a first bound
//! (`packing`). Where they differ, the least cover of the cycles found so far is relaxed and more cycles are
//! looked for (`separate`), then branched on (`branch`): the lazy constraints of Baharev, Schichl, Neumaier,
//! Achterberg 2021, *An exact method for the minimum feedback arc set problem*. Every bound is a fractional
//! packing of cycles, recomputed in integers, so that no rounding is trusted.
//!
//! The linear programmes come from outside, as [`Relax`]: the rooms of this row do not import each other.

mod branch;
mod certify;
mod component;
mod order;
mod packing;
mod reduce;
mod separate;

use component::Component;
use std::collections::BTreeMap;

/// An arc that may be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arc {
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What dropping it costs; less than 1 counts as 1.
    pub weight: i64,
}

/// A feedback arc set and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Feedback {
    /// Positions of the arcs to drop, ascending.
    pub arcs: Vec<u32>,
    /// Their weight.
    pub weight: i64,
    /// No feedback arc set weighs less.
    pub bound: i64,
}

impl Feedback {
    /// True where no feedback arc set weighs less.
    pub fn proven_minimal(&self) -> bool {
        self.weight == self.bound
    }
}

/// A relaxed cover: how much of each column is taken, and the price of each row.
pub type Relaxed = (Vec<f64>, Vec<f64>);

/// Solves `min Σ weight · x` with `Σ x over each row ≥ 1`, `x ≥ 0`: weights and rows of columns in, amounts and
/// row prices out; `None` where it cannot. What it returns is checked, never trusted.
pub type Relax<'r> = dyn Fn(&[f64], &[Vec<u32>]) -> Option<Relaxed> + 'r;

/// A feedback arc set of small weight, with a proven bound; minimal where `work` suffices. `work` counts entries
/// of relaxations and arcs walked in thousands; what is used is taken off.
pub fn least(vertices: usize, arcs: &[Arc], work: &mut u64, relax: &Relax<'_>) -> Feedback {
    let mut out = Feedback::default();
    // Loops are dropped by need, parallel arcs stay or go together.
    let mut merged: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for (i, arc) in arcs.iter().enumerate().filter(|(_, a)| (a.from as usize) < vertices && (a.to as usize) < vertices)
    {
        merged.entry((arc.from, arc.to)).or_default().push(i as u32);
    }
    let weight = |members: &[u32]| members.iter().map(|i| arcs[*i as usize].weight.clamp(1, HEAVIEST)).sum::<i64>();
    let ends: Vec<(u32, u32, i64)> = merged.iter().map(|((a, b), members)| (*a, *b, weight(members))).collect();
    let members: Vec<&Vec<u32>> = merged.values().collect();
    for (i, (from, to, weight)) in ends.iter().enumerate() {
        if from == to {
            out.arcs.extend(members[i]);
            out.weight += weight;
            out.bound += weight;
        }
    }
    for (component, position) in component::components(vertices, &ends) {
        let (dropped, bound) = one(&component, work, relax);
        for arc in &dropped {
            out.arcs.extend(members[position[*arc as usize] as usize]);
        }
        out.weight += component.weigh(&dropped);
        out.bound += bound;
    }
    out.arcs.sort_unstable();
    out
}

/// No arc counts as heavier, so that sums fit.
const HEAVIEST: i64 = 1 << 40;

/// A feedback arc set of a strong component, and its bound.
fn one(component: &Component, work: &mut u64, relax: &Relax<'_>) -> (Vec<u32>, i64) {
    let free = reduce::undominated(component, work);
    let order = order::good(component, work);
    let dropped = component.minimal(&order::backward(component, &order), work);
    let bound = packing::bound(component, &free, work);
    if component.weigh(&dropped) == bound {
        return (dropped, bound);
    }
    branch::solve(component, &free, (dropped, bound), work, relax)
}
