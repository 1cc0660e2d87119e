//! How proposals, scenarios, growth, losses and simulations read, on small fleets.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

#[path = "support/shown.rs"]
mod shown;

use std::process::Command;

use shown::settled;

/// Output of orch in the repository's folder.
fn orch(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orch"));
    let out = command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(matches!(out.status.code(), Some(0 | 1)), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    settled(&String::from_utf8(out.stdout).unwrap())
}

const WASTEFUL: &str = "fixtures/optimize/wasteful.yaml";
const UNCERTAIN: &str = "fixtures/optimize/uncertain.yaml";

#[test]
fn a_proposal_as_table() {
    insta::assert_snapshot!(orch(&["optimize", WASTEFUL]));
}

#[test]
fn a_proposal_as_json() {
    insta::assert_snapshot!(orch(&[
        "optimize",
        "fixtures/optimize/rate-limit.yaml",
        "--format",
        "json",
        "--runs",
        "0"
    ]));
}

#[test]
fn a_patch_and_a_snapshot() {
    let base = ["optimize", WASTEFUL, "--runs", "0", "--emit"];
    insta::assert_snapshot!(orch(&[&base[..], &["patch", "--format", "json"]].concat()));
    insta::assert_snapshot!(orch(&[&base[..], &["snapshot"]].concat()));
}

#[test]
fn scenarios_growth_and_losses_as_table() {
    let args = ["--what-if", "fixtures/optimize/what-if.yaml", "--grow", "1.2,1.5,2", "--n-minus", "1", "--runs", "0"];
    insta::assert_snapshot!(orch(&[&["optimize", WASTEFUL][..], &args].concat()));
}

#[test]
fn a_target_that_is_reached_and_one_that_is_not() {
    let base = ["optimize", "fixtures/optimize/low-slots.yaml", "--runs", "0", "-s", "performance_optimized"];
    insta::assert_snapshot!(orch(&[&base[..], &["--target", "makespan<=20m"]].concat()));
    insta::assert_snapshot!(orch(&[&base[..], &["--target", "makespan<=1m"]].concat()));
}

#[test]
fn a_simulation_as_table_and_json() {
    insta::assert_snapshot!(orch(&["simulate", UNCERTAIN]));
    insta::assert_snapshot!(orch(&["simulate", UNCERTAIN, "--format", "json"]));
}
