//! A descent from the carried plan: units that bind go to better agents one by one, alone or in exchange,
//! each for a gain that is worth a move; tasks may also change their place in the order, which is no move.

use super::{
    super::{draft::Draft, lists::least},
    Limits,
    carry::Carried,
    worth::Worth,
};
use crate::{
    model::NEVER,
    schedule::{Choice, Instance, NONE},
    search::critical,
};

/// Units looked at in one round, and agents tried for each.
const ROUND: usize = 200;
const AGENTS: usize = 6;
/// Units of an agent without room that an exchange tries.
const GUESTS: usize = 8;

/// What the descent tells beside its plan.
#[derive(Debug)]
pub struct Tried {
    /// As in [`Carried`].
    pub home: Vec<u32>,
    /// By unit away from home: what the objective would lose if it alone went back.
    pub bought: Vec<f64>,
    /// Moves → least objective, falling.
    pub frontier: Vec<(usize, f64)>,
}

/// The state of the descent.
pub struct Descent<'i> {
    inst: &'i Instance<'i>,
    worth: Worth,
    draft: Draft<'i>,
    home: Vec<u32>,
    /// Least scaled cost of each unit, on some of its agents where they are many; empty where cost does not count.
    least: Vec<i64>,
    /// Scaled cost of what is placed.
    cost: f64,
    energy: f64,
    /// Tasks away from home, and how many may be.
    moves: usize,
    most: usize,
    /// Energy that each moved task must gain.
    price: f64,
    frontier: Vec<(usize, f64)>,
}

/// Units and where they go.
type Steps<'s> = &'s [(usize, Choice)];

impl<'i> Descent<'i> {
    /// Begins at the carried plan.
    pub fn new(inst: &'i Instance<'i>, worth: Worth, carried: Carried<'i>, limits: Limits) -> Self {
        let Carried { draft, home } = carried;
        let cost = Worth::cost(&draft.sequence);
        let energy = worth.energy(inst, &draft);
        let value = worth.objective(inst, &draft);
        // By default a move buys a tenth of the objective's mean, and of all that only breaks ties.
        let mean = value / inst.tasks().max(1) as f64;
        let missing = worth.goal.missing * draft.sequence.total().missing;
        let ties = (energy - missing - worth.unit * value).max(0.0);
        let usual = f64::max(worth.unit * mean, ties) / 10.0;
        let counts = worth.goal.cost > 0.0;
        let cheapest = |u: usize| inst.unit_choices(u).some().map(|c| c.cost).min().unwrap_or(0);
        let mut out = Self {
            inst,
            least: if counts { (0..inst.units.len()).map(cheapest).collect() } else { Vec::new() },
            price: limits.stability.map_or(usual, |stability| worth.unit * stability).max(0.0),
            worth,
            home,
            cost,
            energy,
            moves: 0,
            most: limits.max_moves.unwrap_or(usize::MAX),
            frontier: Vec::new(),
            draft,
        };
        out.moves = (0..inst.units.len()).map(|u| out.away(u, out.draft.room.agent[u])).sum();
        out.frontier.push((out.moves, value));
        out
    }

    /// Tasks of a unit that count as moved if it is on `agent`.
    fn away(&self, unit: usize, agent: u32) -> usize {
        let moved = self.home[unit] != NONE && agent != NONE && agent != self.home[unit];
        if moved { self.inst.units.row(unit).len() } else { 0 }
    }

    /// Descends until nothing more is worth it, or `work` steps are spent.
    pub fn run(&mut self, work: u64) {
        let end = self.draft.sequence.timeline.work + work;
        loop {
            let before = self.energy;
            for unit in self.binding() {
                if self.draft.sequence.timeline.work >= end || self.inst.limit.is_over() {
                    return;
                }
                if !self.better_agent(unit) {
                    self.better_position(unit);
                }
            }
            let fell = self.energy < before;
            if !fell {
                return;
            }
        }
    }

