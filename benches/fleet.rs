//! Whole-process times at fleet scale: JSON in, JSON out, each strategy, with gaps to the proven bounds and the growth
//! in tasks and in agents. `cargo bench --bench fleet` prints the small tables, `-- --large` those up to 100,000 tasks.
//! Fleets are `orch generate`d, or come from `../shared/tools/fleet.py` where that is at hand.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a bench prints what it measures and stops where it cannot"
)]

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

const STRATEGIES: [&str; 5] = ["cost_optimized", "load_balanced", "performance_optimized", "deadline_aware", "hybrid"];

fn main() {
    let is_large = std::env::args().any(|a| a == "--large");
    let folder = tempfile::tempdir().unwrap();
    println!(
        "{:22} {:>7} {:>8} {:>8} {:>14} {:>14} {:>7}",
        "strategy", "agents", "tasks", "s", "value", "bound", "gap %"
    );
    for strategy in STRATEGIES {
        let by_tasks: &[(u32, u32)] =
            if is_large { &[(1000, 10_000), (1000, 30_000), (1000, 100_000)] } else { &[(300, 3_000), (300, 10_000)] };
        let by_agents: &[(u32, u32)] =
            if is_large { &[(300, 10_000), (1000, 10_000), (3000, 10_000)] } else { &[(100, 3_000), (300, 3_000)] };
        for (sizes, axis) in [(by_tasks, "tasks"), (by_agents, "agents")] {
            let seconds: Vec<f64> = sizes.iter().map(|(a, t)| row(folder.path(), strategy, *a, *t)).collect();
            let x = |i: usize| f64::from(if axis == "tasks" { sizes[i].1 } else { sizes[i].0 }).ln();
            let last = sizes.len() - 1;
            let slope = (seconds[last].ln() - seconds[0].ln()) / (x(last) - x(0));
            println!("{strategy:22} grows like {axis}^{slope:.2}");
        }
    }
}

/// Plans one fleet, prints the row and returns the seconds of the whole process.
fn row(folder: &Path, strategy: &str, agents: u32, tasks: u32) -> f64 {
    let snapshot = fleet(folder, agents, tasks);
    let plan = folder.join("plan.json");
    let begin = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_orch"))
        .args(["distribute", "--format", "json", "--quiet", "--strategy", strategy, "--output"])
        .args([&plan, &snapshot])
        .status()
        .unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    assert!(matches!(status.code(), Some(0 | 1)), "{strategy} on {agents} × {tasks}: {status}");
    let report: serde_json::Value = serde_json::from_reader(File::open(&plan).unwrap()).unwrap();
    let figure = |name: &str| report["objective"][name].as_f64();
    println!(
        "{strategy:22} {agents:7} {tasks:8} {seconds:8.2} {:14.3} {:14.3} {:>7}",
        figure("value").unwrap_or(f64::NAN),
        figure("bound").unwrap_or(f64::NAN),
        figure("gap").map_or("-".to_owned(), |gap| format!("{:.2}", 100.0 * gap)),
    );
    seconds
}

/// A fleet's snapshot, made once.
fn fleet(folder: &Path, agents: u32, tasks: u32) -> PathBuf {
    let path = folder.join(format!("{agents}-{tasks}.json"));
    if path.exists() {
        return path;
    }
    let (agents, tasks) = (agents.to_string(), tasks.to_string());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/fleet.py");
    let sizes = ["--agents", &agents, "--tasks", &tasks];
    let mut command = if script.exists() {
        let mut python = Command::new("python3");
        python.arg(script).args(sizes);
        python
    } else {
        let mut orch = Command::new(env!("CARGO_BIN_EXE_orch"));
        orch.arg("generate").args(sizes).args(["--format", "json"]);
        orch
    };
    let status = command.stdout(Stdio::from(File::create(&path).unwrap())).status().unwrap();
    assert!(status.success(), "no fleet of {agents} × {tasks}");
    path
}
