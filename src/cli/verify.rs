//! `orch verify`: checks a plan against its snapshot, and the proof of its bound.

use anyhow::Result;

use super::{Answer, fail_on, output, snapshot};
use crate::{
    input::{Command, claimed::read_claimed},
    report::{Format, to_json, to_text},
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
    /// How the report is written
    #[arg(short, long, value_name = "F", default_value = "table", value_parser = snapshot::formats())]
    format: Format,
    /// Findings that make the exit status 1: a severity (and above) or codes; default `error`
    #[arg(long, value_name = "SEVERITY|CODE", value_delimiter = ',')]
    fail_on: Vec<fail_on::Rule>,
    #[command(flatten)]
    output: output::OutputArgs,
}

/// Reads, verifies, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    let (input, plan) = args.snapshot.read_for(Command::Distribute)?;
    let claimed = read_claimed(&plan)?;
    let report = verify::run(&input.snapshot, &claimed, &input.warnings);
    let text = match args.format {
        Format::Json => to_json(&report)?,
        Format::Table => to_text(&verify::document(&report), out.style()),
    };
    out.write(&text)?;
    Ok(fail_on::judge(&args.fail_on, &report.findings))
}
