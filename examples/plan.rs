//! The library from Rust: reads a snapshot, plans it, prints who begins with what.
//!
//!     cargo run --release --example plan

use orch::{distribute, input, model::Strategy};

fn main() -> Result<(), orch::error::Error> {
    let request = input::Request { files: vec!["examples/tasks.yaml".into()], ..input::Request::default() };
    let input = input::read(&request)?;
    let options = distribute::Options { strategy: Strategy::DeadlineAware, ..distribute::Options::default() };
    let report = distribute::run(&input.snapshot, &input.warnings, options)?;
    let mut text = format!(
        "{} of {} tasks placed, ",
        report.task_batch_size - report.unassigned_tasks.len(),
        report.task_batch_size
    );
    text += &format!("{} {} (bound {:?})\n", report.objective.name, report.objective.value, report.objective.bound);
    for (agent, tasks) in &report.agent_assignments {
        if let Some(first) = tasks.first() {
            text += &format!("{agent} begins with {} after {} s\n", first.task, first.start);
        }
    }
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())
        .map_err(|e| orch::error::Error::Io(e.to_string()))
}
