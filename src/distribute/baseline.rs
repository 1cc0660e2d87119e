//! The two simple plans that a distribution is set beside: round robin and greedy (model.md, section 4).
//!
//! They respect every constraint but look neither back nor ahead, so they may place less than orch.

use std::collections::BinaryHeap;

use crate::{
    model::{Ms, NEVER, Plan},
    schedule::{Choice, Instance, NONE, Room, Timeline},
};

/// Tasks in topological, then id order, each to the next eligible agent with room in id order, at its
/// earliest feasible start. O(tasks · log agents) while there is room.
pub fn round_robin(inst: &Instance<'_>) -> Plan {
    let mut batch = Batch::new(inst);
    let mut last = NONE;
    for t in inst.topological.iter().map(|t| *t as usize) {
        let choices = inst.choices.row(t);
        let next = choices.partition_point(|c| last != NONE && c.agent <= last);
        let taken = choices[next..].iter().chain(&choices[..next]).find_map(|c| Some((batch.start(t, c)?, c)));
        if let Some((start, c)) = taken {
            batch.place(t, c, start);
            last = c.agent;
        } else {
            batch.withdraw(t);
        }
    }
    batch.timeline.plan()
}

/// Tasks by priority, then complexity, descending, predecessors first; each to the agent that finishes
/// it first, of equals by id.
pub fn greedy(inst: &Instance<'_>) -> Plan {
    let mut batch = Batch::new(inst);
    let mut open: Vec<usize> = (0..inst.tasks()).map(|t| inst.preds.row(t).len()).collect();
    let mut ready: BinaryHeap<Urgency> =
        (0..inst.tasks()).filter(|t| open[*t] == 0).map(|t| Urgency::of(inst, t)).collect();
    while let Some(Urgency { task: t, .. }) = ready.pop() {
        let t = t as usize;
        match batch.soonest(t) {
            Some((c, start)) => batch.place(t, &c, start),
            None => batch.withdraw(t),
        }
        for (next, _) in inst.succs.row(t) {
            open[*next as usize] -= 1;
            if open[*next as usize] == 0 {
                ready.push(Urgency::of(inst, *next as usize));
            }
        }
    }
    batch.timeline.plan()
}

/// A task in the order of the greedy baseline.
#[derive(PartialEq)]
struct Urgency {
    priority: f64,
    complexity: f64,
    task: u32,
}

impl Urgency {
    fn of(inst: &Instance<'_>, t: usize) -> Self {
        Self { priority: inst.weight[t], complexity: inst.q.snapshot.tasks[t].complexity, task: t as u32 }
    }
}

impl Eq for Urgency {}

impl Ord for Urgency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let by_weight = self.priority.total_cmp(&other.priority).then(self.complexity.total_cmp(&other.complexity));
        by_weight.then(other.task.cmp(&self.task))
    }
}

impl PartialOrd for Urgency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A plan in the making: what runs when, what room is left, which units were given up.
struct Batch<'i> {
    inst: &'i Instance<'i>,
    timeline: Timeline<'i>,
    room: Room<'i>,
    given_up: Vec<bool>,
}

impl<'i> Batch<'i> {
    fn new(inst: &'i Instance<'i>) -> Self {
        let given_up = vec![false; inst.units.len()];
        Self { inst, timeline: Timeline::new(inst), room: Room::new(inst), given_up }
    }

    /// True where the agent has room for the task's unit, or holds it already.
    fn has_room(&self, unit: usize, agent: u32) -> bool {
        match self.room.agent[unit] {
            NONE => self.inst.unit_choice(unit, agent).is_some_and(|c| self.room.fits(unit, &c)),
            taken => taken == agent,
        }
    }

    /// The earliest start of a task on an agent with room for it.
    fn start(&mut self, t: usize, c: &Choice) -> Option<Ms> {
        let unit = self.inst.unit_of[t] as usize;
        if self.given_up[unit] || !self.has_room(unit, c.agent) {
            return None;
        }
        let ready = self.timeline.ready(t, c.agent);
        if ready >= NEVER { None } else { self.timeline.earliest(t, c, ready) }
    }

    /// The choice that finishes a task first, and its start.
    fn soonest(&mut self, t: usize) -> Option<(Choice, Ms)> {
        let inst = self.inst;
        let inputs = inst.preds.row(t).iter().map(|(p, _)| self.timeline.finish[*p as usize]);
        let from = inputs.fold(inst.release[t], Ms::max);
        let mut best: Option<(Choice, Ms)> = None;
        for c in inst.choices.row(t) {
            let record = best.map_or(NEVER, |(b, start)| start + b.work);
            // Not even at once would this agent be sooner.
            if from + c.work >= record {
                continue;
            }
            if let Some(start) = self.start(t, c).filter(|start| start + c.work < record) {
                best = Some((*c, start));
            }
        }
        best
    }

    fn place(&mut self, t: usize, c: &Choice, start: Ms) {
        let unit = self.inst.unit_of[t] as usize;
        if self.room.agent[unit] == NONE
            && let Some(whole) = self.inst.unit_choice(unit, c.agent)
        {
            self.room.take(unit, &whole);
        }
        self.timeline.place(t, c, start);
    }

    /// Gives a task up: with it the others of its unit, and every placed task that waits for one of them.
    fn withdraw(&mut self, t: usize) {
        let mut stack = vec![self.inst.unit_of[t] as usize];
        while let Some(unit) = stack.pop() {
            if std::mem::replace(&mut self.given_up[unit], true) {
                continue;
            }
            let held = self.room.agent[unit];
            if held != NONE
                && let Some(whole) = self.inst.unit_choice(unit, held)
            {
                self.room.give(unit, &whole);
            }
            for member in self.inst.units.row(unit).iter().map(|m| *m as usize) {
                if self.timeline.agent[member] != NONE {
                    self.timeline.remove(member);
                    stack.extend(
                        self.inst.succs.row(member).iter().map(|(s, _)| self.inst.unit_of[*s as usize] as usize),
                    );
                }
            }
        }
    }
}
