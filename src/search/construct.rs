//! List scheduling: tasks by priority, predecessors first, each on the agent that finishes it best
//! (HEFT: Topcuoglu, Hariri, Wu 2002), within the room that the units not yet scheduled keep reserved.

use std::{cmp::Ordering, collections::BinaryHeap};

use super::{Score, Sequence};
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, Gaps, Instance, NONE, Prospects, Room, Standing, Timeline},
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
pub fn choose_agents<'i>(
    inst: &'i Instance<'i>,
    room: &mut Room<'i>,
    order: Vec<u32>,
    score: &Score<'_, 'i>,
) -> Sequence<'i> {
    let mut calendars = Calendars { timeline: Timeline::new(inst), gaps: Gaps::new(inst) };
    let mut reserve = Reserve::new(inst, room);
    let mut options = Options::new(inst);
    for t in &order {
        let (t, unit) = (*t as usize, inst.unit_of[*t as usize] as usize);
        let seed = room.agent[unit];
        let best = if reserve.settled[unit] {
            inst.choice(t, seed).and_then(|c| {
                let ready = calendars.timeline.ready(t, seed);
                calendars.timeline.earliest(t, &c, ready).map(|start| (c, start))
            })
        } else {
            best_choice(inst, room, &mut reserve, &mut calendars, t, score, &mut options)
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
    score: &Score<'_, 'i>,
    options: &mut Options<'i>,
) -> Option<(Choice, Ms)> {
    let unit = inst.unit_of[t] as usize;
    let seed = inst.unit_choice(unit, room.agent[unit])?;
    let single = inst.units.row(unit).len() == 1;
    reserve.settle(unit, &seed);
    room.give(unit, &seed);
    options.gather((room, reserve), calendars, t, score, single);
    let mut best: Option<(f64, Choice, Ms)> = None;
    let mut evictions = EVICTIONS;
    while let Some(Candidate { score: least, choice: c, start: ready, on_agent }) =
        options.pop(calendars, t, score, evictions > 1)
    {
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
                calendars.gaps.look_again(&calendars.timeline, &c);
            }
            let score = score.at(t, &c, start);
            options.near.push(Candidate { score, choice: c, start, on_agent: true });
            continue;
        }
        let Some(whole) = (if single { Some(c) } else { inst.unit_choice(unit, c.agent) }) else { continue };
        if c.agent != seed.agent && !room.fits(unit, &whole) {
            if !reserve.is_clearable(room, &whole) {
                continue;
            }
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
            let score = score.at(t, &c, start);
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
    gaps: Gaps,
}

/// The agents of one task: those looked at, each with what is known of its start, and those that are not worth it yet.
struct Options<'i> {
    inst: &'i Instance<'i>,
    prospects: Prospects<'i>,
    near: BinaryHeap<Candidate>,
    /// When the shared resources allow the task at the earliest.
    shared: Ms,
}

impl<'i> Options<'i> {
    fn new(inst: &'i Instance<'i>) -> Self {
        Self { inst, prospects: Prospects::new(inst), near: BinaryHeap::new(), shared: 0 }
    }

