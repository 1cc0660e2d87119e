//! The library from Rust: reads a snapshot, plans it, prints who begins with what.
//!
//!     cargo run --release --example plan

use std::io::Write;

use orch::{distribute, input, model::Strategy};

fn main() -> Result<(), orch::error::Error> {
    let request = input::Request { files: vec!["examples/tasks.yaml".into()], ..input::Request::default() };
    let input = input::read(&request)?;
    let options = distribute::Options { strategy: Strategy::DeadlineAware, ..distribute::Options::default() };
    let report = distribute::run(&input.snapshot, &input.warnings, options)?;
    let mut out = std::io::stdout().lock();
    let broken = |e: std::io::Error| orch::error::Error::Io(e.to_string());
    let o = &report.objective;
    writeln!(out, "{} = {}, proven: not below {}", o.name, o.value, o.bound.unwrap_or(0.0)).map_err(broken)?;
    for (agent, tasks) in &report.agent_assignments {
        if let Some(first) = tasks.first() {
            writeln!(out, "{agent} begins with {} at {} s", first.task, first.start).map_err(broken)?;
        }
    }
    Ok(())
}
