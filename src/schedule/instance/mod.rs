//! The snapshot as the engine sees it: integers in flat rows, units of tasks that stay together, and
//! each task's possible agents with what it takes there.

mod choices;
mod limits;
mod relations;

use std::{collections::BTreeMap, sync::OnceLock};

pub use choices::Choices;
use limits::Scales;

use super::{
    Gauge,
    csr::Csr,
    reservations::Reservations,
    scale::{Scale, UNLIMITED},
    timeline::NONE,
};
use crate::limit::Limit;
use crate::model::{AgentIx, Member, Ms, NEVER, Offer, Quantities};

/// A unit of tasks on one agent that could hold it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The agent.
    pub agent: u32,
    /// Processing time, summed over the unit.
    pub work: Ms,
    /// Scaled load.
    pub load: i64,
    /// Scaled cost, rounded down.
    pub cost: i64,
}

/// A dimension that an agent offers.
#[derive(Debug, Clone, Copy)]
pub struct Offered {
    /// The dimension.
    pub dim: u32,
    /// Used up over the plan rather than held while a task runs.
    pub is_budget: bool,
    /// Scaled amount.
    pub amount: i64,
}

/// Limits of one agent.
#[derive(Debug, Clone)]
pub struct AgentLimits {
    /// Tasks at a time.
    pub slots: u32,
    /// Scaled room for load.
    pub room: i64,
    /// Tasks over the plan.
    pub max_tasks: u32,
    /// First moment.
    pub from: Ms,
    /// Windows; empty is always.
    pub windows: Vec<(Ms, Ms)>,
}

/// Limits of one shared resource.
#[derive(Debug, Clone, Copy)]
pub struct SharedLimits {
    /// Scaled amount at any moment.
    pub capacity: i64,
    /// How long each amount is held from the start; `None` is while the task runs.
    pub per: Option<Ms>,
    /// Scaled amount over the plan.
    pub budget: i64,
}

/// The engine's view of a snapshot.
#[derive(Debug)]
pub struct Instance<'q> {
    /// The definitions behind it.
    pub q: &'q Quantities<'q>,
    /// Earliest starts, by task.
    pub release: Vec<Ms>,
    /// Deadlines, by task; [`NEVER`] without one.
    pub deadline: Vec<Ms>,
    /// Priorities, by task.
    pub weight: Vec<f64>,
    /// Hard predecessors with MB, by task.
    pub preds: Csr<(u32, f64)>,
    /// Hard successors with MB, by task.
    pub succs: Csr<(u32, f64)>,
    /// Shared resources used, scaled, by task.
    pub uses: Csr<(u32, i64)>,
    /// Demands, scaled, by task.
    pub demand: Csr<(u32, i64)>,
    /// Possible agents, by task; empty where they are derived.
    listed: Csr<Choice>,
    /// Whether a task's possible agents are derived from its class.
    is_derived: Vec<bool>,
    /// Whether shared resources could hold a task alone.
    fits_shared: Vec<bool>,
    /// The unit of each task.
    pub unit_of: Vec<u32>,
    /// The tasks of each unit.
    pub units: Csr<u32>,
    /// Demands of each unit, scaled, summed over its tasks.
    pub unit_demand: Csr<(u32, i64)>,
    /// Use of shared budgets by each unit, scaled, summed over its tasks.
    pub unit_uses: Csr<(u32, i64)>,
    /// Possible agents of the units with several tasks; a single task's are its own.
    joint: BTreeMap<u32, Vec<Choice>>,
    /// Units that must not share an agent, by unit.
    pub apart: Csr<u32>,
    /// Limits, by agent.
    pub agents: Vec<AgentLimits>,
    /// What each agent offers.
    pub offered: Csr<Offered>,
    /// Where each agent lists each dimension among all offered ones, agent by agent; [`NONE`] where it does not.
    offer_at: Vec<u32>,
    /// Number of dimensions.
    dims: usize,
    /// Limits, by shared resource.
    pub shared: Vec<SharedLimits>,
    /// Tasks, predecessors first, of equals by id.
    pub topological: Vec<u32>,
    /// What `state` holds already.
    pub reserved: Reservations,
    /// For a task that runs already (start 0), until when its slot is taken anyway; −1 for the others.
    pub runs_until: Vec<Ms>,
    /// Scaled amounts of [`Reservations::held`], in its order.
    pub held: Vec<i64>,
    /// How utilization is measured.
    pub gauge: Gauge,
    /// Scale of costs.
    pub cost_scale: Scale,
    /// Scale of loads.
    pub load_scale: Scale,
    /// Scales of the agents' dimensions.
    pub dim_scales: Vec<Scale>,
    /// Scales of the shared resources.
    pub shared_scales: Vec<Scale>,
    /// When searches have to end.
    pub limit: Limit,
    /// Least processing time of each task, once somebody asks.
    shortest: OnceLock<Vec<Ms>>,
    /// The eligible agents of each class, fastest first, once somebody asks.
    fastest: OnceLock<Vec<Vec<Member>>>,
}

