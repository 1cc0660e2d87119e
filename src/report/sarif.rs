//! SARIF 2.1.0 (OASIS, 2020): findings for code scanning, each with a fingerprint that stays when lines move.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{FindingRow, hex, to_json};
use crate::error::Error;

/// Writes findings as one run.
///
/// # Errors
///
/// [`Error::Internal`] where there is no JSON of it.
pub fn to_sarif(findings: &[FindingRow], meaning: fn(&str) -> Option<&'static str>) -> Result<String, Error> {
    let mut codes: Vec<&str> = findings.iter().map(|f| f.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code, meaning(code))).collect();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = findings.iter().map(|f| result(f, &codes, &mut seen)).collect();
    to_json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "orch",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn rule(code: &str, meaning: Option<&str>) -> Value {
    json!({"id": code, "shortDescription": {"text": meaning.unwrap_or(code)}})
}

fn result(f: &FindingRow, codes: &[&str], seen: &mut BTreeMap<String, usize>) -> Value {
    let level = if f.severity == "info" { "note" } else { f.severity };
    let help = if f.help.is_empty() { String::new() } else { format!("\n{}", f.help) };
    let mut out = json!({
        "ruleId": f.code,
        "ruleIndex": codes.binary_search(&f.code).unwrap_or_default(),
        "level": level,
        "message": {"text": format!("{}{help}", f.message)},
        "partialFingerprints": {"orchFinding/v1": fingerprint(f, seen)},
    });
    if !f.file.is_empty() {
        let mut physical = json!({"artifactLocation": {"uri": uri(&f.file)}});
        if let Some(line) = f.line {
            physical["region"] = json!({"startLine": line, "startColumn": f.column.unwrap_or(1)});
        }
        out["locations"] = json!([{"physicalLocation": physical}]);
    }
    out
}

/// What stays of a finding when lines and figures around it change: its code, its file, and the value that it is
/// about. A path by ids names that; one by positions does not, and the message stands in. The n-th of the same is
/// numbered.
fn fingerprint(f: &FindingRow, seen: &mut BTreeMap<String, usize>) -> String {
    let by_position = f.path.split('[').skip(1).any(|p| p.starts_with(|c: char| c.is_ascii_digit()));
    let about = if f.path.is_empty() || by_position { &f.message } else { &f.path };
    let digest = Sha256::digest(format!("{}\n{}\n{about}", f.code, f.file).as_bytes());
    let hex = hex(&digest[..16]);
    let n = seen.entry(hex.clone()).or_default();
    *n += 1;
    format!("{hex}:{n}")
}

/// A path as a relative URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut out = String::new();
    for (i, byte) in path.strip_prefix("./").unwrap_or(&path).bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            // Two slashes at the start would begin a host.
            b'/' if i != 1 || !out.starts_with('/') => out.push('/'),
            _ => out.extend(["%", &hex(&[byte]).to_uppercase()]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(path: &str, line: u32, message: &str) -> FindingRow {
        FindingRow {
            code: "ORCH102",
            severity: "warning",
            message: message.into(),
            path: path.into(),
            file: "a b/ü.yaml".into(),
            line: Some(line),
            column: Some(2),
            help: String::new(),
        }
    }

    #[test]
    fn fingerprints_stay_when_lines_and_figures_change() {
        let print = |f: &FindingRow| fingerprint(f, &mut BTreeMap::new());
        assert_eq!(print(&finding("tasks[t].deadline", 3, "3 s")), print(&finding("tasks[t].deadline", 9, "4 s")));
        assert_ne!(print(&finding("tasks[t].deadline", 3, "3 s")), print(&finding("tasks[u].deadline", 3, "3 s")));
        assert_eq!(print(&finding("tasks[3].id", 3, "`t`")), print(&finding("tasks[4].id", 9, "`t`")));
        let mut seen = BTreeMap::new();
        let twice = [0, 1].map(|_| fingerprint(&finding("a", 1, "m"), &mut seen));
        assert!(twice[0].ends_with(":1") && twice[1].ends_with(":2"), "{twice:?}");
    }

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("./a b/ü.yaml"), "a%20b/%C3%BC.yaml");
        assert_eq!(uri("//host/a:b?c#d"), "/%2Fhost/a%3Ab%3Fc%23d");
    }
}
