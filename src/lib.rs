//! orch: a deterministic batch planner for fleets of AI agents.
//!
//! # Layers
//!
//! A file imports only from rows below its own; rooms of one row do not import each other
//! (`tests/layers.rs` holds this).
//!
//! | row | rooms |
//! |---|---|
//! | 1 | [`cli`]: arguments, exit status, streams; one thin file per subcommand |
//! | 2 | [`diff`], [`discover`], [`distribute`], [`explain`], [`generate`], [`import`], [`map`], [`optimize`], [`resolve`], [`simulate`], [`verify`]: one room per subcommand, `Options` in, `Report` out |
//! | 3 | [`plan`]: the engine, callable from every command |
//! | 4 | [`search`]: construction and improvement under budgets of work |
//! | 5 | [`schedule`]: the instance and its timeline (builds), metrics (measure), verify and proof (check); [`patch`]: edits of the document as typed |
//! | 6 | [`input`]: files to model, with located problems; [`report`]: how documents look |
//! | 7 | [`lp`]: relaxations and certified bounds; [`graph`]: cuts, centrality, communities, critical paths; numbers in, numbers out |
//! | 8 | [`error`]: findings and errors, split by who has to act |
//! | 9 | [`model`]: the snapshot in memory and the derived quantities, each defined once; [`limit`]: the clock; [`parallel`]: threads |
//!
//! # One plan, followed through the files
//!
//! 1. [`input::read`] turns YAML or JSON into a located tree, checks everything and builds a
//!    [`model::Snapshot`]; lists are sorted by id, so the order of the file cannot matter.
//! 2. [`model::Quantities`] finds the classes of tasks and their eligible agents; processing time, load, cost
//!    and transfer are defined there and nowhere else.
//! 3. [`plan::solve`] lays out a [`schedule::Instance`] (integers in flat rows; tasks that belong together are
//!    one unit), places as much priority as it finds room for, and hands over to the strategy.
//! 4. A strategy relaxes its problem ([`lp::relax`]): smoothed prices or column generation, and a bound that
//!    is recomputed in integers. The prices guide [`search::assign`]; [`search::construct`] gives times, in
//!    any gap; [`search::disjunctive`] (where sequences on one-slot agents are all that counts),
//!    [`search::anneal`] and [`search::dynasearch`] improve them.
//! 5. [`schedule::verify`] checks the plan from the model alone, sharing nothing with what built it; only then
//!    is it measured, explained and printed.
//!
//! # From Rust
//!
//! ```
//! use orch::{distribute, input, model::Strategy};
//!
//! # fn main() -> Result<(), orch::error::Error> {
//! let request = input::Request { files: vec!["examples/minimal.yaml".into()], ..input::Request::default() };
//! let input = input::read(&request)?;
//! let options = distribute::Options { strategy: Strategy::DeadlineAware, ..distribute::Options::default() };
//! let report = distribute::run(&input.snapshot, &input.warnings, options)?;
//! assert!(report.unassigned_tasks.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! Each command's `run` has an example of its own; `optimize` reads for changing:
//!
//! ```
//! use orch::{input, optimize, plan::Effort};
//!
//! # fn main() -> Result<(), orch::error::Error> {
//! let files = vec!["fixtures/small/ten-tasks.yaml".into()];
//! let input = input::read(&input::Request { files, command: input::Command::Optimize, ..input::Request::default() })?;
//! let options = optimize::Options { effort: Effort::Quick, ..optimize::Options::default() };
//! let outcome = optimize::run(&input, &options)?;
//! assert!(!outcome.report.bottleneck_analysis.is_empty());
//! # Ok(())
//! # }
//! ```

pub mod cli;
pub mod diff;
pub mod discover;
pub mod distribute;
pub mod error;
pub mod explain;
pub mod generate;
pub mod graph;
pub mod import;
pub mod input;
pub mod limit;
pub mod lp;
pub mod map;
pub mod model;
pub mod optimize;
pub mod parallel;
pub mod patch;
pub mod plan;
pub mod report;
pub mod resolve;
pub mod schedule;
pub mod search;
pub mod simulate;
pub mod verify;
