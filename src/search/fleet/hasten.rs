//! Late chains: what ends last, or late, is shortened link by link. A link goes to another agent, where others may make
//! way for it, or comes before what it waits for; a step counts only where the whole schedule gains by it (moves on
//! the critical path: Mastrolilli, Gambardella 2000; ejection: Glover 1996).

use super::Packing;
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, Instance, NONE, Room},
    search::{Goal, Sequence, critical, ranks, tails},
};

/// Agents that a link tries: those that have a gap in time for it, and those that could do it in time if it came first.
const OPEN: usize = 16;
const BUSY: usize = 8;

/// Agents looked at that cost as much as an elementary step.
const LOOKS: u64 = 4;

/// Steps that take units from one agent to another, each with the choice that it had.
pub(super) type Moved = Vec<(usize, Choice)>;

/// A schedule while its late chains are shortened.
struct Hastening<'i, 'g> {
    inst: &'i Instance<'i>,
    goal: &'g Goal,
    sequence: Sequence<'i>,
    packing: Packing<'i>,
    energy: f64,
    /// The moment by which each task must finish lest what follows it be late; none where the makespan counts.
    due: Option<Vec<Ms>>,
    tail: Vec<Ms>,
    /// Elementary steps after which nothing more is tried.
    most: u64,
}

/// Shortens the chain that ends last as long as it ends after `horizon`, or where there is none what is late, within
/// `work` elementary steps.
pub fn hasten<'i>(
    inst: &'i Instance<'i>,
    (sequence, room): (Sequence<'i>, Room<'i>),
    goal: &Goal,
    horizon: Option<Ms>,
    work: u64,
) -> (Sequence<'i>, Room<'i>) {
    let packing = Packing::new(inst, &room);
    let due = horizon.is_none().then(|| ranks::due(inst));
    let mut out = Hastening { inst, goal, sequence, packing, energy: 0.0, due, tail: tails(inst, |_| true), most: 0 };
    out.most = out.sequence.timeline.work + work;
    out.energy = out.sequence.total().energy(goal) + out.of_agents();
    let mut is_given_up = vec![false; inst.tasks()];
    while !out.is_spent() && !inst.limit.is_over() {
        let Some(last) = out.last(horizon, &is_given_up) else { break };
        if out.relieve(last) {
            continue;
        }
        if horizon.is_some() {
            break;
        }
        is_given_up[last] = true;
    }
    (out.sequence, out.packing.room)
}

impl Hastening<'_, '_> {
    /// The task that is latest.
    fn last(&self, horizon: Option<Ms>, is_given_up: &[bool]) -> Option<usize> {
        let line = &self.sequence.timeline;
        let over = |t: &usize| match horizon {
            Some(horizon) => (line.finish[*t] - horizon) as f64,
            None => (line.finish[*t] - self.inst.deadline[*t]) as f64 * self.inst.weight[*t],
        };
        let open = (0..self.inst.tasks()).filter(|t| line.agent[*t] != NONE && !is_given_up[*t]);
        open.filter(|t| over(t) > 0.0).max_by(|a, b| over(a).total_cmp(&over(b)).then(a.cmp(b)))
    }

    /// Takes one step that lets a task finish sooner; false where none is found.
    fn relieve(&mut self, last: usize) -> bool {
        let end = self.sequence.timeline.finish[last];
        let path = critical::path_to(self.inst, &self.sequence, last as u32);
        let mut held: Option<usize> = None;
        for t in path.into_iter().map(|t| t as usize) {
            let line = &self.sequence.timeline;
            let finish = line.finish[t];
            let waits = held.filter(|h| self.inst.preds.row(*h).iter().all(|(p, _)| *p as usize != t));
            // Who only holds an agent up may go where it is later itself, as long as nothing gets late by it.
            let spare = self.due.as_ref().map_or(end - self.tail[t] - 1, |due| due[t]);
            let by = if waits.is_some() { finish.max(spare) } else { finish - 1 };
            if waits.is_some_and(|h| self.overtake(h, t)) {
                return true;
            }
            for c in self.agents(t, by) {
                if self.send(t, &c, end) {
                    return true;
                }
                if self.is_spent() {
                    return false;
                }
            }
            held = Some(t);
        }
        false
    }

