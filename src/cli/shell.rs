//! `orch completions` and `orch man`: what a shell and a manual say of the command line, made from its own definition.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::{Answer, Cli, output};

/// Print the completions of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  orch completions bash > ~/.local/share/bash-completion/completions/orch")]
pub struct Completions {
    /// Which shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
    #[command(flatten)]
    output: output::OutputArgs,
}

/// Print the manual page of orch, or of one command
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  orch man distribute --output orch-distribute.1")]
pub struct Manual {
    /// Of which command; without one, of orch
    #[arg(value_name = "COMMAND", value_parser = command)]
    command: Option<String>,
    #[command(flatten)]
    output: output::OutputArgs,
}

fn command(name: &str) -> Result<String, String> {
    let cli = Cli::command();
    let known: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    if known.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(format!("there are {}", known.join(", ")))
}

/// Prints completions.
pub fn completions(args: &Completions) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    let mut text = Vec::new();
    generate(args.shell, &mut Cli::command(), "orch", &mut text);
    out.write(&String::from_utf8(text)?)?;
    Ok(Answer::Clean)
}

/// Prints a manual page.
pub fn manual(args: &Manual) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    let mut cli = Cli::command();
    cli.build();
    let page = match &args.command {
        None => cli,
        // Built above, it calls itself `orch-NAME`.
        Some(name) => cli.find_subcommand(name).cloned().unwrap_or_default(),
    };
    let mut text = Vec::new();
    Man::new(page).render(&mut text)?;
    out.write(&String::from_utf8(text)?)?;
    Ok(Answer::Clean)
}
