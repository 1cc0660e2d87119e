//! What proves each bound, in the report's own terms: ids and whole numbers that [`proof::check`] recomputes.
//!
//! Where pairs are few each certificate is checked before it is given out. Searches and enumerations (branch and
//! bound, prices over time buckets) leave nothing that is short and checkable: `none`.

mod paths;
mod prices;

pub use prices::Named;

use super::{
    bounds::{Bounds, Knapsacks},
    crowd::Crowd,
    energetic,
    heads::Heads,
    lattice,
    solution::Objective,
};
use crate::{
    model::{Ms, Plan, Strategy, seconds},
    schedule::{
        Instance,
        proof::{self, Certificate, Component},
    },
};

/// Pairs of tasks and agents up to which a certificate is checked before it is given out.
const CHECKED: usize = 1_000_000;

/// A finished plan and what is known of it.
struct Case<'a, 'i> {
    inst: &'a Instance<'i>,
    heads: &'a Heads,
    plan: &'a Plan,
    bounds: &'a Bounds,
    /// The placed units.
    units: Vec<u32>,
}

/// The certificate of the objective's bound.
pub fn certificate(
    inst: &Instance<'_>,
    heads: &Heads,
    plan: &Plan,
    objective: &Objective,
    bounds: &Bounds,
) -> Certificate {
    let case = Case { inst, heads, plan, bounds, units: super::placed_units(inst, plan) };
    let bound = objective.bound.as_ref().map_or(0.0, |b| b.value);
    match objective.strategy {
        Strategy::CostOptimized => case.cost(bound),
        Strategy::LoadBalanced => case.utilization(bound),
        Strategy::PerformanceOptimized => case.makespan(bound),
        Strategy::DeadlineAware => case.tardiness(bound),
        Strategy::Hybrid => Certificate::Components { bound, parts: case.parts() },
    }
}

/// The certificate of the most priority that any plan can place; `None` where none is needed.
pub fn placement(inst: &Instance<'_>, prices: Named, bound: f64) -> Option<Certificate> {
    let enough = |certificate| {
        let most = proof::most(inst.q, certificate).ok()?;
        (most <= bound + proof::slack(Component::Placement, bound)).then_some(())
    };
    let certificate = prices.proving(Component::Placement, bound);
    if inst.pairs() > CHECKED {
        return Some(certificate);
    }
    if enough(None).is_some() { None } else { enough(Some(&certificate)).map(|()| certificate) }
}

impl Case<'_, '_> {
    fn parts(&self) -> Vec<Certificate> {
        let b = self.bounds;
        vec![
            self.cost(b.of_cost(self.inst).value),
            self.utilization(b.utilization.0),
            self.makespan(seconds(b.makespan.0)),
            self.tardiness(b.tardiness.0 / 1000.0),
        ]
    }

    fn cost(&self, bound: f64) -> Certificate {
        let none = Certificate::None { proves: Component::Cost, bound: Some(bound) };
        match (self.bounds.cost.1, &self.bounds.prices.cost) {
            ("cheapest agents" | "sign", _) => self.checked(Named::none(self.inst).proving(Component::Cost, bound)),
            ("LP relaxation" | "Lagrangian dual", Some(prices)) => {
                self.checked(prices.clone().proving(Component::Cost, bound))
            }
            _ => self.bounds.prices.knapsacks.as_ref().map_or(none, |k| self.checked(self.knapsacks(k, bound))),
        }
    }

    /// Prices of units by the name of their first task.
    fn knapsacks(&self, found: &Knapsacks, bound: f64) -> Certificate {
        let name = |u: u32| self.inst.q.snapshot.tasks[self.inst.units.row(u as usize)[0] as usize].id.clone();
        let prices = found.prices.iter().map(|(u, price)| (name(*u), *price)).collect();
        Certificate::Knapsacks { bound, shift: found.shift, units: Named::none(self.inst).units(), prices }
    }

