//! The agents of a task, those first whose score cannot be beaten.

use std::{cmp::Ordering, collections::BinaryHeap, iter::Peekable};

use super::Goal;
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, Choices, Instance, Timeline},
};

/// An agent for a task: what it scores at best, or on the agent's calendar.
#[derive(Debug, PartialEq)]
pub struct Candidate {
    /// What it scores.
    pub score: f64,
    /// The agent, and what the task takes there.
    pub choice: Choice,
    /// The start that the score counts with.
    pub start: Ms,
    /// The start is that of the agent's calendar.
    pub on_agent: bool,
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    /// The least score is the greatest, so that a heap gives it first; of equals the least agent.
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(other.choice.agent.cmp(&self.choice.agent))
    }
}

/// The agents of a task, the least score first.
pub struct Options<'a, I: Iterator<Item = Choice>> {
    inst: &'a Instance<'a>,
    goal: &'a Goal,
    t: usize,
    heap: &'a mut BinaryHeap<Candidate>,
    /// Agents not looked at yet, fastest first; none of them lets the task start before `ready`.
    rest: Peekable<I>,
    ready: Ms,
}

/// All agents of a task at once; one after the other where they come fastest first and nothing but time counts.
/// `single` is false where companions restrict the agents.
pub fn options<'a>(
    inst: &'a Instance<'a>,
    timeline: &Timeline<'_>,
    t: usize,
    goal: &'a Goal,
    single: bool,
    heap: &'a mut BinaryHeap<Candidate>,
) -> Options<'a, impl Iterator<Item = Choice> + use<'a>> {
    let row = inst.choices(t);
    heap.clear();
    let (mut ready, mut rest) = (0, Choices::Listed(&[]));
    if single && goal.cost == 0.0 && matches!(row, Choices::Derived { .. }) {
        ready = timeline.ready_at_best(t);
        if !inst.uses.row(t).is_empty() && ready < NEVER {
            ready = timeline.earliest_shared(t, inst.shortest(t), ready);
        }
        rest = row;
    } else {
        gather(inst, timeline, t, goal, single, heap);
    }
    Options { inst, goal, t, heap, rest: rest.by_speed().peekable(), ready }
}

impl<I: Iterator<Item = Choice>> Options<'_, I> {
    /// The next of the least score: whoever was not looked at scores no less.
    pub fn next(&mut self, timeline: &Timeline<'_>) -> Option<Candidate> {
        while let Some(choice) = self.rest.peek().copied() {
            let least = score_of(self.inst, self.goal, self.t, &choice, self.ready);
            if self.heap.peek().is_some_and(|top| top.score < least) {
                break;
            }
            self.rest.next();
            let start = timeline.ready(self.t, choice.agent).max(self.ready);
            if start < NEVER {
                let score = score_of(self.inst, self.goal, self.t, &choice, start);
                self.heap.push(Candidate { score, choice, start, on_agent: false });
            }
        }
        self.heap.pop()
    }

    /// Puts a candidate back, with what it scores on its agent's calendar.
    pub fn put_back(&mut self, c: Choice, start: Ms) {
        let score = score_of(self.inst, self.goal, self.t, &c, start);
        self.heap.push(Candidate { score, choice: c, start, on_agent: true });
    }
}

/// The agents of a task, each with what its inputs and the shared resources allow at best.
fn gather(
    inst: &Instance<'_>,
    timeline: &Timeline<'_>,
    t: usize,
    goal: &Goal,
    single: bool,
    options: &mut BinaryHeap<Candidate>,
) {
    let mut row = std::mem::take(options).into_vec();
    let unit = inst.unit_of[t] as usize;
    for choice in inst.choices(t).iter().filter(|c| single || inst.unit_choice(unit, c.agent).is_some()) {
        let start = timeline.ready(t, choice.agent);
        if start < NEVER {
            row.push(Candidate { score: 0.0, choice, start, on_agent: false });
        }
    }
    let shared = soonest_shared(inst, timeline, t, &row);
    for option in &mut row {
        option.start = option.start.max(shared);
        option.score = score_of(inst, goal, t, &option.choice, option.start);
    }
    *options = BinaryHeap::from(row);
}

/// No start of the task lies before this: the shared resources alone, with the shortest run.
fn soonest_shared(inst: &Instance<'_>, timeline: &Timeline<'_>, t: usize, options: &[Candidate]) -> Ms {
    if inst.uses.row(t).is_empty() {
        return 0;
    }
    let ready = options.iter().map(|o| o.start).min().unwrap_or(0);
    let work = options.iter().map(|o| o.choice.work).min().unwrap_or(0);
    timeline.earliest_shared(t, work, ready)
}

/// What a start on an agent is worth to the goal, less is better.
pub fn score_of(inst: &Instance<'_>, goal: &Goal, t: usize, c: &Choice, start: Ms) -> f64 {
    let finish = start.saturating_add(c.work).min(NEVER);
    goal.makespan * finish as f64
        + goal.tardiness * inst.weight[t] * (finish - inst.deadline[t]).max(0) as f64
        + goal.cost * c.cost as f64
}
