//! `--fail-on`: which findings make the exit status 1.

use std::str::FromStr;

use super::Answer;
use crate::{
    discover, distribute,
    error::Severity,
    input::{self, codes, observe},
    map, optimize,
    report::FindingRow,
    resolve, simulate, verify,
};

const SEVERITIES: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];

/// A severity, or one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Findings at or above it.
    AtLeast(Severity),
    /// Findings of this code.
    Code(String),
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        for severity in SEVERITIES {
            if severity.name() == text {
                return Ok(Self::AtLeast(severity));
            }
        }
        if meaning(text).is_some() {
            return Ok(Self::Code(text.to_owned()));
        }
        Err("expected `info`, `warning`, `error` or a code such as `ORCH101` (README lists them)".into())
    }
}

/// What a code stands for; nothing where there is no such code.
pub fn meaning(code: &str) -> Option<&'static str> {
    let read = [codes::CODES, input::import::CODES, observe::codes::CODES, discover::codes::CODES].concat();
    let planned =
        [distribute::CODES, map::CODES, optimize::CODES, resolve::CODES, simulate::CODES, verify::CODES].concat();
    let of_read = read.iter().find(|c| c.id == code).map(|c| c.meaning);
    of_read.or_else(|| planned.iter().find(|c| c[0] == code).map(|c| c[2]))
}

/// Judges findings: by the rules given, else by `error`.
pub fn judge(rules: &[Rule], findings: &[FindingRow]) -> Answer {
    let grave = |f: &FindingRow, least: Severity| SEVERITIES.iter().any(|s| s.name() == f.severity && *s >= least);
    let hit = |f: &FindingRow| match rules {
        [] => grave(f, Severity::Error),
        rules => rules.iter().any(|r| match r {
            Rule::AtLeast(least) => grave(f, *least),
            Rule::Code(code) => f.code == code,
        }),
    };
    if findings.iter().any(hit) { Answer::Findings } else { Answer::Clean }
}
