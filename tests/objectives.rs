//! What each strategy reaches on the committed fixtures at the default effort, pinned: a change of the engine shows here.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::fmt::Write;

use serde_json::Value;

const FIXTURES: [&str; 7] = [
    "examples/minimal.yaml",
    "examples/tasks.yaml",
    "fixtures/small/ft06.yaml",
    "fixtures/small/heft.yaml",
    "fixtures/small/ten-tasks.yaml",
    "fixtures/large/fleet-12x100.yaml",
    "fixtures/large/fleet-40x1000.json",
];

const STRATEGIES: [&str; 5] = ["cost_optimized", "load_balanced", "performance_optimized", "deadline_aware", "hybrid"];

#[test]
fn objectives_at_standard_effort() {
    let mut table = String::new();
    for fixture in FIXTURES {
        writeln!(table, "{fixture}").unwrap();
        for strategy in STRATEGIES {
            let args = ["distribute", fixture, "--strategy", strategy, "--format", "json", "--fail-on", "ORCH001"];
            let out = assert_cmd::Command::cargo_bin("orch").unwrap().args(args).output().unwrap();
            let report: Value = serde_json::from_slice(&out.stdout).unwrap();
            let o = &report["objective"];
            let figure = |x: &Value| x.as_f64().map_or_else(|| "-".to_owned(), |x| format!("{x:.6}"));
            let placed = report["placed"].as_u64().map_or_else(|| figure(&o["placement"]["value"]), |n| n.to_string());
            writeln!(
                table,
                "  {strategy:22} {:>14} bound {:>14} placed {placed:>10} {}",
                figure(&o["value"]),
                figure(&o["bound"]),
                o["status"].as_str().unwrap()
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