    /// The plan alone.
    pub fn into_draft(self) -> Draft<'i> {
        self.draft
    }

    /// Sends home whoever is not worth its move, and tells what the others bought.
    pub fn finish(mut self) -> (Draft<'i>, Tried) {
        let mut bought = vec![0.0; self.home.len()];
        for (unit, bought) in bought.iter_mut().enumerate() {
            if self.away(unit, self.draft.room.agent[unit]) > 0 {
                *bought = self.loss_at_home(unit);
            }
        }
        (self.draft, Tried { home: self.home, bought, frontier: self.frontier })
    }

    /// What the objective loses if a unit goes back alone; 0 where its home has no room any more. Where
    /// nothing but what comes after the objective loses, and less than a move's price, it stays at home.
    fn loss_at_home(&mut self, unit: usize) -> f64 {
        let back = self.inst.unit_choice(unit, self.home[unit]);
        let here = self.inst.unit_choice(unit, self.draft.room.agent[unit]);
        let (Some(back), Some(here)) = (back, here) else { return 0.0 };
        let (energy, cost, moves) = (self.energy, self.cost, self.moves);
        let frontier = self.frontier.clone();
        let now = self.worth.objective(self.inst, &self.draft);
        if !self.go(&[(unit, back)], None, f64::INFINITY) {
            return 0.0;
        }
        let loss = self.worth.objective(self.inst, &self.draft) - now;
        let noise = now.abs() * 1e-12;
        if loss <= noise && (self.energy - energy <= noise * self.worth.unit || self.energy - energy < self.price) {
            return 0.0;
        }
        self.go(&[(unit, here)], None, f64::INFINITY);
        (self.energy, self.cost, self.moves, self.frontier) = (energy, cost, moves, frontier);
        loss.max(0.0)
    }

    /// Units that bind, those first from which most is to be had.
    fn binding(&self) -> Vec<usize> {
        let mut gain = vec![0.0f64; self.inst.units.len()];
        self.add_cost(&mut gain);
        self.add_peak(&mut gain);
        self.add_times(&mut gain);
        let runs = |u: usize| self.inst.units.row(u).iter().any(|t| self.inst.runs_until[*t as usize] >= 0);
        let mut order: Vec<usize> = (0..gain.len()).filter(|u| gain[*u] > 0.0 && !runs(*u)).collect();
        order.sort_by(|a, b| gain[*b].total_cmp(&gain[*a]).then(a.cmp(b)));
        order.truncate(ROUND);
        order
    }

    fn add_cost(&self, gain: &mut [f64]) {
        for (unit, least) in self.least.iter().enumerate() {
            if let Some(now) = self.inst.unit_choice(unit, self.draft.room.agent[unit]) {
                gain[unit] += self.worth.goal.cost * (now.cost - least) as f64;
            }
        }
    }

    fn add_peak(&self, gain: &mut [f64]) {
        if self.worth.goal.peak == 0.0 {
            return;
        }
        let levels: Vec<f64> =
            (0..self.inst.agents.len()).map(|a| self.inst.gauge.of(self.inst, &self.draft.room, a)).collect();
        let peak = self.inst.gauge.peak(self.inst, &self.draft.room);
        for (unit, gain) in gain.iter_mut().enumerate() {
            let agent = self.draft.room.agent[unit];
            if agent != NONE && levels[agent as usize] >= 0.95 * peak {
                *gain += self.worth.goal.peak * (levels[agent as usize] - 0.94 * peak);
            }
        }
    }

    fn add_times(&self, gain: &mut [f64]) {
        let line = &self.draft.sequence.timeline;
        let goal = &self.worth.goal;
        if goal.tardiness > 0.0 {
            for t in (0..self.inst.tasks()).filter(|t| line.agent[*t] != NONE) {
                let late = (line.finish[t] - self.inst.deadline[t]).max(0) as f64;
                gain[self.inst.unit_of[t] as usize] += goal.tardiness * self.inst.weight[t] * late;
            }
        }
        if goal.makespan > 1e-6 * goal.tardiness.max(goal.cost).max(goal.peak) {
            for t in critical::path(self.inst, &self.draft.sequence) {
                let work = self.draft.sequence.choice[t as usize].work;
                gain[self.inst.unit_of[t as usize] as usize] += goal.makespan * work as f64;
            }
        }
    }

    /// The best agents for a unit, by what it alone would come to there.
    fn alternatives(&self, unit: usize) -> Vec<Choice> {
        let goal = &self.worth.goal;
        let line = &self.draft.sequence.timeline;
        let first = self.inst.units.row(unit)[0] as usize;
        let timed = goal.tardiness > 0.0 || goal.makespan > 1e-6 * goal.cost.max(goal.peak);
        let score = |c: &Choice| {
            let mut sum = goal.cost * c.cost as f64;
            if goal.peak > 0.0 {
                sum += goal.peak * self.inst.gauge.with(self.inst, &self.draft.room, unit, c);
            }
            if timed {
                let ready = line.ready(first, c.agent);
                let finish = line.earliest_on_slots(c.agent, ready, c.work).saturating_add(c.work).min(NEVER);
                let late = (finish - self.inst.deadline[first]).max(0) as f64;
                sum += goal.makespan * finish as f64 + goal.tardiness * self.inst.weight[first] * late;
            }
            sum
        };
        let here = self.draft.room.agent[unit];
        let others = self.inst.unit_choices(unit).iter().filter(|c| c.agent != here);
        least(others.map(|c| (score(&c), c)), AGENTS)
    }

    /// Moves a unit to a better agent, in exchange where there is no room; true where it went.
    fn better_agent(&mut self, unit: usize) -> bool {
        for new in self.alternatives(unit) {
            if self.go(&[(unit, new)], None, self.energy) || self.exchange(unit, new) {
                return true;
            }
        }
        false
    }

    fn exchange(&mut self, unit: usize, new: Choice) -> bool {
        let Some(old) = self.inst.unit_choice(unit, self.draft.room.agent[unit]) else { return false };
        if self.draft.room.fits(unit, &new) {
            return false;
        }
        let room = &self.draft.room;
        let there = (0..room.agent.len()).filter(|v| room.agent[*v] == new.agent);
        let mut guests: Vec<(i64, usize)> =
            there.filter_map(|v| self.inst.unit_choice(v, new.agent).map(|c| ((c.load - new.load).abs(), v))).collect();
        guests.sort_unstable();
        guests.truncate(GUESTS);
        for (_, guest) in guests {
            let Some(back) = self.inst.unit_choice(guest, old.agent) else { continue };
            if self.go(&[(unit, new), (guest, back)], None, self.energy) {
                return true;
            }
        }
        false
    }

    /// Moves a unit's first task forward in the order where that gains.
    fn better_position(&mut self, unit: usize) {
        let goal = &self.worth.goal;
        if goal.cost.max(goal.peak) * 1e-6 > goal.makespan + goal.tardiness {
            return;
        }
        let t = self.inst.units.row(unit)[0] as usize;
        if self.draft.sequence.position[t] == NONE {
            return;
        }
        let first = self.draft.sequence.order.iter().take_while(|t| self.inst.runs_until[**t as usize] >= 0).count();
        let from = self.draft.sequence.position[t] as usize;
        let (low, _) = self.draft.sequence.span(t, first);
        for to in [from.saturating_sub(1), usize::midpoint(low, from), low] {
            if to >= low && to < from && self.go(&[], Some((from, to)), self.energy) {
                return;
            }
        }
    }

    /// Carries steps out where the energy ends at least a move's price below `limit`; false, and nothing is
    /// changed, where it does not.
    fn go(&mut self, steps: Steps<'_>, shift: Option<(usize, usize)>, limit: f64) -> bool {
        let room = &self.draft.room;
        let old: Vec<(usize, Choice)> =
            steps.iter().filter_map(|(u, _)| self.inst.unit_choice(*u, room.agent[*u]).map(|c| (*u, c))).collect();
        let before: usize = old.iter().map(|(u, c)| self.away(*u, c.agent)).sum();
        let after: usize = steps.iter().map(|(u, c)| self.away(*u, c.agent)).sum();
        let moves = self.moves + after - before;
        if old.len() < steps.len() || moves > self.most.max(self.moves) || !self.retake(&old, steps) {
            return false;
        }
        let extra: i64 = steps.iter().zip(&old).map(|((_, new), (_, old))| new.cost - old.cost).sum();
        let fixed = self.worth.of_agents(self.inst, &self.draft.room, self.cost + extra as f64);
        let price = self.price * after.saturating_sub(before) as f64;
        // Nothing changes for less than rounding can feign; going home costs nothing.
        let least = if steps.is_empty() || after > before { self.energy.abs() * 1e-12 } else { 0.0 };
        let sequence = &self.draft.sequence;
        let changes: Vec<(u32, Choice)> = steps.iter().flat_map(|(u, c)| sequence.seats(*u, c.agent)).collect();
        let allowed = limit - price - least - fixed;
        // Times cost something, so that agents alone may cost too much.
        if allowed < 0.0 || !self.draft.sequence.try_change(shift, &changes, allowed, &self.worth.goal) {
            self.retake(steps, &old);
            return false;
        }
        self.cost += extra as f64;
        self.energy = self.draft.sequence.total().energy(&self.worth.goal) + fixed;
        self.moves = moves;
        self.note();
        true
    }

    /// Takes units off the agents of `from` and puts them on those of `to`; all back where one does not fit.
    fn retake(&mut self, from: Steps<'_>, to: Steps<'_>) -> bool {
        for (u, c) in from {
            self.draft.room.give(*u, c);
        }
        for (i, (u, c)) in to.iter().enumerate() {
            if !self.draft.room.fits(*u, c) {
                for (u, c) in &to[..i] {
                    self.draft.room.give(*u, c);
                }
                for (u, c) in from {
                    self.draft.room.take(*u, c);
                }
                return false;
            }
            self.draft.room.take(*u, c);
        }
        true
    }

    /// Notes the objective that this number of moves reaches.
    fn note(&mut self) {
        let value = self.worth.objective(self.inst, &self.draft);
        match self.frontier.iter_mut().find(|f| f.0 == self.moves) {
            Some(known) => known.1 = known.1.min(value),
            None => self.frontier.push((self.moves, value)),
        }
    }
}
