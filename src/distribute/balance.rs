//! How evenly a plan loads the agents: statistics of utilization over the touched ones.

use super::report::LoadBalancing;
use crate::{
    model::{AgentIx, Quantities},
    plan::Solution,
    schedule::{Loads, Utilization},
};

/// Measures a plan's balance (model.md, section 4).
pub fn measure(q: &Quantities<'_>, solution: &Solution, loads: &Loads, used: &Utilization) -> LoadBalancing {
    let s = q.snapshot;
    let id = |a: AgentIx| s.agent(a).id.clone();
    let limits = s.policies.thresholds;
    // A load is no share, so only shares are held against the thresholds.
    let high = |u: f64| !used.by_load && u >= limits.bottleneck;
    let low = |u: f64| !used.by_load && u <= limits.underutilized;
    let mean = used.mean();
    let variance = used.variance();
    LoadBalancing {
        agent_loads: s.agent_ixs().map(|a| (id(a), loads.load[a.at()])).collect(),
        agent_utilization: used.of.iter().map(|(a, u)| (id(*a), *u)).collect(),
        utilization_measure: if used.by_load { "load" } else { "share" },
        load_distribution_variance: variance,
        coefficient_of_variation: if mean > 0.0 { libm::sqrt(variance) / mean } else { 0.0 },
        jain_index: jain(used),
        utilization_efficiency: efficiency(q, loads, used),
        bottleneck_agents: used
            .of
            .iter()
            .filter(|(a, u)| high(*u) || solution.critical_agents.contains(a))
            .map(|(a, _)| id(*a))
            .collect(),
        underutilized_agents: used.of.iter().filter(|(_, u)| low(*u)).map(|(a, _)| id(*a)).collect(),
        waste: waste(q, used),
    }
}

/// Jain, Chiu and Hawe's fairness index (1984): 1 where all are equal, 1/n where one has all.
fn jain(used: &Utilization) -> f64 {
    let sum: f64 = used.of.iter().map(|(_, u)| u).sum();
    let squares: f64 = used.of.iter().map(|(_, u)| u * u).sum();
    if squares > 0.0 { sum * sum / (used.of.len() as f64 * squares) } else { 1.0 }
}

fn efficiency(q: &Quantities<'_>, loads: &Loads, used: &Utilization) -> Option<f64> {
    let (mut load, mut capacity) = (0.0, 0.0);
    for (a, _) in &used.of {
        if let Some(c) = q.snapshot.agent(*a).capacity {
            load += loads.load[a.at()];
            capacity += c;
        }
    }
    (capacity > 0.0).then(|| load / capacity)
}

fn waste(q: &Quantities<'_>, used: &Utilization) -> Option<f64> {
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
