//! How a distribution reads in a terminal: what a person wants first comes first.

use super::report::{BaselineRow, ObjectiveReport, Report};
use crate::report::{Column, Document, Fact, FindingRow, Tone, bar, clock, grouped, money, number, percent, plural};

/// Most agents shown one by one.
const MAX_AGENT_ROWS: usize = 40;
/// Most assignments shown one by one.
const MAX_TASK_ROWS: usize = 200;
/// Most rows of what went wrong.
const MAX_BAD_ROWS: usize = 20;

/// Lays a report out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    summary(report, &mut d);
    unassigned(report, &mut d);
    late(report, &mut d);
    findings(report, &mut d);
    if let Some(replanning) = &report.replanning {
        replanning.show(report.objective.name, &mut d);
    }
    load(report, &mut d);
    assignments(report, &mut d);
    baselines(report, &mut d);
    if !report.optimization_recommendations.is_empty() {
        d.heading("Recommendations");
        d.points(report.optimization_recommendations.iter().map(|r| r.message.clone()).collect());
    }
    d
}

fn placed(report: &Report) -> usize {
    report.agent_assignments.values().map(Vec::len).sum()
}

fn summary(report: &Report, d: &mut Document) {
    let o = &report.objective;
    let p = &report.performance_predictions;
    let all_placed = placed(report) == report.task_batch_size;
    d.heading(format!("Distribution · {}", report.distribution_strategy));
    let settled = match o.status {
        "optimal" => "optimal: no plan is better",
        "limit" => "sound; a limit ended the search",
        _ => "sound",
    };
    let tone = if all_placed { Tone::Good } else { Tone::Bad };
    let mut facts = vec![
        Fact::new(
            "status",
            format!("{settled} · {} of {} tasks placed", grouped(placed(report)), grouped(report.task_batch_size)),
        )
        .tone(tone),
        Fact::new("objective", objective(o)),
        Fact::new("placement", placement(o)),
    ];
    if p.deadlines > 0 {
        let tone = if p.late_tasks.is_empty() { Tone::Good } else { Tone::Warn };
        let kept = format!("{} of {} kept", grouped(p.deadlines_kept), grouped(p.deadlines));
        facts.push(Fact::new("deadlines", kept).tone(tone));
    }
    let c = &o.components;
    let end = p.completion.as_ref().map_or_else(String::new, |at| format!(" (done {at})"));
    facts.push(Fact::new("makespan", format!("{}{end}", clock(c.makespan))));
    facts.push(Fact::new("cost", money(c.cost)));
    facts.push(Fact::new("utilization", utilization(report)));
    facts.push(Fact::new("plan", report.distribution_id.get(..16).unwrap_or(&report.distribution_id)));
    d.facts(facts);
}

/// A value of a component, in its unit.
pub(super) fn value(name: &str, x: f64) -> String {
    match name {
        "makespan" => clock(x),
        "cost" => money(x),
        _ => number(x, 4),
    }
}

fn objective(o: &ObjectiveReport) -> String {
    let head = format!("{} {}", o.name, value(o.name, o.value));
    let Some(bound) = o.bound else { return format!("{head} · no bound") };
    let by = o.bound_method.map_or_else(String::new, |m| format!(" ({m})"));
    let gap = match o.gap {
        Some(gap) => format!("gap {}", percent(gap, 2)),
        None => format!("gap {} absolute", value(o.name, o.gap_absolute.unwrap_or_default())),
    };
    let proof = if o.proven_optimal { ", proven optimal" } else { "" };
    format!("{head} · bound {}{by} · {gap}{proof}", value(o.name, bound))
}

fn placement(o: &ObjectiveReport) -> String {
    let p = &o.placement;
    let proof = if p.proven_optimal { "no plan places more" } else { "bound not met" };
    format!("priority {} of at most {} · {proof}", number(p.value, 3), number(p.bound, 3))
}

fn utilization(report: &Report) -> String {
    let b = &report.load_balancing_metrics;
    let show = |u: f64| if b.utilization_measure == "share" { percent(u, 1) } else { number(u, 2) };
    let unit = if b.utilization_measure == "share" { "" } else { " (load: some agent limits nothing)" };
    format!(
        "greatest {}, mean {}{unit} · coefficient of variation {}",
        show(report.objective.components.max_utilization),
        show(report.performance_predictions.mean_utilization),
        number(b.coefficient_of_variation, 3)
    )
}

/// How much shorter or longer orch's plan is.
fn beside(improvement: f64) -> String {
    let share = percent(improvement.abs(), 1);
    match share.as_str() {
        "0 %" => "as long".into(),
        _ if improvement > 0.0 => format!("{share} shorter"),
        _ => format!("{share} longer"),
    }
}

/// Says how many rows were left out, and where they are.
fn rest(d: &mut Document, left: usize, what: &str) {
    if left > 0 {
        d.text(format!("… and {} more {what}; --format json has all of them", grouped(left)));
    }
}

fn unassigned(report: &Report, d: &mut Document) {
    let n = report.unassigned_tasks.len();
    if n == 0 {
        return;
    }
    d.heading(format!("Unassigned tasks ({})", grouped(n)));
    let reasons = |u: &super::Unassigned| u.reasons.iter().map(|r| r.message.as_str()).collect::<Vec<_>>().join("; ");
    let rows = report.unassigned_tasks.iter().take(MAX_BAD_ROWS).map(|(t, u)| [t.clone(), reasons(u)]).collect();
    d.table([Column::id("task"), Column::text("reasons")], rows);
    rest(d, n.saturating_sub(MAX_BAD_ROWS), "unassigned tasks");
}

