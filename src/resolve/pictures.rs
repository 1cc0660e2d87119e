//! What a page draws of a resolution: conflicts by kind, and the system before and after.

use super::report::Report;
use crate::report::{BarRow, Bars, Change, ChangeRow, Picture, Tone, clock, grouped, number};

/// The pictures of a resolution; none where nothing conflicts.
pub fn pictures(report: &Report) -> Vec<Picture> {
    if report.summary.conflicts == 0 {
        return Vec::new();
    }
    vec![Picture::Bars(kinds(report)), Picture::Change(impact(report))]
}

/// Conflicts of each kind: what is settled, of what was found.
fn kinds(report: &Report) -> Bars {
    let row = |(name, n): (&&'static str, &[usize; 4])| {
        let [found, resolved, reduced, escalated] = *n;
        let open = if reduced + escalated > 0 {
            format!(", {} reduced, {} escalated", grouped(reduced), grouped(escalated))
        } else {
            String::new()
        };
        BarRow {
            label: (*name).to_owned(),
            value: resolved as f64,
            base: 0.0,
            limit: Some(found as f64),
            tone: if resolved < found { Tone::Bad } else { Tone::Plain },
            words: format!("{} of {} resolved{open}", grouped(resolved), grouped(found)),
        }
    };
    let rows = report.summary.by_subtype.iter().map(row).collect();
    Bars {
        title: "Conflicts by kind".into(),
        unit: "conflicts",
        marks: ["resolved", "open", "found", "some open"],
        rows,
    }
}

fn impact(report: &Report) -> Change {
    let (x, y) = (&report.system_impact_assessment.before, &report.system_impact_assessment.after);
    let row = |label: &str, before: f64, after: f64, words: [String; 2], less_is_better: bool| {
        let tone = match before.total_cmp(&after) {
            std::cmp::Ordering::Equal => Tone::Plain,
            order if (order == std::cmp::Ordering::Greater) == less_is_better => Tone::Good,
            _ => Tone::Bad,
        };
        ChangeRow { label: label.into(), before, after, words, tone }
    };
    let count = |label: &str, a: usize, b: usize| row(label, a as f64, b as f64, [grouped(a), grouped(b)], true);
    let mut rows = vec![
        count("conflicts", x.conflicts, y.conflicts),
        count("holders stuck", x.stuck_holders, y.stuck_holders),
        count("tasks blocked", x.blocked_tasks, y.blocked_tasks),
        count("deadlines out of reach", x.late_tasks, y.late_tasks),
        row(
            "greatest tardiness",
            x.max_tardiness,
            y.max_tardiness,
            [clock(x.max_tardiness), clock(y.max_tardiness)],
            true,
        ),
    ];
    let mut figure = |label: &str, a: Option<f64>, b: Option<f64>, less: bool| {
        if let (Some(a), Some(b)) = (a, b) {
            rows.push(row(label, a, b, [number(a, 3), number(b, 3)], less));
        }
    };
    figure("greatest utilization", x.max_utilization, y.max_utilization, true);
    figure("fairness (Jain)", x.fairness, y.fairness, false);
    figure("fullest resource", x.max_resource_share, y.max_resource_share, true);
    Change { title: "Before and after".into(), names: ["before", "after"], rows }
}
