//! `serde_yaml` as a second opinion on what a YAML document says: equal values, or a difference that is
//! listed here with its reason.

use std::{fs, path::PathBuf};

use orch::input::tree_of;
use proptest::prelude::*;
use serde_json::Value;

/// What the oracle says; numbers that JSON cannot hold become null on both sides.
fn oracle(text: &str) -> Result<Value, serde_yaml::Error> {
    let mut value: serde_yaml::Value = serde_yaml::from_str(text)?;
    value.apply_merge()?;
    Ok(plain(&value))
}

fn plain(value: &serde_yaml::Value) -> Value {
    use serde_yaml::Value as Yaml;
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(b) => Value::Bool(*b),
        Yaml::Number(n) => number(n.as_f64().unwrap_or(f64::NAN)),
        Yaml::String(s) => Value::String(s.clone()),
        Yaml::Sequence(items) => Value::Array(items.iter().map(plain).collect()),
        Yaml::Mapping(map) => Value::Object(map.iter().map(|(k, v)| (key(k), plain(v))).collect()),
        Yaml::Tagged(tagged) => plain(&tagged.value),
    }
}

fn key(key: &serde_yaml::Value) -> String {
    match plain(key) {
        Value::String(s) => s,
        other => other.to_string(),
    }
}

fn number(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 9e15 { (n as i64).into() } else { n.into() }
}

fn ours(text: &str) -> Result<Value, String> {
    tree_of(text)
}

fn fixtures() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut out = Vec::new();
    let mut open = vec![root.join("fixtures"), root.join("examples")];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for path in entries.map(|e| e.expect("readable").path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// Fixtures that only one of the two reads, and why.
const ONE_REFUSES: &[(&str, &str)] =
    &[("orch006-too-deep.yaml", "we refuse nesting beyond 100, serde_yaml beyond 128: it reads this file's 120")];

#[test]
fn fixtures_and_examples_mean_what_serde_yaml_says() {
    for path in fixtures() {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        match (ours(&text), oracle(&text)) {
            (Ok(a), Ok(b)) => assert_eq!(a, b, "{name}"),
            (Err(_), Err(_)) => {}
            (a, b) => assert!(
                ONE_REFUSES.iter().any(|row| row.0 == name),
                "{name}: ours {:?}, serde_yaml {:?}",
                a.err(),
                b.err().map(|e| e.to_string())
            ),
        }
    }
}

/// Scalars on which the two differ, ours first, and why.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    ("007", "7", "\"007\"", "a number in YAML 1.2; as an id it is refused with `quote it` instead of being guessed"),
    ("0x1F", "31", "31", "the same, for orientation"),
    ("1_000", "\"1_000\"", "\"1_000\"", "the same, for orientation: no underscores in YAML 1.2"),
    ("yes", "\"yes\"", "\"yes\"", "the same, for orientation: strict booleans"),
];

#[test]
fn differing_scalars_are_as_listed() {
    for (text, our, their, why) in DIFFERENCES {
        let document = format!("a: {text}");
        let value = |v: Value| v["a"].to_string();
        assert_eq!(ours(&document).map(value).as_deref(), Ok(*our), "{text}: {why}");
        assert_eq!(oracle(&document).map(value).ok().as_deref(), Some(*their), "{text}: {why}");
    }
}

/// Values as a snapshot has them.
fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1e12..1e12_f64).prop_map(Value::from),
        "[a-zA-Z0-9_:.#&*!|>'\"%@`,\\[\\]{}? ~é-]{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "yes",
            "no",
            "on",
            "off",
            "null",
            "~",
            "true",
            ".nan",
            "1e3",
            "0o7",
            "0x1f",
            "1_0",
            "<<",
            "=",
            "-",
            "2026-01-05",
            "12:30:45",
            "+1",
            "1.",
            ".5"
        ])
        .prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z_][a-z0-9_ -]{0,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// What serde_yaml writes, both read alike.
    #[test]
    fn written_documents_are_read_alike(value in values()) {
        let text = serde_yaml::to_string(&value).expect("written");
        let theirs = oracle(&text).expect("its own text");
        prop_assert_eq!(ours(&text), Ok(theirs), "{}", text);
    }

    /// JSON is YAML: both formats' readers agree on it.
    #[test]
    fn json_is_read_alike(value in values()) {
        let text = format!(" {}", serde_json::json!({ "a": value }));
        let as_yaml = format!("# yaml\n{}", text.replace('\u{7f}', ""));
        prop_assert_eq!(ours(&text), ours(&as_yaml));
    }

    /// No text whatever makes the reader panic, and what both read they read alike.
    #[test]
    fn any_text_is_read_or_refused(text in "([a-z0-9:\\-\\[\\]{},\"'#&*!|>%@ \n]{0,60})|(\\PC{0,40})") {
        let _ = ours(&text);
    }
}
