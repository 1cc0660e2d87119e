//! `orch simulate`: runs a plan many times with varying durations and failures.

use std::path::PathBuf;

use anyhow::Result;

use super::{
    Answer,
    distribute::{efforts, strategies},
    fail_on, report, snapshot,
};
use crate::{
    input::{self, read_previous},
    model::Strategy,
    plan::Effort,
    schedule::simulation::Runs,
    simulate::{self, LEAST_RUNS, MOST_RUNS, Options},
};

/// Run a plan many times: how often deadlines are missed when durations vary and attempts fail
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch simulate fleet.json
  orch simulate fleet.json --plan plan.json --runs 1000
  orch simulate fleet.json --plan new.json --against old.json --format json")]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotArgs,
    /// The plan (a report of `distribute`); else the snapshot's `baseline`, else one is made
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// A plan to compare it with, under the same random numbers
    #[arg(long, value_name = "PLAN")]
    against: Option<PathBuf>,
    /// Number of runs
    #[arg(long, value_name = "N", default_value_t = LEAST_RUNS, value_parser = runs)]
    runs: usize,
    /// Where chance begins
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What a plan that is made is to be best at
    #[arg(short, long, value_name = "S", default_value = "hybrid", value_parser = strategies())]
    strategy: Strategy,
    /// How much work it may cost
    #[arg(long, value_name = "E", default_value = "standard", value_parser = efforts())]
    effort: Effort,
    #[command(flatten)]
    report: report::ReportArgs,
}

fn runs(text: &str) -> Result<usize, String> {
    let runs = text.parse().ok().filter(|n| (1..=MOST_RUNS).contains(n));
    runs.ok_or_else(|| format!("write a number from 1 to {MOST_RUNS}"))
}

/// Reads, runs, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = report::Outputs::open(&args.report, false)?;
    let input = args.snapshot.read_for(input::Command::Distribute)?;
    let read = |file: &Option<PathBuf>| file.as_ref().map(|file| read_previous(file, &input.snapshot)).transpose();
    let (plan, against) = (read(&args.plan)?, read(&args.against)?);
    let options = Options {
        plan: plan.as_ref(),
        against: against.as_ref(),
        strategy: args.strategy,
        effort: args.effort,
        runs: Runs { count: args.runs, seed: args.seed },
    };
    let report = simulate::run(&input, options)?;
    out.show(&report)?;
    Ok(fail_on::judge(&args.report.fail_on, &report.findings))
}
