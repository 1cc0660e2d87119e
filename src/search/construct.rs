//! List scheduling: tasks by priority, predecessors first, each on the agent that finishes it best
//! (HEFT: Topcuoglu, Hariri, Wu 2002), within the room that the units not yet scheduled keep reserved.

use std::{cmp::Ordering, collections::BinaryHeap};

use super::{Goal, Sequence};
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, Instance, NONE, Room, Timeline},
};

/// A task that could be next: the greatest rank first, of equals the least id.
#[derive(PartialEq)]
struct Next(f64, u32);

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(other.1.cmp(&self.1))
    }
}

/// Orders the tasks of assigned units by `rank`, greatest first and predecessors before successors; tasks
/// that run already come first.
pub fn order_by(inst: &Instance<'_>, room: &Room<'_>, rank: &[f64]) -> Vec<u32> {
    let active = |t: usize| room.agent[inst.unit_of[t] as usize] != NONE;
    let key = |t: usize| Next(if inst.runs_until[t] >= 0 { f64::INFINITY } else { rank[t] }, t as u32);
    let mut open: Vec<u32> = (0..inst.tasks()).map(|t| inst.preds.row(t).len() as u32).collect();
    let mut ready: BinaryHeap<Next> = (0..inst.tasks()).filter(|t| open[*t] == 0).map(key).collect();
    let mut out = Vec::with_capacity(inst.tasks());
    while let Some(Next(_, t)) = ready.pop() {
        if active(t as usize) {
            out.push(t);
        }
        for (s, _) in inst.succs.row(t as usize) {
            open[*s as usize] -= 1;
            if open[*s as usize] == 0 {
                ready.push(key(*s as usize));
            }
        }
    }
    out
}

/// Schedules in the given order, each unit on the agent that `room` gives it.
pub fn keep_agents<'i>(inst: &'i Instance<'i>, room: &Room<'i>, order: Vec<u32>) -> Sequence<'i> {
    let mut choice = vec![Choice { agent: NONE, work: 0, load: 0, cost: 0 }; inst.tasks()];
    for t in &order {
        let agent = room.agent[inst.unit_of[*t as usize] as usize];
        if let Some(c) = inst.choice(*t as usize, agent) {
            choice[*t as usize] = c;
        }
    }
    Sequence::new(inst, order, choice)
}

/// Schedules in the given order, moving each unit to the agent that finishes its first task best while
/// all other units keep their room. Returns the schedule; `room` follows it.
pub fn choose_agents<'i>(inst: &'i Instance<'i>, room: &mut Room<'i>, order: Vec<u32>, goal: &Goal) -> Sequence<'i> {
    let mut calendars = Calendars { timeline: Timeline::new(inst), free: Free::new(inst) };
    let mut reserve = Reserve::new(inst, room);
    let mut options = BinaryHeap::new();
    for t in &order {
        let (t, unit) = (*t as usize, inst.unit_of[*t as usize] as usize);
        let seed = room.agent[unit];
        let best = if std::mem::replace(&mut reserve.settled[unit], true) {
            inst.choice(t, seed).and_then(|c| {
                let ready = calendars.timeline.ready(t, seed);
                calendars.timeline.earliest(t, &c, ready).map(|start| (c, start))
            })
        } else {
            best_choice(inst, room, &mut reserve, &mut calendars, t, goal, &mut options)
        };
        if let Some((c, start)) = best {
            calendars.timeline.place(t, &c, start);
        }
    }
    keep_agents(inst, room, order)
}

/// The best start over all agents with room for the task's unit, which moves there.
fn best_choice<'i>(
    inst: &'i Instance<'i>,
    room: &mut Room<'i>,
    reserve: &mut Reserve,
    calendars: &mut Calendars<'i>,
    t: usize,
    goal: &Goal,
    options: &mut BinaryHeap<Candidate>,
) -> Option<(Choice, Ms)> {
    let unit = inst.unit_of[t] as usize;
    let seed = inst.unit_choice(unit, room.agent[unit])?;
    let single = inst.units.row(unit).len() == 1;
    room.give(unit, &seed);
    gather(inst, calendars, t, goal, single, options);
    let mut best: Option<(f64, Choice, Ms)> = None;
    let mut evictions = EVICTIONS;
    while let Some(Candidate { score: least, choice: c, start: ready, on_agent }) = options.pop() {
        if best.is_some_and(|b| b.0 <= least) || ready >= NEVER {
            break;
        }
        // With nobody left to clear, only the seed and agents with room are worth a look.
        if single && evictions <= 1 && c.agent != seed.agent && !room.fits(unit, &c) {
            continue;
        }
        if !on_agent {
            // Its turn by what cannot be beaten: only now is the agent's calendar worth a look.
            let start = calendars.timeline.earliest_on_agent(t, &c, ready);
            if start > ready {
                calendars.free.look_again(&calendars.timeline, &c);
            }
            let score = score_of(inst, goal, t, &c, start);
            options.push(Candidate { score, choice: c, start, on_agent: true });
            continue;
        }
        let Some(whole) = (if single { Some(c) } else { inst.unit_choice(unit, c.agent) }) else { continue };
        if c.agent != seed.agent && !room.fits(unit, &whole) {
            evictions -= i32::from(evictions > 0);
            // The room of the seed and of the best so far stays taken meanwhile: the unit falls back on them.
            let known = best.and_then(|b| inst.unit_choice(unit, b.1.agent)).filter(|b| b.agent != seed.agent);
            let held = [Some(seed), known];
            held.iter().flatten().for_each(|c| room.take(unit, c));
            let made = evictions > 0 && reserve.make_room(inst, room, unit, &whole);
            held.iter().flatten().for_each(|c| room.give(unit, c));
            if !made {
                continue;
            }
        }
        if let Some(start) = calendars.timeline.earliest(t, &c, ready) {
            let score = score_of(inst, goal, t, &c, start);
            if best.is_none_or(|b| score < b.0) {
                best = Some((score, c, start));
            }
        }
    }
    let agent = best.map_or(seed.agent, |b| b.1.agent);
    room.take(unit, &inst.unit_choice(unit, agent).unwrap_or(seed));
    best.map(|(_, c, start)| (c, start))
}

