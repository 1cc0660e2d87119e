//! What a resolution hands to the formats.

use super::{document, report::Report};
use crate::{
    error::Error,
    report::{Document, FindingRow, Picture, Sheet, Show, to_json},
};

impl Show for Report {
    fn command(&self) -> &'static str {
        "resolve"
    }

    fn json(&self) -> Result<String, Error> {
        to_json(self)
    }

    fn document(&self) -> Document {
        document(self)
    }

    fn findings(&self) -> &[FindingRow] {
        &self.findings
    }

    /// One row per conflict.
    fn sheet(&self) -> Sheet {
        let columns = ["conflict", "type", "subtype", "severity", "outcome", "message", "agents", "tasks", "changes"];
        let mut out = Sheet::new(columns);
        for (id, c) in &self.detected_conflicts {
            let words = [c.kind, c.subtype, c.severity].map(str::to_owned);
            let outcome = self.resolution_outcomes.get(id).map_or("", |o| o.outcome).to_owned();
            let changes = self.resolution_strategies.get(id).map_or_else(String::new, |s| s.changes.join("; "));
            let [kind, subtype, severity] = words;
            let (agents, tasks) = (c.affected_agents.join("; "), c.affected_tasks.join("; "));
            out.row(&[id.clone(), kind, subtype, severity, outcome, c.message.clone(), agents, tasks, changes]);
        }
        out
    }

    fn pictures(&self) -> Vec<Picture> {
        super::pictures::pictures(self)
    }
}
