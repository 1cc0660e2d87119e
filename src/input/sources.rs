//! The texts that were read, and where a position in them lies: file, line, column.
//!
//! Positions are offsets into all texts laid end to end, so four bytes name a place in any file.

use std::sync::OnceLock;

use super::observe::redact;
use crate::{error::Excerpt, model::Location};

/// Most files of one snapshot.
pub const MAX_FILES: usize = 1000;
/// Most bytes of one file.
pub const MAX_FILE_BYTES: u64 = 256 << 20;
/// Most bytes of all files.
pub const MAX_TOTAL_BYTES: u64 = 1 << 30;

/// Characters shown on either side of a value in a long line.
const WINDOW: usize = 60;
/// Bytes around what is shown that are searched for the names of secrets.
const CONTEXT: usize = 400;
/// Distance of the marks that make lines and columns cheap to count.
const MARK_BYTES: usize = 1024;

/// A place in the texts: offset from the start of the first one.
pub type Pos = u32;

/// A place and the bytes it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Where it starts.
    pub at: Pos,
    /// How many bytes it takes; 0 where that is unknown.
    pub len: u32,
}

/// One text.
#[derive(Debug)]
pub struct Source {
    /// Its name, as the user wrote it.
    pub name: String,
    /// What it says.
    pub text: String,
    base: Pos,
    marks: OnceLock<Vec<Mark>>,
}

/// What lies before every [`MARK_BYTES`]th byte, so that no place needs a scan of the whole text.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    /// Line breaks.
    breaks: u32,
    /// Characters.
    chars: u32,
    /// Start of the line that the byte is on.
    line_start: u32,
}

impl Source {
    fn marks(&self) -> &[Mark] {
        self.marks.get_or_init(|| {
            let mut mark = Mark::default();
            let mut out = vec![mark];
            for (i, chunk) in self.text.as_bytes().chunks(MARK_BYTES).enumerate() {
                mark = mark.after(chunk, i * MARK_BYTES);
                out.push(mark);
            }
            out
        })
    }

    /// What lies before byte `offset`.
    fn before(&self, offset: usize) -> Mark {
        let from = offset / MARK_BYTES;
        self.marks()[from].after(&self.text.as_bytes()[from * MARK_BYTES..offset], from * MARK_BYTES)
    }

    /// Line and column, both from 1, of byte `offset`.
    fn line_column(&self, offset: usize) -> (u32, u32) {
        let here = self.before(offset);
        let line = self.before(here.line_start as usize);
        (here.breaks + 1, here.chars - line.chars + 1)
    }

    /// Start of a line, counted from 1.
    fn line_start(&self, line: u32) -> Option<usize> {
        let breaks = line.checked_sub(1)?;
        if breaks == 0 {
            return Some(0);
        }
        let chunk = self.marks().partition_point(|m| m.breaks < breaks).checked_sub(1)?;
        let from = chunk * MARK_BYTES;
        let missing = (breaks - self.marks()[chunk].breaks) as usize;
        let rest = self.text.as_bytes()[from..].iter().enumerate().filter(|(_, b)| **b == b'\n');
        rest.map(|(i, _)| from + i + 1).nth(missing - 1)
    }

    /// Byte of a line and column, both from 1; the end of the text where there is no such place.
    pub fn offset(&self, line: u32, column: u32) -> usize {
        let Some(start) = self.line_start(line) else { return self.text.len() };
        let rest = &self.text[start..];
        start + rest.char_indices().nth(column.saturating_sub(1) as usize).map_or(rest.len(), |(i, _)| i)
    }

