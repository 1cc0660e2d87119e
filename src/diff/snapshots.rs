//! Two snapshots: things by id and fields by name, whatever the order in which they are written.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{FieldChange, SnapshotCounts, SnapshotDiff, SnapshotSide, Thing};
use crate::input::{
    WrittenSnapshot,
    document::{Item, Value},
    observe::redact,
    scalars::duration_ms,
};

/// Section and id; the id is empty for what belongs to the snapshot as a whole.
type Key = (String, String);

/// A thing with its fields.
#[derive(Debug, Default)]
struct Entry<'s> {
    at: Option<&'s Item>,
    fields: BTreeMap<String, &'s Item>,
}

/// Compares snapshots.
pub fn compare(a: &WrittenSnapshot, b: &WrittenSnapshot) -> SnapshotDiff {
    let (first, second) = (things(&a.root), things(&b.root));
    let same = a.sha256 == b.sha256;
    let mut out = SnapshotDiff {
        format_version: 1,
        diff_id: super::identity(&[a.sha256.clone(), b.sha256.clone()]),
        kind: "snapshots",
        same,
        a: side(a, &first),
        b: side(b, &second),
        counts: SnapshotCounts::default(),
        added: Vec::new(),
        lost: Vec::new(),
        changed: Vec::new(),
        version: env!("CARGO_PKG_VERSION"),
        deterministic: true,
    };
    if same {
        return out;
    }
    let keys: BTreeSet<&Key> = first.keys().chain(second.keys()).collect();
    for key in keys {
        match (first.get(key), second.get(key)) {
            (Some(x), Some(y)) => {
                let changed = fields(key, (a, x), (b, y));
                out.counts.changed += usize::from(!changed.is_empty());
                out.changed.extend(changed);
            }
            (Some(x), None) => out.lost.push(thing(key, a, x)),
            (None, Some(y)) => out.added.push(thing(key, b, y)),
            (None, None) => {}
        }
    }
    out.counts =
        SnapshotCounts { added: out.added.len(), lost: out.lost.len(), fields: out.changed.len(), ..out.counts };
    out
}

fn side(s: &WrittenSnapshot, things: &BTreeMap<Key, Entry<'_>>) -> SnapshotSide {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (section, id) in things.keys() {
        *counts.entry(section.clone()).or_default() += usize::from(!id.is_empty());
    }
    counts.retain(|_, n| *n > 0);
    SnapshotSide { file: s.file.clone(), snapshot_sha256: s.sha256.clone(), things: counts }
}

/// Every thing of a snapshot.
fn things(root: &Item) -> BTreeMap<Key, Entry<'_>> {
    let mut out = BTreeMap::new();
    section(root, "", &mut out);
    out
}

/// Takes the things out of a mapping: its lists of mappings are sections, its mappings are looked into, and the rest
/// are fields of the mapping itself.
fn section<'s>(item: &'s Item, name: &str, out: &mut BTreeMap<Key, Entry<'s>>) {
    let Value::Map(entries) = &item.value else { return };
    for (key, value) in entries {
        let path = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
        match &value.value {
            Value::List(items) if items.iter().any(|i| matches!(i.value, Value::Map(_))) => {
                for item in items {
                    let mut id = identity(item);
                    // What nothing tells apart is numbered.
                    let mut n = 1;
                    while out.contains_key(&(path.clone(), id.clone())) {
                        n += 1;
                        id = format!("{} ({n})", identity(item));
                    }
                    let mut entry = Entry { at: Some(item), fields: BTreeMap::new() };
                    flatten(item, "", &mut entry.fields);
                    out.insert((path.clone(), id), entry);
                }
            }
            Value::Map(_) if name.is_empty() && ["network", "state"].contains(&key.as_str()) => {
                section(value, &path, out);
            }
            _ => {
                let head = path.split('.').next().unwrap_or_default().to_owned();
                let entry = out.entry((head, String::new())).or_default();
                flatten(value, &path, &mut entry.fields);
            }
        }
    }
}

