//! What a discovery hands to the formats.

use std::collections::BTreeMap;

use super::{
    document,
    report::{DependencyRow, Report},
};
use crate::{
    error::Error,
    report::{
        Diagram, DiagramEdge, DiagramNode, Document, FindingRow, Picture, Shape, Sheet, Show, Stroke, Tone, to_json,
    },
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

    /// Who calls and needs whom, where anyone does.
    fn pictures(&self) -> Vec<Picture> {
        if self.dependencies.is_empty() { Vec::new() } else { vec![Picture::Network(network(self))] }
    }
}

fn network(report: &Report) -> Diagram {
    let node = |id: &String, shape: Shape| DiagramNode { label: id.clone(), group: None, shape, tone: Tone::Plain };
    let agents = report.discovered_agents.keys().map(|id| (id, Shape::Box));
    let services = report.discovered_services.keys().map(|id| (id, Shape::Barrel));
    let rows: Vec<(&String, Shape)> = agents.chain(services).collect();
    let place: BTreeMap<&str, usize> = rows.iter().map(|r| r.0.as_str()).zip(0..).collect();
    let edge = |d: &DependencyRow| {
        let (from, to) = (*place.get(d.from.as_str())?, *place.get(d.to.as_str())?);
        Some(DiagramEdge { from, to, label: String::new(), stroke: Stroke::Arrow, tone: Tone::Plain })
    };
    Diagram {
        title: "Who calls and needs whom".into(),
        groups: Vec::new(),
        nodes: rows.iter().map(|(id, shape)| node(id, *shape)).collect(),
        edges: report.dependencies.iter().filter_map(edge).collect(),
    }
}
