//! Quantiles of samples and of histograms.

use super::Latency;

/// Most samples that an observation carries along; of more it carries the quantiles alone.
const MOST_SAMPLES: usize = 1000;

/// A quantile of sorted samples: linear between the two nearest (type 7 of Hyndman and Fan 1996, as R and `NumPy`
/// have it); `None` of no samples.
pub fn of_sorted(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = share.clamp(0.0, 1.0) * last as f64;
    let below = (at as usize).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64))
}

/// What samples in ms say; `None` of no samples.
pub fn of_samples(samples: &[f64]) -> Option<Latency> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(Latency {
        p50: Some(of_sorted(&sorted, 0.5)?),
        p95: of_sorted(&sorted, 0.95),
        p99: of_sorted(&sorted, 0.99),
        count: Some(samples.len() as f64),
        samples: if samples.len() <= MOST_SAMPLES { samples.to_vec() } else { Vec::new() },
    })
}

/// A quantile of a histogram: linear within its bucket, as Prometheus' `histogram_quantile` has it. `buckets` are
/// upper bounds and how many lie at or below them; the last bound may be infinite, and then stands for the one
/// before.
pub fn of_buckets(buckets: &[(f64, f64)], share: f64) -> Option<f64> {
    let total = buckets.last()?.1;
    if total <= 0.0 {
        return None;
    }
    let rank = share * total;
    let i = buckets.iter().position(|(_, count)| *count >= rank)?;
    let (upper, count) = buckets[i];
    let (lower, before) = if i == 0 { (0.0, 0.0) } else { buckets[i - 1] };
    if upper.is_infinite() {
        return (i > 0).then_some(lower);
    }
    let lower = if i == 0 && upper <= 0.0 { return Some(upper) } else { lower };
    Some(if count > before { lower + (upper - lower) * (rank - before) / (count - before) } else { upper })
}

/// What a histogram says, its bounds times `to_ms`; `None` of an empty one.
pub fn of_histogram(buckets: &[(f64, f64)], to_ms: f64) -> Option<Latency> {
    let ms = |share| of_buckets(buckets, share).map(|x| x * to_ms);
    Some(Latency {
        p50: Some(ms(0.5)?),
        p95: ms(0.95),
        p99: ms(0.99),
        count: buckets.last().map(|b| b.1),
        samples: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_nearest_samples() {
        let l = of_samples(&[4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!((l.p50, l.count), (Some(2.5), Some(4.0)));
        assert!((l.p95.unwrap() - 3.85).abs() < 1e-12 && (l.p99.unwrap() - 3.97).abs() < 1e-12);
        assert_eq!(of_samples(&[7.0]).unwrap().p99, Some(7.0));
        assert_eq!(of_samples(&[]), None);
    }

    #[test]
    fn quantiles_of_a_histogram_are_those_of_prometheus() {
        let buckets = [(0.1, 50.0), (0.5, 90.0), (1.0, 100.0), (f64::INFINITY, 100.0)];
        let l = of_histogram(&buckets, 1000.0).unwrap();
        assert_eq!((l.p50, l.p95, l.count), (Some(100.0), Some(750.0), Some(100.0)));
        assert_eq!(of_buckets(&[(1.0, 1.0), (f64::INFINITY, 9.0)], 0.99), Some(1.0));
        assert_eq!(of_buckets(&[(1.0, 0.0)], 0.5), None);
    }
}
