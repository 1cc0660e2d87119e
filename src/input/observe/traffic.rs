//! `traffic`: flow records, one per caller, called and moment (`from`, `to`, `time`, `calls`, `errors`,
//! `latency_ms`, `mb`).

use super::{Adapter, Calls, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View, records};
use crate::input::scalars::Range;

/// Flow records.
pub const ADAPTER: Adapter = Adapter {
    kind: "traffic",
    title: "a list of flow records (`from`, `to`, `calls`)",
    method: SeedMethod::NetworkTrafficAnalysis,
    extensions: DOCUMENTS,
    recognises,
    read,
};

const FROM: &[&str] = &["from", "source", "src", "caller"];
const TO: &[&str] = &["to", "target", "destination", "dst", "callee"];

fn recognises(document: &View<'_>) -> bool {
    let text = |row: &View<'_>, keys: &[&str]| row.any(keys).as_loose_text().is_some();
    records::rows(document, "traffic").first().is_some_and(|row| text(row, FROM) && text(row, TO))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for row in documents.iter().flat_map(|d| records::rows(d, "traffic")) {
        let from = reading.name(&row.any(FROM), "the caller of the flow");
        let to = reading.name(&row.any(TO), "the called one of the flow");
        let (Some(from), Some(to)) = (from, to) else { continue };
        let time = reading.moment(&row.any(&["time", "timestamp", "last_seen", "at"]));
        let calls = flow(reading, &row, to);
        let own = reading.observe(&row, Subject::Party, from);
        own.time = time;
        own.say(row.place(), Fact::Calls(Calls { last: time, ..calls }));
    }
}

fn flow(reading: &Reading<'_, '_>, row: &View<'_>, to: String) -> Calls {
    let amount = |keys: &[&str]| reading.number_in(&row.any(keys), Range::AMOUNT);
    let calls = amount(&["calls", "count", "requests"]).unwrap_or(1.0).max(1.0);
    let errors = amount(&["errors", "failures"]);
    if errors.is_some_and(|e| e > calls) {
        reading.gap(
            &row.any(&["errors", "failures"]),
            format!("more errors than the {calls} calls; the rest does not count"),
        );
    }
    let data_mb = amount(&["mb", "data_mb"]).or_else(|| amount(&["bytes"]).map(|b| b / 1e6));
    let times = row.any(&["latency_ms", "response_time_ms", "duration_ms"]);
    let latency = records::latency(reading, &times).unwrap_or_default();
    Calls { to, calls, errors: errors.map(|e| e.min(calls)), latency, data_mb, last: None }
}
