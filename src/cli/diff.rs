//! `orch diff`: what changed between two plans, or two snapshots.

use std::path::PathBuf;

use anyhow::Result;

use super::{Answer, report};
use crate::{
    diff,
    input::{Written, read_written},
};

/// Compare two plans, or two snapshots: what moved, came, went, and what that does to the objective
///
/// A plan is a report of `distribute`, or anything else with `agent_assignments`. Snapshots are compared by ids and
/// fields; the order in which they are written, and units of time, are no difference.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch diff yesterday.json today.json
  orch diff yesterday.json today.json --format markdown --exit-code
  orch diff examples/agents.yaml examples/tasks.yaml")]
pub struct Args {
    /// The plan or snapshot before; `-` is standard input
    a: PathBuf,
    /// The one after
    b: PathBuf,
    /// Exit with 1 where they differ, with 0 where not
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    report: report::ReportArgs,
}

/// Reads both, compares, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, false)?;
    let (a, b) = (read_written(&args.a)?, read_written(&args.b)?);
    let report = diff::run(&a, &b)?;
    let plans = match (&a, &b) {
        (Written::Plan(a), Written::Plan(b)) => Some((a, b)),
        _ => None,
    };
    out.show(&diff::Shown { report: &report, plans })?;
    Ok(if args.exit_code && !report.same() { Answer::Findings } else { Answer::Clean })
}
