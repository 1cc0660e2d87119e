//! What a map hands to the formats.

use super::{diagram, document, drawing::picture, report::Report};
use crate::{
    error::Error,
    report::{Diagram, Document, FindingRow, Picture, Sheet, Show, to_json},
};

impl Show for Report {
    fn command(&self) -> &'static str {
        "map"
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

    /// One row per node.
    fn sheet(&self) -> Sheet {
        let columns =
            ["node", "kind", "type", "cluster", "degree", "betweenness", "articulation_point", "performance_tier"];
        let mut out = Sheet::new(columns);
        let points = &self.network_topology.bottlenecks.articulation_points;
        for (id, n) in &self.network_topology.nodes {
            let cluster = n.cluster.map_or_else(String::new, |c| c.to_string());
            let point = points.contains(id).to_string();
            let tier = n.performance_tier.unwrap_or_default().to_owned();
            let (kind, degree, betweenness) = (n.kind.to_owned(), n.degree.to_string(), n.betweenness.to_string());
            out.row(&[
                id.clone(),
                kind,
                n.type_name.clone().unwrap_or_default(),
                cluster,
                degree,
                betweenness,
                point,
                tier,
            ]);
        }
        out
    }

    fn diagram(&self) -> Option<Diagram> {
        Some(diagram(self))
    }

    fn pictures(&self) -> Vec<Picture> {
        vec![Picture::Network(picture(self))]
    }
}
