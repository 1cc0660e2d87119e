//! JSON: the whole report, indented, floats in their shortest form that reads back the same.

use serde::Serialize;

use crate::error::Error;

/// Writes a report as JSON, with a line end after it.
///
/// # Errors
///
/// [`Error::Internal`] where the report cannot be written as JSON, which is a fault of the report.
pub fn to_json(report: &impl Serialize) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(report).map_err(|e| Error::Internal(format!("no JSON: {e}")))?;
    text.push('\n');
    Ok(text)
}
