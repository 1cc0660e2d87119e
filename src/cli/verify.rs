//! `orch verify`: checks a plan against its snapshot, and the proof of its bound.

use anyhow::Result;

use super::{Answer, fail_on, report, snapshot};
use crate::{
    input::{Command, claimed::read_claimed},
    verify,
};

/// Check a plan: every rule, every figure, and the proof of its bound, without any solver
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "orch verify [OPTIONS] <FILE>... <PLAN>",
    after_help = "Examples:
  orch distribute examples/tasks.yaml --format json --output plan.json
  orch verify examples/tasks.yaml plan.json
  orch verify agents.yaml tasks.yaml plan.json --format json"
)]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotAnd,
    #[command(flatten)]
    report: report::ReportArgs,
}

/// Reads, verifies, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, false)?;
    let (input, plan) = args.snapshot.read_for(Command::Distribute)?;
    let claimed = read_claimed(&plan)?;
    let report = verify::run(&input.snapshot, &claimed, &input.warnings);
    out.show(&verify::Shown { report: &report, snapshot: &input.snapshot, claimed: &claimed })?;
    Ok(fail_on::judge(&args.report.fail_on, &report.findings))
}
