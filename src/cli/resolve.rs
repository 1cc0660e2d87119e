//! `orch resolve`: finds conflicts, settles them, checks each settlement.

use std::path::PathBuf;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use super::{Answer, fail_on, output, snapshot};
use crate::{
    input::{self, read_previous},
    report::{
        snapshot::{READABLE, to_json as snapshot_json, to_yaml},
        to_json, to_text,
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
    /// How the report is written (`table`, `json`), or what is emitted (`yaml`, `json`); default `table`, `yaml`
    #[arg(short, long, value_name = "F", value_parser = PossibleValuesParser::new(["table", "json", "yaml"]))]
    format: Option<String>,
    /// Findings that make the exit status 1: a severity (and above) or codes; default `error`
    #[arg(long, value_name = "SEVERITY|CODE", value_delimiter = ',')]
    fail_on: Vec<fail_on::Rule>,
    #[command(flatten)]
    output: output::OutputArgs,
}

/// Reads, resolves, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let json = match (args.format.as_deref(), args.emit.is_some()) {
        (Some("yaml"), false) => anyhow::bail!("--format yaml is for --emit; a report is a `table` or `json`"),
        (Some("table"), true) => anyhow::bail!("--format table is for reports; --emit prints `yaml` or `json`"),
        (format, _) => format == Some("json"),
    };
    let out = output::Output::open(&args.output)?;
    let input = args.snapshot.read_for(input::Command::Resolve)?;
    let previous = args.plan.as_ref().map(|file| read_previous(file, &input.snapshot)).transpose()?;
    let options = Options { plan: previous.as_ref(), allow_breaking: args.allow_breaking };
    let resolution = resolve::run(&input, &input.warnings, options);
    let text = match (args.emit.as_deref(), json) {
        (None, true) => to_json(&resolution.report)?,
        (None, false) => to_text(&resolve::document(&resolution.report), out.style()),
        (Some("patch"), true) => to_json(&resolution.operations)?,
        (Some("patch"), false) => to_yaml(&resolution.patch(), READABLE),
        (Some(_), true) => snapshot_json(&resolution.snapshot()),
        (Some(_), false) => to_yaml(&resolution.snapshot(), READABLE),
    };
    out.write(&text)?;
    let answer = fail_on::judge(&args.fail_on, &resolution.report.findings);
    if answer == Answer::Findings {
        let s = &resolution.report.summary;
        let note =
            format!("{} of {} conflicts escalated, {} reduced: exit status 1", s.escalated, s.conflicts, s.reduced);
        output::tell(&args.output, &note);
    }
    Ok(answer)
}
