//! `orch schema`: the JSON Schema of what orch reads and of what it writes.

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use schemars::{JsonSchema, generate::SchemaSettings};

use super::{Answer, output};
use crate::{diff, discover, distribute, explain, input, map, optimize, report, resolve, simulate, verify};

/// A schema by the name of what it is of.
type Kind = (&'static str, fn() -> serde_json::Value);

/// Every schema. Those of reports come from the structs that are written; that of the snapshot from the reader.
const KINDS: [Kind; 12] = [
    ("snapshot", input::snapshot_schema),
    ("plan", || of_report::<distribute::Report>("distribute")),
    ("distribute", || of_report::<distribute::Report>("distribute")),
    ("map", || of_report::<map::Report>("map")),
    ("discover", || of_report::<discover::Report>("discover")),
    ("resolve", || of_report::<resolve::Report>("resolve")),
    ("validate", || of_report::<report::ValidationReport>("validate")),
    ("optimize", || of_report::<optimize::Report>("optimize")),
    ("simulate", || of_report::<simulate::Report>("simulate")),
    ("verify", || of_report::<verify::Report>("verify")),
    ("explain", || of_report::<explain::Report>("explain")),
    ("diff", || of_report::<diff::Report>("diff")),
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

/// What is written, and not what could be read back: a key that is always there is required.
fn of_report<R: JsonSchema>(command: &str) -> serde_json::Value {
    let made = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<R>();
    let mut out = made.to_value();
    out["title"] = format!("report of orch {command}").into();
    out
}

/// Prints the schema.
pub fn run(args: &Args) -> Result<Answer> {
    let out = output::Output::open(&args.output)?;
    out.write(&report::to_json(&(args.kind.1)())?)?;
    Ok(Answer::Clean)
}
