//! The strategies' relaxations as selection problems: one agent per unit, rows for what is limited.

use super::scan;
use crate::{
    lp::{self, Columns, Level, Rows},
    model::Ms,
    schedule::{Choice, Instance, UNLIMITED},
    search::assign::Prices,
};

/// What a column costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Nothing: the levels are the objective.
    Nothing,
    /// The unit's scaled cost.
    Cost,
}

/// Cost of one unit of a level that is the whole objective: prices are small fractions of it, and the
/// certificate's digits count from 1.
pub const LEVEL_COST: i64 = 1 << 24;

/// A task in the rows that count tasks: as large a number as loads are, so that one scale of prices has
/// digits enough for all rows.
pub const TASK: i64 = 1 << 30;

/// Rows that a unit enters, by agent.
#[derive(Debug, Default)]
pub struct AgentRows {
    /// Of its load.
    pub load: Option<u32>,
    /// Of its tasks, counted.
    pub tasks: Option<u32>,
    /// Of its load below the level.
    pub level_load: Option<u32>,
    /// Of its work below the level.
    pub work: Option<u32>,
}

/// An assignment relaxation over the units that the plan places.
#[derive(Debug)]
pub struct Selection<'i> {
    /// The instance.
    pub inst: &'i Instance<'i>,
    units: Vec<u32>,
    /// What a column costs.
    pub price: Price,
    /// The rows.
    pub rows: Rows,
    /// The levels.
    pub levels: Vec<Level>,
    /// Rows by agent.
    pub by_agent: Vec<AgentRows>,
    /// Row of each offered dimension: use of a budget.
    pub budget: Vec<Option<u32>>,
    /// Likewise: use of a budget below the level.
    pub level_budget: Vec<Option<u32>>,
    /// Likewise: work of a renewable one.
    pub held: Vec<Option<u32>>,
    /// Row of each shared budget.
    pub shared_budget: Vec<Option<u32>>,
    /// Row of each shared resource: work.
    pub shared_held: Vec<Option<u32>>,
    /// What one unit of utilization is in the level's integers.
    pub per_utilization: i64,
}

impl<'i> Selection<'i> {
    /// The rows of what may be used up: load, budgets, task counts, shared budgets.
    pub fn new(inst: &'i Instance<'i>, units: Vec<u32>, price: Price) -> Self {
        let mut rows = Rows::default();
        let mut by_agent = Vec::with_capacity(inst.agents.len());
        for agent in &inst.agents {
            by_agent.push(AgentRows {
                // An agent beyond its capacity already takes nothing; less than nothing would be infeasible.
                load: (agent.room < UNLIMITED).then(|| rows.push_fixed(agent.room.max(0))),
                tasks: (agent.max_tasks < u32::MAX).then(|| rows.push_fixed(i64::from(agent.max_tasks) * TASK)),
                ..AgentRows::default()
            });
        }
        let budget = inst.offered.items().iter().map(|o| o.is_budget.then(|| rows.push_fixed(o.amount))).collect();
        let shared =
            |r: &crate::schedule::instance::SharedLimits| (r.budget < UNLIMITED).then(|| rows.push_fixed(r.budget));
        let shared_budget = inst.shared.iter().map(shared).collect();
        let offered = inst.offered.items().len();
        Self {
            inst,
            units,
            price,
            rows,
            levels: Vec::new(),
            by_agent,
            budget,
            level_budget: vec![None; offered],
            held: vec![None; offered],
            shared_budget,
            shared_held: vec![None; inst.shared.len()],
            per_utilization: 1,
        }
    }

    /// Adds the makespan as a level: what runs on an agent or holds an amount fits below it. `least` is a
    /// proven bound in ms, beyond which agents that open later count as open from then on.
    pub fn with_makespan(mut self, unit_cost: i64, least: Ms) -> Self {
        let level = self.levels.len() as u32;
        self.levels.push(Level { unit_cost, least });
        for (row, agent) in self.by_agent.iter_mut().zip(&self.inst.agents) {
            let slots = i64::from(agent.slots);
            row.work = Some(self.rows.push(-slots.saturating_mul(agent.from.min(least)), slots, Some(level)));
        }
        for (row, offered) in self.held.iter_mut().zip(self.inst.offered.items()) {
            // Amount times time must stay within 64 bits.
            *row = (!offered.is_budget && offered.amount > 0 && offered.amount < 1 << 40)
                .then(|| self.rows.push(0, offered.amount, Some(level)));
        }
        for (row, r) in self.shared_held.iter_mut().zip(&self.inst.shared) {
            let over = r.per.unwrap_or(0);
            *row = (r.capacity > 0 && r.capacity < 1 << 40)
                .then(|| self.rows.push(r.capacity.saturating_mul(over), r.capacity, Some(level)));
        }
        self
    }

