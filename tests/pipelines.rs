//! The files that put orch into other people's pipelines: each is read as its host reads it, and the command lines in
//! it are run.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_yaml::Value;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(root().join(name)).unwrap()).unwrap()
}

/// A shell in the repository that finds orch on its path.
fn shell(script: &str, env: &BTreeMap<String, String>) -> Output {
    let folder = Path::new(env!("CARGO_BIN_EXE_orch")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(root())
        .env("PATH", path)
        .envs(env)
        .output()
        .unwrap()
}

/// What the runner puts in place of `${{ … }}`.
fn filled(text: &str, inputs: &BTreeMap<&str, String>) -> String {
    let mut out = text.replace("${{ github.action_path }}", root().to_str().unwrap());
    for (name, value) in inputs {
        out = out.replace(&format!("${{{{ inputs.{name} }}}}"), value);
    }
    assert!(!out.contains("${{"), "{out}: the runner fills in what this test does not know");
    out
}

/// Runs the action as a runner does: every step in order, until one fails.
fn act(given: &[(&str, &str)], home: &TempDir) -> Output {
    let action = yaml("action.yml");
    let mut inputs: BTreeMap<&str, String> = BTreeMap::new();
    let declared = action["inputs"].as_mapping().unwrap();
    for (name, input) in declared {
        inputs.insert(name.as_str().unwrap(), input["default"].as_str().unwrap_or_default().to_owned());
    }
    for (name, value) in given {
        assert!(inputs.insert(name, (*value).to_owned()).is_some(), "{name} is an input");
    }
    assert_eq!(action["runs"]["using"], "composite");
    let mut last = None;
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        assert_eq!(step["shell"], "bash");
        let mut env = BTreeMap::new();
        for (name, value) in step["env"].as_mapping().unwrap() {
            env.insert(name.as_str().unwrap().to_owned(), filled(value.as_str().unwrap(), &inputs));
        }
        for name in ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] {
            env.insert(name.into(), home.path().join(name).to_str().unwrap().into());
        }
        let run = step["run"].as_str().unwrap();
        assert!(!run.contains("${{"), "inputs come as variables, never as shell: {run}");
        let out = shell(run, &env);
        let done = out.status.success();
        last = Some(out);
        if !done {
            break;
        }
    }
    last.unwrap()
}

#[test]
fn the_action_annotates_sums_up_and_passes_the_status_on() {
    let home = TempDir::new().unwrap();
    let at = |name: &str| home.path().join(name);
    fs::write(at("GITHUB_STEP_SUMMARY"), "before\n").unwrap();
    let (sarif, page) = (at("orch.sarif"), at("plan.html"));
    let given = [
        ("command", "distribute"),
        ("files", "fixtures/small/ten-tasks.yaml\n"),
        ("args", "--strategy\ncost_optimized"),
        ("sarif", sarif.to_str().unwrap()),
        ("report", page.to_str().unwrap()),
    ];
    let out = act(&given, &home);
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(said.contains("::error file=fixtures/small/ten-tasks.yaml,line=18,"), "{said}");
    let summary = fs::read_to_string(at("GITHUB_STEP_SUMMARY")).unwrap();
    assert!(summary.starts_with("before\n## Distribution") && summary.contains("cost"), "{summary}");
    assert_eq!(fs::read_to_string(at("GITHUB_OUTPUT")).unwrap(), "status=1\n");
    assert!(fs::read_to_string(sarif).unwrap().contains("\"version\": \"2.1.0\""));
    assert!(fs::read_to_string(page).unwrap().starts_with("<!DOCTYPE html>"));
}

#[test]
fn the_action_reads_no_input_as_shell() {
    let home = TempDir::new().unwrap();
    let trap = home.path().join("trap");
    let file = format!("$(touch {0}); touch {0} #", trap.display());
    let out = act(&[("files", &file)], &home);
    assert_ne!(out.status.code(), Some(0));
    assert!(!trap.exists());
    assert_eq!(act(&[("files", "examples/minimal.yaml")], &home).status.code(), Some(0));
    let lenient = act(&[("files", "fixtures/invalid/orch013-unknown-field.yaml"), ("fail-on", "ORCH999")], &home);
    assert_eq!(lenient.status.code(), Some(2), "a code that does not exist is told");
}

#[test]
fn the_hook_checks_each_file_by_itself() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks.as_sequence().unwrap()[0];
    assert_eq!((hook["id"].as_str(), hook["language"].as_str()), (Some("orch-validate"), Some("rust")));
    let run =
        |files: &str| shell(&format!("{} {files}", hook["entry"].as_str().unwrap()), &BTreeMap::new()).status.code();
    assert_eq!(
        run("examples/minimal.yaml examples/tasks.yaml"),
        Some(0),
        "two snapshots, and not one with clashing ids"
    );
    assert_eq!(run("examples/minimal.yaml fixtures/invalid/orch013-unknown-field.yaml"), Some(1));
    let pattern = regex(hook["files"].as_str().unwrap());
    for name in ["tasks.yaml", "plans/orch.yml", "my-fleet.json", "a/snapshot-2.yaml"] {
        assert!(pattern(name), "{name}");
    }
    for name in ["Cargo.toml", "docs/agentsmith.md", "subtasks.yaml", "tasks.yaml.txt"] {
        assert!(!pattern(name), "{name}");
    }
}

/// The hook's pattern, by the one engine that is on every machine that runs it.
fn regex(pattern: &str) -> impl Fn(&str) -> bool {
    let pattern = pattern.to_owned();
    move |name: &str| {
        let script = "import re, sys; sys.exit(0 if re.search(sys.argv[1], sys.argv[2]) else 1)";
        Command::new("python3").args(["-c", script, &pattern, name]).status().unwrap().success()
    }
}

#[test]
fn the_image_copies_what_is_there_and_runs_what_it_builds() {
    let text = fs::read_to_string(root().join("Dockerfile")).unwrap();
    let ignore = fs::read_to_string(root().join(".dockerignore")).unwrap();
    let lines: Vec<Vec<&str>> =
        text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split_whitespace().collect()).collect();
    let of = |word: &str| lines.iter().filter(|l| l.first() == Some(&word)).cloned().collect::<Vec<_>>();
    for copy in of("COPY").iter().filter(|c| !c[1].starts_with("--from")) {
        for source in &copy[1..copy.len() - 1] {
            assert!(root().join(source).exists(), "{source}");
            assert!(ignore.lines().any(|l| l == format!("!{source}")), "{source} is let through");
        }
    }
    // What the build names is what the second stage takes and starts.
    assert_eq!(of("RUN")[0][1..], ["cargo", "build", "--release", "--locked", "--bin", "orch"]);
    assert!(of("COPY").iter().any(|c| c[1] == "--from=build" && c[2].ends_with("/target/release/orch")));
    assert_eq!((of("ENTRYPOINT")[0][1], of("CMD")[0][1]), ("[\"orch\"]", "[\"--help\"]"));
    assert_eq!(shell("orch --help", &BTreeMap::new()).status.code(), Some(0));
    // Everything that the source includes lies in what is copied.
    let version = of("FROM")[0][1].trim_start_matches("rust:").split('-').next().unwrap().to_owned();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("rust-version = \"{version}\"")), "{version}");
    let bench = manifest.matches("[[bench]]").count();
    assert!(bench == 0 || of("COPY").iter().any(|c| c[1] == "benches"), "a manifest's benches have to be there");
}
