//! What an objective asks of an agent, and what the agent can give: the metrics of `state.objectives`.

use super::{Scene, queue::response_time};
use crate::model::{Agent, AgentIx, PerformanceMetrics};

/// A metric that objectives may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Load over capacity, at most.
    Utilization,
    /// Requests per minute, at least.
    Throughput,
    /// Mean or median response time in ms, at most.
    Latency,
    /// 95th percentile in ms, at most.
    Latency95,
    /// 99th percentile in ms, at most.
    Latency99,
    /// Share of attempts that fail, at most.
    ErrorRate,
    /// Share of time, at least.
    Availability,
    /// Money per hour, at most.
    Cost,
}

impl Metric {
    /// The metric of a name; unknown ones make no conflict.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "utilization" => Self::Utilization,
            "throughput_per_min" | "throughput" => Self::Throughput,
            "response_time_ms" | "response_time" | "latency_ms" | "latency" | "p50" | "response_time_ms.p50" => {
                Self::Latency
            }
            "p95" | "response_time_ms.p95" | "latency_p95_ms" => Self::Latency95,
            "p99" | "response_time_ms.p99" | "latency_p99_ms" => Self::Latency99,
            "error_rate" => Self::ErrorRate,
            "availability" => Self::Availability,
            "cost_per_hour" | "cost" => Self::Cost,
            _ => return None,
        })
    }

    /// True where more is better: the target is a least value.
    pub fn at_least(self) -> bool {
        matches!(self, Self::Throughput | Self::Availability)
    }

    /// True where `value` misses `target`.
    pub fn misses(self, value: f64, target: f64) -> bool {
        let noise = 1e-9 * value.abs().max(target.abs()).max(1.0);
        if self.at_least() { value < target - noise } else { value > target + noise }
    }
}

/// What is known of an agent's performance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ability {
    /// Requests at a time.
    pub slots: u32,
    /// Time of one request, ms: the median, else the mean of the samples.
    pub service: Option<f64>,
    /// `current_load / capacity`.
    pub utilization: Option<f64>,
}

impl Ability {
    /// Of an agent.
    pub fn of(agent: &Agent) -> Self {
        let utilization = agent.capacity.filter(|c| *c > 0.0).map(|c| agent.current_load / c);
        Self { slots: agent.slots, service: service(&agent.metrics), utilization }
    }

    /// Requests per minute with every slot busy.
    pub fn most_per_min(&self) -> Option<f64> {
        self.service.filter(|s| *s > 0.0).map(|s| f64::from(self.slots) * 60_000.0 / s)
    }

    /// Mean response time in ms at a rate per minute, by M/M/c.
    pub fn response_at(&self, per_min: f64) -> Option<f64> {
        self.service.map(|s| response_time(self.slots, per_min / 60_000.0, s))
    }

    /// The greatest rate per minute at which the mean response time stays within `ms`, by bisection.
    pub fn rate_within(&self, ms: f64) -> Option<f64> {
        let (mut low, mut high) = (0.0, self.most_per_min()?);
        for _ in 0..60 {
            let mid = f64::midpoint(low, high);
            if self.response_at(mid)? <= ms { low = mid } else { high = mid }
        }
        Some(low)
    }

    /// The rate per minute that the present utilization amounts to.
    pub fn present_per_min(&self) -> Option<f64> {
        Some(self.utilization?.min(1.0) * self.most_per_min()?)
    }
}

fn service(metrics: &PerformanceMetrics) -> Option<f64> {
    let times = metrics.response_time_ms.as_ref()?;
    let mean = || (!times.samples.is_empty()).then(|| times.samples.iter().sum::<f64>() / times.samples.len() as f64);
    times.p50.or_else(mean)
}

/// Quantile of the samples, where the quantile itself is not given: nearest rank.
fn quantile(given: Option<f64>, samples: &[f64], share: f64) -> Option<f64> {
    let ranked = || {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let rank = libm::ceil(share * sorted.len() as f64) as usize;
        sorted.get(rank.max(1) - 1).copied()
    };
    given.or_else(ranked)
}

/// What an agent was measured at, as far as it was: response times with the mean wait (M/M/c) that its present
/// load adds.
pub fn measured(scene: &Scene<'_>, a: AgentIx, metric: Metric) -> Option<f64> {
    let agent = scene.snapshot.agent(a);
    let ability = Ability::of(agent);
    let wait = || {
        let with = ability.response_at(ability.present_per_min()?)?;
        Some(with - ability.service?)
    };
    let times = agent.metrics.response_time_ms.as_ref();
    let late = |share: f64, pick: fn(&crate::model::ResponseTime) -> Option<f64>| {
        let t = times?;
        Some(quantile(pick(t), &t.samples, share)? + wait().unwrap_or(0.0))
    };
    match metric {
        Metric::Utilization => ability.utilization,
        Metric::Throughput => agent.metrics.throughput_per_min,
        Metric::Latency => Some(ability.service? + wait().unwrap_or(0.0)),
        Metric::Latency95 => late(0.95, |t| t.p95),
        Metric::Latency99 => late(0.99, |t| t.p99),
        Metric::ErrorRate => agent.metrics.error_rate,
        Metric::Availability => agent.metrics.availability,
        Metric::Cost => Some(agent.cost_per_hour),
    }
}
