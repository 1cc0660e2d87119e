//! Every command in every format: what each promises to whoever reads it.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Formats of every report.
const FORMATS: [&str; 8] = ["table", "json", "yaml", "markdown", "csv", "github", "sarif", "html"];

/// Each command with an input that has something to tell.
const COMMANDS: [&[&str]; 10] = [
    &["distribute", "fixtures/small/ten-tasks.yaml"],
    &["validate", "fixtures/invalid/orch013-unknown-field.yaml"],
    &["map", "fixtures/small/map.yaml"],
    &["resolve", "fixtures/conflicts/races.yaml"],
    &["discover", "fixtures/discover/contradictions.yaml"],
    &["diff", "examples/minimal.yaml", "examples/tasks.yaml"],
    &["explain", "examples/tasks.yaml", "billing-audit"],
    &["simulate", "examples/tasks.yaml", "--runs", "20"],
    &["optimize", "fixtures/small/ten-tasks.yaml"],
    &["verify", "examples/minimal.yaml", "fixtures/full.yaml"],
];

/// Ids that every format has to keep from being read as its own.
const HOSTILE: &str = r#"
version: 1
agents: [{id: "<script>alert(1)</script>", capacity: 1}, {id: "a|b`*_[x](y)&amp;", capacity: 9}]
tasks:
  - {id: "<script>alert(2)</script>", duration: 10m, deadline: 1m}
  - {id: "\"><img src=x onerror=alert(3)>", duration: 5m, depends_on: ["<script>alert(2)</script>"]}
  - {id: "</title></style></script><b>", requires: ["<i>"]}
  - {id: "::error::x\n::warning::y%0A,:", estimated_load: 99}
  - {id: "=cmd|' /C calc'!A0, \"q\"", estimated_load: 3}
"#;

fn orch(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_orch")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

/// What a command prints that answers, with findings or without.
fn text(args: &[&str]) -> String {
    let out = orch(args);
    assert!(out.status.code().unwrap() <= 1, "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn in_format(command: &[&str], format: &str) -> String {
    text(&[command, &["-q", "--format", format]].concat())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Whole figures as numbers of one kind: YAML and JSON write 3 and 3.0 for the same.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(n) => Value::from(n.as_f64().unwrap()),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(entries) => entries.into_iter().map(|(k, v)| (k, plain(v))).collect(),
        other => other,
    }
}

/// Keys and words longer than a key of YAML may be without being told as one.
#[test]
fn yaml_of_any_length_is_readable_again() {
    let home = TempDir::new().unwrap();
    let ids: Vec<String> = [1021, 1022, 1023, 1024, 1025, 3000]
        .into_iter()
        .flat_map(|n| ["x", "é", "'", "\"", "\n", "\u{85}", "😀"].map(|c| c.repeat(n)))
        .collect();
    let agents: Vec<Value> = ids.iter().map(|id| json!({"id": id, "capabilities": [id]})).collect();
    let tasks: Vec<Value> =
        ids.iter().enumerate().map(|(i, id)| json!({"id": format!("{i}{id}"), "requires": [id]})).collect();
    let path = file(&home, "s.json", &json!({"version": 1, "agents": agents, "tasks": tasks}).to_string());
    for command in ["distribute", "map", "resolve"] {
        let written = in_format(&[command, &path], "yaml");
        let read: Value = serde_yaml::from_str(&written).unwrap();
        assert!(plain(read) == plain(json(&in_format(&[command, &path], "json"))), "{command}");
        assert!(orch::input::tree_of(&written).is_ok(), "{command}");
    }
    let plan = file(&home, "plan.yaml", &in_format(&["distribute", &path], "yaml"));
    assert!(text(&["verify", &path, &plan]).contains("sound: every rule is kept"));
}

#[test]
fn every_command_answers_in_every_format() {
    for command in COMMANDS {
        let direct = json(&in_format(command, "json"));
        for format in FORMATS {
            let out = in_format(command, format);
            let annotated = direct["findings"].as_array().is_some_and(|f| !f.is_empty());
            assert!(!out.is_empty() || format == "github" && !annotated, "{command:?} {format}");
        }
        let yaml: Value = serde_yaml::from_str(&in_format(command, "yaml")).unwrap();
        assert_eq!(plain(yaml), plain(direct), "{command:?}");
    }
}

#[test]
fn markdown_fits_a_comment_however_much_there_is() {
    let home = TempDir::new().unwrap();
    let many = |minutes: u32| -> String {
        let task = |i: u32| format!("{{id: task-{i:05}-{}, duration: {minutes}m}}", "x".repeat(60));
        let tasks: Vec<String> = (0..3000).map(task).collect();
        format!("version: 1\nagents: [{{id: a}}]\ntasks: [{}]\n", tasks.join(",\n"))
    };
    let (a, b) = (file(&home, "a.yaml", &many(1)), file(&home, "b.yaml", &many(2)));
    let out = text(&["diff", &a, &b, "--format", "markdown"]);
    assert!(out.chars().count() < 65_536 && out.contains("3,000 changed in 3,000 fields"), "{}", &out[..500]);
    assert!(out.contains("more; `--format json` has all of them") || out.contains("more fields"), "{}", &out[..500]);
    for command in COMMANDS {
        assert!(in_format(command, "markdown").chars().count() < 65_536);
    }
}

#[test]
fn csv_has_a_row_per_assignment() {
    let report = json(&in_format(COMMANDS[0], "json"));
    let placed: usize =
        report["agent_assignments"].as_object().unwrap().values().map(|a| a.as_array().unwrap().len()).sum();
    let text = in_format(COMMANDS[0], "csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let expected = ["agent", "task", "start", "finish", "load", "cost", "deadline", "priority"];
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), expected);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), placed);
    for row in rows {
        let there = report["agent_assignments"][&row[0]].as_array().unwrap();
        let same = there.iter().find(|r| r["task"] == row[1]).unwrap();
        assert_eq!(same["finish"].as_f64(), row[3].parse().ok());
    }
}

