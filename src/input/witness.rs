//! Watches the reader read: which fields it asks for and what it takes for a value, path by path. The schema of
//! snapshots is what a witness saw, so that it cannot drift from the reader.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{path::Path, scalars::Range};

/// What the reader takes for a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// A number within a range.
    Number(Range),
    /// A whole number within a range.
    Whole(Range),
    /// True or false.
    Flag,
    /// A span of time.
    Duration,
    /// A moment.
    Moment,
    /// One of a few words.
    Word(Vec<String>),
    /// An id or a name.
    Name,
    /// Text that is no id.
    Loose,
    /// Nothing.
    Nothing,
    /// A list.
    List,
    /// A mapping whose keys are ids.
    ByName,
    /// A mapping with these fields, and no others.
    Fields(Vec<&'static str>),
}

/// What was seen at a path and below it. Items of a list are one, and so are the values of a mapping by ids.
#[derive(Debug, Default)]
pub struct Witness {
    forms: Vec<Form>,
    required: BTreeSet<String>,
    fields: BTreeMap<String, Witness>,
    item: Option<Box<Witness>>,
    value: Option<Box<Witness>>,
}

impl Witness {
    /// Notes what the reader takes at a path.
    pub fn saw(&mut self, path: &Path<'_>, form: Form) {
        let at = self.at(path);
        if let Form::Fields(more) = &form
            && let Some(Form::Fields(known)) = at.forms.iter_mut().find(|f| matches!(f, Form::Fields(_)))
        {
            known.extend(more.iter().filter(|m| !known.contains(m)).copied().collect::<Vec<_>>());
            return;
        }
        if !at.forms.contains(&form) {
            at.forms.push(form);
        }
    }

    /// Notes that the reader misses a field there.
    pub fn missed(&mut self, path: &Path<'_>, field: &str) {
        // One of two is missing: neither is required by itself.
        if !field.contains('`') {
            self.at(path).required.insert(field.to_owned());
        }
    }

    /// What was seen at a path.
    pub fn at(&mut self, path: &Path<'_>) -> &mut Self {
        match path {
            Path::Root => self,
            Path::Item(before, _) => self.at(before).item.get_or_insert_default(),
            Path::Field(before, name) => {
                let before = self.at(before);
                if before.forms.contains(&Form::ByName) {
                    return before.value.get_or_insert_default();
                }
                before.fields.entry((*name).to_owned()).or_default()
            }
        }
    }

    /// Adds what something else takes for the value.
    pub fn also(&mut self, form: Form) {
        self.forms.push(form);
    }

    /// Its JSON Schema; `words` says what a value is for, by its path.
    pub fn schema(&self, path: &str, words: &dyn Fn(&str) -> Option<&'static str>) -> Value {
        let mut ways: Vec<Value> = self.forms.iter().map(|f| self.way(f, path, words)).collect();
        let listed = self.forms.contains(&Form::List);
        if let (Some(item), false) = (&self.item, listed) {
            ways.push(json!({"type": "array", "items": item.schema(&format!("{path}[]"), words)}));
        }
        let mut out = match ways.len() {
            0 => Map::new(),
            1 => as_object(ways.remove(0)),
            _ => as_object(json!({"anyOf": ways})),
        };
        if let Some(description) = words(path) {
            out.insert("description".into(), description.into());
        }
        if out.is_empty() { Value::Bool(true) } else { Value::Object(out) }
    }

    fn way(&self, form: &Form, path: &str, words: &dyn Fn(&str) -> Option<&'static str>) -> Value {
        let below = |child: &Option<Box<Self>>, step: &str| {
            child.as_ref().map_or(Value::Bool(true), |c| c.schema(&format!("{path}{step}"), words))
        };
        match form {
            Form::Number(range) => ranged("number", *range),
            Form::Whole(range) => ranged("integer", *range),
            Form::Flag => json!({"type": "boolean"}),
            Form::Duration => json!({"$ref": "#/$defs/duration"}),
            Form::Moment => json!({"$ref": "#/$defs/moment"}),
            Form::Word(all) => json!({"enum": all}),
            Form::Name => json!({"type": "string", "minLength": 1}),
            Form::Loose => json!({"type": ["string", "number", "boolean"]}),
            Form::Nothing => json!({"type": "null"}),
            Form::List => json!({"type": "array", "items": below(&self.item, "[]")}),
            Form::ByName => json!({"type": "object", "additionalProperties": below(&self.value, "{}")}),
            Form::Fields(names) => {
                let dot = if path.is_empty() { "" } else { "." };
                let field = |name: &&'static str| {
                    let path = format!("{path}{dot}{name}");
                    let schema = self.fields.get(*name).map_or(Value::Bool(true), |f| f.schema(&path, words));
                    ((*name).to_owned(), schema)
                };
                let properties: Map<String, Value> = names.iter().map(field).collect();
                let mut out = json!({"type": "object", "properties": properties, "additionalProperties": false});
                if !self.required.is_empty() {
                    out["required"] = json!(self.required);
                }
                out
            }
        }
    }
}

fn ranged(kind: &str, range: Range) -> Value {
    let mut out = json!({"type": kind});
    let (low, high) = range.limits();
    for (word, limit) in [low, high] {
        let whole = limit.fract() == 0.0 && limit.abs() < 9e15;
        out[word] = if whole { (limit as i64).into() } else { limit.into() };
    }
    out
}

fn as_object(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}
