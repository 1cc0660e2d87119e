//! Assignment of units to agents, whatever the times: greedy packing, then annealing by shifts, swaps and
//! ejections of one unit by another (Osman 1995; Yagiura, Ibaraki, Glover 2006 for the chains).

use super::Rng;
use crate::schedule::{Choice, Instance, NONE, Room};

/// What an assignment is to be best at, after placing as much as it can.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// Least Σ cost.
    Cost,
    /// Least greatest level of `measure`: the sum of levels to a power that grows with `sharpness`.
    Peak {
        /// What is levelled.
        measure: Measure,
        /// Exponent; 2 is the variance, 32 nearly the maximum.
        sharpness: i32,
        /// No level may exceed this.
        cap: f64,
    },
}

/// The level of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// First moment plus work over slots, ms.
    Work,
    /// Utilization (or load), see [`crate::schedule::Gauge`].
    Utilization,
}

/// An assignment under improvement.
#[derive(Debug, Clone)]
pub struct Assignment<'i> {
    inst: &'i Instance<'i>,
    aim: Aim,
    /// Room left; its `agent` is the assignment.
    pub room: Room<'i>,
    /// Work on each agent, ms.
    pub work: Vec<i64>,
    choice: Vec<Option<Choice>>,
    members: Vec<Vec<u32>>,
    slot: Vec<u32>,
    missing: Vec<u32>,
    weight: Vec<f64>,
    level: Vec<f64>,
    /// Agents worth trying for each unit, the best first; empty means all.
    shortlist: Vec<Vec<Choice>>,
    unit_level: f64,
    unit_cost: f64,
    /// Energy of the assignment.
    pub energy: f64,
    rng: Rng,
    /// The agent that stood highest when last looked at.
    top: usize,
}

/// Energy of a missing unit of priority 1, above what any assignment can save.
const MISSING: f64 = 1e7;

/// One unit's move: to an agent, or out.
type Step = (u32, Option<Choice>);

impl<'i> Assignment<'i> {
    /// Nothing assigned yet.
    pub fn new(inst: &'i Instance<'i>, aim: Aim) -> Self {
        let units = inst.units.len();
        let weight = |u: usize| inst.units.row(u).iter().map(|t| inst.weight[*t as usize] + 1e-4).sum();
        let m = inst.agents.len();
        let mut out = Self {
            inst,
            aim,
            room: Room::new(inst),
            work: vec![0; m],
            choice: vec![None; units],
            members: vec![Vec::new(); m],
            slot: vec![0; units],
            missing: (0..units as u32).collect(),
            weight: (0..units).map(weight).collect(),
            level: vec![0.0; m],
            shortlist: vec![Vec::new(); units],
            unit_level: 1.0,
            unit_cost: 1.0,
            energy: 0.0,
            rng: Rng::new(1),
            top: 0,
        };
        for u in 0..units {
            out.slot[u] = u as u32;
        }
        let mean = |u: usize| {
            let row = inst.unit_choices(u);
            row.iter().map(|c| c.cost as f64).sum::<f64>() / row.len().max(1) as f64
        };
        out.unit_cost = ((0..units).map(mean).sum::<f64>() / units.max(1) as f64).max(1e-9);
        out
    }

    /// Changes the aim and takes the present assignment as the measure of 1.
    pub fn set_aim(&mut self, aim: Aim) {
        self.aim = aim;
        self.unit_level = (0..self.level.len()).map(|a| self.raw_level(a)).fold(0.0, f64::max).max(1e-12);
        for a in 0..self.level.len() {
            self.level[a] = self.level_of(a);
        }
        self.energy = self.level.iter().sum::<f64>()
            + self.choice.iter().flatten().map(|c| self.cost_energy(c)).sum::<f64>()
            + self.missing.iter().map(|u| MISSING * self.weight[*u as usize]).sum::<f64>();
    }

    /// Names the agents that the search is to try most, by unit.
    pub fn prefer(&mut self, unit: usize, choices: Vec<Choice>) {
        self.shortlist[unit] = choices;
    }

    /// An agent to try: mostly of the shortlist, now and then any.
    fn draw(&mut self, unit: usize) -> Option<Choice> {
        let short = &self.shortlist[unit];
        let row = if short.is_empty() || self.rng.one_in(16) { self.inst.unit_choices(unit) } else { short };
        if row.is_empty() { None } else { Some(row[self.rng.below(row.len())]) }
    }

    /// The highest level of the aim's measure.
    pub fn peak(&self) -> f64 {
        (0..self.level.len()).map(|a| self.raw_level(a)).fold(0.0, f64::max)
    }

    /// Scaled cost of all assigned units.
    pub fn cost(&self) -> i64 {
        self.choice.iter().flatten().map(|c| c.cost).sum()
    }

