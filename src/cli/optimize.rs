//! `orch optimize`: what holds the fleet back, what to change, what it really gains.

use std::path::PathBuf;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use super::{
    Answer,
    distribute::{efforts, strategies},
    emit, fail_on, limits, output, report, snapshot,
};
use crate::{
    input::{self, read_previous, read_scenarios},
    model::Strategy,
    optimize::{self, Options, Target},
    plan::Effort,
    schedule::simulation::Runs,
    simulate::{LEAST_RUNS, MOST_RUNS},
};

/// Find what holds the fleet back, propose changes, and plan them to see what they gain
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch optimize fleet.json
  orch optimize fleet.json --target \"late_tasks=0\" --target \"utilization>=0.85\"
  orch optimize fleet.json --emit snapshot --format json --output better.json
  orch distribute better.json")]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotArgs,
    /// What plans are to be best at, once as much as possible is placed
    #[arg(short, long, value_name = "S", default_value = "hybrid", value_parser = strategies())]
    strategy: Strategy,
    /// How much work a finished plan may cost
    #[arg(long, value_name = "E", default_value = "standard", value_parser = efforts())]
    effort: Effort,
    #[command(flatten)]
    limits: limits::LimitArgs,
    /// The plan in force (a report of `distribute`); stands over the snapshot's `baseline`
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Find the cheapest changes that reach it, such as `late_tasks=0`, `utilization>=0.85` or `makespan<=2h`
    #[arg(long, value_name = "FIGURE<=VALUE")]
    target: Vec<Target>,
    /// Plan the scenarios of this file as well: agents lost or added, loads, durations, prices, links cut, deadlines
    #[arg(long, value_name = "FILE")]
    what_if: Option<PathBuf>,
    /// Find what runs out, and which agents to add, when loads and durations are these times what they are
    #[arg(long, value_name = "FACTORS", value_delimiter = ',', value_parser = factor)]
    grow: Vec<f64>,
    /// Find what is late or has no place when one agent is lost, for each agent
    #[arg(long, value_name = "N", value_parser = PossibleValuesParser::new(["1"]))]
    n_minus: Option<String>,
    /// Simulate the plans before and after in so many runs; 0 is not at all
    #[arg(long, value_name = "N", default_value_t = LEAST_RUNS, value_parser = runs)]
    runs: usize,
    /// Where the simulation's chance begins
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    emit: emit::EmitArgs,
    #[command(flatten)]
    report: report::ReportArgs,
}

fn runs(text: &str) -> Result<usize, String> {
    let runs = text.parse().ok().filter(|n| (0..=MOST_RUNS).contains(n));
    runs.ok_or_else(|| format!("write a number from 0 to {MOST_RUNS}"))
}

fn factor(text: &str) -> Result<f64, String> {
    let factor = text.parse().ok().filter(|x| (0.01..=1000.0).contains(x));
    factor.ok_or_else(|| "write a factor from 0.01 to 1000".into())
}

/// Reads, optimizes, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let limit = args.limits.limit();
    let out = report::Outputs::open(&args.report, false)?;
    let json = args.emit.as_json(&out)?;
    let input = args.snapshot.read_for(input::Command::Optimize)?;
    let previous = args.plan.as_ref().map(|file| read_previous(file, &input.snapshot)).transpose()?;
    let (tasks, agents) = (input.snapshot.tasks.len(), input.snapshot.agents.len());
    let progress = output::Progress::show(&args.report, &format!("optimizing {agents} agents for {tasks} tasks"));
    let options = Options {
        strategy: args.strategy,
        effort: args.effort,
        limit,
        plan: previous.as_ref(),
        targets: args.target.clone(),
        scenarios: args.what_if.as_ref().map(|file| read_scenarios(file)).transpose()?.unwrap_or_default(),
        grow: args.grow.clone(),
        n_minus: args.n_minus.is_some(),
        runs: (args.runs > 0).then_some(Runs { count: args.runs, seed: args.seed }),
    };
    let outcome = optimize::run(&input, &options)?;
    drop(progress);
    args.emit.print(out, json, &outcome.report, &outcome.proposed, &outcome.operations)?;
    Ok(fail_on::judge(&args.report.fail_on, &outcome.report.findings))
}
