//! Assignment of units to agents, whatever the times: greedy packing, then annealing by shifts, swaps and
//! ejections of one unit by another (Osman 1995; Yagiura, Ibaraki, Glover 2006 for the chains).

mod anneal;
mod eject;
mod energy;
mod moves;
mod neighbourhood;
mod parts;
mod prices;
mod reoptimise;
mod repair;
mod subproblem;

use std::sync::Arc;

pub use prices::Prices;

use super::Rng;
use crate::{
    model::Ms,
    schedule::{Choice, Instance, Room},
};

/// What an assignment is to be best at, after placing as much as it can.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// Least Σ cost; no assignment costs less than `bound`, scaled.
    Cost {
        /// A proven bound of the scaled cost.
        bound: i64,
    },
    /// Least greatest level; no level lies below `bound` in the best assignment.
    Peak {
        /// What is levelled.
        measure: Measure,
        /// A proven bound of the greatest level.
        bound: f64,
    },
    /// Least variance of levels, none above `cap`.
    Spread {
        /// What is levelled.
        measure: Measure,
        /// No level may exceed this.
        cap: f64,
    },
}

/// The level of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// First moment plus work over slots, ms.
    Work,
    /// Utilization (or load), see [`crate::schedule::Gauge`].
    Utilization,
}

/// An assignment under improvement.
#[derive(Debug, Clone)]
pub struct Assignment<'i> {
    inst: &'i Instance<'i>,
    aim: Aim,
    /// Room left; its `agent` is the assignment.
    pub room: Room<'i>,
    /// Work on each agent, ms.
    pub work: Vec<i64>,
    choice: Vec<Option<Choice>>,
    members: Vec<Vec<u32>>,
    slot: Vec<u32>,
    missing: Vec<u32>,
    weight: Vec<f64>,
    level: Vec<f64>,
    /// Share of its capacities by which each agent is overfull.
    over: Vec<f64>,
    /// Agents that are overfull.
    overfull: usize,
    /// Many agents are never all within their limits by chance: no move may overflow one.
    strict: bool,
    /// Scaled cost of all assigned units.
    cost: i64,
    /// Shares by which the shared budgets are overdrawn, summed.
    shared_over: f64,
    /// Energy of an overflow of 1, by agent; it rises while the agent stays overfull and falls while it does not.
    penalty: Vec<f64>,
    /// The same of the shared budgets.
    shared_penalty: f64,
    /// Agents worth trying for each unit, the best first; empty means all.
    shortlist: Arc<Vec<Vec<Choice>>>,
    /// What the energy counts beside overflow, where a relaxation has given prices.
    prices: Option<Arc<Prices>>,
    /// The longest run that each unit is to have, ms; empty where any will do.
    longest: Vec<Ms>,
    /// Shares by which runs are longer, summed.
    overlong: f64,
    /// Units with several of them.
    restless: Vec<u32>,
    /// The level that agents are to stay below.
    target: f64,
    /// The mean level of the agents that the batch can touch, when last looked at.
    centre: f64,
    unit_cost: f64,
    /// Energy of the assignment.
    pub energy: f64,
    rng: Rng,
    /// The agent that stood highest when last looked at.
    top: usize,
}

/// Agents beyond which no move may overflow one.
const MANY_AGENTS: usize = 64;

impl<'i> Assignment<'i> {
    /// Nothing assigned yet.
    pub fn new(inst: &'i Instance<'i>, aim: Aim) -> Self {
        let units = inst.units.len();
        let weight = |u: usize| inst.units.row(u).iter().map(|t| inst.weight[*t as usize] + 1e-4).sum();
        let m = inst.agents.len();
        let mut out = Self {
            inst,
            aim,
            room: Room::new(inst),
            work: vec![0; m],
            choice: vec![None; units],
            members: vec![Vec::new(); m],
            slot: vec![0; units],
            missing: (0..units as u32).collect(),
            weight: (0..units).map(weight).collect(),
            level: vec![0.0; m],
            over: vec![0.0; m],
            overfull: 0,
            strict: m > MANY_AGENTS,
            cost: 0,
            shared_over: 0.0,
            penalty: vec![2.0 * units as f64 / m.max(1) as f64; m],
            shared_penalty: 2.0 * units as f64,
            shortlist: Arc::new(vec![Vec::new(); units]),
            longest: Vec::new(),
            overlong: 0.0,
            restless: Vec::new(),
            prices: None,
            target: 1.0,
            centre: 0.0,
            unit_cost: 1.0,
            energy: 0.0,
            rng: Rng::new(1),
            top: 0,
        };
        for u in 0..units {
            out.slot[u] = u as u32;
        }
        let mean = |u: usize| inst.unit_choices(u).mean(|c| c.cost as f64);
        out.unit_cost = ((0..units).map(mean).sum::<f64>() / units.max(1) as f64).max(1e-9);
        out
    }

    /// True where agents are so many that no move may overflow one.
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// Names the agents that the search is to try most, by unit; a unit with one such agent mostly rests.
    pub fn prefer(&mut self, unit: usize, choices: Vec<Choice>) {
        if choices.len() > 1 {
            self.restless.push(unit as u32);
        }
        Arc::make_mut(&mut self.shortlist)[unit] = choices;
    }

    /// Gives the search the prices of a relaxation of its aim.
    pub fn price(&mut self, prices: Prices) {
        self.prices = Some(Arc::new(prices));
    }

    /// Scaled cost of all assigned units.
    pub fn cost(&self) -> i64 {
        self.cost
    }

    /// Units without an agent.
    pub fn missing(&self) -> &[u32] {
        &self.missing
    }

    /// How full an agent would be with the unit: its utilization, or its load where that is the measure.
    pub fn fullness(&self, unit: usize, c: &Choice) -> f64 {
        self.inst.gauge.with(self.inst, &self.room, unit, c)
    }

    /// Puts a missing unit on an agent with room.
    pub fn put(&mut self, unit: usize, c: &Choice) {
        self.apply(&[(unit as u32, Some(*c))]);
    }

    /// Moves units to other agents all at once, unless something would not fit then.
    pub fn adopt(&mut self, agents: impl Iterator<Item = (u32, u32)>) {
        let before = self.choice.clone();
        let steps: Vec<_> = agents.map(|(u, a)| (u, self.inst.unit_choice(u as usize, a))).collect();
        self.energy += self.apply(&steps);
        let overfull = (0..self.level.len()).any(|a| self.room.overflow(a) > 0.0) || self.shared_over > 0.0;
        let apart = |(u, c): &(u32, Option<Choice>)| {
            let shares = |v: &u32| c.is_some_and(|c| self.room.agent[*v as usize] == c.agent);
            self.inst.apart.row(*u as usize).iter().any(shares)
        };
        if overfull || steps.iter().any(apart) {
            self.restore(&before);
        }
    }

    /// Packs units greedily, the hardest first: each to the agent that `score` likes best of those with room.
    pub fn pack(&mut self, order: &[u32], mut score: impl FnMut(&Self, usize, &Choice) -> f64) {
        for u in order {
            let u = *u as usize;
            let mut best: Option<(f64, Choice)> = None;
            for c in self.inst.unit_choices(u).iter() {
                if self.room.fits(u, &c) {
                    let s = score(self, u, &c);
                    if best.is_none_or(|b| s < b.0) {
                        best = Some((s, c));
                    }
                }
            }
            if let Some((_, c)) = best {
                self.put(u, &c);
            }
        }
    }
}
