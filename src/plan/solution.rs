//! What the engine answers: a plan, what it is worth, what no plan can beat, and what found no place.

use std::sync::Arc;

use crate::{
    limit::Limit,
    model::{AgentIx, Plan, Strategy, TaskIx},
    schedule::{Components, proof::Certificate},
};

/// How much work a plan may cost. Budgets count work, never seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// Construction and a first descent.
    Quick,
    /// A good plan at once.
    #[default]
    Standard,
    /// About ten seconds on the published instances.
    High,
}

impl Effort {
    /// The name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::High => "high",
        }
    }
}

/// What the engine is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request {
    /// What the plan is to be best at.
    pub strategy: Strategy,
    /// How much work it may cost.
    pub effort: Effort,
    /// When it has to end; the plan is then the best so far, and may depend on the machine.
    pub limit: Limit,
}

/// How far an objective is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Proven: no plan places more, and none that places the same tasks is better.
    Optimal,
    /// A sound plan.
    Feasible,
    /// A limit on time or memory ended the search.
    Limit,
}

impl Status {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Feasible => "feasible",
            Self::Limit => "limit",
        }
    }
}

/// A value that no plan can beat, and the argument that proves it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// In the objective's own unit.
    pub value: f64,
    /// LP relaxation, Lagrangian dual, critical path, …
    pub method: &'static str,
}

/// One term of the hybrid objective.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The component's name.
    pub component: &'static str,
    /// Its weight.
    pub weight: f64,
    /// The proven lower bound it is divided by; the term is dropped where that is 0.
    pub reference: f64,
    /// Whether it takes part.
    pub dropped: bool,
}

/// How much is placed, and the most that any plan can place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacementProof {
    /// Σ priority of placed tasks.
    pub value: f64,
    /// No plan places more.
    pub bound: f64,
    /// The bound is met.
    pub proven_optimal: bool,
    /// What proves the bound, where something has to stay out that some agent could have.
    pub certificate: Option<Certificate>,
}

/// The objective of a plan (model.md, section 4).
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// The strategy.
    pub strategy: Strategy,
    /// Value of the strategy's component (seconds for moments, money for cost).
    pub value: f64,
    /// What no plan that places the same tasks can beat; `None` where nothing is proven.
    pub bound: Option<Bound>,
    /// The four components on this plan.
    pub components: Components,
    /// The placement stage.
    pub placement: PlacementProof,
    /// Both stages are proven.
    pub proven_optimal: bool,
    /// How far it is settled.
    pub status: Status,
    /// Terms of the hybrid objective; empty for the others.
    pub terms: Vec<Term>,
}

impl Objective {
    /// value − bound.
    pub fn gap_absolute(&self) -> Option<f64> {
        self.bound.as_ref().map(|b| self.value - b.value)
    }

    /// `gap_absolute` / |bound|: 0 when equal, `None` when the bound is 0 below the value.
    pub fn gap(&self) -> Option<f64> {
        let bound = self.bound.as_ref()?.value;
        let gap = self.gap_absolute()?;
        if gap == 0.0 {
            Some(0.0)
        } else if bound == 0.0 {
            None
        } else {
            Some(gap / bound.abs())
        }
    }
}

/// One reason why a task is not placed, summed over the agents it holds for.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Stable word: `lacks_capability`, `no_capacity`, …
    pub code: &'static str,
    /// One sentence with the numbers.
    pub message: String,
    /// Agents it holds for, by id; empty where it holds for the task itself.
    pub agents: Arc<[AgentIx]>,
}

/// The engine's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The plan; verified.
    pub plan: Plan,
    /// What it is worth.
    pub objective: Objective,
    /// Every task without a place, by id, with all its reasons.
    pub unassigned: Vec<(TaskIx, Vec<Reason>)>,
    /// Agents that lie on every critical path of the plan, by id.
    pub critical_agents: Vec<AgentIx>,
    /// What proves the objective's bound.
    pub certificate: Certificate,
}
