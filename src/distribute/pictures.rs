//! What a page draws of a plan: who does what when, how full the agents are, and what simple plans would do.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{AssignmentRow, BaselineRow, Report};
use crate::{
    input::Previous,
    model::{Quantities, Snapshot, TaskIx, seconds},
    report::{
        Bar, BarRow, Bars, Change, ChangeRow, Lane, Picture, Timeline, Tone, clock, grouped, money, number, percent,
    },
};

/// Two moments that close are one.
const SAME: f64 = 0.0015;

/// The pictures of a plan; with the plan that it began from, both on one axis.
pub fn pictures(report: &Report, s: &Snapshot, previous: Option<&Previous>) -> Vec<Picture> {
    vec![
        Picture::Timeline(timeline(report, s, previous)),
        Picture::Bars(loads(report, s)),
        Picture::Change(beside(report)),
    ]
}

fn timeline(report: &Report, s: &Snapshot, previous: Option<&Previous>) -> Timeline {
    let critical = critical(report, s);
    let was: BTreeMap<&str, (&str, f64, f64)> = previous.map_or_else(BTreeMap::new, |p| {
        let row = |(t, at): (TaskIx, crate::model::Placement)| {
            (s.task(t).id.as_str(), (s.agent(at.agent).id.as_str(), seconds(at.start), seconds(at.finish)))
        };
        p.plan.placed().map(row).collect()
    });
    let bar = |agent: &str, r: &AssignmentRow| {
        let task = s.find_task(&r.task).map(|t| s.task(t));
        let deadline = task.and_then(|t| t.deadline).map(seconds);
        let late = deadline.is_some_and(|d| r.finish > d + SAME);
        let before = was.get(r.task.as_str());
        let (mut tone, mut note) = (if late { Tone::Bad } else { Tone::Plain }, String::new());
        match before {
            Some((other, ..)) if *other != agent => {
                note = format!("moved from {other}");
                tone = if late { Tone::Bad } else { Tone::Warn };
            }
            None if previous.is_some() && !late => tone = Tone::Good,
            _ => {}
        }
        let critical = critical.contains(r.task.as_str());
        Bar { label: r.task.clone(), start: r.start, finish: r.finish, deadline, critical, tone, note }
    };
    let lane = |(id, rows): (&String, &Vec<AssignmentRow>)| {
        let slots = s.find_agent(id).map_or(1, |a| s.agent(a).slots as usize);
        let mut before: Vec<Bar> = was
            .iter()
            .filter(|(_, w)| w.0 == id)
            .map(|(t, w)| Bar { label: (*t).to_owned(), start: w.1, finish: w.2, ..Bar::default() })
            .collect();
        before.sort_by(|a, b| a.start.total_cmp(&b.start).then_with(|| a.label.cmp(&b.label)));
        Lane { label: id.clone(), bars: rows.iter().map(|r| bar(id, r)).collect(), slots, before }
    };
    let lanes = report.agent_assignments.iter().map(lane).filter(|l| !l.bars.is_empty() || !l.before.is_empty());
    Timeline { title: "Plan over time".into(), lanes: lanes.collect(), compares: previous.is_some(), judges: false }
}

/// A chain that ends last: each of its tasks starts the moment that the one before it lets it, by an output that
/// arrives, a slot of its agent or an amount of a shared resource that comes free.
fn critical<'r>(report: &'r Report, s: &Snapshot) -> BTreeSet<&'r str> {
    let q = Quantities::new(s);
    let rows: Vec<(&str, &AssignmentRow)> =
        report.agent_assignments.iter().flat_map(|(a, rows)| rows.iter().map(move |r| (a.as_str(), r))).collect();
    let place: BTreeMap<&str, usize> = rows.iter().enumerate().map(|(i, (_, r))| (r.task.as_str(), i)).collect();
    let mut ends: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let at = |x: f64| libm::round(x * 1000.0) as i64;
    for (i, (_, r)) in rows.iter().enumerate() {
        ends.entry(at(r.finish)).or_default().push(i);
    }
    let mut out = BTreeSet::new();
    let mut next = ends.last_key_value().and_then(|(_, last)| last.first().copied());
    while let Some(i) = next {
        let (agent, row) = rows[i];
        if !out.insert(row.task.as_str()) {
            break;
        }
        let Some(task) = s.find_task(&row.task).map(|t| s.task(t)) else { break };
        let arrives = |d: &crate::model::Dependency| {
            let from = *place.get(s.task(d.task).id.as_str())?;
            let (there, here) = (s.find_agent(rows[from].0)?, s.find_agent(agent)?);
            let moment = rows[from].1.finish + seconds(q.transfer(there, here, d.data_mb)?);
            ((moment - row.start).abs() < SAME).then_some(from)
        };
        let shares = |other: &usize| {
            let uses = s.find_task(&rows[*other].1.task).map(|t| &s.task(t).uses);
            uses.is_some_and(|u| u.iter().any(|(r, _)| task.uses.iter().any(|(own, _)| own == r)))
        };
        let freed = ends.get(&at(row.start)).map_or(&[][..], Vec::as_slice);
        next = task
            .depends_on
            .iter()
            .filter(|d| !d.soft)
            .find_map(arrives)
            .or_else(|| freed.iter().copied().find(|j| rows[*j].0 == agent && *j != i))
            .or_else(|| freed.iter().copied().filter(|j| *j != i).find(shares));
    }
    out
}

