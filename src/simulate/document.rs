//! How a simulation reads in a terminal.

use super::report::{PlanRow, Report, TaskRow};
use crate::{
    report::{Column, Document, Fact, Tone, clock, grouped, number, percent},
    schedule::simulation::Interval,
};

/// Most rows of a list.
const MAX_ROWS: usize = 15;

/// Lays a report out as a document.
pub fn document(report: &Report) -> Document {
    let mut d = Document::default();
    let r = &report.result;
    d.heading(format!("Simulation · {} runs, seed {}", grouped(report.runs), report.seed));
    let tone = if r.any_deadline_missed.value > 0.5 { Tone::Warn } else { Tone::Plain };
    d.facts(vec![
        Fact::new("plan", what(report.plan)),
        Fact::new("makespan", format!("planned {}, mean {}", clock(r.planned_makespan), span(&r.makespan_mean))),
        Fact::new("on time", format!("{} of runs end by the planned makespan", shown(&r.within_plan))),
        Fact::new("deadlines", missed(r)).tone(tone),
        Fact::new("retries", format!("{} a run", number(r.failed_attempts_mean, 1))),
    ]);
    d.heading("Makespan");
    let rows = r.makespan_quantiles.iter().map(|(q, i)| [(*q).to_owned(), clock(i.value), clock(i.low), clock(i.high)]);
    let columns = [Column::mark("quantile"), Column::number("value"), Column::number("from"), Column::number("to")];
    d.table(columns, rows.collect());
    if let Some(other) = &report.against {
        d.heading("Against the other plan, under the same luck");
        let by = other.makespan_difference;
        d.facts(vec![
            Fact::new("its makespan", format!("mean {}", span(&other.result.makespan_mean))),
            Fact::new("its deadlines", missed(&other.result)),
            Fact::new("difference", format!("{} (95 %: {} to {})", clock(by.value), clock(by.low), clock(by.high))),
        ]);
    }
    tasks(report, &mut d);
    if !report.findings.is_empty() {
        d.heading(format!("Findings ({})", grouped(report.findings.len())));
        d.points(
            report
                .findings
                .iter()
                .take(MAX_ROWS)
                .map(|f| format!("{}[{}]: {}", f.severity, f.code, f.message))
                .collect(),
        );
    }
    d
}

fn what(plan: &str) -> &'static str {
    match plan {
        "plan" => "the one given with --plan",
        "baseline" => "the snapshot's baseline",
        _ => "a new one",
    }
}

fn span(i: &Interval) -> String {
    format!("{} (95 %: {} to {})", clock(i.value), clock(i.low), clock(i.high))
}

fn shown(i: &Interval) -> String {
    format!("{} ({} to {})", percent(i.value, 1), percent(i.low, 1), percent(i.high, 1))
}

fn missed(r: &PlanRow) -> String {
    if r.deadlines == 0 {
        return "none".into();
    }
    let mean = number(r.deadlines_missed_mean.value, 2);
    format!("{mean} of {} missed on average, at least one in {}", grouped(r.deadlines), shown(&r.any_deadline_missed))
}

fn tasks(report: &Report, d: &mut Document) {
    let mut rows: Vec<(&String, &TaskRow)> = report.tasks.iter().collect();
    let miss = |r: &TaskRow| r.deadline_miss.map_or(-1.0, |i| i.value);
    rows.sort_by(|a, b| {
        let order = miss(b.1).total_cmp(&miss(a.1)).then(b.1.criticality.value.total_cmp(&a.1.criticality.value));
        order.then(a.0.cmp(b.0))
    });
    d.heading("Tasks most likely late or critical");
    let shown_rows = rows.iter().take(MAX_ROWS).map(|(id, r)| {
        [
            (*id).clone(),
            r.agent.clone(),
            r.deadline_miss.map_or_else(|| "-".into(), |i| percent(i.value, 1)),
            percent(r.criticality.value, 1),
            clock(r.planned_finish),
            clock(r.mean_finish),
        ]
    });
    let columns = [
        Column::id("task"),
        Column::id("agent"),
        Column::number("late in"),
        Column::number("critical in"),
        Column::number("planned"),
        Column::number("mean finish"),
    ];
    d.table(columns, shown_rows.collect());
    if rows.len() > MAX_ROWS {
        d.text(format!("… and {} more tasks; --format json has all of them", grouped(rows.len() - MAX_ROWS)));
    }
}
