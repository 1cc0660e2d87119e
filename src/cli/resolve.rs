//! `orch resolve`: finds conflicts, settles them, checks each settlement.

use std::path::PathBuf;

use anyhow::Result;

use super::{Answer, emit, fail_on, output, report, snapshot};
use crate::{
    input::{self, read_previous},
    resolve::{self, Options},
};

/// Find every conflict in the state, settle what a sound rule settles, and check each settlement
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch resolve state.yaml
  orch resolve state.yaml --allow-breaking --format json --output resolution.json
  orch resolve state.yaml --emit patch --format json")]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotArgs,
    /// A plan in force (a report of `distribute`, or a snapshot with a `baseline`): its placements take part in what
    /// conflicts; where they are settled, `--emit` writes it as `baseline`
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Hard dependencies may be cut, as with `policies.allow_dependency_breaking`
    #[arg(long)]
    allow_breaking: bool,
    #[command(flatten)]
    emit: emit::EmitArgs,
    #[command(flatten)]
    report: report::ReportArgs,
}

/// Reads, resolves, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, false)?;
    let json = args.emit.as_json(&out)?;
    let input = args.snapshot.read_for(input::Command::Resolve)?;
    let previous = args.plan.as_ref().map(|file| read_previous(file, &input.snapshot)).transpose()?;
    let options = Options { plan: previous.as_ref(), allow_breaking: args.allow_breaking };
    let resolution = resolve::run(&input, &input.warnings, options);
    args.emit.print(out, json, &resolution.report, &resolution.settled, &resolution.operations)?;
    let answer = fail_on::judge(&args.report.fail_on, &resolution.report.findings);
    if answer == Answer::Findings {
        let s = &resolution.report.summary;
        let note =
            format!("{} of {} conflicts escalated, {} reduced: exit status 1", s.escalated, s.conflicts, s.reduced);
        output::tell(&args.report, &note);
    }
    Ok(answer)
}
