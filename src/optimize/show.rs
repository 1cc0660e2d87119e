//! What an optimization hands to the formats.

use super::{document, report::Report};
use crate::{
    error::Error,
    report::{Document, FindingRow, Sheet, Show, to_json},
};

impl Show for Report {
    fn command(&self) -> &'static str {
        "optimize"
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

    /// One row per metric, by name.
    fn sheet(&self) -> Sheet {
        let mut out = Sheet::new(["metric", "before", "after", "change", "change_share"]);
        for (metric, i) in &self.performance_improvements {
            let [before, after, change, share] =
                [i.before, i.after, i.change, i.change_share].map(|x| x.map_or_else(String::new, |x| x.to_string()));
            out.row(&[(*metric).to_owned(), before, after, change, share]);
        }
        out
    }
}