    fn utilization(&self, bound: f64) -> Certificate {
        let proves = Component::MaxUtilization;
        match (self.bounds.utilization.1, &self.bounds.prices.utilization) {
            ("current load" | "sign", _) => {
                let empty = crate::schedule::Room::new(self.inst);
                let level = |a: u32| self.inst.gauge.of(self.inst, &empty, a as usize);
                let touched = self.inst.gauge.touched.iter().copied();
                let fullest = touched.filter(|a| level(*a) > 0.0).max_by(|a, b| level(*a).total_cmp(&level(*b)));
                let agent = fullest.map(|a| self.inst.q.snapshot.agents[a as usize].id.clone());
                self.checked(Certificate::CurrentLoad { bound, agent })
            }
            ("LP relaxation" | "Lagrangian dual", Some(prices)) => self.checked(prices.clone().proving(proves, bound)),
            ("crowd", _) => self.crowd(proves, bound, self.bounds.prices.full.as_ref()),
            _ => Certificate::None { proves, bound: Some(bound) },
        }
    }

    fn crowd(&self, proves: Component, bound: f64, found: Option<&Crowd>) -> Certificate {
        let id = |t: &u32| self.inst.q.snapshot.tasks[*t as usize].id.clone();
        found.map_or(Certificate::None { proves, bound: Some(bound) }, |crowd| {
            self.checked(Certificate::Crowd { proves, bound, tasks: crowd.tasks.iter().map(id).collect() })
        })
    }

    fn makespan(&self, bound: f64) -> Certificate {
        let none = Certificate::None { proves: Component::Makespan, bound: Some(bound) };
        match (self.bounds.makespan.1, &self.bounds.prices.makespan) {
            ("critical path" | "sign", _) => paths::critical(self, bound),
            ("LP relaxation" | "Lagrangian dual", Some(prices)) => {
                self.checked(prices.clone().proving(Component::Makespan, bound))
            }
            ("preemptive one-machine schedule", _) => paths::one_machine(self, bound).map_or(none, |c| self.checked(c)),
            ("edge finding", _) => self.checked(paths::edges(self, bound)),
            ("crowd", _) => self.crowd(Component::Makespan, bound, self.bounds.prices.crowd.as_ref()),
            ("energetic reasoning", _) => self.interval(bound).map_or(none, |c| self.checked(c)),
            _ => none,
        }
    }

    /// The interval that refutes the last trial below the bound.
    fn interval(&self, bound: f64) -> Option<Certificate> {
        let trial: Ms = self.bounds.makespan.0 - lattice::step(self.inst);
        let found = energetic::witness(self.inst, self.heads, &self.units, trial)?;
        let s = self.inst.q.snapshot;
        let (resource, agents) = match found.what {
            energetic::What::Shared(r) => (Some(s.network.resources[r as usize].id.clone()), Vec::new()),
            energetic::What::Slots(set) => (None, set.iter().map(|a| s.agents[*a as usize].id.clone()).collect()),
        };
        let tasks = found.tasks.iter().map(|t| s.tasks[*t as usize].id.clone()).collect();
        let (trial, from, until) = (seconds(trial), seconds(found.from), seconds(found.until));
        Some(Certificate::Interval { bound, trial, from, until, resource, agents, tasks })
    }

    fn tardiness(&self, bound: f64) -> Certificate {
        match (self.bounds.tardiness.1, &self.bounds.prices.tardiness) {
            ("earliest finishes" | "sign", _) => self.checked(paths::late(self, bound)),
            ("Lagrangian over start times", Some(priced)) => {
                let id = |t: usize| self.inst.q.snapshot.tasks[t].id.clone();
                self.checked(Certificate::StartTimes {
                    bound,
                    moment: seconds(priced.unit),
                    moments: priced.moments as u32,
                    weight: priced.weight,
                    prices: priced.prices.iter().map(|(t, p)| (id(*t), *p)).collect(),
                })
            }
            _ => Certificate::None { proves: Component::WeightedTardiness, bound: Some(bound) },
        }
    }

    /// A certificate that proves its bound, or none.
    fn checked(&self, certificate: Certificate) -> Certificate {
        if self.inst.pairs() > CHECKED || self.proves(&certificate) {
            return certificate;
        }
        Certificate::None { proves: certificate.proves(), bound: certificate.bound() }
    }

    fn proves(&self, certificate: &Certificate) -> bool {
        proof::check(self.inst.q, self.plan, certificate).is_ok()
    }
}
