//! What a verification hands to the formats.

use super::{document, report::Report};
use crate::{
    error::Error,
    report::{Document, FindingRow, Place, Sheet, Show, to_json},
};

impl Show for Report {
    fn command(&self) -> &'static str {
        "verify"
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

    /// One row per violation, rule by rule.
    fn sheet(&self) -> Sheet {
        let mut out = Sheet::new(["code", "name", "task", "agent", "resource", "message", "plan", "snapshot"]);
        for v in &self.violations {
            let [task, agent, resource] = [&v.task, &v.agent, &v.resource].map(|x| x.clone().unwrap_or_default());
            let claimed = v.plan.as_ref().map_or_else(String::new, Place::text);
            let given: Vec<String> = v.snapshot.iter().map(Place::text).collect();
            let (code, name) = (v.code.to_owned(), v.name.to_owned());
            out.row(&[code, name, task, agent, resource, v.message.clone(), claimed, given.join(" ")]);
        }
        out
    }
}
