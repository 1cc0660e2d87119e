//! Annotations of a GitHub workflow: commands on standard output that its runner turns into remarks at a line.
//!
//! The runner shows at most ten of each kind per step and drops the rest without a word, so the tenth says how many
//! more there are. Escapes as in the runner's own `@actions/core` (`command.ts`).

use std::fmt::Write;

use super::{FindingRow, grouped};

/// Annotations of a kind that a step shows.
const MOST: usize = 10;

/// Severities with the word of the runner.
const KINDS: [(&str, &str); 3] = [("error", "error"), ("warning", "warning"), ("info", "notice")];

/// Writes findings as workflow commands, errors first.
pub fn to_github(findings: &[FindingRow]) -> String {
    let mut out = String::new();
    for (severity, command) in KINDS {
        let rows: Vec<&FindingRow> = findings.iter().filter(|f| f.severity == severity).collect();
        let shown = if rows.len() > MOST { MOST - 1 } else { rows.len() };
        rows[..shown].iter().for_each(|f| out += &line(command, f));
        if shown < rows.len() {
            let left = grouped(rows.len() - shown);
            // Writing to a string cannot fail.
            let _ = writeln!(out, "::{command} title=orch::and {left} more {command}s; --format json has all of them");
        }
    }
    out
}

fn line(command: &str, f: &FindingRow) -> String {
    let mut properties = Vec::new();
    if !f.file.is_empty() && f.file != "-" {
        properties.push(format!("file={}", property(&f.file)));
        properties.extend(f.line.map(|n| format!("line={n}")));
        properties.extend(f.column.map(|n| format!("col={n}")));
    }
    properties.push(format!("title={}", property(f.code)));
    let help = if f.help.is_empty() { String::new() } else { format!("\n{}", f.help) };
    format!("::{command} {}::{}\n", properties.join(","), data(&format!("{}{help}", f.message)))
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which also `:` and `,` would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: &'static str, file: &str, message: &str) -> FindingRow {
        FindingRow {
            code: "ORCH101",
            severity,
            message: message.into(),
            path: String::new(),
            file: file.into(),
            line: Some(3),
            column: Some(7),
            help: String::new(),
        }
    }

    #[test]
    fn text_cannot_begin_another_command() {
        let text = to_github(&[finding("error", "a,b:c.yaml", "50 %\r\n::error::boo")]);
        assert_eq!(text, "::error file=a%2Cb%3Ac.yaml,line=3,col=7,title=ORCH101::50 %25%0D%0A::error::boo\n");
    }

    #[test]
    fn ten_of_a_kind_are_all_that_is_shown() {
        let many: Vec<FindingRow> = (0..25).map(|i| finding("warning", "f", &i.to_string())).collect();
        let text = to_github(&many);
        assert_eq!(text.lines().count(), 10);
        assert!(text.ends_with("::and 16 more warnings; --format json has all of them\n"), "{text}");
        assert_eq!(to_github(&many[..10]).lines().count(), 10);
    }
}
