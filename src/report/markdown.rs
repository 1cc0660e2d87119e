//! Markdown as GitHub reads it: a document for a comment on a pull request or the summary of a step.
//!
//! A comment holds 65,536 characters. A document that is longer is shortened further and further: first long cells,
//! then rows of tables, then whole sections; each step says what it left out.

use super::{Block, Document, Fact, Kind, Table, Tone, grouped, plural};

/// Characters of a comment on GitHub, less a few for what a pipeline may put around it.
pub const MAX_CHARACTERS: usize = 65_000;

/// Most rows of a list and most characters of a cell, step by step.
const STEPS: [(usize, usize); 9] = [
    (usize::MAX, usize::MAX),
    (usize::MAX, 300),
    (200, 200),
    (100, 160),
    (50, 120),
    (20, 100),
    (10, 80),
    (4, 60),
    (1, 40),
];

/// Writes a document as Markdown of at most [`MAX_CHARACTERS`].
pub fn to_markdown(document: &Document) -> String {
    for (rows, cell) in STEPS {
        let text = lay(&document.blocks, rows, cell).concat();
        if text.chars().count() <= MAX_CHARACTERS {
            return text;
        }
    }
    let (rows, cell) = STEPS[STEPS.len() - 1];
    let parts = lay(&document.blocks, rows, cell);
    let (mut out, mut left) = (String::new(), MAX_CHARACTERS - 100);
    for (i, part) in parts.iter().enumerate() {
        let size = part.chars().count();
        if size > left {
            let n = parts.len() - i;
            out.extend(["\n_… and ", &plural(n, "part"), " more; `--format json` has everything_\n"]);
            break;
        }
        left -= size;
        out += part;
    }
    out
}

/// The parts, each with a line between it and the one before.
fn lay(blocks: &[Block], rows: usize, cell: usize) -> Vec<String> {
    let mut heads = 0;
    let part = |block: &Block| match block {
        Block::Heading(text) => {
            heads += 1;
            format!("{} {}\n", if heads == 1 { "##" } else { "\n###" }, escaped(&cut(text, cell)))
        }
        Block::Facts(facts) => list(facts, rows, |f| fact(f, cell)),
        Block::Table(t) => table(t, rows, cell),
        Block::Text(text) => format!("\n{}\n", prose(&cut(text, cell.max(300)))),
        Block::Points(points) => list(points, rows, |p| prose(&cut(p, cell))),
    };
    blocks.iter().map(part).collect()
}

fn list<T>(items: &[T], most: usize, item: impl Fn(&T) -> String) -> String {
    let mut out: Vec<String> = items.iter().take(most).map(|i| format!("\n- {}", item(i))).collect();
    out.push(rest(items.len(), most));
    out.concat() + "\n"
}

fn rest(n: usize, most: usize) -> String {
    if n <= most {
        return String::new();
    }
    format!("\n\n_… and {} more; `--format json` has all of them_", grouped(n - most))
}

fn fact(fact: &Fact, cell: usize) -> String {
    let mark = match fact.tone {
        Tone::Plain | Tone::Good => "",
        Tone::Warn => "⚠ ",
        Tone::Bad => "✗ ",
    };
    format!("**{}** {mark}{}", escaped(fact.label.trim()), prose(&cut(&fact.value, cell)))
}

fn table(table: &Table, most: usize, cell: usize) -> String {
    let line = |cells: Vec<String>| format!("\n| {} |", cells.join(" | "));
    // A heading may not be empty everywhere.
    let mut out = line(table.columns.iter().map(|c| escaped(c.name)).collect());
    out += &line(table.columns.iter().map(|c| if c.kind == Kind::Number { "--:" } else { "---" }.into()).collect());
    for row in table.rows.iter().take(most) {
        let cells = row.iter().zip(&table.columns).map(|(text, c)| {
            let text = cut(text, cell);
            if c.kind == Kind::Id { code(&text) } else { prose(&text) }
        });
        out += &line(cells.collect());
    }
    out + &rest(table.rows.len(), most) + "\n"
}

/// The start and the end of a text that is too long.
fn cut(text: &str, most: usize) -> String {
    let n = text.chars().count();
    if n <= most {
        return text.into();
    }
    let head: String = text.chars().take(most * 2 / 3).collect();
    let tail: String = text.chars().skip(n - most / 3).collect();
    format!("{head}…{tail}")
}

/// An id as code, in which neither mark-up nor mentions count; indents are kept.
fn code(text: &str) -> String {
    let id = text.trim_start();
    if id.is_empty() {
        return String::new();
    }
    let indent = "&emsp;".repeat((text.len() - id.len()).div_ceil(2));
    let id = spelled(id);
    // Code ends at a run of backticks as long as the one that began it.
    let longest = id.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let gap = if longest > 0 { " " } else { "" };
    format!("{indent}{fence}{gap}{}{gap}{fence}", id.replace('|', "\\|"))
}

/// Words in which what stands between backticks is an id.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    parts.iter().enumerate().map(|(i, p)| if i % 2 == 1 { code(p) } else { escaped(p) }).collect()
}

/// Words with nothing in them that Markdown or HTML could read as its own, and nobody mentioned.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in spelled(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '@' => out += "@&#8203;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' | '!' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Control characters spelled out, so that nothing begins a line of its own.
fn spelled(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    fn document(rows: usize, id: &str) -> Document {
        let mut d = Document::default();
        d.heading("Plan");
        d.facts(vec![Fact::new("status", "2 of 3 placed").tone(Tone::Bad)]);
        let row = |i: usize| [format!("{id}{i}"), "1,234".into(), "because | of *it*".into()];
        d.table([Column::id("task"), Column::number("load"), Column::text("why")], (0..rows).map(row).collect());
        d
    }

    #[test]
    fn a_short_document_is_whole() {
        let text = to_markdown(&document(1, "  t|`"));
        let expected = "## Plan\n\n- **status** ✗ 2 of 3 placed\n\n| task | load | why |\n| --- | --: | --- |\n\
                        | &emsp;`` t\\|`0 `` | 1,234 | because \\| of \\*it\\* |\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn what_is_too_long_is_shortened_and_said() {
        for (rows, id) in [(100_000, "t".to_owned()), (40, "x".repeat(20_000)), (3000, "&".repeat(400))] {
            let text = to_markdown(&document(rows, &id));
            assert!(text.chars().count() <= MAX_CHARACTERS, "{}", text.chars().count());
            assert!(text.contains("more; `--format json`") || text.contains('…'), "{}", &text[..200]);
        }
        let mut many = Document::default();
        (0..30_000).for_each(|i| many.heading(format!("section {i}")));
        let text = to_markdown(&many);
        assert!(text.chars().count() <= MAX_CHARACTERS && text.contains("more; `--format json`"));
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_is_html() {
        assert_eq!(escaped("@dev <script> a\nb"), "@&#8203;dev &lt;script&gt; a\\\\nb");
        assert_eq!(code("@dev"), "`@dev`");
        assert_eq!(prose("`a|b` is *late*"), "`a\\|b` is \\*late\\*");
    }
}
