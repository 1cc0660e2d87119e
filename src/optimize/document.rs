//! How an optimization reads in a terminal: what it gains first, then why, then the rest.

use super::{
    duals::DualPrice,
    measure::{METRICS, Unit},
    report::{BottleneckRow, Opportunity, Report},
    tables,
};
use crate::report::{Column, Document, Fact, Tone, clock, grouped, money, number, percent, plural};

/// Most rows of a list.
const MAX_ROWS: usize = 10;
/// Most changes listed one by one.
const MAX_CHANGES: usize = 20;
/// Most agents of the critical paths.
const MAX_CRITICAL: usize = 5;
/// Most dual prices.
const MAX_PRICES: usize = 8;
/// Figures of the summary.
const SHOWN: [&str; 9] = [
    "makespan",
    "cost",
    "cost_total",
    "waste",
    "utilization_efficiency",
    "weighted_tardiness",
    "late_tasks",
    "unplaced_tasks",
    "agents",
];

/// Lays a report out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    summary(report, &mut d);
    improvements(report, &mut d);
    targets(report, &mut d);
    changes(report, &mut d);
    bottlenecks(report, &mut d);
    opportunities(report, &mut d);
    frontier(report, &mut d);
    tables::show(report, &mut d);
    findings(report, &mut d);
    d
}

fn summary(report: &Report, d: &mut Document) {
    d.heading(format!("Optimization · {}", report.strategy));
    let n = report.implemented_optimizations.len();
    let (status, tone) = match (n, report.targets.iter().all(|t| t.reached)) {
        (_, false) => (format!("{} proposed; a target is not reached", plural(n, "change")), Tone::Bad),
        (0, true) => ("nothing to propose that is no worse than today".into(), Tone::Plain),
        (n, true) => (format!("{} proposed, planned again", plural(n, "change")), Tone::Good),
    };
    let now = match report.current_plan {
        "planned" => "none given: the figures before are of a new plan",
        "plan" => "the one given with --plan",
        _ => "the snapshot's baseline",
    };
    d.facts(vec![
        Fact::new("status", status).tone(tone),
        Fact::new("current plan", now),
        Fact::new("optimization", report.optimization_id.get(..16).unwrap_or(&report.optimization_id)),
    ]);
}

/// A figure as people read it.
pub fn show(name: &str, x: Option<f64>) -> String {
    let Some(x) = x else { return "-".into() };
    match METRICS.iter().find(|m| m.name == name).map(|m| m.unit) {
        Some(Unit::Seconds) => clock(x),
        Some(Unit::Money) => money(x),
        Some(Unit::Share) => percent(x, 1),
        _ => number(x, 2),
    }
}

fn improvements(report: &Report, d: &mut Document) {
    d.heading("Before and after");
    let row = |name: &&str| {
        let i = &report.performance_improvements[*name];
        let share = i.change_share.map_or_else(|| "-".into(), |c| format!("{}{}", plus(c), percent(c, 1)));
        [(*name).to_owned(), show(name, i.before), show(name, i.after), share]
    };
    let columns = [Column::id("figure"), Column::number("before"), Column::number("after"), Column::number("change")];
    d.table(columns, SHOWN.iter().map(row).collect());
}

fn plus(x: f64) -> &'static str {
    if x > 0.0 { "+" } else { "" }
}

fn targets(report: &Report, d: &mut Document) {
    if report.targets.is_empty() {
        return;
    }
    d.heading("Targets");
    d.points(
        report
            .targets
            .iter()
            .map(|t| match (&t.prevented_by, t.after) {
                (None, _) => format!("{}: reached", t.target),
                (Some(why), Some(after)) => {
                    let proof = if t.proven_out_of_reach { " with any of the changes found" } else { "" };
                    let name = METRICS.iter().find(|m| t.target.starts_with(m.name)).map_or("", |m| m.name);
                    let best = if name.is_empty() { number(after, 4) } else { show(name, Some(after)) };
                    format!("{}: not reached{proof}, at best {best}; {why}", t.target)
                }
                (Some(why), None) => format!("{}: not reached; {why}", t.target),
            })
            .collect(),
    );
    let Some(search) = &report.target_search else { return };
    let sets = plural(search.sets_planned, "set");
    let of = plural(search.candidates, "change");
    let proof = if search.proven_minimal { "; no cheaper one of them reaches it" } else { "" };
    d.text(format!("{sets} of {of} planned, the cheapest first{proof}"));
}

fn changes(report: &Report, d: &mut Document) {
    let all = &report.implemented_optimizations;
    if all.is_empty() {
        return;
    }
    d.heading(format!("Proposed changes ({})", grouped(all.len())));
    let cost = |c: Option<f64>| c.map_or_else(|| "not known".into(), money);
    let rows = all
        .iter()
        .take(MAX_CHANGES)
        .map(|c| [c.title.clone(), cost(c.cost), c.risk.map_or("-", super::Risk::name).to_owned()]);
    d.table([Column::text("change"), Column::number("money"), Column::mark("risk")], rows.collect());
    rest(d, all.len(), MAX_CHANGES, "changes");
    d.text("--emit snapshot writes the fleet with them, --emit patch the edits alone; nothing else was touched");
}

fn rest(d: &mut Document, all: usize, shown: usize, what: &str) {
    if all > shown {
        d.text(format!("… and {} more {what}; --format json has all of them", grouped(all - shown)));
    }
}