#[test]
fn annotations_are_at_most_ten_of_a_kind_and_point_at_lines() {
    let home = TempDir::new().unwrap();
    let tasks: Vec<String> = (0..40).map(|i| format!("  - {{id: t{i}, duratoin: 5}}")).collect();
    let path = file(&home, "s.yaml", &format!("version: 1\nagents: [{{id: a}}]\ntasks:\n{}\n", tasks.join("\n")));
    let out = text(&["validate", &path, "--format", "github"]);
    assert_eq!(out.lines().count(), 10, "{out}");
    assert!(out.lines().all(|l| l.starts_with("::error ")), "{out}");
    assert!(out.contains(",line=4,col=") && out.contains("title=ORCH013::unknown field `duratoin`"), "{out}");
    assert!(out.ends_with("::and 31 more errors; --format json has all of them\n"), "{out}");
}

#[test]
fn sarif_keeps_to_its_schema_and_its_fingerprints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut schema = json(&fs::read_to_string(root.join("fixtures/schemas/sarif-2.1.0.json")).unwrap());
    // The published pattern has a bracket too many for this engine; orch writes no language.
    for thing in ["run", "toolComponent"] {
        schema["definitions"][thing]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let schema = jsonschema::validator_for(&schema).unwrap();
    for command in COMMANDS {
        let log = json(&in_format(command, "sarif"));
        let wrong: Vec<String> = schema.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{command:?}: {wrong:?}");
    }
    let home = TempDir::new().unwrap();
    let prints = |text: &str| -> Vec<Value> {
        let path = file(&home, "s.yaml", text);
        let log = json(&in_format(&["distribute", &path], "sarif"));
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.into_iter().map(|r| r["partialFingerprints"].clone()).collect()
    };
    let before = fs::read_to_string(root.join("fixtures/small/ten-tasks.yaml")).unwrap();
    let after = format!("# a line\n\n{before}");
    assert!(!prints(&before).is_empty());
    assert_eq!(prints(&before), prints(&after), "lines that move are no new finding");
}

