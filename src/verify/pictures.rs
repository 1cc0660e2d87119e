//! What a page draws of a verified plan: who does what when, how full the agents are, and what breaks a rule.

use std::collections::BTreeMap;

use super::{
    case::Case,
    report::{Report, Violation},
};
use crate::{
    input::claimed::Claimed,
    model::{AgentIx, Placement, Quantities, Snapshot, TaskIx, seconds},
    report::{Bar, BarRow, Bars, Lane, Picture, Timeline, Tone, number},
};

/// Bars that are drawn by id; of more, the fullest come first.
const BY_ID: usize = 60;

/// Id → what is wrong with it, in words.
type Wrong<'r> = BTreeMap<&'r str, Vec<String>>;

/// The pictures of a verified plan.
pub fn pictures(report: &Report, s: &Snapshot, claimed: &Claimed) -> Vec<Picture> {
    let q = Quantities::new(s);
    let case = Case::new(&q, claimed);
    let of = |id: fn(&Violation) -> Option<&String>| {
        let mut out = Wrong::new();
        for (id, v) in report.violations.iter().filter_map(|v| Some((id(v)?, v))) {
            let words = out.entry(id).or_default();
            let word = format!("{} {}", v.code, v.name.replace('_', " "));
            if !words.contains(&word) {
                words.push(word);
            }
        }
        out
    };
    let (tasks, agents) = (of(|v| v.task.as_ref()), of(|v| v.agent.as_ref()));
    vec![Picture::Timeline(timeline(&case, &tasks)), Picture::Bars(loads(&case, &agents))]
}

fn timeline(case: &Case<'_>, wrong: &Wrong<'_>) -> Timeline {
    let s = case.q.snapshot;
    let mut lanes: Vec<Lane> =
        s.agents.iter().map(|a| Lane { label: a.id.clone(), slots: a.slots as usize, ..Lane::default() }).collect();
    let bar = |t: TaskIx, p: Placement| {
        let task = s.task(t);
        let late = task.deadline.is_some_and(|d| p.finish > d);
        let broken = wrong.get(task.id.as_str());
        Bar {
            label: task.id.clone(),
            start: seconds(p.start),
            finish: seconds(p.finish),
            deadline: task.deadline.map(seconds),
            critical: false,
            tone: if broken.is_some() || late { Tone::Bad } else { Tone::Plain },
            note: broken.map_or_else(String::new, |words| words.join(", ")),
        }
    };
    for (t, p) in case.plan.placed() {
        lanes[p.agent.at()].bars.push(bar(t, p));
    }
    for lane in &mut lanes {
        lane.bars.sort_by(|a, b| a.start.total_cmp(&b.start).then_with(|| a.label.cmp(&b.label)));
        // Where a plan runs more at a time than there are slots, each still has its place.
        lane.slots = lane.slots.min(lane.bars.len()).max(Lane::abreast(&lane.bars));
    }
    lanes.retain(|lane| !lane.bars.is_empty());
    Timeline { title: "Plan over time, as claimed".into(), lanes, judges: true, ..Timeline::default() }
}

fn loads(case: &Case<'_>, wrong: &Wrong<'_>) -> Bars {
    let s = case.q.snapshot;
    let mut load: Vec<f64> = s.agents.iter().map(|a| a.current_load).collect();
    for (t, p) in case.plan.placed() {
        load[p.agent.at()] += case.q.on(t, p.agent).map_or(s.task(t).estimated_load, |o| o.load);
    }
    let row = |a: AgentIx| {
        let (agent, value) = (s.agent(a), load[a.at()]);
        let broken = wrong.get(agent.id.as_str());
        let mut words = match agent.capacity {
            Some(limit) => format!("{} of {}", number(value, 2), number(limit, 2)),
            None => number(value, 2),
        };
        for word in broken.into_iter().flatten() {
            words = format!("{words} · {word}");
        }
        let tone = if broken.is_some() { Tone::Bad } else { Tone::Plain };
        BarRow { label: agent.id.clone(), value, base: agent.current_load, limit: agent.capacity, tone, words }
    };
    let mut rows: Vec<BarRow> = s.agent_ixs().map(row).collect();
    if rows.len() > BY_ID {
        let full = |r: &BarRow| r.limit.filter(|l| *l > 0.0).map_or(0.0, |limit| r.value / limit);
        rows.sort_by(|x, y| {
            let first = |r: &BarRow| (r.tone == Tone::Bad, full(r));
            let (x, y) = ((first(x), &x.label), (first(y), &y.label));
            y.0.0.cmp(&x.0.0).then(y.0.1.total_cmp(&x.0.1)).then_with(|| x.1.cmp(y.1))
        });
    }
    Bars {
        title: "Load against capacity".into(),
        unit: "load",
        marks: ["planned", "there before the plan", "capacity", "breaks a rule"],
        rows,
    }
}
