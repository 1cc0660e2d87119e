//! Assignment of units to agents, whatever the times: greedy packing, then annealing by shifts, swaps and
//! ejections of one unit by another (Osman 1995; Yagiura, Ibaraki, Glover 2006 for the chains).

use super::Rng;
use crate::schedule::{Choice, Instance, NONE, Room};

/// What an assignment is to be best at, after placing as much as it can.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// Least Σ cost; no assignment costs less than `bound`, scaled.
    Cost {
        /// A proven bound of the scaled cost.
        bound: i64,
    },
    /// Least greatest level; no level lies below `bound` in the best assignment.
    Peak {
        /// What is levelled.
        measure: Measure,
        /// A proven bound of the greatest level.
        bound: f64,
    },
    /// Least variance of levels, none above `cap`.
    Spread {
        /// What is levelled.
        measure: Measure,
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

/// What agents charge for what units take of them, from a relaxation.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// Of a scaled unit of cost: 1 where cost is the aim, else 0.
    pub cost: f64,
    /// Of a scaled unit of load, by agent.
    pub load: Vec<f64>,
    /// Of a ms of work, by agent.
    pub work: Vec<f64>,
    /// Of a task, by agent.
    pub task: Vec<f64>,
    /// Of a scaled unit of a budget, in the order of all offered dimensions.
    pub offered: Vec<f64>,
    /// The least price of each unit.
    pub least: Vec<f64>,
    /// The mean of them, the unit of energy.
    pub mean: f64,
}

impl Prices {
    /// What a unit pays on an agent.
    pub fn of(&self, inst: &Instance<'_>, unit: usize, c: &Choice) -> f64 {
        let a = c.agent as usize;
        let mut sum = self.cost * c.cost as f64
            + self.load[a] * c.load as f64
            + self.work[a] * c.work as f64
            + self.task[a] * inst.units.row(unit).len() as f64;
        for (dim, x) in inst.unit_demand.row(unit) {
            if let Some((at, _)) = inst.offer_of(a, *dim) {
                sum += self.offered[at] * *x as f64;
            }
        }
        sum
    }

    /// What it pays beyond its cheapest agent, relative to what units pay on average.
    fn excess(&self, inst: &Instance<'_>, unit: usize, c: &Choice) -> f64 {
        (self.of(inst, unit, c) - self.least[unit]) / self.mean
    }
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
    /// Share of its capacities by which each agent is overfull.
    over: Vec<f64>,
    /// Agents that are overfull.
    overfull: usize,
    /// Many agents are never all within their limits by chance: no move may overflow one.
    strict: bool,
    /// Scaled cost of all assigned units.
    cost: i64,
    /// Shares by which the shared budgets are overdrawn, summed.
    shared_over: f64,
    /// Energy of an overflow of 1, by agent; it rises while the agent stays overfull and falls while it does not.
    penalty: Vec<f64>,
    /// The same of the shared budgets.
    shared_penalty: f64,
    /// Agents worth trying for each unit, the best first; empty means all.
    shortlist: Vec<Vec<Choice>>,
    /// What the energy counts beside overflow, where a relaxation has given prices.
    prices: Option<std::rc::Rc<Prices>>,
    /// Units with several of them.
    restless: Vec<u32>,
    /// The level that agents are to stay below.
    target: f64,
    /// The mean level of the agents that the batch can touch, when last looked at.
    centre: f64,
    unit_cost: f64,
    /// Energy of the assignment.
    pub energy: f64,
    rng: Rng,
    /// The agent that stood highest when last looked at.
    top: usize,
}

/// Energy of a missing unit of priority 1, above what any assignment can save.
const MISSING: f64 = 1e7;

/// Agents that a missing unit may try to clear, and units it may move off each.
const EVICTED_AGENTS: usize = 24;
const EVICTED_UNITS: usize = 8;

/// Agents beyond which no move may overflow one.
const MANY_AGENTS: usize = 64;

