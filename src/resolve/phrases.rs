//! Phrases that several messages share.

use crate::{
    model::{Ms, NEVER, seconds},
    report::clock,
};

/// A half-open interval in words, relative to now.
pub fn span(from: Ms, until: Ms) -> String {
    let from = clock(seconds(from));
    if until >= NEVER { format!("from {from} on") } else { format!("from {from} to {}", clock(seconds(until))) }
}

/// A length of time.
pub fn time(ms: Ms) -> String {
    clock(seconds(ms))
}

/// Ids in backquotes, the first few of many.
pub fn listed<'i>(ids: impl IntoIterator<Item = &'i str>) -> String {
    const SHOWN: usize = 6;
    let ids: Vec<&str> = ids.into_iter().collect();
    let shown: Vec<String> = ids.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
    match ids.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Ids as steps of a chain, the first and last few of many.
pub fn chained<'i>(ids: impl IntoIterator<Item = &'i str>) -> String {
    const SHOWN: usize = 8;
    let ids: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    if ids.len() <= SHOWN {
        return ids.join(" → ");
    }
    let (head, tail) = (&ids[..SHOWN / 2], &ids[ids.len() - SHOWN / 2..]);
    format!("{} → … {} more … → {}", head.join(" → "), ids.len() - SHOWN, tail.join(" → "))
}
