//! CSV files as located rows: the same readers serve inline rows and files.

use std::borrow::Cow;

use super::{
    codes,
    path::Path,
    problems::Problems,
    sources::{Pos, Source, Span},
    tree::{Entry, Kind, Node},
};

/// Calls `take` with each row of a CSV file as a mapping, and its number.
///
/// A cell that reads as a number is one where its column is no id; an empty cell is absent.
pub fn rows<'t>(
    source: &'t Source,
    columns: &[&'static str],
    ids: &[&str],
    problems: &Problems<'t>,
    mut take: impl FnMut(usize, Node<'t>),
) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(source.text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut header: Option<Vec<&'static str>> = None;
    let mut number = 0;
    loop {
        let start = reader.position().byte() as usize;
        let at = source.base() + start as Pos;
        match reader.read_record(&mut record) {
            Ok(false) => return,
            Ok(true) => {}
            Err(error) => {
                problems.add(&codes::BAD_CSV, Span { at, len: 1 }, &Path::Root, error.to_string());
                return;
            }
        }
        let cells = Cells { source, start: skip_blank_lines(&source.text, start) };
        match &header {
            None => match read_header(&record, &cells, columns, problems) {
                Some(names) => header = Some(names),
                None => return,
            },
            Some(names) if record.len() != names.len() => {
                let at = source.base() + cells.start as Pos;
                let message = format!("the row has {} cells, the header {}", record.len(), names.len());
                problems.add(&codes::BAD_CSV, Span { at, len: 1 }, &Path::Root.item(number), message);
                number += 1;
            }
            Some(names) => {
                take(number, cells.row(&record, names, ids));
                number += 1;
            }
        }
    }
}

fn skip_blank_lines(text: &str, start: usize) -> usize {
    start + text[start..].bytes().take_while(|b| matches!(b, b'\n' | b'\r')).count()
}

fn read_header(
    record: &csv::StringRecord,
    cells: &Cells<'_>,
    columns: &[&'static str],
    problems: &Problems<'_>,
) -> Option<Vec<&'static str>> {
    let mut names = Vec::new();
    let mut offset = cells.start;
    for cell in record {
        let Some(name) = columns.iter().find(|c| **c == cell.trim().trim_start_matches('\u{feff}')) else {
            let span = Span { at: cells.source.base() + offset as Pos, len: cell.len() as u32 };
            let message = format!("unknown column `{cell}`");
            let help = format!("known columns: {}", columns.join(", "));
            problems.add_with_help(&codes::BAD_CSV, span, &Path::Root, message, help);
            return None;
        };
        names.push(*name);
        offset += cell.len() + 1;
    }
    Some(names)
}

/// The cells of one record, found again in the text.
struct Cells<'t> {
    source: &'t Source,
    start: usize,
}

impl<'t> Cells<'t> {
    fn row(&self, record: &csv::StringRecord, names: &[&'static str], ids: &[&str]) -> Node<'t> {
        let text = self.source.text.as_str();
        let mut entries = Vec::with_capacity(names.len());
        let mut at = self.start;
        for (cell, name) in record.iter().zip(names) {
            let quoted = text[at.min(text.len())..].starts_with('"');
            let here = self.source.base() + at as Pos;
            let value = if quoted {
                Cow::Owned(cell.to_owned())
            } else {
                text.get(at..at + cell.len()).map_or_else(|| Cow::Owned(cell.to_owned()), Cow::Borrowed)
            };
            // A quoted cell is as long as its text, its quotes, and one more for every quote within.
            at += cell.len() + 1 + if quoted { 2 + cell.matches('"').count() } else { 0 };
            if value.is_empty() {
                continue;
            }
            let kind = match value.trim().parse::<f64>() {
                Ok(number) if !ids.contains(name) => Kind::Number(number),
                _ => Kind::Text(value),
            };
            entries.push(Entry { key: Cow::Borrowed(*name), at: here, value: Node { kind, at: here } });
        }
        Node { kind: Kind::Map(entries), at: self.source.base() + self.start as Pos }
    }
}
