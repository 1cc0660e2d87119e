//! How a discovery reads in a terminal: what is wrong comes first.

use super::report::{AgentReport, Report};
use crate::report::{
    Block, Column, Counts, Document, Fact, FindingRow, Table, Tone, clock, grouped, number, percent, plural,
};

/// Most rows of one table.
const MAX_ROWS: usize = 60;
/// Most findings of one severity.
const MAX_FINDINGS: usize = 20;
/// Most capabilities named in a row.
const MAX_CAPABILITIES: usize = 4;

/// Lays a report out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    summary(report, &mut d);
    errors(report, &mut d);
    findings(report, &mut d);
    agents(report, &mut d);
    performance(report, &mut d);
    dependencies(report, &mut d);
    services(report, &mut d);
    sources(report, &mut d);
    d
}

fn summary(report: &Report, d: &mut Document) {
    d.heading("Discovery");
    let by = |method: &str| report.discovered_agents.values().filter(|a| a.discovery_method == method).count();
    let state = |state: &str| report.discovered_agents.values().filter(|a| a.health.state == state).count();
    let (dead, suspect) = (state("dead"), state("suspect"));
    let agents = format!(
        "{} ({} active, {} passive, {} both)",
        plural(report.discovered_agents.len(), "agent"),
        by("active"),
        by("passive"),
        by("both")
    );
    let lives = format!("{} alive, {suspect} suspect, {dead} dead, {} unknown", state("alive"), state("unknown"));
    let tone = if dead > 0 {
        Tone::Bad
    } else if suspect > 0 {
        Tone::Warn
    } else {
        Tone::Plain
    };
    let counts = Counts::of(&report.findings);
    let said = format!(
        "{}, {}, {}",
        plural(counts.errors, "error"),
        plural(counts.warnings, "warning"),
        plural(counts.infos, "remark")
    );
    let worst = if counts.errors > 0 {
        Tone::Bad
    } else if counts.warnings > 0 {
        Tone::Warn
    } else {
        Tone::Good
    };
    let as_of = report.discovery_timestamp.clone().unwrap_or_else(|| "none: every moment is relative".into());
    let assumed = if report.timestamp_assumed { " (the latest moment of all sources)" } else { "" };
    d.facts(vec![
        Fact::new("found", format!("{agents}, {}", plural(report.discovered_services.len(), "service"))),
        Fact::new("leases", lives).tone(tone),
        Fact::new("findings", said).tone(worst),
        Fact::new("capabilities", grouped(report.capability_matrix.capabilities.len())),
        Fact::new("as of", format!("{as_of}{assumed}")),
    ]);
}

fn errors(report: &Report, d: &mut Document) {
    if report.discovery_errors.is_empty() {
        return;
    }
    d.heading(format!("Sources that could not be read ({})", report.discovery_errors.len()));
    let point = |e: &super::report::ErrorRow| {
        let place = e.line.map_or_else(|| e.file.clone(), |line| format!("{}:{line}", e.file));
        format!("{} [{}]: {} ({place})", e.source, e.code, e.message)
    };
    d.points(report.discovery_errors.iter().take(MAX_FINDINGS).map(point).collect());
    rest(d, report.discovery_errors.len(), MAX_FINDINGS, "errors");
}

fn findings(report: &Report, d: &mut Document) {
    for (severity, heading) in [("error", "Errors"), ("warning", "Warnings"), ("info", "Remarks")] {
        let shown =
            |f: &&FindingRow| f.severity == severity && !report.discovery_errors.iter().any(|e| e.message == f.message);
        let rows: Vec<&FindingRow> = report.findings.iter().filter(shown).collect();
        if rows.is_empty() {
            continue;
        }
        d.heading(format!("{heading} ({})", grouped(rows.len())));
        let point = |f: &&FindingRow| {
            let place =
                if f.line.is_some() { format!(" ({}:{})", f.file, f.line.unwrap_or_default()) } else { String::new() };
            format!("[{}] {}{place}", f.code, f.message)
        };
        let most = if severity == "info" { MAX_FINDINGS / 2 } else { MAX_FINDINGS };
        d.points(rows.iter().take(most).map(point).collect());
        rest(d, rows.len(), most, "findings");
    }
}

/// Says how many rows were left out, and where they are.
fn rest(d: &mut Document, all: usize, shown: usize, what: &str) {
    if all > shown {
        d.text(format!("… and {} more {what}; --format json has all of them", grouped(all - shown)));
    }
}

fn capabilities(agent: &AgentReport) -> String {
    let names: Vec<&str> = agent.capabilities.keys().map(String::as_str).take(MAX_CAPABILITIES).collect();
    let more = agent.capabilities.len().saturating_sub(MAX_CAPABILITIES);
    if more > 0 { format!("{} +{more}", names.join(", ")) } else { names.join(", ") }
}

