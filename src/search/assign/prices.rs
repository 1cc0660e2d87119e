//! The prices by which a relaxation steers an assignment: what each agent charges a unit.

use crate::schedule::{Choice, Instance};

/// What agents charge for what units take of them, from a relaxation.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// Of a scaled unit of cost: 1 where cost is the aim, else 0.
    pub cost: f64,
    /// Of a scaled unit of load, by agent.
    pub load: Vec<f64>,
    /// Of a ms of work, by agent.
    pub work: Vec<f64>,
    /// Of a task, by agent.
    pub task: Vec<f64>,
    /// Of a scaled unit of a budget, in the order of all offered dimensions.
    pub offered: Vec<f64>,
    /// The least price of each unit.
    pub least: Vec<f64>,
    /// The mean of them, the unit of energy.
    pub mean: f64,
}

impl Prices {
    /// What a unit pays on an agent.
    pub fn of(&self, inst: &Instance<'_>, unit: usize, c: &Choice) -> f64 {
        let a = c.agent as usize;
        let mut sum = self.cost * c.cost as f64
            + self.load[a] * c.load as f64
            + self.work[a] * c.work as f64
            + self.task[a] * inst.units.row(unit).len() as f64;
        for (dim, x) in inst.unit_demand.row(unit) {
            if let Some((at, _)) = inst.offer_of(a, *dim) {
                sum += self.offered[at] * *x as f64;
            }
        }
        sum
    }

    /// What it pays beyond its cheapest agent, relative to what units pay on average.
    pub(super) fn excess(&self, inst: &Instance<'_>, unit: usize, c: &Choice) -> f64 {
        (self.of(inst, unit, c) - self.least[unit]) / self.mean
    }
}