fn late(report: &Report, d: &mut Document) {
    let late = &report.performance_predictions.late_tasks;
    if late.is_empty() {
        return;
    }
    d.heading(format!("Late tasks ({})", grouped(late.len())));
    let rows = late.iter().take(MAX_BAD_ROWS).map(|l| {
        [l.task.clone(), l.agent.clone(), clock(l.deadline), clock(l.finish), clock(l.tardiness), number(l.priority, 3)]
    });
    let columns = [
        Column::id("task"),
        Column::id("agent"),
        Column::number("due"),
        Column::number("finish"),
        Column::number("late by"),
        Column::number("priority"),
    ];
    d.table(columns, rows.collect());
    rest(d, late.len().saturating_sub(MAX_BAD_ROWS), "late tasks");
}

/// Findings that no section above shows: the reader's.
fn findings(report: &Report, d: &mut Document) {
    let shown = |f: &&FindingRow| f.code != super::findings::UNPLACED && f.code != super::findings::LATE;
    let rows: Vec<&FindingRow> = report.findings.iter().filter(shown).collect();
    if rows.is_empty() {
        return;
    }
    d.heading(format!("Findings in the input ({})", grouped(rows.len())));
    let point = |f: &&FindingRow| {
        let place = if f.line.is_some() { format!(" ({})", f.place()) } else { String::new() };
        format!("{}[{}]: {}{place}", f.severity, f.code, f.message)
    };
    d.points(rows.iter().take(MAX_BAD_ROWS).map(point).collect());
    rest(d, rows.len().saturating_sub(MAX_BAD_ROWS), "findings");
}

fn load(report: &Report, d: &mut Document) {
    let b = &report.load_balancing_metrics;
    let by_share = b.utilization_measure == "share";
    let top = b.agent_utilization.values().fold(0.0, |m: f64, u| m.max(*u));
    let mut agents: Vec<(&String, f64)> = b.agent_utilization.iter().map(|(a, u)| (a, *u)).collect();
    let all = agents.len();
    if all > MAX_AGENT_ROWS {
        agents.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        agents.truncate(MAX_AGENT_ROWS);
        d.heading(format!("Load per agent (the {MAX_AGENT_ROWS} fullest of {})", grouped(all)));
    } else {
        d.heading("Load per agent");
    }
    let rows = agents.into_iter().map(|(a, u)| {
        let share = if by_share { u } else { u / top.max(f64::MIN_POSITIVE) };
        let done = report.performance_predictions.agent_completion.get(a);
        [
            a.clone(),
            bar(share, 16),
            if by_share { percent(u, 1) } else { number(u, 2) },
            number(b.agent_loads[a], 2),
            grouped(report.agent_assignments[a].len()),
            done.map_or_else(|| "-".into(), |at| clock(*at)),
        ]
    });
    let used = if by_share { "utilization" } else { "measure" };
    let columns = [
        Column::id("agent"),
        Column::mark(""),
        Column::number(used),
        Column::number("load"),
        Column::number("tasks"),
        Column::number("done"),
    ];
    d.table(columns, rows.collect());
    let untouched = report.agent_assignments.len() - all;
    if untouched > 0 {
        d.text(format!("not listed: {} that can run no task of this batch", plural(untouched, "agent")));
    }
    rest(d, all.saturating_sub(MAX_AGENT_ROWS), "agents");
}

fn assignments(report: &Report, d: &mut Document) {
    let n = placed(report);
    d.heading(format!("Assignments ({})", grouped(n)));
    if n > MAX_TASK_ROWS {
        d.text(format!("more than {MAX_TASK_ROWS}, so not listed one by one; --format json has all of them"));
        return;
    }
    let mut rows = Vec::with_capacity(n);
    for (agent, tasks) in report.agent_assignments.iter().filter(|(_, tasks)| !tasks.is_empty()) {
        rows.push([agent.clone(), String::new(), String::new(), String::new(), String::new()]);
        rows.extend(tasks.iter().map(|row| {
            let id = format!("  {}", row.task);
            [id, clock(row.start), clock(row.finish), number(row.load, 2), money(row.cost)]
        }));
    }
    let columns = [
        Column::id("agent, tasks"),
        Column::number("start"),
        Column::number("finish"),
        Column::number("load"),
        Column::number("cost"),
    ];
    d.table(columns, rows);
}

fn baselines(report: &Report, d: &mut Document) {
    d.heading("Beside simple plans");
    let total = report.task_batch_size;
    let row = |name: &str, placed: usize, late: usize, c: &super::ComponentsReport, better: Option<f64>| {
        [
            name.into(),
            format!("{}/{}", grouped(placed), grouped(total)),
            grouped(late),
            clock(c.makespan),
            better.map_or_else(|| "-".into(), beside),
            money(c.cost),
            number(c.max_utilization, 3),
        ]
    };
    // A plan that places fewer tasks is shorter for a bad reason.
    let better = |b: &BaselineRow| b.improvement.filter(|_| b.placed == placed(report));
    let base = |name: &str, b: &BaselineRow| row(name, b.placed, b.late_tasks, &b.components, better(b));
    let own = report.performance_predictions.late_tasks.len();
    let rows = vec![
        row("orch", placed(report), own, &report.objective.components, None),
        base("round robin", &report.baseline_comparison.round_robin),
        base("greedy", &report.baseline_comparison.greedy),
    ];
    let columns = [
        Column::mark("plan"),
        Column::number("placed"),
        Column::number("late"),
        Column::number("makespan"),
        Column::number("orch is"),
        Column::number("cost"),
        Column::number("greatest use"),
    ];
    d.table(columns, rows);
}
