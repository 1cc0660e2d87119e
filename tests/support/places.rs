//! What reports show, without what another order of the file changes.

use serde_json::Value;

/// A report without places in the file (lines, and the indices in its patch); findings, which follow the file, in the
/// order of their text.
pub fn without_places(mut report: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, _| !["file", "line", "column", "path"].contains(&key.as_str()));
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut report);
    if let Some(Value::Array(findings)) = report.pointer_mut("/findings") {
        findings.sort_by_key(Value::to_string);
    }
    report
}
