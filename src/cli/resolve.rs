//! `orch resolve`: finds conflicts, settles them, checks each settlement.

use std::path::PathBuf;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use super::{Answer, fail_on, output, report, snapshot};
use crate::{
    input::{self, read_previous},
    report::{
        snapshot::{READABLE, to_json as snapshot_json, to_yaml},
        to_json,
    },
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
    /// Print this in place of the report: the settled snapshot, or the JSON Patch (RFC 6902) that leads to it
    #[arg(long, value_name = "WHAT", value_parser = PossibleValuesParser::new(["snapshot", "patch"]))]
    emit: Option<String>,
    #[command(flatten)]
    report: report::ReportArgs,
}

/// Reads, resolves, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, false)?;
    let json = args.emit.as_ref().map(|_| out.document_as_json()).transpose()? == Some(true);
    let input = args.snapshot.read_for(input::Command::Resolve)?;
    let previous = args.plan.as_ref().map(|file| read_previous(file, &input.snapshot)).transpose()?;
    let options = Options { plan: previous.as_ref(), allow_breaking: args.allow_breaking };
    let resolution = resolve::run(&input, &input.warnings, options);
    match (args.emit.as_deref(), json) {
        (None, _) => out.show(&resolution.report)?,
        (Some("patch"), true) => out.write(&to_json(&resolution.operations)?)?,
        (Some("patch"), false) => out.write(&to_yaml(&resolution.patch(), READABLE))?,
        (Some(_), true) => out.write(&snapshot_json(&resolution.snapshot()))?,
        (Some(_), false) => out.write(&to_yaml(&resolution.snapshot(), READABLE))?,
    }
    let answer = fail_on::judge(&args.report.fail_on, &resolution.report.findings);
    if answer == Answer::Findings {
        let s = &resolution.report.summary;
        let note =
            format!("{} of {} conflicts escalated, {} reduced: exit status 1", s.escalated, s.conflicts, s.reduced);
        output::tell(&args.report, &note);
    }
    Ok(answer)
}
