//! What a page draws of an explanation: where the task is, and where and when it could be instead.

use super::report::{AgentRow, Report};
use crate::report::{Bar, Lane, Picture, Timeline, Tone};

/// Agents drawn, at most.
const MOST: usize = 30;

/// The task on each agent that could have it, the rest of the plan as it is; none where no agent could.
pub fn pictures(report: &Report) -> Vec<Picture> {
    let lanes: Vec<Lane> = report.agents.iter().filter_map(|row| lane(report, row)).take(MOST).collect();
    if lanes.is_empty() {
        return Vec::new();
    }
    let title = "Where and when it could run, all else as planned".into();
    vec![Picture::Timeline(Timeline { title, lanes, ..Timeline::default() })]
}

fn lane(report: &Report, row: &AgentRow) -> Option<Lane> {
    let placed = report.placement.as_ref().filter(|_| row.here).map(|p| (p.start, p.finish));
    let offered = row.offer.as_ref().and_then(|o| o.start.zip(o.finish));
    let (start, finish) = placed.or(offered)?;
    let against: Vec<&str> = row.conditions.iter().map(|c| c.message.as_str()).collect();
    let late = row.conditions.iter().any(|c| c.code == "late");
    let label = if row.here { "it is here" } else { "it could be here" };
    let tone = if late { Tone::Bad } else { Tone::Plain };
    let bar = Bar { label: label.into(), start, finish, tone, note: against.join("; "), ..Bar::default() };
    Some(Lane { label: row.agent.clone(), bars: vec![bar], slots: 1, before: Vec::new() })
}
