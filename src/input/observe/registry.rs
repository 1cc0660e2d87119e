//! `registry`: records of agents under the snapshot's own names, as a list or under `agents`.

use super::{Adapter, DOCUMENTS, Reading, SeedMethod, View, records};

/// Registry records.
pub const ADAPTER: Adapter = Adapter {
    kind: "registry",
    title: "a list of agents' records (`id`, `type`, `capabilities` …)",
    method: SeedMethod::AgentRegistryQueries,
    extensions: DOCUMENTS,
    recognises,
    read,
};

fn recognises(document: &View<'_>) -> bool {
    let says = ["type", "role", "capabilities", "capacity", "endpoint", "endpoints", "url", "status", "zone", "labels"];
    records::rows(document, "agents").first().is_some_and(|row| records::has_any(row, &says))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    records::read_all(reading, documents, "agents");
}
