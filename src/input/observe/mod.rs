//! What other systems' files say of agents: one adapter per format, all saying it in the same words.
//!
//! ```text
//! text      a file's text               → located documents (YAML streams, JSON, JSON lines, front matter)
//! view      a located value, leniently  → texts, numbers, items; what is missing has a place too
//! reading   an adapter at work          → observations, and gaps as findings
//! redact    the one place that knows what a secret is
//! ```
//!
//! A new source kind is one file here with its `pub const ADAPTER: Adapter`, and one line in [`ADAPTERS`]. Its
//! `read` gets all documents of one file. Rules of the house:
//!
//! - Never fail: what is missing or odd is a [`Reading::gap`], and reading goes on. A file that
//!   `recognises` turns down never reaches `read`.
//! - Say what the source says, under the source's own names; nothing is joined, defaulted or decided here.
//! - Keep no environment values, headers, arguments: only their names, and addresses through [`redact::url`].
//! - [`Subject::Agent`] only where the format is about agents. What may or may not be one is a
//!   [`Subject::Party`], with every key it could be joined by.

mod a2a;
mod agent_md;
mod announcements;
mod backstage;
mod broadcasts;
pub mod codes;
mod compose;
mod consul;
pub(super) mod crewai;
mod environment;
mod facts;
mod heartbeats;
mod kagent;
mod kubernetes;
mod langgraph;
mod mcp;
mod mcp_registry;
mod method;
mod ms_agent;
mod nomad;
mod oasf;
mod observation;
mod prometheus;
mod prometheus_sd;
mod quantiles;
mod reading;
mod records;
pub mod redact;
mod registry;
mod source;
pub mod text;
mod traces;
mod traffic;
mod view;

pub use method::{Mode, SeedMethod};
pub use observation::{
    Calls, Capability, Endpoint, Fact, Figure, Heartbeat, Latency, Moment, Observation, Place, Said, Series, Subject,
    Trials,
};
pub use reading::{Reading, moment};
pub use source::{Refusal, Trial, read_inline, read_source, try_text};
pub use view::View;

/// A source kind: how files of one format are told and read.
#[derive(Debug)]
pub struct Adapter {
    /// The word in `sources[].kind` and `--from KIND=PATH`.
    pub kind: &'static str,
    /// What such a file is, for messages: `an A2A agent card, or a list of them`.
    pub title: &'static str,
    /// The way of finding agents that it belongs to, which says whether it is active or passive. Observations
    /// may set another one.
    pub method: SeedMethod,
    /// Extensions of the files that are looked at in a folder, lower case.
    pub extensions: &'static [&'static str],
    /// True where a document is of this kind: a look at a few keys.
    pub recognises: fn(&View<'_>) -> bool,
    /// Says what the documents of one file say.
    pub read: fn(&mut Reading<'_, '_>, &[View<'_>]),
}

/// Extensions of documents.
pub const DOCUMENTS: &[&str] = &["json", "yaml", "yml", "jsonl", "ndjson"];

/// Every source kind, by name.
pub const ADAPTERS: &[&Adapter] = &[
    &a2a::ADAPTER,
    &agent_md::ADAPTER,
    &announcements::ADAPTER,
    &backstage::ADAPTER,
    &broadcasts::ADAPTER,
    &compose::ADAPTER,
    &consul::ADAPTER,
    &crewai::ADAPTER,
    &heartbeats::ADAPTER,
    &traces::JAEGER,
    &kagent::ADAPTER,
    &kubernetes::ADAPTER,
    &langgraph::ADAPTER,
    &mcp::ADAPTER,
    &mcp_registry::ADAPTER,
    &ms_agent::ADAPTER,
    &nomad::ADAPTER,
    &oasf::ADAPTER,
    &traces::OTLP,
    &prometheus::ADAPTER,
    &prometheus_sd::ADAPTER,
    &registry::ADAPTER,
    &traffic::ADAPTER,
];

/// The adapter of a kind.
pub fn adapter(kind: &str) -> Option<&'static Adapter> {
    ADAPTERS.iter().find(|a| a.kind == kind).copied()
}
