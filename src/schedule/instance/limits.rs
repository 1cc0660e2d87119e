//! Limits of agents and shared resources, scaled to integers.

use super::{AgentLimits, Offered, SharedLimits};
use crate::{
    model::{Agent, DimIx, Quantities, SharedResource, Tariff, TaskIx},
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
        let cost = dearest(q);
        let shared = |r: &SharedResource| r.capacity.unwrap_or(1.0).max(r.budget.unwrap_or(1.0));
        Self {
            load: Scale::for_largest(load, 7),
            cost: Scale::for_largest(cost.max(1.0), 6),
            dims: dims.iter().map(|d| Scale::for_largest(*d, 7)).collect(),
            shared: s.network.resources.iter().map(|r| Scale::for_largest(shared(r), 7)).collect(),
        }
    }
}

/// Agents of a class up to which each task's dearest is looked for.
const FEW: usize = 32;

/// A sum of costs that no plan exceeds: each task's dearest agent, or where a class has many agents the
/// highest of each of their charges. O(tasks · FEW + members).
fn dearest(q: &Quantities<'_>) -> f64 {
    let mut highest: Vec<Option<Tariff>> = vec![None; q.classes()];
    let cost = |t: TaskIx| {
        let class = q.class(t);
        if q.members(class).len() <= FEW || !q.is_plain(t) {
            return q.offers(t).map(|o| o.cost).fold(0.0, f64::max);
        }
        let task = q.snapshot.task(t);
        let of = highest[class as usize].get_or_insert_with(|| highest_of(q, class));
        of.per_task + of.per_load * task.estimated_load + of.per_hour * task.duration_ms / 3_600_000.0
    };
    q.snapshot.task_ixs().map(cost).sum()
}

/// The highest charges of a class's agents, hours counted by the task's own duration.
fn highest_of(q: &Quantities<'_>, class: u32) -> Tariff {
    let none = Tariff { per_task: 0.0, per_load: 0.0, per_hour: 0.0, succeeds: 1.0 };
    q.members(class).iter().fold(none, |top, member| {
        let own = q.tariff(member.agent);
        Tariff {
            per_task: top.per_task.max(own.per_task),
            per_load: top.per_load.max(own.per_load),
            per_hour: top.per_hour.max(own.per_hour / member.divisor / own.succeeds),
            ..top
        }
    })
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
