//! Schemas, completions and manual pages: what is printed fits what is read and written.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use jsonschema::Validator;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn orch(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_orch")).args(args).current_dir(root()).output().unwrap()
}

fn text(args: &[&str]) -> String {
    let out = orch(args);
    assert!(out.status.code().unwrap() <= 1, "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn schema(kind: &str) -> Value {
    serde_json::from_str(&text(&["schema", kind])).unwrap()
}

fn validator(kind: &str) -> Validator {
    let schema = schema(kind);
    assert!(jsonschema::meta::is_valid(&schema), "{kind}");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{kind}");
    jsonschema::validator_for(&schema).unwrap()
}

fn wrong(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// Snapshots under a folder, as YAML or JSON has them.
fn snapshots(folder: &str) -> Vec<(PathBuf, Value)> {
    let (mut folders, mut out) = (vec![root().join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if ["yaml", "json"].contains(&kind.as_str()) {
                let text = fs::read(&path).unwrap();
                let Ok(value) = serde_yaml::from_slice::<Value>(&text) else { continue };
                out.push((path, value));
            }
        }
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

#[test]
fn every_valid_fixture_and_example_fits_the_schema() {
    let schema = validator("snapshot");
    let mut seen = 0;
    for folder in ["examples", "fixtures"] {
        let all = snapshots(folder);
        // What is no snapshot: other systems' files, and what is wrong on purpose.
        let apart =
            ["fixtures/invalid", "fixtures/import", "fixtures/schemas", "examples/discover/cards", "registry.json"];
        for (path, document) in all {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            let own = ["agents", "tasks", "version", "state", "sources"].iter().any(|k| document.get(k).is_some());
            if apart.iter().any(|a| name.contains(a)) || !own {
                continue;
            }
            seen += 1;
            assert_eq!(wrong(&schema, &document), [""; 0], "{name}");
        }
    }
    assert!(seen > 30, "{seen}");
    let generated: Value =
        serde_json::from_str(&text(&["generate", "--agents", "5", "--tasks", "30", "--format", "json"])).unwrap();
    assert_eq!(wrong(&schema, &generated), [""; 0]);
}

#[test]
fn what_the_reader_refuses_by_form_the_schema_refuses_too() {
    let schema = validator("snapshot");
    let codes =
        ["orch012", "orch013", "orch014", "orch015", "orch017", "orch018", "orch022", "orch023", "orch024", "orch044"];
    let mut passed = Vec::new();
    for (path, document) in snapshots("fixtures/invalid") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let by_form = codes.iter().any(|c| name.starts_with(c));
        if by_form && wrong(&schema, &document).is_empty() {
            passed.push(name);
        }
    }
    // A missing version is no error of a part, and that something has a limit is a matter between fields.
    passed.retain(|name| !name.starts_with("orch012") && !name.starts_with("orch044"));
    assert_eq!(passed, [""; 0]);
}

/// Places where a schema says nothing.
fn open_places(schema: &Value, path: &str, out: &mut Vec<String>) {
    match schema {
        Value::Bool(true) => out.push(path.to_owned()),
        Value::Object(fields) => {
            if fields.keys().all(|k| k == "description") {
                out.push(path.to_owned());
            }
            for (name, below) in fields.get("properties").and_then(Value::as_object).into_iter().flatten() {
                open_places(below, &format!("{path}.{name}"), out);
            }
            for (key, step) in [("items", "[]"), ("additionalProperties", "{}")] {
                if let Some(below) = fields.get(key) {
                    open_places(below, &format!("{path}{step}"), out);
                }
            }
            for way in fields.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
                open_places(way, path, out);
            }
        }
        _ => {}
    }
}

#[test]
fn the_schema_says_something_of_every_field() {
    let mut open = Vec::new();
    open_places(&schema("snapshot"), "", &mut open);
    open.sort();
    open.dedup();
    open.retain(|p| !p.starts_with(".overlay"));
    let free = [".agents[].labels{}", ".agents[].resource_requirements{}", ".sources[].records", ".tasks[].labels{}"];
    assert_eq!(open, free, "labels, and what other systems wrote, are anything");
}

#[test]
fn reports_fit_their_schemas() {
    let commands: [(&str, &[&str]); 9] = [
        ("plan", &["distribute", "fixtures/small/ten-tasks.yaml"]),
        ("distribute", &["distribute", "examples/tasks.yaml", "-s", "cost_optimized"]),
        ("map", &["map", "examples/tasks.yaml", "--n-minus", "1"]),
        ("map", &["map", "fixtures/small/map.yaml"]),
        ("resolve", &["resolve", "fixtures/conflicts/races.yaml"]),
        ("discover", &["discover", "fixtures/discover/contradictions.yaml"]),
        ("discover", &["discover", "examples/discover/fleet.yaml"]),
        ("validate", &["validate", "fixtures/invalid/orch013-unknown-field.yaml"]),
        ("diff", &["diff", "examples/minimal.yaml", "examples/tasks.yaml"]),
    ];
    for (kind, command) in commands {
        let report: Value = serde_json::from_str(&text(&[command, &["-q", "--format", "json"]].concat())).unwrap();
        assert_eq!(wrong(&validator(kind), &report), [""; 0], "{command:?}");
        let mut broken = report.clone();
        broken.as_object_mut().unwrap().remove("format_version");
        assert_ne!(wrong(&validator(kind), &broken), [""; 0], "{kind} asks for something");
    }
}

#[test]
fn examples_point_editors_at_the_schema_of_this_version() {
    let kept = fs::read_to_string(root().join("examples/snapshot.schema.json")).unwrap();
    assert!(kept == text(&["schema", "snapshot"]), "orch schema snapshot --output examples/snapshot.schema.json");
    for (path, document) in snapshots("examples") {
        if path.extension().is_none_or(|e| e != "yaml") || document.get("name").is_some() {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let line = text.lines().next().unwrap();
        let schema =
            line.strip_prefix("# yaml-language-server: $schema=").unwrap_or_else(|| panic!("{}", path.display()));
        assert!(path.parent().unwrap().join(schema).is_file(), "{schema}");
    }
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let help = text(&["--help"]);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|l| *l != "Commands:")
        .skip(1)
        .take_while(|l| !l.is_empty())
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    assert!(commands.len() > 8, "{help}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = text(&["completions", shell]);
        assert!(commands.iter().all(|c| script.contains(c)), "{shell}");
        assert!(script.contains("fail-on"), "{shell}");
        assert!(["elvish", "powershell"].contains(&shell) || script.contains("sarif"), "{shell}: values of options");
    }
    assert!(text(&["man"]).contains(".TH orch 1"));
    for command in commands.iter().filter(|c| **c != "help") {
        let page = text(&["man", command]);
        assert!(page.contains(&format!(".TH orch-{command} 1")) && page.contains("xample"), "{page}");
    }
    assert_eq!(orch(&["man", "dance"]).status.code(), Some(2));
    assert_eq!(orch(&["schema", "dance"]).status.code(), Some(2));
}
