//! What a search minimises: one energy over the components, with the tie-breaks as small terms.

use crate::{
    model::{Ms, Strategy},
    schedule::Instance,
};

/// Weights of the energy's terms. Times are in ms, cost in scaled units.
#[derive(Debug, Clone, Copy, Default)]
pub struct Goal {
    /// Of the makespan.
    pub makespan: f64,
    /// Of Σ priority · tardiness.
    pub tardiness: f64,
    /// Of each late task.
    pub late: f64,
    /// Of Σ priority · finish.
    pub flow: f64,
    /// Of the scaled cost.
    pub cost: f64,
    /// Of the greatest utilization.
    pub peak: f64,
    /// Of each unit of priority without a place.
    pub missing: f64,
}

impl Goal {
    /// The energy of a strategy; `references` are those of the hybrid objective, by term: cost (scaled),
    /// greatest utilization, makespan (ms), weighted tardiness (priority ms), 0 where dropped.
    pub fn of(inst: &Instance<'_>, strategy: Strategy, references: [f64; 4]) -> Self {
        let weight: f64 = inst.weight.iter().sum::<f64>().max(1.0);
        // A share of the mean weighted finish guides across plateaus of the makespan.
        let flow = 1e-2 / weight;
        let missing = 1e15;
        match strategy {
            Strategy::PerformanceOptimized | Strategy::CostOptimized | Strategy::LoadBalanced => {
                Self { makespan: 1.0, flow, missing, ..Self::default() }
            }
            Strategy::DeadlineAware => {
                Self { tardiness: 1.0, late: 1e-3, makespan: 1e-4, flow: flow * 1e-3, missing, ..Self::default() }
            }
            Strategy::Hybrid => {
                let weights = &inst.q.snapshot.policies.weights;
                let term = |weight: f64, reference: f64| if reference > 0.0 { weight / reference } else { 0.0 };
                Self {
                    cost: term(weights.cost, references[0]),
                    peak: term(weights.max_utilization, references[1]),
                    makespan: term(weights.makespan, references[2]),
                    tardiness: term(weights.weighted_tardiness, references[3]),
                    flow: flow * term(1e-3, references[2]),
                    missing,
                    late: 0.0,
                }
            }
        }
    }
}

impl Goal {
    /// True where the makespan is all that counts, but for tie-breaks.
    pub fn is_makespan(&self) -> bool {
        self.makespan > 0.0 && self.tardiness == 0.0 && self.cost == 0.0 && self.peak == 0.0
    }
}

/// What a schedule has come to, task by task in its order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Latest finish.
    pub makespan: Ms,
    /// Σ priority · tardiness, priority ms.
    pub tardiness: f64,
    /// Late tasks.
    pub late: u32,
    /// Σ priority · finish, priority ms.
    pub flow: f64,
    /// Σ (priority + a little) of tasks that found no time.
    pub missing: f64,
}

impl Tally {
    /// Counts a task that finishes at `finish`.
    pub fn add(&mut self, inst: &Instance<'_>, t: usize, finish: Ms) {
        self.makespan = self.makespan.max(finish);
        self.flow += inst.weight[t] * finish as f64;
        if finish > inst.deadline[t] {
            self.tardiness += inst.weight[t] * (finish - inst.deadline[t]) as f64;
            self.late += 1;
        }
    }

    /// Counts a task that found no time.
    pub fn miss(&mut self, inst: &Instance<'_>, t: usize) {
        self.missing += inst.weight[t] + 1e-3;
    }

    /// The terms of the energy that depend on times.
    pub fn energy(&self, goal: &Goal) -> f64 {
        goal.makespan * self.makespan as f64
            + goal.tardiness * self.tardiness
            + goal.late * f64::from(self.late)
            + goal.flow * self.flow
            + goal.missing * self.missing
    }
}
