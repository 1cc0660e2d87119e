//! Applies a patch to the document as typed, so that what is not changed stays as it was written.

use super::Op;
use crate::input::document::{Item, Value};

/// Applies operations in order. Paths were made for this document; one that leads nowhere changes nothing.
pub fn apply(root: &mut Item, ops: &[Op]) {
    for op in ops {
        let (path, value) = match op {
            Op::Add { path, value } | Op::Replace { path, value } => (path, Some(value)),
            Op::Remove { path } => (path, None),
        };
        let Some((parent, key)) = path.rsplit_once('/') else { continue };
        let steps = parent.split('/').skip(1).map(unescape);
        if let Some(place) = steps.into_iter().try_fold(&mut *root, |item, step| child(item, &step)) {
            put(place, &unescape(key), value, matches!(op, Op::Add { .. }));
        }
    }
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn child<'i>(item: &'i mut Item, step: &str) -> Option<&'i mut Item> {
    match &mut item.value {
        Value::Map(entries) => entries.iter_mut().find(|e| e.0 == step).map(|e| &mut e.1),
        Value::List(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    }
}

fn put(place: &mut Item, key: &str, value: Option<&serde_json::Value>, insert: bool) {
    match &mut place.value {
        Value::Map(entries) => {
            let known = entries.iter().position(|e| e.0 == key);
            match (known, value) {
                (Some(i), Some(v)) => entries[i].1 = item(v),
                (Some(i), None) => drop(entries.remove(i)),
                (None, Some(v)) => entries.push((key.to_owned(), item(v))),
                (None, None) => {}
            }
        }
        Value::List(items) => {
            let i = key.parse().unwrap_or(items.len());
            match value {
                Some(v) if insert => items.insert(i.min(items.len()), item(v)),
                Some(v) if i < items.len() => items[i] = item(v),
                None if i < items.len() => drop(items.remove(i)),
                _ => {}
            }
        }
        _ => {}
    }
}

fn item(value: &serde_json::Value) -> Item {
    use serde_json::Value as Json;
    let value = match value {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => Value::Number(n.as_f64().unwrap_or(0.0)),
        Json::String(s) => Value::Text(s.clone()),
        Json::Array(items) => Value::List(items.iter().map(item).collect()),
        Json::Object(fields) => Value::Map(fields.iter().map(|(k, v)| (k.clone(), item(v))).collect()),
    };
    value.into()
}