fn bottlenecks(report: &Report, d: &mut Document) {
    let all = &report.bottleneck_analysis;
    if all.is_empty() {
        return;
    }
    d.heading("What binds");
    let more = |b: &BottleneckRow| match &b.one_unit_more {
        None => "-".to_owned(),
        Some(c) if c.priority_gained > 0.0 => {
            format!("{}: {} more priority placed", c.unit, number(c.priority_gained, 2))
        }
        Some(c) if c.confirmed => format!("{}: {} less", c.unit, clock(c.makespan_before - c.makespan_after)),
        Some(c) => format!("{}: nothing", c.unit),
    };
    // What a price alone tells is told by the price.
    let rows = all.iter().filter(|b| b.makespan_bound > 0.0 || b.unplaced_priority > 0.0).take(5).map(|b| {
        let message = format!("{}: {}", b.kind, b.message);
        let least = if b.makespan_bound > 0.0 { clock(b.makespan_bound) } else { "-".into() };
        [message, least, more(b)]
    });
    let columns = [Column::text("bottleneck"), Column::number("at least"), Column::text("one unit more")];
    d.table(columns, rows.collect());
    if !report.critical_agents.is_empty() {
        let each = |c: &super::report::CriticalAgent| format!("`{}` (idle {})", c.agent, percent(c.idle_share, 0));
        let n = report.critical_agents.len();
        let few: Vec<String> = report.critical_agents.iter().take(MAX_CRITICAL).map(each).collect();
        let more = if n > MAX_CRITICAL { format!(" and {} more", grouped(n - MAX_CRITICAL)) } else { String::new() };
        d.text(format!("on every critical path of the current plan: {}{more}", few.join(", ")));
    }
    prices(report, d);
}

/// What a unit saves by its dual price, beside what planning again with it gave.
fn prices(report: &Report, d: &mut Document) {
    let all: Vec<&DualPrice> = report.bottleneck_analysis.iter().flat_map(|b| &b.dual_prices).collect();
    if all.is_empty() {
        return;
    }
    d.heading("Dual prices (what the relaxation says, and what planning again gave)");
    let saved = |p: &DualPrice| match p.replanned {
        Some(x) if p.confirmed => show_saved(p.component, x),
        Some(_) => "nothing".into(),
        None => "-".into(),
    };
    let rows = all.iter().take(MAX_PRICES).map(|p| [p.message.clone(), saved(p)]);
    d.table([Column::text("by the relaxation"), Column::number("planned again")], rows.collect());
    rest(d, all.len(), MAX_PRICES, "prices");
}

fn show_saved(component: &str, x: f64) -> String {
    match component {
        "weighted_tardiness" => number(x, 2),
        "max_utilization" => number(x, 5),
        _ => show(component, Some(x)),
    }
}

/// Figures that a change is told by, where some change moves them.
const TOLD: [(&str, &str); 5] = [
    ("makespan", "makespan"),
    ("cost_total", "total cost"),
    ("waste", "waste"),
    ("late_tasks", "late"),
    ("unplaced_tasks", "unplaced"),
];

fn opportunities(report: &Report, d: &mut Document) {
    let all = &report.optimization_opportunities;
    d.heading("Tried alone, each planned again");
    let of = |o: &Opportunity, name: &str| o.gain.get(name).copied().unwrap_or(0.0);
    let told = TOLD.iter().filter(|(name, _)| all.iter().take(MAX_ROWS).any(|o| of(o, name) != 0.0));
    let told: Vec<&(&str, &str)> = told.collect();
    let get = |o: &Opportunity, name: &str| {
        let x = of(o, name);
        if x == 0.0 { "·".to_owned() } else { format!("{}{}", plus(x), show(name, Some(x))) }
    };
    let row = |o: &Opportunity| {
        let gains = told.iter().map(|(name, _)| get(o, name));
        let price = o.cost.map_or_else(|| "?".into(), money);
        let risk = o.risk.map_or("-", super::Risk::name).to_owned();
        std::iter::once(o.title.clone()).chain(gains).chain([price, risk]).collect()
    };
    let figures = told.iter().map(|(_, name)| Column::number(name));
    let ends = [Column::number("money"), Column::mark("risk")];
    let columns = std::iter::once(Column::text("change")).chain(figures).chain(ends).collect();
    d.rows(columns, all.iter().take(MAX_ROWS).map(row).collect());
    rest(d, all.len(), MAX_ROWS, "opportunities");
}

fn frontier(report: &Report, d: &mut Document) {
    if report.frontier.len() < 2 {
        return;
    }
    d.heading("Gain against changes (quick plans on the way to the proposal)");
    let rows = report.frontier.iter().map(|f| {
        let kinds: Vec<String> = f.kinds.iter().map(|(k, n)| format!("{n} {k}")).collect();
        let waste = f.waste.map_or_else(|| "-".into(), |w| percent(w, 1));
        [grouped(f.changes), kinds.join(", "), money(f.money), clock(f.makespan), money(f.cost_total), waste]
    });
    let columns = [
        Column::number("changes"),
        Column::text("of"),
        Column::number("money"),
        Column::number("makespan"),
        Column::number("total cost"),
        Column::number("waste"),
    ];
    d.table(columns, rows.collect());
}

fn findings(report: &Report, d: &mut Document) {
    if report.findings.is_empty() {
        return;
    }
    d.heading(format!("Findings ({})", grouped(report.findings.len())));
    let point = |f: &crate::report::FindingRow| format!("{}[{}]: {}", f.severity, f.code, f.message);
    d.points(report.findings.iter().take(MAX_ROWS).map(point).collect());
    rest(d, report.findings.len(), MAX_ROWS, "findings");
}
