//! How a resolution reads in a terminal: what is grave and open comes first.

use std::collections::BTreeMap;

use super::{
    conflict::{Severity, Subtype},
    report::{ConflictRow, Outcome, Report},
};
use crate::report::{Column, Document, Fact, FindingRow, Tone, clock, grouped, number, percent, plural};

/// Most conflicts of a list shown one by one.
const MAX_ROWS: usize = 20;
/// Most facts shown of one conflict.
const MAX_FACTS: usize = 4;
/// Most conflicts of one kind shown where there are many.
const MAX_OF_A_KIND: usize = 2;
/// Most pairs of agents and recommendations shown.
const MAX_SHORT: usize = 10;

/// Lays a report out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    summary(report, &mut d);
    open(report, &mut d);
    settled(report, &mut d);
    kinds(report, &mut d);
    impact(report, &mut d);
    prevention(report, &mut d);
    potential(report, &mut d);
    findings(report, &mut d);
    d
}

fn summary(report: &Report, d: &mut Document) {
    let s = &report.summary;
    d.heading("Resolution");
    if s.conflicts == 0 {
        d.facts(vec![Fact::new("status", "nothing conflicts").tone(Tone::Good)]);
        return;
    }
    let open = s.escalated + s.reduced;
    let tone = if open == 0 { Tone::Good } else { Tone::Bad };
    let status = format!(
        "{} found · {} resolved, {} reduced, {} escalated",
        plural(s.conflicts, "conflict"),
        grouped(s.resolved),
        grouped(s.reduced),
        grouped(s.escalated)
    );
    let severities: Vec<String> = Severity::ALL
        .iter()
        .map(|s| s.name())
        .filter(|w| s.by_severity[w] > 0)
        .map(|w| format!("{} {w}", grouped(s.by_severity[w])))
        .collect();
    d.facts(vec![
        Fact::new("status", status).tone(tone),
        Fact::new("severity", severities.join(", ")),
        Fact::new(
            "checked",
            format!(
                "{} detected again after {}, {}",
                grouped(s.left),
                plural(s.changes, "change"),
                plural(s.rounds, "round")
            ),
        ),
        Fact::new("resolution", report.resolution_id.get(..16).unwrap_or(&report.resolution_id)),
    ]);
}

/// Conflicts that ended so, the gravest first.
fn ended<'r>(report: &'r Report, outcomes: &[&str]) -> Vec<(&'r String, &'r ConflictRow, &'r Outcome)> {
    let severity = |c: &ConflictRow| Severity::ALL.iter().position(|s| s.name() == c.severity);
    let kind = |c: &ConflictRow| Subtype::ALL.iter().position(|s| s.name() == c.subtype);
    let all = report.detected_conflicts.iter().map(|(id, c)| (id, c, &report.resolution_outcomes[id]));
    let mut rows: Vec<_> = all.filter(|(_, _, o)| outcomes.contains(&o.outcome)).collect();
    rows.sort_by_key(|(id, c, _)| (severity(c), kind(c), *id));
    rows
}

fn rest(d: &mut Document, left: usize, what: &str) {
    if left > 0 {
        d.text(format!("… and {} more {what}; --format json has all of them", grouped(left)));
    }
}

fn open(report: &Report, d: &mut Document) {
    let rows = ended(report, &["escalated", "reduced"]);
    if rows.is_empty() {
        return;
    }
    d.heading(format!("Open conflicts ({})", grouped(rows.len())));
    let shown = spread(&rows);
    for (id, c, o) in &shown {
        d.points(vec![format!("{} {} {id}: {}", c.severity, c.subtype, c.message)]);
        let mut facts: Vec<Fact> = Vec::new();
        facts.extend(c.evidence.iter().take(MAX_FACTS).map(|e| {
            let place =
                e.line.map_or_else(String::new, |line| format!(" ({}:{line}:{})", e.file, e.column.unwrap_or(1)));
            Fact::new("  because", format!("{}{place}", e.fact))
        }));
        facts.push(Fact::new(&format!("  {}", o.outcome), o.reason.clone()).tone(Tone::Bad));
        let proposed = report.resolution_strategies.get(*id).map_or(&[][..], |s| &s.proposed_changes);
        facts.extend(proposed.iter().take(MAX_FACTS).map(|p| Fact::new("  proposed", p.clone())));
        if let Some(first) = o.escalation.first() {
            let who = if first.targets.is_empty() { String::new() } else { format!(" ({})", first.targets.join(", ")) };
            facts.push(Fact::new("  goes to", format!("{}{who} in {}", first.level, clock(first.at))));
        }
        d.facts(facts);
    }
    rest(d, rows.len() - shown.len(), "open conflicts");
}

/// The first rows; where there are too many, the first few of each kind.
fn spread<'r>(rows: &[(&'r String, &'r ConflictRow, &'r Outcome)]) -> Vec<(&'r String, &'r ConflictRow, &'r Outcome)> {
    let few = if rows.len() > MAX_ROWS { MAX_OF_A_KIND } else { MAX_ROWS };
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut first = |c: &ConflictRow| {
        let n = seen.entry(c.subtype).or_default();
        *n += 1;
        *n <= few
    };
    rows.iter().filter(|(_, c, _)| first(c)).take(MAX_ROWS).copied().collect()
}

