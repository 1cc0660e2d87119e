//! `orch explain`: why a task is where it is, and what would help it.

use std::path::PathBuf;

use anyhow::Result;

use super::{Answer, distribute, fail_on, report, snapshot};
use crate::{
    explain::{self, Options},
    input::{Command, read_previous},
    model::Strategy,
    plan::Effort,
};

/// Tell why a task is where it is, when it is, and not elsewhere; and what would help it
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "orch explain [OPTIONS] <FILE>... <TASK>",
    after_help = "Examples:
  orch explain examples/tasks.yaml deploy-staging
  orch explain examples/tasks.yaml deploy-staging --agent tester-b
  orch explain examples/tasks.yaml deploy-staging --plan plan.json

An impossible or late task is an answer: the exit status is 0, and 1 only for findings of the reader."
)]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotAnd,
    /// Look at this agent only
    #[arg(long, value_name = "A")]
    agent: Option<String>,
    /// Explain this plan (a report of `distribute`) instead of a new one
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// What the plan is to be best at
    #[arg(short, long, value_name = "S", default_value = "hybrid", value_parser = distribute::strategies())]
    strategy: Strategy,
    /// How much work the plan may cost
    #[arg(long, value_name = "E", default_value = "standard", value_parser = distribute::efforts())]
    effort: Effort,
    #[command(flatten)]
    report: report::ReportArgs,
}

/// Reads, explains, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, false)?;
    let (input, task) = args.snapshot.read_for(Command::Explain)?;
    let previous = args.plan.as_ref().map(|file| read_previous(file, &input.snapshot)).transpose()?;
    let (strategy, effort, agent) = (args.strategy, args.effort, args.agent.as_deref());
    let options = Options { strategy, effort, agent, previous: previous.as_ref() };
    let report = explain::run(&input, &task.to_string_lossy(), options)?;
    out.show(&report)?;
    Ok(fail_on::judge(&args.report.fail_on, &report.findings))
}
