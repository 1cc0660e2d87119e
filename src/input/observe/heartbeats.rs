//! `heartbeats`: signs of life, one record each (`agent`, `time`, `interval`), as a list, a log of JSON lines, or
//! one record per agent with its `arrivals`.

use super::{Adapter, DOCUMENTS, Fact, Heartbeat, Reading, SeedMethod, Subject, View, records};

/// Signs of life.
pub const ADAPTER: Adapter = Adapter {
    kind: "heartbeats",
    title: "a list of heartbeats (`agent`, `time`)",
    method: SeedMethod::HeartbeatMonitoring,
    extensions: DOCUMENTS,
    recognises,
    read,
};

const AGENT: &[&str] = &["agent", "agent_id", "id", "name"];
const TIME: &[&str] = &["time", "timestamp", "last_heartbeat", "last_seen", "at"];

fn recognises(document: &View<'_>) -> bool {
    let rows = records::rows(document, "heartbeats");
    rows.first().is_some_and(|row| row.any(AGENT).is_there() && (row.any(TIME).is_there() || row.has("arrivals")))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for row in documents.iter().flat_map(|d| records::rows(d, "heartbeats")) {
        let Some(name) = reading.name(&row.any(AGENT), "the heartbeat") else { continue };
        let time = reading.moment(&row.any(TIME));
        let mut arrivals = Vec::new();
        for arrival in row.get("arrivals").items() {
            arrivals.extend(reading.moment(&arrival));
        }
        let last = time.or_else(|| arrivals.iter().max().copied());
        if last.is_none() {
            reading.gap(&row, format!("the heartbeat of `{name}` has no time"));
        }
        let interval_ms = reading.duration(&row.any(&["interval", "interval_s", "period"]));
        let ttl_ms = reading.duration(&row.any(&["ttl", "timeout", "lease"]));
        let status = records::status(reading, &row.get("status"));
        let labels = reading.labels(&row.get("labels"));
        let own = reading.observe(&row, Subject::Agent, name);
        own.time = last;
        own.labels(labels);
        own.say(row.any(TIME).place(), Fact::Heartbeat(Heartbeat { last, interval_ms, ttl_ms, arrivals }));
        own.facts.extend(status);
    }
}
