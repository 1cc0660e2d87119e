//! Reads typed values from located ones, noting every problem and going on with what is left.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;

use super::{
    codes,
    names::Directory,
    path::Path,
    problems::Problems,
    scalars::{self, BadMoment, MAX_MS, Range},
    sources::{Pos, Sources, Span},
    suggest,
    tree::{Kind, Node},
    witness::Form,
};
use crate::model::Location;

/// Longest id or text, in bytes.
pub const MAX_TEXT: usize = 64 << 10;

/// What every reader needs: where problems go, and the moment that others count from.
#[derive(Debug)]
pub struct Context<'c, 't> {
    /// Where problems go.
    pub problems: &'c Problems<'t>,
    /// The plan's now.
    pub as_of: Option<Timestamp>,
    /// What references point to.
    pub names: Directory,
}

/// A value with its place.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct At<T> {
    /// Where it starts.
    pub at: Pos,
    /// The value.
    pub value: T,
}

/// Text with its place.
pub type Text<'t> = At<Cow<'t, str>>;

impl<'t> Context<'_, 't> {
    /// The texts.
    pub fn sources(&self) -> &'t Sources {
        self.problems.sources
    }

    /// File, line and column of a position.
    pub fn location(&self, at: Pos) -> Location {
        self.sources().location(at)
    }

    /// Complains that a value is of another type.
    pub fn wrong_type(&self, node: &Node<'_>, path: &Path<'_>, wanted: &str) {
        let message = format!("expected {wanted}, found {}", node.noun());
        self.problems.add(&codes::WRONG_TYPE, node.span(self.sources()), path, message);
    }

    /// An id or a name; a number is read as its text after the complaint.
    pub fn name(&self, node: Node<'t>, path: &Path<'_>) -> Option<Text<'t>> {
        self.problems.saw(path, || Form::Name);
        let span = node.span(self.sources());
        let at = node.at;
        match node.kind {
            Kind::Text(text) if text.is_empty() => {
                self.problems.add(&codes::EMPTY_ID, span, path, "an id or name may not be empty");
                None
            }
            Kind::Text(text) => self.checked_text(text, at, path),
            Kind::Number(_) => {
                let written = self.sources().text_of(span);
                self.complain_about_number(written, span, path);
                Some(At { at, value: Cow::Owned(written.to_owned()) })
            }
            _ => {
                self.wrong_type(&node, path, "text");
                None
            }
        }
    }

    fn complain_about_number(&self, written: &str, span: Span, path: &Path<'_>) {
        let message = format!("the id {written} is a number");
        self.problems.add_with_help(&codes::NUMBER_AS_ID, span, path, message, format!("quote it: \"{written}\""));
    }

    fn checked_text(&self, text: Cow<'t, str>, at: Pos, path: &Path<'_>) -> Option<Text<'t>> {
        if text.len() > MAX_TEXT {
            let message = format!("the text is {} bytes long, the limit is {MAX_TEXT}", text.len());
            self.problems.add(&codes::TOO_LONG, Span { at, len: 40 }, path, message);
            return None;
        }
        Some(At { at, value: text })
    }

    /// Text that is no id: numbers and truth values are read as they are written.
    pub fn loose_text(&self, node: Node<'t>, path: &Path<'_>) -> Option<Text<'t>> {
        self.problems.saw(path, || Form::Loose);
        let at = node.at;
        match node.kind {
            Kind::Text(text) => self.checked_text(text, at, path),
            Kind::Number(n) => Some(At { at, value: Cow::Owned(n.to_string()) }),
            Kind::Bool(b) => Some(At { at, value: Cow::Owned(b.to_string()) }),
            _ => {
                self.wrong_type(&node, path, "text");
                None
            }
        }
    }

    /// A number within a range.
    pub fn number(&self, node: &Node<'_>, path: &Path<'_>, range: Range) -> Option<f64> {
        self.problems.saw(path, || Form::Number(range));
        self.within(node, path, range)
    }

    fn within(&self, node: &Node<'_>, path: &Path<'_>, range: Range) -> Option<f64> {
        let Kind::Number(n) = node.kind else {
            self.wrong_type(node, path, "a number");
            return None;
        };
        let span = || node.span(self.sources());
        if !n.is_finite() {
            self.problems.add(&codes::NOT_FINITE, span(), path, format!("{n} is no finite number"));
            return None;
        }
        if !range.holds(n) {
            self.out_of_range(node, path, &n.to_string(), &range.to_string());
            return None;
        }
        Some(n)
    }

    fn out_of_range(&self, node: &Node<'_>, path: &Path<'_>, found: &str, range: &str) {
        let message = format!("{found} is out of range");
        let help = format!("write a value {range}");
        self.problems.add_with_help(&codes::OUT_OF_RANGE, node.span(self.sources()), path, message, help);
    }

    /// A whole number within a range.
    pub fn whole(&self, node: &Node<'_>, path: &Path<'_>, range: Range) -> Option<f64> {
        self.problems.saw(path, || Form::Whole(range));
        let n = self.within(node, path, range)?;
        if n.fract() != 0.0 {
            self.wrong_type(node, path, "a whole number");
            return None;
        }
        Some(n)
    }

    /// A truth value.
    pub fn flag(&self, node: &Node<'_>, path: &Path<'_>) -> Option<bool> {
        self.problems.saw(path, || Form::Flag);
        if let Kind::Bool(b) = node.kind {
            return Some(b);
        }
        self.wrong_type(node, path, "true or false");
        None
    }

    /// Exact milliseconds of a duration.
    pub fn duration(&self, node: &Node<'_>, path: &Path<'_>) -> Option<f64> {
        self.problems.saw(path, || Form::Duration);
        let ms = match &node.kind {
            Kind::Number(n) if !n.is_finite() => return self.within(node, path, Range::AMOUNT),
            Kind::Number(n) => n * 1000.0,
            Kind::Text(text) => {
                let Some(ms) = scalars::duration_ms(text) else {
                    let message = format!("`{}` is no duration", shorten(text));
                    self.problems.add(&codes::BAD_DURATION, node.span(self.sources()), path, message);
                    return None;
                };
                ms
            }
            _ => {
                self.wrong_type(node, path, "a duration");
                return None;
            }
        };
        if !(0.0..=MAX_MS).contains(&ms) {
            self.out_of_range(node, path, "the duration", "from 0 to 100 years");
            return None;
        }
        Some(ms)
    }

    /// Exact milliseconds after `as_of` of a moment.
    pub fn moment(&self, node: &Node<'_>, path: &Path<'_>) -> Option<At<f64>> {
        self.problems.saw(path, || Form::Moment);
        let ms = match &node.kind {
            Kind::Number(n) if !n.is_finite() => self.within(node, path, Range::MEASURE)?,
            Kind::Number(n) => n * 1000.0,
            Kind::Text(text) => match scalars::moment_ms(text, self.as_of) {
                Ok(ms) => ms,
                Err(bad) => {
                    let (code, message) = match bad {
                        BadMoment::NoAsOf => {
                            (&codes::NO_AS_OF, format!("`{text}` is absolute, and the snapshot has no as_of"))
                        }
                        BadMoment::Malformed => (&codes::BAD_MOMENT, format!("`{}` is no moment", shorten(text))),
                    };
                    self.problems.add(code, node.span(self.sources()), path, message);
                    return None;
                }
            },
            _ => {
                self.wrong_type(node, path, "a moment");
                return None;
            }
        };
        if ms.abs() > MAX_MS {
            self.out_of_range(node, path, "the moment", "within 100 years of as_of");
            return None;
        }
        Some(At { at: node.at, value: ms })
    }

    /// One of a few words.
    pub fn word<T: Copy>(&self, node: &Node<'_>, path: &Path<'_>, words: &[(&str, T)]) -> Option<T> {
        self.problems.saw(path, || Form::Word(words.iter().map(|w| w.0.to_owned()).collect()));
        let Kind::Text(text) = &node.kind else {
            self.wrong_type(node, path, "a word");
            return None;
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| word == text) {
            return Some(*value);
        }
        let known: Vec<&str> = words.iter().map(|w| w.0).collect();
        let help = suggest::nearest(text, known.iter().copied())
            .map_or_else(|| format!("use one of {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = format!("`{}` is none of {}", shorten(text), known.join(", "));
        self.problems.add_with_help(&codes::UNKNOWN_WORD, node.span(self.sources()), path, message, help);
        None
    }

    /// The items of a list.
    pub fn items(&self, node: Node<'t>, path: &Path<'_>) -> Vec<Node<'t>> {
        self.problems.saw(path, || Form::List);
        if let Kind::List(items) = node.kind {
            return items;
        }
        self.wrong_type(&node, path, "a list");
        Vec::new()
    }

    /// The keys of a mapping as ids, with their values; a key that stands twice is told once.
    pub fn by_name(&self, node: Node<'t>, path: &Path<'_>) -> Vec<(Text<'t>, Node<'t>)> {
        self.problems.saw(path, || Form::ByName);
        let Kind::Map(entries) = node.kind else {
            self.wrong_type(&node, path, "a mapping");
            return Vec::new();
        };
        let mut seen: BTreeMap<String, Pos> = BTreeMap::new();
        let mut out = Vec::with_capacity(entries.len());
        for entry in entries {
            let span = entry.key_span(self.sources());
            let at_key = path.field(&entry.key);
            if seen.insert(entry.key.clone().into_owned(), entry.at).is_some() {
                self.problems.add(&codes::DUPLICATE_KEY, span, &at_key, format!("`{}` stands twice", entry.key));
                continue;
            }
            if self.sources().text_at(entry.at).starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
                && entry.key.parse::<f64>().is_ok()
            {
                self.complain_about_number(&entry.key, span, &at_key);
            }
            if entry.key.is_empty() {
                self.problems.add(&codes::EMPTY_ID, span, &at_key, "an id or name may not be empty");
                continue;
            }
            if let Some(key) = self.checked_text(entry.key.clone(), entry.at, path) {
                out.push((key, entry.value));
            }
        }
        out
    }
}

/// The start of a text, for messages.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
