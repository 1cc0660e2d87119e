//! How evenly a plan loads the agents: statistics of utilization over the touched ones.

use super::report::LoadBalancing;
use crate::{
    model::{AgentIx, Quantities},
    plan::Solution,
    schedule::{Loads, Utilization, balance},
};

/// Measures a plan's balance (model.md, section 4).
pub fn measure(q: &Quantities<'_>, solution: &Solution, loads: &Loads, used: &Utilization) -> LoadBalancing {
    let s = q.snapshot;
    let id = |a: AgentIx| s.agent(a).id.clone();
    let limits = s.policies.thresholds;
    // A load is no share, so only shares are held against the thresholds.
    let high = |u: f64| !used.by_load && u >= limits.bottleneck;
    let low = |u: f64| !used.by_load && u <= limits.underutilized;
    LoadBalancing {
        agent_loads: s.agent_ixs().map(|a| (id(a), loads.load[a.at()])).collect(),
        agent_utilization: used.of.iter().map(|(a, u)| (id(*a), *u)).collect(),
        utilization_measure: if used.by_load { "load" } else { "share" },
        load_distribution_variance: used.variance(),
        coefficient_of_variation: balance::variation(used),
        jain_index: balance::jain(used),
        utilization_efficiency: balance::efficiency(q, loads, used),
        bottleneck_agents: used
            .of
            .iter()
            .filter(|(a, u)| high(*u) || solution.critical_agents.contains(a))
            .map(|(a, _)| id(*a))
            .collect(),
        underutilized_agents: used.of.iter().filter(|(_, u)| low(*u)).map(|(a, _)| id(*a)).collect(),
        waste: balance::waste(q, used),
    }
}
