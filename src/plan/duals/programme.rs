//! The relaxation behind one component of the objective: its rows by what they limit, and its value with one moved.

use super::{Dual, Limit};
use crate::{
    lp::{self, Columns, Relaxation, Rows},
    model::{AgentIx, DimIx, Ms, NEVER, Plan, ResourceIx, Strategy, TaskIx},
    plan::{
        bounds,
        buckets::Buckets,
        heads::Heads,
        merge,
        place::{self, Leaving},
        selection::{LEVEL_COST, Price, Selection, TASK},
    },
    schedule::{Instance, UNLIMITED},
};

/// What a relaxation bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    /// Σ priority of what is left out.
    Placement,
    /// Σ cost, money.
    Cost,
    /// Greatest utilization.
    Utilization,
    /// Makespan, seconds.
    Makespan,
    /// Σ priority · tardiness, seconds.
    Tardiness,
}

impl Component {
    /// Those of a strategy: placing comes first in all of them.
    pub fn of(strategy: Strategy) -> &'static [Self] {
        match strategy {
            Strategy::CostOptimized => &[Self::Placement, Self::Cost],
            Strategy::LoadBalanced => &[Self::Placement, Self::Utilization],
            Strategy::PerformanceOptimized => &[Self::Placement, Self::Makespan],
            Strategy::DeadlineAware => &[Self::Placement, Self::Tardiness],
            Strategy::Hybrid => &[Self::Placement, Self::Cost, Self::Utilization, Self::Makespan, Self::Tardiness],
        }
    }

    /// What is priced of large fleets too, where a strategy weighs several.
    pub fn is_main(self) -> bool {
        matches!(self, Self::Placement | Self::Cost | Self::Makespan)
    }

    /// Its key in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Placement => "priority_unplaced",
            Self::Cost => "cost",
            Self::Utilization => "max_utilization",
            Self::Makespan => "makespan",
            Self::Tardiness => "weighted_tardiness",
        }
    }
}

/// A relaxation.
pub struct Programme<'i> {
    inst: &'i Instance<'i>,
    body: Body<'i>,
    /// Integers of the programme's value in one of the component's own units.
    scale: f64,
    /// From when on agents that open later count as open, ms.
    least: Ms,
}

