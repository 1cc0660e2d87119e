//! The two forms of a snapshot: JSON with one row a line, and YAML with as much on a line as fits.

use std::fmt::Write as _;

use super::Value;

/// Longest line of rows that stay on one line whatever they hold: tables of generated fleets.
pub const ROWS: usize = usize::MAX;
/// Longest line of rows that people read: what does not fit is written field by field.
pub const READABLE: usize = 110;

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
        Value::Nothing => out.push_str("null"),
        Value::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
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

/// The document as YAML: sections as blocks, their rows in flow style, one a line; a row that is wider than
/// `width` is written field by field.
pub fn to_yaml(doc: &Value, width: usize) -> String {
    let mut out = String::new();
    match doc {
        Value::Map(sections) => fields(sections, 0, width, &mut out),
        Value::List(items) if items.is_empty() => out.push_str("[]\n"),
        Value::List(items) => items.iter().for_each(|item| row(item, 0, width, &mut out)),
        _ => {}
    }
    out
}

/// Fields of a mapping, each on lines of its own behind `depth` indents; the first may follow a `- `.
fn fields(entries: &[(String, Value)], depth: usize, width: usize, out: &mut String) {
    for (key, value) in entries {
        out.push_str(&"  ".repeat(depth));
        if is_long(key) {
            // Told to be a key, and its value on one line.
            out.push_str("? ");
            scalar(key, out);
            let _ = write!(out, "\n{}: ", "  ".repeat(depth));
            flow(value, out);
            out.push('\n');
            continue;
        }
        scalar(key, out);
        out.push(':');
        let used = 2 * depth + key.len() + 2;
        match value {
            Value::Map(inner) if !inner.is_empty() && (depth == 0 || !fits(value, used, width)) => {
                out.push('\n');
                fields(inner, depth + 1, width, out);
            }
            Value::List(items) if rows(items) || !fits(value, used, width) => {
                out.push('\n');
                for item in items {
                    row(item, depth + 1, width, out);
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

/// True where YAML asks that a key be told to be one: it may take 1,024 characters otherwise, escapes counted.
fn is_long(key: &str) -> bool {
    key.len() > 128 && quoted_length(key) > 1000
}

fn quoted_length(text: &str) -> usize {
    let mut out = String::new();
    scalar(text, &mut out);
    out.chars().count()
}

/// True where a list holds mappings.
fn rows(items: &[Value]) -> bool {
    items.iter().any(|item| matches!(item, Value::Map(_)))
}

/// An item of a list, on one line where it fits.
fn row(item: &Value, depth: usize, width: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match item {
        Value::Map(entries) if !entries.is_empty() && !fits(item, 2 * depth + 2, width) => {
            let from = out.len();
            fields(entries, depth + 1, width, out);
            // The mark takes the place of the first field's last indent.
            let mark = from + 2 * depth;
            out.replace_range(mark..mark + 2, "- ");
        }
        other => {
            let _ = write!(out, "{indent}- ");
            flow(other, out);
            out.push('\n');
        }
    }
}

/// True where a value in flow style ends within the width.
fn fits(value: &Value, used: usize, width: usize) -> bool {
    if width == ROWS {
        return true;
    }
    let mut text = String::new();
    flow(value, &mut text);
    used + text.chars().count() <= width
}

fn flow(value: &Value, out: &mut String) {
    let comma = |i: usize| if i > 0 { ", " } else { "" };
    match value {
        Value::Nothing => out.push_str("null"),
        Value::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
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
                out.push_str(if is_long(key) { "? " } else { "" });
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
    let name = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ') || name && matches!(c, '.' | '/');
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
            // Line separators and the byte order mark are text, but not to every reader of YAML.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
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
        let yaml: serde_json::Value = serde_yaml::from_str(&to_yaml(&doc, ROWS)).unwrap();
        assert_eq!(json.to_string().replace(".0", ""), yaml.to_string().replace(".0", ""));
        assert_eq!(to_yaml(&doc, ROWS).lines().count(), 5);
    }

    #[test]
    fn wide_rows_are_written_field_by_field_and_say_the_same() {
        let row = Value::map([
            ("id", Value::text("a: 1")),
            ("soft", Value::from(true)),
            ("labels", Value::map([("k", "v\u{2028}\n".repeat(30)), ("empty", String::new())])),
            ("list", Value::texts(["x"].repeat(60))),
            ("points", Value::List(vec![Value::map([("p", 1.5)]), Value::map([("q", 2.0)])])),
        ]);
        let doc = Value::map([("rows", Value::List(vec![row, Value::map([("id", "b")])]))]);
        let json: serde_json::Value = serde_json::from_str(&to_json(&doc)).unwrap();
        let text = to_yaml(&doc, READABLE);
        let yaml: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(json.to_string().replace(".0", ""), yaml.to_string().replace(".0", ""));
        assert!(text.contains("\n  - id: \"a: 1\"\n    soft: true\n") && text.ends_with("\n  - {id: b}\n"), "{text}");
    }
}
