//! What it costs to move a task: the plan made again with the task fixed to another agent.

use super::report::Moving;
use crate::{
    error::Error,
    model::{AgentIx, Plan, Quantities, Snapshot, Strategy, TaskIx, seconds},
    plan::{self, Effort, Limits, Request, Term},
    schedule::{Components, components},
};

/// A plan to compare with.
pub struct Base<'a> {
    /// The snapshot that it is of.
    pub snapshot: &'a Snapshot,
    /// The plan.
    pub plan: &'a Plan,
    /// What it was made for.
    pub strategy: Strategy,
    /// The hybrid objective's terms, whose references stay those of this plan.
    pub terms: &'a [Term],
}

impl Base<'_> {
    /// The objective of components as this plan's objective measures them.
    pub fn measured(&self, c: &Components) -> f64 {
        let of = |name: &str| match name {
            "cost" => c.cost,
            "max_utilization" => c.max_utilization,
            "makespan" => c.makespan,
            _ => c.weighted_tardiness,
        };
        match self.strategy {
            Strategy::Hybrid => {
                let terms = self.terms.iter().filter(|t| !t.dropped);
                terms.map(|t| t.weight * of(t.component) / t.reference).sum()
            }
            other => of(other.component()),
        }
    }

    /// Plans a changed snapshot with the same tasks, beginning from this plan.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] where the plan fails its own verification.
    pub fn again(&self, changed: &Snapshot) -> Result<(Plan, Components), Error> {
        let q = Quantities::new(changed);
        let request = Request { strategy: self.strategy, effort: Effort::Quick, ..Request::default() };
        let (solution, _) = plan::replan(&q, &request, self.plan, None, Limits::default())?;
        let c = components(&q, &solution.plan);
        Ok((solution.plan, c))
    }

    /// Moves the task to an agent.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] where the plan fails its own verification.
    pub fn moved(&self, before: &Components, t: TaskIx, a: AgentIx) -> Result<Moving, Error> {
        let mut changed = self.snapshot.clone();
        changed.tasks[t.at()].pinned = Some(a);
        let (plan, after) = self.again(&changed)?;
        let s = self.snapshot;
        let pairs = || s.task_ixs().map(|o| (o, self.plan.placements[o.at()], plan.placements[o.at()]));
        let elsewhere = |o: &(TaskIx, Option<crate::model::Placement>, Option<crate::model::Placement>)| {
            o.0 != t && o.1.zip(o.2).is_some_and(|(was, is)| was.agent != is.agent)
        };
        let id = |o: TaskIx| s.task(o).id.clone();
        Ok(Moving {
            objective_change: self.measured(&after) - self.measured(before),
            placed_change: after.priority_placed - before.priority_placed,
            displaced: pairs().filter(elsewhere).map(|o| id(o.0)).collect(),
            lost: pairs().filter(|o| o.0 != t && o.1.is_some() && o.2.is_none()).map(|o| id(o.0)).collect(),
            finish: plan.placements[t.at()].map(|p| seconds(p.finish)),
        })
    }
}
