//! The kinds of reasons why a task has no place, each with its code and its wording.

use super::tally::Tally;
use crate::{
    model::{AgentIx, DataIx, DimIx, Obstacle, ResourceIx, SkillIx, Snapshot, TaskIx},
    report::{number, plural},
    schedule::Instance,
};

/// Names that one message lists.
const MOST_NAMES: usize = 5;

/// A kind of reason with what it is about, in the order of reports: the task's own first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The snapshot has no agent.
    NoAgents,
    /// Predecessors have no place.
    Predecessor,
    /// Companions have no place for reasons of their own.
    Companion,
    /// Each companion has agents, but none can hold them all.
    NoCommonAgent,
    /// It must be with and apart from the same task.
    Contradiction,
    /// A shared resource has less in all than it needs.
    SharedTooSmall(ResourceIx),
    /// A shared resource is held without end.
    SharedHeld(ResourceIx),
    /// A shared budget is used up by other tasks.
    SharedUsedUp(ResourceIx),
    /// The task is pinned to another agent.
    PinnedElsewhere,
    /// The task runs on another agent now.
    RunsElsewhere,
    /// Not among the allowed agents.
    NotAllowed,
    /// Among the forbidden agents.
    Forbidden,
    /// Takes no tasks; with the status.
    Down(&'static str),
    /// Has not the capability.
    Lacks(SkillIx),
    /// Has it, at too low a proficiency.
    TooLow(SkillIx),
    /// Data that it reads cannot get there.
    Unreachable(DataIx),
    /// Outputs of predecessors cannot get there.
    NoPath,
    /// Lists neither a resource nor a budget of the dimension.
    OffersNo(DimIx),
    /// A companion cannot run there.
    CompanionElsewhere,
    /// Less capacity than it needs, even with nothing planned.
    CapacityTooSmall,
    /// Capacity taken by other tasks.
    CapacityUsedUp,
    /// A resource smaller than the demand.
    ResourceTooSmall(DimIx),
    /// A budget smaller than the demand.
    BudgetTooSmall(DimIx),
    /// A budget used up by other tasks.
    BudgetUsedUp(DimIx),
    /// As many tasks as the agent may have.
    MaxTasks,
    /// Holds a task that it must be apart from.
    Apart,
    /// Longer than every window.
    WindowTooShort,
    /// The windows that could hold it end too early.
    NoWindow,
    /// Longer than any plan.
    TooLong,
    /// Room, but no time was found.
    NoTime,
}

impl From<Obstacle> for Why {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Lacks(s) => Self::Lacks(s),
            Obstacle::TooLow(s) => Self::TooLow(s),
            Obstacle::NotAllowed => Self::NotAllowed,
            Obstacle::Forbidden => Self::Forbidden,
            Obstacle::PinnedElsewhere => Self::PinnedElsewhere,
            Obstacle::Down(status) => Self::Down(status.name()),
            Obstacle::Unreachable(d) => Self::Unreachable(d),
            Obstacle::OffersNo(d) => Self::OffersNo(d),
        }
    }
}

impl Why {
    /// The stable word of reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAgents => "no_agents",
            Self::Predecessor => "predecessor_unplaced",
            Self::Companion => "companion_unplaced",
            Self::NoCommonAgent => "no_common_agent",
            Self::Contradiction => "together_and_apart",
            Self::SharedTooSmall(_) => "shared_resource_too_small",
            Self::SharedHeld(_) => "shared_resource_held",
            Self::SharedUsedUp(_) => "shared_budget_used_up",
            Self::PinnedElsewhere => "pinned_elsewhere",
            Self::RunsElsewhere => "runs_elsewhere",
            Self::NotAllowed => "not_allowed",
            Self::Forbidden => "forbidden",
            Self::Down(_) => "agent_down",
            Self::Lacks(_) => "lacks_capability",
            Self::TooLow(_) => "proficiency_too_low",
            Self::Unreachable(_) => "data_unreachable",
            Self::NoPath => "inputs_unreachable",
            Self::OffersNo(_) => "offers_no_dimension",
            Self::CompanionElsewhere => "companion_elsewhere",
            Self::CapacityTooSmall => "too_little_capacity",
            Self::CapacityUsedUp => "capacity_used_up",
            Self::ResourceTooSmall(_) => "too_little_resource",
            Self::BudgetTooSmall(_) => "too_little_budget",
            Self::BudgetUsedUp(_) => "budget_used_up",
            Self::MaxTasks => "max_tasks_reached",
            Self::Apart => "apart_conflict",
            Self::WindowTooShort => "windows_too_short",
            Self::NoWindow => "no_window",
            Self::TooLong => "too_long",
            Self::NoTime => "no_time_found",
        }
    }

    /// True where another task has what this one would need.
    pub fn is_displacement(self) -> bool {
        matches!(self, Self::SharedUsedUp(_) | Self::CapacityUsedUp | Self::BudgetUsedUp(_) | Self::MaxTasks)
    }
}

