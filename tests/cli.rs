//! The command line from outside: what each subcommand prints, its exit status, its streams.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/shown.rs"]
mod shown;

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use shown::settled;
use tempfile::TempDir;

/// A task whose deadline no agent can meet, and nothing else wrong.
const LATE: &str = "
version: 1
agents: [{id: a}]
tasks: [{id: t, duration: 10m, deadline: 5m, priority: 2}]
";

fn command(args: &[&str]) -> Command {
    let mut out = Command::new(env!("CARGO_BIN_EXE_orch"));
    out.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("NO_COLOR");
    out
}

fn orch(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

/// Runs orch with a snapshot on standard input.
fn piped(args: &[&str], text: &str) -> Output {
    let mut child = command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn status(out: &Output) -> i32 {
    out.status.code().unwrap()
}

fn stdout(out: &Output) -> String {
    String::from_utf8(out.stdout.clone()).unwrap()
}

fn stderr(out: &Output) -> String {
    String::from_utf8(out.stderr.clone()).unwrap()
}

fn json(out: &Output) -> Value {
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", stdout(out), stderr(out)))
}

#[test]
fn help_has_an_example_for_every_command() {
    for args in [
        &["--help"][..],
        &["distribute", "--help"],
        &["map", "--help"],
        &["validate", "--help"],
        &["generate", "--help"],
        &["verify", "--help"],
        &["explain", "--help"],
    ] {
        let out = orch(args);
        assert_eq!(status(&out), 0);
        assert!(stdout(&out).lines().all(|l| l.chars().count() <= 80), "{}", stdout(&out));
        assert!(stdout(&out).contains("Example") && stdout(&out).contains("  orch "), "{}", stdout(&out));
    }
}

#[test]
fn one_task_as_json() {
    let out = orch(&["distribute", "fixtures/small/one-task.yaml", "--format", "json", "-s", "performance_optimized"]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    insta::assert_snapshot!(settled(&stdout(&out)));
}

#[test]
fn one_task_as_table() {
    let out = orch(&["distribute", "fixtures/small/one-task.yaml", "-s", "performance_optimized"]);
    insta::assert_snapshot!(settled(&stdout(&out)));
}

#[test]
fn a_table_leads_with_what_is_wanted_first() {
    let out = orch(&["distribute", "fixtures/small/ten-tasks.yaml", "--strategy", "cost_optimized"]);
    assert_eq!(status(&out), 1, "{}", stderr(&out));
    let text = stdout(&out);
    let order = [
        "Distribution · cost_optimized",
        "9 of 10 tasks placed",
        "objective    cost ",
        "Unassigned tasks (1)",
        "Late tasks (",
        "Findings in the input",
        "Load per agent",
        "Assignments (9)",
        "Beside simple plans",
        "Recommendations",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|part| text.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{text}");
}

#[test]
fn validate_as_table_and_json() {
    let table = orch(&["validate", "fixtures/small/ten-tasks.yaml"]);
    assert_eq!(status(&table), 0);
    assert!(stdout(&table).contains("ORCH050") && stdout(&table).contains("ten-tasks.yaml:"), "{}", stdout(&table));
    let data = orch(&["validate", "fixtures/small/ten-tasks.yaml", "--format", "json"]);
    insta::assert_snapshot!(settled(&stdout(&data)));
    assert_eq!(status(&orch(&["validate", "fixtures/small/ten-tasks.yaml", "--fail-on", "warning"])), 1);
}

#[test]
fn the_report_has_the_keys_of_the_contract_and_no_others() {
    let report = json(&orch(&["distribute", "fixtures/small/ten-tasks.yaml", "--format", "json"]));
    let mut keys: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = "agent_assignments baseline_comparison capability_matches certificate current_loads deterministic \
        distribution_id distribution_strategy distribution_timestamp findings format_version load_balancing_metrics \
        objective optimization_recommendations performance_predictions snapshot_sha256 task_batch_size \
        unassigned_tasks version";
    assert_eq!(keys.join(" "), expected.split_whitespace().collect::<Vec<_>>().join(" "));
    let terms = report["objective"]["weights"].as_object().unwrap().len();
    assert_eq!(terms, 4, "hybrid prints its weights");
    let sign_off = &report["unassigned_tasks"]["sign-off"]["reasons"][0];
    assert!(sign_off["code"].is_string() && sign_off["count"].as_u64() > Some(0), "{report:#}");
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["code"] == "ORCH101").unwrap();
    assert_eq!((finding["line"].as_u64(), finding["severity"].as_str()), (Some(18), Some("error")));
}

#[test]
fn every_fixture_has_a_plan_under_every_strategy() {
    let fixtures = ["small/one-task.yaml", "small/ten-tasks.yaml", "small/heft.yaml", "large/fleet-12x100.yaml"];
    for fixture in fixtures {
        let path = format!("fixtures/{fixture}");
        for strategy in ["cost_optimized", "load_balanced", "performance_optimized", "deadline_aware", "hybrid"] {
            let out = orch(&["distribute", &path, "--strategy", strategy, "--format", "json", "--effort", "quick"]);
            assert!(status(&out) <= 1, "{}", stderr(&out));
            let report = json(&out);
            let placed: usize =
                report["agent_assignments"].as_object().unwrap().values().map(|v| v.as_array().unwrap().len()).sum();
            let left = report["unassigned_tasks"].as_object().unwrap().len();
            assert_eq!(placed + left, report["task_batch_size"].as_u64().unwrap() as usize, "{fixture} {strategy}");
            let o = &report["objective"];
            let (value, bound) = (o["value"].as_f64().unwrap(), o["bound"].as_f64().unwrap_or(f64::NEG_INFINITY));
            assert!(bound <= value + 1e-6, "{fixture} {strategy}: bound {bound} above {value}");
        }
    }
}

#[test]
fn exit_status_follows_the_findings() {
    let run = |args: &[&str]| status(&piped(&[&["distribute", "-", "-q"], args].concat(), LATE));
    assert_eq!(run(&[]), 1, "late is an error under hybrid");
    assert_eq!(run(&["--strategy", "deadline_aware"]), 1);
    assert_eq!(run(&["--strategy", "performance_optimized"]), 0, "and a warning here");
    assert_eq!(run(&["--strategy", "performance_optimized", "--fail-on", "warning"]), 1);
    assert_eq!(run(&["--strategy", "performance_optimized", "--fail-on", "ORCH101,ORCH102"]), 1);
    assert_eq!(run(&["--fail-on", "ORCH101"]), 0, "a code alone stands for itself");
}

#[test]
fn wrong_command_lines_and_input_end_in_2_with_nothing_on_standard_output() {
    let minimal = "examples/minimal.yaml";
    let cases: &[&[&str]] = &[
        &["distribute"],
        &["distribute", minimal, "--strategy", "best"],
        &["distribute", minimal, "--fail-on", "ORCH999"],
        &["distribute", minimal, "--now", "yesterday"],
        &["distribute", "no-such-file.yaml"],
        &["distribute", "README.md"],
        &["distribute", minimal, "--output", "no/such/folder/plan.json"],
        &["distribute", minimal, "--output", "src"],
        &["generate", "--agents", "0", "--tasks", "3"],
    ];
    for args in cases {
        let out = orch(args);
        assert_eq!(status(&out), 2, "{args:?}");
        assert!(stdout(&out).is_empty() && !stderr(&out).is_empty(), "{args:?}");
    }
    let out = piped(&["distribute", "-"], "version: 1\nagents: [{id: a}]\ntasks: [{id: t, duratoin: 5}]\n");
    assert_eq!(status(&out), 2);
    assert!(stderr(&out).contains("duratoin") && stderr(&out).contains(":3:"), "{}", stderr(&out));
}

#[test]
fn output_is_written_whole_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("plan.json");
    let path = file.to_str().unwrap();
    let names = || fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect::<Vec<_>>();
    let out = orch(&["distribute", "examples/minimal.yaml", "-f", "json", "--output", path]);
    assert_eq!((status(&out), stdout(&out).as_str()), (0, ""));
    let direct = orch(&["distribute", "examples/minimal.yaml", "-f", "json"]);
    assert_eq!(fs::read(&file).unwrap(), direct.stdout);
    fs::write(&file, "precious").unwrap();
    let out = piped(&["distribute", "-", "--output", path], "version: 1\nagents: 7\n");
    assert_eq!(status(&out), 2);
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    assert_eq!(names(), ["plan.json"], "no temporary file stays");
}

#[cfg(unix)]
#[test]
fn output_keeps_the_rights_of_the_file_and_follows_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = TempDir::new().unwrap();
    let (file, link) = (folder.path().join("plan.txt"), folder.path().join("latest"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&file, &link).unwrap();
    let out = orch(&["distribute", "examples/minimal.yaml", "--output", link.to_str().unwrap()]);
    assert_eq!(status(&out), 0, "{}", stderr(&out));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().starts_with("Distribution"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(status(&orch(&["distribute", "examples/minimal.yaml", "--output", "/dev/null"])), 0);
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let args = ["generate", "--agents", "50", "--tasks", "20000"];
    let mut child = command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_exact(&mut first).unwrap();
    drop(pipe);
    let out = child.wait_with_output().unwrap();
    assert_eq!((status(&out), stderr(&out).as_str()), (0, ""));
}

#[test]
fn tables_are_plain_and_80_columns_wide_whatever_the_ids() {
    let long = "an-agent-with-a-name-that-somebody-generated-from-a-template-0001";
    let text = format!(
        "version: 1\nagents: [{{id: {long}-a, capacity: 5}}, {{id: {long}-b, capacity: 5}}]\n\
         tasks: [{{id: {long}-t, deadline: 1s}}, {{id: {long}-u, requires: [{long}]}}, {{id: ok, depends_on: [{long}-t]}}]\n"
    );
    for args in [&["distribute", "-"][..], &["distribute", "-", "-s", "cost_optimized"]] {
        let out = stdout(&piped(args, &text));
        let wide: Vec<&str> = out.lines().filter(|l| l.chars().count() > 80 && !l.contains(long)).collect();
        assert!(wide.is_empty() && !out.contains('\x1b'), "{wide:?}\n{out}");
    }
}

#[test]
fn large_batches_are_summed_up() {
    let out = stdout(&orch(&["distribute", "fixtures/large/fleet-40x1000.json", "--effort", "quick"]));
    assert!(out.lines().count() < 150, "{} lines", out.lines().count());
    assert!(out.contains("--format json has all of them"), "{out}");
}

#[test]
fn now_stands_over_as_of() {
    let args = ["distribute", "examples/minimal.yaml", "-f", "json", "--now", "2026-03-01T00:00:00+01:00"];
    let report = json(&orch(&args));
    assert_eq!(report["distribution_timestamp"], "2026-02-28T23:00:00Z");
    assert_eq!(json(&orch(&args[..4]))["distribution_timestamp"], Value::Null);
}

#[test]
fn the_id_changes_with_what_can_change_the_answer() {
    let id = |args: &[&str]| {
        json(&orch(&[&["distribute", "examples/minimal.yaml", "-f", "json"], args].concat()))["distribution_id"].clone()
    };
    assert_eq!(id(&[]), id(&["--fail-on", "warning", "-q"]));
    assert_ne!(id(&[]), id(&["--effort", "quick"]));
    assert_ne!(id(&[]), id(&["--strategy", "cost_optimized"]));
}

#[test]
fn the_large_fixtures_are_what_generate_prints() {
    let cases: [(&str, &[&str]); 2] = [
        ("fixtures/large/fleet-12x100.yaml", &["generate", "--agents", "12", "--tasks", "100", "--seed", "1"]),
        (
            "fixtures/large/fleet-40x1000.json",
            &["generate", "--agents", "40", "--tasks", "1000", "--seed", "2", "--format", "json"],
        ),
    ];
    for (file, args) in cases {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        assert!(fs::read(path).unwrap() == orch(args).stdout, "{file}");
    }
}

#[test]
fn a_generated_fleet_has_a_plan_that_keeps_every_deadline() {
    let text = stdout(&orch(&["generate", "--agents", "8", "--tasks", "60", "--seed", "5"]));
    let report = json(&piped(&["distribute", "-", "-s", "deadline_aware", "-f", "json"], &text));
    assert_eq!(report["unassigned_tasks"].as_object().unwrap().len(), 0);
    assert_eq!(report["objective"]["value"], 0.0);
}

#[test]
fn a_limit_ends_the_search_with_a_sound_plan_and_says_so() {
    let plan = |limit: &[&str]| {
        let fixed =
            ["distribute", "fixtures/large/fleet-12x100.yaml", "--strategy", "performance_optimized", "-f", "json"];
        json(&orch(&[&fixed, limit].concat()))
    };
    let free = plan(&[]);
    for limit in [["--time-limit", "0s"], ["--memory-limit", "1MB"]] {
        let cut = plan(&limit);
        assert_eq!((&free["deterministic"], &cut["deterministic"]), (&Value::Bool(true), &Value::Bool(false)));
        assert_eq!(cut["objective"]["status"], "limit");
        assert_eq!(cut["unassigned_tasks"], free["unassigned_tasks"]);
        assert!(cut["objective"]["value"].as_f64() >= free["objective"]["value"].as_f64());
    }
    let cut = json(&orch(&[
        "optimize",
        "fixtures/large/fleet-12x100.yaml",
        "--runs",
        "0",
        "--time-limit",
        "0s",
        "-f",
        "json",
    ]));
    assert_eq!(cut["deterministic"], false);
    assert!(cut["findings"].as_array().unwrap().iter().any(|f| f["code"] == "ORCH505"), "{}", cut["findings"]);
    // Room enough changes nothing but what is said of it.
    assert_eq!(plan(&["--memory-limit", "64GiB"])["objective"], free["objective"]);
    for wrong in [["--time-limit", "soon"], ["--memory-limit", "much"], ["--memory-limit", "-1MB"]] {
        assert_eq!(status(&orch(&["distribute", "examples/minimal.yaml", &wrong.join("=")])), 2);
    }
}
