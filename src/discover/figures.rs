//! How well an agent does: what each source measured, its counts added up, and the policy between sources.

use std::collections::BTreeMap;

use super::{
    calls::Edge,
    clock::Clock,
    feeds::Feed,
    fleet::Record,
    policy::{Claim, Decision, decide},
};
use crate::{
    input::observe::{Fact, Latency, Place, SeedMethod, Trials},
    model::{Ms, robust::Sample},
};

/// Response times, ms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Times {
    /// Median.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
    /// Requests they rest on, where known.
    pub count: Option<f64>,
    /// Quantiles of several callers were averaged by their calls, which is not exact.
    pub averaged: bool,
    /// Samples, ascending.
    pub samples: Vec<f64>,
}

/// A share of trials, with how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Hits / trials.
    pub value: f64,
    /// Of how many, where known.
    pub trials: Option<f64>,
}

/// What is believed of an agent's performance.
#[derive(Debug, Default)]
pub struct Figures<'g> {
    /// Response times.
    pub times: Option<Decision<'g, Times>>,
    /// Requests per minute.
    pub throughput: Option<Decision<'g, f64>>,
    /// Share of requests that fail.
    pub errors: Option<Decision<'g, Share>>,
    /// Share of probes that find it up.
    pub availability: Option<Decision<'g, Share>>,
}

/// What one source measured.
#[derive(Default)]
struct Measured<'g> {
    times: Vec<(&'g Latency, f64)>,
    throughput: Vec<(Option<Ms>, f64)>,
    errors: Vec<Trials>,
    availability: Vec<Trials>,
    time: Option<Ms>,
    /// Where each of the four stands first.
    places: [Option<&'g Place>; 4],
    methods: [Option<SeedMethod>; 4],
}

/// Adds up what the records of an agent and the calls that it receives say, source by source.
pub fn figures<'g>(records: &[Record<'g>], received: &[&Edge<'g>], feeds: &[Feed<'g>], clock: &Clock) -> Figures<'g> {
    let mut by_feed: BTreeMap<usize, Measured<'g>> = BTreeMap::new();
    for record in records {
        let time = record.observation.time.and_then(|m| clock.ms(m));
        if too_old(time, feeds[record.feed].rules.window_ms) {
            continue;
        }
        let own = by_feed.entry(record.feed).or_default();
        for said in &record.observation.facts {
            own.note(&said.fact, &said.place, record.observation.method, time);
        }
    }
    // Callers speak for the called one where it does not speak for itself in the same source.
    let mut called: BTreeMap<usize, Measured<'g>> = BTreeMap::new();
    for edge in received {
        let own = called.entry(edge.feed).or_default();
        own.note_calls(edge, feeds[edge.feed].rules.window_ms);
    }
    for (feed, measured) in called {
        by_feed.entry(feed).or_default().fill(measured);
    }
    Figures {
        times: decide(claims(&by_feed, 0, |m| times(&m.times))),
        throughput: decide(claims(&by_feed, 1, |m| {
            let latest = m.throughput.iter().map(|(t, _)| *t).max()?;
            m.throughput.iter().filter(|(t, _)| *t == latest).map(|(_, x)| *x).reduce(f64::max).map(|x| (x, round(x)))
        })),
        errors: decide(claims(&by_feed, 2, |m| share(&m.errors))),
        availability: decide(claims(&by_feed, 3, |m| share(&m.availability))),
    }
}

/// True for what is older than a window before `as_of`.
pub fn too_old(time: Option<Ms>, window_ms: Option<f64>) -> bool {
    matches!((time, window_ms), (Some(t), Some(w)) if (t as f64) < -w)
}

