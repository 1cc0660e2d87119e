//! The snapshot's files on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::{
    error::{Error, Finding},
    input::{self, Input, Request},
    report::Format,
};

/// Which snapshot.
#[derive(Debug, clap::Args)]
pub struct SnapshotArgs {
    /// Snapshot files, YAML or JSON; several are merged, `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The plan's now, RFC 3339; stands over `as_of`
    #[arg(long, value_name = "T")]
    now: Option<String>,
    /// Folder that files named by the snapshot may not leave; default its repository, else its folder
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl SnapshotArgs {
    /// Reads it in order to plan.
    pub fn read(&self) -> Result<Input, Error> {
        self.read_for(input::Command::Distribute)
    }

    /// Reads it for a command: what is an error for one is matter for another.
    pub fn read_for(&self, command: input::Command) -> Result<Input, Error> {
        input::read(&self.request(command))
    }

    /// Reads it in order to tell every problem.
    pub fn inspect(&self) -> Result<(Option<Input>, Vec<Finding>), Error> {
        input::inspect(&self.request(input::Command::Validate))
    }

    fn request(&self, command: input::Command) -> Request {
        Request { files: self.files.clone(), root: self.root.clone(), now: self.now.clone(), command }
    }
}

/// The report formats by name.
pub fn formats() -> impl TypedValueParser<Value = Format> {
    let parse = |name: String| if name == "json" { Format::Json } else { Format::Table };
    PossibleValuesParser::new(["table", "json"]).map(parse)
}
