//! YAML: the report's JSON in block style, keys in their order, read back as the same.

use super::snapshot::{READABLE, Value, to_yaml as value_to_yaml};
use crate::error::Error;

/// Writes the JSON of a report as YAML.
///
/// # Errors
///
/// [`Error::Internal`] where it is no JSON.
pub fn to_yaml(json: &str) -> Result<String, Error> {
    let value: Value = serde_json::from_str(json).map_err(|e| Error::Internal(format!("no YAML: {e}")))?;
    Ok(value_to_yaml(&value, READABLE))
}
