//! What can be wrong with a source: the codes of reading. (Those of joining and judging are in the discover room.)

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

/// A source cannot be read.
pub const UNREADABLE: Code = code(
    "ORCH201",
    "source-unreadable",
    Severity::Error,
    "a source cannot be read",
    "check its path and permissions; the other sources were read",
);
/// A source is not of its kind.
pub const WRONG_KIND: Code = code(
    "ORCH202",
    "source-of-wrong-kind",
    Severity::Error,
    "a source is not of the kind that it is given as",
    "give its kind as `--from KIND=PATH`; `orch discover --help` lists them",
);
/// A file of a folder is not of the kind.
pub const SKIPPED: Code = code(
    "ORCH203",
    "file-skipped",
    Severity::Info,
    "a file of a folder or glob is not of the kind that is looked for, and was skipped",
    "name the files, or use a glob that fits them alone",
);
/// A field is missing or not as its format has it.
pub const GAP: Code = code(
    "ORCH204",
    "source-gap",
    Severity::Warning,
    "a field of a source is missing or not as its format has it; it was left out",
    "correct the source, or give the figure in another one",
);
/// A row of a source says nothing usable.
pub const USELESS: Code = code(
    "ORCH205",
    "record-left-out",
    Severity::Warning,
    "a record of a source cannot be used, for want of a name",
    "give it a name",
);

/// The codes of reading sources, by number.
pub const CODES: &[&Code] = &[&UNREADABLE, &WRONG_KIND, &SKIPPED, &GAP, &USELESS];
