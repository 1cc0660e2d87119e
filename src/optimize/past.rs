//! What `history` says: baselines, breaches, trends and changes of level, by agent and metric.

use std::collections::BTreeMap;

use super::report::PastRow;
use crate::model::{Snapshot, robust::Sample, seconds};

/// Robust standard deviations from the median that are a breach.
const FAR: f64 = 3.0;
/// Measurements on either side of a change of level.
const SIDE: usize = 5;
/// Measurements up to which pairs are all looked at for a trend; beyond, every so many.
const PAIRED: usize = 600;
/// Changes of level at most.
const MOST_CHANGES: usize = 20;
/// Standard normal quantile of 97.5 %.
const Z: f64 = 1.959_963_984_540_054;

/// Rows by agent and metric.
pub fn measure(s: &Snapshot) -> Vec<PastRow> {
    let mut series: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
    for row in &s.history {
        series.entry((&row.agent, &row.metric)).or_default().push((seconds(row.time), row.value));
    }
    let row = |((agent, metric), mut points): ((&str, &str), Vec<(f64, f64)>)| {
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let sample = Sample::new(points.iter().map(|p| p.1));
        let (median, spread) = (sample.median()?, sample.spread()?);
        let far = |p: &&(f64, f64)| spread > 0.0 && (p.1 - median).abs() > FAR * spread;
        Some(PastRow {
            agent: agent.to_owned(),
            metric: metric.to_owned(),
            count: points.len(),
            median,
            mad: sample.mad()?,
            quantiles: [0.05, 0.25, 0.75, 0.95].map(|q| sample.quantile(q).unwrap_or(median)),
            breaches: points.iter().filter(far).map(|p| [p.0, p.1]).collect(),
            trend_per_hour: trend(&points).map(|x| 3600.0 * x),
            change_points: changes(&points),
        })
    };
    series.into_iter().filter_map(row).collect()
}

/// Median slope of all pairs (Theil 1950, Sen 1968), where Mann and Kendall's test says at 5 % that it is no chance.
fn trend(points: &[(f64, f64)]) -> Option<f64> {
    let step = points.len().div_ceil(PAIRED).max(1);
    let points: Vec<(f64, f64)> = points.iter().step_by(step).copied().collect();
    let (mut slopes, mut signs) = (Vec::new(), 0.0);
    for (i, a) in points.iter().enumerate() {
        for b in points[i + 1..].iter().filter(|b| b.0 > a.0) {
            slopes.push((b.1 - a.1) / (b.0 - a.0));
            signs += if b.1 > a.1 { 1.0 } else { 0.0 } - if b.1 < a.1 { 1.0 } else { 0.0 };
        }
    }
    let n = points.len() as f64;
    let variance = n * (n - 1.0) * (2.0 * n + 5.0) / 18.0;
    let z = (f64::abs(signs) - 1.0).max(0.0) / libm::sqrt(variance.max(f64::MIN_POSITIVE));
    if n >= 4.0 && z > Z { Sample::new(slopes).median() } else { None }
}

/// Moments at which the mean changes: binary segmentation (Scott and Knott 1974), a cut where it lowers the Bayesian
/// information criterion of normal values with one variance.
fn changes(points: &[(f64, f64)]) -> Vec<f64> {
    let mut cuts = vec![0, points.len()];
    let sums = |range: std::ops::Range<usize>| {
        let n = range.len().max(1) as f64;
        let mean = points[range.clone()].iter().map(|p| p.1).sum::<f64>() / n;
        points[range].iter().map(|p| (p.1 - mean) * (p.1 - mean)).sum::<f64>()
    };
    let n = points.len() as f64;
    let mut total = sums(0..points.len());
    while cuts.len() - 2 < MOST_CHANGES {
        let mut best: Option<(f64, usize)> = None;
        for pair in cuts.windows(2).filter(|w| w[1] - w[0] >= 2 * SIDE) {
            if let Some((gain, at)) = cut(&points[pair[0]..pair[1]])
                && best.is_none_or(|b| gain > b.0)
            {
                best = Some((gain, pair[0] + at));
            }
        }
        let Some((gain, at)) = best.filter(|b| b.0 > 0.0) else { break };
        let rest = (total - gain).max(total * 1e-12);
        // Two parameters more: a level and a place.
        if n * libm::log(total / rest) <= 2.0 * libm::log(n) + 3.0 {
            break;
        }
        total = rest;
        cuts.push(at);
        cuts.sort_unstable();
    }
    cuts[1..cuts.len() - 1].iter().map(|i| points[*i].0).collect()
}

/// The cut of a stretch that takes most of its squares away.
fn cut(points: &[(f64, f64)]) -> Option<(f64, usize)> {
    let all: f64 = points.iter().map(|p| p.1).sum();
    let n = points.len() as f64;
    let (mut left, mut best) = (0.0, None::<(f64, usize)>);
    for (i, p) in points.iter().enumerate() {
        let k = i as f64;
        if i >= SIDE && points.len() - i >= SIDE {
            let gap = left / k - (all - left) / (n - k);
            let gain = gap * gap * k * (n - k) / n;
            if best.is_none_or(|b| gain > b.0) {
                best = Some((gain, i));
            }
        }
        left += p.1;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HistoryRow;

    fn rows(values: impl Iterator<Item = f64>) -> PastRow {
        let row = |(i, value): (usize, f64)| HistoryRow {
            time: 60_000 * i as i64,
            agent: "a".into(),
            metric: "load".into(),
            value,
        };
        let history = values.enumerate().map(row).collect();
        measure(&Snapshot { history, ..Snapshot::default() }).remove(0)
    }

    /// Noise without a trend: the fractional parts of multiples of the golden ratio.
    fn noise(i: usize) -> f64 {
        (i as f64 * 0.618_033_988_75).fract() - 0.5
    }

    #[test]
    fn a_level_that_changes_is_found_where_it_changes() {
        let row = rows((0..60).map(|i| if i < 30 { 10.0 } else { 14.0 } + noise(i)));
        assert_eq!(row.change_points, [1800.0]);
        assert_eq!(rows((0..60).map(noise)).change_points, [0.0; 0]);
    }

    #[test]
    fn a_trend_is_told_where_it_is_no_chance() {
        let row = rows((0..40).map(|i| 2.0 * i as f64 + noise(i)));
        assert!((row.trend_per_hour.unwrap() - 120.0).abs() < 2.0, "{row:?}");
        assert_eq!(rows((0..40).map(noise)).trend_per_hour, None);
    }

    #[test]
    fn a_value_far_from_the_median_is_a_breach() {
        let row = rows((0..40).map(|i| if i == 7 { 50.0 } else { 10.0 + noise(i) }));
        assert_eq!(row.breaches, [[420.0, 50.0]]);
        assert!((row.median - 10.0).abs() < 0.2);
    }
}