impl<'q> Instance<'q> {
    /// Lays out a snapshot. O(tasks + edges + listed pairs).
    pub fn new(q: &'q Quantities<'q>) -> Self {
        let s = q.snapshot;
        let scales = Scales::of(q);
        let hard = |t: &'q crate::model::Task| t.depends_on.iter().filter(|d| !d.soft).map(|d| (d.task.0, d.data_mb));
        let (own, each) = (&scales.shared, &scales.dims);
        let uses = |t: &'q crate::model::Task| t.uses.iter().map(move |(r, x)| (r.0, own[r.at()].demand(*x)));
        let demand = |t: &'q crate::model::Task| t.demand.iter().map(move |(d, x)| (d.0, each[d.at()].demand(*x)));
        let preds = Csr::collect(s.tasks.iter().map(hard));
        let succs = preds.transposed(s.tasks.len());
        let (unit_of, units) = relations::units(q);
        let mut out = Self {
            q,
            release: s.tasks.iter().map(|t| t.release.max(0)).collect(),
            deadline: s.tasks.iter().map(|t| t.deadline.unwrap_or(NEVER)).collect(),
            weight: s.tasks.iter().map(|t| t.priority).collect(),
            topological: relations::topological(&preds, &succs),
            preds,
            succs,
            uses: Csr::collect(s.tasks.iter().map(uses)),
            demand: Csr::collect(s.tasks.iter().map(demand)),
            listed: Csr::default(),
            is_derived: vec![false; s.tasks.len()],
            fits_shared: Vec::new(),
            unit_demand: Csr::default(),
            unit_uses: Csr::default(),
            apart: relations::apart(q, &unit_of, units.len()),
            unit_of,
            units,
            joint: BTreeMap::new(),
            agents: s.agents.iter().map(|a| limits::limits(a, scales.load)).collect(),
            offered: Csr::collect(s.agents.iter().map(|a| limits::offered(a, &scales.dims))),
            offer_at: Vec::new(),
            dims: s.names.dims.len(),
            shared: s
                .network
                .resources
                .iter()
                .zip(&scales.shared)
                .map(|(r, scale)| limits::shared(r, *scale))
                .collect(),
            held: Vec::new(),
            runs_until: vec![-1; s.tasks.len()],
            reserved: Reservations::of(q),
            gauge: Gauge::new(q, scales.load),
            cost_scale: scales.cost,
            load_scale: scales.load,
            dim_scales: Vec::new(),
            shared_scales: Vec::new(),
            limit: Limit::default(),
            shortest: OnceLock::new(),
            fastest: OnceLock::new(),
        };
        out.offer_at = out.places();
        out.held = out.reserved.held.iter().map(|h| scales.shared[h.resource.at()].demand(h.amount)).collect();
        for fixed in &out.reserved.fixed {
            out.runs_until[fixed.task.at()] = fixed.until;
        }
        (out.dim_scales, out.shared_scales) = (scales.dims, scales.shared);
        out.unit_demand = out.summed(&out.demand, |_| true);
        out.unit_uses = out.summed(&out.uses, |r| out.shared[r as usize].budget < UNLIMITED);
        let fits = |(r, x): &(u32, i64)| {
            let limits = &out.shared[*r as usize];
            *x <= limits.capacity && *x <= limits.budget
        };
        out.fits_shared = (0..out.tasks()).map(|t| out.uses.row(t).iter().all(fits)).collect();
        (out.listed, out.is_derived) = out.list();
        out.joint = out.join();
        out
    }

