//! `broadcasts`: agents say how they are (`agent`, `time`, `status`, load and measured figures).

use super::{Adapter, DOCUMENTS, Reading, SeedMethod, View, records};

/// Broadcasts of status.
pub const ADAPTER: Adapter = Adapter {
    kind: "broadcasts",
    title: "a list of status broadcasts (`agent`, `status`, `current_load` …)",
    method: SeedMethod::StatusBroadcasts,
    extensions: DOCUMENTS,
    recognises,
    read,
};

fn recognises(document: &View<'_>) -> bool {
    let says = ["status", "current_load", "performance_metrics", "response_time_ms", "error_rate", "availability"];
    records::rows(document, "broadcasts").first().is_some_and(|row| records::has_any(row, &says))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    records::read_all(reading, documents, "broadcasts");
}
