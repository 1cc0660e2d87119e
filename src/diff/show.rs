//! What a comparison hands to the formats.

use super::{document::document, pictures::pictures, report::Report};
use crate::{
    error::Error,
    input::WrittenPlan,
    report::{Document, FindingRow, Picture, Sheet, Show, to_json},
};

/// A comparison with the plans that it compares, where they are plans.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'r> {
    /// The report.
    pub report: &'r Report,
    /// Both plans.
    pub plans: Option<(&'r WrittenPlan, &'r WrittenPlan)>,
}

impl Show for Shown<'_> {
    fn command(&self) -> &'static str {
        "diff"
    }

    fn json(&self) -> Result<String, Error> {
        to_json(self.report)
    }

    fn document(&self) -> Document {
        document(self.report)
    }

    /// A difference is what was asked for, and nothing wrong.
    fn findings(&self) -> &[FindingRow] {
        &[]
    }

    /// One row per task of plans, per field of snapshots.
    fn sheet(&self) -> Sheet {
        match self.report {
            Report::Plans(d) => {
                let columns = ["change", "task", "agent_before", "agent_after", "start_before", "start_after"];
                let columns: Vec<&'static str> = columns.into_iter().chain(["finish_before", "finish_after"]).collect();
                let mut out = Sheet { columns, rows: Vec::new() };
                let mut put = |change: &str, task: &str, agents: [&str; 2], times: [Option<f64>; 4]| {
                    let times = times.map(|t| t.map_or_else(String::new, |t| t.to_string()));
                    let head = [change, task, agents[0], agents[1]].map(str::to_owned);
                    out.rows.push(head.into_iter().chain(times).collect());
                };
                for m in &d.moved {
                    let times = [m.start_before, m.start_after, m.finish_before, m.finish_after].map(Some);
                    put("moved", &m.task, [&m.from, &m.to], times);
                }
                d.added
                    .iter()
                    .for_each(|t| put("added", &t.task, ["", &t.agent], [None, Some(t.start), None, Some(t.finish)]));
                d.lost
                    .iter()
                    .for_each(|t| put("lost", &t.task, [&t.agent, ""], [Some(t.start), None, Some(t.finish), None]));
                for (word, rows) in [("earlier", &d.earlier), ("later", &d.later)] {
                    for s in rows {
                        let times = [s.start_before, s.start_after, s.finish_before, s.finish_after].map(Some);
                        put(word, &s.task, [&s.agent, &s.agent], times);
                    }
                }
                out
            }
            Report::Snapshots(d) => {
                let mut out = Sheet::new(["change", "section", "id", "field", "before", "after"]);
                for (word, things) in [("added", &d.added), ("lost", &d.lost)] {
                    let none = String::new;
                    for t in things {
                        out.row(&[word.to_owned(), t.section.clone(), t.id.clone(), none(), none(), none()]);
                    }
                }
                for f in &d.changed {
                    let [before, after] = [&f.before, &f.after].map(|x| x.clone().unwrap_or_default());
                    out.row(&["changed".into(), f.section.clone(), f.id.clone(), f.field.clone(), before, after]);
                }
                out
            }
        }
    }

    fn pictures(&self) -> Vec<Picture> {
        pictures(self.report, self.plans)
    }
}
