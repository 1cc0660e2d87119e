//! Foreign text to documents: YAML streams, JSON, one JSON value a line, and the front matter of Markdown.

use std::borrow::Cow;

use crate::input::{
    sources::Pos,
    syntax::{self, Fault, Syntax},
    tree::{Entry, Kind, Node},
};

/// The documents of a file, in order; `name` tells Markdown from the rest.
///
/// # Errors
///
/// The first place where the text is none of these.
pub fn documents<'t>(name: &str, text: &'t str, base: Pos) -> Result<Vec<Node<'t>>, Fault> {
    let (text, base) = text.strip_prefix('\u{feff}').map_or((text, base), |rest| (rest, base + 3));
    let markdown = [".md", ".mdc", ".markdown"].iter().any(|e| name.to_ascii_lowercase().ends_with(e));
    if markdown {
        return front_matter(text, base).map(|node| node.into_iter().collect());
    }
    if syntax::is_json(text) {
        return match syntax::parse(text, base) {
            Err(fault) if fault.kind == Syntax::Documents => lines(text, base, fault),
            one => one.map(|node| vec![node]),
        };
    }
    yaml_stream(text, base)
}

/// One JSON value a line.
fn lines(text: &str, base: Pos, whole: Fault) -> Result<Vec<Node<'_>>, Fault> {
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            // Values that span lines are no log: then the fault of the whole is the clearer one.
            match syntax::parse(line, base + at) {
                Ok(node) => out.push(node),
                Err(fault) => return Err(if out.is_empty() { whole } else { fault }),
            }
        }
        at += line.len() as Pos;
    }
    Ok(out)
}

/// The documents between `---` lines, the empty ones left out.
fn yaml_stream(text: &str, base: Pos) -> Result<Vec<Node<'_>>, Fault> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let marker =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if marker && at > 0 {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len());
    let mut out = Vec::new();
    for pair in starts.windows(2) {
        let part = &text[pair[0]..pair[1]];
        let bare = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#') || line.trim() == "---";
        if part.lines().all(bare) {
            continue;
        }
        out.push(syntax::parse(part, base + pair[0] as Pos)?);
    }
    Ok(out)
}

/// The mapping between the first two `---` lines of Markdown; `None` where there is none. Real front matter is
/// often no YAML (a colon in a description): then each `key: value` line is read by itself.
fn front_matter(text: &str, base: Pos) -> Result<Option<Node<'_>>, Fault> {
    let Some(rest) = text.strip_prefix("---").and_then(|r| r.strip_prefix('\n').or_else(|| r.strip_prefix("\r\n")))
    else {
        return Ok(None);
    };
    let start = text.len() - rest.len();
    let mut end = None;
    let mut at = start;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            end = Some(at);
            break;
        }
        at += line.len();
    }
    let Some(end) = end else { return Ok(None) };
    let matter = &text[start..end];
    let base = base + start as Pos;
    match syntax::parse(matter, base) {
        Ok(node) if matches!(node.kind, Kind::Map(_)) => Ok(Some(node)),
        Err(fault) if !matches!(fault.kind, Syntax::Malformed | Syntax::DuplicateKey) => Err(fault),
        _ => Ok(Some(loose_lines(matter, base))),
    }
}

/// `key: value` lines; what is indented or has no key belongs to the value before and is left out.
fn loose_lines(matter: &str, base: Pos) -> Node<'_> {
    let mut entries = Vec::new();
    let mut at = 0;
    for line in matter.split_inclusive('\n') {
        let key = line.split_once(':').map(|(key, _)| key);
        let plain = |k: &str| !k.is_empty() && k.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        if let Some(key) = key.filter(|k| plain(k)) {
            let tail = &line[key.len() + 1..];
            let value = tail.trim().trim_matches(['"', '\'']);
            let skipped = key.len() + 1 + (tail.len() - tail.trim_start().len());
            let kind = if value.is_empty() { Kind::Null } else { Kind::Text(Cow::Borrowed(value)) };
            let value = Node { kind, at: base + (at + skipped.min(line.len())) as Pos };
            entries.push(Entry { key: Cow::Borrowed(key), at: base + at as Pos, value });
        }
        at += line.len();
    }
    Node { kind: Kind::Map(entries), at: base }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(name: &str, text: &str) -> Vec<String> {
        documents(name, text, 0).unwrap().iter().map(|n| n.to_json().to_string()).collect()
    }

    #[test]
    fn a_stream_is_its_documents() {
        assert_eq!(
            json("a.yaml", "---\na: 1\n---\n# nothing\n---\nb: |\n  --- no\n"),
            [r#"{"a":1}"#, r#"{"b":"--- no\n"}"#]
        );
        assert_eq!(json("a.jsonl", "{\"a\":1}\n\n{\"b\":2}\n"), [r#"{"a":1}"#, r#"{"b":2}"#]);
        assert_eq!(json("a.json", "\u{feff}{\"a\":1}"), [r#"{"a":1}"#]);
        assert!(documents("a.json", "{\"a\":\n1}{\"b\":\n2}", 0).is_err());
    }

    #[test]
    fn positions_survive_the_splitting() {
        let nodes = documents("a.yaml", "a: 1\n---\nb: 2\n", 100).unwrap();
        let Kind::Map(entries) = &nodes[1].kind else { panic!("a mapping") };
        assert_eq!(entries[0].at, 109);
    }

    #[test]
    fn front_matter_is_read_even_where_it_is_no_yaml() {
        assert_eq!(json("a.md", "---\nname: x\ntools: [a]\n---\nbody"), [r#"{"name":"x","tools":["a"]}"#]);
        assert_eq!(
            json("a.md", "---\nname: x\ndescription: use: it\n---\n"),
            [r#"{"description":"use: it","name":"x"}"#]
        );
        assert!(json("a.md", "# no front matter").is_empty());
    }
}
