//! What the inline kinds share: finding their rows, and the fields that the record of an agent may have.
//!
//! A record says what the snapshot's own agent says (model.md, section 2), under the same names; registries,
//! announcements and broadcasts differ in how the agent was found, not in what may be said.

use super::{Capability, Endpoint, Fact, Figure, Latency, Reading, Said, SeedMethod, Subject, Trials, View};
use crate::{
    input::{scalars::Range, suggest},
    model::AgentStatus,
};

/// Who the record is about.
pub const WHO: &[&str] = &["id", "agent", "agent_id", "name"];
/// When it was said.
pub const WHEN: &[&str] = &["time", "timestamp", "updated_at", "last_updated", "registered_at", "last_seen"];
/// Every field that a record may have beside [`WHO`] and [`WHEN`].
const FIELDS: &[&str] = &[
    "type",
    "role",
    "description",
    "version",
    "provider",
    "capabilities",
    "skills",
    "status",
    "zone",
    "resources",
    "budget",
    "performance_metrics",
    "response_time_ms",
    "throughput_per_min",
    "error_rate",
    "availability",
    "requests",
    "errors",
    "resource_requirements",
    "integration_points",
    "endpoint",
    "endpoints",
    "url",
    "depends_on",
    "required_services",
    "reads",
    "writes",
    "labels",
    "capacity",
    "current_load",
    "slots",
    "max_tasks",
    "speed",
    "cost_per_task",
    "cost_per_load",
    "cost_per_hour",
    "cost_fixed",
    "concurrency",
];

/// The rows of a document: the items of a list, of the list under `key` or `records`, or the document itself.
pub fn rows<'n>(document: &View<'n>, key: &str) -> Vec<View<'n>> {
    let list = [key, "records"].iter().map(|k| document.get(k)).find(View::is_list);
    list.map_or_else(|| document.items_or_self(), |list| list.items().collect())
}

/// Reads the record of an agent.
pub fn read_agent(reading: &mut Reading<'_, '_>, row: &View<'_>) {
    let Some(name) = reading.name(&row.any(WHO), "the record") else { return };
    unknown_fields(reading, row);
    let facts = facts(reading, row);
    let (endpoints, points) = (endpoints(reading, row), reading.texts(&row.get("integration_points")));
    let labels = reading.labels(&row.get("labels"));
    let time = WHEN.iter().map(|k| row.get(k)).find(View::is_there).and_then(|v| reading.moment(&v));
    let (id, alias) = (row.get("id").is_there(), reading.text(&row.get("name")));
    let own = reading.observe(row, Subject::Agent, name.clone());
    own.time = time;
    own.facts = facts;
    own.labels(labels);
    if let Some(alias) = alias.filter(|_| id) {
        own.key("name", alias);
    }
    for (view, endpoint) in endpoints {
        own.endpoint(view.place(), endpoint);
    }
    if points.is_empty() {
        return;
    }
    let interfaces = reading.observe(row, Subject::Agent, name);
    interfaces.method = SeedMethod::SystemIntegrationPoints;
    interfaces.time = time;
    for (address, place) in points {
        let address = super::redact::url(&address).unwrap_or(address);
        interfaces.say(place, Fact::Endpoint(Endpoint { address, protocol: String::new() }));
    }
}

fn unknown_fields(reading: &Reading<'_, '_>, row: &View<'_>) {
    for (key, view) in row.entries() {
        let known = || FIELDS.iter().chain(WHO).chain(WHEN);
        if !known().any(|k| *k == key) {
            let near = suggest::nearest(key, known().copied());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            reading.gap(&view, format!("the field `{key}` is not known, and was left out{hint}"));
        }
    }
}

