//! `orch map`: how the fleet hangs together, and where it breaks.

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Answer, fail_on, output, snapshot};
use crate::{
    discover::{self, Emit, Links},
    input::Command,
    map::{self, Call, Options},
    report::{snapshot::to_json as fragment_json, to_dot, to_json, to_mermaid, to_text},
};

/// Map a fleet: what it hangs on, where it breaks, what is scarce
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch map examples/tasks.yaml
  orch map examples/tasks.yaml --n-minus 1
  orch map examples/tasks.yaml --format mermaid --output map.mmd
  orch map --from a2a=cards/ --from jaeger=traces.json")]
pub struct Args {
    #[command(flatten)]
    sources: snapshot::SourceArgs,
    /// Work out what goes with each single agent, service and bridge
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=1))]
    n_minus: Option<u8>,
    /// How the map is written; mermaid shows at most what GitHub draws
    #[arg(short, long, value_name = "F", default_value = "table", value_parser = formats())]
    format: Form,
    /// Findings that make the exit status 1: a severity (and above) or codes; default `error`
    #[arg(long, value_name = "SEVERITY|CODE", value_delimiter = ',')]
    fail_on: Vec<fail_on::Rule>,
    #[command(flatten)]
    output: output::OutputArgs,
}

/// The forms of a map, which beside those of every report can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Table,
    Json,
    Dot,
    Mermaid,
}

fn formats() -> impl TypedValueParser<Value = Form> {
    PossibleValuesParser::new(["table", "json", "dot", "mermaid"]).map(|name: String| match name.as_str() {
        "json" => Form::Json,
        "dot" => Form::Dot,
        "mermaid" => Form::Mermaid,
        _ => Form::Table,
    })
}

/// What the sources tell as a part of a snapshot, and who was seen calling whom.
fn discovered(args: &Args) -> Result<(Option<String>, Vec<Call>)> {
    let report = discover::run(&args.sources.read()?);
    for error in &report.discovery_errors {
        output::tell(&args.output, &format!("{}: {} ({})", error.source, error.message, error.file));
    }
    let emitted = discover::fragment(&report, Emit::Snapshot, Links::Calls);
    let seen = report.dependencies.into_iter().filter_map(|d| Some(Call { from: d.from, to: d.to, weight: d.calls? }));
    Ok((Some(fragment_json(&emitted.fragment.document())), seen.collect()))
}

/// Reads, maps, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    let (discovered, calls) = if args.sources.discovers() { discovered(args)? } else { (None, Vec::new()) };
    let input = args.sources.read_with(discovered, Command::Map)?;
    let options = Options { losses: args.n_minus.is_some(), calls: &calls };
    let report = map::run(&input.snapshot, &input.warnings, options);
    let text = match args.format {
        Form::Json => to_json(&report)?,
        Form::Table => to_text(&map::document(&report), out.style()),
        Form::Dot => to_dot(&map::diagram(&report)),
        Form::Mermaid => to_mermaid(&map::diagram(&report)),
    };
    out.write(&text)?;
    Ok(fail_on::judge(&args.fail_on, &report.findings))
}
