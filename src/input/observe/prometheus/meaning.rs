//! What a metric says by its name, as naming conventions have it (Prometheus: base units, unit as suffix).

use crate::input::observe::{Figure, Latency};

/// What the values of a series are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Meaning {
    /// 1 where the last scrape found it.
    Up,
    /// A quantile of response times, and what makes ms of it.
    Latency(Pick, f64),
    /// The share of failed requests, times this.
    ErrorShare(f64),
    /// Requests, and what makes them requests per minute.
    Throughput(f64),
    /// A figure of the snapshot's agent.
    Figure(Figure),
    /// Something else.
    Other,
}

/// Which quantile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// Median.
    P50,
    /// 95th percentile.
    P95,
    /// 99th percentile.
    P99,
}

impl Pick {
    /// The quantile alone.
    pub fn latency(self, ms: f64) -> Latency {
        let only = |pick| (self == pick).then_some(ms);
        Latency { p50: only(Self::P50), p95: only(Self::P95), p99: only(Self::P99), ..Latency::default() }
    }
}

/// What makes ms of a metric of times; `None` where it is not one of times.
pub fn milliseconds(metric: &str) -> Option<f64> {
    let name = metric.to_ascii_lowercase();
    let timed = ["latency", "duration", "response_time", "elapsed"].iter().any(|w| name.contains(w));
    let ms = name.contains("_ms") || name.contains("millisecond");
    timed.then_some(if ms { 1.0 } else { 1000.0 })
}

/// What a metric says, with its `quantile` label where it has one.
pub fn of(metric: &str, quantile: Option<f64>) -> Meaning {
    let name = metric.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if name == "up" || name.ends_with(":up") {
        return Meaning::Up;
    }
    if let (Some(to_ms), Some(pick)) = (milliseconds(&name), pick(&name, quantile)) {
        return Meaning::Latency(pick, to_ms);
    }
    if has(&["error_rate", "error_ratio", "errors_ratio", "failure_rate", "failure_ratio"]) {
        return Meaning::ErrorShare(if has(&["percent"]) { 100.0 } else { 1.0 });
    }
    if has(&["per_min", "_rpm", "rate1m_per_minute"]) {
        return Meaning::Throughput(1.0);
    }
    if has(&["requests_per_second", "tasks_per_second", "throughput_per_s", "_rps", "_qps"]) {
        return Meaning::Throughput(60.0);
    }
    let figure = Figure::ALL
        .iter()
        .find(|(_, field)| name.strip_suffix(field).is_some_and(|h| h.is_empty() || h.ends_with(['_', ':'])));
    let agents = has(&["agent"]);
    figure.filter(|_| agents).map_or(Meaning::Other, |(figure, _)| Meaning::Figure(*figure))
}

/// Which quantile: the label, else the name (`…:p95`, `…_p95_seconds`).
fn pick(name: &str, quantile: Option<f64>) -> Option<Pick> {
    const ALL: [(Pick, f64, &[&str]); 3] =
        [(Pick::P50, 0.5, &["p50", "median"]), (Pick::P95, 0.95, &["p95"]), (Pick::P99, 0.99, &["p99"])];
    if let Some(q) = quantile {
        return ALL.iter().find(|row| (row.1 - q).abs() < 1e-9).map(|row| row.0);
    }
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    ALL.iter().find(|row| words.iter().any(|w| row.2.contains(w))).map(|row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_values_are() {
        for (name, quantile, meaning) in [
            ("up", None, Meaning::Up),
            ("agent_latency_seconds", Some(0.95), Meaning::Latency(Pick::P95, 1000.0)),
            ("agent:request_duration_ms:p99", None, Meaning::Latency(Pick::P99, 1.0)),
            ("agent_latency_seconds", Some(0.9), Meaning::Other),
            ("agent_error_ratio", None, Meaning::ErrorShare(1.0)),
            ("agent_requests_per_second", None, Meaning::Throughput(60.0)),
            ("agent_current_load", None, Meaning::Figure(Figure::CurrentLoad)),
            ("disk_capacity", None, Meaning::Other),
            ("go_goroutines", None, Meaning::Other),
        ] {
            assert_eq!(of(name, quantile), meaning, "{name}");
        }
    }
}
