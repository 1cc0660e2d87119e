//! `orch import`: prints workflows of other systems as a fragment of a snapshot.

use std::path::PathBuf;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use super::{Answer, fail_on, output};
use crate::{
    import::{self, Options},
    input::{
        import::{FORMATS, Request, Wanted},
        render::render,
        scalars,
    },
    report::{
        FindingRow, plural,
        snapshot::{READABLE, to_json, to_yaml},
    },
};

/// Turn workflows of other systems into the tasks of a snapshot
///
/// KIND is told by the content where it is not given: `wfformat` (of `WfCommons`), `argo` (Argo Workflows), `crewai`
/// (tasks.yaml, agents.yaml), `github-actions`. What is odd or lost on the way is told on standard error.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  orch import argo=workflow.yaml --output tasks.yaml
  orch distribute agents.yaml tasks.yaml")]
pub struct Args {
    /// Workflow files; `-` is standard input
    #[arg(required = true, value_name = "[KIND=]PATH", value_parser = wanted)]
    files: Vec<Wanted>,
    /// How the fragment is written
    #[arg(short, long, value_name = "F", default_value = "yaml", value_parser = PossibleValuesParser::new(["yaml", "json"]))]
    format: String,
    /// What a task takes that has no duration in the file, such as `5m`; the snapshot's default is 60 s
    #[arg(long, value_name = "D", value_parser = seconds)]
    duration: Option<f64>,
    /// Make agents of the machines of a measured run (`wfformat`)
    #[arg(long)]
    machines: bool,
    /// Findings that make the exit status 1: a severity (and above) or codes; default `error`
    #[arg(long, value_name = "SEVERITY|CODE", value_delimiter = ',')]
    fail_on: Vec<fail_on::Rule>,
    #[command(flatten)]
    output: output::OutputArgs,
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let known = || FORMATS.iter().map(|f| f.kind).collect::<Vec<_>>().join(", ");
    if let Some((kind, path)) = text.split_once('=') {
        if let Some(format) = FORMATS.iter().find(|f| f.kind == kind) {
            return Ok(Wanted { format: Some(format), file: PathBuf::from(path) });
        }
        if !PathBuf::from(text).exists() {
            return Err(format!("there is no such file, and `{kind}` is none of {}", known()));
        }
    }
    Ok(Wanted { format: None, file: PathBuf::from(text) })
}

fn seconds(text: &str) -> Result<f64, String> {
    let ms = scalars::duration_ms(text).filter(|ms| (0.0..=scalars::MAX_MS).contains(ms));
    ms.map(|ms| ms / 1000.0).ok_or_else(|| "expected a duration such as `90s` or `1h 30m`".into())
}

/// Reads, prints.
pub fn run(args: &Args) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    let options = Options { duration_s: args.duration, machines: args.machines };
    let report = import::run(&Request { files: args.files.clone() }, &options)?;
    let document = report.fragment.document();
    out.write(&if args.format == "json" { to_json(&document) } else { to_yaml(&document, READABLE) })?;
    if !args.output.quiet {
        output::complain(&render(&report.findings, output::error_style().color));
    }
    let import::Counts { tasks, dependencies, agents, .. } = report.counts;
    let agents = if agents > 0 { format!(", {}", plural(agents, "agent")) } else { String::new() };
    let dependencies = if dependencies == 1 { "1 dependency".into() } else { format!("{dependencies} dependencies") };
    output::tell(&args.output, &format!("{}, {dependencies}{agents}", plural(tasks, "task")));
    let findings: Vec<FindingRow> = report.findings.iter().map(FindingRow::new).collect();
    Ok(fail_on::judge(&args.fail_on, &findings))
}
