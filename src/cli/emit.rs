//! `--emit` of the commands that change a snapshot.

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use super::report::Outputs;
use crate::{
    input::document::Item,
    patch::{self, Op},
    report::{
        Show,
        snapshot::{READABLE, to_json as snapshot_json, to_yaml},
        to_json,
    },
};

/// What is printed in place of the report.
#[derive(Debug, clap::Args)]
pub struct EmitArgs {
    /// Print this in place of the report: the changed snapshot, or the JSON Patch (RFC 6902) that leads to it
    #[arg(long, value_name = "WHAT", value_parser = PossibleValuesParser::new(["snapshot", "patch"]))]
    emit: Option<String>,
}

impl EmitArgs {
    /// Whether what is emitted is to be JSON; looked at before the work.
    ///
    /// # Errors
    ///
    /// A format or place that is for reports only.
    pub fn as_json(&self, out: &Outputs) -> Result<bool> {
        Ok(self.emit.is_some() && out.document_as_json()?)
    }

    /// Prints the report, or what is asked for in its place: the changed document, or what leads to it.
    ///
    /// # Errors
    ///
    /// The place cannot be written.
    pub fn print(&self, out: Outputs, json: bool, report: &dyn Show, changed: &Item, operations: &[Op]) -> Result<()> {
        match (self.emit.as_deref(), json) {
            (None, _) => out.show(report),
            (Some("patch"), true) => out.write(&to_json(&operations)?),
            (Some("patch"), false) => out.write(&to_yaml(&patch::operations(operations), READABLE)),
            (Some(_), true) => out.write(&snapshot_json(&patch::document(changed))),
            (Some(_), false) => out.write(&to_yaml(&patch::document(changed), READABLE)),
        }
    }
}
