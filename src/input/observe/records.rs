//! What the inline kinds share: finding their rows, and reading what agents' records have in common.

use super::{Fact, Reading, Said, View};
use crate::model::AgentStatus;

/// The rows of a document: the items of a list, of the list under `key` or `records`, or the document itself.
pub fn rows<'n>(document: &View<'n>, key: &str) -> Vec<View<'n>> {
    let list = [key, "records"].iter().map(|k| document.get(k)).find(View::is_list);
    list.map_or_else(|| document.items_or_self(), |list| list.items().collect())
}

/// Words for the status of an agent, those of the snapshot first.
const STATUSES: [(&str, AgentStatus); 30] = [
    ("active", AgentStatus::Active),
    ("idle", AgentStatus::Idle),
    ("busy", AgentStatus::Busy),
    ("draining", AgentStatus::Draining),
    ("offline", AgentStatus::Offline),
    ("failed", AgentStatus::Failed),
    ("up", AgentStatus::Active),
    ("online", AgentStatus::Active),
    ("ok", AgentStatus::Active),
    ("healthy", AgentStatus::Active),
    ("ready", AgentStatus::Active),
    ("running", AgentStatus::Active),
    ("alive", AgentStatus::Active),
    ("available", AgentStatus::Active),
    ("passing", AgentStatus::Active),
    ("degraded", AgentStatus::Active),
    ("warning", AgentStatus::Active),
    ("waiting", AgentStatus::Idle),
    ("working", AgentStatus::Busy),
    ("overloaded", AgentStatus::Busy),
    ("terminating", AgentStatus::Draining),
    ("maintenance", AgentStatus::Draining),
    ("cordoned", AgentStatus::Draining),
    ("down", AgentStatus::Offline),
    ("stopped", AgentStatus::Offline),
    ("unavailable", AgentStatus::Offline),
    ("disconnected", AgentStatus::Offline),
    ("critical", AgentStatus::Failed),
    ("error", AgentStatus::Failed),
    ("unhealthy", AgentStatus::Failed),
];

/// What a word says of an agent's status, whatever its case.
pub fn status_of(word: &str) -> Option<AgentStatus> {
    let word = word.trim().to_ascii_lowercase();
    STATUSES.iter().find(|(w, _)| *w == word).map(|(_, s)| *s)
}

/// The status that a field gives; a word that nobody knows is a gap.
pub fn status(reading: &Reading<'_, '_>, view: &View<'_>) -> Option<Said> {
    let word = reading.text(view)?;
    let Some(status) = status_of(&word) else {
        reading.gap(view, format!("the status `{word}` is none of {}", STATUSES.map(|s| s.0).join(", ")));
        return None;
    };
    Some(Said { fact: Fact::Status(status, word), place: view.place() })
}