impl<'g> Measured<'g> {
    fn note(&mut self, fact: &'g Fact, place: &'g Place, method: SeedMethod, time: Option<Ms>) {
        let which = match fact {
            Fact::Latency(l) => {
                self.times.push((l, l.count.unwrap_or(1.0)));
                0
            }
            Fact::Throughput(x) => {
                self.throughput.push((time, *x));
                1
            }
            Fact::Errors(t) => {
                self.errors.push(*t);
                2
            }
            Fact::Availability(t) => {
                self.availability.push(*t);
                3
            }
            _ => return,
        };
        self.time = self.time.max(time);
        self.places[which].get_or_insert(place);
        self.methods[which].get_or_insert(method);
    }

    fn note_calls(&mut self, edge: &Edge<'g>, window_ms: Option<f64>) {
        self.time = self.time.max(edge.last);
        for (latency, calls) in &edge.latencies {
            self.times.push((latency, *calls));
        }
        if let Some(errors) = edge.errors {
            self.errors.push(Trials { hits: Some(errors), trials: Some(edge.calls), share: None });
        }
        if let Some(window) = window_ms.filter(|w| *w > 0.0) {
            let rate = 60_000.0 * edge.calls / window;
            let before = self.throughput.pop().map_or(0.0, |(_, x)| x);
            self.throughput.push((None, before + rate));
        }
        self.places = self.places.map(|p| p.or(Some(edge.place)));
        self.methods = self.methods.map(|m| m.or(Some(SeedMethod::NetworkTrafficAnalysis)));
    }

    /// Takes over what it does not have itself.
    fn fill(&mut self, other: Self) {
        let mut take = |i: usize, empty: bool| {
            if empty {
                self.places[i] = other.places[i];
                self.methods[i] = other.methods[i];
            }
            empty
        };
        if take(0, self.times.is_empty()) {
            self.times = other.times;
        }
        if take(1, self.throughput.is_empty()) {
            self.throughput = other.throughput;
        }
        if take(2, self.errors.is_empty()) {
            self.errors = other.errors;
        }
        self.time = self.time.max(other.time);
    }
}

fn claims<'g, T>(
    by_feed: &BTreeMap<usize, Measured<'g>>,
    which: usize,
    value: impl Fn(&Measured<'g>) -> Option<(T, String)>,
) -> Vec<Claim<'g, T>> {
    let claim = |(feed, m): (&usize, &Measured<'g>)| {
        let (value, shown) = value(m)?;
        Some(Claim { value, shown, feed: *feed, method: m.methods[which]?, time: m.time, place: m.places[which]? })
    };
    by_feed.iter().filter_map(claim).collect()
}

/// A figure as text, to nine digits: what differs less is the same.
pub fn round(x: f64) -> String {
    format!("{x:.8e}")
}

/// One set of quantiles from all parts: exact from samples, or where there is one part; else means weighted by
/// the calls behind them.
fn times(parts: &[(&Latency, f64)]) -> Option<(Times, String)> {
    let mut parts: Vec<&(&Latency, f64)> = parts.iter().collect();
    let all = |l: &Latency| (l.p50, l.p95, l.p99).0.is_some() || l.p95.is_some() || l.p99.is_some();
    parts.retain(|(l, _)| all(l) || !l.samples.is_empty());
    if parts.is_empty() {
        return None;
    }
    let counts: Vec<f64> = parts
        .iter()
        .filter_map(|(l, _)| l.count.or((!l.samples.is_empty()).then_some(l.samples.len() as f64)))
        .collect();
    let count = (!counts.is_empty()).then(|| counts.iter().sum());
    let out = if parts.iter().all(|(l, _)| !l.samples.is_empty()) {
        let sample = Sample::new(parts.iter().flat_map(|(l, _)| l.samples.iter().copied()));
        let q = |share: f64| sample.quantile(share);
        Times { p50: q(0.5), p95: q(0.95), p99: q(0.99), count, averaged: false, samples: sample.values().to_vec() }
    } else {
        let mean = |of: fn(&Latency) -> Option<f64>| {
            // Added up in the order of values, so that the order of records cannot show.
            let mut known: Vec<(f64, f64)> = parts.iter().filter_map(|(l, calls)| Some((of(l)?, *calls))).collect();
            known.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
            let weight: f64 = known.iter().map(|k| k.1).sum();
            (weight > 0.0).then(|| known.iter().map(|k| k.0 * k.1).sum::<f64>() / weight)
        };
        Times {
            p50: mean(|l| l.p50),
            p95: mean(|l| l.p95),
            p99: mean(|l| l.p99),
            count,
            averaged: parts.len() > 1,
            samples: Vec::new(),
        }
    };
    // To the nanosecond: beyond it is only noise of interpolation.
    let ns = |x: Option<f64>| x.map(|x| libm::round(x * 1e6) / 1e6);
    let out = Times { p50: ns(out.p50), p95: ns(out.p95), p99: ns(out.p99), ..out };
    let shown = [out.p50, out.p95, out.p99].map(|x| x.map_or_else(|| "-".into(), round)).join(" ");
    Some((out, shown))
}

