//! What proved the bounds of an earlier plan: prices that prove nearly as much of a snapshot much like its own.

use super::{bounds::Bounds, certify::Named};
use crate::{
    model::{Strategy, seconds},
    schedule::{
        Instance,
        proof::{Certificate, Component},
    },
};

/// How a bound was proven.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The bound, in the component's unit.
    pub bound: f64,
    /// The relaxation's prices; `None` where it took none.
    pub prices: Option<Named>,
}

/// What proved the bounds of cost, utilization and makespan, as far as prices or less did.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    cost: Option<Proven>,
    utilization: Option<Proven>,
    makespan: Option<Proven>,
}

/// A bound at an earlier plan's prices is as good as a new one from this share of the earlier bound on.
const AS_GOOD: f64 = 0.98;

impl Earlier {
    /// Reads the certificate of a report, which need not be sound: what prices prove is reckoned again.
    pub fn read(certificate: &Certificate) -> Self {
        let mut out = Self::default();
        match certificate {
            Certificate::Components { parts, .. } => parts.iter().for_each(|part| out.learn(part)),
            one => out.learn(one),
        }
        out
    }

    fn learn(&mut self, certificate: &Certificate) {
        let proven = match certificate {
            Certificate::Prices { bound, .. } => Proven { bound: *bound, prices: Named::read(certificate) },
            Certificate::CurrentLoad { bound, .. }
            | Certificate::CriticalPath { bound, .. }
            | Certificate::Crowd { bound, .. }
            | Certificate::Interval { bound, .. }
            | Certificate::OneMachine { bound, .. }
            | Certificate::EdgeFinding { bound, .. } => Proven { bound: *bound, prices: None },
            _ => return,
        };
        match certificate.proves() {
            Component::Cost => self.cost = Some(proven),
            Component::MaxUtilization => self.utilization = Some(proven),
            Component::Makespan => self.makespan = Some(proven),
            _ => {}
        }
    }

    /// What proved the bound of a strategy's own component.
    pub fn of(&self, strategy: Strategy) -> Option<&Proven> {
        match strategy {
            Strategy::CostOptimized => self.cost.as_ref(),
            Strategy::LoadBalanced => self.utilization.as_ref(),
            Strategy::PerformanceOptimized => self.makespan.as_ref(),
            Strategy::DeadlineAware | Strategy::Hybrid => None,
        }
    }

    /// Not to be used for a strategy's component any more.
    pub fn forget(&mut self, strategy: Strategy) {
        match strategy {
            Strategy::CostOptimized => self.cost = None,
            Strategy::LoadBalanced => self.utilization = None,
            Strategy::PerformanceOptimized => self.makespan = None,
            Strategy::DeadlineAware | Strategy::Hybrid => {}
        }
    }

    /// True where bounds at these prices are about as good as the earlier ones were.
    pub fn is_matched(&self, inst: &Instance<'_>, strategy: Strategy, bounds: &Bounds) -> bool {
        let now = match strategy {
            Strategy::CostOptimized => bounds.of_cost(inst).value,
            Strategy::LoadBalanced => bounds.utilization.0,
            _ => seconds(bounds.makespan.0),
        };
        self.of(strategy).is_some_and(|proven| now >= AS_GOOD * proven.bound)
    }
}
