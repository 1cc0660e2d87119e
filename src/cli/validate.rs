//! `orch validate`: tells every problem of a snapshot at once.

use anyhow::Result;

use super::{Answer, fail_on, report, snapshot};
use crate::{
    error::{Error, Finding},
    input::render::render,
    report::{Document, FindingRow, Picture, Sheet, Show, Style, ValidationReport, to_json},
};

/// Check a snapshot: every problem at once, with its place and remedy
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch validate examples/tasks.yaml
  orch validate --each examples/minimal.yaml examples/tasks.yaml --format github")]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotArgs,
    /// Each file is a snapshot of its own, and not a part of one
    #[arg(long)]
    each: bool,
    #[command(flatten)]
    report: report::ReportArgs,
}

/// Reads, checks, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, false)?;
    let findings = if args.each { args.snapshot.inspect_each()? } else { args.snapshot.inspect()?.1 };
    let report = ValidationReport::new(&findings);
    out.show(&Shown { report: &report, findings: &findings })?;
    Ok(fail_on::judge(&args.report.fail_on, &report.findings))
}

/// The report, and the findings with the lines that they are about, which only the terminal shows.
struct Shown<'r> {
    report: &'r ValidationReport,
    findings: &'r [Finding],
}

impl Show for Shown<'_> {
    fn command(&self) -> &'static str {
        "validate"
    }

    fn json(&self) -> Result<String, Error> {
        to_json(self.report)
    }

    fn document(&self) -> Document {
        self.report.document()
    }

    fn findings(&self) -> &[FindingRow] {
        &self.report.findings
    }

    fn pictures(&self) -> Vec<Picture> {
        self.report.pictures()
    }

    fn sheet(&self) -> Sheet {
        Sheet::of_findings(&self.report.findings)
    }

    fn text(&self, style: Style) -> String {
        format!("{}{}\n", render(self.findings, style.color), self.report.summary())
    }
}
