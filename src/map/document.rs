//! How a map reads in a terminal: what is wrong comes first.

use super::{losses::Loss, report::Report};
use crate::report::{Column, Document, Fact, FindingRow, Tone, clock, grouped, number, percent, plural};

/// Most rows of one table.
const MOST: usize = 12;
/// Most findings shown.
const MOST_FINDINGS: usize = 25;

/// Lays a report out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    summary(report, &mut d);
    findings(report, &mut d);
    losses(report, &mut d);
    supply(report, &mut d);
    critical(report, &mut d);
    centre(report, &mut d);
    clusters(report, &mut d);
    d
}

fn rest(d: &mut Document, left: usize, what: &str) {
    if left > 0 {
        d.text(format!("… and {} more {what}; --format json has all of them", grouped(left)));
    }
}

fn summary(report: &Report, d: &mut Document) {
    let t = &report.network_topology;
    let b = &t.bottlenecks;
    d.heading("Map");
    let (points, bridges) = (b.articulation_points.len(), b.bridges.len());
    let single = b.single_provider_capabilities.iter().filter(|p| p.tasks > 0).count();
    let mut wrong = Vec::new();
    let mut say = |n: usize, what: &str| wrong.extend((n > 0).then(|| plural(n, what)));
    say(points, "articulation point");
    say(bridges, "bridge");
    say(single, "sole provider");
    say(b.capacity_shortfalls.len(), "capacity shortfall");
    say(b.overloaded_links.len(), "overloaded link");
    say(report.dependency_graph.cycles.len() + report.dependency_graph.tasks.cycles.len(), "dependency cycle");
    say(report.dependency_graph.missing.len() + report.dependency_graph.unavailable.len(), "unmet need");
    let (text, tone) =
        if wrong.is_empty() { ("nothing found".into(), Tone::Good) } else { (wrong.join(" · "), Tone::Warn) };
    let count = |kind: &str| t.nodes.values().filter(|n| n.kind == kind).count();
    let links = t.edges.iter().filter(|e| e.kind == "link").count();
    let linked = t.nodes.values().filter(|n| n.cluster.is_some()).count();
    let mut nodes = vec![plural(count("agent"), "agent")];
    for kind in ["zone", "service"] {
        nodes.extend(Some(count(kind)).filter(|n| *n > 0).map(|n| plural(n, kind)));
    }
    let mut facts = vec![Fact::new("weak points", text).tone(tone), Fact::new("nodes", nodes.join(" · "))];
    if links > 0 {
        let parts = plural(t.components, "connected part");
        facts.push(Fact::new(
            "network",
            format!("{} between {} · {parts}", plural(links, "link"), plural(linked, "node")),
        ));
        let clusters = plural(t.clusters.members.len(), "cluster");
        facts.push(Fact::new("clusters", format!("{clusters} · modularity {}", number(t.clusters.modularity, 3))));
    } else {
        facts.push(Fact::new("network", "no links: everything reaches everything at once"));
    }
    let depth = report.dependency_graph.depth;
    let needs = t.edges.iter().filter(|e| e.kind == "depends_on" || e.kind == "call").count();
    if needs > 0 {
        facts.push(Fact::new("needs", format!("{} among agents and services · {depth} deep", grouped(needs))));
    }
    facts.push(Fact::new("map", report.map_id.get(..16).unwrap_or(&report.map_id)));
    d.facts(facts);
}

fn findings(report: &Report, d: &mut Document) {
    let rows = &report.findings;
    if rows.is_empty() {
        return;
    }
    d.heading(format!("Findings ({})", grouped(rows.len())));
    let point = |f: &FindingRow| {
        let place = if f.line.is_some() { format!(" ({})", f.place()) } else { String::new() };
        format!("{}[{}]: {}{place}", f.severity, f.code, f.message)
    };
    d.points(rows.iter().take(MOST_FINDINGS).map(point).collect());
    rest(d, rows.len().saturating_sub(MOST_FINDINGS), "findings");
}