/// What tells a thing apart from others of its section.
fn identity(item: &Item) -> String {
    if let Some(id) = item.get("id").and_then(Item::text) {
        return id.to_owned();
    }
    let ends = |a: &str, b: &str| Some(format!("{} → {}", item.get(a)?.text()?, item.get(b)?.text()?));
    let named = ends("from", "to").or_else(|| ends("task", "agent")).or_else(|| ends("holder", "resource"));
    named.or_else(|| item.id().map(str::to_owned)).unwrap_or_else(|| told("", item))
}

/// The fields of a thing: mappings are looked into, the rest is as it stands.
fn flatten<'s>(item: &'s Item, name: &str, out: &mut BTreeMap<String, &'s Item>) {
    match &item.value {
        Value::Null => {}
        Value::Map(entries) => {
            for (key, value) in entries {
                let path = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(value, &path, out);
            }
        }
        _ => {
            out.insert(name.to_owned(), item);
        }
    }
}

fn fields(key: &Key, a: (&WrittenSnapshot, &Entry<'_>), b: (&WrittenSnapshot, &Entry<'_>)) -> Vec<FieldChange> {
    let names: BTreeSet<&String> = a.1.fields.keys().chain(b.1.fields.keys()).collect();
    let change = |name: &String| {
        let (x, y) = (a.1.fields.get(name), b.1.fields.get(name));
        if x.zip(y).is_some_and(|(x, y)| alike(x, y)) {
            return None;
        }
        Some(FieldChange {
            section: key.0.clone(),
            id: key.1.clone(),
            field: name.clone(),
            before: x.map(|i| told(name, i)),
            after: y.map(|i| told(name, i)),
            line_before: x.and_then(|i| line(a.0, i)),
            line_after: y.and_then(|i| line(b.0, i)),
        })
    };
    names.into_iter().filter_map(change).collect()
}

/// True where two values mean the same: spans of time in other units, lists in another order.
fn alike(x: &Item, y: &Item) -> bool {
    let span = |i: &Item| match &i.value {
        Value::Number(n) => Some(n * 1000.0),
        Value::Text(t) => duration_ms(t),
        _ => None,
    };
    if words(x) == words(y) {
        return true;
    }
    // A number and a text are one span only where the text is no plain number.
    span(x).is_some() && span(x) == span(y)
}

/// A value in words: lists sorted, since none of a snapshot's lists of names has an order.
fn words(item: &Item) -> String {
    match &item.value {
        Value::Null => "nothing".into(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Text(t) => t.clone(),
        Value::List(items) => {
            let mut parts: Vec<String> = items.iter().map(words).collect();
            parts.sort();
            format!("[{}]", parts.join(", "))
        }
        Value::Map(entries) => {
            let mut parts: Vec<String> = entries.iter().map(|(k, v)| format!("{k}: {}", words(v))).collect();
            parts.sort();
            format!("{{{}}}", parts.join(", "))
        }
    }
}

/// A value in words that may be printed: no secret leaves.
fn told(name: &str, item: &Item) -> String {
    if redact::is_secret_name(name.rsplit('.').next().unwrap_or(name)) {
        return redact::MASK.to_owned();
    }
    let joined = |mut parts: Vec<String>| {
        parts.sort();
        parts.join(", ")
    };
    match &item.value {
        Value::Text(text) => redact::text(text),
        Value::List(items) => format!("[{}]", joined(items.iter().map(|i| told(name, i)).collect())),
        Value::Map(entries) => {
            format!("{{{}}}", joined(entries.iter().map(|(k, v)| format!("{k}: {}", told(k, v))).collect()))
        }
        _ => words(item),
    }
}

fn line(s: &WrittenSnapshot, item: &Item) -> Option<u32> {
    item.at.map(|at| s.sources.location(at).line)
}

fn thing(key: &Key, s: &WrittenSnapshot, entry: &Entry<'_>) -> Thing {
    let place = entry.at.and_then(|i| i.at).map(|at| s.sources.location(at));
    let file =
        place.and_then(|l| s.sources.iter().nth(l.file as usize)).map_or_else(|| s.file.clone(), |f| f.name.clone());
    Thing { section: key.0.clone(), id: key.1.clone(), file, line: place.map(|l| l.line) }
}
