//! The table format: a document as text of a given width, for a terminal or a file.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, TableStyle};

use super::{Block, Column, Document, Fact, Kind, Table, Tone};

/// How wide the text may be, and whether it may be coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// ANSI colours.
    pub color: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false }
    }
}

const INDENT: &str = "  ";
const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─'));

/// Lays a document out.
pub fn to_text(document: &Document, style: Style) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        match block {
            Block::Heading(text) => {
                let gap = if out.is_empty() { "" } else { "\n" };
                out.extend([gap, &paint(&clean(text), "1", style), "\n"]);
            }
            Block::Facts(facts) => out += &lay_facts(facts, style),
            Block::Table(table) => out += &lay_table(table, style),
            Block::Text(text) => out += &hang(INDENT, &clean(text), style),
            Block::Points(points) => out.extend(points.iter().map(|p| hang("  - ", &clean(p), style))),
        }
    }
    out
}

fn lay_facts(facts: &[Fact], style: Style) -> String {
    let wide = facts.iter().map(|f| f.label.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for fact in facts {
        let code = match fact.tone {
            Tone::Plain => "",
            Tone::Good => "32",
            Tone::Warn => "33",
            Tone::Bad => "31",
        };
        let label = format!("{INDENT}{:wide$}  ", fact.label);
        let body = hang(&" ".repeat(label.chars().count()), &clean(&fact.value), style);
        let rows: Vec<String> = body.lines().map(|l| paint(l.trim_start(), code, style)).collect();
        let gap = format!("\n{}", " ".repeat(label.chars().count()));
        out.extend([paint(&label, "2", style), rows.join(&gap), "\n".into()]);
    }
    out
}

fn lay_table(table: &Table, style: Style) -> String {
    let rows: Vec<Vec<String>> = table.rows.iter().map(|r| r.iter().map(|c| kept(&clean(c))).collect()).collect();
    let width = style.width.saturating_sub(INDENT.len()).max(20);
    let room = room_for_ids(&table.columns, &rows, width);
    let mut out = comfy_table::Table::new();
    out.load_style(RULED).set_content_arrangement(ContentArrangement::Dynamic).set_width(width as u16);
    out.set_header(table.columns.iter().map(|c| c.name));
    for row in rows {
        let cells = row.into_iter().zip(&table.columns);
        out.add_row(cells.map(|(text, c)| if c.kind == Kind::Id { elide(&text, room) } else { text }));
    }
    for (i, column) in table.columns.iter().enumerate() {
        if let Some(c) = out.column_mut(i) {
            c.set_padding((0, if i + 1 < table.columns.len() { 2 } else { 0 }));
            if column.kind == Kind::Number {
                c.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    let mut text = String::new();
    for line in out.lines() {
        text.extend([INDENT, &line.trim_end().replace(KEPT, " %"), "\n"]);
    }
    text
}

/// Columns left for each id where everything else is shown whole (words take a third of the line).
fn room_for_ids(columns: &[Column], rows: &[Vec<String>], width: usize) -> usize {
    let natural = |i: usize| {
        let cells = rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0);
        cells.max(columns[i].name.chars().count())
    };
    let ids = columns.iter().filter(|c| c.kind == Kind::Id).count().max(1);
    let taken: usize = columns
        .iter()
        .enumerate()
        .filter(|(_, c)| c.kind != Kind::Id)
        .map(|(i, c)| if c.kind == Kind::Text { natural(i).min(width / 3) } else { natural(i) })
        .sum();
    let gaps = 2 * columns.len().saturating_sub(1);
    (width.saturating_sub(taken + gaps) / ids).max(8)
}

/// Shortens an id in the middle, so that what tells ids apart stays at either end.
fn elide(id: &str, room: usize) -> String {
    let chars: Vec<char> = id.chars().collect();
    if chars.len() <= room {
        return id.into();
    }
    let (head, tail) = (room / 2, room - room / 2 - 1);
    chars[..head].iter().chain(&['…']).chain(&chars[chars.len() - tail..]).collect()
}

/// Wraps a paragraph behind a mark; later lines hang under its first word.
fn hang(mark: &str, text: &str, style: Style) -> String {
    let indent = mark.chars().count();
    let width = style.width.saturating_sub(indent).max(20);
    let mut lines = vec![String::new()];
    for word in words(text) {
        let length = word.chars().count();
        let last = lines.last().map_or(0, |l| l.chars().count());
        if last > 0 && last + 1 + length > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    format!("{mark}{}\n", lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// Characters up to which what stands between two dots stays on one line.
const SHORT: usize = 32;

/// What stays on one line: short parts between dots, with the dot that follows; of longer ones each word, and a
/// number with its percent sign.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for part in text.split_inclusive(" · ").map(str::trim).filter(|p| !p.is_empty()) {
        if text.contains(" · ") && part.chars().count() <= SHORT {
            out.push(part);
            continue;
        }
        let mut rest = part;
        while let Some(end) = rest.match_indices(' ').map(|m| m.0).find(|i| !rest[i + 1..].starts_with('%')) {
            out.push(&rest[..end]);
            rest = rest[end..].trim_start();
        }
        out.push(rest);
    }
    out.retain(|w| !w.is_empty());
    out
}

/// A percent sign behind a space at which no line ends.
const KEPT: &str = "\u{a0}%";

/// Keeps a number and its percent sign on one line.
fn kept(text: &str) -> String {
    text.replace(" %", KEPT)
}

fn paint(text: &str, code: &str, style: Style) -> String {
    if style.color && !code.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.into() }
}

/// Spells out control characters, so that an id cannot move the cursor or start a line.
fn clean(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.into();
    }
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: &str) -> Document {
        let mut d = Document::default();
        d.heading("Load");
        d.facts(vec![Fact::new("status", "feasible").tone(Tone::Good)]);
        let row = [id.into(), id.into(), "1,234".into(), "a reason of many words, ".repeat(9)];
        d.table([Column::id("agent"), Column::id("task"), Column::number("load"), Column::text("why")], vec![row]);
        d
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        for width in [60, 80, 132] {
            let text = to_text(&document(&"an-id-of-great-length/".repeat(9)), Style { width, color: false });
            assert!(text.lines().all(|l| l.chars().count() <= width), "{width}:\n{text}");
        }
    }

    #[test]
    fn colour_only_where_allowed_and_ids_cannot_draw() {
        let hostile = "a\x1b[2Jb\nc";
        let plain = to_text(&document(hostile), Style::default());
        assert!(!plain.contains('\x1b') && plain.contains("a\\u{1b}[2Jb\\nc"), "{plain}");
        let painted = to_text(&document("a"), Style { width: 80, color: true });
        assert!(painted.contains("\x1b[1mLoad\x1b[0m"), "{painted}");
    }

    #[test]
    fn short_parts_and_percentages_stay_whole() {
        let value = "hybrid 0.6061 · bound 0.5 (bounds of the components) · gap 21.21 %, proven optimal";
        let text = hang("  objective    ", value, Style::default());
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        let first = "objective    hybrid 0.6061 · bound 0.5 (bounds of the components) ·";
        assert_eq!(lines, [first, "gap 21.21 %, proven optimal"]);
        let words = format!("{}20 %) of it", "word ".repeat(14));
        assert!(hang("", &words, Style { width: 72, color: false }).contains("\n20 %) of it"), "{words}");
    }

    #[test]
    fn ids_are_shortened_in_the_middle() {
        assert_eq!(elide("release-candidate-0017", 10), "relea…0017");
        assert_eq!(elide("short", 10), "short");
    }
}