/// The response times of some calls; `None` without any.
pub fn times_of(parts: &[(&Latency, f64)]) -> Option<Times> {
    times(parts).map(|(times, _)| times)
}

/// Hits over trials, all parts added up; a share without counts only where there is nothing better.
fn share(parts: &[Trials]) -> Option<(Share, String)> {
    let counted: Vec<(f64, f64)> = parts.iter().filter_map(|t| t.hits.zip(t.trials)).collect();
    let (hits, trials): (f64, f64) = (counted.iter().map(|c| c.0).sum(), counted.iter().map(|c| c.1).sum());
    let out = if trials > 0.0 {
        Share { value: (hits / trials).clamp(0.0, 1.0), trials: Some(trials) }
    } else {
        let value = parts.iter().filter_map(|t| t.share).reduce(f64::max)?;
        Share { value: value.clamp(0.0, 1.0), trials: None }
    };
    Some((out, round(out.value)))
}

/// Wilson's interval (1927) of a share, at 95 %: it stays within [0, 1] and is honest at few trials.
pub fn wilson(share: f64, trials: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let z2 = Z * Z / trials;
    let middle = (share + z2 / 2.0) / (1.0 + z2);
    let half = Z * libm::sqrt(share * (1.0 - share) / trials + z2 / (4.0 * trials)) / (1.0 + z2);
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_agrees_with_the_textbook() {
        // Agresti and Coull (1998): 0 of 10 and 8 of 10.
        let (low, high) = wilson(0.0, 10.0);
        assert!(low == 0.0 && (high - 0.277_533).abs() < 1e-5, "{high}");
        let (low, high) = wilson(0.8, 10.0);
        assert!((low - 0.490_162).abs() < 1e-5 && (high - 0.943_318).abs() < 1e-5, "{low} {high}");
    }

    #[test]
    fn counts_add_up_and_beat_bare_shares() {
        let counted = |hits, trials| Trials { hits: Some(hits), trials: Some(trials), share: None };
        let bare = Trials { share: Some(0.9), ..Trials::default() };
        assert_eq!(
            share(&[counted(1.0, 10.0), bare, counted(3.0, 30.0)]).unwrap().0,
            Share { value: 0.1, trials: Some(40.0) }
        );
        assert_eq!(share(&[bare]).unwrap().0, Share { value: 0.9, trials: None });
        assert_eq!(share(&[]), None);
    }

    #[test]
    fn quantiles_of_several_callers_are_weighted_by_their_calls() {
        let part = |p50| Latency { p50: Some(p50), ..Latency::default() };
        let (a, b) = (part(100.0), part(200.0));
        let (t, _) = times(&[(&a, 3.0), (&b, 1.0)]).unwrap();
        assert_eq!((t.p50, t.averaged), (Some(125.0), true));
        let samples = Latency { samples: vec![3.0, 1.0, 2.0], ..Latency::default() };
        let (t, _) = times(&[(&samples, 1.0)]).unwrap();
        assert_eq!((t.p50, t.count, t.averaged), (Some(2.0), Some(3.0), false));
    }
}
