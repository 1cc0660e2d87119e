//! Checks a plan against the snapshot, sharing nothing with what built it.
//!
//! Every constraint of model.md section 3 is recomputed from the model's definitions (eligibility,
//! processing time, load, transfer) and the [`Reservations`] alone: a sound plan has no violation, and
//! each violation names the rule, who is concerned and the numbers. Moments are compared exactly; amounts
//! with a tolerance of 1e-6. Cost: O(n log n) in placed tasks, dependencies and uses.

mod one_task;
mod relations;
mod sweep;
mod totals;

use std::fmt;

use super::Reservations;
use crate::model::{AgentIx, Plan, Quantities, ResourceIx, TaskIx};

/// How far an amount may exceed what there is: the noise of summing floats, not a licence.
const TOLERANCE: f64 = 1e-6;

/// The rule that a plan breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// The plan has not one entry per task.
    WrongLength,
    /// The agent does not exist.
    UnknownAgent,
    /// The agent may not run the task; one violation per obstacle.
    NotEligible,
    /// Finish minus start is not the processing time.
    WrongProcessing,
    /// It starts before `as_of`.
    BeforeNow,
    /// It starts before its release.
    BeforeRelease,
    /// It starts before the agent is available.
    BeforeAvailable,
    /// No window of the agent holds it whole.
    OutsideWindows,
    /// A running task is placed elsewhere or later than it runs.
    MovedWhileRunning,
    /// The agent runs more tasks at a time than it has slots.
    OverSlots,
    /// The agent has more tasks than it may have.
    OverMaxTasks,
    /// The agent's load exceeds its capacity.
    OverCapacity,
    /// More of an agent's resource is used at a time than there is.
    OverResource,
    /// More of an agent's budget is used up than there is.
    OverBudget,
    /// A predecessor is not placed.
    MissingPredecessor,
    /// It starts before a predecessor's output is there.
    BeforeInput,
    /// No path leads from a predecessor's agent.
    NoPath,
    /// More of a shared resource is in use at a time than there is.
    OverSharedCapacity,
    /// More of a shared resource is used up than there is.
    OverSharedBudget,
    /// Tasks that belong together are not on one agent, or only some of them are placed.
    NotTogether,
    /// Tasks that must be apart are on one agent.
    NotApart,
}

impl Code {
    /// The stable word.
    pub fn name(self) -> &'static str {
        match self {
            Self::WrongLength => "wrong_length",
            Self::UnknownAgent => "unknown_agent",
            Self::NotEligible => "not_eligible",
            Self::WrongProcessing => "wrong_processing",
            Self::BeforeNow => "before_now",
            Self::BeforeRelease => "before_release",
            Self::BeforeAvailable => "before_available",
            Self::OutsideWindows => "outside_windows",
            Self::MovedWhileRunning => "moved_while_running",
            Self::OverSlots => "over_slots",
            Self::OverMaxTasks => "over_max_tasks",
            Self::OverCapacity => "over_capacity",
            Self::OverResource => "over_resource",
            Self::OverBudget => "over_budget",
            Self::MissingPredecessor => "missing_predecessor",
            Self::BeforeInput => "before_input",
            Self::NoPath => "no_path",
            Self::OverSharedCapacity => "over_shared_capacity",
            Self::OverSharedBudget => "over_shared_budget",
            Self::NotTogether => "not_together",
            Self::NotApart => "not_apart",
        }
    }
}

/// A broken rule of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// Which rule.
    pub code: Code,
    /// The task concerned, the first of them where there are two.
    pub task: Option<TaskIx>,
    /// The agent concerned.
    pub agent: Option<AgentIx>,
    /// The shared resource concerned.
    pub resource: Option<ResourceIx>,
    /// One sentence with the ids and numbers.
    pub message: String,
}

impl Violation {
    fn new(code: Code, message: String) -> Self {
        Self { code, task: None, agent: None, resource: None, message }
    }

    fn of_task(self, t: TaskIx) -> Self {
        Self { task: Some(t), ..self }
    }

    fn of_agent(self, a: AgentIx) -> Self {
        Self { agent: Some(a), ..self }
    }

    fn of_resource(self, r: ResourceIx) -> Self {
        Self { resource: Some(r), ..self }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

/// Every rule that the plan breaks, rule by rule; empty where it is sound.
///
/// Placements on agents that do not exist are named and then left out of the other checks.
pub fn violations(q: &Quantities<'_>, plan: &Plan) -> Vec<Violation> {
    let mut out = Vec::new();
    let plan = known(q, plan, &mut out);
    let reserved = Reservations::of(q);
    one_task::check(q, &plan, &reserved, &mut out);
    relations::check(q, &plan, &mut out);
    totals::check(q, &plan, &mut out);
    sweep::check(q, &plan, &reserved, &mut out);
    out
}

/// The plan reduced to tasks and agents that exist.
fn known(q: &Quantities<'_>, plan: &Plan, out: &mut Vec<Violation>) -> Plan {
    let (tasks, agents) = (q.snapshot.tasks.len(), q.snapshot.agents.len());
    let mut plan = plan.clone();
    if plan.placements.len() != tasks {
        let message = format!("the plan has {} entries for {tasks} tasks", plan.placements.len());
        out.push(Violation::new(Code::WrongLength, message));
        plan.placements.resize(tasks, None);
    }
    for (i, placement) in plan.placements.iter_mut().enumerate() {
        if let Some(p) = placement.take_if(|p| p.agent.at() >= agents) {
            let message = format!("`{}` is on agent number {}, there are {agents}", q.snapshot.tasks[i].id, p.agent.0);
            out.push(Violation::new(Code::UnknownAgent, message).of_task(TaskIx::of(i)));
        }
    }
    plan
}