    /// The line around `offset`, cropped, with the value underlined.
    fn excerpt(&self, offset: usize, len: usize) -> Excerpt {
        let text = self.text.as_str();
        let start = text[..offset].rfind('\n').map_or(0, |i| i + 1);
        let stop = text[offset..].find('\n').map_or(text.len(), |i| offset + i);
        let from = floor(text, offset.saturating_sub(WINDOW)).max(start);
        let end = floor(text, (offset + len.max(1)).min(stop).min(offset + WINDOW)).max(offset);
        let to = floor(text, (end + WINDOW).min(stop));
        // What names a secret may stand before what is shown.
        let (wide_from, wide_to) =
            (floor(text, from.saturating_sub(CONTEXT)).max(start), floor(text, (to + CONTEXT).min(stop)));
        let masked = redact::masked(&text[wide_from..wide_to]);
        let shown = masked[from - wide_from..to - wide_from].trim_end_matches('\r');
        Excerpt { text: shown.to_owned(), start: (offset - from).min(shown.len()), end: (end - from).min(shown.len()) }
    }
}

impl Mark {
    /// The mark that follows this one by `bytes`, which start at `from`.
    fn after(self, bytes: &[u8], from: usize) -> Self {
        let mut out = self;
        for (i, byte) in bytes.iter().enumerate() {
            out.chars += u32::from(byte & 0xC0 != 0x80);
            if *byte == b'\n' {
                out.breaks += 1;
                out.line_start = (from + i + 1) as u32;
            }
        }
        out
    }
}

/// The greatest character boundary not after `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// Every text of one run. Texts are only ever added, so that what borrows from one outlives the next.
#[derive(Debug)]
pub struct Sources {
    slots: Vec<OnceLock<Source>>,
}

impl Default for Sources {
    fn default() -> Self {
        Self { slots: (0..MAX_FILES).map(|_| OnceLock::new()).collect() }
    }
}

impl Sources {
    /// Adds a text; `None` where there are too many of them, or too much in them.
    pub fn add(&self, name: String, text: String) -> Option<(usize, &Source)> {
        let base = self.iter().last().map_or(0, |s| u64::from(s.base) + s.text.len() as u64 + 1);
        if base + text.len() as u64 > MAX_TOTAL_BYTES {
            return None;
        }
        let index = self.iter().count();
        let slot = self.slots.get(index)?;
        let source = Source { name, text, base: base as Pos, marks: OnceLock::new() };
        Some((index, slot.get_or_init(|| source)))
    }

    /// The texts, in the order they were read.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.slots.iter().map_while(OnceLock::get)
    }

    /// The names of the files, in the order they were read.
    pub fn names(&self) -> Vec<String> {
        self.iter().map(|s| s.name.clone()).collect()
    }

    fn find(&self, at: Pos) -> Option<(usize, &Source, usize)> {
        let (index, source) = self.iter().enumerate().take_while(|(_, s)| s.base <= at).last()?;
        let mut offset = ((at - source.base) as usize).min(source.text.len());
        offset = floor(&source.text, offset);
        Some((index, source, offset))
    }

    /// File, line and column of a position.
    pub fn location(&self, at: Pos) -> Location {
        let Some((file, source, offset)) = self.find(at) else { return Location::default() };
        let (line, column) = source.line_column(offset);
        Location { file: file as u32, line, column }
    }

    /// The line around a value, with the value underlined.
    pub fn excerpt(&self, span: Span) -> Option<Excerpt> {
        self.find(span.at).map(|(_, source, offset)| source.excerpt(offset, span.len as usize))
    }

    /// The line at a location, with the word there underlined: for findings about the model.
    pub fn excerpt_at(&self, location: Location) -> Option<Excerpt> {
        let source = self.iter().nth(location.file as usize)?;
        let offset = floor(&source.text, source.offset(location.line, location.column));
        let word = source.text[offset..].find(|c: char| c.is_whitespace() || ",:}]".contains(c)).unwrap_or(1);
        Some(source.excerpt(offset, word))
    }

    /// The text of a span.
    pub fn text_of(&self, span: Span) -> &str {
        let text = self.text_at(span.at);
        &text[..floor(text, span.len as usize)]
    }

    /// The text from a position on.
    pub fn text_at(&self, at: Pos) -> &str {
        self.find(at).map_or("", |(_, source, offset)| &source.text[offset..])
    }
}

impl Source {
    /// Position of this text's first byte.
    pub fn base(&self) -> Pos {
        self.base
    }
}
