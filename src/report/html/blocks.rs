//! The words and tables of a document as HTML.

use super::svg::{escape, prose};
use crate::report::{Block, Document, Fact, Kind, Table, Tone};

/// Rows from which a table scrolls by itself.
const TALL: usize = 40;

/// A part of the page under a heading.
#[derive(Debug, Default)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// What stands under it, as HTML.
    pub body: String,
}

impl Section {
    /// The parts of a document, by its headings.
    pub fn of(document: &Document) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        for block in &document.blocks {
            if let Block::Heading(title) = block {
                out.push(Self { title: title.clone(), body: String::new() });
                continue;
            }
            if out.is_empty() {
                out.push(Self::default());
            }
            let last = out.len() - 1;
            let html = html(block, &out[last].title);
            out[last].body += &html;
        }
        out
    }
}

fn html(block: &Block, title: &str) -> String {
    match block {
        Block::Heading(_) => String::new(),
        Block::Facts(facts) => format!("<dl>\n{}</dl>\n", facts.iter().map(fact).collect::<String>()),
        Block::Table(t) => table(t, title),
        Block::Text(text) => format!("<p>{}</p>\n", prose(text)),
        Block::Points(points) => {
            let items: Vec<String> = points.iter().map(|p| format!("<li>{}</li>\n", prose(p))).collect();
            let items = items.concat();
            format!("<ul>\n{items}</ul>\n")
        }
    }
}

fn fact(fact: &Fact) -> String {
    // Not by colour alone.
    let (class, mark) = match fact.tone {
        Tone::Plain => ("", ""),
        Tone::Good => (" class=\"good\"", "✓ "),
        Tone::Warn => (" class=\"warn\"", "⚠ "),
        Tone::Bad => (" class=\"bad\"", "✗ "),
    };
    format!("<dt>{}</dt><dd{class}>{mark}{}</dd>\n", escape(fact.label.trim()), prose(&fact.value))
}

/// A table that scrolls where it is too wide, can be reached by keyboard, and is sorted by its headings. Rows under
/// rows (an agent, then its tasks) keep their order.
pub fn table(table: &Table, title: &str) -> String {
    let nested = table.rows.iter().any(|r| r.first().is_some_and(|c| c.starts_with(' ')));
    let class = if nested || table.rows.len() < 3 { "" } else { " class=\"sortable\"" };
    let tall = if table.rows.len() > TALL { " tall" } else { "" };
    let name = escape(title);
    let mut out = format!(
        "<div class=\"scroll{tall}\" tabindex=\"0\" role=\"group\" aria-label=\"Table: {name}\">\n<table{class}>\n\
         <caption class=\"unseen\">{name}</caption>\n<thead><tr>"
    );
    for column in &table.columns {
        let class = if column.kind == Kind::Number { " class=\"number\"" } else { "" };
        // A heading says something to who cannot see that there are bars.
        let words = if column.name.is_empty() { "bar" } else { column.name };
        out.extend(["<th scope=\"col\"", class, ">", &escape(words), "</th>"]);
    }
    out += "</tr></thead>\n<tbody>\n";
    for row in &table.rows {
        out += "<tr>";
        for (i, (text, column)) in row.iter().zip(&table.columns).enumerate() {
            let class = match column.kind {
                _ if i == 0 && text.starts_with(' ') => " class=\"in1\"",
                Kind::Number => " class=\"number\"",
                Kind::Mark => " class=\"mark\"",
                Kind::Id | Kind::Text => "",
            };
            let text = text.trim_start();
            let text = if column.kind == Kind::Text { prose(text) } else { escape(text) };
            if i == 0 {
                out.extend(["<th scope=\"row\"", class, ">", &text, "</th>"]);
            } else {
                out.extend(["<td", class, ">", &text, "</td>"]);
            }
        }
        out += "</tr>\n";
    }
    out + "</tbody>\n</table>\n</div>\n"
}
