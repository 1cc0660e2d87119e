//! `orch discover`: joins what all sources know of agents, and prints it or emits it as a part of a snapshot.

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Answer, fail_on, output, snapshot};
use crate::{
    discover::{self, Emit, Links},
    report::{
        Format,
        snapshot::{READABLE, to_json as fragment_json, to_yaml},
        to_json, to_text,
    },
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
    /// How the report, or the fragment, is written; a fragment's table is YAML
    #[arg(short, long, value_name = "F", default_value = "table", value_parser = snapshot::formats())]
    format: Format,
    /// Print a part of a snapshot in place of the report: agents and network, or only measured figures
    #[arg(long, value_name = "WHAT", value_parser = emits())]
    emit: Option<Emit>,
    /// What makes links between the agents of an emitted snapshot: the calls that were seen (`auto`: only where
    /// they join all agents), or nothing
    #[arg(long, value_name = "L", default_value = "auto", value_parser = links())]
    links: Links,
    /// Findings that make the exit status 1: a severity (and above) or codes; default `error`
    #[arg(long, value_name = "SEVERITY|CODE", value_delimiter = ',')]
    fail_on: Vec<fail_on::Rule>,
    #[command(flatten)]
    output: output::OutputArgs,
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
    let out = output::Output::open(&args.output)?;
    let input = args.sources.read()?;
    let report = discover::run(&input);
    let text = match (args.emit, args.format) {
        (Some(emit), format) => {
            let emitted = discover::fragment(&report, emit, args.links);
            emitted.note.iter().for_each(|note| output::tell(&args.output, note));
            let document = emitted.fragment.document();
            if format == Format::Json { fragment_json(&document) } else { to_yaml(&document, READABLE) }
        }
        (None, Format::Json) => to_json(&report)?,
        (None, Format::Table) => to_text(&discover::document(&report), out.style()),
    };
    out.write(&text)?;
    let answer = fail_on::judge(&args.fail_on, &report.findings);
    let errors = report.discovery_errors.len();
    if errors > 0 {
        output::tell(&args.output, &format!("{errors} sources or files could not be read; the others were"));
        if args.emit.is_some() {
            for error in &report.discovery_errors {
                output::tell(&args.output, &format!("{}: {} ({})", error.source, error.message, error.file));
            }
        }
    }
    Ok(answer)
}
