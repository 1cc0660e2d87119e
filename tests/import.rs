//! `orch import`: real workflows become tasks that `validate` and `distribute` accept beside agents.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use orch::input::import::{FORMATS, try_text};
use serde_json::Value;

fn orch(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_orch")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn stdout(out: &Output) -> String {
    String::from_utf8(out.stdout.clone()).unwrap()
}

fn stderr(out: &Output) -> String {
    String::from_utf8(out.stderr.clone()).unwrap()
}

/// Both streams, for a picture of the whole.
fn picture(args: &[&str]) -> String {
    let out = orch(args);
    format!("exit {}\n{}---\n{}", out.status.code().unwrap(), stdout(&out), stderr(&out))
}

/// The real files beside the repository; `None`, and a word, where they are not there.
fn real() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/data", "../../shared/data"].iter().map(|up| root.join(up)).find(|p| p.is_dir());
    if found.is_none() {
        eprintln!("skipped: no ../shared/data beside the repository");
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { out.extend(files(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

/// Task → its predecessors, with MB.
fn edges(document: &Value) -> BTreeMap<String, BTreeMap<String, f64>> {
    let id = |v: &Value| v.as_str().unwrap().to_owned();
    let edge = |d: &Value| match d {
        Value::String(task) => (task.clone(), 0.0),
        row => (id(&row["task"]), row["data_mb"].as_f64().unwrap()),
    };
    let row = |t: &Value| (id(&t["id"]), t["depends_on"].as_array().into_iter().flatten().map(edge).collect());
    document["tasks"].as_array().unwrap().iter().map(row).collect()
}

fn imported(args: &[&str]) -> Value {
    let out = orch(&[&["import", "--format", "json", "-q"], args].concat());
    assert!(out.status.success(), "{args:?}: {}", stderr(&out));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn a_crew_with_its_agents() {
    insta::assert_snapshot!(picture(&[
        "import",
        "fixtures/import/crew-tasks.yaml",
        "fixtures/import/crew-agents.yaml"
    ]));
}

#[test]
fn steps_nested_templates_and_alternatives() {
    insta::assert_snapshot!(picture(&["import", "fixtures/import/argo-steps.yaml", "--duration", "2m"]));
}

#[test]
fn several_workflows_keep_their_ids_apart() {
    let two = imported(&["fixtures/import/argo-steps.yaml", "fixtures/import/crew-tasks.yaml"]);
    let edges = edges(&two);
    assert_eq!(edges["nightly/build.pack"].keys().collect::<Vec<_>>(), ["nightly/build.system", "nightly/build.unit"]);
    assert_eq!(edges["crew-tasks/check_report"].keys().collect::<Vec<_>>(), ["crew-tasks/write_report"]);
}

#[test]
fn fragments_are_accepted_beside_agents() {
    let folder = tempfile::TempDir::new().unwrap();
    for format in ["yaml", "json"] {
        let file = folder.path().join(format!("tasks.{format}"));
        let path = file.to_str().unwrap();
        for source in ["fixtures/import/crew-tasks.yaml", "fixtures/import/argo-steps.yaml"] {
            let out = orch(&["import", source, "--format", format, "-q", "-o", path]);
            assert!(out.status.success(), "{}", stderr(&out));
            for command in ["validate", "distribute"] {
                let out = orch(&[command, "fixtures/import/with-agents.yaml", path]);
                assert_eq!(out.status.code(), Some(0), "{command} {source}: {}{}", stdout(&out), stderr(&out));
            }
        }
    }
}

#[test]
fn what_cannot_be_imported_ends_in_2_and_one_error() {
    for args in [
        &["import", "argo=fixtures/import/crew-tasks.yaml"][..],
        &["import", "fixtures/small/one-task.yaml"],
        &["import", "no-such-file.yaml"],
        &["import", "nonsense=fixtures/import/crew-tasks.yaml"],
        &["import", "fixtures/import/crew-tasks.yaml", "--duration", "soon"],
    ] {
        let out = orch(args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(
            stdout(&out).is_empty() && stderr(&out).lines().filter(|l| l.starts_with("error")).count() == 1,
            "{args:?}: {}",
            stderr(&out)
        );
    }
}

/// Oracle: the conversion of the same instances that comes with the data.
#[test]
fn wfcommons_instances_have_the_durations_edges_and_cores_of_their_conversion() {
    let Some(data) = real() else { return };
    let mut checked = 0;
    for file in files(&data.join("formats/wfformat")) {
        let Ok(text) = fs::read_to_string(data.join("wf").join(file.file_name().unwrap())) else { continue };
        let oracle: Value = serde_json::from_str(&text).unwrap();
        let own = imported(&[&format!("wfformat={}", file.display()), "--machines"]);
        let load = oracle["load"][0].as_array().unwrap();
        let expected: BTreeMap<&str, f64> = oracle["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .zip(load)
            .map(|(t, p)| (t["id"].as_str().unwrap(), p.as_f64().unwrap()))
            .collect();
        let found: BTreeMap<&str, f64> = own["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| (t["id"].as_str().unwrap(), t["duration"].as_f64().unwrap()))
            .collect();
        assert_eq!(found, expected, "{}", file.display());
        let pair = |e: &Value| (e[1].as_str().unwrap().to_owned(), e[0].as_str().unwrap().to_owned());
        let expected: BTreeSet<(String, String)> = oracle["precedence"].as_array().unwrap().iter().map(pair).collect();
        let found: BTreeSet<(String, String)> =
            edges(&own).into_iter().flat_map(|(t, e)| e.into_keys().map(move |f| (t.clone(), f))).collect();
        assert_eq!(found, expected, "{}", file.display());
        let cores = |d: &Value, key: &str| -> BTreeMap<String, u64> {
            d["agents"]
                .as_array()
                .unwrap()
                .iter()
                .map(|a| (a["id"].as_str().unwrap().into(), a[key].as_u64().unwrap()))
                .collect()
        };
        assert_eq!(cores(&own, "slots"), cores(&oracle, "cores"), "{}", file.display());
        checked += 1;
    }
    assert!(checked >= 3, "{checked} instances");
}

/// Read by hand from the files.
#[test]
fn edges_and_sizes_of_real_files_are_those_in_them() {
    let Some(data) = real() else { return };
    let read = |file: &str| edges(&imported(&[data.join("formats").join(file).to_str().unwrap()]));
    let after =
        |e: &BTreeMap<String, BTreeMap<String, f64>>, t: &str| e[t].keys().cloned().collect::<Vec<_>>().join(" ");

    let chain = read("wfformat/helloworld-chain-5-chameleon.json");
    assert_eq!(chain["cpuhog_chain_00000003"]["cpuhog_chain_00000002"], 16.666_667);
    // 20,078 and 1,014,258,222 bytes are read, and no task writes them; the archive of 27,275 bytes goes on.
    let genome = imported(&[data.join("formats/wfformat/1000genome-chameleon-10ch-100k-001.json").to_str().unwrap()]);
    let size = |id: &str| {
        genome["network"]["data"].as_array().unwrap().iter().find(|d| d["id"] == id).unwrap()["size_mb"]
            .as_f64()
            .unwrap()
    };
    assert_eq!((size("columns.txt"), size("ALL.chr1.100000.vcf")), (0.020_078, 1_014.258_222));

    let diamond = read("argo/dag-diamond.yaml");
    assert_eq!((after(&diamond, "A"), after(&diamond, "D")), (String::new(), "B C".into()));
    let nested = read("argo/dag-nested.yaml");
    assert_eq!(nested.len(), 16);
    assert_eq!((after(&nested, "B.A"), after(&nested, "D.A")), ("A.D".into(), "B.D C.D".into()));
    let enhanced = read("argo/dag-enhanced-depends.yaml");
    assert_eq!(after(&enhanced, "should-execute-1"), "A C");
    assert_eq!(
        (after(&enhanced, "should-execute-2"), after(&enhanced, "should-not-execute")),
        (String::new(), "B C".into())
    );

    let ci = read("github-actions/ruff-ci.yaml");
    assert_eq!(ci.len(), 30);
    assert_eq!(after(&ci, "benchmarks-walltime-run"), "benchmarks-walltime-build");
    assert_eq!(
        after(&ci, "required-checks-passed"),
        "cargo-build-msrv cargo-clippy cargo-fmt cargo-test-linux cargo-test-wasm docs prek python-package scripts shellcheck"
    );
}

#[test]
fn every_real_file_under_every_format_ends_in_tasks_or_one_error() {
    let Some(data) = real() else { return };
    let mut read = 0;
    for file in ["formats", "traces", "agents"].iter().flat_map(|f| files(&data.join(f))) {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        for kind in FORMATS.iter().map(|f| Some(f.kind)).chain([None]) {
            let (workflows, findings) = try_text(kind, file.to_str().unwrap(), &text);
            let errors = findings.iter().filter(|f| f.severity == orch::error::Severity::Error).count();
            assert_eq!(errors, usize::from(workflows.is_empty()), "{} as {kind:?}: {findings:?}", file.display());
            read += workflows.len();
        }
    }
    assert!(read >= 22, "{read}");
}

#[test]
fn shuffled_files_give_the_same_fragment() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/import/crew-tasks.yaml")).unwrap();
    let mut parts: Vec<&str> = text.split("\n\n").collect();
    parts.reverse();
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("crew-tasks.yaml");
    fs::write(&file, parts.join("\n\n")).unwrap();
    assert_eq!(imported(&[file.to_str().unwrap()]), imported(&["fixtures/import/crew-tasks.yaml"]));
}

#[test]
fn hostile_workflows_end_in_a_word_and_in_time() {
    let argo = |templates: &str| {
        format!("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  entrypoint: t0\n  templates:\n{templates}")
    };
    // Forty templates that call the next one twice each: 2^40 tasks if nobody counted.
    let double = (0..40)
        .map(|i| {
            format!(
                "  - name: t{i}\n    dag: {{tasks: [{{name: a, template: t{0}}}, {{name: b, template: t{0}}}]}}\n",
                i + 1
            )
        })
        .collect::<Vec<String>>()
        .concat();
    let (workflows, findings) = try_text(Some("argo"), "w.yaml", &argo(&double));
    assert!(
        workflows[0].jobs.len() <= 100_000 && findings.iter().any(|f| f.message.contains("unfold")),
        "{findings:?}"
    );
    let own = "  - name: t0\n    steps: [[{name: again, template: t0}]]\n";
    let (workflows, findings) = try_text(None, "w.yaml", &argo(own));
    assert!(workflows[0].jobs.len() == 1 && findings.iter().any(|f| f.code == "ORCH236"), "{findings:?}");
    let circle = "  - name: t0\n    dag: {tasks: [{name: a, depends: b, template: x}, {name: b, depends: a, template: x}, {name: c, depends: c, template: x}]}\n";
    let (workflows, findings) = try_text(None, "w.yaml", &argo(circle));
    assert_eq!(workflows[0].jobs.iter().map(|j| j.after.len()).collect::<Vec<_>>(), [0, 1, 1], "circles last");
    assert!(findings.iter().any(|f| f.message.contains("waits for itself")), "{findings:?}");
    let odd = r#"{"workflow": {"tasks": [7, {}, {"id": "a", "runtime": "long", "parents": ["x", 3, {}]}, {"id": "a"}, {"id": "b", "runtime": 1e300, "children": "a", "files": [{}, {"name": "f", "size": -1, "link": "in"}]}]}}"#;
    let (workflows, findings) = try_text(None, "w.json", odd);
    assert_eq!(workflows[0].jobs.len(), 2, "{findings:?}");
    assert!(findings.len() >= 8 && findings.iter().all(|f| f.location.line == 1), "{findings:?}");
    let secret = "jobs: {a: {runs-on: x, name: 'token ghp_abcdefghijklmnop1234', env: {PASSWORD: hunter2}, needs: [b]}}\non: push\n";
    let (workflows, findings) = try_text(None, "w.yaml", secret);
    let said = format!("{workflows:?}{findings:?}");
    assert!(!said.contains("ghp_") && !said.contains("hunter2"), "{said}");
}