    /// The least processing time of a task; 0 where no agent can run it. The first call looks at every task.
    pub fn shortest(&self, task: usize) -> Ms {
        let least = |t: usize| {
            let mut by_speed = self.choices(t).by_speed().map(|c| c.work);
            let first = by_speed.next().unwrap_or(0);
            by_speed.take_while(|work| *work <= first + 1).fold(first, Ms::min)
        };
        self.shortest.get_or_init(|| (0..self.tasks()).map(least).collect())[task]
    }

    /// Number of tasks.
    pub fn tasks(&self) -> usize {
        self.release.len()
    }

    /// Where an agent lists a dimension among all offered ones, and how.
    #[inline]
    pub fn offer_of(&self, agent: usize, dim: u32) -> Option<(usize, Offered)> {
        let at = self.offer_at[agent * self.dims + dim as usize];
        (at != NONE).then(|| (at as usize, self.offered.items()[at as usize]))
    }

    /// Whole ms that `mb` take from one agent to another; [`NEVER`] where nothing moves.
    pub fn transfer(&self, from: u32, to: u32, mb: f64) -> Ms {
        if from == to || self.q.transfers.is_free() {
            0
        } else {
            self.q.transfer(AgentIx(from), AgentIx(to), mb).unwrap_or(NEVER)
        }
    }

    /// Amounts of tasks summed over units, of the rows that count.
    fn summed(&self, amounts: &Csr<(u32, i64)>, counts: impl Fn(u32) -> bool) -> Csr<(u32, i64)> {
        Csr::collect((0..self.units.len()).map(|u| {
            let mut row: Vec<(u32, i64)> = Vec::new();
            for (key, x) in self.units.row(u).iter().flat_map(|t| amounts.row(*t as usize)) {
                match row.iter_mut().find(|have| have.0 == *key) {
                    Some(have) => have.1 = have.1.saturating_add(*x).min(UNLIMITED),
                    None if counts(*key) => row.push((*key, *x)),
                    None => {}
                }
            }
            row
        }))
    }

    #[inline]
    fn scaled(&self, offer: &Offer) -> Choice {
        Choice {
            agent: offer.agent.0,
            work: offer.processing,
            load: self.load_scale.demand(offer.load),
            cost: self.cost_scale.floor(offer.cost),
        }
    }

    /// The table behind [`Self::offer_of`].
    fn places(&self) -> Vec<u32> {
        let mut out = vec![NONE; self.agents.len() * self.dims];
        for agent in 0..self.agents.len() {
            // Where a dimension is both, the resource counts: it comes first.
            for (i, offered) in self.offered.row(agent).iter().enumerate().rev() {
                out[agent * self.dims + offered.dim as usize] = (self.offered.begin(agent) + i) as u32;
            }
        }
        out
    }

    fn join(&self) -> BTreeMap<u32, Vec<Choice>> {
        let mut out = BTreeMap::new();
        for (u, members) in (0..self.units.len()).map(|u| (u, self.units.row(u))).filter(|(_, m)| m.len() > 1) {
            let mut sums: Vec<Choice> = self.choices(members[0] as usize).iter().collect();
            for t in &members[1..] {
                sums.retain_mut(|sum| match self.choice(*t as usize, sum.agent) {
                    Some(c) => {
                        sum.work += c.work;
                        sum.load = sum.load.saturating_add(c.load);
                        sum.cost += c.cost;
                        true
                    }
                    None => false,
                });
            }
            sums.retain(|c| c.load <= self.agents[c.agent as usize].room && c.work < NEVER);
            out.insert(u as u32, sums);
        }
        out
    }
}
