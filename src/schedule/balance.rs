//! Shares of what is provided that a plan uses, and how evenly it uses it (model.md, section 4).

use super::metrics::{Loads, Utilization};
use crate::model::Quantities;

/// Jain, Chiu and Hawe's fairness index (1984): 1 where all are equal, 1/n where one has all.
pub fn jain(used: &Utilization) -> f64 {
    let sum: f64 = used.of.iter().map(|(_, u)| u).sum();
    let squares: f64 = used.of.iter().map(|(_, u)| u * u).sum();
    if squares > 0.0 { sum * sum / (used.of.len() as f64 * squares) } else { 1.0 }
}

/// Standard deviation of utilization over its mean; 0 where the mean is 0.
pub fn variation(used: &Utilization) -> f64 {
    let mean = used.mean();
    if mean > 0.0 { libm::sqrt(used.variance()) / mean } else { 0.0 }
}

/// Σ load / Σ capacity of touched agents that have a capacity; `None` where none has.
pub fn efficiency(q: &Quantities<'_>, loads: &Loads, used: &Utilization) -> Option<f64> {
    let (mut load, mut capacity) = (0.0, 0.0);
    for (a, _) in &used.of {
        if let Some(c) = q.snapshot.agent(*a).capacity {
            load += loads.load[a.at()];
            capacity += c;
        }
    }
    (capacity > 0.0).then(|| load / capacity)
}

/// 1 − Σ provisioned · utilization / Σ provisioned over touched agents, provisioned being `cost_fixed`, or capacity
/// where no agent has one; `None` where nothing is provisioned or the measure is load.
pub fn waste(q: &Quantities<'_>, used: &Utilization) -> Option<f64> {
    let agents = || used.of.iter().map(|(a, u)| (q.snapshot.agent(*a), *u));
    let by_cost = agents().any(|(a, _)| a.cost_fixed > 0.0);
    let (mut offered, mut working) = (0.0, 0.0);
    for (agent, u) in agents() {
        let provisioned = if by_cost { agent.cost_fixed } else { agent.capacity.unwrap_or(0.0) };
        offered += provisioned;
        working += provisioned * u;
    }
    (offered > 0.0 && !used.by_load).then(|| 1.0 - working / offered)
}
