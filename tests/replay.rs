//! A change of the order, replayed where it reaches, gives the schedule that the whole order gives; taken back, the
//! one before it.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use orch::{
    model::{Quantities, Snapshot, Strategy},
    schedule::{Choice, Instance, NONE, Room},
    search::{Goal, Sequence, construct, ranks},
};
use support::{
    random::{Rng, Shape, snapshot},
    read::read,
};

/// Every task where there is room, by upward rank.
fn start<'i>(inst: &'i Instance<'i>) -> Sequence<'i> {
    let mut room = Room::new(inst);
    for unit in 0..inst.units.len() {
        if let Some(c) = inst.unit_choices(unit).iter().find(|c| room.fits(unit, c)) {
            room.take(unit, &c);
        }
    }
    let order = construct::order_by(inst, &room, &ranks::upward(inst));
    construct::keep_agents(inst, &room, order)
}

/// Agent, start and finish of each task, and what they sum to.
fn shown(inst: &Instance<'_>, of: &Sequence<'_>) -> Vec<String> {
    let line = &of.timeline;
    let placed = |t: usize| (line.agent[t] != NONE).then(|| (line.agent[t], line.start[t], line.finish[t]));
    let mut out: Vec<String> = (0..inst.tasks()).map(|t| format!("{:?} {}", placed(t), of.position[t])).collect();
    out.extend(of.tally.iter().map(|t| format!("{t:?}")));
    out
}

/// A task moved from one position to another, and tasks with new agents.
type Change = (Option<(usize, usize)>, Vec<(u32, Choice)>);

/// A random change: a shift, new agents for a unit, or both.
fn change(inst: &Instance<'_>, of: &Sequence<'_>, rng: &mut Rng) -> Change {
    let first = of.order.iter().take_while(|t| inst.runs_until[**t as usize] >= 0).count();
    let mut pick = |n: usize| rng.range(0, n as u64 - 1) as usize;
    let from = first + pick(of.order.len() - first);
    let t = of.order[from] as usize;
    let (low, high) = of.span(t, first);
    let shift = (low < high && pick(3) > 0).then(|| (from, low + pick(high - low + 1))).filter(|s| s.0 != s.1);
    let unit = inst.unit_of[t] as usize;
    let row: Vec<Choice> = inst.unit_choices(unit).iter().collect();
    let mut choices = Vec::new();
    if pick(3) > 0 && !row.is_empty() {
        let agent = row[pick(row.len())].agent;
        let tasks = inst.units.row(unit).iter().filter(|t| of.position[**t as usize] != NONE);
        choices.extend(tasks.filter_map(|t| inst.choice(*t as usize, agent).map(|c| (*t, c))));
    }
    (shift, choices)
}

fn replays(snapshot: &Snapshot, seed: u64) -> usize {
    let q = Quantities::new(snapshot);
    let inst = Instance::new(&q);
    let mut sequence = start(&inst);
    let goal = Goal::of(&inst, Strategy::DeadlineAware, [0.0; 4]);
    let movable = sequence.order.iter().filter(|t| inst.runs_until[**t as usize] < 0).count();
    let (mut rng, mut accepted) = (Rng(seed), 0);
    for _ in 0..if movable > 1 { 60 } else { 0 } {
        let before = shown(&inst, &sequence);
        let (shift, choices) = change(&inst, &sequence, &mut rng);
        let now = sequence.total().energy(&goal);
        let limit = if rng.chance(50) { f64::INFINITY } else { now * (0.9 + 0.01 * rng.range(0, 20) as f64) };
        if sequence.try_change(shift, &choices, limit, &goal) {
            let whole = Sequence::new(&inst, sequence.order.clone(), sequence.choice.clone());
            assert_eq!(shown(&inst, &sequence), shown(&inst, &whole), "seed {seed}: {shift:?} {choices:?}");
            assert!(sequence.total().energy(&goal) <= limit);
            accepted += 1;
        } else {
            assert_eq!(shown(&inst, &sequence), before, "seed {seed}: taken back {shift:?} {choices:?}");
        }
    }
    accepted
}

#[test]
fn what_a_change_reaches_is_all_that_it_changes() {
    let mut accepted = 0;
    for seed in 0..400 {
        let shape = Shape { tasks: 4 + seed as usize % 40, agents: 2 + seed as usize % 7 };
        accepted += replays(&read(&snapshot(seed, shape)), seed);
    }
    assert!(accepted > 4_000, "only {accepted} changes were looked at");
}
