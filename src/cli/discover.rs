//! `orch discover`: joins what all sources know of agents, and prints it or emits it as a part of a snapshot.

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Answer, fail_on, output, report, snapshot};
use crate::{
    discover::{self, Emit, Links},
    report::snapshot::{READABLE, to_json as fragment_json, to_yaml},
};

/// Find agents in the files of registries, clusters, traces and monitors, and say what contradicts what
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch discover --from a2a=cards/ --from heartbeats=beats.jsonl --now 2026-01-05T09:00:00Z
  orch discover fleet.yaml --format json
  orch discover fleet.yaml --emit snapshot | orch distribute - tasks.yaml")]
pub struct Args {
    #[command(flatten)]
    sources: snapshot::SourceArgs,
    /// Print a part of a snapshot in place of the report: agents and network, or only measured figures
    #[arg(long, value_name = "WHAT", value_parser = emits())]
    emit: Option<Emit>,
    /// What makes links between the agents of an emitted snapshot: the calls that were seen (`auto`: only where
    /// they join all agents), or nothing
    #[arg(long, value_name = "L", default_value = "auto", value_parser = links())]
    links: Links,
    #[command(flatten)]
    report: report::ReportArgs,
}

fn emits() -> impl TypedValueParser<Value = Emit> {
    let parse = |name: String| if name == "overlay" { Emit::Overlay } else { Emit::Snapshot };
    PossibleValuesParser::new(["snapshot", "overlay"]).map(parse)
}

fn links() -> impl TypedValueParser<Value = Links> {
    let parse = |name: String| match name.as_str() {
        "calls" => Links::Calls,
        "none" => Links::None,
        _ => Links::Auto,
    };
    PossibleValuesParser::new(["auto", "calls", "none"]).map(parse)
}

/// Reads, joins, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, false)?;
    let json = args.emit.map(|_| out.document_as_json()).transpose()?;
    let input = args.sources.read()?;
    let report = discover::run(&input);
    if let Some(emit) = args.emit {
        let emitted = discover::fragment(&report, emit, args.links);
        emitted.note.iter().for_each(|note| output::tell(&args.report, note));
        let document = emitted.fragment.document();
        out.write(&if json == Some(true) { fragment_json(&document) } else { to_yaml(&document, READABLE) })?;
    } else {
        out.show(&report)?;
    }
    let answer = fail_on::judge(&args.report.fail_on, &report.findings);
    let errors = report.discovery_errors.len();
    if errors > 0 {
        output::tell(&args.report, &format!("{errors} sources or files could not be read; the others were"));
        if args.emit.is_some() {
            for error in &report.discovery_errors {
                output::tell(&args.report, &format!("{}: {} ({})", error.source, error.message, error.file));
            }
        }
    }
    Ok(answer)
}
