//! Limits of agents and shared resources, scaled to integers.

use super::{AgentLimits, Offered, SharedLimits};
use crate::{
    model::{Agent, DimIx, Quantities, SharedResource},
    schedule::scale::{Scale, UNLIMITED},
};

/// Scales of every amount, fine enough for six decimals where the sizes allow.
pub(super) struct Scales {
    pub load: Scale,
    pub cost: Scale,
    pub dims: Vec<Scale>,
    pub shared: Vec<Scale>,
}

impl Scales {
    pub fn of(q: &Quantities<'_>) -> Self {
        let s = q.snapshot;
        let mut dims = vec![1.0f64; s.names.dims.len()];
        for (dim, amount) in s.agents.iter().flat_map(|a| a.resources.iter().chain(&a.budget)) {
            dims[dim.at()] = dims[dim.at()].max(*amount);
        }
        let load = s
            .agents
            .iter()
            .filter_map(|a| a.capacity)
            .chain(s.tasks.iter().map(|t| t.estimated_load))
            .fold(1.0, f64::max);
        let cost = s.task_ixs().map(|t| q.offers(t).map(|o| o.cost).fold(0.0, f64::max)).sum::<f64>();
        let shared = |r: &SharedResource| r.capacity.unwrap_or(1.0).max(r.budget.unwrap_or(1.0));
        Self {
            load: Scale::for_largest(load, 7),
            cost: Scale::for_largest(cost.max(1.0), 6),
            dims: dims.iter().map(|d| Scale::for_largest(*d, 7)).collect(),
            shared: s.network.resources.iter().map(|r| Scale::for_largest(shared(r), 7)).collect(),
        }
    }
}

pub(super) fn limits(agent: &Agent, load: Scale) -> AgentLimits {
    AgentLimits {
        slots: agent.slots,
        room: agent.capacity.map_or(UNLIMITED, |c| load.floor(c - agent.current_load)),
        max_tasks: agent.max_tasks.unwrap_or(u32::MAX),
        from: agent.available_from.max(0),
        windows: agent.windows.clone(),
    }
}

pub(super) fn offered(agent: &Agent, scales: &[Scale]) -> Vec<Offered> {
    let row = |is_budget: bool| {
        move |(dim, amount): &(DimIx, f64)| Offered { dim: dim.0, is_budget, amount: scales[dim.at()].floor(*amount) }
    };
    agent.resources.iter().map(row(false)).chain(agent.budget.iter().map(row(true))).collect()
}

pub(super) fn shared(r: &SharedResource, scale: Scale) -> SharedLimits {
    SharedLimits {
        capacity: r.capacity.map_or(UNLIMITED, |c| scale.floor(c)),
        per: r.per,
        budget: r.budget.map_or(UNLIMITED, |b| scale.floor(b)),
    }
}
