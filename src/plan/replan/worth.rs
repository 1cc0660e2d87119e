//! What a draft is worth under a strategy while units move one by one: the objective and, far below it,
//! what comes after.

use super::super::{bounds::Bounds, draft::Draft};
use crate::{
    model::Strategy,
    schedule::{Instance, NONE, Room},
    search::{Goal, Sequence},
};

/// The energy of a draft and the unit that its objective is told in.
#[derive(Debug, Clone)]
pub struct Worth {
    /// Weights of what sequences and rooms come to.
    pub goal: Goal,
    /// Weight of the variance of utilization.
    pub spread: f64,
    /// Energy of one of the objective's own units.
    pub unit: f64,
    strategy: Strategy,
}

/// What comes after the objective weighs this share of it.
const AFTER: f64 = 1e-9;

impl Worth {
    /// The weights of a strategy; `bounds` give the hybrid objective's references.
    pub fn new(inst: &Instance<'_>, strategy: Strategy, bounds: &Bounds, agent: &[u32]) -> Self {
        let placed: Vec<bool> = inst.unit_of.iter().map(|u| agent[*u as usize] != NONE).collect();
        let base = Goal::of(inst, strategy, bounds.references(inst, &placed));
        let (goal, spread, unit) = match strategy {
            Strategy::CostOptimized => (Goal { cost: 1.0, makespan: AFTER, flow: 0.0, ..base }, 0.0, 1.0),
            Strategy::LoadBalanced => (Goal { peak: 1e9, makespan: AFTER, flow: 0.0, ..base }, 1e6, 1e9),
            Strategy::PerformanceOptimized => (Goal { flow: base.flow * AFTER, ..base }, 0.0, 1000.0),
            Strategy::DeadlineAware => (base, 0.0, 1000.0),
            Strategy::Hybrid => (base, 0.0, 1.0),
        };
        let unit = if strategy == Strategy::CostOptimized { 1.0 / inst.cost_scale.back(1.0) } else { unit };
        Self { goal, spread, unit, strategy }
    }

    /// Energy of the terms that depend on agents only. O(agents).
    pub fn of_agents(&self, inst: &Instance<'_>, room: &Room<'_>, cost: f64) -> f64 {
        let mut out = self.goal.cost * cost;
        if self.goal.peak > 0.0 || self.spread > 0.0 {
            let levels = inst.gauge.touched.iter().map(|a| inst.gauge.of(inst, room, *a as usize));
            let (mut peak, mut sum, mut squares) = (0.0f64, 0.0, 0.0);
            for level in levels {
                peak = peak.max(level);
                sum += level;
                squares += level * level;
            }
            let n = inst.gauge.touched.len().max(1) as f64;
            out += self.goal.peak * peak + self.spread * (squares / n - (sum / n) * (sum / n));
        }
        out
    }

    /// Scaled cost of what a sequence places.
    pub fn cost(sequence: &Sequence<'_>) -> f64 {
        sequence.order.iter().map(|t| sequence.choice[*t as usize].cost as f64).sum()
    }

    /// The whole energy of a draft.
    pub fn energy(&self, inst: &Instance<'_>, draft: &Draft<'_>) -> f64 {
        draft.sequence.total().energy(&self.goal) + self.of_agents(inst, &draft.room, Self::cost(&draft.sequence))
    }

    /// The objective alone, in its own unit.
    pub fn objective(&self, inst: &Instance<'_>, draft: &Draft<'_>) -> f64 {
        let total = draft.sequence.total();
        let cost = || Self::cost(&draft.sequence);
        let peak = || inst.gauge.peak(inst, &draft.room);
        match self.strategy {
            Strategy::CostOptimized => inst.cost_scale.back(cost()),
            Strategy::LoadBalanced => peak(),
            Strategy::PerformanceOptimized => total.makespan as f64 / 1000.0,
            Strategy::DeadlineAware => total.tardiness / 1000.0,
            Strategy::Hybrid => {
                let goal = &self.goal;
                goal.cost * cost()
                    + goal.peak * peak()
                    + goal.makespan * total.makespan as f64
                    + goal.tardiness * total.tardiness
            }
        }
    }
}
