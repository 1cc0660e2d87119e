//! Changes of a snapshot as edits of the document that was typed (RFC 6902): what is not changed stays as it was
//! written. [`apply`] edits the document, [`document`] and [`operations`] make what `--emit` prints of it, and
//! [`Workshop`] reads an edited document anew, as the reader would.

mod apply;
mod emit;
mod workshop;

pub use apply::apply;
pub use emit::{document, json, operations};
pub use workshop::Workshop;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::input::document::{Item, Section};

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

/// A JSON Pointer to a field of an item of a section.
pub fn pointer(section: Section, index: usize, fields: &[&str]) -> String {
    let mut out = String::new();
    for key in section.keys() {
        out = out + "/" + key;
    }
    out = format!("{out}/{index}");
    for field in fields {
        out = out + "/" + &field.replace('~', "~0").replace('/', "~1");
    }
    out
}

/// Puts a value in a place: in place of the one that is there, or as a new one.
pub fn put(known: bool, path: String, value: Value) -> Op {
    if known { Op::Replace { path, value } } else { Op::Add { path, value } }
}

/// `--now` stands over the document's `as_of`, and relative moments count from it: what writes it there.
pub fn as_of(document: &Item, now: Option<Timestamp>) -> Option<Op> {
    let written = document.get("as_of").and_then(Item::text);
    let parsed = written.and_then(|t| t.parse::<Timestamp>().ok());
    let now = now.filter(|now| parsed != Some(*now))?;
    Some(put(written.is_some(), "/as_of".to_owned(), Value::String(now.to_string())))
}
