//! `orch distribute`: plans a batch and prints the plan with its proof.

use std::path::PathBuf;

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Answer, fail_on, limits, output, report, snapshot};
use crate::{
    distribute::{self, Options},
    input::read_previous,
    model::Strategy,
    plan::{Effort, Limits},
};

/// Tasks from which planning shows progress on a terminal.
const LONG: usize = 500;

/// Plan a batch of tasks: who does what and when, with a proven bound
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch distribute examples/tasks.yaml --strategy deadline_aware
  orch distribute examples/agents.yaml examples/split-tasks.yaml
  orch distribute examples/tasks.yaml --format json --output plan.json
  orch distribute examples/tasks.yaml --output json=plan.json --report plan.html
  orch distribute examples/tasks.yaml --baseline plan.json --max-moves 5")]
pub struct Args {
    #[command(flatten)]
    snapshot: snapshot::SnapshotArgs,
    /// What the plan is to be best at, once as much as possible is placed
    #[arg(short, long, value_name = "S", default_value = "hybrid", value_parser = strategies())]
    strategy: Strategy,
    /// How much work the plan may cost
    #[arg(long, value_name = "E", default_value = "standard", value_parser = efforts())]
    effort: Effort,
    #[command(flatten)]
    limits: limits::LimitArgs,
    /// Begin from this earlier plan (a report of `distribute`) and change it as little as pays
    #[arg(long, value_name = "PLAN")]
    baseline: Option<PathBuf>,
    /// Most tasks that may change their agent without need
    #[arg(long, value_name = "N", requires = "baseline")]
    max_moves: Option<usize>,
    /// What a change of agent must buy, in the objective's unit; default a tenth of its mean per task
    #[arg(long, value_name = "W", requires = "baseline", value_parser = stability)]
    stability: Option<f64>,
    /// Also write the linear programme behind the bound (CPLEX LP format) for other solvers
    #[arg(long, value_name = "FILE")]
    write_lp: Option<PathBuf>,
    #[command(flatten)]
    report: report::ReportArgs,
}

/// The strategies by name.
pub fn strategies() -> impl TypedValueParser<Value = Strategy> {
    let parse = |name: String| Strategy::ALL.into_iter().find(|s| s.name() == name).unwrap_or_default();
    PossibleValuesParser::new(Strategy::ALL.map(Strategy::name)).map(parse)
}

/// The efforts by name.
pub fn efforts() -> impl TypedValueParser<Value = Effort> {
    const ALL: [Effort; 3] = [Effort::Quick, Effort::Standard, Effort::High];
    let parse = |name: String| ALL.into_iter().find(|e| e.name() == name).unwrap_or_default();
    PossibleValuesParser::new(ALL.map(Effort::name)).map(parse)
}

fn stability(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(w) if w.is_finite() && w >= 0.0 => Ok(w),
        _ => Err("write a number from 0 on".into()),
    }
}

/// Reads, plans, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let limit = args.limits.limit();
    let out = report::Outputs::open(&args.report, false)?;
    if args.write_lp.is_some() && args.strategy == Strategy::Hybrid {
        anyhow::bail!("--write-lp: the bound of hybrid is composed of several programmes; name another --strategy");
    }
    let programme = args.write_lp.as_deref().map(output::Place::at).transpose()?;
    let input = args.snapshot.read()?;
    let (tasks, agents) = (input.snapshot.tasks.len(), input.snapshot.agents.len());
    let note = format!("planning {tasks} tasks on {agents} agents ({})", args.strategy.name());
    let progress = (tasks >= LONG).then(|| output::Progress::show(&args.report, &note));
    let previous = args.baseline.as_ref().map(|file| read_previous(file, &input.snapshot)).transpose()?;
    let limits = Limits { max_moves: args.max_moves, stability: args.stability };
    let options = Options { strategy: args.strategy, effort: args.effort, limit, previous: previous.as_ref(), limits };
    let report = distribute::run(&input.snapshot, &input.warnings, options)?;
    drop(progress);
    if let Some(place) = programme {
        output::write_all(&[(place, distribute::programme(&input.snapshot, &report, args.strategy)?)])?;
    }
    out.show(&distribute::Shown { report: &report, snapshot: &input.snapshot, previous: previous.as_ref() })?;
    let answer = fail_on::judge(&args.report.fail_on, &report.findings);
    if answer == Answer::Findings {
        let (left, late) = (report.unassigned_tasks.len(), report.performance_predictions.late_tasks.len());
        output::tell(&args.report, &format!("{left} of {tasks} tasks not placed, {late} late: exit status 1"));
    }
    Ok(answer)
}
