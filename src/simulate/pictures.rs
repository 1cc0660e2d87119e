//! What a page draws of a simulation: the mean run over time, and whose deadlines are at risk.

use std::collections::BTreeMap;

use super::report::{Report, TaskRow};
use crate::report::{Bar, BarRow, Bars, Lane, Picture, Timeline, Tone, percent};

/// Deadlines drawn, at most.
const MOST: usize = 30;

/// A share of runs from which a task is marked.
const OFTEN: f64 = 0.5;

/// The pictures of a simulation.
pub fn pictures(report: &Report) -> Vec<Picture> {
    let mut out = vec![Picture::Timeline(timeline(report))];
    let risks = risks(report);
    if !risks.rows.is_empty() {
        out.push(Picture::Bars(risks));
    }
    out
}

/// The share of runs in which a deadline is missed.
fn missed(row: &TaskRow) -> f64 {
    row.deadline_miss.as_ref().map_or(0.0, |m| m.value)
}

fn timeline(report: &Report) -> Timeline {
    let mut lanes: BTreeMap<&str, Vec<Bar>> = BTreeMap::new();
    for (task, row) in &report.tasks {
        let late = missed(row);
        let tone = if late >= OFTEN { Tone::Bad } else { Tone::Plain };
        let note = if late > 0.0 { format!("late in {} of the runs", percent(late, 1)) } else { String::new() };
        let critical = row.criticality.value >= OFTEN;
        let (start, finish) = (row.mean_start, row.mean_finish);
        let bar = Bar { label: task.clone(), start, finish, critical, tone, note, ..Bar::default() };
        lanes.entry(&row.agent).or_default().push(bar);
    }
    let lane = |(agent, mut bars): (&str, Vec<Bar>)| {
        bars.sort_by(|a, b| a.start.total_cmp(&b.start).then_with(|| a.label.cmp(&b.label)));
        Lane { label: agent.to_owned(), slots: Lane::abreast(&bars), bars, before: Vec::new() }
    };
    let lanes = lanes.into_iter().map(lane).collect();
    Timeline { title: "The mean run over time".into(), lanes, ..Timeline::default() }
}

fn risks(report: &Report) -> Bars {
    let mut rows: Vec<(&String, f64)> =
        report.tasks.iter().map(|(task, row)| (task, missed(row))).filter(|r| r.1 > 0.0).collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    rows.truncate(MOST);
    let row = |(task, share): (&String, f64)| BarRow {
        label: task.clone(),
        value: share,
        limit: Some(1.0),
        tone: if share >= OFTEN { Tone::Bad } else { Tone::Plain },
        words: percent(share, 1),
        ..BarRow::default()
    };
    Bars {
        title: "How often a deadline is missed".into(),
        unit: "share",
        marks: ["runs that miss it", "", "all runs", "half of the runs, or more"],
        rows: rows.into_iter().map(row).collect(),
    }
}