enum Body<'i> {
    Leaving(Box<Leaving<'i>>),
    Selection(Box<Selection<'i>>),
    Buckets(Box<Buckets<'i>>),
}

/// A solved relaxation.
pub struct Solved {
    /// Value in the component's own unit.
    pub value: f64,
    /// How the prices came about.
    pub method: &'static str,
    found: Relaxation,
}

impl<'i> Programme<'i> {
    /// The relaxation over what a plan places; `None` where there is nothing to relax.
    pub fn new(inst: &'i Instance<'i>, heads: &'i Heads, component: Component, plan: &Plan) -> Option<Self> {
        let placed: Vec<bool> = plan.placements.iter().map(Option::is_some).collect();
        let whole = |u: &u32| inst.units.row(*u as usize).iter().all(|t| placed[*t as usize]);
        let units: Vec<u32> = (0..inst.units.len() as u32).filter(whole).collect();
        let mut least = 0;
        let selection = |s: Selection<'i>| Body::Selection(Box::new(s));
        let (body, scale) = match component {
            Component::Placement => {
                // Where nothing that could be placed is left out, nothing limits placing.
                let impossible = place::impossible(inst);
                (0..inst.tasks()).find(|t| !placed[*t] && !impossible[*t])?;
                let leaving = Leaving::possible(inst, &impossible);
                let scale = leaving.scale.factor();
                (Body::Leaving(Box::new(leaving)), scale)
            }
            _ if units.is_empty() => return None,
            Component::Cost => (selection(Selection::new(inst, units, Price::Cost)), inst.cost_scale.factor()),
            Component::Utilization => {
                let s = Selection::new(inst, units, Price::Nothing).with_utilization(LEVEL_COST);
                let per = s.per_utilization as f64 * LEVEL_COST as f64;
                let scale = if inst.gauge.by_load { per * inst.load_scale.factor() } else { per };
                (selection(s), scale)
            }
            Component::Makespan => {
                least = bounds::path(inst, heads, &units);
                let s = Selection::new(inst, units, Price::Nothing).with_makespan(LEVEL_COST, least);
                (selection(s), 1000.0 * LEVEL_COST as f64)
            }
            Component::Tardiness => {
                let horizon = plan.placed().map(|p| p.1.finish).max().unwrap_or(0);
                let b = Buckets::new(inst, heads, &placed, horizon)?;
                let scale = 1000.0 * b.scale.factor();
                (Body::Buckets(Box::new(b)), scale)
            }
        };
        Some(Self { inst, body, scale, least })
    }

    /// Solves it.
    pub fn solve(&self) -> Option<Solved> {
        self.solve_with(self.rows())
    }

    fn rows(&self) -> &Rows {
        match &self.body {
            Body::Leaving(l) => &l.selection.rows,
            Body::Selection(s) => &s.rows,
            Body::Buckets(b) => &b.rows,
        }
    }

    fn solve_with(&self, rows: &Rows) -> Option<Solved> {
        let asked = bounds::effort(self.inst, None);
        // Of large fleets the prices that prove a bound will do: the programme takes as long as a plan.
        let effort = if self.inst.pairs() > super::SOME { lp::Effort { rounds: 0, ..asked } } else { asked };
        let own = std::ptr::eq(rows, self.rows());
        let found = match &self.body {
            Body::Leaving(l) if own => merge::relax(self.inst, l.as_ref(), &l.selection, &effort)?,
            Body::Leaving(l) => lp::relax(l.as_ref(), rows, &[], &effort).ok()?,
            Body::Selection(s) if own => merge::relax(self.inst, s.as_ref(), s, &effort)?,
            Body::Selection(s) => lp::relax(s.as_ref(), rows, &s.levels, &effort).ok()?,
            Body::Buckets(b) => lp::relax(b.as_ref(), rows, &[], &effort).ok()?,
        };
        Some(Solved { value: found.bound.floor_f64() / self.scale, method: found.method, found })
    }

    /// The value with so many units more of something; `None` where that is no row's matter.
    pub fn moved(&self, limit: Limit, units: f64) -> Option<f64> {
        let mut rows = self.rows().clone();
        for (row, fixed, slope) in self.touched(limit) {
            let add = |x: &mut i64, by: f64| *x = x.saturating_add((by * units) as i64).min(UNLIMITED);
            add(&mut rows.fixed[row as usize], fixed);
            add(&mut rows.slope[row as usize], slope);
        }
        if &rows == self.rows() {
            return None;
        }
        Some(self.solve_with(&rows)?.value)
    }

    /// Rows that a limit enters, with what one unit adds to what each offers and to its slope.
    fn touched(&self, limit: Limit) -> Vec<(u32, f64, f64)> {
        let inst = self.inst;
        match (&self.body, limit) {
            (Body::Leaving(l), limit) => self.of_selection(&l.selection, limit),
            (Body::Selection(s), limit) => self.of_selection(s, limit),
            (Body::Buckets(b), Limit::Slots(a)) => {
                let from = inst.agents[a.at()].from;
                let ends = b.edges().iter().skip(1).enumerate();
                let base = a.at() * (b.edges().len() - 1);
                ends.map(|(r, end)| ((base + r) as u32, (end - from).max(0) as f64, 0.0)).collect()
            }
            (Body::Buckets(_), _) => Vec::new(),
        }
    }

    fn of_selection(&self, s: &Selection<'_>, limit: Limit) -> Vec<(u32, f64, f64)> {
        let inst = self.inst;
        let mut out = Vec::new();
        let mut put = |row: Option<u32>, fixed: f64, slope: f64| out.extend(row.map(|r| (r, fixed, slope)));
        let offers = |a: AgentIx, dim: DimIx| {
            let at = |o: &crate::schedule::instance::Offered| o.dim == dim.0;
            inst.offered.row(a.at()).iter().position(at).map(|i| inst.offered.begin(a.at()) + i)
        };
        match limit {
            Limit::Capacity(a) => {
                let unit = inst.load_scale.factor();
                put(s.by_agent[a.at()].load, unit, 0.0);
                if !inst.gauge.by_load {
                    put(s.by_agent[a.at()].level_load, 0.0, unit);
                }
            }
            Limit::Slots(a) => {
                put(s.by_agent[a.at()].work, -(inst.agents[a.at()].from.min(self.least) as f64), 1.0);
            }
            Limit::Tasks(a) => put(s.by_agent[a.at()].tasks, TASK as f64, 0.0),
            Limit::Budget(a, dim) | Limit::Held(a, dim) => {
                let unit = inst.dim_scales[dim.at()].factor();
                let Some(at) = offers(a, dim) else { return out };
                put(s.budget[at], unit, 0.0);
                put(s.level_budget[at], 0.0, unit);
                put(s.held[at], 0.0, unit);
            }
            Limit::SharedBudget(r) => put(s.shared_budget[r.at()], inst.shared_scales[r.at()].factor(), 0.0),
            Limit::Shared(r) => {
                let unit = inst.shared_scales[r.at()].factor();
                put(s.shared_held[r.at()], unit * inst.shared[r.at()].per.unwrap_or(0) as f64, unit);
            }
            Limit::Deadline(_) => {}
        }
        out
    }

    /// How much there is of what limits.
    pub fn offered(&self, limit: Limit) -> f64 {
        let s = self.inst.q.snapshot;
        let of = |rows: &[(DimIx, f64)], dim: DimIx| rows.iter().find(|r| r.0 == dim).map_or(0.0, |r| r.1);
        match limit {
            Limit::Capacity(a) => s.agent(a).capacity.unwrap_or(0.0),
            Limit::Slots(a) => f64::from(s.agent(a).slots),
            Limit::Tasks(a) => f64::from(s.agent(a).max_tasks.unwrap_or(0)),
            Limit::Budget(a, dim) => of(&s.agent(a).budget, dim),
            Limit::Held(a, dim) => of(&s.agent(a).resources, dim),
            Limit::SharedBudget(r) => s.network.resources[r.at()].budget.unwrap_or(0.0),
            Limit::Shared(r) => s.network.resources[r.at()].capacity.unwrap_or(0.0),
            Limit::Deadline(t) => self.inst.deadline[t.at()] as f64 / 1000.0,
        }
    }

    /// Everything that may limit.
    fn limits(&self) -> Vec<Limit> {
        let inst = self.inst;
        let mut out = Vec::new();
        for a in inst.q.snapshot.agent_ixs() {
            out.extend([Limit::Capacity(a), Limit::Slots(a), Limit::Tasks(a)]);
            for o in inst.offered.row(a.at()) {
                let dim = DimIx(o.dim);
                out.push(if o.is_budget { Limit::Budget(a, dim) } else { Limit::Held(a, dim) });
            }
        }
        let shared = (0..inst.shared.len()).map(ResourceIx::of);
        out.extend(shared.flat_map(|r| [Limit::SharedBudget(r), Limit::Shared(r)]));
        out
    }

    /// The price of everything that limits, in the component's own unit per unit of the snapshot.
    pub fn prices(&self, solved: &Solved) -> Vec<Dual> {
        let level = solved.value * self.scale / LEVEL_COST as f64;
        let worth = |limit: &Limit| -> f64 {
            let rows = self.touched(*limit);
            rows.iter().map(|(r, fixed, slope)| solved.found.prices[*r as usize] * (fixed + slope * level)).sum()
        };
        let mut out: Vec<Dual> = self
            .limits()
            .into_iter()
            .map(|limit| Dual { limit, price: rounded(worth(&limit) / self.scale), up_to: None })
            .collect();
        if let Body::Buckets(b) = &self.body {
            out.extend(self.deadlines(b, solved));
        }
        out
    }

    /// A later deadline saves its task's weight for the part of it that the relaxation finishes late.
    fn deadlines(&self, b: &Buckets<'_>, solved: &Solved) -> Vec<Dual> {
        let price = |group: usize| {
            let t = b.task(group) as usize;
            let late =
                solved.found.fractions.get(group).map_or(0.0, |parts| {
                    parts.iter().filter(|p| b.lateness(t, p.key) > 0).map(|p| p.weight).sum::<f64>()
                });
            Dual { limit: Limit::Deadline(TaskIx::of(t)), price: rounded(self.inst.weight[t] * late), up_to: None }
        };
        (0..b.groups()).map(price).collect()
    }

    /// What this programme's columns offer beyond another's at the other's prices to the task that gains most; `None`
    /// where the two do not compare.
    pub fn beside(&self, other: &Self, solved: &Solved) -> Option<f64> {
        let (Body::Selection(new), Body::Selection(old)) = (&self.body, &other.body) else { return None };
        let comparable = new.rows.len() == old.rows.len() && new.units() == old.units() && self.scale == other.scale;
        if !comparable || self.inst.load_scale != other.inst.load_scale {
            return None;
        }
        let cheapest = |s: &Selection<'_>, group: usize| {
            let mut least = f64::INFINITY;
            s.visit(group, &mut |_, cost, entries| {
                let paid: f64 = entries.iter().map(|(r, x)| solved.found.prices[*r as usize] * *x as f64).sum();
                least = least.min(cost as f64 + paid);
            });
            least
        };
        let gain = |group: usize| (cheapest(old, group) - cheapest(new, group)) / self.scale;
        Some(rounded((0..old.units().len()).map(gain).fold(0.0, f64::max)))
    }
}

/// Six digits: the last ones of a solver's prices are noise.
fn rounded(x: f64) -> f64 {
    if x <= 0.0 || x >= NEVER as f64 {
        return 0.0;
    }
    let unit = libm::pow(10.0, 5.0 - libm::floor(libm::log10(x)));
    libm::round(x * unit) / unit
}
