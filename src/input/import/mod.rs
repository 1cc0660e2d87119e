//! Workflows of other systems as tasks: one reader per format, all saying it in the same words.
//!
//! A new format is one file here with its `pub const FORMAT: Format`, and one line in [`FORMATS`]. Rules of the
//! house: never fail, what is missing or odd is a [`Draft::gap`] and reading goes on; keep no environment values
//! and no command lines; say nothing that the file does not say (a time limit is no duration).

mod argo;
mod codes;
mod crewai;
mod depends;
mod draft;
mod github;
mod read;
mod wfformat;

use std::collections::BTreeMap;

pub use codes::CODES;
pub use draft::Draft;
pub use read::{Imported, Request, Wanted, read, try_text};

use super::observe::View;
use crate::model::Location;

/// How files of one format are told and read.
#[derive(Debug)]
pub struct Format {
    /// The word in `KIND=PATH`.
    pub kind: &'static str,
    /// What such a file is, for messages.
    pub title: &'static str,
    /// True where a document is of this format: a look at a few keys.
    pub recognises: fn(&View<'_>) -> bool,
    /// Says what a document says.
    pub read: fn(&mut Draft<'_, '_>, &View<'_>),
}

/// Every format, by name.
pub const FORMATS: &[&Format] = &[&argo::FORMAT, &crewai::FORMAT, &github::FORMAT, &wfformat::FORMAT];

/// Most tasks and dependencies that the templates of one workflow unfold to: they multiply.
pub const MAX_UNFOLDED: usize = 100_000;

/// One workflow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Workflow {
    /// What the file calls it, else the file's name.
    pub name: String,
    /// Its tasks, in the order of the file.
    pub jobs: Vec<Job>,
    /// Files that it reads and none of its tasks writes, to their size in MB, where that is known.
    pub inputs: BTreeMap<String, Option<f64>>,
    /// Who works on it, where the file says so.
    pub workers: Vec<Worker>,
}

/// One task.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Job {
    /// Its id within the workflow.
    pub id: String,
    /// What kind of work it is: program, template, category.
    pub kind: Option<String>,
    /// Seconds that it takes, where the file has a measurement.
    pub duration_s: Option<f64>,
    /// Seconds after the start of the workflow by which it must have ended.
    pub deadline_s: Option<f64>,
    /// Tasks that end before it starts, to the MB that it gets from them.
    pub after: BTreeMap<String, f64>,
    /// Files among [`Workflow::inputs`] that it reads.
    pub reads: Vec<String>,
    /// The one who does it.
    pub agent: Option<String>,
    /// Whatever else is worth keeping.
    pub labels: BTreeMap<String, String>,
    /// Where it stands.
    pub location: Location,
}

/// One who works: an agent, or a machine.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Worker {
    /// Its id.
    pub id: String,
    /// Role of an agent; `machine` for a machine.
    pub kind: Option<String>,
    /// What it can do.
    pub capabilities: Vec<String>,
    /// Tasks at a time.
    pub slots: Option<f64>,
    /// Whatever else is worth keeping.
    pub labels: BTreeMap<String, String>,
    /// True for a machine that a measured run used, which need not be part of the fleet.
    pub machine: bool,
}
