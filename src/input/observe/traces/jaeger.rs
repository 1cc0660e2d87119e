//! Jaeger's spans: in traces with their processes, alone with a process of their own, in lists of either.

use std::collections::BTreeMap;

use super::{Reading, Role, Span, View, peer, role};

fn is_span(view: &View<'_>) -> bool {
    view.has("spanID") && view.has("traceID")
}

fn is_trace(view: &View<'_>) -> bool {
    view.get("spans").is_list() && view.any(&["processes", "traceID"]).is_there()
}

/// The traces and single spans of a document.
fn parts<'n>(document: &View<'n>) -> Vec<View<'n>> {
    let data = document.get("data");
    let all = if data.is_there() && !is_trace(document) { data } else { document.clone() };
    all.items_or_self().into_iter().filter(|v| is_trace(v) || is_span(v)).collect()
}

pub fn recognises(document: &View<'_>) -> bool {
    !parts(document).is_empty()
}

pub fn spans<'n>(reading: &Reading<'_, '_>, document: &View<'n>, out: &mut Vec<Span<'n>>) {
    for part in parts(document) {
        if is_span(&part) {
            out.extend(span(reading, &part, None));
            continue;
        }
        let processes: BTreeMap<&str, View<'n>> = part.get("processes").entries().collect();
        for view in part.get("spans").items() {
            let id = view.get("processID");
            let process = id.as_text().and_then(|id| processes.get(id));
            if process.is_none() && !view.has("process") {
                reading.gap(&view, "the span has no process: whose it is, is not known");
            }
            out.extend(span(reading, &view, process));
        }
    }
}

fn span<'n>(reading: &Reading<'_, '_>, view: &View<'n>, process: Option<&View<'n>>) -> Option<Span<'n>> {
    let Some(id) = view.get("spanID").as_loose_text() else {
        reading.useless(view, "the span has no `spanID`, and was left out");
        return None;
    };
    let mut out = Span::at(view.clone());
    out.id = id.into_owned();
    out.trace = view.get("traceID").as_loose_text().unwrap_or_default().into_owned();
    let process = process.cloned().unwrap_or_else(|| view.get("process"));
    out.service = reading.text(&process.get("serviceName")).unwrap_or_default();
    out.parent = parent(view);
    out.start_ms = reading.number(&view.get("startTime")).filter(|t| *t > 0.0).unwrap_or(0.0) / 1000.0;
    out.duration_ms = reading.number(&view.get("duration")).filter(|d| *d >= 0.0).map(|d| d / 1000.0);
    let tags: Vec<(String, String)> =
        view.get("tags").items().chain(view.get("tag").items()).filter_map(|t| pair(&t)).collect();
    // Storages may keep tags as a mapping.
    let mapped =
        view.get("tag").entries().filter_map(|(k, v)| Some((k.replace('@', "."), v.as_loose_text()?.into_owned())));
    let tags: Vec<(String, String)> = tags.into_iter().chain(mapped).collect();
    for (key, value) in &tags {
        out.attribute(key, value);
    }
    if out.role == Role::Unknown {
        out.role = role(view.get("kind").as_text().unwrap_or_default());
    }
    if out.role == Role::Client {
        out.peer = peer(|key| tags.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()));
    }
    Some(out)
}

fn pair(tag: &View<'_>) -> Option<(String, String)> {
    Some((tag.get("key").as_text()?.to_owned(), tag.get("value").as_loose_text()?.into_owned()))
}

/// The span that it is a child of, or else follows from.
fn parent(view: &View<'_>) -> String {
    let references: Vec<View<'_>> = view.get("references").items().collect();
    let child_of = references.iter().find(|r| r.get("refType").as_text() == Some("CHILD_OF")).or(references.first());
    let id = child_of.map_or_else(|| view.get("parentSpanID"), |r| r.get("spanID"));
    id.as_loose_text().unwrap_or_default().into_owned()
}