    /// Adds the greatest utilization as a level: load and use of budgets stay below its share of what is
    /// offered.
    pub fn with_utilization(mut self, unit_cost: i64) -> Self {
        let gauge = &self.inst.gauge;
        let level = self.levels.len() as u32;
        let largest = gauge.touched.iter().map(|a| gauge.scaled_capacity(*a as usize)).fold(1.0, f64::max);
        let total: f64 = self.units.iter().map(|u| self.inst.unit_choices(*u as usize).largest_load() as f64).sum();
        let most = 2e18 / largest.max(total).max(self.largest_budget());
        let per = if gauge.by_load { 1 } else { most.clamp(1.0, 1e9) as i64 };
        self.per_utilization = per;
        self.levels.push(Level { unit_cost, least: 0 });
        for a in gauge.touched.iter().map(|a| *a as usize) {
            if !gauge.by_load {
                // Below a utilization of 1 these hold anyway, and no plan goes above.
                self.drop_row(self.by_agent[a].load);
                (0..self.inst.offered.row(a).len())
                    .for_each(|i| self.drop_row(self.budget[self.inst.offered.begin(a) + i]));
            }
            let (capacity, base) = (gauge.scaled_capacity(a) as i64, gauge.scaled_base(a) as i64);
            if gauge.by_load {
                self.by_agent[a].level_load = Some(self.rows.push(-base, 1, Some(level)));
            } else if capacity > 0 {
                self.by_agent[a].level_load = Some(self.rows.push(-base.saturating_mul(per), capacity, Some(level)));
            }
            let begin = self.inst.offered.begin(a);
            for (i, o) in self.inst.offered.row(a).iter().enumerate() {
                if !gauge.by_load && o.is_budget && o.amount > 0 {
                    self.level_budget[begin + i] = Some(self.rows.push(0, o.amount, Some(level)));
                }
            }
        }
        self
    }

    /// Makes a row hold whatever is chosen.
    fn drop_row(&mut self, row: Option<u32>) {
        if let Some(row) = row {
            self.rows.fixed[row as usize] = UNLIMITED;
        }
    }

    fn largest_budget(&self) -> f64 {
        self.inst.offered.items().iter().filter(|o| o.is_budget).map(|o| o.amount as f64).fold(1.0, f64::max)
    }

    /// [`Self::charges`] with what each unit pays at least.
    pub fn prices(&self, of: &[f64]) -> Prices {
        let mut out = self.charges(of);
        out.least = vec![0.0; self.inst.units.len()];
        for unit in self.units.iter().map(|u| *u as usize) {
            let paid = self.inst.unit_choices(unit).iter().map(|c| out.of(self.inst, unit, &c));
            out.least[unit] = paid.fold(f64::INFINITY, f64::min);
        }
        let sum: f64 = self.units.iter().map(|u| out.least[*u as usize]).sum();
        out.mean = (sum / self.units.len().max(1) as f64).max(1e-300);
        out
    }

    /// The rows' prices as what agents charge; energy rows and what costs the same everywhere are left out.
    pub fn charges(&self, of: &[f64]) -> Prices {
        let at = |row: Option<u32>| row.map_or(0.0, |r| of[r as usize]);
        let per = self.per_utilization as f64;
        Prices {
            cost: if self.price == Price::Cost { 1.0 } else { 0.0 },
            load: self.by_agent.iter().map(|a| at(a.load) + per * at(a.level_load)).collect(),
            work: self.by_agent.iter().map(|a| at(a.work)).collect(),
            task: self.by_agent.iter().map(|a| TASK as f64 * at(a.tasks)).collect(),
            offered: self.budget.iter().zip(&self.level_budget).map(|(b, l)| at(*b) + per * at(*l)).collect(),
            least: Vec::new(),
            mean: 1.0,
        }
    }

    /// Prices at which a ms of work costs the same on every agent and nothing else costs anything: those that are fastest
    /// at a unit are its cheapest.
    pub fn even_work(&self) -> Vec<f64> {
        let mut prices = vec![0.0; self.rows.len()];
        self.by_agent.iter().filter_map(|rows| rows.work).for_each(|row| prices[row as usize] = 1.0);
        prices
    }

    /// The units in the order of groups.
    pub fn units(&self) -> &[u32] {
        &self.units
    }

    /// The rows that belong to an agent; those of agents that offer the same correspond.
    pub fn rows_of(&self, agent: usize) -> Vec<u32> {
        let own = &self.by_agent[agent];
        let begin = self.inst.offered.begin(agent);
        let offers = begin..begin + self.inst.offered.row(agent).len();
        let dims = [&self.budget, &self.level_budget, &self.held].map(|rows| rows[offers.clone()].iter().copied());
        [own.load, own.tasks, own.level_load, own.work]
            .into_iter()
            .chain(dims.into_iter().flatten())
            .flatten()
            .collect()
    }

