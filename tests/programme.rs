//! `distribute --write-lp`: another solver reads the programme and gets orch's bound.
//!
//! `HiGHS` is asked through Python (`pip install highspy`); without it the test says so and passes.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{fs, path::Path, process::Command};

use serde_json::Value;

const SOLVE: &str = "
import sys
try:
    import highspy
except ImportError:
    sys.exit(42)
h = highspy.Highs()
h.setOptionValue('output_flag', False)
assert h.readModel(sys.argv[1]) == highspy.HighsStatus.kOk, 'HiGHS cannot read it'
h.run()
assert h.getModelStatus() == highspy.HighsModelStatus.kOptimal, h.getModelStatus()
print(repr(h.getInfo().objective_function_value))
";

/// The optimum as `HiGHS` finds it; `None` where it is not there.
fn optimum(file: &Path) -> Option<f64> {
    let out = Command::new("python3").args(["-c", SOLVE]).arg(file).output().ok()?;
    if out.status.code() == Some(42) {
        return None;
    }
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(String::from_utf8(out.stdout).unwrap().trim().parse().unwrap())
}

/// Plans a fixture and writes its programme; the report.
fn planned(fixture: &str, strategy: &str, lp: &Path) -> Value {
    let out = Command::new(env!("CARGO_BIN_EXE_orch"))
        .args(["distribute", fixture, "-s", strategy, "--effort", "quick", "-f", "json", "-q", "--write-lp"])
        .arg(lp)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(out.status.code().unwrap() <= 1, "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn highs_gets_the_bound_that_orch_reports() {
    let folder = tempfile::TempDir::new().unwrap();
    let lp = folder.path().join("model.lp");
    let mut compared = 0;
    for fixture in ["examples/tasks.yaml", "fixtures/small/ten-tasks.yaml", "fixtures/large/fleet-12x100.yaml"] {
        for strategy in ["cost_optimized", "load_balanced", "performance_optimized", "deadline_aware"] {
            let report = planned(fixture, strategy, &lp);
            let objective = &report["objective"];
            let (value, bound) = (objective["value"].as_f64().unwrap(), objective["bound"].as_f64().unwrap());
            let Some(found) = optimum(&lp) else {
                eprintln!("no highspy beside python3: nothing compared");
                return;
            };
            assert!(found <= value + 1e-6 * (1.0 + value), "{fixture} {strategy}: {found} over the plan's {value}");
            if objective["bound_method"] == "LP relaxation" {
                // Bounds are rounded up to what a plan can reach, and certified in integers.
                assert!(found <= bound + 1e-6 * (1.0 + bound), "{fixture} {strategy}: {found}, orch {bound}");
                assert!(found >= bound - 0.03 * (1.0 + bound), "{fixture} {strategy}: {found}, orch {bound}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 5, "only {compared} bounds are of a linear programme");
}

#[test]
fn names_map_back_whatever_the_ids() {
    let folder = tempfile::TempDir::new().unwrap();
    let (snapshot, lp) = (folder.path().join("s.yaml"), folder.path().join("m.lp"));
    let text = "version: 1\nagents:\n- {id: \"a b\", capacity: 3}\n- {id: \"é<\", cost_per_task: 2}\ntasks:\n- {id: \"+1 :x\"}\n- {id: plain}\n";
    fs::write(&snapshot, text).unwrap();
    planned(snapshot.to_str().unwrap(), "cost_optimized", &lp);
    let written = fs::read_to_string(&lp).unwrap();
    assert!(written.contains("\\ task ~2B1~20~3Ax is \"+1 :x\"\n"), "{written}");
    assert!(written.contains("x#plain#a~20b") && written.contains("capacity#a~20b:"), "{written}");
    if let Some(found) = optimum(&lp) {
        assert_eq!(found, 0.0);
    }
}

#[test]
fn hybrid_has_no_one_programme() {
    let out = Command::new(env!("CARGO_BIN_EXE_orch"))
        .args(["distribute", "examples/minimal.yaml", "--write-lp", "-"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8(out.stderr).unwrap().contains("hybrid is composed"));
}
