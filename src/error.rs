//! What can go wrong, split by who has to act: the user's input, the machine, or orch itself.

use crate::model::Location;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not meant.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something the user is told about, at a place of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Stable code (`ORCH001` …).
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// One sentence, lower case, naming the thing.
    pub message: String,
    /// Path of the value in the snapshot (`tasks[3].deadline`), may be empty.
    pub path: String,
    /// Where it stands.
    pub location: Location,
    /// Characters to underline from there.
    pub length: u32,
    /// What to do about it.
    pub help: String,
}

/// Why a command did not answer.
#[derive(Debug)]
pub enum Error {
    /// The input is wrong: exit status 2. The text is the rendered diagnostics.
    Input(Vec<Finding>),
    /// A file cannot be read or written: exit status 2.
    Io(String),
    /// A plan failed its own verification, or another fault of orch: exit status 70.
    Internal(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Input(findings) => {
                let lines: Vec<&str> = findings.iter().map(|d| d.message.as_str()).collect();
                f.write_str(&lines.join("\n"))
            }
            Self::Io(text) => f.write_str(text),
            Self::Internal(text) => write!(f, "a fault of orch itself: {text}"),
        }
    }
}

impl std::error::Error for Error {}
