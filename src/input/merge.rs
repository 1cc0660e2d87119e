//! Several documents to one: lists append, mappings join, and overlays set fields of agents.

use super::{
    codes,
    load::Document,
    path::Path,
    problems::Problems,
    sources::Span,
    suggest,
    tree::{Entry, Kind, Node},
};

/// Merges documents in their order; the first must carry the version.
pub fn merge<'t>(documents: Vec<Document<'t>>, problems: &Problems<'t>) -> Node<'t> {
    let mut merged = Node { kind: Kind::Map(Vec::new()), at: 0 };
    for (index, document) in documents.into_iter().enumerate() {
        let mut root = document.root;
        let Kind::Map(entries) = &mut root.kind else {
            let message = format!("expected a mapping with `version`, `agents`, `tasks`, found {}", root.noun());
            problems.add(&codes::WRONG_TYPE, root.span(problems.sources), &Path::Root, message);
            continue;
        };
        if index == 0 {
            merged.at = root.at;
            check_version(entries, root.at, problems);
        }
        entries.retain(|e| e.key != "include");
        for entry in entries.iter_mut().filter(|e| e.key == "estimates" || e.key == "history") {
            let value = &mut entry.value;
            if matches!(value.kind, Kind::Text(_)) {
                let file = std::mem::take(value);
                *value = Node { at: file.at, kind: Kind::List(vec![file]) };
            }
        }
        join(&mut merged, root, &Path::Root, problems);
    }
    overlay(&mut merged, problems);
    merged
}

fn check_version(entries: &[Entry<'_>], at: u32, problems: &Problems<'_>) {
    match entries.iter().find(|e| e.key == "version").map(|e| &e.value) {
        None => problems.add(&codes::VERSION, Span { at, len: 1 }, &Path::Root, "`version` is missing"),
        Some(Node { kind: Kind::Number(n), .. }) if *n == 1.0 => {}
        Some(other) => {
            let path = Path::Field(&Path::Root, "version");
            let message = "this version of the snapshot format is not supported";
            problems.add(&codes::VERSION, other.span(problems.sources), &path, message);
        }
    }
}

/// Puts `more` into `into`. Within one document nothing is joined: a key that stands twice stays twice.
fn join<'t>(into: &mut Node<'t>, more: Node<'t>, path: &Path<'_>, problems: &Problems<'t>) {
    let span = more.span(problems.sources);
    match (&mut into.kind, more.kind) {
        (Kind::Map(old), Kind::Map(new)) => {
            let before = old.len();
            for entry in new {
                match old[..before].iter().position(|e| e.key == entry.key) {
                    Some(i) => {
                        let key = entry.key;
                        join(&mut old[i].value, entry.value, &path.field(&key), problems);
                    }
                    None => old.push(entry),
                }
            }
        }
        (Kind::List(old), Kind::List(new)) => old.extend(new),
        (_, Kind::Null) => {}
        (old @ Kind::Null, new) => *old = new,
        (old, new) if *old == new => {}
        (_, new) => {
            let earlier = problems.sources.location(into.at);
            let file = problems.sources.iter().nth(earlier.file as usize).map_or("", |s| s.name.as_str());
            let message = format!("`{path}` is given differently in {file}, line {}", earlier.line);
            let _ = new;
            problems.add(&codes::CLASHING_SECTION, span, path, message);
        }
    }
}

/// Takes `overlay` out and sets its fields on the agents it names, as RFC 7386 merges.
fn overlay<'t>(merged: &mut Node<'t>, problems: &Problems<'t>) {
    let Kind::Map(sections) = &mut merged.kind else { return };
    let Some(index) = sections.iter().position(|e| e.key == "overlay") else { return };
    let overlay = sections.remove(index).value;
    let path = Path::Field(&Path::Root, "overlay");
    let Kind::Map(kinds) = overlay.kind else {
        if overlay.kind != Kind::Null {
            let message = format!("expected a mapping, found {}", overlay.noun());
            problems.add(&codes::WRONG_TYPE, overlay.span(problems.sources), &path, message);
        }
        return;
    };
    let mut none = Vec::new();
    let agents = sections.iter_mut().find(|e| e.key == "agents").map(|e| &mut e.value.kind);
    let agents = if let Some(Kind::List(agents)) = agents { agents } else { &mut none };
    for kind in kinds {
        let span = kind.key_span(problems.sources);
        match kind.value.kind {
            Kind::Map(changes) if kind.key == "agents" => {
                for change in changes {
                    overlay_agent(agents, change, &path, problems);
                }
            }
            Kind::Null if kind.key == "agents" => {}
            _ if kind.key == "agents" => {
                let message = format!("expected a mapping of agent ids, found {}", kind.value.noun());
                problems.add(&codes::WRONG_TYPE, span, &path.field("agents"), message);
            }
            _ => {
                let message = format!("unknown field `{}`", kind.key);
                let help = "only `agents` can be overlaid";
                problems.add_with_help(&codes::UNKNOWN_FIELD, span, &path.field(&kind.key), message, help);
            }
        }
    }
}

fn overlay_agent<'t>(agents: &mut [Node<'t>], change: Entry<'t>, path: &Path<'_>, problems: &Problems<'t>) {
    let span = change.key_span(problems.sources);
    let path = path.field("agents");
    let path = path.field(&change.key);
    if let Some(agent) = agents.iter_mut().find(|a| id_of(a) == Some(&*change.key)) {
        patch(agent, change.value);
    } else {
        let near = suggest::nearest(&change.key, agents.iter().filter_map(id_of));
        let help = near.map_or_else(|| codes::UNKNOWN_AGENT.remedy.to_owned(), |n| format!("did you mean `{n}`?"));
        let message = format!("unknown agent `{}`", change.key);
        problems.add_with_help(&codes::UNKNOWN_AGENT, span, &path, message, help);
    }
}

fn id_of<'a>(agent: &'a Node<'_>) -> Option<&'a str> {
    let Kind::Map(entries) = &agent.kind else { return None };
    match &entries.iter().find(|e| e.key == "id")?.value.kind {
        Kind::Text(id) => Some(id),
        _ => None,
    }
}

/// Mappings join field by field, anything else replaces, and nothing removes.
fn patch<'t>(into: &mut Node<'t>, change: Node<'t>) {
    match (&mut into.kind, change.kind) {
        (Kind::Map(old), Kind::Map(new)) => {
            for entry in new {
                match old.iter().position(|e| e.key == entry.key) {
                    Some(i) if entry.value.kind == Kind::Null => drop(old.remove(i)),
                    Some(i) => patch(&mut old[i].value, entry.value),
                    None => old.push(entry),
                }
            }
        }
        (old, new) => {
            *old = new;
            into.at = change.at;
        }
    }
}
