//! Looks into foreign documents: a value that may not be there, with its path, read leniently.

use std::{borrow::Cow, fmt, rc::Rc};

use super::observation::Place;
use crate::input::{
    sources::Pos,
    tree::{Kind, Node},
};

/// A value of a document, or the lack of one, and the path to it.
#[derive(Debug, Clone)]
pub struct View<'n> {
    node: Option<&'n Node<'n>>,
    /// Where the nearest value above starts, so that even what is missing has a place.
    at: Pos,
    trail: Option<Rc<Step<'n>>>,
}

#[derive(Debug)]
struct Step<'n> {
    before: Option<Rc<Step<'n>>>,
    part: Part<'n>,
}

#[derive(Debug, Clone)]
enum Part<'n> {
    Key(Cow<'n, str>),
    Item(usize),
}

impl<'n> View<'n> {
    /// A whole document.
    pub fn root(node: &'n Node<'n>) -> Self {
        Self { node: Some(node), at: node.at, trail: None }
    }

    /// A document that is the item of a list for whoever speaks of it (`[3]`, the fourth line of a log).
    pub fn item_root(node: &'n Node<'n>, index: usize) -> Self {
        let trail = Some(Rc::new(Step { before: None, part: Part::Item(index) }));
        Self { node: Some(node), at: node.at, trail }
    }

    /// A value within a document that has been found otherwise than from its root.
    pub fn within(node: &'n Node<'n>, key: &'n str) -> Self {
        let trail = Some(Rc::new(Step { before: None, part: Part::Key(Cow::Borrowed(key)) }));
        Self { node: Some(node), at: node.at, trail }
    }

    fn step(&self, node: Option<&'n Node<'n>>, part: Part<'n>) -> Self {
        let trail = Some(Rc::new(Step { before: self.trail.clone(), part }));
        Self { node, at: node.map_or(self.at, |n| n.at), trail }
    }

    /// A field of a mapping; absent where it is not there, holds nothing, or this is no mapping.
    pub fn get(&self, key: &str) -> Self {
        let entry = self.entries_slice().iter().find(|e| e.key == key);
        let node = entry.map(|e| &e.value).filter(|n| n.kind != Kind::Null);
        self.step(node, Part::Key(Cow::Owned(key.to_owned())))
    }

    /// The first of several fields that is there; else the first name's absence.
    pub fn any(&self, keys: &[&str]) -> Self {
        let there = keys.iter().find(|k| self.get(k).is_there());
        self.get(there.or(keys.first()).copied().unwrap_or_default())
    }

    /// True where there is a value.
    pub fn is_there(&self) -> bool {
        self.node.is_some()
    }

    /// True where the mapping has the field, even one that holds nothing.
    pub fn has(&self, key: &str) -> bool {
        self.entries_slice().iter().any(|e| e.key == key)
    }

    /// What it is, for messages.
    pub fn noun(&self) -> &'static str {
        self.node.map_or("nothing", Node::noun)
    }

    /// The items of a list; none where this is no list.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'n> {
        let this = self.clone();
        let items: &'n [Node<'n>] = match self.node.map(|n| &n.kind) {
            Some(Kind::List(items)) => items,
            _ => &[],
        };
        items.iter().enumerate().map(move |(i, node)| this.step(Some(node), Part::Item(i)))
    }

    /// The items of a list, or the value itself where it is one value.
    pub fn items_or_self(&self) -> Vec<Self> {
        match self.node.map(|n| &n.kind) {
            None => Vec::new(),
            Some(Kind::List(_)) => self.items().collect(),
            Some(_) => vec![self.clone()],
        }
    }

    /// The fields of a mapping, in order, those that hold nothing too.
    pub fn entries(&self) -> impl Iterator<Item = (&'n str, Self)> + use<'n> {
        let this = self.clone();
        let entries = self.entries_slice();
        entries.iter().map(move |e| (&*e.key, this.step(Some(&e.value), Part::Key(Cow::Borrowed(&*e.key)))))
    }

    fn entries_slice(&self) -> &'n [crate::input::tree::Entry<'n>] {
        match self.node.map(|n| &n.kind) {
            Some(Kind::Map(entries)) => entries,
            _ => &[],
        }
    }

    /// True for a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self.node.map(|n| &n.kind), Some(Kind::Map(_)))
    }

    /// True for a list.
    pub fn is_list(&self) -> bool {
        matches!(self.node.map(|n| &n.kind), Some(Kind::List(_)))
    }

    /// True where it holds nothing.
    pub fn is_null(&self) -> bool {
        matches!(self.node.map(|n| &n.kind), None | Some(Kind::Null))
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&'n str> {
        match self.node.map(|n| &n.kind) {
            Some(Kind::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is a finite one.
    pub fn as_number(&self) -> Option<f64> {
        match self.node.map(|n| &n.kind) {
            Some(Kind::Number(n)) if n.is_finite() => Some(*n),
            _ => None,
        }
    }

    /// The truth value, where it is one.
    pub fn as_flag(&self) -> Option<bool> {
        match self.node.map(|n| &n.kind) {
            Some(Kind::Bool(b)) => Some(*b),
            _ => None,
        }
    }

    /// A number, or text that is one (`"0.25"`; `NaN` and infinities are none).
    pub fn as_loose_number(&self) -> Option<f64> {
        self.as_number().or_else(|| self.as_text()?.trim().parse().ok().filter(|n: &f64| n.is_finite()))
    }

    /// Text, or a number or truth value as text.
    pub fn as_loose_text(&self) -> Option<Cow<'n, str>> {
        match self.node.map(|n| &n.kind) {
            Some(Kind::Text(text)) => Some(Cow::Borrowed(text)),
            Some(Kind::Number(n)) => Some(Cow::Owned(n.to_string())),
            Some(Kind::Bool(b)) => Some(Cow::Owned(b.to_string())),
            _ => None,
        }
    }

    /// Where it stands; what is absent stands where its owner does.
    pub fn place(&self) -> Place {
        Place { at: self.at, path: self.path() }
    }

    /// Where it starts.
    pub fn at(&self) -> Pos {
        self.at
    }

    /// Its path (`skills[0].id`).
    pub fn path(&self) -> String {
        let mut parts = Vec::new();
        let mut step = self.trail.as_ref();
        while let Some(s) = step {
            parts.push(&s.part);
            step = s.before.as_ref();
        }
        let mut out = String::new();
        for part in parts.into_iter().rev() {
            match part {
                Part::Item(i) => out.extend(["[", &i.to_string(), "]"]),
                Part::Key(key) if out.is_empty() => out += key,
                Part::Key(key) => {
                    out.push('.');
                    out += key;
                }
            }
        }
        out
    }
}

impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}
