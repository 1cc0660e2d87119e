//! `announcements`: agents say what they can do (`agent`, `time`, `capabilities`).

use super::{Adapter, DOCUMENTS, Reading, SeedMethod, View, records};

/// Announcements of capabilities.
pub const ADAPTER: Adapter = Adapter {
    kind: "announcements",
    title: "a list of announcements (`agent`, `capabilities`)",
    method: SeedMethod::CapabilityAnnouncements,
    extensions: DOCUMENTS,
    recognises,
    read,
};

fn recognises(document: &View<'_>) -> bool {
    records::rows(document, "announcements").first().is_some_and(|row| records::has_any(row, &["capabilities"]))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    records::read_all(reading, documents, "announcements");
}
