//! One text read as one kind of source: its observations, or the one reason why there are none.

use super::{ADAPTERS, Adapter, Observation, Reading, View, adapter, codes, redact, text};
use crate::{
    error::Finding,
    input::{
        Command,
        codes::Code,
        path::Path,
        problems::Problems,
        sources::{Source, Sources, Span},
        tree::Node,
    },
};

/// Why a source says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Which code.
    pub code: &'static Code,
    /// Where in the text.
    pub span: Span,
    /// What is wrong, without the file's name.
    pub message: String,
}

/// Reads a text as a kind of source. Gaps go to `problems`.
///
/// # Errors
///
/// The one reason why it cannot be read: no document, or a document of another kind.
pub fn read_source(
    adapter: &'static Adapter,
    source: &Source,
    problems: &Problems<'_>,
) -> Result<Vec<Observation>, Refusal> {
    let documents = text::documents(&source.name, &source.text, source.base()).map_err(|fault| Refusal {
        code: &codes::UNREADABLE,
        span: Span { at: fault.at, len: 1 },
        message: format!("neither YAML nor JSON: {}", redact::text(&fault.message)),
    })?;
    let views: Vec<View<'_>> = match documents.as_slice() {
        [one] => vec![View::root(one)],
        many => many.iter().enumerate().map(|(i, node)| View::item_root(node, i)).collect(),
    };
    let at = Span { at: source.base(), len: 1 };
    if !views.iter().any(adapter.recognises) {
        return Err(Refusal { code: &codes::WRONG_KIND, span: at, message: wrong_kind(adapter, &views) });
    }
    let mut reading = Reading::new(adapter, &source.name, problems);
    (adapter.read)(&mut reading, &views);
    Ok(reading.finish())
}

/// Reads records that a snapshot gives inline.
///
/// # Errors
///
/// That they are of another kind.
pub fn read_inline(
    adapter: &'static Adapter,
    file: &str,
    node: &Node<'_>,
    problems: &Problems<'_>,
) -> Result<Vec<Observation>, Refusal> {
    let view = View::within(node, "records");
    if !(adapter.recognises)(&view) && view.items().next().is_some() {
        let at = Span { at: node.at, len: 1 };
        return Err(Refusal { code: &codes::WRONG_KIND, span: at, message: wrong_kind(adapter, &[view]) });
    }
    let mut reading = Reading::new(adapter, file, problems);
    (adapter.read)(&mut reading, &[view]);
    Ok(reading.finish())
}

fn wrong_kind(adapter: &Adapter, views: &[View<'_>]) -> String {
    let like: Vec<String> = ADAPTERS
        .iter()
        .filter(|a| a.kind != adapter.kind && views.iter().any(a.recognises))
        .map(|a| format!("`{}`", a.kind))
        .collect();
    let seems = match (views.is_empty(), like.as_slice()) {
        (true, _) => "it holds no document".to_owned(),
        (_, []) => "it is of no kind that is known".to_owned(),
        (_, like) => format!("it looks like {}", like.join(" or ")),
    };
    format!("this is not {}: {seems}", adapter.title)
}

/// What a text says, read by itself: for tests, and for trying a format.
#[derive(Debug, Default)]
pub struct Trial {
    /// What it says.
    pub observations: Vec<Observation>,
    /// Gaps, and the one error where there is one.
    pub findings: Vec<Finding>,
}

/// Reads a text as `kind`; `None` where there is no such kind.
pub fn try_text(kind: &str, name: &str, text: &str) -> Option<Trial> {
    let adapter = adapter(kind)?;
    let sources = Sources::default();
    let (_, source) = sources.add(name.to_owned(), text.to_owned())?;
    let problems = Problems::new(&sources, Command::Discover);
    let observations = read_source(adapter, source, &problems).unwrap_or_else(|refusal| {
        problems.add(refusal.code, refusal.span, &Path::Root, refusal.message);
        Vec::new()
    });
    Some(Trial { observations, findings: problems.finish() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::observe::Fact;

    fn trial(kind: &str, text: &str) -> Trial {
        try_text(kind, "x.json", text).unwrap()
    }

    #[test]
    fn a_file_of_another_kind_is_one_error() {
        let t = trial("a2a", r#"[{"agent": "a", "time": "2026-01-05T09:00:00Z"}]"#);
        assert!(t.observations.is_empty());
        assert_eq!(t.findings.len(), 1);
        let f = &t.findings[0];
        assert_eq!((f.code, f.location.line), ("ORCH202", 1));
        assert_eq!(f.message, "this is not an A2A agent card, or a list of them: it looks like `heartbeats`");
        assert_eq!(trial("a2a", "[1, 2").findings[0].code, "ORCH201");
        assert_eq!(
            trial("a2a", "").findings[0].message,
            "this is not an A2A agent card, or a list of them: it holds no document"
        );
    }

    #[test]
    fn real_cards_break_their_schema_and_are_read_all_the_same() {
        let t = trial(
            "a2a",
            "{\"name\": \"x\",\n \"skills\": [\"plain\",\n {\"name\": \"Cook\", \"tags\": \"food\"}, 7, {}]}",
        );
        let names: Vec<&str> = t.observations[1]
            .facts
            .iter()
            .filter_map(|s| if let Fact::Capability(c) = &s.fact { Some(c.name.as_str()) } else { None })
            .collect();
        assert_eq!(names, ["plain", "food", "Cook", "7"]);
        let gaps: Vec<(&str, u32, &str)> =
            t.findings.iter().map(|f| (f.code, f.location.line, f.path.as_str())).collect();
        assert_eq!(
            gaps,
            [
                ("ORCH204", 1, ""),
                ("ORCH204", 2, "skills[0]"),
                ("ORCH204", 3, "skills[1]"),
                ("ORCH204", 3, "skills[2]"),
                ("ORCH205", 3, "skills[3]"),
            ]
        );
    }
}
