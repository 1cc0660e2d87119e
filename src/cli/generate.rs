//! `orch generate`: prints a believable snapshot of any size.

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Answer, output};
use crate::{
    generate::{self, Options},
    report::snapshot::{ROWS, to_json, to_yaml},
};

/// Generate the snapshot of a believable fleet, the same bytes for the same arguments
///
/// A plan exists that places every task and keeps every deadline.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  orch generate --agents 50 --tasks 1000 --seed 7 | orch distribute -")]
pub struct Args {
    /// Number of agents
    #[arg(long, value_name = "A", value_parser = count())]
    agents: usize,
    /// Number of tasks
    #[arg(long, value_name = "T", value_parser = count())]
    tasks: usize,
    /// Another seed gives another fleet
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How the snapshot is written
    #[arg(short, long, value_name = "F", default_value = "yaml", value_parser = PossibleValuesParser::new(["yaml", "json"]))]
    format: String,
    #[command(flatten)]
    output: output::OutputArgs,
}

fn count() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u32).range(1..=10_000_000).map(|n| n as usize)
}

/// Draws, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    let snapshot = generate::run(Options { agents: args.agents, tasks: args.tasks, seed: args.seed });
    out.write(&if args.format == "json" { to_json(&snapshot) } else { to_yaml(&snapshot, ROWS) })?;
    Ok(Answer::Clean)
}
