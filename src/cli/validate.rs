//! `orch validate`: tells every problem of a snapshot at once.

use anyhow::Result;

use super::{Answer, fail_on, output, snapshot};
use crate::{
    input::render::render,
    report::{Format, ValidationReport, to_json},
};

/// Check a snapshot: every problem at once, with its place and remedy
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  orch validate examples/tasks.yaml")]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotArgs,
    /// How the problems are written
    #[arg(short, long, value_name = "F", default_value = "table", value_parser = snapshot::formats())]
    format: Format,
    /// Findings that make the exit status 1: a severity (and above) or codes; default `error`
    #[arg(long, value_name = "SEVERITY|CODE", value_delimiter = ',')]
    fail_on: Vec<fail_on::Rule>,
    #[command(flatten)]
    output: output::OutputArgs,
}

/// Reads, checks, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    let (_, findings) = args.snapshot.inspect()?;
    let report = ValidationReport::new(&findings);
    let text = match args.format {
        Format::Json => to_json(&report)?,
        Format::Table => format!("{}{}\n", render(&findings, out.style().color), report.summary()),
    };
    out.write(&text)?;
    Ok(fail_on::judge(&args.fail_on, &report.findings))
}
