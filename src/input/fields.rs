//! Takes the fields of a mapping one by one, so that what nobody asked for is known to be unknown.

use std::collections::BTreeMap;

use super::{
    codes,
    path::Path,
    scalars::Range,
    sources::{Pos, Span},
    suggest,
    tree::{Entry, Kind, Node},
    values::{At, Context, Text, shorten},
    witness::Form,
};

/// Most fields that one mapping of the schema has.
const MAX_FIELDS: usize = 40;

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
        self.context.problems.missed(self.path, name);
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
                Kind::Null => {
                    cx.problems.saw(path, || Form::Nothing);
                    Some(plain)
                }
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
        self.context.problems.saw(self.path, || Form::Fields(self.asked[..self.count].to_vec()));
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
