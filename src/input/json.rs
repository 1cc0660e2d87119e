//! JSON text to located values: `serde_json` reads, and the offset is followed alongside.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{
    sources::Pos,
    syntax::{Fault, MAX_DEPTH, Syntax},
    tree::{Entry, Kind, Node},
};

/// Reads one JSON document whose first byte lies at `base`.
///
/// # Errors
///
/// The first place where the text is not JSON.
pub fn parse(text: &str, base: Pos) -> Result<Node<'_>, Fault> {
    let cursor = Cursor { text: text.as_bytes(), at: Cell::new(0), depth: Cell::new(0), base };
    let mut reader = serde_json::Deserializer::from_str(text);
    let node = Seed(&cursor).deserialize(&mut reader).and_then(|node| reader.end().map(|()| node));
    node.map_err(|error| fault(&error, text, base))
}

fn fault(error: &serde_json::Error, text: &str, base: Pos) -> Fault {
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line_start: usize = lines.map(str::len).sum();
    let at = (line_start + error.column().saturating_sub(1)).min(text.len());
    let whole = error.to_string();
    let message = whole.split(" at line ").next().unwrap_or(&whole).to_owned();
    let kind = match message.as_str() {
        "recursion limit exceeded" => Syntax::TooDeep,
        "trailing characters" if text[floor(text, at)..].starts_with(['{', '[']) => Syntax::Documents,
        _ => Syntax::Malformed,
    };
    Fault::new(kind, base + floor(text, at) as Pos, message)
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Follows the reader through the text.
struct Cursor<'t> {
    text: &'t [u8],
    at: Cell<usize>,
    depth: Cell<usize>,
    base: Pos,
}

impl Cursor<'_> {
    /// Skips what stands between values and returns where the next one starts.
    fn next(&self) -> usize {
        let rest = &self.text[self.at.get().min(self.text.len())..];
        let between = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':')).count();
        self.at.set(self.at.get() + between);
        self.at.get()
    }

    fn skip(&self, bytes: usize) {
        self.at.set(self.at.get() + bytes);
    }

    /// Moves past a string; `plain` is its length where nothing in it is escaped.
    fn skip_string(&self, plain: Option<usize>) {
        let start = self.at.get() + 1;
        let len = plain.unwrap_or_else(|| {
            let mut i = start;
            while i < self.text.len() && self.text[i] != b'"' {
                i += if self.text[i] == b'\\' { 2 } else { 1 };
            }
            i - start
        });
        self.at.set(start + len + 1);
    }

    fn skip_number(&self) {
        let rest = &self.text[self.at.get().min(self.text.len())..];
        self.skip(rest.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count());
    }

    /// Moves past an opening bracket.
    fn open<E: serde::de::Error>(&self) -> Result<(), E> {
        self.skip(1);
        self.depth.set(self.depth.get() + 1);
        if self.depth.get() > MAX_DEPTH { Err(E::custom("recursion limit exceeded")) } else { Ok(()) }
    }

    /// Moves past a closing bracket.
    fn close(&self) {
        self.depth.set(self.depth.get() - 1);
        self.next();
        self.skip(1);
    }

    fn node<'n>(&self, start: usize, kind: Kind<'n>) -> Node<'n> {
        Node { kind, at: self.base + start as Pos }
    }
}

struct Seed<'c, 't>(&'c Cursor<'t>);

impl<'de> DeserializeSeed<'de> for Seed<'_, 'de> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Node<'de>, D::Error> {
        reader.deserialize_any(Values { start: self.0.next(), cursor: self.0 })
    }
}

struct Values<'c, 't> {
    start: usize,
    cursor: &'c Cursor<'t>,
}

impl<'de> Visitor<'de> for Values<'_, 'de> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        self.cursor.skip(4);
        Ok(self.cursor.node(self.start, Kind::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
        self.cursor.skip(if value { 4 } else { 5 });
        Ok(self.cursor.node(self.start, Kind::Bool(value)))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Node<'de>, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Node<'de>, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node<'de>, E> {
        self.cursor.skip_number();
        Ok(self.cursor.node(self.start, Kind::Number(value)))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Node<'de>, E> {
        self.cursor.skip_string(Some(value.len()));
        Ok(self.cursor.node(self.start, Kind::Text(Cow::Borrowed(value))))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node<'de>, E> {
        self.cursor.skip_string(None);
        Ok(self.cursor.node(self.start, Kind::Text(Cow::Owned(value.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node<'de>, A::Error> {
        self.cursor.open::<A::Error>()?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(Seed(self.cursor))? {
            out.push(item);
        }
        self.cursor.close();
        out.shrink_to_fit();
        Ok(self.cursor.node(self.start, Kind::List(out)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node<'de>, A::Error> {
        self.cursor.open::<A::Error>()?;
        let mut out = Vec::new();
        while let Some(key) = entries.next_key_seed(Seed(self.cursor))? {
            let value = entries.next_value_seed(Seed(self.cursor))?;
            let Kind::Text(text) = key.kind else { return Err(A::Error::custom("key must be a string")) };
            out.push(Entry { key: text, at: key.at, value });
        }
        self.cursor.close();
        out.shrink_to_fit();
        Ok(self.cursor.node(self.start, Kind::Map(out)))
    }
}