/// A line of Markdown without its code: from a run of backticks to the next that is as long.
fn without_code(line: &str) -> String {
    let run = |text: &str| text.chars().take_while(|c| *c == '`').count();
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find('`') {
        out += &rest[..at];
        let n = run(&rest[at..]);
        let mut end = at + n;
        let close = loop {
            let Some(next) = rest[end..].find('`').map(|i| end + i) else { break None };
            let m = run(&rest[next..]);
            if m == n {
                break Some(next + m);
            }
            end = next + m;
        };
        // A run that nothing closes is text, and so is one behind a backslash.
        let escaped = rest[..at].ends_with('\\');
        let skip = close.filter(|_| !escaped).unwrap_or(at + n);
        rest = &rest[skip..];
    }
    out + rest
}

#[test]
fn no_id_is_read_as_mark_up() {
    let home = TempDir::new().unwrap();
    let path = file(&home, "s.yaml", HOSTILE);
    let plan = file(&home, "plan.json", &text(&["distribute", &path, "-q", "-f", "json"]));
    let empty = file(&home, "empty.json", "{\"agent_assignments\": {}}");
    let commands: [&[&str]; 9] = [
        &["distribute", &path],
        &["map", &path],
        &["resolve", &path],
        &["validate", &path],
        &["diff", &empty, &plan],
        &["explain", &path, "<script>alert(2)</script>"],
        &["simulate", &path, "--runs", "20"],
        &["optimize", &path],
        &["verify", &path, &plan],
    ];
    for command in commands {
        let page = in_format(command, "html");
        assert_eq!(page.matches("<script").count(), 1, "{command:?}");
        for tag in ["<img", "<b>", "<i>", "alert(1)</script>", "</title></style>"] {
            assert!(!page.contains(tag), "{command:?}: {tag}");
        }
        for tag in ["html", "main", "section", "svg", "table", "title", "dl", "figure"] {
            let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{command:?}: <{tag}>");
        }
        let markdown = in_format(command, "markdown");
        assert!(!markdown.replace('`', "").is_empty());
        let bare: String = markdown.lines().map(without_code).collect();
        assert!(!bare.contains("<script") && !bare.contains("<img"), "{command:?}: {bare}");
        for line in in_format(command, "github").lines() {
            assert!(
                line.starts_with("::error ") || line.starts_with("::warning ") || line.starts_with("::notice "),
                "{line}"
            );
        }
    }
    let rows = in_format(commands[0], "csv");
    assert_eq!(csv::Reader::from_reader(rows.as_bytes()).records().flatten().count(), 3, "{rows}");
}

