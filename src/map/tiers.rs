//! How well each agent does beside its peers: the quartile of a robust score within its type.

use std::collections::BTreeMap;

use super::baselines::{Baselines, MIN_SAMPLES};
use crate::model::{Agent, KindIx, Snapshot, robust::Sample};

/// Measured agents of a type below which nobody of it is rated: quartiles need four.
pub const MIN_PEERS: usize = 4;
/// Deviations beyond this count no more.
const FARTHEST: f64 = 3.0;

/// What is compared; whether more is better.
const METRICS: [(&str, bool); 5] = [
    ("response_time_ms", false),
    ("response_time_p95_ms", false),
    ("throughput_per_min", true),
    ("error_rate", false),
    ("availability", true),
];

/// The tier of every agent, by id: `A` (best quarter of its type) to `D`, or `unrated`.
///
/// The score is the mean, over the metrics known of the agent, of (value − median) / (1.4826 · MAD) among the agents
/// of its type, signed so that more is better and cut off at ±3 (Iglewicz and Hoaglin 1993). The tier follows from
/// the share of rated peers below, ties counted half: from 3/4 on `A`, from 1/2 `B`, from 1/4 `C`. Response times
/// given as samples count from five on; a type needs four measured agents.
pub fn tiers(s: &Snapshot, usual: &Baselines) -> Vec<&'static str> {
    let mut out = vec!["unrated"; s.agents.len()];
    let mut by_kind: BTreeMap<Option<KindIx>, Vec<usize>> = BTreeMap::new();
    for (i, agent) in s.agents.iter().enumerate() {
        by_kind.entry(agent.kind).or_default().push(i);
    }
    for members in by_kind.values() {
        let scores = scores(s, usual, members);
        if scores.len() < MIN_PEERS {
            continue;
        }
        let sample = Sample::new(scores.iter().map(|(_, x)| *x));
        for (i, score) in scores {
            let below = sample.values().partition_point(|x| *x < score);
            let level = sample.values().partition_point(|x| *x <= score) - below;
            let share = (below as f64 + level as f64 / 2.0) / sample.len() as f64;
            out[i] = match share {
                x if x >= 0.75 => "A",
                x if x >= 0.5 => "B",
                x if x >= 0.25 => "C",
                _ => "D",
            };
        }
    }
    out
}

/// Scores of those of a type of whom something is known.
fn scores(s: &Snapshot, usual: &Baselines, members: &[usize]) -> Vec<(usize, f64)> {
    let mut sums: BTreeMap<usize, (f64, u32)> = BTreeMap::new();
    for (metric, more_is_better) in METRICS {
        let known = |i: &usize| Some((*i, value(&s.agents[*i], usual, metric)?));
        let values: Vec<(usize, f64)> = members.iter().filter_map(known).collect();
        let sample = Sample::new(values.iter().map(|v| v.1));
        // A single agent has nobody to be compared with.
        let (Some(middle), Some(spread), true) = (sample.median(), sample.spread(), values.len() > 1) else { continue };
        for (i, x) in values {
            let far = if spread > 0.0 { ((x - middle) / spread).clamp(-FARTHEST, FARTHEST) } else { 0.0 };
            let slot = sums.entry(i).or_default();
            *slot = (slot.0 + if more_is_better { far } else { -far }, slot.1 + 1);
        }
    }
    sums.into_iter().map(|(i, (sum, n))| (i, sum / f64::from(n))).collect()
}

/// A metric of an agent: as stated, else the median of its history.
fn value(agent: &Agent, usual: &Baselines, metric: &str) -> Option<f64> {
    let m = &agent.metrics;
    let times = m.response_time_ms.as_ref();
    let quantile = |share: f64| {
        let sample = Sample::new(times?.samples.iter().copied());
        if sample.len() < MIN_SAMPLES { None } else { sample.quantile(share) }
    };
    let stated = match metric {
        "response_time_ms" => times.and_then(|t| t.p50).or_else(|| quantile(0.5)),
        "response_time_p95_ms" => times.and_then(|t| t.p95).or_else(|| quantile(0.95)),
        "throughput_per_min" => m.throughput_per_min,
        "error_rate" => m.error_rate,
        _ => m.availability,
    };
    let past = || usual.get(&agent.id)?.get(metric).filter(|b| b.source == "history" && b.samples >= MIN_SAMPLES);
    stated.or_else(|| past().map(|b| b.median))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PerformanceMetrics;

    fn agent(id: &str, error_rate: Option<f64>) -> Agent {
        let metrics = PerformanceMetrics { error_rate, ..PerformanceMetrics::default() };
        Agent { id: id.into(), metrics, ..Agent::default() }
    }

    fn rated(agents: Vec<Agent>) -> Vec<&'static str> {
        tiers(&Snapshot { agents, ..Snapshot::default() }, &Baselines::new())
    }

    #[test]
    fn quarters_of_a_type_by_score() {
        let rates = [Some(0.01), Some(0.3), None, Some(0.02), Some(0.1)];
        let agents = rates.iter().zip(["a", "b", "c", "d", "e"]).map(|(r, id)| agent(id, *r)).collect();
        assert_eq!(rated(agents), ["A", "D", "unrated", "B", "C"]);
    }

    #[test]
    fn three_are_too_few_and_equals_are_alike() {
        assert_eq!(rated(vec![agent("a", Some(0.1)), agent("b", Some(0.2)), agent("c", Some(0.3))]), ["unrated"; 3]);
        assert_eq!(rated((0..4).map(|i| agent(&i.to_string(), Some(0.1))).collect()), ["B"; 4]);
    }
}
