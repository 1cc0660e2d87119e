//! Simulated annealing over orders and agents (Kirkpatrick, Gelatt, Vecchi 1983; van Laarhoven, Aarts,
//! Lenstra 1992): one task is moved in the order, to another agent, or both; critical and late tasks more
//! often than others. The acceptance threshold is drawn first, so a replay stops once it must exceed it.

use super::{Goal, Rng, Sequence};
use crate::{
    model::Ms,
    schedule::{Choice, Instance, Room},
};

/// How a descent is to go.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Elementary steps it may take.
    pub work: u64,
    /// First temperature as a share of the mean energy of one task.
    pub hot: f64,
    /// Last temperature, likewise.
    pub cold: f64,
    /// Agents may change.
    pub reassign: bool,
    /// Seed of the draws.
    pub seed: u64,
}

/// What no schedule can beat: once the goal's first component is there, only tie-breaks are left to gain.
#[derive(Debug, Clone, Copy)]
pub struct Floor {
    /// Makespan, ms.
    pub makespan: Ms,
    /// Weighted tardiness, priority ms.
    pub tardiness: f64,
}

/// The search's state.
struct Annealer<'s, 'i> {
    inst: &'i Instance<'i>,
    goal: &'s Goal,
    sequence: &'s mut Sequence<'i>,
    room: &'s mut Room<'i>,
    rng: Rng,
    /// Scaled cost of the placed tasks.
    cost: f64,
    /// First position that may change: the tasks before run already.
    first: usize,
    critical: Vec<u32>,
    stale: bool,
}

/// The best found: order, agents and energy.
struct Best {
    energy: f64,
    order: Vec<u32>,
    choice: Vec<Choice>,
}

/// Improves a schedule in place; spends a tenth of its work at most once the floor is reached.
pub fn anneal<'i>(
    inst: &'i Instance<'i>,
    sequence: &mut Sequence<'i>,
    room: &mut Room<'i>,
    goal: &Goal,
    plan: &Schedule,
    floor: &Floor,
) {
    if sequence.order.len() < 2 {
        return;
    }
    let first = sequence.order.iter().take_while(|t| inst.runs_until[**t as usize] >= 0).count();
    let mut search = Annealer {
        inst,
        goal,
        rng: Rng::new(plan.seed),
        cost: 0.0,
        first,
        critical: Vec::new(),
        stale: true,
        sequence,
        room,
    };
    if first < search.sequence.order.len() {
        search.run(plan, floor);
    }
}

impl Annealer<'_, '_> {
    fn run(&mut self, plan: &Schedule, floor: &Floor) {
        self.cost = self.sequence.order.iter().map(|t| self.sequence.choice[*t as usize].cost as f64).sum();
        let mut energy = self.sequence.total().energy(self.goal) + self.assigned_energy(0.0);
        let mut best = self.remember(energy);
        let scale = self.scale(energy);
        let begin = self.sequence.timeline.work;
        let cooling = libm::log(plan.cold / plan.hot);
        let mut temperature = plan.hot * scale;
        let mut round = 0u32;
        let mut allowed = if self.is_at(floor) { plan.work / 10 } else { plan.work };
        loop {
            let used = self.sequence.timeline.work - begin;
            if used >= allowed {
                break;
            }
            if round.is_multiple_of(64) {
                if self.inst.limit.is_over() {
                    break;
                }
                temperature = plan.hot * scale * libm::exp(cooling * used as f64 / plan.work as f64);
            }
            round += 1;
            // A draw costs something even where it leads nowhere.
            self.sequence.timeline.work += 4;
            let limit = energy - temperature * libm::log(self.rng.unit());
            if let Some(found) = self.step(plan, limit) {
                energy = found;
                self.stale = true;
                if energy < best.energy - 1e-9 {
                    best = self.remember(energy);
                    if allowed == plan.work && self.is_at(floor) {
                        allowed = plan.work.min(used + plan.work / 10);
                    }
                }
            }
        }
        self.recall(best);
    }

    /// True where everything found its time and the component that weighs most is at its floor.
    fn is_at(&self, floor: &Floor) -> bool {
        let total = self.sequence.total();
        let single = self.goal.cost == 0.0 && self.goal.peak == 0.0;
        let tardy = self.goal.tardiness > self.goal.makespan;
        let there = if tardy { total.tardiness <= floor.tardiness } else { total.makespan <= floor.makespan };
        single && total.missing == 0.0 && there
    }

    /// Mean energy that one task adds, the unit of temperatures.
    fn scale(&self, energy: f64) -> f64 {
        let n = self.sequence.order.len() as f64;
        let work: f64 =
            self.sequence.order.iter().map(|t| self.sequence.choice[*t as usize].work as f64).sum::<f64>() / n;
        let weight: f64 = self.sequence.order.iter().map(|t| self.inst.weight[*t as usize]).sum::<f64>() / n;
        let goal = self.goal;
        let unit = goal.makespan * work + goal.tardiness * weight * work + goal.cost * self.cost / n;
        unit.min(energy.abs().max(1e-9)).max(1e-12)
    }

    /// The terms of the energy that depend on agents only, `extra` cost included.
    fn assigned_energy(&self, extra: f64) -> f64 {
        let mut out = self.goal.cost * (self.cost + extra);
        if self.goal.peak > 0.0 {
            out += self.goal.peak * self.inst.gauge.peak(self.inst, self.room);
        }
        out
    }

    /// Tries one change; the new energy where it was accepted.
    fn step(&mut self, plan: &Schedule, limit: f64) -> Option<f64> {
        let t = self.pick();
        if plan.reassign && self.inst.choices(t).width() > 1 && self.rng.one_in(2) {
            self.step_agent(t, limit)
        } else {
            self.step_order(t, limit)
        }
    }