/// Losses that do harm, worst first.
fn losses(report: &Report, d: &mut Document) {
    let Some(all) = &report.n_minus_1 else { return };
    let harm = |l: &Loss| {
        let tasks = l.tasks_stranded.count + l.tasks_late.count;
        (tasks, l.blast_radius, l.capabilities_gone.count)
    };
    let mut rows: Vec<&Loss> = all.iter().filter(|l| harm(l) > (0, 0, 0)).collect();
    rows.sort_by_key(|l| std::cmp::Reverse(harm(l)));
    d.heading(format!("N-1: {} of {} do harm", plural(rows.len(), "loss"), grouped(all.len())));
    if rows.is_empty() {
        d.text("any one agent, service or bridge can go");
        return;
    }
    let cells = |l: &&Loss| {
        [
            l.kind.to_owned(),
            l.lost.join(" – "),
            grouped(l.tasks_stranded.count),
            grouped(l.tasks_late.count),
            grouped(l.blast_radius),
            l.capabilities_gone.ids.join(", "),
        ]
    };
    let columns = [
        Column::mark("loss of"),
        Column::id("which"),
        Column::number("stranded"),
        Column::number("late"),
        Column::number("agents off"),
        Column::text("capabilities gone"),
    ];
    d.table(columns, rows.iter().take(MOST).map(cells).collect());
    rest(d, rows.len().saturating_sub(MOST), "losses");
}

/// Capabilities that are asked for, tightest first.
fn supply(report: &Report, d: &mut Document) {
    let mut rows: Vec<_> = report.capability_matrix.capabilities.iter().filter(|(_, c)| c.tasks > 0).collect();
    if rows.is_empty() {
        return;
    }
    let tight =
        |c: &super::Capability| if c.available_providers == 0 { f64::INFINITY } else { c.pressure.unwrap_or(0.0) };
    rows.sort_by(|a, b| {
        tight(b.1).total_cmp(&tight(a.1)).then(a.1.available_providers.cmp(&b.1.available_providers)).then(a.0.cmp(b.0))
    });
    d.heading("Capabilities the batch asks for");
    let cells = |(name, c): &(&String, &super::Capability)| {
        let providers = match c.providers - c.available_providers {
            0 => grouped(c.providers),
            off => format!("{} ({off} off)", grouped(c.available_providers)),
        };
        [
            (*name).clone(),
            providers,
            grouped(c.tasks),
            number(c.demand, 2),
            c.supply.map_or_else(|| "no limit".into(), |x| number(x, 2)),
            c.pressure.map_or_else(|| "-".into(), |x| percent(x, 1)),
        ]
    };
    let columns = [
        Column::id("capability"),
        Column::number("agents"),
        Column::number("tasks"),
        Column::number("demand"),
        Column::number("supply"),
        Column::number("pressure"),
    ];
    d.table(columns, rows.iter().take(MOST).map(cells).collect());
    rest(d, rows.len().saturating_sub(MOST), "capabilities");
}

fn critical(report: &Report, d: &mut Document) {
    let paths = &report.network_topology.critical_paths;
    if paths.is_empty() {
        return;
    }
    d.heading("Critical paths");
    let point = |p: &super::CriticalPath| {
        let length = if p.unit == "seconds" { clock(p.length) } else { plural(p.length as usize, "hop") };
        let shown: Vec<&str> = p.path.iter().take(6).map(String::as_str).collect();
        let more = p.path.len().saturating_sub(shown.len());
        let tail = if more > 0 { format!(" → … {} more", grouped(more)) } else { String::new() };
        format!("{}, {length}: {}{tail}", p.kind, shown.join(" → "))
    };
    d.points(paths.iter().take(5).map(point).collect());
    rest(d, paths.len().saturating_sub(5), "paths");
}

fn centre(report: &Report, d: &mut Document) {
    let t = &report.network_topology;
    if t.bottlenecks.top_betweenness.is_empty() {
        return;
    }
    d.heading(format!("Most passed through (paths by {})", t.paths_by));
    let rows = t.bottlenecks.top_betweenness.iter().filter_map(|id| {
        let node = t.nodes.get(id).or_else(|| t.nodes.get(&format!("zone:{id}")))?;
        let kind = node.type_name.clone().unwrap_or_else(|| node.kind.into());
        let tier = node.performance_tier.unwrap_or("-").to_owned();
        Some([id.clone(), kind, tier, grouped(node.degree), percent(node.betweenness, 2)])
    });
    let columns = [
        Column::id("node"),
        Column::text("type"),
        Column::mark("tier"),
        Column::number("links"),
        Column::number("betweenness"),
    ];
    d.table(columns, rows.collect());
}

fn clusters(report: &Report, d: &mut Document) {
    let members = &report.network_topology.clusters.members;
    if members.is_empty() {
        return;
    }
    d.heading(format!("Clusters ({})", grouped(members.len())));
    let point = |m: &Vec<String>| {
        let shown: Vec<&str> = m.iter().take(8).map(String::as_str).collect();
        let more = m.len().saturating_sub(shown.len());
        let tail = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
        format!("{}: {}{tail}", plural(m.len(), "node"), shown.join(", "))
    };
    d.points(members.iter().take(MOST).map(point).collect());
    rest(d, members.len().saturating_sub(MOST), "clusters");
}
