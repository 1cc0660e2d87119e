//! What makes one version better than another, and which versions may not be proposed at all.
//!
//! Placing comes first, as in every plan; then the targets asked for; then the merit, the mean of makespan, total
//! cost, waste and the strategy's own objective, each over its value before, with what costs and times are worse than
//! before on top. A version is sound where it places no less, the strategy's objective is no worse than before (but
//! where targets are asked for), and total cost stays within the money that `policies.budget` grants, if it names any.

use super::{
    measure::{METRICS, Metrics},
    targets::Target,
};
use crate::model::{Policies, Strategy};

/// How far a figure may be off for the noise of its sums.
const NOISE: f64 = 1e-9;

/// Weight of costs and times above those before.
const WORSE: f64 = 2.0;

/// Judges versions against the plan before.
#[derive(Debug, Clone)]
pub struct Judge {
    /// The plan before.
    pub before: Metrics,
    strategy: Strategy,
    weights: [f64; 4],
    money: Option<f64>,
    /// Kinds of change that policies allow; `None` is all.
    pub kinds: Option<Vec<String>>,
    /// What is asked for.
    pub targets: Vec<Target>,
}

/// The worth of a version, less is better: priority that it leaves out, what its targets miss, its merit.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Score {
    /// Priority not placed, against before.
    pub unplaced: f64,
    /// Σ over targets of what is missing, as a share.
    pub missed: f64,
    /// Mean of figures over those before.
    pub merit: f64,
}

impl Judge {
    /// Judges by a strategy under policies.
    pub fn new(before: Metrics, strategy: Strategy, policies: &Policies, targets: Vec<Target>) -> Self {
        let w = policies.weights;
        let weights = [w.cost, w.max_utilization, w.makespan, w.weighted_tardiness];
        Self { before, strategy, weights, money: policies.budget_money, kinds: policies.budget_kinds.clone(), targets }
    }

    /// The strategy's objective over its value before; below 1 is better.
    pub fn objective(&self, m: &Metrics) -> f64 {
        let b = &self.before;
        match self.strategy {
            Strategy::CostOptimized => ratio(m.cost, b.cost),
            Strategy::LoadBalanced => ratio(m.max_utilization, b.max_utilization),
            Strategy::PerformanceOptimized => ratio(m.makespan, b.makespan),
            Strategy::DeadlineAware => ratio(m.weighted_tardiness, b.weighted_tardiness),
            Strategy::Hybrid => {
                let pairs = [
                    (m.cost, b.cost),
                    (m.max_utilization, b.max_utilization),
                    (m.makespan, b.makespan),
                    (m.weighted_tardiness, b.weighted_tardiness),
                ];
                // A component that was 0 has no scale of its own; it is guarded by itself.
                let terms = pairs.iter().zip(self.weights).filter(|((_, before), _)| *before > 0.0);
                let (sum, all) = terms.fold((0.0, 0.0), |(s, a), ((x, b), w)| (s + w * x / b, a + w));
                if all > 0.0 { sum / all } else { 1.0 }
            }
        }
    }

    /// The worth of a version.
    pub fn score(&self, m: &Metrics) -> Score {
        let b = &self.before;
        let parts =
            [(m.makespan, b.makespan), (m.cost_total, b.cost_total), (m.waste.unwrap_or(0.0), b.waste.unwrap_or(0.0))];
        let parts = parts.iter().filter(|p| p.1 > 0.0).map(|(x, b)| x / b).chain([self.objective(m)]);
        let (sum, n) = parts.fold((0.0, 0), |(s, n), x| (s + x, n + 1));
        // What is worse than today has to be worth it several times over; money that is granted is no loss.
        let granted = self.money.unwrap_or(0.0);
        let held = [
            (m.cost, b.cost + granted),
            (m.cost_total, b.cost_total + granted),
            (m.makespan, b.makespan),
            (m.weighted_tardiness, b.weighted_tardiness),
        ];
        let worse: f64 = held.iter().map(|(x, before)| (ratio(*x, *before) - 1.0 - NOISE).max(0.0)).sum();
        Score {
            unplaced: b.priority_placed - m.priority_placed,
            missed: self.targets.iter().map(|t| t.missed(m)).sum(),
            merit: sum / f64::from(n.max(1)) + WORSE * worse,
        }
    }

    /// True where a version may be proposed.
    pub fn is_sound(&self, m: &Metrics) -> bool {
        let b = &self.before;
        let places = m.priority_placed - b.priority_placed;
        let paid = self.money.is_none_or(|money| m.cost_total <= (b.cost_total + money) * (1.0 + NOISE));
        if places.abs() > NOISE * b.priority_placed.max(1.0) {
            return paid && places > 0.0;
        }
        paid && (!self.targets.is_empty() || self.objective(m) <= 1.0 + NOISE)
    }

    /// True where one version is better than another by more than noise.
    pub fn better(&self, a: &Metrics, b: &Metrics) -> bool {
        let (a, b) = (self.score(a), self.score(b));
        let close = |x: f64, y: f64| (x - y).abs() <= NOISE * x.abs().max(y.abs()).max(1.0);
        if !close(a.unplaced, b.unplaced) {
            return a.unplaced < b.unplaced;
        }
        if !close(a.missed, b.missed) {
            return a.missed < b.missed;
        }
        if !self.targets.is_empty() && a.missed == 0.0 {
            return false;
        }
        a.merit < b.merit - NOISE
    }

    /// True where every target is met.
    pub fn reached(&self, m: &Metrics) -> bool {
        self.targets.iter().all(|t| t.missed(m) == 0.0)
    }
}

fn ratio(x: f64, before: f64) -> f64 {
    match () {
        () if before > 0.0 => x / before,
        () if x <= 0.0 => 1.0,
        () => 2.0,
    }
}

/// A figure by its name.
pub fn figure(m: &Metrics, name: &str) -> Option<f64> {
    METRICS.iter().find(|n| n.name == name).and_then(|n| (n.of)(m))
}
