//! `orch schema`: the JSON Schema of what orch reads and of what it writes.

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use schemars::{Schema, schema_for};

use super::{Answer, output};
use crate::{diff, discover, distribute, input, map, report, resolve};

/// A schema by the name of what it is of.
type Kind = (&'static str, fn() -> serde_json::Value);

/// Every schema. Those of reports come from the structs that are written; that of the snapshot from the reader.
const KINDS: [Kind; 8] = [
    ("snapshot", input::snapshot_schema),
    ("plan", || of_report(schema_for!(distribute::Report), "distribute")),
    ("distribute", || of_report(schema_for!(distribute::Report), "distribute")),
    ("map", || of_report(schema_for!(map::Report), "map")),
    ("discover", || of_report(schema_for!(discover::Report), "discover")),
    ("resolve", || of_report(schema_for!(resolve::Report), "resolve")),
    ("validate", || of_report(schema_for!(report::ValidationReport), "validate")),
    ("diff", || of_report(schema_for!(diff::Report), "diff")),
];

/// Print the JSON Schema (2020-12) of a snapshot, or of a command's report
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  orch schema snapshot --output snapshot.schema.json
  orch schema distribute

In the first line of a snapshot, for editors with yaml-language-server:
  # yaml-language-server: $schema=snapshot.schema.json")]
pub struct Args {
    /// Of what; `plan` is the report of `distribute`
    #[arg(value_name = "WHAT", value_parser = kinds())]
    kind: Kind,
    #[command(flatten)]
    output: output::OutputArgs,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let named = |name: String| KINDS.into_iter().find(|k| k.0 == name).unwrap_or(KINDS[0]);
    PossibleValuesParser::new(KINDS.map(|k| k.0)).map(named)
}

fn of_report(schema: Schema, command: &str) -> serde_json::Value {
    let mut out = schema.to_value();
    out["title"] = format!("report of orch {command}").into();
    out
}

/// Prints the schema.
pub fn run(args: &Args) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    out.write(&report::to_json(&(args.kind.1)())?)?;
    Ok(Answer::Clean)
}
