//! OTLP's spans, in files of the collector and in answers of Jaeger's API v3.

use super::{Reading, Role, Span, View, peer, role};

/// The spans of resources: OTLP itself, or under `result` as API v3 has it.
fn resources<'n>(document: &View<'n>) -> View<'n> {
    let own = document.any(&["resourceSpans", "resource_spans"]);
    if own.is_there() { own } else { document.get("result").any(&["resourceSpans", "resource_spans"]) }
}

pub fn recognises_traces(document: &View<'_>) -> bool {
    resources(document).is_list()
}

/// Logs are OTLP too; they say nothing of who calls whom.
pub fn recognises_logs(document: &View<'_>) -> bool {
    document.get("resourceLogs").is_list()
}

/// A value of an attribute as text; of lists and mappings there is none.
pub fn value(view: &View<'_>) -> Option<String> {
    let kinds = ["stringValue", "intValue", "boolValue", "doubleValue"];
    kinds.iter().find_map(|k| view.get(k).as_loose_text().map(std::borrow::Cow::into_owned))
}

/// The attributes of a resource, span or data point.
pub fn attributes(view: &View<'_>) -> Vec<(String, String)> {
    let pair = |a: View<'_>| Some((a.get("key").as_text()?.to_owned(), value(&a.get("value"))?));
    view.get("attributes").items().filter_map(pair).collect()
}

/// The value of an attribute.
pub fn find(attributes: &[(String, String)], key: &str) -> Option<String> {
    attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone())
}

pub fn spans<'n>(reading: &Reading<'_, '_>, document: &View<'n>, out: &mut Vec<Span<'n>>) {
    if recognises_logs(document) {
        reading.gap(&document.get("resourceLogs"), "logs say nothing of who calls whom, and were left out");
    }
    for resource in resources(document).items() {
        let service = find(&attributes(&resource.get("resource")), "service.name").unwrap_or_default();
        let service = super::super::redact::text(service.trim());
        let scopes = resource.any(&["scopeSpans", "scope_spans", "instrumentationLibrarySpans"]);
        for view in scopes.items().flat_map(|s| s.get("spans").items().collect::<Vec<_>>()) {
            out.extend(span(reading, &view, &service));
        }
    }
}

fn span<'n>(reading: &Reading<'_, '_>, view: &View<'n>, service: &str) -> Option<Span<'n>> {
    let Some(id) = view.any(&["spanId", "span_id"]).as_loose_text() else {
        reading.useless(view, "the span has no `spanId`, and was left out");
        return None;
    };
    let mut out = Span::at(view.clone());
    out.id = id.into_owned();
    out.trace = view.any(&["traceId", "trace_id"]).as_loose_text().unwrap_or_default().into_owned();
    out.parent = view.any(&["parentSpanId", "parent_span_id"]).as_loose_text().unwrap_or_default().into_owned();
    service.clone_into(&mut out.service);
    let attributes = attributes(view);
    for (key, value) in &attributes {
        out.attribute(key, value);
    }
    if let Some(kind) = view.get("kind").as_loose_text() {
        out.role = role(&kind);
    }
    let code = view.get("status").get("code").as_loose_text().unwrap_or_default();
    out.error |= code == "2" || code == "STATUS_CODE_ERROR";
    let nanos = |keys: &[&str]| reading.number(&view.any(keys)).filter(|t| *t > 0.0);
    let (start, end) =
        (nanos(&["startTimeUnixNano", "start_time_unix_nano"]), nanos(&["endTimeUnixNano", "end_time_unix_nano"]));
    out.start_ms = start.unwrap_or(0.0) / 1e6;
    out.duration_ms = duration(reading, view);
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        reading.gap(view, "the span ends before it starts");
    }
    if out.role == Role::Client {
        out.peer = peer(|key| find(&attributes, key));
    }
    Some(out)
}

/// The time between start and end in ms, exact although the moments have more digits than a double holds.
fn duration(reading: &Reading<'_, '_>, view: &View<'_>) -> Option<f64> {
    let nanos = |keys: &[&str]| {
        let view = view.any(keys);
        let text = view.as_text().and_then(|t| t.trim().parse::<i128>().ok());
        text.or_else(|| Some(reading.number(&view)? as i128))
    };
    let start = nanos(&["startTimeUnixNano", "start_time_unix_nano"])?;
    let end = nanos(&["endTimeUnixNano", "end_time_unix_nano"])?;
    let between = end.checked_sub(start).filter(|d| *d >= 0)?;
    Some(between as f64 / 1e6)
}
