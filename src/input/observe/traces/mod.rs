//! Traces: who calls whom, how often, how fast, with how many failures; from Jaeger and from OTLP.
//!
//! ```text
//! jaeger, otlp   a file's spans, in one form
//! parties        whose a span is: `gen_ai.agent.name` where present, else `service.name`
//! calls          parents and children of different parties are calls; entry spans are work done
//! ```

mod calls;
mod jaeger;
mod metrics;
mod otlp;
mod parties;

use super::{Adapter, Calls, DOCUMENTS, Fact, Latency, Moment, Reading, SeedMethod, Subject, View, facts::Facts};

/// Files of Jaeger, in every shape.
pub const JAEGER: Adapter = Adapter {
    kind: "jaeger",
    title: "traces or dependencies of Jaeger (UI JSON, storage, API v3)",
    method: SeedMethod::NetworkTrafficAnalysis,
    extensions: DOCUMENTS,
    recognises: |d| jaeger::recognises(d) || otlp::recognises_traces(d) || is_dependencies(d),
    read,
};

/// Files of the `OpenTelemetry` protocol.
pub const OTLP: Adapter = Adapter {
    kind: "otlp",
    title: "OTLP JSON (traces, metrics)",
    method: SeedMethod::NetworkTrafficAnalysis,
    extensions: DOCUMENTS,
    recognises: |d| otlp::recognises_traces(d) || metrics::recognises(d) || otlp::recognises_logs(d),
    read,
};

/// What a span does for whom, as tracing systems have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Nothing is said.
    #[default]
    Unknown,
    /// Within one party.
    Internal,
    /// It answers a request, or takes a message.
    Server,
    /// It makes a request, or sends a message.
    Client,
}

/// One span, in the form that both formats come to.
#[derive(Debug, Clone)]
pub struct Span<'n> {
    /// Of which trace.
    pub trace: String,
    /// Its id within the trace.
    pub id: String,
    /// The span that it belongs under; empty for none.
    pub parent: String,
    /// `service.name`; empty where it is not said.
    pub service: String,
    /// What it does.
    pub role: Role,
    /// Start, ms since 1970; 0 where it is not said.
    pub start_ms: f64,
    /// How long it took, ms; `None` where it is not said.
    pub duration_ms: Option<f64>,
    /// Failed.
    pub error: bool,
    /// `gen_ai.agent.name`.
    pub agent: Option<String>,
    /// `gen_ai.tool.name`.
    pub tool: Option<String>,
    /// Whom a client span says that it calls.
    pub peer: Option<String>,
    /// Where it stands.
    pub view: View<'n>,
}

/// Attributes that name whom a client calls, the most telling first.
const PEERS: [&str; 12] = [
    "peer.service",
    "gen_ai.provider.name",
    "gen_ai.system",
    "server.address",
    "net.peer.name",
    "db.system.name",
    "db.system",
    "messaging.system",
    "rpc.service",
    "url.full",
    "http.url",
    "http.host",
];

impl<'n> Span<'n> {
    /// A span of which nothing is known yet but where it stands.
    fn at(view: View<'n>) -> Self {
        Self {
            trace: String::new(),
            id: String::new(),
            parent: String::new(),
            service: String::new(),
            role: Role::Unknown,
            start_ms: 0.0,
            duration_ms: None,
            error: false,
            agent: None,
            tool: None,
            peer: None,
            view,
        }
    }

    /// Takes what an attribute says.
    fn attribute(&mut self, key: &str, value: &str) {
        let text = || Some(super::redact::text(value.trim())).filter(|t| !t.is_empty());
        match key {
            "gen_ai.agent.name" => self.agent = text(),
            "gen_ai.tool.name" => self.tool = text(),
            "span.kind" => self.role = role(value),
            "error" => self.error |= value.eq_ignore_ascii_case("true"),
            "otel.status_code" => self.error |= value.eq_ignore_ascii_case("error"),
            "http.status_code" | "http.response.status_code" => self.error |= value.trim().starts_with('5'),
            "service.name" if self.service.is_empty() => self.service = text().unwrap_or_default(),
            _ => {}
        }
    }

    /// When it ended.
    fn end(&self) -> Option<Moment> {
        let ms = self.start_ms + self.duration_ms.unwrap_or(0.0);
        (self.start_ms > 0.0 && ms < 1e14).then_some(Moment::Unix(libm::round(ms) as i64))
    }
}

/// A role by its name, in any spelling (`client`, `SPAN_KIND_CLIENT`, `3`).
fn role(text: &str) -> Role {
    let name = text.trim().to_ascii_lowercase();
    match name.strip_prefix("span_kind_").unwrap_or(&name) {
        "internal" | "1" => Role::Internal,
        "server" | "consumer" | "2" | "5" => Role::Server,
        "client" | "producer" | "3" | "4" => Role::Client,
        _ => Role::Unknown,
    }
}

/// Whom a client calls: the first of the attributes that name it; of an address the host.
fn peer(value: impl Fn(&str) -> Option<String>) -> Option<String> {
    PEERS.iter().find_map(|key| {
        let text = value(key)?;
        let host = super::redact::url(&text).map(|a| super::redact::host(&a).to_owned());
        let named = if key.contains("url") { host } else { host.or(Some(super::redact::text(text.trim()))) };
        named.filter(|t| !t.is_empty())
    })
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    let mut spans = Vec::new();
    for document in documents {
        jaeger::spans(reading, document, &mut spans);
        otlp::spans(reading, document, &mut spans);
        metrics::read(reading, document);
        dependencies(reading, document);
    }
    let parties = parties::parties(reading, &mut spans);
    calls::tell(reading, &spans, &parties);
}

/// Rows of Jaeger's dependencies: a list, `{data: […]}`, or a record of the storage.
fn rows<'n>(document: &View<'n>) -> impl Iterator<Item = View<'n>> + use<'n> {
    let inner = [document.get("data"), document.get("dependencies")].into_iter().find(View::is_list);
    inner.unwrap_or_else(|| document.clone()).items()
}

fn is_dependencies(document: &View<'_>) -> bool {
    rows(document).next().is_some_and(|r| r.has("parent") && r.has("child"))
}

fn dependencies(reading: &mut Reading<'_, '_>, document: &View<'_>) {
    if !is_dependencies(document) {
        return;
    }
    // A record of the storage has the time of its job, in ms or RFC 3339.
    let written = document.get("timestamp");
    let time = if written.as_number().is_some() { reading.unix(&written, 1.0) } else { reading.moment(&written) };
    for row in rows(document) {
        let from = reading.name(&row.get("parent"), "the caller");
        let to = reading.name(&row.get("child"), "the called one");
        let (Some(from), Some(to)) = (from, to) else { continue };
        let count = reading.number_in(&row.get("callCount"), crate::input::scalars::Range::AMOUNT);
        if count.is_none() && !row.has("callCount") {
            reading.gap(&row, "`callCount` is missing; it counts as 1");
        }
        let calls = Calls { to, calls: count.unwrap_or(1.0).max(1.0), last: time, ..Calls::default() };
        let own = reading.observe(&row, Subject::Party, from.clone());
        own.time = time;
        own.key("service.name", from);
        own.say(row.place(), Fact::Calls(calls));
    }
}
