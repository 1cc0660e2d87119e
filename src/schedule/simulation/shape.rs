//! How the time of an attempt varies around its mean, read from an agent's measured response times.

use super::chance::Chance;
use crate::model::{PerformanceMetrics, robust::Sample};

/// Standard normal quantiles of 95 % and 99 %.
const Z95: f64 = 1.644_853_626_951_472_2;
const Z99: f64 = 2.326_347_874_040_841;

/// A distribution with mean 1.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Always the mean.
    Constant,
    /// Lognormal: response times are skewed to the right (Gross et al. 2008).
    Lognormal {
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// As measured: values over their mean, between neighbours in proportion.
    Measured(Sample),
}

impl Shape {
    /// From samples where there are any, else from quantiles, else constant.
    pub fn of(metrics: &PerformanceMetrics) -> Self {
        let Some(times) = &metrics.response_time_ms else { return Self::Constant };
        let mean = times.samples.iter().sum::<f64>() / times.samples.len().max(1) as f64;
        if times.samples.len() > 1 && mean > 0.0 {
            return Self::Measured(Sample::new(times.samples.iter().map(|x| x / mean)));
        }
        let ratio = |q: Option<f64>| Some(libm::log(q? / times.p50.filter(|x| *x > 0.0)?)).filter(|x| *x > 0.0);
        let sigmas = [ratio(times.p95).map(|x| x / Z95), ratio(times.p99).map(|x| x / Z99)];
        let known: Vec<f64> = sigmas.into_iter().flatten().collect();
        if known.is_empty() {
            return Self::Constant;
        }
        Self::Lognormal { sigma: known.iter().sum::<f64>() / known.len() as f64 }
    }

    /// A draw.
    pub fn draw(&self, chance: &mut Chance) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Lognormal { sigma } => libm::exp(sigma * chance.normal() - sigma * sigma / 2.0),
            Self::Measured(sample) => sample.quantile(chance.uniform()).unwrap_or(1.0),
        }
    }
}
