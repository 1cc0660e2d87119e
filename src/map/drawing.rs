//! The map as a diagram: clusters as groups, what breaks first.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    report::Report,
    topology::{EdgeRow, NodeRow},
};
use crate::report::{Diagram, DiagramEdge, DiagramNode, Shape, Stroke, Tone, number};

/// Draws a report. Bridges come first, then what joins articulation points, then the rest by kind.
pub fn diagram(report: &Report) -> Diagram {
    let t = &report.network_topology;
    let points: BTreeSet<&str> = t.bottlenecks.articulation_points.iter().map(String::as_str).collect();
    let bridges: BTreeSet<(&str, &str)> = t.bottlenecks.bridges.iter().map(|[a, b]| (a.as_str(), b.as_str())).collect();
    let single: BTreeSet<&str> =
        t.bottlenecks.single_provider_capabilities.iter().filter(|p| p.tasks > 0).map(|p| p.agent.as_str()).collect();
    let place: BTreeMap<&str, usize> = t.nodes.keys().map(String::as_str).zip(0..).collect();
    let tone = |id: &str| match (points.contains(id), single.contains(id)) {
        (true, _) => Tone::Bad,
        (_, true) => Tone::Warn,
        _ => Tone::Plain,
    };
    let nodes = t.nodes.iter().map(|(id, row)| node(id, row, tone(id))).collect();
    let mut edges: Vec<((u8, u8), DiagramEdge)> = Vec::new();
    for e in &t.edges {
        let (Some(from), Some(to)) = (place.get(e.from.as_str()), place.get(e.to.as_str())) else { continue };
        let bridge = e.kind == "link" && bridges.contains(&(e.from.as_str(), e.to.as_str()));
        let near = points.contains(e.from.as_str()) || points.contains(e.to.as_str());
        let rank = if bridge { 0 } else { u8::from(!near) + 1 };
        edges.push(((rank, kind(e)), edge(e, *from, *to, bridge)));
    }
    edges.sort_by_key(|e| e.0);
    let groups = (1..=t.clusters.members.len()).map(|i| format!("cluster {i}")).collect();
    let edges = edges.into_iter().map(|e| e.1).collect();
    Diagram { title: "orch map".into(), groups, nodes, edges }
}

/// The same with a line between each agent and its zone, for a picture without boxes around groups.
pub fn picture(report: &Report) -> Diagram {
    let mut out = diagram(report);
    let mut zones: BTreeMap<String, usize> = BTreeMap::new();
    let nodes = &report.network_topology.nodes;
    let place: BTreeMap<&str, usize> = nodes.keys().map(String::as_str).zip(0..).collect();
    for (id, row) in nodes {
        let Some(zone) = &row.zone else { continue };
        let named = format!("zone:{zone}");
        let to = place.get(named.as_str()).or_else(|| place.get(zone.as_str()));
        if let (Some(from), Some(to)) = (place.get(id.as_str()), to) {
            // What no link ends at belongs with its zone.
            if out.nodes[*from].group.is_none() {
                let group = *zones.entry(zone.clone()).or_insert_with(|| {
                    out.groups.push(format!("zone {zone}"));
                    out.groups.len() - 1
                });
                out.nodes[*from].group = Some(group);
            }
            let (label, stroke, tone) = (String::new(), Stroke::Line, Tone::Plain);
            out.edges.push(DiagramEdge { from: *from, to: *to, label, stroke, tone });
        }
    }
    out.title = "Network".into();
    out
}

fn node(id: &str, row: &NodeRow, tone: Tone) -> DiagramNode {
    let label = match &row.type_name {
        Some(name) => format!("{id} ({name})"),
        None => id.to_owned(),
    };
    let shape = match row.kind {
        "agent" => Shape::Box,
        "zone" => Shape::Round,
        _ => Shape::Barrel,
    };
    DiagramNode { label, group: row.cluster.map(|c| c as usize), shape, tone }
}

fn kind(e: &EdgeRow) -> u8 {
    match e.kind {
        "link" => 0,
        "depends_on" => 1,
        "call" => 2,
        _ => 3,
    }
}

fn edge(e: &EdgeRow, from: usize, to: usize, bridge: bool) -> DiagramEdge {
    let stroke = match e.kind {
        "link" => Stroke::Line,
        "task_dependency" => Stroke::Dashed,
        _ => Stroke::Arrow,
    };
    let label = match e.kind {
        "link" if e.weight > 0.0 => format!("{} ms", number(e.weight, 1)),
        "call" => format!("{} calls", number(e.weight, 0)),
        _ => String::new(),
    };
    DiagramEdge { from, to, label, stroke, tone: if bridge { Tone::Bad } else { Tone::Plain } }
}