    /// Puts a task before one that it waits for.
    fn overtake(&mut self, t: usize, before: usize) -> bool {
        let (from, to) = (self.sequence.position[t] as usize, self.sequence.position[before] as usize);
        let (low, _) = self.sequence.span(t, 0);
        let runs = self.inst.runs_until[before] >= 0;
        !runs && to < from && self.attempt(Some((from, to.max(low))), &[])
    }

    /// Other agents that could finish a task by a moment, those first that do so soonest.
    fn agents(&self, t: usize, by: Ms) -> Vec<Choice> {
        let (inst, line) = (self.inst, &self.sequence.timeline);
        let (unit, own) = (inst.unit_of[t] as usize, line.agent[t]);
        let (mut open, mut busy) = (Vec::new(), Vec::new());
        if inst.runs_until[t] >= 0 {
            return Vec::new();
        }
        for c in inst.choices(t).iter().filter(|c| c.agent != own) {
            let ready = line.ready(t, c.agent);
            if ready.saturating_add(c.work) > by || !self.packing.room.fits_apart(unit, c.agent) {
                continue;
            }
            let finish = line.earliest_on_slots(c.agent, ready, c.work) + c.work;
            if finish <= by {
                open.push((finish, c));
            } else {
                busy.push((ready + c.work, c));
            }
        }
        for (list, count) in [(&mut open, OPEN), (&mut busy, BUSY)] {
            list.sort_by_key(|(finish, c)| (*finish, c.agent));
            list.truncate(count);
        }
        open.into_iter().chain(busy).map(|found| found.1).collect()
    }

    /// Sends a task's unit to another agent, in its turn or before all that it need not wait for.
    fn send(&mut self, t: usize, c: &Choice, end: Ms) -> bool {
        let unit = self.inst.unit_of[t] as usize;
        let Some(whole) = self.inst.unit_choice(unit, c.agent) else { return false };
        let line = &self.sequence.timeline;
        let finish = |u: usize, c: &Choice| {
            let first = self.inst.units.row(u)[0] as usize;
            let ready = line.ready(first, c.agent);
            let finish = line.earliest_on_slots(c.agent, ready, c.work).saturating_add(c.work).min(NEVER);
            let is_late = self.due.is_none() && finish + self.tail[first] >= end;
            if is_late { f64::INFINITY } else { finish as f64 }
        };
        let before = (self.most - self.sequence.timeline.work.min(self.most)) * LOOKS;
        let mut left = before;
        let moved = self.packing.seat(unit, whole, &finish, &mut left);
        self.sequence.timeline.work += (before - left) / LOOKS;
        let Some(moved) = moved else { return false };
        let from = self.sequence.position[t] as usize;
        let (low, _) = self.sequence.span(t, 0);
        if self.attempt(None, &moved) || low < from && self.attempt(Some((from, low)), &moved) {
            return true;
        }
        self.packing.take_back(moved);
        false
    }

    /// Tries a change of the order beside moves of units that are made already; true where the schedule gains.
    fn attempt(&mut self, shift: Option<(usize, usize)>, moved: &[(usize, Choice)]) -> bool {
        let seats = moved.iter().flat_map(|(u, _)| self.sequence.seats(*u, self.packing.room.agent[*u]));
        let changes: Vec<(u32, Choice)> = seats.collect();
        let fixed = self.of_agents();
        let limit = self.energy * (1.0 - 1e-12) - fixed;
        let is_better = self.sequence.try_change(shift, &changes, limit, self.goal);
        if is_better {
            self.energy = self.sequence.total().energy(self.goal) + fixed;
        }
        is_better
    }

    fn is_spent(&self) -> bool {
        self.sequence.timeline.work >= self.most
    }

    /// The terms of the energy that depend on agents only.
    fn of_agents(&self) -> f64 {
        let goal = self.goal;
        let cost = if goal.cost > 0.0 { goal.cost * self.packing.cost() as f64 } else { 0.0 };
        cost + if goal.peak > 0.0 { goal.peak * self.packing.peak() } else { 0.0 }
    }
}