/// One sentence of a task's reason, with its numbers. `displaced` says by whom, where others are the cause.
pub fn message(inst: &Instance<'_>, t: TaskIx, tally: &Tally, displaced: &str) -> String {
    let s = inst.q.snapshot;
    let task = s.task(t);
    let skill = |i: SkillIx| &s.names.skills[i.at()];
    let dim = |i: DimIx| &s.names.dims[i.at()];
    let shared = |i: ResourceIx| &s.network.resources[i.at()].id;
    let (n, agents) = (tally.agents.len(), plural(tally.agents.len(), "agent"));
    let verb = |one: &'static str, more: &'static str| if n == 1 { one } else { more };
    let (has, are) = (verb("has", "have"), verb("is", "are"));
    let (have, need) = (number(tally.have, 3), number(tally.need, 3));
    let best = format!("{have} of {need} needed");
    match tally.why {
        Why::NoAgents => "the snapshot has no agents".into(),
        Why::Predecessor => match tally.tasks.len() {
            1 => format!("its predecessor {} has no place", names(s, &tally.tasks)),
            _ => format!("its predecessors {} have no place", names(s, &tally.tasks)),
        },
        Why::Companion => format!("it goes together with {}, without a place as well", names(s, &tally.tasks)),
        Why::NoCommonAgent => format!("no agent can hold it together with {}", names(s, &tally.tasks)),
        Why::Contradiction => "it must be both together with and apart from the same tasks".into(),
        Why::SharedTooSmall(r) => format!("shared resource `{}` is too small: {best}", shared(r)),
        Why::SharedHeld(r) => {
            format!("shared resource `{}` is held without end: {have} left of {need} needed", shared(r))
        }
        Why::SharedUsedUp(r) => {
            format!("the budget of `{}` is used up{displaced}: {have} left of {need} needed", shared(r))
        }
        Why::PinnedElsewhere => {
            let on = task.pinned.map_or("another agent", |a| &s.agent(a).id);
            format!("it is pinned to `{on}`, which leaves out {agents}")
        }
        Why::RunsElsewhere => {
            let on = inst.reserved.fixed(t).map_or("another agent", |f| &s.agent(f.agent).id);
            format!("it runs on `{on}` now, which leaves out {agents}")
        }
        Why::NotAllowed => format!("{agents} {are} not among its allowed agents"),
        Why::Forbidden => format!("{agents} {are} forbidden to it"),
        Why::Down(status) => format!("{agents} {are} {status}"),
        Why::Lacks(i) => format!("{agents} {} `{}`", verb("lacks", "lack"), skill(i)),
        Why::TooLow(i) => {
            let (best, asked) = proficiencies(s, t, i, &tally.agents);
            format!("{agents} {has} too low a proficiency in `{}`: at most {best} of {asked} needed", skill(i))
        }
        Why::Unreachable(d) => {
            format!("data set `{}` cannot reach {agents}", s.network.data[d.at()].id)
        }
        Why::NoPath => format!("outputs of its predecessors cannot reach {agents}"),
        Why::OffersNo(d) => format!("{agents} {} no `{}`", verb("offers", "offer"), dim(d)),
        Why::CompanionElsewhere => format!("{agents} cannot run all that goes together with it"),
        Why::CapacityTooSmall => format!("{agents} {has} too little capacity: largest headroom {best}"),
        Why::CapacityUsedUp => format!("{agents} {has} no capacity left{displaced}: largest headroom {best}"),
        Why::ResourceTooSmall(d) => format!("{agents} {has} too little `{}`: at most {best}", dim(d)),
        Why::BudgetTooSmall(d) => format!("{agents} {has} too small a budget of `{}`: at most {best}", dim(d)),
        Why::BudgetUsedUp(d) => format!("{agents} {has} no `{}` left{displaced}: at most {best}", dim(d)),
        Why::MaxTasks => format!("{agents} {has} as many tasks as allowed{displaced}"),
        Why::Apart => {
            format!("{agents} {} {}, from which it must be apart", verb("holds", "hold"), names(s, &tally.tasks))
        }
        Why::WindowTooShort => {
            let (have, need) = (crate::report::clock(tally.have), crate::report::clock(tally.need));
            format!("it is longer than every window of {agents}: at most {have} of {need} needed")
        }
        Why::NoWindow => format!("no window of {agents} holds it once it can start"),
        Why::TooLong => format!("it would take too long on {agents}"),
        Why::NoTime if n == 0 => "no agent has a time for it".into(),
        Why::NoTime => format!("{agents} {has} room, but no time was found for it"),
    }
}

/// Quoted ids, the first few of them.
fn names(s: &Snapshot, tasks: &[TaskIx]) -> String {
    let mut out: Vec<String> = tasks.iter().take(MOST_NAMES).map(|t| format!("`{}`", s.task(*t).id)).collect();
    if tasks.len() > MOST_NAMES {
        out.push(format!("{} more", tasks.len() - MOST_NAMES));
    }
    out.join(", ")
}

/// The best proficiency among agents, and what the task asks for.
fn proficiencies(s: &Snapshot, t: TaskIx, skill: SkillIx, agents: &[AgentIx]) -> (String, String) {
    let of = |rows: &[(SkillIx, f64)]| rows.iter().find(|r| r.0 == skill).map_or(0.0, |r| r.1);
    let best = agents.iter().map(|a| of(&s.agent(*a).skills)).fold(0.0, f64::max);
    (number(best, 3), number(of(&s.task(t).requires), 3))
}