/// An agent for a task: what it scores at best, or on the agent's calendar.
#[derive(PartialEq)]
struct Candidate {
    score: f64,
    choice: Choice,
    start: Ms,
    on_agent: bool,
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

/// The schedule so far, and what is known of its gaps.
struct Calendars<'i> {
    timeline: Timeline<'i>,
    free: Free,
}

/// When each agent has first had a gap for runs of a length, as far as it was looked at: as calendars only fill, no gap
/// comes before.
struct Free {
    /// By agent, then by the greatest power of two within the run.
    from: Vec<[Ms; POWERS]>,
}

/// Powers of two that are told apart.
const POWERS: usize = 40;

impl Free {
    fn new(inst: &Instance<'_>) -> Self {
        Self { from: vec![[0; POWERS]; inst.agents.len()] }
    }

    fn power(work: Ms) -> usize {
        (work.max(1).ilog2() as usize).min(POWERS - 1)
    }

    /// No run of the choice starts before.
    fn of(&self, c: &Choice) -> Ms {
        self.from[c.agent as usize][Self::power(c.work)]
    }

    /// Looks at the agent's calendar again.
    fn look_again(&mut self, timeline: &Timeline<'_>, c: &Choice) {
        let power = Self::power(c.work);
        let from = &mut self.from[c.agent as usize][power];
        *from = timeline.earliest_on_slots(c.agent, *from, (1 << power).min(c.work));
    }
}

/// The agents of a task, each with what its inputs and the shared resources allow at best.
fn gather(
    inst: &Instance<'_>,
    calendars: &Calendars<'_>,
    t: usize,
    goal: &Goal,
    single: bool,
    options: &mut BinaryHeap<Candidate>,
) {
    let mut row = std::mem::take(options).into_vec();
    row.clear();
    let unit = inst.unit_of[t] as usize;
    for choice in inst.choices(t).iter().filter(|c| single || inst.unit_choice(unit, c.agent).is_some()) {
        let start = calendars.timeline.ready(t, choice.agent);
        if start < NEVER {
            let start = if inst.runs_until[t] >= 0 { start } else { start.max(calendars.free.of(&choice)) };
            row.push(Candidate { score: 0.0, choice, start, on_agent: false });
        }
    }
    let shared = soonest_shared(inst, &calendars.timeline, t, &row);
    for option in &mut row {
        option.start = option.start.max(shared);
        option.score = score_of(inst, goal, t, &option.choice, option.start);
    }
    *options = BinaryHeap::from(row);
}

/// Agents without room that a task may try to clear.
const EVICTIONS: i32 = 6;

/// Units not scheduled yet, by the agent that keeps room for them.
struct Reserve {
    settled: Vec<bool>,
    on: Vec<Vec<u32>>,
}

impl Reserve {
    fn new(inst: &Instance<'_>, room: &Room<'_>) -> Self {
        let mut on = vec![Vec::new(); inst.agents.len()];
        for (unit, agent) in room.agent.iter().enumerate().filter(|(_, a)| **a != NONE) {
            on[*agent as usize].push(unit as u32);
        }
        Self { settled: vec![false; inst.units.len()], on }
    }

    /// Moves units that only keep room on the agent elsewhere until `unit` fits; the seeds of those that
    /// moved change for good, which does no harm: they still fit.
    fn make_room(&mut self, inst: &Instance<'_>, room: &mut Room<'_>, unit: usize, c: &Choice) -> bool {
        let mut tries = 8;
        let mut i = 0;
        while i < self.on[c.agent as usize].len() && tries > 0 {
            if room.fits(unit, c) {
                return true;
            }
            let guest = self.on[c.agent as usize][i] as usize;
            if self.settled[guest] || room.agent[guest] != c.agent {
                self.on[c.agent as usize].swap_remove(i);
                continue;
            }
            tries -= 1;
            i += 1;
            let Some(old) = inst.unit_choice(guest, c.agent) else { continue };
            room.give(guest, &old);
            let mut others = inst.unit_choices(guest).after(c.agent);
            let elsewhere = others.find(|x| x.agent != c.agent && room.fits(guest, x));
            match elsewhere {
                Some(new) => {
                    room.take(guest, &new);
                    self.on[new.agent as usize].push(guest as u32);
                    i -= 1;
                    self.on[c.agent as usize].swap_remove(i);
                }
                None => room.take(guest, &old),
            }
        }
        room.fits(unit, c)
    }
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

fn score_of(inst: &Instance<'_>, goal: &Goal, t: usize, c: &Choice, start: Ms) -> f64 {
    let finish = start.saturating_add(c.work).min(NEVER);
    goal.makespan * finish as f64
        + goal.tardiness * inst.weight[t] * (finish - inst.deadline[t]).max(0) as f64
        + goal.cost * c.cost as f64
}