fn loads(report: &Report, s: &Snapshot) -> Bars {
    let b = &report.load_balancing_metrics;
    let row = |(id, used): (&String, &f64)| {
        let agent = s.find_agent(id).map(|a| s.agent(a));
        let limit = agent.and_then(|a| a.capacity);
        let value = b.agent_loads.get(id).copied().unwrap_or_default();
        let base = report.current_loads.get(id).copied().unwrap_or_default();
        let share = if b.utilization_measure == "share" { format!(" · {}", percent(*used, 1)) } else { String::new() };
        let words = match limit {
            Some(limit) => format!("{} of {}{share}", number(value, 2), number(limit, 2)),
            None => format!("{}{share}", number(value, 2)),
        };
        let full = b.bottleneck_agents.contains(id);
        BarRow { label: id.clone(), value, base, limit, tone: if full { Tone::Bad } else { Tone::Plain }, words }
    };
    let mut rows: Vec<(f64, BarRow)> = b.agent_utilization.iter().map(|r| (*r.1, row(r))).collect();
    if rows.len() > 60 {
        // Where not all are drawn, the fullest are.
        rows.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| x.1.label.cmp(&y.1.label)));
    }
    Bars {
        title: "Load against capacity".into(),
        unit: "load",
        marks: ["planned", "there before the plan", "capacity", "full, or on every critical path"],
        rows: rows.into_iter().map(|r| r.1).collect(),
    }
}

/// The plan beside the better of two simple ones.
fn beside(report: &Report) -> Change {
    let b = &report.baseline_comparison;
    let key = |r: &BaselineRow| (r.placed, std::cmp::Reverse(libm::round(r.components.makespan * 1000.0) as i64));
    let round_robin = key(&b.round_robin) > key(&b.greedy);
    let (name, base) = if round_robin { ("round robin", &b.round_robin) } else { ("greedy", &b.greedy) };
    let own = &report.objective.components;
    let placed: usize = report.agent_assignments.values().map(Vec::len).sum();
    let late = report.performance_predictions.late_tasks.len();
    let less = |label: &str, before: f64, after: f64, words: [String; 2]| {
        let tone = match after.total_cmp(&before) {
            std::cmp::Ordering::Less => Tone::Good,
            std::cmp::Ordering::Equal => Tone::Plain,
            std::cmp::Ordering::Greater => Tone::Bad,
        };
        ChangeRow { label: label.into(), before, after, words, tone }
    };
    let c = &base.components;
    let mut more = less("tasks placed", base.placed as f64, placed as f64, [grouped(base.placed), grouped(placed)]);
    more.tone = match more.tone {
        Tone::Good => Tone::Bad,
        Tone::Bad => Tone::Good,
        same => same,
    };
    let rows = vec![
        more,
        less("makespan", c.makespan, own.makespan, [clock(c.makespan), clock(own.makespan)]),
        less("late tasks", base.late_tasks as f64, late as f64, [grouped(base.late_tasks), grouped(late)]),
        less("cost", c.cost, own.cost, [money(c.cost), money(own.cost)]),
        less(
            "greatest utilization",
            c.max_utilization,
            own.max_utilization,
            [number(c.max_utilization, 3), number(own.max_utilization, 3)],
        ),
    ];
    // A plan that places fewer tasks is shorter and cheaper for a bad reason.
    let rows = if base.placed == placed { rows } else { rows.into_iter().map(neutral).collect() };
    Change { title: format!("Against the {name} plan"), names: [name, "orch"], rows }
}

fn neutral(row: ChangeRow) -> ChangeRow {
    if row.label == "tasks placed" { row } else { ChangeRow { tone: Tone::Plain, ..row } }
}
