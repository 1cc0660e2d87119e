//! Reads a document through orch's own reader.

use std::io::Write;

use orch::{
    input::{self, Command, Request},
    model::Snapshot,
};
use serde_json::Value;

/// The snapshot of a document, written as JSON.
pub fn read(document: &Value) -> Snapshot {
    read_text(&serde_json::to_string_pretty(document).unwrap(), ".json")
}

/// The snapshot of a text; its problems end the test.
pub fn read_text(text: &str, ending: &str) -> Snapshot {
    try_text(text, ending).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

/// The snapshot of a text, or its problems.
pub fn try_text(text: &str, ending: &str) -> Result<Snapshot, String> {
    let mut file = tempfile::Builder::new().suffix(ending).tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let request = Request { files: vec![file.path().into()], command: Command::Distribute, ..Request::default() };
    input::read(&request).map(|input| input.snapshot).map_err(|error| error.to_string())
}
