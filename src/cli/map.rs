//! `orch map`: how the fleet hangs together, and where it breaks.

use anyhow::Result;

use super::{Answer, fail_on, output, report, snapshot};
use crate::{
    discover::{self, Emit, Links},
    input::Command,
    map::{self, Call, Options},
    report::snapshot::to_json as fragment_json,
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
    #[command(flatten)]
    report: report::ReportArgs,
}

/// What the sources tell as a part of a snapshot, and who was seen calling whom.
fn discovered(args: &Args) -> Result<(Option<String>, Vec<Call>)> {
    let report = discover::run(&args.sources.read()?);
    for error in &report.discovery_errors {
        output::tell(&args.report, &format!("{}: {} ({})", error.source, error.message, error.file));
    }
    let emitted = discover::fragment(&report, Emit::Snapshot, Links::Calls);
    let seen = report.dependencies.into_iter().filter_map(|d| Some(Call { from: d.from, to: d.to, weight: d.calls? }));
    Ok((Some(fragment_json(&emitted.fragment.document())), seen.collect()))
}

/// Reads, maps, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, true)?;
    let (discovered, calls) = if args.sources.discovers() { discovered(args)? } else { (None, Vec::new()) };
    let input = args.sources.read_with(discovered, Command::Map)?;
    let options = Options { losses: args.n_minus.is_some(), calls: &calls };
    let report = map::run(&input.snapshot, &input.warnings, options);
    out.show(&report)?;
    Ok(fail_on::judge(&args.report.fail_on, &report.findings))
}
