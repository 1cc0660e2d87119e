//! A schedule as an order of tasks with an agent each: every task starts as early as the ones before it
//! in the order allow, in any gap (serial schedule generation; Kolisch 1996). A change replays what it reaches
//! (`replay`) and can be taken back.

mod replay;

use super::goal::{Goal, Tally};
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, Instance, NONE, Room, Timeline},
};
use replay::{Replay, Wait};

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
    /// What each task waits for.
    waits: Vec<Wait>,
    replay: Replay,
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
            tail: tails(inst, |_| true),
            waits: vec![Wait::default(); inst.tasks()],
            replay: Replay::default(),
        };
        out.play();
        out
    }

    /// The tally of the whole schedule.
    pub fn total(&self) -> &Tally {
        &self.tally[self.order.len()]
    }

    /// Places the tasks in their order.
    fn play(&mut self) {
        for i in 0..self.order.len() {
            let t = self.order[i] as usize;
            let c = self.choice[t];
            self.start(t, &c);
            self.count(i);
        }
    }

    /// Places a task as early as the schedule allows, if at all.
    fn start(&mut self, t: usize, c: &Choice) {
        let ready = self.timeline.ready(t, c.agent);
        if ready < NEVER
            && let Some((alone, start)) = self.timeline.earliest_and_alone(t, c, ready)
        {
            self.timeline.place(t, c, start);
            self.waits[t] = Wait { ready, alone };
        }
    }

    /// Counts the task at a position; returns by how much it is certain to lengthen the plan yet.
    fn count(&mut self, i: usize) -> Ms {
        let t = self.order[i] as usize;
        let mut tally = self.tally[i];
        let mut more = 0;
        if self.timeline.agent[t] == NONE {
            tally.miss(self.inst, t);
        } else {
            let finish = self.timeline.finish[t];
            tally.add(self.inst, t, finish);
            more = (finish + self.tail[t] - tally.makespan).max(0);
        }
        self.tally[i + 1] = tally;
        more
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

    /// The tasks of the order that a unit has, with what they are on an agent.
    pub fn seats(&self, unit: usize, agent: u32) -> impl Iterator<Item = (u32, Choice)> + '_ {
        let tasks = self.inst.units.row(unit).iter().filter(|t| self.position[**t as usize] != NONE);
        tasks.filter_map(move |t| self.inst.choice(*t as usize, agent).map(|c| (*t, c)))
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

/// Least time from each task's finish to the end of the plan: the longest chain of best processing times among the tasks
/// that count.
pub fn tails(inst: &Instance<'_>, counts: impl Fn(usize) -> bool) -> Vec<Ms> {
    let mut tail = vec![0; inst.tasks()];
    for t in inst.topological.iter().rev().map(|t| *t as usize).filter(|t| counts(*t)) {
        let best = inst.shortest(t);
        for (p, _) in inst.preds.row(t) {
            tail[*p as usize] = tail[*p as usize].max(tail[t] + best).min(NEVER);
        }
    }
    tail
}