#[test]
fn a_page_needs_nothing_but_itself_and_is_the_same_every_time() {
    for command in COMMANDS {
        let page = in_format(command, "html");
        assert_eq!(page, in_format(command, "html"));
        for link in ["href=\"http", "src=", "url(", "@import", "<link"] {
            assert!(!page.contains(link), "{command:?}: {link}");
        }
        for part in [
            "<html lang=\"en\">",
            "<h1>",
            "<main id=\"main\"",
            "class=\"skip\"",
            "prefers-color-scheme:dark",
            "@media print",
        ] {
            assert!(page.contains(part), "{command:?}: {part}");
        }
        assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
        assert_eq!(page.matches("<svg class=\"picture\"").count(), page.matches("<desc ").count());
        assert!(!page.contains("<th>"), "every heading of a table has a scope");
    }
    let page = in_format(COMMANDS[0], "html");
    for part in [
        "Plan over time",
        "class=\"bar late\"",
        "class=\"due missed\"",
        "class=\"bar critical\"",
        "class=\"idle\"",
        "Load against capacity",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_page_of_ten_thousand_tasks_stays_small() {
    let home = TempDir::new().unwrap();
    let snapshot = file(&home, "s.yaml", &text(&["generate", "--agents", "300", "--tasks", "10000", "--seed", "3"]));
    let page = text(&["distribute", &snapshot, "-s", "cost_optimized", "--effort", "quick", "-q", "-f", "html"]);
    assert!(page.len() < 1_500_000, "{} bytes", page.len());
    assert!(page.contains("summed up") && page.contains("more are not"));
}

#[test]
fn several_files_at_once_beside_the_table() {
    let home = TempDir::new().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let [json_file, csv_file, page] = ["plan.json", "plan.csv", "plan.html"].map(at);
    let snapshot = "examples/minimal.yaml";
    let (as_json, as_csv) = (format!("json={json_file}"), format!("csv={csv_file}"));
    let args = ["distribute", snapshot, "-o", &as_json, "-o", &as_csv, "--report", &page];
    assert_eq!(text(&args), text(&["distribute", snapshot]), "the table is printed all the same");
    for (path, format) in [(&json_file, "json"), (&csv_file, "csv"), (&page, "html")] {
        assert_eq!(fs::read_to_string(path).unwrap(), in_format(&["distribute", snapshot], format));
    }
    assert_eq!(text(&["distribute", snapshot, "-o", "json=-"]), in_format(&["distribute", snapshot], "json"));
    let to_file = at("table.txt");
    assert_eq!(text(&["distribute", snapshot, "-o", &to_file, "-o", &as_csv]), "");
    assert!(fs::read_to_string(&to_file).unwrap().starts_with("Distribution"));
    // One that cannot be written: none is.
    fs::write(&json_file, "precious").unwrap();
    let nowhere = format!("csv={}", at("no/such/folder.csv"));
    assert_eq!(orch(&["distribute", snapshot, "-o", &as_json, "-o", &nowhere]).status.code(), Some(2));
    assert_eq!(fs::read_to_string(&json_file).unwrap(), "precious");
}

#[test]
fn contradictory_outputs_are_told_before_the_work() {
    let cases: [&[&str]; 6] = [
        &["-o", "a.txt", "-o", "b.txt"],
        &["-o", "json=-", "-o", "csv=-"],
        &["-o", "json="],
        &["--format", "dot"],
        &["-o", "json=same.txt", "-o", "yaml=same.txt"],
        &["--format", "xml"],
    ];
    for case in cases {
        let out = orch(&[&["distribute", "examples/minimal.yaml"], case].concat());
        assert_eq!((out.status.code(), out.stdout.len()), (Some(2), 0), "{case:?}");
        assert!(!PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("same.txt").exists());
    }
    for command in ["resolve", "discover"] {
        let out = orch(&[command, "fixtures/discover/contradictions.yaml", "--emit", "snapshot", "--format", "csv"]);
        assert_eq!(out.status.code(), Some(2), "{command}");
    }
}

#[test]
fn every_command_fails_on_what_it_is_told_to() {
    let status = |command: &[&str], rule: &str| orch(&[command, &["-q", "--fail-on", rule]].concat()).status.code();
    for command in &COMMANDS[..5] {
        let report = json(&in_format(command, "json"));
        let findings = report["findings"].as_array().unwrap();
        let has = |severity: &str| findings.iter().any(|f| f["severity"] == severity);
        let expected = |hit: bool| Some(i32::from(hit));
        assert_eq!(status(command, "error"), expected(has("error")), "{command:?}");
        assert_eq!(status(command, "warning"), expected(has("error") || has("warning")), "{command:?}");
        assert_eq!(status(command, "info"), expected(!findings.is_empty()), "{command:?}");
        for finding in findings {
            assert_eq!(status(command, finding["code"].as_str().unwrap()), Some(1), "{command:?}");
        }
        assert_eq!(status(command, "ORCH001"), Some(0), "{command:?}");
    }
}
