//! `orch distribute`: plans a batch and prints the plan with its proof.

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Answer, fail_on, output, snapshot};
use crate::{
    distribute::{self, Options},
    model::Strategy,
    plan::Effort,
    report::{Format, to_json, to_text},
};

/// Tasks from which planning shows progress on a terminal.
const LONG: usize = 500;

/// Plan a batch of tasks: who does what and when, with a proven bound
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch distribute examples/tasks.yaml --strategy deadline_aware
  orch distribute examples/agents.yaml examples/split-tasks.yaml
  orch distribute examples/tasks.yaml --format json --output plan.json")]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotArgs,
    /// What the plan is to be best at, once as much as possible is placed
    #[arg(short, long, value_name = "S", default_value = "hybrid", value_parser = strategies())]
    strategy: Strategy,
    /// How much work the plan may cost
    #[arg(long, value_name = "E", default_value = "standard", value_parser = efforts())]
    effort: Effort,
    /// How the report is written
    #[arg(short, long, value_name = "F", default_value = "table", value_parser = snapshot::formats())]
    format: Format,
    /// Findings that make the exit status 1: a severity (and above) or codes; default `error`
    #[arg(long, value_name = "SEVERITY|CODE", value_delimiter = ',')]
    fail_on: Vec<fail_on::Rule>,
    #[command(flatten)]
    output: output::OutputArgs,
}

fn strategies() -> impl TypedValueParser<Value = Strategy> {
    let parse = |name: String| Strategy::ALL.into_iter().find(|s| s.name() == name).unwrap_or_default();
    PossibleValuesParser::new(Strategy::ALL.map(Strategy::name)).map(parse)
}

fn efforts() -> impl TypedValueParser<Value = Effort> {
    const ALL: [Effort; 3] = [Effort::Quick, Effort::Standard, Effort::High];
    let parse = |name: String| ALL.into_iter().find(|e| e.name() == name).unwrap_or_default();
    PossibleValuesParser::new(ALL.map(Effort::name)).map(parse)
}

/// Reads, plans, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    let input = args.snapshot.read()?;
    let (tasks, agents) = (input.snapshot.tasks.len(), input.snapshot.agents.len());
    let note = format!("planning {tasks} tasks on {agents} agents ({})", args.strategy.name());
    let progress = (tasks >= LONG).then(|| output::Progress::show(&args.output, &note));
    let options = Options { strategy: args.strategy, effort: args.effort };
    let report = distribute::run(&input.snapshot, &input.warnings, options)?;
    drop(progress);
    let text = match args.format {
        Format::Json => to_json(&report)?,
        Format::Table => to_text(&distribute::document(&report), out.style()),
    };
    out.write(&text)?;
    let answer = fail_on::judge(&args.fail_on, &report.findings);
    if answer == Answer::Findings {
        let (left, late) = (report.unassigned_tasks.len(), report.performance_predictions.late_tasks.len());
        output::tell(&args.output, &format!("{left} of {tasks} tasks not placed, {late} late: exit status 1"));
    }
    Ok(answer)
}
