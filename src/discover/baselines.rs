//! What is usual of an agent, metric by metric and within the window of its source: robust figures, and control
//! limits (Shewhart 1931) beyond which something is up.

use std::collections::BTreeMap;

use super::{
    clock::Clock,
    feeds::Feed,
    figures::too_old,
    fleet::Entity,
    policy::{Claim, decide},
    report::Baseline,
};
use crate::{
    input::observe::{Fact, Place},
    model::{HistoryRow, Ms, robust::Sample, seconds},
};

/// Measurements below which no control limits are drawn.
const MIN_SAMPLES: usize = 5;
/// Robust standard deviations between the median and a control limit.
const SIGMAS: f64 = 3.0;

/// Measurements of one metric by one source.
#[derive(Default, Clone)]
struct Measurements<'g> {
    values: Vec<f64>,
    span: Option<(Ms, Ms)>,
    time: Option<Ms>,
    place: Option<&'g Place>,
    window_ms: Option<f64>,
}

impl Measurements<'_> {
    fn push(&mut self, time: Option<Ms>, value: f64) {
        self.values.push(value);
        self.time = self.time.max(time);
        if let Some(t) = time {
            let (first, last) = self.span.unwrap_or((t, t));
            self.span = Some((first.min(t), last.max(t)));
        }
    }
}

/// Metric → what is usual. Between sources the policy decides; where none measures a metric, the snapshot's
/// `history` does.
pub fn baselines(
    entity: &Entity<'_>,
    feeds: &[Feed<'_>],
    clock: &Clock,
    history: &[HistoryRow],
) -> BTreeMap<String, Baseline> {
    let mut found: BTreeMap<String, BTreeMap<usize, Measurements<'_>>> = BTreeMap::new();
    for record in &entity.records {
        let window_ms = feeds[record.feed].rules.window_ms;
        let said_at = record.observation.time.and_then(|m| clock.ms(m));
        for said in &record.observation.facts {
            let (metric, points) = match &said.fact {
                Fact::Series(s) => {
                    let at = |m: &Option<_>| m.and_then(|m| clock.ms(m)).or(said_at);
                    (s.metric.clone(), s.points.iter().map(|(m, x)| (at(m), *x)).collect::<Vec<_>>())
                }
                Fact::Latency(l) => ("response_time_ms".into(), l.samples.iter().map(|x| (said_at, *x)).collect()),
                Fact::Throughput(x) => ("throughput_per_min".into(), vec![(said_at, *x)]),
                _ => continue,
            };
            for (time, value) in points.into_iter().filter(|(t, _)| !too_old(*t, window_ms)) {
                let own = found.entry(metric.clone()).or_default().entry(record.feed).or_default();
                own.place.get_or_insert(&said.place);
                own.window_ms = window_ms;
                own.push(time, value);
            }
        }
    }
    let mut out: BTreeMap<String, Baseline> = BTreeMap::new();
    for (metric, by_feed) in found {
        let claims = by_feed.into_iter().filter_map(|(feed, m)| {
            let (place, time) = (m.place?, m.time);
            Some(Claim { value: m, shown: String::new(), feed, method: feeds[feed].method, time, place })
        });
        let Some(d) = decide(claims.collect()) else { continue };
        out.extend(baseline(&d.winner.value, feeds[d.winner.feed].id).map(|b| (metric, b)));
    }
    let mut past: BTreeMap<&str, Measurements<'_>> = BTreeMap::new();
    for row in history.iter().filter(|r| r.agent == entity.id) {
        past.entry(&row.metric).or_default().push(Some(row.time), row.value);
    }
    for (metric, m) in past.into_iter().filter(|(metric, _)| !out.contains_key(*metric)).collect::<Vec<_>>() {
        out.extend(baseline(&m, "history").map(|b| (metric.to_owned(), b)));
    }
    out
}

fn baseline(m: &Measurements<'_>, source: &str) -> Option<Baseline> {
    let sample = Sample::new(m.values.iter().copied());
    let (median, spread) = (sample.median()?, sample.spread()?);
    let limits = (sample.len() >= MIN_SAMPLES).then_some((median - SIGMAS * spread, median + SIGMAS * spread));
    let quantile = |(name, share)| Some((name, sample.quantile(share)?));
    Some(Baseline {
        source: source.to_owned(),
        window: m.window_ms.map(|w| w / 1000.0),
        samples: sample.len(),
        from: m.span.map(|s| seconds(s.0)),
        until: m.span.map(|s| seconds(s.1)),
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
