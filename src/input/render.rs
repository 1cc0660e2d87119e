//! Findings as text with excerpts, and as data.

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use crate::error::{Finding, Severity};

/// Most findings printed.
pub const MAX_PRINTED: usize = 100;

/// Findings as a person reads them: code, message, `file:line:column`, the line with the value
/// underlined, and the remedy. Beyond [`MAX_PRINTED`] they are counted.
pub fn render(findings: &[Finding], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for finding in findings.iter().take(MAX_PRINTED) {
        let text = renderer.render(&[group(finding)]);
        for line in text.lines().filter(|line| unstyled(line).trim() != ":::") {
            out.push_str(line);
            out.push('\n');
        }
        out.push('\n');
    }
    let more = findings.len().saturating_sub(MAX_PRINTED);
    if more > 0 {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "… and {more} more");
    }
    out
}

/// A line without colours. The renderer takes an excerpt without a path of its own for another file's
/// and marks it `:::`; the path stands above already, with the column in the whole line.
fn unstyled(line: &str) -> String {
    let mut within = false;
    let keep = |c: &char| {
        within |= *c == '\u{1b}';
        let keep = !within;
        within &= *c != 'm';
        keep
    };
    line.chars().filter(keep).collect()
}

fn group(finding: &Finding) -> Group<'_> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group = Group::with_title(level.primary_title(finding.message.as_str()).id(finding.code));
    let line = finding.location.line as usize;
    if !finding.file.is_empty() {
        let origin = Origin::path(finding.file.as_str());
        let origin = if line > 0 { origin.line(line).char_column(finding.location.column as usize) } else { origin };
        group = group.element(origin);
    }
    if let Some(excerpt) = &finding.excerpt {
        let label = (!finding.path.is_empty()).then_some(finding.path.as_str());
        let annotation = AnnotationKind::Primary.span(excerpt.start..excerpt.end).label(label);
        group = group.element(Snippet::source(excerpt.text.as_str()).line_start(line).annotation(annotation));
    }
    if finding.help.is_empty() { group } else { group.element(Level::HELP.message(finding.help.as_str())) }
}

/// A finding as reports carry it.
pub fn to_json(finding: &Finding) -> Value {
    let Finding { code, severity, message, path, file, location, help, excerpt: _ } = finding;
    json!({
        "code": code,
        "severity": severity.name(),
        "message": message,
        "path": path,
        "file": file,
        "line": location.line,
        "column": location.column,
        "help": help,
    })
}