fn facts(reading: &Reading<'_, '_>, row: &View<'_>) -> Vec<Said> {
    let mut out = Vec::new();
    let mut say = |view: &View<'_>, fact: Option<Fact>| out.extend(fact.map(|fact| Said { fact, place: view.place() }));
    let kind = row.any(&["type", "role"]);
    say(&kind, reading.text(&kind).map(Fact::Type));
    for field in ["description", "version", "provider"] {
        let view = row.get(field);
        say(&view, reading.text(&view).map(|t| Fact::Info(field, t)));
    }
    let zone = row.get("zone");
    say(&zone, reading.text(&zone).map(Fact::Zone));
    for (figure, field) in Figure::ALL {
        let view = if figure == Figure::Slots { row.any(&["slots", "concurrency"]) } else { row.get(field) };
        say(&view, reading.number_in(&view, range(figure)).map(|n| Fact::Figure(figure, n)));
    }
    for (dimension, view) in row.get("resources").entries() {
        say(&view, reading.number_in(&view, Range::AMOUNT).map(|n| Fact::Resource(dimension.to_owned(), n)));
    }
    for (dimension, view) in row.get("budget").entries() {
        say(&view, reading.number_in(&view, Range::AMOUNT).map(|n| Fact::Budget(dimension.to_owned(), n)));
    }
    for (name, view) in row.get("resource_requirements").entries() {
        let text = view.as_loose_text().map(|t| super::redact::pair(name, &t));
        say(&view, text.map(|t| Fact::ResourceRequirement(name.to_owned(), t)));
    }
    let mut list = |field: &str, fact: &dyn Fn(String) -> Fact| {
        let texts = reading.texts(&row.get(field));
        out.extend(texts.into_iter().map(|(text, place)| Said { fact: fact(text), place }));
    };
    let address = |text: String| super::redact::url(&text).unwrap_or(text);
    list("depends_on", &|text| Fact::DependsOn(address(text)));
    list("required_services", &|text| Fact::RequiresService(address(text)));
    list("reads", &Fact::Reads);
    list("writes", &Fact::Writes);
    out.extend(capabilities(reading, &row.any(&["capabilities", "skills"])));
    out.extend(status(reading, &row.get("status")));
    let metrics = row.get("performance_metrics");
    out.extend(measured(reading, if metrics.is_map() { &metrics } else { row }));
    out
}

/// The range of a figure, as the snapshot has it.
pub fn range(figure: Figure) -> Range {
    match figure {
        Figure::Slots => Range::SLOTS,
        Figure::MaxTasks => Range::COUNT,
        Figure::Speed => Range::SPEED,
        _ => Range::AMOUNT,
    }
}

/// A list of names, or a mapping of names to proficiencies; items may be mappings with `name` and `proficiency`.
fn capabilities(reading: &Reading<'_, '_>, field: &View<'_>) -> Vec<Said> {
    let mut out = Vec::new();
    let mut say = |view: &View<'_>, name: String, proficiency: Option<f64>| {
        let evidence = format!("`{}` of the record", field.path().rsplit('.').next().unwrap_or_default());
        let fact = Fact::Capability(Capability { name, proficiency, evidence });
        out.push(Said { fact, place: view.place() });
    };
    if field.is_map() {
        for (name, view) in field.entries() {
            let proficiency = if view.is_null() { None } else { reading.number_in(&view, Range::SHARE) };
            say(&view, name.to_owned(), proficiency);
        }
        return out;
    }
    for item in field.items_or_self() {
        if item.is_map() {
            let named = item.any(&["id", "name", "capability"]);
            let proficiency = reading.number_in(&item.any(&["proficiency", "level", "score"]), Range::SHARE);
            if let Some(name) = reading.name(&named, "the capability") {
                say(&named, name, proficiency);
            }
        } else if let Some(name) = reading.text(&item) {
            say(&item, name, None);
        }
    }
    out
}

fn endpoints<'n>(reading: &Reading<'_, '_>, row: &View<'n>) -> Vec<(View<'n>, Endpoint)> {
    let mut out = Vec::new();
    for key in ["url", "endpoint", "endpoints"] {
        for item in row.get(key).items_or_self() {
            let (address, protocol) = if item.is_map() {
                (item.get("url"), item.any(&["protocol", "transport"]))
            } else {
                (item.clone(), item.get("protocol"))
            };
            let endpoint = reading.endpoint(&address, protocol.as_text().unwrap_or_default());
            out.extend(endpoint.map(|e| (item, e)));
        }
    }
    out
}

/// Measured figures under the snapshot's names.
pub fn measured(reading: &Reading<'_, '_>, from: &View<'_>) -> Vec<Said> {
    let mut out = Vec::new();
    let mut say = |view: &View<'_>, fact: Option<Fact>| out.extend(fact.map(|fact| Said { fact, place: view.place() }));
    let times = from.any(&["response_time_ms", "latency_ms"]);
    say(&times, latency(reading, &times).map(Fact::Latency));
    let rate = from.get("throughput_per_min");
    say(&rate, reading.number_in(&rate, Range::AMOUNT).map(Fact::Throughput));
    let (errors, requests) = (from.get("errors"), from.get("requests"));
    let share = from.get("error_rate");
    let counted = reading.number_in(&errors, Range::AMOUNT).zip(reading.number_in(&requests, Range::AMOUNT));
    let trials = match counted {
        Some((hits, trials)) => Some(Trials { hits: Some(hits), trials: Some(trials), share: None }),
        None => reading.number_in(&share, Range::UNIT).map(|s| Trials { share: Some(s), ..Trials::default() }),
    };
    say(if counted.is_some() { &errors } else { &share }, trials.map(Fact::Errors));
    let up = from.get("availability");
    let share = reading.number_in(&up, Range::UNIT);
    say(&up, share.map(|s| Fact::Availability(Trials { share: Some(s), ..Trials::default() })));
    out
}