/// Changes between two looks at the temperature and the price of overflow.
const ROUND: u64 = 256;

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
            over: vec![0.0; m],
            overfull: 0,
            strict: m > MANY_AGENTS,
            cost: 0,
            shared_over: 0.0,
            penalty: vec![2.0 * units as f64 / m.max(1) as f64; m],
            shared_penalty: 2.0 * units as f64,
            shortlist: vec![Vec::new(); units],
            restless: Vec::new(),
            prices: None,
            target: 1.0,
            centre: 0.0,
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

    /// True where agents are so many that no move may overflow one.
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// Changes the aim and takes the present assignment as the measure of 1.
    pub fn set_aim(&mut self, aim: Aim) {
        self.aim = aim;
        self.target = match aim {
            Aim::Cost { .. } => 1.0,
            Aim::Peak { .. } => self.peak(),
            Aim::Spread { cap, .. } => cap,
        }
        .max(1e-12);
        self.centre_on_mean();
        self.relevel_all();
        self.energy = self.whole_energy();
    }

    fn centre_on_mean(&mut self) {
        if matches!(self.aim, Aim::Spread { .. }) {
            let touched = &self.inst.gauge.touched;
            let sum: f64 = touched.iter().map(|a| self.raw_level(*a as usize)).sum();
            self.centre = sum / touched.len().max(1) as f64;
        }
    }

    fn relevel_all(&mut self) {
        for a in 0..self.level.len() {
            self.relevel(a);
        }
    }

    fn whole_energy(&self) -> f64 {
        self.level.iter().sum::<f64>()
            + self.over.iter().zip(&self.penalty).map(|(o, p)| o * p).sum::<f64>()
            + self.shared_penalty * self.shared_over
            + (0..self.choice.len()).filter_map(|u| self.choice[u].map(|c| self.cost_energy(u, &c))).sum::<f64>()
            + self.missing.iter().map(|u| MISSING * self.weight[*u as usize]).sum::<f64>()
    }

    /// Names the agents that the search is to try most, by unit; a unit with one such agent mostly rests.
    pub fn prefer(&mut self, unit: usize, choices: Vec<Choice>) {
        if choices.len() > 1 {
            self.restless.push(unit as u32);
        }
        self.shortlist[unit] = choices;
    }

    /// An agent to try: mostly of the shortlist, now and then any.
    fn draw(&mut self, unit: usize) -> Option<Choice> {
        if matches!(self.aim, Aim::Spread { .. }) {
            return self.draw_emptiest(unit);
        }
        let short = &self.shortlist[unit];
        if !short.is_empty() && !self.rng.one_in(32) {
            return Some(short[self.rng.below(short.len())]);
        }
        let row = self.inst.unit_choices(unit);
        if row.is_empty() { None } else { Some(row[self.rng.below(row.len())]) }
    }

    /// Of a few agents drawn the one that stands lowest.
    fn draw_emptiest(&mut self, unit: usize) -> Option<Choice> {
        let row = self.inst.unit_choices(unit);
        if row.is_empty() {
            return None;
        }
        let drawn: [Choice; 3] = std::array::from_fn(|_| row[self.rng.below(row.len())]);
        drawn.into_iter().min_by(|a, b| self.level[a.agent as usize].total_cmp(&self.level[b.agent as usize]))
    }

    /// The highest level of the aim's measure.
    pub fn peak(&self) -> f64 {
        (0..self.level.len()).map(|a| self.raw_level(a)).fold(0.0, f64::max)
    }

    /// Scaled cost of all assigned units.
    pub fn cost(&self) -> i64 {
        self.cost
    }

    /// Units without an agent.
    pub fn missing(&self) -> &[u32] {
        &self.missing
    }

    fn raw_level(&self, a: usize) -> f64 {
        let (Aim::Peak { measure, .. } | Aim::Spread { measure, .. }) = self.aim else { return 0.0 };
        if measure == Measure::Utilization {
            return if self.inst.gauge.is_touched(a) { self.inst.gauge.of(self.inst, &self.room, a) } else { 0.0 };
        }
        let agent = &self.inst.agents[a];
        if self.work[a] == 0 { 0.0 } else { agent.from as f64 + self.work[a] as f64 / f64::from(agent.slots) }
    }

    /// What an agent adds to the energy, and the share by which it exceeds what it may hold.
    fn level_of(&self, a: usize) -> (f64, f64) {
        let hard = self.room.overflow(a);
        let over = if self.strict { hard * 1e9 } else { hard };
        match self.aim {
            Aim::Cost { .. } => (0.0, over),
            Aim::Peak { .. } => (0.0, over + (self.raw_level(a) / self.target - 1.0).max(0.0)),
            Aim::Spread { .. } => {
                let raw = self.raw_level(a);
                let off = (raw - self.centre) / self.target;
                (off * off, over + 100.0 * (raw / self.target - 1.0).max(0.0))
            }
        }
    }

    /// What a unit adds to the energy: its cost, or what it costs the relaxation beyond its cheapest agent.
    fn cost_energy(&self, u: usize, c: &Choice) -> f64 {
        match (self.aim, &self.prices) {
            (Aim::Spread { .. }, _) | (Aim::Peak { .. }, None) => 0.0,
            (_, Some(prices)) => prices.excess(self.inst, u, c),
            (Aim::Cost { .. }, None) => c.cost as f64 / self.unit_cost,
        }
    }

    /// Gives the search the prices of a relaxation of its aim.
    pub fn price(&mut self, prices: Prices) {
        self.prices = Some(std::rc::Rc::new(prices));
    }

    /// How full an agent would be with the unit: its utilization, or its load where that is the measure.
    pub fn fullness(&self, unit: usize, c: &Choice) -> f64 {
        self.inst.gauge.with(self.inst, &self.room, unit, c)
    }

    /// Puts a missing unit on an agent with room.
    pub fn put(&mut self, unit: usize, c: &Choice) {
        self.apply(&[(unit as u32, Some(*c))]);
    }

    /// Carries steps out and returns the change of energy. Units may overflow their agents, at a price.
    fn apply(&mut self, steps: &[Step]) -> f64 {
        let mut delta = 0.0;
        for (unit, new) in steps {
            let u = *unit as usize;
            let old = std::mem::replace(&mut self.choice[u], *new);
            if let Some(old) = old {
                delta -= self.cost_energy(u, &old);
                self.cost -= old.cost;
                self.room.give(u, &old);
                self.work[old.agent as usize] -= old.work;
                delta += self.relevel(old.agent as usize);
                leave(&mut self.members[old.agent as usize], &mut self.slot, u);
            } else {
                delta -= MISSING * self.weight[u];
                leave(&mut self.missing, &mut self.slot, u);
            }
            if let Some(new) = new {
                delta += self.cost_energy(u, new);
                self.cost += new.cost;
                self.room.take(u, new);
                self.work[new.agent as usize] += new.work;
                delta += self.relevel(new.agent as usize);
                join(&mut self.members[new.agent as usize], &mut self.slot, u);
            } else {
                delta += MISSING * self.weight[u];
                join(&mut self.missing, &mut self.slot, u);
            }
            if !self.inst.unit_uses.row(u).is_empty() {
                let now = self.room.shared_overflow();
                delta += self.shared_penalty * (now - self.shared_over);
                self.shared_over = now;
            }
        }
        delta
    }

    fn relevel(&mut self, a: usize) -> f64 {
        let (level, over) = self.level_of(a);
        let delta = level - self.level[a] + self.penalty[a] * (over - self.over[a]);
        self.overfull = self.overfull + usize::from(over > 0.0) - usize::from(self.over[a] > 0.0);
        (self.level[a], self.over[a]) = (level, over);
        delta
    }

    /// Finds room for missing units, the largest first, by moving others off the agents that `ranked` names
    /// for them, best first.
    pub fn repair(&mut self, ranked: impl Fn(usize, usize) -> Vec<Choice>) {
        let mut lost: Vec<u32> = self.missing.clone();
        let size = |u: &u32| self.inst.unit_choices(*u as usize).iter().map(|c| c.load).max().unwrap_or(0);
        lost.sort_by_key(|u| (std::cmp::Reverse(size(u)), *u));
        for u in lost.into_iter().map(|u| u as usize) {
            for c in ranked(u, EVICTED_AGENTS) {
                if self.make_room(u, &c, &ranked) {
                    self.put(u, &c);
                    break;
                }
            }
        }
    }

    /// Moves units off an agent, those of the likeliest size first, until `unit` fits; all back where it does not.
    fn make_room(&mut self, unit: usize, c: &Choice, ranked: &impl Fn(usize, usize) -> Vec<Choice>) -> bool {
        let mut guests = self.members[c.agent as usize].clone();
        let load = |u: u32| self.choice[u as usize].map_or(0, |c| c.load);
        guests.sort_by_key(|g| ((load(*g) - c.load).abs(), *g));
        let mut moved: Vec<Step> = Vec::new();
        for g in guests.into_iter().take(EVICTED_UNITS) {
            if self.room.fits(unit, c) {
                break;
            }
            let old = self.choice[g as usize];
            self.apply(&[(g, None)]);
            let elsewhere = ranked(g as usize, usize::MAX);
            let new = elsewhere.into_iter().find(|x| x.agent != c.agent && self.room.fits(g as usize, x));
            self.apply(&[(g, new.or(old))]);
            if new.is_some() {
                moved.push((g, old));
            }
        }
        let fits = self.room.fits(unit, c);
        if !fits {
            moved.reverse();
            self.apply(&moved);
        }
        fits
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
    /// peak's power) and keeps the best feasible assignment met.
    pub fn anneal(&mut self, attempts: u64, hot: f64, cold: f64, seed: u64) {
        if self.choice.is_empty() || self.inst.agents.len() < 2 && self.missing.is_empty() {
            return;
        }
        self.rng = Rng::new(seed);
        self.set_aim(self.aim);
        self.lower_target();
        let mut best = (self.value(), self.choice.clone());
        let cooling = libm::log(cold / hot);
        let mut temperature = hot;
        let round = ROUND.max(2 * self.level.len() as u64);
        for i in 0..attempts {
            if i.is_multiple_of(round) {
                temperature = hot * libm::exp(cooling * i as f64 / attempts as f64);
                self.top = self.highest();
                if i.is_multiple_of(64 * round) {
                    self.centre_on_mean();
                    self.relevel_all();
                }
                self.oscillate();
            }
            if i.is_multiple_of(round) && self.is_settled(best.0) {
                break;
            }
            let limit = -temperature * libm::log(self.rng.unit());
            let moved = self.step(limit);
            if (if self.strict { i % round == round - 1 } else { moved }) && self.is_feasible() {
                let value = self.value();
                if value < best.0 - 1e-9 {
                    best = (value, self.choice.clone());
                    self.lower_target();
                }
            }
        }
        if !self.strict || !self.is_feasible() || self.value() > best.0 {
            self.restore(&best.1);
        }
    }

    /// True where everything fits; a level above the target does no harm where it is only a wish.
    fn is_feasible(&self) -> bool {
        self.shared_over == 0.0 && (self.overfull == 0 || self.strict && self.over.iter().all(|o| *o < 1.0))
    }

    /// True where the best value met is at the aim's bound, so that nothing is left to gain.
    fn is_settled(&self, best: f64) -> bool {
        match self.aim {
            Aim::Peak { bound, .. } => best <= bound * (1.0 + 1e-12),
            Aim::Cost { bound } => best <= bound as f64 / self.unit_cost,
            Aim::Spread { .. } => false,
        }
    }

    /// What the aim measures, missing units first.
    pub fn value(&self) -> f64 {
        let missing: f64 = self.missing.iter().map(|u| MISSING * self.weight[*u as usize]).sum();
        match self.aim {
            Aim::Peak { .. } => missing + self.peak(),
            Aim::Cost { .. } => missing + self.cost as f64 / self.unit_cost,
            Aim::Spread { .. } => self.energy,
        }
    }

    /// After a new best peak agents are to stay a little lower, but never below what is proven.
    fn lower_target(&mut self) {
        if let Aim::Peak { bound, .. } = self.aim {
            let peak = self.peak();
            let share = if self.strict { 0.5 } else { 0.1 };
            self.target = (peak - (share * (peak - bound)).max(1e-4 * peak)).max(bound).max(1e-12);
            self.relevel_all();
            self.energy = self.whole_energy();
        }
    }

    /// Strategic oscillation (Glover 1977): the price of overflow rises where there is some, else falls.
    fn oscillate(&mut self) {
        let natural = 2.0 * self.choice.len() as f64 / self.level.len() as f64;
        for (penalty, over) in self.penalty.iter_mut().zip(&self.over) {
            let factor = if *over > 0.0 { 1.2 } else { 0.95 };
            *penalty = (*penalty * factor).clamp(natural * 0.05, natural * 1e4);
        }
        self.shared_penalty *= if self.shared_over > 0.0 { 1.2 } else { 0.95 };
        self.energy = self.whole_energy();
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
        (0..self.level.len()).max_by(|a, b| self.raw_level(*a).total_cmp(&self.raw_level(*b))).unwrap_or(0)
    }

    fn step(&mut self, limit: f64) -> bool {
        let u = self.pick();
        let Some(c) = self.draw(u) else { return false };
        if !self.room.fits_apart(u, c.agent) {
            return false;
        }
        let Some(old) = self.choice[u] else { return self.place(u, c, limit) };
        if old.agent == c.agent {
            return false;
        }
        let there = &self.members[c.agent as usize];
        if there.is_empty() || self.rng.one_in(2) {
            return self.attempt(&[(u as u32, Some(c))], limit);
        }
        let v = there[self.rng.below(there.len())] as usize;
        let Some(back) = self.inst.unit_choice(v, old.agent) else { return false };
        if !self.room.fits_apart(v, old.agent) && !self.inst.apart.row(v).contains(&(u as u32)) {
            return false;
        }
        self.attempt(&[(u as u32, Some(c)), (v as u32, Some(back))], limit)
    }

    /// Puts a missing unit on an agent; where it has no room, another goes elsewhere, or out.
    fn place(&mut self, u: usize, c: Choice, limit: f64) -> bool {
        let there = &self.members[c.agent as usize];
        if self.room.fits(u, &c) || there.is_empty() {
            return self.attempt(&[(u as u32, Some(c))], limit);
        }
        let v = there[self.rng.below(there.len())] as usize;
        let away = if self.rng.one_in(4) { None } else { self.draw(v).filter(|a| a.agent != c.agent) };
        let away = away.filter(|a| self.room.fits(v, a));
        self.attempt(&[(v as u32, away), (u as u32, Some(c))], limit)
    }

    fn pick(&mut self) -> usize {
        if !self.missing.is_empty() && self.rng.one_in(2) {
            return self.missing[self.rng.below(self.missing.len())] as usize;
        }
        if matches!(self.aim, Aim::Peak { .. }) && !self.members[self.top].is_empty() && self.rng.one_in(4) {
            return self.members[self.top][self.rng.below(self.members[self.top].len())] as usize;
        }
        let spread = matches!(self.aim, Aim::Spread { .. });
        if !spread && !self.restless.is_empty() && !self.rng.one_in(32) {
            return self.restless[self.rng.below(self.restless.len())] as usize;
        }
        self.rng.below(self.choice.len())
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
