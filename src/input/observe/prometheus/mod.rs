//! Prometheus' HTTP API: instant and range queries, and targets.
//!
//! `up` is availability and status; response times, error shares and throughput are told by the names that metrics
//! carry by convention; everything else is a series under its own name. A series is of whom its labels name:
//! `agent` before `service` before `job` before `instance`.

mod meaning;
mod targets;

use std::collections::BTreeMap;

use super::{
    Adapter, DOCUMENTS, Fact, Moment, Reading, SeedMethod, Series, Subject, Trials, View, facts::Facts, quantiles,
};
use crate::model::AgentStatus;
use meaning::Meaning;

/// Answers of Prometheus.
pub const ADAPTER: Adapter = Adapter {
    kind: "prometheus",
    title: "an answer of Prometheus' API (query, query_range, targets)",
    method: SeedMethod::StatusBroadcasts,
    extensions: DOCUMENTS,
    recognises,
    read,
};

/// Labels that name whom a series is of, the most telling first.
const NAMES: [&str; 12] = [
    "agent",
    "agent_name",
    "agent_id",
    "gen_ai_agent_name",
    "service_name",
    "service",
    "app",
    "deployment",
    "pod",
    "container",
    "job",
    "instance",
];

fn recognises(document: &View<'_>) -> bool {
    let data = document.get("data");
    let query = |d: &View<'_>| d.has("resultType") && d.has("result");
    let failed = document.get("status").as_text() == Some("error") && document.has("errorType");
    query(&data) || query(document) || failed || data.has("activeTargets") || data.has("droppedTargets")
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for document in documents {
        let data = if document.get("data").is_map() { document.get("data") } else { document.clone() };
        if document.get("status").as_text() == Some("error") {
            let error = reading.text(&document.any(&["error", "errorType"])).unwrap_or_default();
            reading.gap(document, format!("the query failed: {error}"));
        }
        for warning in document.get("warnings").items() {
            let text = reading.text(&warning).unwrap_or_default();
            reading.gap(&warning, format!("Prometheus warns: {text}"));
        }
        targets::read(reading, &data);
        match data.get("resultType").as_text() {
            Some("vector" | "matrix") => read_result(reading, &data.get("result")),
            Some(other) => reading.gap(&data.get("resultType"), format!("a result of type `{other}` is of nobody")),
            None => {}
        }
    }
}

/// Time and value of a sample; `None`, and a gap, where it is none. `NaN` is no value, and no gap.
fn sample(reading: &Reading<'_, '_>, view: &View<'_>) -> Option<(Option<Moment>, f64)> {
    let mut parts = view.items();
    let (Some(time), Some(value)) = (parts.next(), parts.next()) else {
        reading.gap(view, "expected a time and a value");
        return None;
    };
    let text = value.as_loose_text();
    let number = text.as_deref().and_then(|t| t.trim().parse::<f64>().ok());
    if number.is_none() {
        reading.gap(&value, "expected a number");
    }
    Some((reading.unix(&time, 1e-3), number.filter(|n| n.is_finite())?))
}

/// The samples of a series, one or many.
fn samples(reading: &Reading<'_, '_>, row: &View<'_>) -> Vec<(Option<Moment>, f64)> {
    let (one, many) = (row.get("value"), row.get("values"));
    let rows = if many.is_list() { many.items().collect() } else { Vec::from_iter(one.is_there().then_some(one)) };
    rows.iter().filter_map(|v| sample(reading, v)).collect()
}

fn read_result(reading: &mut Reading<'_, '_>, result: &View<'_>) {
    let mut histograms: BTreeMap<(String, Vec<(String, String)>), Histogram<'_>> = BTreeMap::new();
    for row in result.items() {
        let labels = row.get("metric");
        if !labels.is_map() {
            reading.useless(&row, "the series has no labels, and was left out");
            continue;
        }
        let metric = labels.get("__name__").as_loose_text().unwrap_or_default().into_owned();
        let points = samples(reading, &row);
        let (bound, base) = (labels.get("le").as_loose_text(), metric.strip_suffix("_bucket"));
        if let (Some(bound), Some(base)) = (bound, base) {
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().unwrap_or(f64::NAN) };
            let others: Vec<(String, String)> = labels
                .entries()
                .filter(|(k, _)| !["le", "__name__"].contains(k))
                .map(|(k, v)| (k.to_owned(), v.as_loose_text().unwrap_or_default().into_owned()))
                .collect();
            let own = histograms.entry((base.to_owned(), others)).or_default();
            own.first.get_or_insert_with(|| row.clone());
            if let (false, Some((time, value))) = (bound.is_nan(), points.last()) {
                own.time = own.time.max(*time);
                own.buckets.push((bound, *value));
            }
            continue;
        }
        let mut facts = Facts::default();
        say(reading, &row, &metric, &points, &mut facts);
        tell(reading, &row, facts, points.iter().filter_map(|p| p.0).max());
    }
    for ((metric, _), histogram) in histograms {
        read_histogram(reading, &metric, histogram);
    }
}

