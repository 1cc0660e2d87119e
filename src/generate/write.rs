//! A small document and its two forms: JSON, and YAML with one row a line.

use std::fmt::Write as _;

/// A value of a snapshot; maps keep the order in which they were written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A mapping.
    Map(Vec<(String, Value)>),
}

impl From<usize> for Value {
    fn from(n: usize) -> Self {
        Self::Number(n as f64)
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Self::Number(x)
    }
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A list of texts.
    pub fn texts<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Self::text).collect())
    }

    /// A mapping; entries with an empty list or mapping are left out.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        let kept = entries.into_iter().filter(|(_, v)| !v.is_empty());
        Self::Map(kept.map(|(k, v)| (k.into(), v)).collect())
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::List(l) if l.is_empty()) || matches!(self, Self::Map(m) if m.is_empty())
    }
}

/// The document as JSON: sections on lines of their own, and each of their rows.
pub fn to_json(doc: &Value) -> String {
    let mut out = String::new();
    json(doc, 0, &mut out);
    out.push('\n');
    out
}

fn json(value: &Value, depth: usize, out: &mut String) {
    // Rows of sections are three deep: {"network": {"links": [ROW]}}.
    let open = depth < 3 && matches!(value, Value::List(l) if l.iter().any(|v| matches!(v, Value::Map(_))));
    let open =
        open || (depth < 2 && matches!(value, Value::Map(m) if m.iter().any(|(_, v)| matches!(v, Value::List(_)))));
    let (gap, end) = if open {
        (format!("\n{}", " ".repeat(depth + 1)), format!("\n{}", " ".repeat(depth)))
    } else {
        (String::new(), String::new())
    };
    let comma = if open { "," } else { ", " };
    match value {
        Value::Number(x) => number(*x, out),
        Value::Text(t) => quoted(t, out),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { comma } else { "" });
                out.push_str(&gap);
                json(item, if open { 9 } else { depth }, out);
            }
            out.push_str(&end);
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (i, (key, item)) in entries.iter().enumerate() {
                out.push_str(if i > 0 { comma } else { "" });
                out.push_str(&gap);
                quoted(key, out);
                out.push_str(": ");
                json(item, depth + 1, out);
            }
            out.push_str(&end);
            out.push('}');
        }
    }
}

/// The document as YAML: sections as blocks, their rows in flow style, one a line.
pub fn to_yaml(doc: &Value) -> String {
    let mut out = String::new();
    if let Value::Map(sections) = doc {
        block(sections, 0, &mut out);
    }
    out
}

fn block(entries: &[(String, Value)], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for (key, value) in entries {
        out.push_str(&indent);
        scalar(key, out);
        out.push(':');
        match value {
            Value::Map(entries) if depth == 0 => {
                out.push('\n');
                block(entries, depth + 1, out);
            }
            Value::List(rows) if rows.iter().any(|r| matches!(r, Value::Map(_))) => {
                out.push('\n');
                for row in rows {
                    let _ = write!(out, "{indent}  - ");
                    flow(row, out);
                    out.push('\n');
                }
            }
            other => {
                out.push(' ');
                flow(other, out);
                out.push('\n');
            }
        }
    }
}

fn flow(value: &Value, out: &mut String) {
    let comma = |i: usize| if i > 0 { ", " } else { "" };
    match value {
        Value::Number(x) => number(*x, out),
        Value::Text(t) => scalar(t, out),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(comma(i));
                flow(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (i, (key, item)) in entries.iter().enumerate() {
                out.push_str(comma(i));
                scalar(key, out);
                out.push_str(": ");
                flow(item, out);
            }
            out.push('}');
        }
    }
}

/// Shortest form that reads back the same; whole numbers without a point.
fn number(x: f64, out: &mut String) {
    let _ = write!(out, "{x}");
}

/// A text as YAML: plain where nothing else could be meant, else quoted.
fn scalar(text: &str, out: &mut String) {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ');
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '1'..='9'))
        && text.chars().all(word)
        && !text.ends_with(' ')
        && text.chars().any(|c| c.is_ascii_alphabetic())
        && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_ascii_lowercase().as_str())
        && text.parse::<f64>().is_err();
    if plain { out.push_str(text) } else { quoted(text, out) }
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let row = Value::map([("id", Value::text("a\"1")), ("speed", Value::from(1.5)), ("n", Value::from(3))]);
        let doc = Value::map([
            ("version", Value::from(1)),
            ("on", Value::text("1e3")),
            ("agents", Value::List(vec![row.clone(), row])),
            ("none", Value::List(Vec::new())),
        ]);
        let json: serde_json::Value = serde_json::from_str(&to_json(&doc)).unwrap();
        let yaml: serde_json::Value = serde_yaml::from_str(&to_yaml(&doc)).unwrap();
        assert_eq!(json.to_string().replace(".0", ""), yaml.to_string().replace(".0", ""));
        assert_eq!(to_yaml(&doc).lines().count(), 5);
    }
}
