//! OTLP's metrics: histograms and summaries of times are response times; gauges and sums are series.

use super::{
    super::{Series, quantiles},
    Fact, Facts, Latency, Moment, Reading, Subject, View, otlp,
};

pub fn recognises(document: &View<'_>) -> bool {
    document.get("resourceMetrics").is_list()
}

pub fn read(reading: &mut Reading<'_, '_>, document: &View<'_>) {
    for resource in document.get("resourceMetrics").items() {
        let service = otlp::find(&otlp::attributes(&resource.get("resource")), "service.name");
        let scopes = resource.any(&["scopeMetrics", "instrumentationLibraryMetrics"]);
        for metric in scopes.items().flat_map(|s| s.get("metrics").items().collect::<Vec<_>>()) {
            read_metric(reading, &metric, service.as_deref());
        }
    }
}

fn read_metric(reading: &mut Reading<'_, '_>, metric: &View<'_>, service: Option<&str>) {
    let Some(name) = reading.name(&metric.get("name"), "the metric") else { return };
    let to_ms = to_ms(&name, metric.get("unit").as_text().unwrap_or_default());
    for kind in ["gauge", "sum", "histogram", "exponentialHistogram", "summary"] {
        for point in metric.get(kind).get("dataPoints").items() {
            let attributes = otlp::attributes(&point);
            let agent = otlp::find(&attributes, "gen_ai.agent.name");
            let whom = agent.clone().or_else(|| service.map(str::to_owned));
            let Some(whom) = whom.map(|w| super::super::redact::text(w.trim())).filter(|w| !w.is_empty()) else {
                reading.useless(&point, "the data point is of nobody: no service.name");
                continue;
            };
            let time = if point.has("timeUnixNano") { reading.unix(&point.get("timeUnixNano"), 1e6) } else { None };
            let Some(fact) = fact(reading, &point, kind, &name, to_ms, time) else { continue };
            let mut facts = Facts::default();
            facts.add(point.clone(), fact);
            let subject = if agent.is_some() { Subject::Agent } else { Subject::Party };
            let own = facts.tell(reading, &point, subject, whom);
            own.time = time;
            own.key("service.name", service.unwrap_or_default());
        }
    }
}

/// What makes ms of a metric's values, where they are times of requests by name and unit.
fn to_ms(name: &str, unit: &str) -> Option<f64> {
    let timed = ["duration", "latency", "response_time"].iter().any(|w| name.contains(w));
    let factor = match unit {
        "s" => 1000.0,
        "ms" => 1.0,
        "us" => 1e-3,
        "ns" => 1e-6,
        _ => return None,
    };
    timed.then_some(factor)
}

fn fact(
    reading: &Reading<'_, '_>,
    point: &View<'_>,
    kind: &str,
    name: &str,
    to_ms: Option<f64>,
    time: Option<Moment>,
) -> Option<Fact> {
    match (kind, to_ms) {
        ("gauge" | "sum", _) => {
            let value = reading.number(&point.any(&["asDouble", "asInt"]))?;
            Some(Fact::Series(Series { metric: name.to_owned(), points: vec![(time, value)] }))
        }
        ("histogram", Some(to_ms)) => quantiles::of_histogram(&buckets(reading, point), to_ms).map(Fact::Latency),
        ("summary", Some(to_ms)) => Some(Fact::Latency(summary(reading, point, to_ms))),
        // Of other distributions the mean is all that a series can say.
        ("histogram" | "exponentialHistogram" | "summary", _) => {
            let (sum, count) = (reading.number(&point.get("sum"))?, reading.number(&point.get("count"))?);
            let mean = (count > 0.0).then(|| sum / count)?;
            Some(Fact::Series(Series { metric: format!("{name}.mean"), points: vec![(time, mean)] }))
        }
        _ => None,
    }
}

/// Bounds and how many lie at or below them.
fn buckets(reading: &Reading<'_, '_>, point: &View<'_>) -> Vec<(f64, f64)> {
    let bounds: Vec<f64> = point.get("explicitBounds").items().filter_map(|b| reading.number(&b)).collect();
    let counts: Vec<f64> = point.get("bucketCounts").items().filter_map(|c| reading.number(&c)).collect();
    if counts.len() != bounds.len() + 1 {
        reading.gap(point, format!("{} counts do not fit {} bounds", counts.len(), bounds.len()));
        return Vec::new();
    }
    let mut below = 0.0;
    let mut row = |(count, bound): (f64, f64)| {
        below += count.max(0.0);
        (bound, below)
    };
    counts.into_iter().zip(bounds.into_iter().chain([f64::INFINITY])).map(&mut row).collect()
}

fn summary(reading: &Reading<'_, '_>, point: &View<'_>, to_ms: f64) -> Latency {
    let mut out = Latency { count: reading.number(&point.get("count")), ..Latency::default() };
    for row in point.get("quantileValues").items() {
        let value = reading.number(&row.get("value")).map(|v| v * to_ms);
        match reading.number(&row.get("quantile")) {
            Some(q) if (q - 0.5).abs() < 1e-9 => out.p50 = value,
            Some(q) if (q - 0.95).abs() < 1e-9 => out.p95 = value,
            Some(q) if (q - 0.99).abs() < 1e-9 => out.p99 = value,
            _ => {}
        }
    }
    out
}
