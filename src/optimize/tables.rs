//! Tables of the questions asked beside a proposal: simulation, scenarios, growth, losses.

use super::report::{GrowthRow, LossRow, PastRow, Report, ScenarioRow};
use crate::report::{Column, Document, clock, grouped, money, number, percent};

/// Most rows of a list.
const MAX_ROWS: usize = 100;
/// Most measured figures.
const MAX_PAST: usize = 10;

/// Adds what there is.
pub fn show(report: &Report, d: &mut Document) {
    past(&report.performance_metrics.history, d);
    simulation(report, d);
    what_if(&report.what_if, d);
    growth(&report.growth, d);
    losses(&report.n_minus, d);
}

/// What `history` says, what broke or changed first.
fn past(rows: &[PastRow], d: &mut Document) {
    if rows.is_empty() {
        return;
    }
    d.heading("Measured before");
    let mut rows: Vec<&PastRow> = rows.iter().collect();
    rows.sort_by_key(|r| std::cmp::Reverse((r.change_points.len(), r.breaches.len(), r.trend_per_hour.is_some())));
    let row = |r: &&PastRow| {
        let trend = r.trend_per_hour.map_or_else(|| "·".into(), |x| format!("{}/h", number(x, 3)));
        let since = r.change_points.last().map_or_else(|| "·".into(), |at| format!("{} ago", clock(-at)));
        let breaches = if r.breaches.is_empty() { "·".into() } else { grouped(r.breaches.len()) };
        [r.agent.clone(), r.metric.clone(), number(r.median, 3), number(r.mad, 3), breaches, trend, since]
    };
    let columns = [
        Column::id("agent"),
        Column::text("metric"),
        Column::number("median"),
        Column::number("MAD"),
        Column::number("breaches"),
        Column::number("trend"),
        Column::text("new level since"),
    ];
    d.table(columns, rows.iter().take(MAX_PAST).map(row).collect());
    if rows.len() > MAX_PAST {
        d.text(format!("… and {} more; --format json has all of them", grouped(rows.len() - MAX_PAST)));
    }
}

fn simulation(report: &Report, d: &mut Document) {
    let Some(s) = &report.simulation else { return };
    d.heading(format!("Simulated ({} runs each, the same luck)", grouped(s.runs)));
    let row = |name: &str, p: &super::report::SimulatedPlan| {
        [
            name.to_owned(),
            clock(p.makespan_mean),
            clock(p.makespan_p50),
            clock(p.makespan_p95),
            number(p.deadlines_missed, 2),
        ]
    };
    let columns = [
        Column::mark("plan"),
        Column::number("mean makespan"),
        Column::number("median"),
        Column::number("95 %"),
        Column::number("deadlines missed"),
    ];
    d.table(columns, vec![row("before", &s.before), row("after", &s.after)]);
}

fn what_if(rows: &[ScenarioRow], d: &mut Document) {
    if rows.is_empty() {
        return;
    }
    d.heading(format!("What if ({})", grouped(rows.len())));
    let row = |r: &ScenarioRow| {
        let Some(m) = &r.metrics else {
            let why = r.problem.clone().unwrap_or_default();
            return [r.name.clone(), why, "-".into(), "-".into(), "-".into(), "-".into()];
        };
        [
            r.name.clone(),
            clock(m.makespan),
            money(m.cost_total),
            grouped(m.late_tasks),
            grouped(m.unplaced_tasks),
            m.waste.map_or_else(|| "-".into(), |w| percent(w, 1)),
        ]
    };
    let columns = [
        Column::text("scenario"),
        Column::number("makespan"),
        Column::number("total cost"),
        Column::number("late"),
        Column::number("unplaced"),
        Column::number("waste"),
    ];
    d.table(columns, rows.iter().take(MAX_ROWS).map(row).collect());
    rest(d, rows.len());
    d.text(format!("planned {}", rows[0].planned));
}

fn growth(rows: &[GrowthRow], d: &mut Document) {
    if rows.is_empty() {
        return;
    }
    d.heading("Growth");
    let row = |r: &GrowthRow| {
        let at = |c: &String| r.full_at.get(c).map_or_else(|| c.clone(), |x| format!("{c} at × {}", number(*x, 2)));
        let full: Vec<String> = r.run_out.iter().map(at).collect();
        let add: Vec<String> = r.add.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
        [
            format!("× {}", number(r.factor, 3)),
            clock(r.metrics.makespan),
            grouped(r.metrics.unplaced_tasks),
            full.join(", "),
            if r.enough || add.is_empty() { add.join(", ") } else { format!("{} (not enough)", add.join(", ")) },
            r.with_them.map_or_else(|| "-".into(), |m| clock(m.makespan)),
            r.with_them.map_or_else(|| "-".into(), |m| grouped(m.unplaced_tasks)),
        ]
    };
    let columns = [
        Column::mark("load"),
        Column::number("makespan"),
        Column::number("unplaced"),
        Column::text("runs out"),
        Column::text("add"),
        Column::number("then"),
        Column::number("unplaced"),
    ];
    d.table(columns, rows.iter().map(row).collect());
}

fn losses(rows: &[LossRow], d: &mut Document) {
    if rows.is_empty() {
        return;
    }
    let harmless = |r: &&LossRow| r.problem.is_none() && r.unplaced.is_empty() && r.late.is_empty();
    let safe = rows.iter().filter(harmless).count();
    d.heading(format!("Without one agent ({} can be lost without harm)", grouped(safe)));
    let few = |ids: &[String]| match ids {
        [] => "·".to_owned(),
        [one] => one.clone(),
        [one, ..] => format!("{} ({one}, …)", grouped(ids.len())),
    };
    let row = |r: &LossRow| {
        let unplaced = r.problem.clone().unwrap_or_else(|| few(&r.unplaced));
        [r.agent.clone(), unplaced, few(&r.late), clock(r.makespan)]
    };
    let columns =
        [Column::id("lost"), Column::text("no place then"), Column::text("late then"), Column::number("makespan")];
    d.table(columns, rows.iter().filter(|r| !harmless(r)).take(MAX_ROWS).map(row).collect());
    rest(d, rows.len() - safe);
}

fn rest(d: &mut Document, all: usize) {
    if all > MAX_ROWS {
        d.text(format!("… and {} more; --format json has all of them", grouped(all - MAX_ROWS)));
    }
}
