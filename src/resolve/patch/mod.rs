//! What was changed, as a JSON Patch (RFC 6902) on the merged input: a difference of the snapshots before and
//! after, row by row, so that it holds each field once. Edits come first, then rows that go, the last first,
//! then rows that come: every index is that of the input.

mod apply;
mod diff;
mod network;
mod state;
mod tasks;

pub use apply::apply;
pub use diff::diff;

use serde::Serialize;
use serde_json::Value;

/// One operation; paths are JSON Pointers (RFC 6901).
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Op {
    /// Puts a value in: a new field, or a new item (`-` is the end of a list).
    Add {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// Puts another value in the place of one.
    Replace {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// Takes a value out.
    Remove {
        /// Where.
        path: String,
    },
}

/// A number, whole where it is whole.
pub fn number(x: f64) -> Value {
    if x.fract() == 0.0 && x.abs() < 9e15 { (x as i64).into() } else { x.into() }
}