    /// Units without an agent.
    pub fn missing(&self) -> &[u32] {
        &self.missing
    }

    fn raw_level(&self, a: usize) -> f64 {
        if let Aim::Peak { measure: Measure::Utilization, .. } = self.aim {
            if self.inst.gauge.is_touched(a) { self.inst.gauge.of(self.inst, &self.room, a) } else { 0.0 }
        } else {
            let agent = &self.inst.agents[a];
            if self.work[a] == 0 { 0.0 } else { agent.from as f64 + self.work[a] as f64 / f64::from(agent.slots) }
        }
    }

    fn level_of(&self, a: usize) -> f64 {
        let Aim::Peak { sharpness, cap, .. } = self.aim else { return 0.0 };
        let raw = self.raw_level(a);
        let over = if raw > cap { 1e6 * (raw - cap) / self.unit_level } else { 0.0 };
        power(raw / self.unit_level, sharpness) + over
    }

    fn cost_energy(&self, c: &Choice) -> f64 {
        if self.aim == Aim::Cost { c.cost as f64 / self.unit_cost } else { 0.0 }
    }

    /// How full an agent would be with the unit: its utilization, or its load where that is the measure.
    pub fn fullness(&self, unit: usize, c: &Choice) -> f64 {
        self.inst.gauge.with(self.inst, &self.room, unit, c)
    }

    /// Puts a missing unit on an agent with room.
    pub fn put(&mut self, unit: usize, c: &Choice) {
        self.apply(&[(unit as u32, Some(*c))]);
    }

    /// Carries steps out and returns the change of energy.
    fn apply(&mut self, steps: &[Step]) -> f64 {
        let mut delta = 0.0;
        for (unit, new) in steps {
            let u = *unit as usize;
            if let Some(old) = self.choice[u] {
                delta -= self.cost_energy(&old);
                self.room.give(u, &old);
                self.work[old.agent as usize] -= old.work;
                delta += self.relevel(old.agent as usize);
                leave(&mut self.members[old.agent as usize], &mut self.slot, u);
            } else {
                delta -= MISSING * self.weight[u];
                leave(&mut self.missing, &mut self.slot, u);
            }
            self.choice[u] = *new;
            if let Some(new) = new {
                delta += self.cost_energy(new);
                self.room.take(u, new);
                self.work[new.agent as usize] += new.work;
                delta += self.relevel(new.agent as usize);
                join(&mut self.members[new.agent as usize], &mut self.slot, u);
            } else {
                delta += MISSING * self.weight[u];
                join(&mut self.missing, &mut self.slot, u);
            }
        }
        delta
    }

    fn relevel(&mut self, a: usize) -> f64 {
        let new = self.level_of(a);
        let delta = new - self.level[a];
        self.level[a] = new;
        delta
    }

    /// Packs units greedily, the hardest first: each to the agent that `score` likes best of those with room.
    pub fn pack(&mut self, order: &[u32], mut score: impl FnMut(&Self, usize, &Choice) -> f64) {
        for u in order {
            let u = *u as usize;
            let mut best: Option<(f64, Choice)> = None;
            for c in self.inst.unit_choices(u) {
                if self.room.fits(u, c) {
                    let s = score(self, u, c);
                    if best.is_none_or(|b| s < b.0) {
                        best = Some((s, *c));
                    }
                }
            }
            if let Some((_, c)) = best {
                self.put(u, &c);
            }
        }
    }

    /// Anneals for `attempts` changes from temperature `hot` to `cold` (in units of the mean cost, or of the
    /// peak's power) and keeps the best assignment met.
    pub fn anneal(&mut self, attempts: u64, hot: f64, cold: f64, seed: u64) {
        if self.choice.is_empty() || self.inst.agents.len() < 2 && self.missing.is_empty() {
            return;
        }
        self.rng = Rng::new(seed);
        self.set_aim(self.aim);
        let mut best = (self.energy, self.choice.clone());
        let cooling = libm::log(cold / hot);
        let mut temperature = hot;
        for i in 0..attempts {
            if i.is_multiple_of(256) {
                temperature = hot * libm::exp(cooling * i as f64 / attempts as f64);
                self.top = self.highest();
            }
            let limit = -temperature * libm::log(self.rng.unit());
            if self.step(limit) && self.energy < best.0 - 1e-9 {
                best = (self.energy, self.choice.clone());
            }
        }
        self.restore(&best.1);
    }