fn settled(report: &Report, d: &mut Document) {
    let rows = ended(report, &["resolved"]);
    if rows.is_empty() {
        return;
    }
    d.heading(format!("Settled ({})", grouped(rows.len())));
    let row = |(id, c, o): &(&String, &ConflictRow, &Outcome)| {
        let strategy = report.resolution_strategies.get(*id);
        let changes = strategy.map(|s| s.changes.join("; ")).filter(|c| !c.is_empty());
        [c.severity.to_owned(), c.subtype.to_owned(), c.message.clone(), changes.unwrap_or_else(|| o.reason.clone())]
    };
    let columns = [Column::mark("severity"), Column::id("kind"), Column::text("conflict"), Column::text("settled by")];
    let shown = spread(&rows);
    d.table(columns, shown.iter().map(row).collect());
    rest(d, rows.len() - shown.len(), "settled conflicts");
}

fn kinds(report: &Report, d: &mut Document) {
    if report.summary.by_subtype.is_empty() {
        return;
    }
    d.heading("By kind");
    let rows = report
        .summary
        .by_subtype
        .iter()
        .map(|(name, n)| [(*name).to_owned(), grouped(n[0]), grouped(n[1]), grouped(n[2]), grouped(n[3])]);
    let columns = [
        Column::id("kind"),
        Column::number("found"),
        Column::number("resolved"),
        Column::number("reduced"),
        Column::number("escalated"),
    ];
    d.table(columns, rows.collect());
}

fn impact(report: &Report, d: &mut Document) {
    let i = &report.system_impact_assessment;
    if report.summary.conflicts == 0 {
        return;
    }
    d.heading("Impact");
    let b = &i.blast_radius;
    let share = i.priority_share.map_or_else(String::new, |s| format!(", {} of all priority", percent(s, 1)));
    d.facts(vec![Fact::new(
        "reach",
        format!(
            "{}, {} behind them, {}{share}",
            plural(b.tasks, "task"),
            grouped(b.downstream_tasks),
            plural(b.agents, "agent")
        ),
    )]);
    let optional = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| number(x, 3));
    let (x, y) = (&i.before, &i.after);
    let rows = vec![
        ["conflicts".into(), grouped(x.conflicts), grouped(y.conflicts)],
        ["holders stuck".into(), grouped(x.stuck_holders), grouped(y.stuck_holders)],
        ["tasks that cannot begin".into(), grouped(x.blocked_tasks), grouped(y.blocked_tasks)],
        ["deadlines out of reach".into(), grouped(x.late_tasks), grouped(y.late_tasks)],
        ["greatest tardiness".into(), clock(x.max_tardiness), clock(y.max_tardiness)],
        ["greatest utilization".into(), optional(x.max_utilization), optional(y.max_utilization)],
        ["fairness (Jain)".into(), optional(x.fairness), optional(y.fairness)],
        ["fullest shared resource".into(), optional(x.max_resource_share), optional(y.max_resource_share)],
    ];
    d.table([Column::mark("measure"), Column::number("before"), Column::number("after")], rows);
}

fn prevention(report: &Report, d: &mut Document) {
    let rows = &report.prevention_recommendations;
    if rows.is_empty() {
        return;
    }
    d.heading(format!("Would have prevented them ({})", grouped(rows.len())));
    let point = |r: &super::Recommendation| format!("{} (prevents {})", r.change, grouped(r.prevents.len()));
    d.points(rows.iter().take(MAX_SHORT).map(point).collect());
    rest(d, rows.len().saturating_sub(MAX_SHORT), "recommendations");
}

fn potential(report: &Report, d: &mut Document) {
    let p = &report.conflict_potential_analysis;
    if p.pairs.is_empty() {
        return;
    }
    d.heading(format!("Could clash next ({})", plural(p.pairs_total, "pair")));
    let rows = p.pairs.iter().take(MAX_SHORT).map(|x| {
        let shared: Vec<&str> =
            [&x.resources, &x.data, &x.services].into_iter().flatten().map(String::as_str).collect();
        [x.agents[0].clone(), x.agents[1].clone(), number(x.potential, 2), shared.join(", ")]
    });
    let columns = [Column::id("agent"), Column::id("agent"), Column::number("potential"), Column::text("they share")];
    d.table(columns, rows.collect());
    rest(d, p.pairs_total.saturating_sub(MAX_SHORT), "pairs");
}

/// Findings that no section above shows: the reader's.
fn findings(report: &Report, d: &mut Document) {
    let own = |f: &&FindingRow| super::CODES.iter().all(|c| c[0] != f.code);
    let rows: Vec<&FindingRow> = report.findings.iter().filter(own).collect();
    if rows.is_empty() {
        return;
    }
    d.heading(format!("Findings in the input ({})", grouped(rows.len())));
    let point = |f: &&FindingRow| {
        let place = if f.line.is_some() { format!(" ({})", f.place()) } else { String::new() };
        format!("{}[{}]: {}{place}", f.severity, f.code, f.message)
    };
    d.points(rows.iter().take(MAX_ROWS).map(point).collect());
    rest(d, rows.len().saturating_sub(MAX_ROWS), "findings");
}
