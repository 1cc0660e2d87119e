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

/// The line of input that a finding is about, cropped so that a long line stays printable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// The line, or the part of it around the value.
    pub text: String,
    /// Byte in `text` from which to underline.
    pub start: usize,
    /// Byte in `text` at which the underline ends.
    pub end: usize,
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
    /// Name of the file as the user wrote it; empty where the finding is about no file.
    pub file: String,
    /// Where it stands; line 0 is the file as a whole.
    pub location: Location,
    /// What to do about it.
    pub help: String,
    /// The line it stands on, where there is one to show.
    pub excerpt: Option<Excerpt>,
}

/// Why a command did not answer.
#[derive(Debug)]
pub enum Error {
    /// The input is wrong: exit status 2. Every problem of every file, errors first within a place.
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
                let lines: Vec<String> = findings.iter().map(one_line).collect();
                f.write_str(&lines.join("\n"))
            }
            Self::Io(text) => f.write_str(text),
            Self::Internal(text) => write!(f, "a fault of orch itself: {text}"),
        }
    }
}

fn one_line(finding: &Finding) -> String {
    let Finding { code, message, file, location, .. } = finding;
    let severity = finding.severity.name();
    match (file.as_str(), location.line) {
        ("", _) => format!("{severity}[{code}]: {message}"),
        (file, 0) => format!("{file}: {severity}[{code}]: {message}"),
        (file, line) => format!("{file}:{line}:{}: {severity}[{code}]: {message}", location.column),
    }
}

impl std::error::Error for Error {}
