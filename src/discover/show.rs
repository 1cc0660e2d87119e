//! What a discovery hands to the formats.

use super::{document, report::Report};
use crate::{
    error::Error,
    report::{Document, FindingRow, Sheet, Show, to_json},
};

impl Show for Report {
    fn command(&self) -> &'static str {
        "discover"
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

    /// One row per agent.
    fn sheet(&self) -> Sheet {
        let columns =
            ["agent", "type", "zone", "status", "discovery_method", "last_updated", "capabilities", "error_rate"];
        let mut out = Sheet::new(columns);
        for (id, a) in &self.discovered_agents {
            let capabilities: Vec<&str> = a.capabilities.keys().map(String::as_str).collect();
            let rate = a.performance_metrics.error_rate.map_or_else(String::new, |x| x.to_string());
            let (kind, zone) =
                (a.basic_info.kind.clone().unwrap_or_default(), a.basic_info.zone.clone().unwrap_or_default());
            let (status, method) = (a.status.to_owned(), a.discovery_method.to_owned());
            let updated = a.last_updated.clone().unwrap_or_default();
            out.row(&[id.clone(), kind, zone, status, method, updated, capabilities.join("; "), rate]);
        }
        out
    }
}
