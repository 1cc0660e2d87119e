//! Large neighbourhoods side by side: agents are dealt into parts anew in every round, and each part is re-optimised by
//! itself; parts share nothing, so that threads can take them, and their number does not depend on the threads.

use super::{
    Assignment,
    reoptimise::{Part, Reach},
};
use crate::{parallel, search::Rng};

/// Parts, rounds at least and at most, and nodes of a part and round that are worth another round.
const PARTS: usize = 4;
const ROUNDS: [u64; 2] = [8, 32];
const NODES: u64 = 1_000_000;

impl Assignment<'_> {
    /// Re-optimises a few agents at a time for `work` nodes in all, by parts.
    pub fn reoptimise_apart(&mut self, work: u64, seed: u64) {
        let mut rng = Rng::new(seed);
        let agents = self.members.len();
        let mut part_of: Vec<usize> = (0..agents).map(|a| a % PARTS).collect();
        let mut reach = Reach::FIRST;
        let rounds = (work / PARTS as u64 / NODES).clamp(ROUNDS[0], ROUNDS[1]);
        for _ in 0..rounds {
            for i in (1..agents).rev() {
                part_of.swap(i, rng.below(i + 1));
            }
            let (seed, whole) = (rng.draw(), &*self);
            let done = parallel::map(PARTS, |p| {
                let mut own = whole.clone();
                let part = Part::of(agents, |a| part_of[a] == p);
                let reach = own.reoptimise_part(part, reach, work / rounds / PARTS as u64, seed.wrapping_add(p as u64));
                (own.choice, reach)
            });
            reach = Reach::mean(&done.iter().map(|d| d.1).collect::<Vec<_>>());
            let own = |u: usize| self.choice[u].and_then(|c| done[part_of[c.agent as usize]].0[u]);
            let merged: Vec<_> = (0..self.choice.len()).map(own).collect();
            self.restore(&merged);
            if self.inst.limit.is_over() {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

    use std::fmt::Write as _;

    use super::*;
    use crate::{
        model::Quantities,
        schedule::{Instance, probe},
        search::assign::Aim,
    };

    #[test]
    fn parts_make_an_assignment_cheaper_and_overfill_nobody() {
        for seed in 0..8 {
            let mut rng = Rng::new(seed);
            let mut text = String::from("agents:\n");
            for a in 0..12 {
                let price = 1 + rng.below(9);
                writeln!(text, "- {{id: a{a}, capacity: {}, cost_per_load: {price}}}", 40 + rng.below(20)).unwrap();
            }
            text.push_str("tasks:\n");
            for t in 0..100 {
                writeln!(text, "- {{id: t{t}, estimated_load: {}}}", 1 + rng.below(7)).unwrap();
            }
            let snapshot = probe::snapshot(&text);
            let q = Quantities::new(&snapshot);
            let inst = Instance::new(&q);
            let mut before = Assignment::new(&inst, Aim::Cost { bound: 0 });
            let order: Vec<u32> = (0..inst.units.len() as u32).collect();
            before.pack(&order, |a, _, c| a.room.load[c.agent as usize] as f64);
            assert_eq!(before.missing().len(), 0);
            let mut after = before.clone();
            after.reoptimise_apart(200_000, seed);
            assert!(after.cost() < before.cost(), "{} to {}", before.cost(), after.cost());
            assert_eq!(after.missing().len(), 0);
            assert!((0..12).all(|a| after.room.overflow(a) <= 0.0));
            let recounted: i64 =
                (0..inst.units.len()).map(|u| inst.unit_choice(u, after.room.agent[u]).unwrap().cost).sum();
            assert_eq!(after.cost(), recounted);
            let mut again = before.clone();
            again.reoptimise_apart(200_000, seed);
            assert_eq!(again.room.agent, after.room.agent);
        }
    }
}
