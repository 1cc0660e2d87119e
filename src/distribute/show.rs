//! What a distribution hands to the formats.

use super::{document, pictures, report::Report};
use crate::{
    error::Error,
    input::Previous,
    model::Snapshot,
    report::{Document, FindingRow, Picture, Sheet, Show, to_json},
};

/// A report with the snapshot that it plans.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'r> {
    /// The report.
    pub report: &'r Report,
    /// The snapshot: deadlines, dependencies, capacities.
    pub snapshot: &'r Snapshot,
    /// The plan that it began from.
    pub previous: Option<&'r Previous>,
}

impl Show for Shown<'_> {
    fn command(&self) -> &'static str {
        "distribute"
    }

    fn json(&self) -> Result<String, Error> {
        to_json(self.report)
    }

    fn document(&self) -> Document {
        document(self.report)
    }

    fn findings(&self) -> &[FindingRow] {
        &self.report.findings
    }

    /// One row per assignment, agents by id, each agent's by start.
    fn sheet(&self) -> Sheet {
        let mut out = Sheet::new(["agent", "task", "start", "finish", "load", "cost", "deadline", "priority"]);
        for (agent, rows) in &self.report.agent_assignments {
            for r in rows {
                let task = self.snapshot.find_task(&r.task).map(|t| self.snapshot.task(t));
                let due =
                    task.and_then(|t| t.deadline).map_or_else(String::new, |d| crate::model::seconds(d).to_string());
                let weight = task.map_or_else(String::new, |t| t.priority.to_string());
                let [start, finish, load, cost] = [r.start, r.finish, r.load, r.cost].map(|x| x.to_string());
                out.row(&[agent.clone(), r.task.clone(), start, finish, load, cost, due, weight]);
            }
        }
        out
    }

    fn pictures(&self) -> Vec<Picture> {
        pictures::pictures(self.report, self.snapshot, self.previous)
    }
}
