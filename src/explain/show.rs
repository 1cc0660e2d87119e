//! What an explanation hands to the formats.

use super::{document, pictures::pictures, report::Report};
use crate::{
    error::Error,
    report::{Document, FindingRow, Picture, Sheet, Show, to_json},
};

impl Show for Report {
    fn command(&self) -> &'static str {
        "explain"
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

    /// One row per agent, as listed: where the task is, then the nearest first.
    fn sheet(&self) -> Sheet {
        let columns = [
            "agent",
            "here",
            "eligible",
            "start",
            "finish",
            "load",
            "cost",
            "objective_change",
            "displaced",
            "conditions",
        ];
        let mut out = Sheet::new(columns);
        let text = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
        for row in &self.agents {
            let offer = row.offer.as_ref();
            let moving = row.moving.as_ref();
            let conditions: Vec<&str> = row.conditions.iter().map(|c| c.message.as_str()).collect();
            out.row(&[
                row.agent.clone(),
                row.here.to_string(),
                row.eligible.to_string(),
                text(offer.and_then(|o| o.start)),
                text(offer.and_then(|o| o.finish)),
                text(offer.map(|o| o.load)),
                text(offer.map(|o| o.cost)),
                text(moving.map(|m| m.objective_change)),
                moving.map_or_else(String::new, |m| m.displaced.join(" ")),
                conditions.join("; "),
            ]);
        }
        out
    }
}
