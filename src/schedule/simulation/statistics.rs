//! Estimates with their 95 % intervals.

use serde::Serialize;

use crate::model::robust::Sample;

/// Standard normal quantile of 97.5 %.
const Z: f64 = 1.959_963_984_540_054;

/// An estimate and the interval that holds the true value in 95 of 100 cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The mean of a sample, by the normal approximation.
    pub fn mean(values: &[f64]) -> Self {
        let n = values.len().max(1) as f64;
        let value = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|x| (x - value) * (x - value)).sum();
        let half = if n > 1.0 { Z * libm::sqrt(squares / (n - 1.0) / n) } else { 0.0 };
        Self { value, low: value - half, high: value + half }
    }
}

/// A share of cases (Wilson 1927).
pub fn share(hits: u32, cases: usize) -> Interval {
    let n = cases.max(1) as f64;
    let p = f64::from(hits) / n;
    let centre = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * libm::sqrt(p * (1.0 - p) / n + Z * Z / (4.0 * n * n));
    Interval { value: p, low: (centre - half).max(0.0).min(p), high: (centre + half).min(1.0).max(p) }
}

/// A quantile of a sample, with the order statistics that hold it (binomial, by the normal approximation).
pub fn quantile(sample: &Sample, q: f64) -> Option<Interval> {
    let n = sample.len() as f64;
    let values = sample.values();
    let spread = Z * libm::sqrt(n * q * (1.0 - q));
    let at = |rank: f64| values.get((rank.max(1.0).min(n) as usize).saturating_sub(1)).copied();
    Some(Interval {
        value: sample.quantile(q)?,
        low: at(libm::floor(n * q - spread))?,
        high: at(libm::ceil(n * q + spread) + 1.0)?,
    })
}
