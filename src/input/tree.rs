//! A document as located values, the same for YAML and JSON: what the schema is read from.

use std::borrow::Cow;

use super::sources::{Pos, Sources, Span};

/// A value and where it starts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node<'t> {
    /// What it is.
    pub kind: Kind<'t>,
    /// Where it starts.
    pub at: Pos,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Kind<'t> {
    /// Nothing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A number; YAML also has the ones that are not finite.
    Number(f64),
    /// Text.
    Text(Cow<'t, str>),
    /// Values in order.
    List(Vec<Node<'t>>),
    /// Values by key, in order.
    Map(Vec<Entry<'t>>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'t> {
    /// The key.
    pub key: Cow<'t, str>,
    /// Where the key starts.
    pub at: Pos,
    /// The value.
    pub value: Node<'t>,
}

impl Node<'_> {
    /// What it is, for messages.
    pub fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }

    /// The value as written: its place and length, for underlining.
    pub fn span(&self, sources: &Sources) -> Span {
        Span { at: self.at, len: written_len(sources.text_at(self.at), &self.kind) }
    }

    /// The value as plain JSON, for sections that others interpret.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Number(n) => json_number(*n),
            Kind::Text(t) => Value::String(t.clone().into_owned()),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Kind::Map(entries) => {
                Value::Object(entries.iter().map(|e| (e.key.clone().into_owned(), e.value.to_json())).collect())
            }
        }
    }
}

impl Entry<'_> {
    /// The key as written.
    pub fn key_span(&self, sources: &Sources) -> Span {
        let text = sources.text_at(self.at);
        let quotes = if text.starts_with(['"', '\'']) { 2 } else { 0 };
        Span { at: self.at, len: self.key.len() as u32 + quotes }
    }
}

/// A number as JSON has it: whole where it is whole; what JSON cannot say becomes null.
fn json_number(n: f64) -> serde_json::Value {
    if n.fract() == 0.0 && n.abs() < 9e15 { (n as i64).into() } else { n.into() }
}

/// Bytes that a value takes where it is written, on its first line.
fn written_len(text: &str, kind: &Kind<'_>) -> u32 {
    let until = |stop: fn(char) -> bool| text.find(stop).unwrap_or(text.len()) as u32;
    match kind {
        Kind::Text(t) if text.starts_with(['"', '\'']) => t.len() as u32 + 2,
        Kind::Text(t) if text.starts_with(['|', '>', '&', '*', '!']) || t.is_empty() => until(char::is_whitespace),
        Kind::Text(t) => t.len() as u32,
        Kind::List(_) | Kind::Map(_) if text.starts_with(['[', '{']) => 1,
        Kind::Map(_) => until(|c| c == ':' || c.is_whitespace()),
        _ => until(|c| c.is_whitespace() || ",]}#".contains(c)),
    }
    .max(1)
}
