//! What a page draws of a comparison: both plans on one axis, and the objective by component.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    document::value,
    report::{PlanDiff, Report, SnapshotDiff},
};
use crate::{
    input::{WrittenPlacement, WrittenPlan},
    model::seconds,
    report::{Bar, Change, ChangeRow, Lane, Picture, Timeline, Tone, grouped},
};

/// The pictures of a comparison.
pub fn pictures(report: &Report, plans: Option<(&WrittenPlan, &WrittenPlan)>) -> Vec<Picture> {
    match (report, plans) {
        (Report::Plans(diff), Some((a, b))) => {
            vec![Picture::Timeline(timeline(diff, a, b)), Picture::Change(change(diff))]
        }
        (Report::Snapshots(diff), _) => vec![Picture::Change(amounts(diff))],
        _ => Vec::new(),
    }
}

fn timeline(diff: &PlanDiff, a: &WrittenPlan, b: &WrittenPlan) -> Timeline {
    let notes: BTreeMap<&str, (Tone, String)> = diff
        .moved
        .iter()
        .map(|m| (m.task.as_str(), (Tone::Warn, format!("moved from {}", m.from))))
        .chain(diff.added.iter().map(|t| (t.task.as_str(), (Tone::Good, "added".to_owned()))))
        .collect();
    let mut lanes: BTreeMap<&str, Lane> = BTreeMap::new();
    let mut put = |task: &String, p: &WrittenPlacement, shift: f64, after: bool| {
        let lane = match lanes.entry(agent_of(p, a, b)) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                new.insert(Lane { label: p.agent.clone(), slots: 1, ..Lane::default() })
            }
        };
        let (start, finish) = (seconds(p.start) + shift, seconds(p.finish) + shift);
        let (tone, note) = notes.get(task.as_str()).filter(|_| after).cloned().unwrap_or_default();
        let bar = Bar { label: task.clone(), start, finish, tone, note, ..Bar::default() };
        if after { lane.bars.push(bar) } else { lane.before.push(bar) }
    };
    a.placed.iter().for_each(|(t, p)| put(t, p, 0.0, false));
    b.placed.iter().for_each(|(t, p)| put(t, p, diff.shift_seconds, true));
    let order = |bars: &mut Vec<Bar>| {
        bars.sort_by(|x, y| x.start.total_cmp(&y.start).then_with(|| x.label.cmp(&y.label)));
    };
    let mut lanes: Vec<Lane> = lanes.into_values().collect();
    for lane in &mut lanes {
        order(&mut lane.bars);
        order(&mut lane.before);
        lane.slots = Lane::abreast(&lane.bars).max(Lane::abreast(&lane.before));
    }
    Timeline { title: "Both plans over time".into(), lanes, compares: true, judges: false }
}

/// The agent's id, borrowed from whichever plan has it.
fn agent_of<'p>(p: &WrittenPlacement, a: &'p WrittenPlan, b: &'p WrittenPlan) -> &'p str {
    a.agents.get(&p.agent).or_else(|| b.agents.get(&p.agent)).map_or("", String::as_str)
}

/// How much there is of each section; neither more nor less of it is better.
fn amounts(diff: &SnapshotDiff) -> Change {
    let sections: BTreeSet<&String> = diff.a.things.keys().chain(diff.b.things.keys()).collect();
    let row = |section: &String| {
        let [before, after] = [&diff.a, &diff.b].map(|side| side.things.get(section).copied().unwrap_or(0));
        let words = [grouped(before), grouped(after)];
        let tone = if before == after { Tone::Plain } else { Tone::Warn };
        ChangeRow { label: section.clone(), before: before as f64, after: after as f64, words, tone }
    };
    let rows = sections.into_iter().map(row).collect();
    Change { title: "How much there is of each section".into(), names: ["before", "after"], rows }
}

fn change(diff: &PlanDiff) -> Change {
    let row = |(name, f): (&String, &super::Figure)| {
        let (before, after) = (f.before?, f.after?);
        // Of everything but what is placed, less is better; a bound says nothing of the plan.
        let tone = match after.total_cmp(&before) {
            std::cmp::Ordering::Equal => Tone::Plain,
            _ if name.ends_with(" bound") => Tone::Plain,
            order if (order == std::cmp::Ordering::Less) == (name != "priority placed") => Tone::Good,
            _ => Tone::Bad,
        };
        Some(ChangeRow { label: name.clone(), before, after, words: [value(name, before), value(name, after)], tone })
    };
    let rows = diff.objective.iter().filter_map(row).collect();
    Change { title: "Objective before and after".into(), names: ["before", "after"], rows }
}
