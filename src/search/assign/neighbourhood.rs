//! The subproblem of a few agents: their units that may move freely, and what the agents may take.

use super::{Aim, Assignment, Measure, subproblem::Subproblem};
use crate::schedule::{Choice, UNLIMITED};

/// What an agent may have limits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Load,
    Tasks,
    Work,
    /// By place among the dimensions that the agent offers.
    Offered(usize),
}

/// A few agents with the problem of moving their units among them.
pub(super) struct Neighbourhood {
    /// The agents, by number in the problem.
    pub agents: Vec<usize>,
    /// The units, likewise; those that must be apart from others or draw on shared budgets stay where they are.
    pub units: Vec<u32>,
    /// The problem.
    pub problem: Subproblem,
    /// The relaxation's prices, of each agent's limits.
    pub prices: Vec<f64>,
}

impl Assignment<'_> {
    /// The neighbourhood of some agents, all to stay within a level where one is given.
    pub(super) fn neighbourhood(&self, agents: Vec<usize>, level: Option<f64>) -> Neighbourhood {
        let kinds = self.kinds(&agents);
        let mut problem = Subproblem {
            agents: agents.len(),
            kinds: kinds.len(),
            limit: agents.iter().flat_map(|a| kinds.iter().map(|k| self.left(*a, *k, level))).collect(),
            cost: Vec::new(),
            amount: Vec::new(),
            now: Vec::new(),
            levelled: level.is_some(),
        };
        let free =
            |u: &&u32| self.inst.apart.row(**u as usize).is_empty() && self.inst.unit_uses.row(**u as usize).is_empty();
        let mut units = Vec::new();
        for (k, a) in agents.iter().enumerate() {
            for u in self.members[*a].iter().filter(free) {
                units.push(*u);
                self.add(&mut problem, *u as usize, k, &agents, &kinds);
            }
        }
        let prices = self.local_prices(&agents, &kinds, &problem.limit);
        Neighbourhood { agents, units, problem, prices }
    }

    /// Adds a unit to a problem, and what it takes to what its agent may take.
    fn add(&self, problem: &mut Subproblem, unit: usize, now: usize, agents: &[usize], kinds: &[Kind]) {
        problem.now.push(now as u32);
        for (k, a) in agents.iter().enumerate() {
            let choice = self.inst.unit_choice(unit, *a as u32);
            problem.cost.push(choice.map_or(f64::INFINITY, |c| if problem.levelled { 0.0 } else { c.cost as f64 }));
            for (d, kind) in kinds.iter().enumerate() {
                let amount = choice.map_or(0, |c| self.taken(unit, &c, *kind));
                problem.amount.push(amount);
                if k == now {
                    let limit = &mut problem.limit[k * kinds.len() + d];
                    *limit = limit.saturating_add(amount).min(UNLIMITED);
                }
            }
        }
    }

    /// The relaxation's prices of the agents' limits, or equal ones where there are none.
    fn local_prices(&self, agents: &[usize], kinds: &[Kind], limit: &[i64]) -> Vec<f64> {
        let Some(prices) = &self.prices else { return vec![1.0; limit.len()] };
        let price = |a: usize, kind: &Kind| match kind {
            Kind::Load => prices.load[a],
            Kind::Tasks => prices.task[a],
            Kind::Work => prices.work[a],
            Kind::Offered(i) if *i < self.inst.offered.row(a).len() => prices.offered[self.inst.offered.begin(a) + i],
            Kind::Offered(_) => 0.0,
        };
        let rows = agents.iter().flat_map(|a| kinds.iter().map(|kind| price(*a, kind)));
        let out: Vec<f64> = rows.zip(limit).map(|(price, limit)| price * (*limit).max(0) as f64).collect();
        if out.iter().sum::<f64>() > 0.0 { out } else { vec![1.0; limit.len()] }
    }

    /// What limits some of the agents.
    fn kinds(&self, agents: &[usize]) -> Vec<Kind> {
        let offers = agents.iter().map(|a| self.inst.offered.row(*a).len()).max().unwrap_or(0);
        let all = [Kind::Load, Kind::Tasks, Kind::Work].into_iter().chain((0..offers).map(Kind::Offered));
        let limits = |kind: &Kind| agents.iter().any(|a| self.left(*a, *kind, None) < UNLIMITED / 2);
        let measured = |kind: &Kind| {
            let Aim::Peak { measure, .. } = self.aim else { return false };
            *kind == if measure == Measure::Work { Kind::Work } else { Kind::Load }
        };
        let found: Vec<Kind> = all.filter(|kind| limits(kind) || measured(kind)).collect();
        // A problem has some kind, even where nothing is limited.
        if found.is_empty() { vec![Kind::Load] } else { found }
    }

    /// What is left of an agent's limit, and below a level where one is given.
    fn left(&self, a: usize, kind: Kind, level: Option<f64>) -> i64 {
        let agent = &self.inst.agents[a];
        let utilization = level.filter(|_| matches!(self.aim, Aim::Peak { measure: Measure::Utilization, .. }));
        match kind {
            Kind::Load => {
                let left = self.room.load[a];
                let gauge = &self.inst.gauge;
                let used = gauge.scaled_base(a) as i64 + agent.room - left;
                let most = |level: f64| {
                    let scale = if gauge.by_load { None } else { Some(gauge.scaled_capacity(a)) };
                    scale.map_or_else(|| self.inst.load_scale.floor(level), |capacity| (level * capacity) as i64)
                };
                let limited = gauge.by_load || gauge.scaled_capacity(a) > 0.0;
                utilization.filter(|_| limited).map_or(left, |level| left.min(most(level) - used))
            }
            Kind::Tasks => {
                if agent.max_tasks == u32::MAX {
                    UNLIMITED
                } else {
                    self.room.tasks[a]
                }
            }
            Kind::Work => match level.filter(|_| utilization.is_none()) {
                Some(level) => ((level - agent.from as f64) * f64::from(agent.slots)) as i64 - self.work[a],
                None => UNLIMITED,
            },
            Kind::Offered(i) => {
                let at = self.inst.offered.begin(a) + i;
                let Some(offer) = self.inst.offered.row(a).get(i).filter(|o| o.is_budget) else { return UNLIMITED };
                let used = offer.amount - self.room.budget[at];
                let most = |level: f64| (level * offer.amount as f64) as i64 - used;
                let level = utilization.filter(|_| !self.inst.gauge.by_load);
                level.map_or(self.room.budget[at], |level| self.room.budget[at].min(most(level)))
            }
        }
    }

    /// What a unit takes of an agent's limit.
    fn taken(&self, unit: usize, c: &Choice, kind: Kind) -> i64 {
        match kind {
            Kind::Load => c.load,
            Kind::Tasks => self.inst.units.row(unit).len() as i64,
            Kind::Work => c.work,
            Kind::Offered(i) => {
                let Some(offer) = self.inst.offered.row(c.agent as usize).get(i) else { return 0 };
                let row = self.inst.unit_demand.row(unit);
                row.iter().find(|(dim, _)| *dim == offer.dim).map_or(0, |(_, x)| *x)
            }
        }
    }
}
