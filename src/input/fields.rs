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
    tree::{Entry, Kind, Node},
};
use crate::model::Location;

/// Longest id or text, in bytes.
pub const MAX_TEXT: usize = 64 << 10;
/// Most fields that one mapping of the schema has.
const MAX_FIELDS: usize = 40;

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

    fn wrong_type(&self, node: &Node<'_>, path: &Path<'_>, wanted: &str) {
        let message = format!("expected {wanted}, found {}", node.noun());
        self.problems.add(&codes::WRONG_TYPE, node.span(self.sources()), path, message);
    }

    /// An id or a name; a number is read as its text after the complaint.
    pub fn name(&self, node: Node<'t>, path: &Path<'_>) -> Option<Text<'t>> {
        let span = node.span(self.sources());
        let at = node.at;
        match node.kind {
            Kind::Text(text) if text.is_empty() => {
                self.problems.add(&codes::EMPTY_ID, span, path, "an id or name may not be empty");
                None
            }
            Kind::Text(text) => self.checked_text(text, at, path),
            Kind::Number(_) => {
                let written = &self.sources().text_at(at)[..span.len as usize];
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
        let n = self.number(node, path, range)?;
        if n.fract() != 0.0 {
            self.wrong_type(node, path, "a whole number");
            return None;
        }
        Some(n)
    }

    /// A truth value.
    pub fn flag(&self, node: &Node<'_>, path: &Path<'_>) -> Option<bool> {
        if let Kind::Bool(b) = node.kind {
            return Some(b);
        }
        self.wrong_type(node, path, "true or false");
        None
    }

    /// Exact milliseconds of a duration.
    pub fn duration(&self, node: &Node<'_>, path: &Path<'_>) -> Option<f64> {
        let ms = match &node.kind {
            Kind::Number(n) if !n.is_finite() => return self.number(node, path, Range::AMOUNT),
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
        let ms = match &node.kind {
            Kind::Number(n) if !n.is_finite() => self.number(node, path, Range::MEASURE)?,
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
        if let Kind::List(items) = node.kind {
            return items;
        }
        self.wrong_type(&node, path, "a list");
        Vec::new()
    }

    /// The keys of a mapping as ids, with their values; a key that stands twice is told once.
    pub fn by_name(&self, node: Node<'t>, path: &Path<'_>) -> Vec<(Text<'t>, Node<'t>)> {
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

/// The fields of one mapping: each is asked for once, and what nobody asked for is unknown.
#[derive(Debug)]
pub struct Fields<'c, 't, 'p> {
    /// What readers need.
    pub context: &'c Context<'c, 't>,
    /// Where the mapping stands.
    pub path: &'p Path<'p>,
    /// Where it starts.
    pub at: Pos,
    entries: Vec<Entry<'t>>,
    asked: [&'static str; MAX_FIELDS],
    count: usize,
}

impl<'c, 't, 'p> Fields<'c, 't, 'p> {
    /// Opens a mapping; anything else is a problem.
    pub fn open(context: &'c Context<'c, 't>, node: Node<'t>, path: &'p Path<'p>) -> Option<Self> {
        let at = node.at;
        let Kind::Map(entries) = node.kind else {
            context.wrong_type(&node, path, "a mapping");
            return None;
        };
        Some(Self::of(context, at, entries, path))
    }

    /// The fields of a mapping that starts at `at`.
    pub fn of(context: &'c Context<'c, 't>, at: Pos, entries: Vec<Entry<'t>>, path: &'p Path<'p>) -> Self {
        Self { context, path, at, entries, asked: [""; MAX_FIELDS], count: 0 }
    }

    /// Takes a field; one that holds nothing counts as absent.
    pub fn take(&mut self, name: &'static str) -> Option<Node<'t>> {
        if let Some(slot) = self.asked.get_mut(self.count) {
            *slot = name;
            self.count += 1;
        }
        let index = self.entries.iter().position(|e| e.key == name)?;
        let node = self.entries.remove(index).value;
        (node.kind != Kind::Null).then_some(node)
    }

    /// True where the field is there and holds something.
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.key == name && e.value.kind != Kind::Null)
    }

    /// Where a field's value starts, without taking it; the mapping's own place where it is absent.
    pub fn place(&self, name: &str) -> Pos {
        self.entries.iter().find(|e| e.key == name).map_or(self.at, |e| e.value.at)
    }

    /// Complains that a field is absent.
    pub fn missing(&self, name: &str) {
        let span = Span { at: self.at, len: 1 };
        let message = format!("`{name}` is missing");
        self.context.problems.add(&codes::MISSING_FIELD, span, self.path, message);
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Context<'c, 't>, Node<'t>, &Path<'_>) -> Option<T>,
    ) -> Option<T> {
        let node = self.take(name)?;
        read(self.context, node, &self.path.field(name))
    }

    /// An id or a name.
    pub fn name(&mut self, name: &'static str) -> Option<Text<'t>> {
        self.read(name, Context::name)
    }

    /// An id or a name that must be there.
    pub fn required_name(&mut self, name: &'static str) -> Option<Text<'t>> {
        if !self.has(name) {
            self.missing(name);
        }
        self.name(name)
    }

    /// Text that is no id.
    pub fn loose_text(&mut self, name: &'static str) -> Option<Text<'t>> {
        self.read(name, Context::loose_text)
    }

    /// A number within a range.
    pub fn number(&mut self, name: &'static str, range: Range) -> Option<f64> {
        self.read(name, |cx, node, path| cx.number(&node, path, range))
    }

    /// A whole number within a range.
    pub fn whole(&mut self, name: &'static str, range: Range) -> Option<f64> {
        self.read(name, |cx, node, path| cx.whole(&node, path, range))
    }

    /// A truth value.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.read(name, |cx, node, path| cx.flag(&node, path))
    }

    /// Exact milliseconds of a duration.
    pub fn duration(&mut self, name: &'static str) -> Option<f64> {
        self.read(name, |cx, node, path| cx.duration(&node, path))
    }

    /// Exact milliseconds after `as_of` of a moment.
    pub fn moment(&mut self, name: &'static str) -> Option<At<f64>> {
        self.read(name, |cx, node, path| cx.moment(&node, path))
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.read(name, |cx, node, path| cx.word(&node, path, words))
    }

    /// The items of a list; empty where it is absent.
    pub fn items(&mut self, name: &'static str) -> Vec<Node<'t>> {
        self.read(name, |cx, node, path| Some(cx.items(node, path))).unwrap_or_default()
    }

    /// A list whose items `read` turns into values.
    pub fn list<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&Context<'c, 't>, Node<'t>, &Path<'_>) -> Option<T>,
    ) -> Vec<T> {
        let items = self.items(name);
        let path = self.path.field(name);
        let context = self.context;
        items.into_iter().enumerate().filter_map(|(i, node)| read(context, node, &path.item(i))).collect()
    }

    /// A mapping of names to what `read` makes of the values.
    pub fn map<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&Context<'c, 't>, Node<'t>, &Path<'_>) -> Option<T>,
    ) -> Vec<(Text<'t>, T)> {
        let context = self.context;
        let path = self.path.field(name);
        let entries = self.take(name).map(|node| context.by_name(node, &path)).unwrap_or_default();
        entries
            .into_iter()
            .filter_map(|(key, node)| {
                let value = read(context, node, &path.field(&key.value))?;
                Some((key, value))
            })
            .collect()
    }

    /// Amounts by name.
    pub fn amounts(&mut self, name: &'static str) -> Vec<(Text<'t>, f64)> {
        self.map(name, |cx, node, path| cx.number(&node, path, Range::AMOUNT))
    }

    /// A list of names, or a mapping of names to shares; `plain` stands where no share is given.
    pub fn shares(&mut self, name: &'static str, plain: f64, range: Range) -> Vec<(Text<'t>, f64)> {
        match self.entries.iter().find(|e| e.key == name).map(|e| &e.value.kind) {
            Some(Kind::List(_)) => self.list(name, Context::name).into_iter().map(|n| (n, plain)).collect(),
            _ => self.map(name, |cx, node, path| match node.kind {
                Kind::Null => Some(plain),
                _ => cx.number(&node, path, range),
            }),
        }
    }

    /// Free labels.
    pub fn labels(&mut self, name: &'static str) -> BTreeMap<String, String> {
        let rows = self.map(name, |_, node, _| {
            Some(match node.kind {
                Kind::Text(text) => text.into_owned(),
                _ => node.to_json().to_string(),
            })
        });
        rows.into_iter().map(|(key, value)| (key.value.into_owned(), value)).collect()
    }

    /// Complains about every field that nobody asked for.
    pub fn finish(self) {
        if self.entries.is_empty() {
            return;
        }
        let mut asked = self.asked[..self.count].to_vec();
        asked.sort_unstable();
        for entry in &self.entries {
            let span = entry.key_span(self.context.sources());
            let path = self.path.field(&entry.key);
            if asked.contains(&&*entry.key) {
                let message = format!("`{}` stands twice", entry.key);
                self.context.problems.add(&codes::DUPLICATE_KEY, span, &path, message);
                continue;
            }
            let help = suggest::nearest(&entry.key, asked.iter().copied()).map_or_else(
                || format!("known fields: {}", asked.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("unknown field `{}`", shorten(&entry.key));
            self.context.problems.add_with_help(&codes::UNKNOWN_FIELD, span, &path, message, help);
        }
    }
}
