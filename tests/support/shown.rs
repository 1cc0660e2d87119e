//! What reports show, without what a new version or another order of the file changes.

use serde_json::Value;

/// Hides what a new version of orch may change: its number, and hashes.
pub fn settled(text: &str) -> String {
    let hash = |word: &str| word.len() >= 16 && word.chars().all(|c| c.is_ascii_hexdigit());
    let hide = |line: &str| {
        let word = line.rsplit(' ').next().unwrap_or_default().trim_matches(['"', ',']);
        line.replace(if hash(word) { word } else { env!("CARGO_PKG_VERSION") }, "…")
    };
    text.lines().map(hide).collect::<Vec<_>>().join("\n")
}

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
