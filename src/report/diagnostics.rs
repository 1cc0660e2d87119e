//! Problems of the input as text: what, where with the value underlined, and the remedy.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, renderer::DecorStyle};

use super::Style;
use crate::error::{Finding, Severity};

/// Lays problems out one after the other, each with its excerpt.
pub fn diagnostics(findings: &[Finding], style: Style) -> String {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(style.width.max(40));
    let mut out = String::new();
    for finding in findings {
        out += &renderer.render(&[lay(finding)]);
        out += "\n\n";
    }
    out
}

fn lay(finding: &Finding) -> Group<'_> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group = Group::with_title(level.primary_title(finding.message.as_str()).id(finding.code));
    let (line, column) = (finding.location.line as usize, finding.location.column as usize);
    if !finding.file.is_empty() {
        let mut origin = Origin::path(finding.file.as_str());
        if line > 0 {
            // The excerpt of a long line is cropped, so the column is not the one in the excerpt.
            origin = origin.line(line).char_column(column);
        }
        group = group.element(origin);
    }
    if let Some(excerpt) = finding.excerpt.as_ref().filter(|_| line > 0) {
        let mark = AnnotationKind::Primary.span(excerpt.start..excerpt.end);
        let mark = if finding.path.is_empty() { mark } else { mark.label(finding.path.as_str()) };
        group = group.element(Snippet::source(excerpt.text.as_str()).line_start(line).annotation(mark));
    }
    if finding.help.is_empty() { group } else { group.element(Level::HELP.message(finding.help.as_str())) }
}