/// The buckets of a histogram, cumulative as Prometheus has them.
#[derive(Default)]
struct Histogram<'n> {
    first: Option<View<'n>>,
    time: Option<Moment>,
    buckets: Vec<(f64, f64)>,
}

fn read_histogram(reading: &mut Reading<'_, '_>, metric: &str, mut histogram: Histogram<'_>) {
    let Some(row) = histogram.first else { return };
    histogram.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut facts = Facts::default();
    if let Some(to_ms) = meaning::milliseconds(metric)
        && let Some(latency) = quantiles::of_histogram(&histogram.buckets, to_ms)
    {
        facts.add(row.clone(), Fact::Latency(latency));
    }
    tell(reading, &row, facts, histogram.time);
}

/// What the samples of one series say.
fn say<'n>(
    reading: &Reading<'_, '_>,
    row: &View<'n>,
    metric: &str,
    points: &[(Option<Moment>, f64)],
    facts: &mut Facts<'n>,
) {
    let Some((_, last)) = points.last().copied() else { return };
    let at = if row.has("values") { row.get("values") } else { row.get("value") };
    let labels = row.get("metric");
    match meaning::of(metric, labels.get("quantile").as_loose_number()) {
        Meaning::Up => {
            let hits = points.iter().filter(|(_, v)| *v == 1.0).count() as f64;
            let trials = Trials { hits: Some(hits), trials: Some(points.len() as f64), share: None };
            facts.add(at.clone(), Fact::Availability(trials));
            let told = if last == 1.0 { (AgentStatus::Active, "up") } else { (AgentStatus::Offline, "down") };
            facts.add(at.clone(), Fact::Status(told.0, told.1.into()));
        }
        Meaning::Latency(pick, to_ms) if last >= 0.0 => {
            facts.add(at.clone(), Fact::Latency(pick.latency(last * to_ms)));
        }
        Meaning::ErrorShare(per) if (0.0..=1.0).contains(&(last / per)) => {
            let share = Trials { share: Some(last / per), ..Trials::default() };
            facts.add(at.clone(), Fact::Errors(share));
        }
        Meaning::Throughput(per_minute) if last >= 0.0 => facts.add(at.clone(), Fact::Throughput(last * per_minute)),
        Meaning::Figure(figure) if super::records::range(figure).holds(last) => {
            facts.add(at.clone(), Fact::Figure(figure, last));
        }
        Meaning::Other => {}
        _ => reading.gap(&at, format!("{last} is no value that `{metric}` can have")),
    }
    if points.len() > 1 || facts.is_empty() {
        let metric = if metric.is_empty() { reading.stem() } else { metric };
        facts.add(at, Fact::Series(Series { metric: metric.to_owned(), points: points.to_vec() }));
    }
}

/// Says the facts of whom the labels name.
fn tell(reading: &mut Reading<'_, '_>, row: &View<'_>, facts: Facts<'_>, time: Option<Moment>) {
    let labels = row.get("metric");
    let whom = NAMES.iter().map(|k| labels.get(k)).find(|v| v.as_loose_text().is_some_and(|t| !t.trim().is_empty()));
    let Some(name) = reading.name(&whom.unwrap_or_else(|| labels.clone()), "the series") else { return };
    let mut rows = reading.labels(&labels);
    rows.retain(|(_, key, _)| !["__name__", "quantile", "le"].contains(&key.as_str()));
    let own = facts.tell(reading, row, Subject::Party, name);
    own.time = time;
    for (_, key, value) in rows {
        let known = match key.as_str() {
            "instance" => Some("host"),
            "job" | "service_name" => Some("service.name"),
            _ => None,
        };
        if let Some(known) = known {
            own.keys.entry(known.into()).or_insert_with(|| value.clone());
        }
        own.key(format!("label.{key}"), value);
    }
}
