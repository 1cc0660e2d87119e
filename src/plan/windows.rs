//! When an agent is open, taken alone.

use crate::{
    model::{Ms, NEVER},
    schedule::instance::AgentLimits,
};

/// The first start at or after `from` at which one window holds a run of `work`; [`NEVER`] without one.
pub fn first(agent: &AgentLimits, from: Ms, work: Ms) -> Ms {
    if agent.windows.is_empty() {
        return from;
    }
    let fits = |w: &&(Ms, Ms)| from.max(w.0).saturating_add(work) <= w.1;
    agent.windows.iter().filter(fits).map(|w| from.max(w.0)).min().unwrap_or(NEVER)
}
