//! A schedule as an order of tasks with an agent each: every task starts as early as the ones before it
//! in the order allow, in any gap (serial schedule generation; Kolisch 1996). A change replays the order
//! from the first position it touches and can be taken back.

use super::goal::{Goal, Tally};
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, Instance, NONE, Room, Timeline},
};

/// The order, its schedule and what it has come to before each position.
#[derive(Debug, Clone)]
pub struct Sequence<'i> {
    inst: &'i Instance<'i>,
    /// The schedule.
    pub timeline: Timeline<'i>,
    /// Tasks, predecessors before successors.
    pub order: Vec<u32>,
    /// Position of each task in the order.
    pub position: Vec<u32>,
    /// Agent and processing time of each task of the order.
    pub choice: Vec<Choice>,
    /// The tally before each position, and after the last.
    pub tally: Vec<Tally>,
    /// Least time from a task's finish to the end of the plan, by task.
    tail: Vec<Ms>,
    undo: Undo,
}

/// What a replay overwrote.
#[derive(Debug, Clone, Default)]
struct Undo {
    from: usize,
    order: Vec<u32>,
    times: Vec<(u32, Ms, Ms)>,
    tally: Vec<Tally>,
    choices: Vec<(u32, Choice)>,
}

impl<'i> Sequence<'i> {
    /// Schedules the tasks of `order`, each on its `choice`.
    pub fn new(inst: &'i Instance<'i>, order: Vec<u32>, choice: Vec<Choice>) -> Self {
        let mut position = vec![NONE; inst.tasks()];
        for (i, t) in order.iter().enumerate() {
            position[*t as usize] = i as u32;
        }
        let mut out = Self {
            inst,
            timeline: Timeline::new(inst),
            tally: vec![Tally::default(); order.len() + 1],
            order,
            position,
            choice,
            tail: tails(inst),
            undo: Undo::default(),
        };
        out.play(0, f64::INFINITY, &Goal::default());
        out
    }

    /// The tally of the whole schedule.
    pub fn total(&self) -> &Tally {
        &self.tally[self.order.len()]
    }

    /// Moves the task at `from` to position `to`, with the tasks that `choices` names on new agents, and
    /// replays. False, and nothing is changed, where the energy of the times exceeds `limit`.
    pub fn try_change(
        &mut self,
        shift: Option<(usize, usize)>,
        choices: &[(u32, Choice)],
        limit: f64,
        goal: &Goal,
    ) -> bool {
        let changed = choices.iter().map(|(t, _)| self.position[*t as usize] as usize);
        let first = changed.chain(shift.map(|(from, to)| from.min(to))).min().unwrap_or(self.order.len());
        self.remember(first, choices);
        for i in (first..self.order.len()).rev() {
            let t = self.order[i] as usize;
            if self.timeline.agent[t] != NONE {
                self.timeline.remove(t);
            }
        }
        if let Some((from, to)) = shift {
            self.shift(from, to);
        }
        for (t, c) in choices {
            self.choice[*t as usize] = *c;
        }
        let reached = self.play(first, limit, goal);
        if reached == self.order.len() && self.total().energy(goal) <= limit {
            return true;
        }
        self.restore(reached);
        false
    }

    fn remember(&mut self, first: usize, choices: &[(u32, Choice)]) {
        let undo = &mut self.undo;
        undo.from = first;
        undo.order.clear();
        undo.order.extend_from_slice(&self.order[first..]);
        undo.times.clear();
        let timeline = &self.timeline;
        let at = |t: &u32| (timeline.agent[*t as usize], timeline.start[*t as usize], timeline.finish[*t as usize]);
        undo.times.extend(self.order[first..].iter().map(at));
        undo.tally.clear();
        undo.tally.extend_from_slice(&self.tally[first..]);
        undo.choices.clear();
        undo.choices.extend(choices.iter().map(|(t, _)| (*t, self.choice[*t as usize])));
    }

    fn restore(&mut self, reached: usize) {
        let first = self.undo.from;
        for i in (first..reached).rev() {
            let t = self.order[i] as usize;
            if self.timeline.agent[t] != NONE {
                self.timeline.remove(t);
            }
        }
        for (t, c) in &self.undo.choices {
            self.choice[*t as usize] = *c;
        }
        for (i, (t, (agent, start, _))) in self.undo.order.iter().zip(&self.undo.times).enumerate() {
            self.order[first + i] = *t;
            self.position[*t as usize] = (first + i) as u32;
            if *agent != NONE {
                self.timeline.place(*t as usize, &self.choice[*t as usize], *start);
            }
        }
        self.tally[first..].copy_from_slice(&self.undo.tally);
    }

    fn shift(&mut self, from: usize, to: usize) {
        if from < to {
            self.order[from..=to].rotate_left(1);
        } else {
            self.order[to..=from].rotate_right(1);
        }
        for i in from.min(to)..=from.max(to) {
            self.position[self.order[i] as usize] = i as u32;
        }
    }

    /// Places the tasks from position `first` on; stops where the energy is certain to exceed `limit`.
    /// Returns the position reached.
    fn play(&mut self, first: usize, limit: f64, goal: &Goal) -> usize {
        for i in first..self.order.len() {
            let t = self.order[i] as usize;
            let c = self.choice[t];
            let mut tally = self.tally[i];
            let ready = self.timeline.ready(t, c.agent);
            let start = if ready < NEVER { self.timeline.earliest(t, &c, ready) } else { None };
            let mut least = 0;
            if let Some(start) = start {
                self.timeline.place(t, &c, start);
                tally.add(self.inst, t, start + c.work);
                least = start + c.work + self.tail[t] - tally.makespan;
            } else {
                tally.miss(self.inst, t);
            }
            self.tally[i + 1] = tally;
            if tally.energy(goal) + goal.makespan * least.max(0) as f64 > limit {
                return i + 1;
            }
        }
        self.order.len()
    }

    /// Moves the units of a room to the agents that the sequence has their tasks on.
    pub fn seat(&self, room: &mut Room<'i>) {
        for t in &self.order {
            let unit = self.inst.unit_of[*t as usize] as usize;
            let (now, then) = (room.agent[unit], self.choice[*t as usize].agent);
            if now != then
                && let (Some(old), Some(new)) = (self.inst.unit_choice(unit, now), self.inst.unit_choice(unit, then))
            {
                room.give(unit, &old);
                room.take(unit, &new);
            }
        }
    }

    /// The first and the last position that a task may take among the others, from `first` on.
    pub fn span(&self, t: usize, first: usize) -> (usize, usize) {
        let after = self.inst.preds.row(t).iter().map(|(p, _)| self.position[*p as usize]).filter(|p| *p != NONE);
        let before = self.inst.succs.row(t).iter().map(|(s, _)| self.position[*s as usize]).filter(|p| *p != NONE);
        let low = after.max().map_or(first, |p| p as usize + 1);
        let high = before.min().map_or(self.order.len() - 1, |p| p as usize - 1);
        (low.max(first), high)
    }
}

/// Least time from each task's finish to the end of the plan: the longest chain of best processing times.
pub fn tails(inst: &Instance<'_>) -> Vec<Ms> {
    let mut tail = vec![0; inst.tasks()];
    for t in inst.topological.iter().rev() {
        let best = inst.shortest(*t as usize);
        for (p, _) in inst.preds.row(*t as usize) {
            tail[*p as usize] = tail[*p as usize].max(tail[*t as usize] + best).min(NEVER);
        }
    }
    tail
}
