//! What is usual of each agent: robust figures of its measurements, and limits beyond which something is up.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Agent, Ms, PerformanceMetrics, Snapshot, robust::Sample, seconds};

/// Measurements below which no control limits are drawn.
pub const MIN_SAMPLES: usize = 5;
/// Robust standard deviations between the median and a control limit (Shewhart 1931).
const SIGMAS: f64 = 3.0;

/// What is usual of one metric of one agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Baseline {
    /// `history`, or `performance_metrics` where the history has nothing of it.
    pub source: &'static str,
    /// Measurements.
    pub samples: usize,
    /// First and last moment, seconds after `as_of`; null where no moments are known.
    pub from: Option<f64>,
    /// Likewise.
    pub until: Option<f64>,
    /// Median.
    pub median: f64,
    /// Median absolute deviation.
    pub mad: f64,
    /// Quantiles: `p05`, `p25`, `p75`, `p95`.
    pub quantiles: BTreeMap<&'static str, f64>,
    /// Median less three robust standard deviations (1.4826 · MAD); null below five measurements.
    pub lower_limit: Option<f64>,
    /// Median and three robust standard deviations; null likewise.
    pub upper_limit: Option<f64>,
    /// Measurements outside the limits.
    pub outside: usize,
}

/// Agent → metric → what is usual.
pub type Baselines = BTreeMap<String, BTreeMap<String, Baseline>>;

/// Measurements of one metric of one agent.
#[derive(Default)]
struct Series {
    values: Vec<f64>,
    span: Option<(Ms, Ms)>,
}

/// Finds what is usual, from the history and from what agents say of themselves.
pub fn baselines(s: &Snapshot) -> Baselines {
    let mut history: BTreeMap<(&str, &str), Series> = BTreeMap::new();
    for row in &s.history {
        let series = history.entry((&row.agent, &row.metric)).or_default();
        series.values.push(row.value);
        let (first, last) = series.span.unwrap_or((row.time, row.time));
        series.span = Some((first.min(row.time), last.max(row.time)));
    }
    let mut out = Baselines::new();
    let mut add = |agent: &str, metric: &str, series: &Series, source| {
        if let Some(baseline) = baseline(series, source) {
            let own = out.entry(agent.to_owned()).or_default();
            own.entry(metric.to_owned()).or_insert(baseline);
        }
    };
    for ((agent, metric), series) in &history {
        add(agent, metric, series, "history");
    }
    for agent in &s.agents {
        for (metric, values) in stated(agent) {
            add(&agent.id, metric, &Series { values, span: None }, "performance_metrics");
        }
    }
    out
}

/// What an agent's own metrics say.
fn stated(agent: &Agent) -> Vec<(&'static str, Vec<f64>)> {
    let PerformanceMetrics { response_time_ms, throughput_per_min, error_rate, availability } = &agent.metrics;
    let times = response_time_ms.as_ref();
    let times = times.map(|t| if t.samples.is_empty() { t.p50.into_iter().collect() } else { t.samples.clone() });
    let one = |x: &Option<f64>| x.iter().copied().collect();
    vec![
        ("response_time_ms", times.unwrap_or_default()),
        ("throughput_per_min", one(throughput_per_min)),
        ("error_rate", one(error_rate)),
        ("availability", one(availability)),
    ]
}

fn baseline(series: &Series, source: &'static str) -> Option<Baseline> {
    let sample = Sample::new(series.values.iter().copied());
    let (median, spread) = (sample.median()?, sample.spread()?);
    let limits = (sample.len() >= MIN_SAMPLES).then_some((median - SIGMAS * spread, median + SIGMAS * spread));
    let quantile = |(name, share)| Some((name, sample.quantile(share)?));
    Some(Baseline {
        source,
        samples: sample.len(),
        from: series.span.map(|x| seconds(x.0)),
        until: series.span.map(|x| seconds(x.1)),
        median,
        mad: sample.mad()?,
        quantiles: [("p05", 0.05), ("p25", 0.25), ("p75", 0.75), ("p95", 0.95)]
            .into_iter()
            .filter_map(quantile)
            .collect(),
        lower_limit: limits.map(|l| l.0),
        upper_limit: limits.map(|l| l.1),
        outside: limits.map_or(0, |(low, high)| sample.values().iter().filter(|x| **x < low || **x > high).count()),
    })
}
