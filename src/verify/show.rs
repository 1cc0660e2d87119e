//! What a verification hands to the formats.

use super::{document, pictures, report::Report};
use crate::{
    error::Error,
    input::claimed::Claimed,
    model::Snapshot,
    report::{Document, FindingRow, Picture, Place, Sheet, Show, to_json},
};

/// A report with what it is about.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'r> {
    /// The report.
    pub report: &'r Report,
    /// The snapshot.
    pub snapshot: &'r Snapshot,
    /// The plan as claimed.
    pub claimed: &'r Claimed,
}

impl Show for Shown<'_> {
    fn command(&self) -> &'static str {
        "verify"
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

    /// One row per violation, rule by rule.
    fn sheet(&self) -> Sheet {
        let mut out = Sheet::new(["code", "name", "task", "agent", "resource", "message", "plan", "snapshot"]);
        for v in &self.report.violations {
            let [task, agent, resource] = [&v.task, &v.agent, &v.resource].map(|x| x.clone().unwrap_or_default());
            let claimed = v.plan.as_ref().map_or_else(String::new, Place::text);
            let given: Vec<String> = v.snapshot.iter().map(Place::text).collect();
            let (code, name) = (v.code.to_owned(), v.name.to_owned());
            out.row(&[code, name, task, agent, resource, v.message.clone(), claimed, given.join(" ")]);
        }
        out
    }

    fn pictures(&self) -> Vec<Picture> {
        pictures::pictures(self.report, self.snapshot, self.claimed)
    }
}
