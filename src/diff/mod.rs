//! `orch diff`: what changed between two plans, or two snapshots.
//!
//! | file | what |
//! |---|---|
//! | `plans` | moved, added, lost, earlier, later; the objective by component |
//! | `snapshots` | things and fields by id, whatever their order |
//! | `report`, `document`, `pictures` | the answer as data, in words, drawn |

mod document;
mod pictures;
mod plans;
mod report;
mod show;
mod snapshots;

use sha2::{Digest, Sha256};

pub use report::{
    AgentChange, FieldChange, Figure, PlanCounts, PlanDiff, PlanSide, Report, Shift, SnapshotCounts, SnapshotDiff,
    SnapshotSide, TaskMove, TaskRow, Thing,
};
pub use show::Shown;

use crate::{error::Error, input::Written, report::hex};

/// Compares what two files say.
///
/// ```
/// use std::path::Path;
///
/// use orch::{diff, input};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let [before, after] = ["examples/minimal.yaml", "examples/tasks.yaml"].map(|f| input::read_written(Path::new(f)));
/// let report = diff::run(&before?, &after?)?;
/// assert!(!report.same());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::Io`] where one is a plan and the other a snapshot.
pub fn run(a: &Written, b: &Written) -> Result<Report, Error> {
    match (a, b) {
        (Written::Plan(a), Written::Plan(b)) => Ok(Report::Plans(Box::new(plans::compare(a, b)))),
        (Written::Snapshot(a), Written::Snapshot(b)) => Ok(Report::Snapshots(Box::new(snapshots::compare(a, b)))),
        (Written::Plan(plan), Written::Snapshot(other)) | (Written::Snapshot(other), Written::Plan(plan)) => {
            Err(Error::Io(format!(
                "`{}` is a plan and `{}` a snapshot; compare two plans (reports with agent_assignments) or two snapshots",
                plan.file, other.file
            )))
        }
    }
}

/// SHA-256 of what is compared, as hexadecimal.
fn identity(parts: &[String]) -> String {
    hex(&Sha256::digest(format!("orch\ndiff\n{}", parts.join("\n")).as_bytes()))
}
