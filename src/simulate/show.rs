//! What a simulation hands to the formats.

use super::{document, pictures::pictures, report::Report};
use crate::{
    error::Error,
    report::{Document, FindingRow, Picture, Sheet, Show, to_json},
};

impl Show for Report {
    fn command(&self) -> &'static str {
        "simulate"
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

    fn pictures(&self) -> Vec<Picture> {
        pictures(self)
    }

    /// One row per task, by id.
    fn sheet(&self) -> Sheet {
        let columns = ["task", "agent", "planned_finish", "mean_start", "mean_finish", "deadline_miss", "criticality"];
        let mut out = Sheet::new(columns);
        for (task, row) in &self.tasks {
            let missed = row.deadline_miss.as_ref().map_or_else(String::new, |m| m.value.to_string());
            let [planned, start, finish] = [row.planned_finish, row.mean_start, row.mean_finish].map(|x| x.to_string());
            out.row(&[
                task.clone(),
                row.agent.clone(),
                planned,
                start,
                finish,
                missed,
                row.criticality.value.to_string(),
            ]);
        }
        out
    }
}