    /// Turns to a task: all of its agents, or where they are many what no run on them can beat.
    fn gather(
        &mut self,
        (room, reserve): (&Room<'_>, &Reserve),
        calendars: &mut Calendars<'_>,
        t: usize,
        score: &Score<'_, '_>,
        single: bool,
    ) {
        let inst = self.inst;
        self.near.clear();
        self.prospects.clear();
        if single && self.prospects.know(t) {
            let inputs = inst.preds.row(t).iter().map(|(p, _)| calendars.timeline.finish[*p as usize]);
            let ready = inputs.fold(inst.release[t], Ms::max);
            let score = |c: &Choice, finish: Ms| score.of(t, c, finish);
            let load = inst.load_scale.demand(inst.q.snapshot.tasks[t].estimated_load);
            let standing = |agent: u32| match room.load[agent as usize] - load {
                0.. => Standing::Open,
                short if short + reserve.movable[agent as usize] >= 0 => Standing::Full,
                _ => Standing::Closed,
            };
            let soonest = self.prospects.gather(&calendars.gaps, (t, ready), standing, score);
            self.shared = soonest_shared(inst, &mut calendars.timeline, t, soonest, inst.shortest(t));
            return;
        }
        let mut row = std::mem::take(&mut self.near).into_vec();
        let unit = inst.unit_of[t] as usize;
        for choice in inst.choices(t).iter().filter(|c| single || inst.unit_choice(unit, c.agent).is_some()) {
            let start = ready_on(inst, calendars, t, &choice);
            if start < NEVER {
                row.push(Candidate { score: 0.0, choice, start, on_agent: false });
            }
        }
        let soonest = row.iter().map(|o| o.start).min().unwrap_or(0);
        let shortest = row.iter().map(|o| o.choice.work).min().unwrap_or(0);
        self.shared = soonest_shared(inst, &mut calendars.timeline, t, soonest, shortest);
        for option in &mut row {
            option.start = option.start.max(self.shared);
            option.score = score.at(t, &option.choice, option.start);
        }
        self.near = BinaryHeap::from(row);
    }

    /// The most promising candidate, where agents are many also of those without room only where `full`.
    fn pop(&mut self, calendars: &Calendars<'_>, t: usize, score: &Score<'_, '_>, full: bool) -> Option<Candidate> {
        let inst = self.inst;
        loop {
            let most = self.near.peek().map_or(f64::INFINITY, |best| best.score);
            let Some(choice) = self.prospects.next(t, most, full) else { break };
            let start = ready_on(inst, calendars, t, &choice);
            if start < NEVER {
                let start = start.max(self.shared);
                let score = score.at(t, &choice, start);
                self.near.push(Candidate { score, choice, start, on_agent: false });
            }
        }
        self.near.pop()
    }
}

/// When a task's inputs are on an agent and the agent has a gap, as far as its calendar was looked at.
fn ready_on(inst: &Instance<'_>, calendars: &Calendars<'_>, t: usize, c: &Choice) -> Ms {
    let start = calendars.timeline.ready(t, c.agent);
    if inst.runs_until[t] >= 0 { start } else { start.max(calendars.gaps.of(c)) }
}

/// Agents without room that a task may try to clear.
const EVICTIONS: i32 = 6;

/// Units not scheduled yet, by the agent that keeps room for them.
struct Reserve {
    settled: Vec<bool>,
    on: Vec<Vec<u32>>,
    /// Their scaled load.
    movable: Vec<i64>,
}

impl Reserve {
    fn new(inst: &Instance<'_>, room: &Room<'_>) -> Self {
        let mut out = Self {
            settled: vec![false; inst.units.len()],
            on: vec![Vec::new(); inst.agents.len()],
            movable: vec![0; inst.agents.len()],
        };
        for (unit, agent) in room.agent.iter().enumerate().filter(|(_, a)| **a != NONE) {
            if let Some(c) = inst.unit_choice(unit, *agent) {
                out.on[*agent as usize].push(unit as u32);
                out.movable[*agent as usize] += c.load;
            }
        }
        out
    }

    /// False where a choice would be too much load for its agent even if all that only keep room there left it.
    fn is_clearable(&self, room: &Room<'_>, c: &Choice) -> bool {
        c.load <= room.load[c.agent as usize] + self.movable[c.agent as usize]
    }

    /// A unit's turn has come.
    fn settle(&mut self, unit: usize, seed: &Choice) {
        self.settled[unit] = true;
        self.movable[seed.agent as usize] -= seed.load;
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
                    self.movable[c.agent as usize] -= old.load;
                    self.movable[new.agent as usize] += new.load;
                    i -= 1;
                    self.on[c.agent as usize].swap_remove(i);
                }
                None => room.take(guest, &old),
            }
        }
        room.fits(unit, c)
    }
}

/// No start of the task from `ready` on lies before this: the shared resources alone, with the shortest run.
fn soonest_shared(inst: &Instance<'_>, timeline: &mut Timeline<'_>, t: usize, ready: Ms, shortest: Ms) -> Ms {
    if inst.uses.row(t).is_empty() { 0 } else { timeline.earliest_shared(t, shortest, ready) }
}