    /// The rows that no agent owns.
    pub fn shared_rows(&self) -> impl Iterator<Item = u32> {
        self.shared_budget.iter().chain(&self.shared_held).flatten().copied()
    }

    /// The choice behind a column.
    pub fn choice(&self, group: usize, key: u32) -> Option<Choice> {
        self.inst.unit_choice(self.units[group] as usize, key)
    }

    /// The entries of a unit's column.
    pub fn entries(&self, unit: usize, c: &Choice, out: &mut Vec<(u32, i64)>) {
        let inst = self.inst;
        let a = c.agent as usize;
        let rows = &self.by_agent[a];
        let members = inst.units.row(unit);
        out.clear();
        out.extend(rows.load.map(|r| (r, c.load)));
        out.extend(rows.tasks.map(|r| (r, members.len() as i64 * TASK)));
        out.extend(rows.level_load.map(|r| (r, c.load.saturating_mul(self.per_utilization))));
        out.extend(rows.work.map(|r| (r, c.work)));
        for (dim, x) in inst.unit_demand.row(unit) {
            if let Some((at, _)) = inst.offer_of(a, *dim) {
                out.extend(self.budget[at].map(|r| (r, *x)));
                out.extend(self.level_budget[at].map(|r| (r, x.saturating_mul(self.per_utilization))));
            }
        }
        for (r, x) in inst.unit_uses.row(unit) {
            out.extend(self.shared_budget[*r as usize].map(|row| (row, *x)));
        }
        if !self.levels.is_empty() {
            self.held_entries(members, c, out);
        }
    }

    /// Amount times the time for which each task holds it.
    fn held_entries(&self, members: &[u32], c: &Choice, out: &mut Vec<(u32, i64)>) {
        for t in members.iter().map(|t| *t as usize) {
            let work = match members {
                [_] => c.work,
                _ => self.inst.choice(t, c.agent).map_or(0, |c| c.work),
            };
            for (dim, x) in self.inst.demand.row(t) {
                if let Some((at, _)) = self.inst.offer_of(c.agent as usize, *dim) {
                    out.extend(self.held[at].map(|r| (r, x.saturating_mul(work))));
                }
            }
            for (r, x) in self.inst.uses.row(t) {
                let limits = &self.inst.shared[*r as usize];
                // A rate's amount is held beyond the run, but starts `work` before the end at the latest.
                let hold = limits.per.unwrap_or(work);
                out.extend(self.shared_held[*r as usize].map(|row| (row, x.saturating_mul(hold))));
            }
        }
    }
}

impl Columns for Selection<'_> {
    fn groups(&self) -> usize {
        self.units.len()
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        let unit = self.units[group] as usize;
        let mut entries = Vec::new();
        for c in self.inst.unit_choices(unit).iter() {
            self.entries(unit, &c, &mut entries);
            see(c.agent, if self.price == Price::Cost { c.cost } else { 0 }, &entries);
        }
    }

    fn sample(&self, group: usize, count: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        let unit = self.units[group] as usize;
        let row = self.inst.unit_choices(unit);
        if row.width() <= 2 * count {
            return self.visit(group, see);
        }
        let mut entries = Vec::new();
        let (first, mut seen) = (lp::place(group, row.width()), 0);
        for i in 0..row.width() {
            // Where a place does not fit, the next ones stand in for it.
            if seen * row.width() > i * count {
                continue;
            }
            if let Some(c) = row.at((first + i) % row.width()) {
                self.entries(unit, &c, &mut entries);
                see(c.agent, if self.price == Price::Cost { c.cost } else { 0 }, &entries);
                seen += 1;
            }
        }
    }

    fn breadth(&self, group: usize) -> usize {
        self.inst.unit_choices(self.units[group] as usize).width()
    }

    fn contenders(&self, groups: std::ops::Range<usize>, prices: &[f64], is_exact: bool) -> Option<Vec<Vec<u32>>> {
        (self.inst.pairs() > scan::MANY_PAIRS).then(|| scan::contenders(self, groups, prices, is_exact))
    }

    fn column(&self, group: usize, key: u32, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        let unit = self.units[group] as usize;
        if let Some(c) = self.inst.unit_choice(unit, key) {
            let mut entries = Vec::new();
            self.entries(unit, &c, &mut entries);
            see(key, if self.price == Price::Cost { c.cost } else { 0 }, &entries);
        }
    }

    fn nearest(&self, groups: &[u32], prices: &[f64], width: usize) -> Option<Vec<u32>> {
        (self.inst.pairs() > scan::MANY_PAIRS).then(|| scan::nearest(self, groups, prices, width))
    }
}