    /// A task to move: every other time one that binds.
    fn pick(&mut self) -> usize {
        if self.rng.one_in(2) {
            if self.stale {
                self.find_critical();
            }
            if !self.critical.is_empty() {
                return self.critical[self.rng.below(self.critical.len())] as usize;
            }
        }
        let i = self.first + self.rng.below(self.sequence.order.len() - self.first);
        self.sequence.order[i] as usize
    }

    fn step_order(&mut self, t: usize, limit: f64) -> Option<f64> {
        let from = self.sequence.position[t] as usize;
        let (low, high) = self.sequence.span(t, self.first);
        if low >= high {
            return None;
        }
        let to = self.position_near(from, low, high);
        if to == from {
            return None;
        }
        let fixed = self.assigned_energy(0.0);
        let accepted = self.sequence.try_change(Some((from, to)), &[], limit - fixed, self.goal);
        accepted.then(|| self.sequence.total().energy(self.goal) + fixed)
    }

    /// A position within the span: mostly near, now and then anywhere.
    fn position_near(&mut self, from: usize, low: usize, high: usize) -> usize {
        if self.rng.one_in(4) {
            return low + self.rng.below(high - low + 1);
        }
        let reach = 1 + self.rng.below(12);
        if self.rng.one_in(2) { from.saturating_sub(reach).max(low) } else { (from + reach).min(high) }
    }

    fn step_agent(&mut self, t: usize, limit: f64) -> Option<f64> {
        let unit = self.inst.unit_of[t] as usize;
        let old = self.inst.unit_choice(unit, self.room.agent[unit])?;
        let row = self.inst.unit_choices(unit);
        let new = row.at(self.rng.below(row.width()))?;
        if new.agent == old.agent {
            return None;
        }
        self.room.give(unit, &old);
        if !self.room.fits(unit, &new) {
            self.room.take(unit, &old);
            return self.step_swap(t, unit, old, new, limit);
        }
        self.room.take(unit, &new);
        let changes: Vec<(u32, Choice)> = self.sequence.seats(unit, new.agent).collect();
        let shift = self.shift_too(t);
        let extra = (new.cost - old.cost) as f64;
        let fixed = self.assigned_energy(extra);
        if self.sequence.try_change(shift, &changes, limit - fixed, self.goal) {
            self.cost += extra;
            return Some(self.sequence.total().energy(self.goal) + fixed);
        }
        self.room.give(unit, &new);
        self.room.take(unit, &old);
        None
    }

    /// Exchanges the agents of two units where one alone has no room.
    fn step_swap(&mut self, t: usize, unit: usize, old: Choice, new: Choice, limit: f64) -> Option<f64> {
        let open = &self.sequence.order[self.first..];
        let (before, from) = open.split_at(self.rng.below(open.len()));
        let there = |t: &&u32| self.room.agent[self.inst.unit_of[**t as usize] as usize] == new.agent;
        let other = *from.iter().chain(before).find(there)? as usize;
        let guest = self.inst.unit_of[other] as usize;
        let theirs = self.inst.unit_choice(guest, new.agent)?;
        let mine = self.inst.unit_choice(guest, old.agent)?;
        self.room.give(unit, &old);
        self.room.give(guest, &theirs);
        let mut accepted = None;
        if self.room.fits(unit, &new) {
            self.room.take(unit, &new);
            if self.room.fits(guest, &mine) {
                self.room.take(guest, &mine);
                let seats = self.sequence.seats(unit, new.agent).chain(self.sequence.seats(guest, old.agent));
                let changes: Vec<(u32, Choice)> = seats.collect();
                let shift = self.shift_too(t);
                let extra = (new.cost - old.cost + mine.cost - theirs.cost) as f64;
                let fixed = self.assigned_energy(extra);
                if self.sequence.try_change(shift, &changes, limit - fixed, self.goal) {
                    self.cost += extra;
                    accepted = Some(self.sequence.total().energy(self.goal) + fixed);
                } else {
                    self.room.give(guest, &mine);
                }
            }
            if accepted.is_none() {
                self.room.give(unit, &new);
            }
        }
        if accepted.is_none() {
            self.room.take(unit, &old);
            self.room.take(guest, &theirs);
        }
        accepted
    }

    /// A change of agent goes with a change of position every other time.
    fn shift_too(&mut self, t: usize) -> Option<(usize, usize)> {
        let (low, high) = self.sequence.span(t, self.first);
        if low >= high || self.rng.one_in(2) {
            return None;
        }
        let from = self.sequence.position[t] as usize;
        let to = self.position_near(from, low, high);
        (to != from).then_some((from, to))
    }

    /// The tasks that bind now: those late, or those on the path that ends last.
    fn find_critical(&mut self) {
        self.stale = false;
        self.critical.clear();
        let line = &self.sequence.timeline;
        if self.goal.tardiness > 0.0 {
            let late = |t: &&u32| line.finish[**t as usize] > self.inst.deadline[**t as usize];
            self.critical.extend(self.sequence.order[self.first..].iter().filter(late));
        }
        if self.goal.makespan >= self.goal.tardiness {
            let path = super::critical::path(self.inst, self.sequence);
            let first = self.first;
            self.critical.extend(path.iter().filter(|t| self.sequence.position[**t as usize] as usize >= first));
            self.sequence.timeline.work += self.sequence.order.len() as u64 / 8;
        }
    }

    fn remember(&self, energy: f64) -> Best {
        Best { energy, order: self.sequence.order.clone(), choice: self.sequence.choice.clone() }
    }

    fn recall(&mut self, best: Best) {
        let work = self.sequence.timeline.work;
        *self.sequence = Sequence::new(self.inst, best.order, best.choice);
        self.sequence.timeline.work += work;
        self.sequence.seat(self.room);
    }
}
