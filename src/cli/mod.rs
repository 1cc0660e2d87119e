//! Arguments, exit status and streams; no work is done here.
//!
//! Each subcommand is one thin file: its arguments, a call of its room, and the choice of a format.
//! Exit statuses (model.md, section 6): 0 answered, 1 answered with findings at or above `--fail-on`,
//! 2 the command line or the input is wrong, 70 a fault of orch itself.

mod diff;
mod discover;
mod distribute;
mod emit;
mod explain;
mod fail_on;
mod generate;
mod import;
mod limits;
mod map;
mod optimize;
mod output;
mod report;
mod resolve;
mod schema;
mod shell;
mod signals;
mod simulate;
mod snapshot;
mod validate;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand, error::ErrorKind};

use crate::{error::Error, input::render::render};

/// How a command ended, where it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
}

/// Plans batches of tasks for fleets of AI agents, deterministically and with proof.
#[derive(Debug, Parser)]
#[command(name = "orch", version, max_term_width = 80, arg_required_else_help = true, after_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "\
Example:
  orch distribute examples/tasks.yaml --strategy deadline_aware

Exit status:
  0   answered
  1   answered, with findings at or above --fail-on
  2   the command line or the input is wrong; nothing was planned
  70  a fault of orch itself";

#[derive(Debug, Subcommand)]
enum Command {
    Diff(diff::Args),
    Discover(discover::Args),
    Distribute(distribute::Args),
    Map(map::Args),
    Validate(validate::Args),
    Generate(generate::Args),
    Import(import::Args),
    Optimize(Box<optimize::Args>),
    Resolve(Box<resolve::Args>),
    Schema(schema::Args),
    Completions(shell::Completions),
    Man(shell::Manual),
    Verify(verify::Args),
    Explain(explain::Args),
    Simulate(simulate::Args),
}

/// Runs the command line and returns its exit status.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // A closed pipe is no error, and there is nowhere else to complain.
            let _ = e.print();
            let asked = matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return ExitCode::from(if asked { 0 } else { 2 });
        }
    };
    let outcome = std::panic::catch_unwind(|| match cli.command {
        Command::Diff(args) => diff::run(&args),
        Command::Discover(args) => discover::run(&args),
        Command::Distribute(args) => distribute::run(&args),
        Command::Map(args) => map::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Optimize(args) => optimize::run(&args),
        Command::Resolve(args) => resolve::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::manual(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Simulate(args) => simulate::run(&args),
    });
    match outcome {
        Ok(Ok(Answer::Clean)) => ExitCode::SUCCESS,
        Ok(Ok(Answer::Findings)) => ExitCode::from(1),
        Ok(Err(e)) => complain(&e),
        // The panic has already said what and where.
        Err(_) => ExitCode::from(70),
    }
}

/// Tells what went wrong, and whose fault it is.
fn complain(e: &anyhow::Error) -> ExitCode {
    match e.downcast_ref::<Error>() {
        Some(Error::Input(findings)) => output::complain(&render(findings, output::error_style().color)),
        _ => output::complain(&format!("error: {e:#}\n")),
    }
    ExitCode::from(if matches!(e.downcast_ref(), Some(Error::Internal(_))) { 70 } else { 2 })
}