/// Response times: quantiles, a list of samples, or one number that stands for the median.
pub fn latency(reading: &Reading<'_, '_>, view: &View<'_>) -> Option<Latency> {
    if view.is_list() {
        let samples = view.items().filter_map(|v| reading.number_in(&v, Range::AMOUNT)).collect();
        return Some(Latency { samples, ..Latency::default() });
    }
    if !view.is_map() {
        return Some(Latency { p50: Some(reading.number_in(view, Range::AMOUNT)?), ..Latency::default() });
    }
    let quantile = |name: &str| reading.number_in(&view.get(name), Range::AMOUNT);
    let samples = view.get("samples").items().filter_map(|v| reading.number_in(&v, Range::AMOUNT)).collect();
    Some(Latency {
        p50: quantile("p50"),
        p95: quantile("p95"),
        p99: quantile("p99"),
        samples,
        count: quantile("count"),
    })
}

/// Words for the status of an agent, those of the snapshot first.
const STATUSES: [(&str, AgentStatus); 30] = [
    ("active", AgentStatus::Active),
    ("idle", AgentStatus::Idle),
    ("busy", AgentStatus::Busy),
    ("draining", AgentStatus::Draining),
    ("offline", AgentStatus::Offline),
    ("failed", AgentStatus::Failed),
    ("up", AgentStatus::Active),
    ("online", AgentStatus::Active),
    ("ok", AgentStatus::Active),
    ("healthy", AgentStatus::Active),
    ("ready", AgentStatus::Active),
    ("running", AgentStatus::Active),
    ("alive", AgentStatus::Active),
    ("available", AgentStatus::Active),
    ("passing", AgentStatus::Active),
    ("degraded", AgentStatus::Active),
    ("warning", AgentStatus::Active),
    ("waiting", AgentStatus::Idle),
    ("working", AgentStatus::Busy),
    ("overloaded", AgentStatus::Busy),
    ("terminating", AgentStatus::Draining),
    ("maintenance", AgentStatus::Draining),
    ("cordoned", AgentStatus::Draining),
    ("down", AgentStatus::Offline),
    ("stopped", AgentStatus::Offline),
    ("unavailable", AgentStatus::Offline),
    ("disconnected", AgentStatus::Offline),
    ("critical", AgentStatus::Failed),
    ("error", AgentStatus::Failed),
    ("unhealthy", AgentStatus::Failed),
];

/// What a word says of an agent's status, whatever its case.
pub fn status_of(word: &str) -> Option<AgentStatus> {
    let word = word.trim().to_ascii_lowercase();
    STATUSES.iter().find(|(w, _)| *w == word).map(|(_, s)| *s)
}

/// The status that a field gives; a word that nobody knows is a gap.
pub fn status(reading: &Reading<'_, '_>, view: &View<'_>) -> Option<Said> {
    let word = reading.text(view)?;
    let Some(status) = status_of(&word) else {
        reading.gap(view, format!("the status `{word}` is none that is known (`active`, `busy`, `offline` …)"));
        return None;
    };
    Some(Said { fact: Fact::Status(status, word), place: view.place() })
}

/// True where the record is an agent's, in one of orch's own kinds, and has one of the fields.
pub fn has_any(row: &View<'_>, fields: &[&str]) -> bool {
    let foreign = ["skills", "supportedInterfaces", "protocolVersion", "apiVersion", "packages", "remotes"];
    row.any(WHO).as_loose_text().is_some() && !foreign.iter().any(|k| row.has(k)) && fields.iter().any(|k| row.has(k))
}

/// Reads every row of every document as an agent's record.
pub fn read_all(reading: &mut Reading<'_, '_>, documents: &[View<'_>], key: &str) {
    for row in documents.iter().flat_map(|d| rows(d, key)) {
        if row.is_map() {
            read_agent(reading, &row);
        } else {
            reading.useless(&row, format!("expected a record, found {}", row.noun()));
        }
    }
}
