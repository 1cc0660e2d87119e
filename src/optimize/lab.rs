//! Where changes are tried: the edited document is read anew and planned again.

use super::measure::{Metrics, measure};
use crate::{
    error::{Error, Finding},
    model::{AgentIx, Placement, Plan, Quantities, Snapshot, Strategy, TaskIx},
    patch::{Op, Workshop},
    plan::{self, Effort, Request},
};

/// A version of the fleet with a plan of its own.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The version.
    pub snapshot: Snapshot,
    /// Its plan.
    pub plan: Plan,
    /// What that is worth.
    pub metrics: Metrics,
}

impl Trial {
    /// Tasks without a place in the plan.
    pub fn left_out(&self) -> Vec<TaskIx> {
        self.snapshot.task_ixs().filter(|t| self.plan.placements[t.at()].is_none()).collect()
    }
}

/// Tries versions of one document.
#[derive(Debug)]
pub struct Lab {
    /// The document.
    pub workshop: Workshop,
    /// How finished proposals are planned.
    pub request: Request,
}

impl Lab {
    /// The snapshot of a version, or what the reader finds wrong with it.
    ///
    /// # Errors
    ///
    /// In one sentence.
    pub fn version(&self, ops: &[Op]) -> Result<Snapshot, String> {
        let first = |findings: &[Finding]| findings.first().map_or_else(String::new, |f| f.message.clone());
        self.workshop.snapshot(ops).map_err(|findings| first(&findings))
    }

    /// Plans a version as `distribute` does.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn solve(&self, ops: &[Op]) -> Result<Option<Trial>, Error> {
        match self.workshop.snapshot(ops) {
            Ok(snapshot) => solve(snapshot, &self.request).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Plans a version from the plan of another one, quickly.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn replan(&self, ops: &[Op], from: &Trial) -> Result<Option<Trial>, Error> {
        match self.workshop.snapshot(ops) {
            Ok(snapshot) => self.carry(snapshot, &from.snapshot, &from.plan, self.request.strategy).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Plans a snapshot from a plan of another one, quickly.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn carry(&self, snapshot: Snapshot, old: &Snapshot, plan: &Plan, strategy: Strategy) -> Result<Trial, Error> {
        let before = carried(old, plan, &snapshot);
        let request = Request { strategy, effort: Effort::Quick, limit: self.request.limit };
        let q = Quantities::new(&snapshot);
        let plan = plan::carry_over(&q, &request, &before)?;
        let metrics = measure(&q, &plan);
        Ok(Trial { snapshot, plan, metrics })
    }

    /// Plans a snapshot that may be far from the one of a plan, quickly: from that plan, or from a schedule made anew.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn carry_far(&self, snapshot: Snapshot, from: &Trial) -> Result<Trial, Error> {
        let before = carried(&from.snapshot, &from.plan, &snapshot);
        let request = Request { effort: Effort::Quick, ..self.request };
        let q = Quantities::new(&snapshot);
        let plan = plan::carry_over_or_anew(&q, &request, &before)?;
        let metrics = measure(&q, &plan);
        Ok(Trial { snapshot, plan, metrics })
    }
}

/// Plans a snapshot as `distribute` does.
///
/// # Errors
///
/// A fault of the planner.
pub fn solve(snapshot: Snapshot, request: &Request) -> Result<Trial, Error> {
    let q = Quantities::new(&snapshot);
    let plan = plan::planned(&q, request)?;
    let metrics = measure(&q, &plan);
    Ok(Trial { snapshot, plan, metrics })
}

/// A plan of one snapshot in the indices of another, as far as that has its agents and tasks.
fn carried(old: &Snapshot, plan: &Plan, new: &Snapshot) -> Plan {
    let agents: Vec<Option<AgentIx>> = old.agents.iter().map(|a| new.find_agent(&a.id)).collect();
    let mut out = Plan::empty(new.tasks.len());
    for (t, p) in plan.placed() {
        if let (Some(t), Some(agent)) = (new.find_task(&old.task(t).id), agents[p.agent.at()]) {
            out.placements[t.at()] = Some(Placement { agent, ..p });
        }
    }
    out
}
