//! From files to the snapshot in memory, every problem told at once.
//!
//! ```text
//! load     files, includes, limits          → texts in `sources`
//! syntax   JSON (`json`) or YAML (`yaml`)   → located values in `tree`
//! merge    several documents, overlays      → one document
//! build    ids first, then `schema/*`       → the model, references resolved
//!          (`values` reads one value, `fields` the fields of a mapping)
//! check    one function per code            → findings
//! digest   the model's canonical bytes      → snapshot_sha256
//! document the typed values, for commands that change them
//! ```
//!
//! - A new field: ask for it in its section's file under `schema/` (that makes it known and spell-checked),
//!   store it in the model, name it in `digest` (which does not compile before), and add it to
//!   `fixtures/full.yaml` and `.json`.
//! - A new check: a code in `codes`, a function `check_orchNNN_…` in `check/` with its line in `CHECKS`,
//!   and a fixture `fixtures/invalid/orchNNN-….yaml`; a test asks for it.
//! - A new format: text to [`tree::Node`], and one arm in `syntax::parse`.
//!
//! Nothing here stops at the first problem but a syntax error, and that only for its file. What a number
//! may be is in [`scalars::Range`]; how large a file may be, in [`sources`]; how much YAML aliases may
//! unfold to, in `yaml`.

mod build;
mod check;
pub mod claimed;
pub mod codes;
mod describe;
mod digest;
pub mod document;
mod fields;
mod gather;
pub mod import;
mod json;
mod load;
mod merge;
mod names;
pub mod observe;
mod path;
mod previous;
mod problems;
pub mod render;
pub mod scalars;
mod scenarios;
mod schema;
mod sort;
pub mod sources;
mod suggest;
mod syntax;
mod tables;
pub mod tree;
mod values;
mod witness;
mod written;
mod yaml;

use std::path::PathBuf;

use serde_json::Value;

use crate::{
    error::{Error, Finding, Severity},
    model::Snapshot,
};
pub use describe::snapshot_schema;
use document::Document;
pub use gather::{Batch, From, Gathered, SourceError};
pub use previous::{Previous, baseline_plan, read_previous};
pub use scenarios::{MAX_SCENARIOS, Scenario, read_scenarios};
pub use schema::sources::{JoinRule, Rules};
pub use sources::Sources;
pub use written::{Written, WrittenPlacement, WrittenPlan, WrittenSnapshot, read_written};

/// What the input is read for: it decides which problems stop the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Command {
    /// `orch validate`.
    Validate,
    /// `orch distribute`.
    #[default]
    Distribute,
    /// `orch map`.
    Map,
    /// `orch resolve`.
    Resolve,
    /// `orch optimize`.
    Optimize,
    /// `orch discover`.
    Discover,
    /// `orch explain`.
    Explain,
}

impl Command {
    /// True where the command places tasks.
    pub fn plans(self) -> bool {
        matches!(self, Self::Distribute | Self::Optimize | Self::Explain)
    }

    /// True where the command needs the document as typed: to print it changed, or to name its lines.
    pub fn changes(self) -> bool {
        matches!(self, Self::Resolve | Self::Optimize | Self::Explain)
    }
}

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Files in order; `-` is standard input.
    pub files: Vec<PathBuf>,
    /// Folder that no file named by a snapshot may lie outside of.
    pub root: Option<PathBuf>,
    /// Stands over `as_of`.
    pub now: Option<String>,
    /// What for.
    pub command: Command,
    /// Sources of a discovery beside those of the snapshot; with them there need be no files.
    pub from: Vec<From>,
    /// A document after those of the files: what a discovery emitted.
    pub discovered: Option<String>,
}

/// What was read.
#[derive(Debug)]
pub struct Input {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// What does not stop the command, by place.
    pub warnings: Vec<Finding>,
    /// `baseline`: an earlier plan.
    pub baseline: Option<Value>,
    /// `sources`, as written.
    pub discovery: Option<Value>,
    /// The document as typed, for commands that change it (`resolve`, `optimize`); empty for others.
    pub document: Document,
    /// What the sources say, for `discover`.
    pub gathered: Gathered,
    /// The texts, for excerpts.
    pub sources: Sources,
}

/// Reads and checks a snapshot.
///
/// # Errors
///
/// Every problem of every file, if one of them is grave for the command.
pub fn read(request: &Request) -> Result<Input, Error> {
    let (input, findings) = inspect(request)?;
    match input {
        Some(input) if findings.iter().all(|f| f.severity < Severity::Error) => {
            Ok(Input { warnings: findings, ..input })
        }
        _ => Err(Error::Input(findings)),
    }
}

/// Reads and checks a snapshot for `validate`: all findings, and the input where there is any.
///
/// ```
/// use orch::input;
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let (files, command) = (vec!["examples/tasks.yaml".into()], input::Command::Validate);
/// let (input, findings) = input::inspect(&input::Request { files, command, ..input::Request::default() })?;
/// assert!(input.is_some() && findings.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Where `now` is no moment.
pub fn inspect(request: &Request) -> Result<(Option<Input>, Vec<Finding>), Error> {
    let now = match request.now.as_deref() {
        Some(text) => Some(scalars::timestamp(text).ok_or_else(|| bad_now(text))?),
        None => None,
    };
    let sources = Sources::default();
    let problems = problems::Problems::new(&sources, request.command);
    let mut loader = load::Loader::new(&sources, &problems, request.root.clone());
    let mut documents = loader.documents(&request.files);
    if let Some(text) = &request.discovered {
        documents.extend(loader.discovered(text));
    }
    if documents.is_empty() && (request.from.is_empty() || !request.files.is_empty()) {
        return Ok((None, problems.finish()));
    }
    let root = merge::merge(documents, &problems);
    let mut document = if request.command.changes() { Document::of(&root) } else { Document::default() };
    let built = build::build(root, now, &problems, &mut loader);
    check::check(&built, &problems, request.command);
    let gathered = match request.command {
        Command::Discover => gather::gather(built.source_rows, &request.from, &mut loader, &sources),
        _ => Gathered::default(),
    };
    let (mut snapshot, baseline, discovery) = (built.snapshot, built.baseline, built.sources);
    snapshot.files = sources.names();
    snapshot.sha256 = digest::sha256(&snapshot, baseline.as_ref(), discovery.as_ref());
    let findings = problems.finish();
    if request.command.changes() {
        document.index(&snapshot, &sources);
    }
    Ok((Some(Input { snapshot, warnings: Vec::new(), baseline, discovery, document, gathered, sources }), findings))
}

/// The word most like `word` among those known, where it is like one at all.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    suggest::nearest(word, known.iter().copied())
}

fn bad_now(text: &str) -> Error {
    Error::Io(format!("--now {text}: not an RFC 3339 moment such as 2026-01-05T09:00:00Z"))
}

/// The values of one document as plain JSON, with no schema: what the differential tests compare.
///
/// # Errors
///
/// What is wrong with the text, in one line.
pub fn tree_of(text: &str) -> Result<Value, String> {
    syntax::parse(text, 0).map(|node| node.to_json()).map_err(|fault| fault.message)
}
