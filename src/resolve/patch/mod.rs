//! What was changed, as a JSON Patch (RFC 6902) on the merged input: a difference of the snapshots before and
//! after, row by row, so that it holds each field once. Edits come first, then rows that go, the last first,
//! then rows that come: every index is that of the input.

mod diff;
mod network;
mod state;
mod tasks;

pub use diff::diff;