fn agents(report: &Report, d: &mut Document) {
    if report.discovered_agents.is_empty() {
        return;
    }
    d.heading(format!("Agents ({})", grouped(report.discovered_agents.len())));
    let rows = report.discovered_agents.iter().take(MAX_ROWS).map(|(id, a)| {
        let lease = match a.health.silent_for {
            Some(s) => format!("{} {}", a.health.state, clock(libm::round(s))),
            None => "-".into(),
        };
        let kind = a.basic_info.kind.clone().unwrap_or_else(|| "-".into());
        [id.clone(), kind, a.status.into(), lease, a.discovery_method.into(), capabilities(a)]
    });
    let columns = [
        Column::id("agent"),
        Column::mark("type"),
        Column::mark("status"),
        Column::mark("lease"),
        Column::mark("found"),
        Column::text("capabilities"),
    ];
    told(d, &columns, &rows.collect::<Vec<_>>());
    rest(d, report.discovered_agents.len(), MAX_ROWS, "agents");
}

/// A table without the columns in which nothing is told.
fn told<const N: usize>(d: &mut Document, columns: &[Column; N], rows: &[[String; N]]) {
    let silent = |i: &usize| rows.iter().all(|r| ["-", "", "unknown"].contains(&r[*i].as_str()));
    let kept: Vec<usize> = (0..N).filter(|i| !silent(i)).collect();
    let rows = rows.iter().map(|r| kept.iter().map(|i| r[*i].clone()).collect()).collect();
    d.blocks.push(Block::Table(Table { columns: kept.iter().map(|i| columns[*i]).collect(), rows }));
}

fn performance(report: &Report, d: &mut Document) {
    let figure = |x: Option<f64>| x.map_or_else(|| "-".into(), |x| number(x, 1));
    let share = |x: Option<f64>| x.map_or_else(|| "-".into(), |x| percent(x, 2));
    let mut rows = Vec::new();
    for (id, a) in &report.discovered_agents {
        let p = &a.performance_metrics;
        let t = p.response_time_ms.clone().unwrap_or_default();
        if t.p50.or(t.p95).or(p.error_rate).or(p.availability).or(p.throughput_per_min).is_none() {
            continue;
        }
        rows.push([
            id.clone(),
            figure(t.p50),
            figure(t.p95),
            figure(t.p99),
            figure(p.throughput_per_min),
            share(p.error_rate),
            share(p.availability),
        ]);
    }
    if rows.is_empty() {
        return;
    }
    let all = rows.len();
    rows.truncate(MAX_ROWS);
    d.heading("Performance (response times in ms)");
    let columns = [
        Column::id("agent"),
        Column::number("p50"),
        Column::number("p95"),
        Column::number("p99"),
        Column::number("per min"),
        Column::number("errors"),
        Column::number("up"),
    ];
    told(d, &columns, &rows);
    rest(d, all, MAX_ROWS, "agents");
}

fn dependencies(report: &Report, d: &mut Document) {
    if report.dependencies.is_empty() {
        return;
    }
    d.heading(format!("Dependencies ({})", grouped(report.dependencies.len())));
    let rows = report.dependencies.iter().take(MAX_ROWS).map(|r| {
        let p95 = r.response_time_ms.as_ref().and_then(|t| t.p95.or(t.p50));
        [
            r.from.clone(),
            r.to.clone(),
            r.basis.into(),
            r.calls.map_or_else(|| "-".into(), |c| number(c, 0)),
            r.error_rate.map_or_else(|| "-".into(), |e| percent(e, 1)),
            p95.map_or_else(|| "-".into(), |x| number(x, 1)),
        ]
    });
    let columns = [
        Column::id("from"),
        Column::id("to"),
        Column::mark("basis"),
        Column::number("calls"),
        Column::number("errors"),
        Column::number("p95 ms"),
    ];
    told(d, &columns, &rows.collect::<Vec<_>>());
    rest(d, report.dependencies.len(), MAX_ROWS, "dependencies");
}

fn services(report: &Report, d: &mut Document) {
    if report.discovered_services.is_empty() {
        return;
    }
    d.heading(format!("Services ({})", grouped(report.discovered_services.len())));
    let rows = report
        .discovered_services
        .iter()
        .take(MAX_ROWS)
        .map(|(id, s)| [id.clone(), s.status.into(), s.origin.into(), grouped(s.required_by.len())]);
    let columns = [Column::id("service"), Column::mark("status"), Column::mark("origin"), Column::number("needed by")];
    told(d, &columns, &rows.collect::<Vec<_>>());
    rest(d, report.discovered_services.len(), MAX_ROWS, "services");
}

fn sources(report: &Report, d: &mut Document) {
    d.heading("Sources");
    let rows = report.sources.iter().map(|s| {
        [s.id.clone(), s.method.into(), grouped(s.files), grouped(s.subjects), grouped(s.unmatched), grouped(s.errors)]
    });
    let columns = [
        Column::id("source"),
        Column::mark("method"),
        Column::number("files"),
        Column::number("speak of"),
        Column::number("unmatched"),
        Column::number("errors"),
    ];
    d.table(columns, rows.collect());
}