    fn restore(&mut self, choices: &[Option<Choice>]) {
        let differing: Vec<u32> =
            (0..choices.len()).filter(|u| self.choice[*u] != choices[*u]).map(|u| u as u32).collect();
        let out: Vec<Step> =
            differing.iter().filter(|u| self.choice[**u as usize].is_some()).map(|u| (*u, None)).collect();
        let back: Vec<Step> =
            differing.iter().filter(|u| choices[**u as usize].is_some()).map(|u| (*u, choices[*u as usize])).collect();
        self.energy += self.apply(&out) + self.apply(&back);
    }

    fn highest(&self) -> usize {
        (0..self.level.len()).max_by(|a, b| self.level[*a].total_cmp(&self.level[*b])).unwrap_or(0)
    }

    fn step(&mut self, limit: f64) -> bool {
        let u = self.pick();
        let Some(c) = self.draw(u) else { return false };
        if self.choice[u].is_some_and(|old| old.agent == c.agent) {
            return false;
        }
        if self.room.fits(u, &c) && (self.aim == Aim::Cost || self.choice[u].is_none() || self.rng.one_in(2)) {
            return self.attempt(&[(u as u32, Some(c))], limit);
        }
        self.eject(u, c, limit)
    }

    fn pick(&mut self) -> usize {
        if !self.missing.is_empty() && self.rng.one_in(2) {
            return self.missing[self.rng.below(self.missing.len())] as usize;
        }
        if let Aim::Peak { sharpness, .. } = self.aim
            && sharpness > 2
            && !self.members[self.top].is_empty()
            && self.rng.one_in(2)
        {
            return self.members[self.top][self.rng.below(self.members[self.top].len())] as usize;
        }
        self.rng.below(self.choice.len())
    }

    /// Unit `u` takes the place of another, which goes to `u`'s old agent or to a third.
    fn eject(&mut self, u: usize, c: Choice, limit: f64) -> bool {
        let there = &self.members[c.agent as usize];
        if there.is_empty() {
            return false;
        }
        let v = there[self.rng.below(there.len())] as usize;
        let swap = self.choice[u].filter(|_| !self.rng.one_in(3)).and_then(|old| self.inst.unit_choice(v, old.agent));
        let away = swap.or_else(|| self.draw(v));
        let away = away.filter(|a| a.agent != c.agent);
        if away.is_none() && self.choice[u].is_some() {
            return false;
        }
        let (mine, theirs) = (self.choice[u], self.choice[v]);
        let before = self.apply(&[(v as u32, None), (u as u32, None)]);
        let mut delta = before;
        let mut ok = self.room.fits(u, &c);
        if ok {
            delta += self.apply(&[(u as u32, Some(c))]);
            if let Some(away) = away.filter(|a| self.room.fits(v, a)) {
                delta += self.apply(&[(v as u32, Some(away))]);
            }
            ok = delta <= limit;
        }
        if ok {
            self.energy += delta;
        } else {
            self.apply(&[(v as u32, None), (u as u32, None)]);
            self.apply(&[(u as u32, mine), (v as u32, theirs)]);
        }
        ok
    }

    fn attempt(&mut self, steps: &[Step], limit: f64) -> bool {
        let old: Vec<Step> = steps.iter().map(|(u, _)| (*u, self.choice[*u as usize])).collect();
        let delta = self.apply(steps);
        if delta <= limit {
            self.energy += delta;
            return true;
        }
        self.apply(&old);
        false
    }

    /// Takes out every unit with a task that has an unplaced predecessor, until none is left.
    pub fn close_over_precedence(&mut self) {
        loop {
            let gone = |t: u32| self.room.agent[self.inst.unit_of[t as usize] as usize] == NONE;
            let orphan = |u: &usize| {
                self.choice[*u].is_some()
                    && self
                        .inst
                        .units
                        .row(*u)
                        .iter()
                        .any(|t| self.inst.preds.row(*t as usize).iter().any(|(p, _)| gone(*p)))
            };
            let out: Vec<Step> = (0..self.choice.len()).filter(orphan).map(|u| (u as u32, None)).collect();
            if out.is_empty() {
                return;
            }
            self.energy += self.apply(&out);
        }
    }
}

fn leave(list: &mut Vec<u32>, slot: &mut [u32], unit: usize) {
    let at = slot[unit] as usize;
    list.swap_remove(at);
    if let Some(moved) = list.get(at) {
        slot[*moved as usize] = at as u32;
    }
}

fn join(list: &mut Vec<u32>, slot: &mut [u32], unit: usize) {
    slot[unit] = list.len() as u32;
    list.push(unit as u32);
}

/// `x` to an integer power by squaring, the same on every platform.
fn power(x: f64, exponent: i32) -> f64 {
    let (mut base, mut left, mut out) = (x, exponent, 1.0);
    while left > 0 {
        if left & 1 == 1 {
            out *= base;
        }
        base *= base;
        left >>= 1;
    }
    out
}
