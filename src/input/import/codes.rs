//! What can be wrong with a workflow, or lost on the way into a snapshot.

use crate::{
    error::Severity,
    input::codes::{Code, Scope},
};

const fn code(
    id: &'static str,
    name: &'static str,
    severity: Severity,
    meaning: &'static str,
    remedy: &'static str,
) -> Code {
    Code { id, name, severity, scope: Scope::All, meaning, remedy }
}

/// A file is no workflow of a known format.
pub const NO_WORKFLOW: Code = code(
    "ORCH231",
    "no-workflow",
    Severity::Error,
    "a file is no workflow of the format that it is given as, or of none that is known",
    "give its format as KIND=PATH; `orch import --help` lists them",
);
/// A field is missing or odd.
pub const GAP: Code = code(
    "ORCH232",
    "workflow-gap",
    Severity::Warning,
    "a field of a workflow is missing or not as its format has it; it was left out",
    "correct the workflow, or the snapshot made from it",
);
/// An alternative.
pub const ALTERNATIVE: Code = code(
    "ORCH233",
    "workflow-alternative",
    Severity::Warning,
    "a task waits for one of several others (OR), which a snapshot cannot say; only what every alternative waits \
     for was kept",
    "add the dependency that is meant to the snapshot",
);
/// A condition.
pub const CONDITION: Code = code(
    "ORCH234",
    "workflow-condition",
    Severity::Info,
    "tasks run only under a condition that is known when the workflow runs; all of them were imported",
    "remove the tasks that will not run",
);
/// No duration.
pub const NO_DURATION: Code = code(
    "ORCH235",
    "workflow-without-durations",
    Severity::Info,
    "the workflow has no durations; a time limit is none, and was kept as a label",
    "pass --duration, or write durations into the snapshot",
);
/// Left out.
pub const LEFT_OUT: Code = code(
    "ORCH236",
    "workflow-part-left-out",
    Severity::Warning,
    "a part of a workflow has no counterpart in a snapshot, or is not in the file, and was left out",
    "add what is needed to the snapshot",
);

/// The codes of importing, by number.
pub const CODES: &[&Code] = &[&NO_WORKFLOW, &GAP, &ALTERNATIVE, &CONDITION, &NO_DURATION, &LEFT_OUT];
