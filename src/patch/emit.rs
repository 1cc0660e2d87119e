//! Documents and patches as `--emit` prints them.

use super::Op;
use crate::{
    input::document::{Item, Value as Typed},
    report::snapshot::Value,
};

/// A document as a snapshot.
pub fn document(root: &Item) -> Value {
    let Value::Map(mut sections) = value(root) else { return Value::Map(Vec::new()) };
    // The reader turns the name of a table into a list of one, so that several files can join theirs.
    for (_, section) in sections.iter_mut().filter(|s| s.0 == "estimates" || s.0 == "history") {
        if let Value::List(items) = section
            && let [name @ Value::Text(_)] = &items[..]
        {
            *section = name.clone();
        }
    }
    Value::Map(sections)
}

/// A patch, one operation an item.
pub fn operations(ops: &[Op]) -> Value {
    let op = |op: &Op| match op {
        Op::Add { path, value } => row("add", path, Some(value)),
        Op::Replace { path, value } => row("replace", path, Some(value)),
        Op::Remove { path } => row("remove", path, None),
    };
    Value::List(ops.iter().map(op).collect())
}

fn row(op: &str, path: &str, value: Option<&serde_json::Value>) -> Value {
    let mut fields = vec![("op".to_owned(), Value::text(op)), ("path".to_owned(), Value::text(path))];
    fields.extend(value.map(|v| ("value".to_owned(), plain(v))));
    Value::Map(fields)
}

fn value(item: &Item) -> Value {
    match &item.value {
        Typed::Null => Value::Nothing,
        Typed::Bool(b) => Value::Flag(*b),
        Typed::Number(n) => Value::Number(*n),
        Typed::Text(t) => Value::text(t),
        Typed::List(items) => Value::List(items.iter().map(value).collect()),
        Typed::Map(entries) => Value::Map(entries.iter().map(|(k, v)| (k.clone(), value(v))).collect()),
    }
}

fn plain(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Nothing,
        Json::Bool(b) => Value::Flag(*b),
        Json::Number(n) => Value::Number(n.as_f64().unwrap_or(0.0)),
        Json::String(s) => Value::text(s),
        Json::Array(items) => Value::List(items.iter().map(plain).collect()),
        Json::Object(fields) => Value::Map(fields.iter().map(|(k, v)| (k.clone(), plain(v))).collect()),
    }
}

/// A value of a document as plain JSON, for operations that copy it.
pub fn json(item: &Item) -> serde_json::Value {
    use serde_json::Value as Json;
    match &item.value {
        Typed::Null => Json::Null,
        Typed::Bool(b) => Json::Bool(*b),
        Typed::Number(n) => super::number(*n),
        Typed::Text(t) => Json::String(t.clone()),
        Typed::List(items) => Json::Array(items.iter().map(json).collect()),
        Typed::Map(entries) => Json::Object(entries.iter().map(|(k, v)| (k.clone(), json(v))).collect()),
    }
}
