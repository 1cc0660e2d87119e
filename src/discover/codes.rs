//! What contradicts what: the codes of joining and judging.

use crate::{
    error::Severity,
    input::codes::{Code, Scope},
};

const fn code(
    id: &'static str,
    name: &'static str,
    severity: Severity,
    meaning: &'static str,
    remedy: &'static str,
) -> Code {
    Code { id, name, severity, scope: Scope::All, meaning, remedy }
}

/// Nobody gave `as_of`.
pub const ASSUMED_TIME: Code = code(
    "ORCH210",
    "assumed-time",
    Severity::Info,
    "there is no `as_of`, so the latest moment of all sources stands for it",
    "pass --now, or give the snapshot an as_of",
);
/// Sources disagree.
pub const DISAGREEMENT: Code = code(
    "ORCH211",
    "sources-disagree",
    Severity::Info,
    "sources disagree about a field; active beats passive, newer beats older, then the earlier source counts",
    "correct the source that is wrong, or list the one to be believed first",
);
/// Registered, but silent.
pub const GHOST: Code = code(
    "ORCH212",
    "ghost",
    Severity::Warning,
    "an agent is registered, but no source of life signs has heard of it",
    "take it off the registry, or join what is heard of it under another name",
);
/// Seen, but not registered.
pub const SHADOW: Code = code(
    "ORCH213",
    "shadow",
    Severity::Warning,
    "something is seen or heard that no registry, configuration or snapshot names",
    "register it, or join it to the agent that it is (`names`, `join`)",
);
/// Announced is not registered.
pub const DRIFT: Code = code(
    "ORCH214",
    "drift",
    Severity::Warning,
    "an agent announces other capabilities than are registered",
    "bring the registry up to date",
);
/// One identity twice.
pub const DUPLICATE: Code = code(
    "ORCH215",
    "duplicate-identity",
    Severity::Warning,
    "one source names an agent twice, or two agents have the same address",
    "remove one of them, or give them names of their own",
);
/// A heartbeat from the future.
pub const CLOCK_SKEW: Code = code(
    "ORCH216",
    "clock-skew",
    Severity::Warning,
    "an agent's latest sign of life is after `as_of`",
    "synchronise its clock, or take a later as_of",
);
/// A lease is running out.
pub const SUSPECT: Code =
    code("ORCH217", "suspect", Severity::Warning, "an agent's heartbeat is overdue", "look after it");
/// A lease is over.
pub const DEAD: Code = code(
    "ORCH218",
    "dead",
    Severity::Warning,
    "an agent's heartbeats have stopped; it is taken as offline whatever else is said of it",
    "restart it, or take it off the registry",
);
/// Records that joined nothing.
pub const UNMATCHED: Code = code(
    "ORCH219",
    "unmatched",
    Severity::Info,
    "records of a source joined no agent",
    "name the key under `join`, or the agents under `names`; `unmatched` lists the keys there are",
);
/// A map of names leads nowhere.
pub const UNKNOWN_NAME: Code = code(
    "ORCH220",
    "unknown-name",
    Severity::Warning,
    "a source's `names` leads to an agent that no source knows",
    "correct the id",
);
/// A need for what nobody knows.
pub const UNKNOWN_NEED: Code = code(
    "ORCH221",
    "unknown-need",
    Severity::Info,
    "an agent or service needs something that no source knows; it is listed as a service",
    "add a source that knows it, or correct the name",
);
/// Several agents fit.
pub const AMBIGUOUS: Code = code(
    "ORCH222",
    "ambiguous-join",
    Severity::Warning,
    "a record fits several agents, and was joined to none",
    "name the agent under `names`, or join by a key that tells them apart",
);

/// Every code, by number.
pub const CODES: &[&Code] = &[
    &ASSUMED_TIME,
    &DISAGREEMENT,
    &GHOST,
    &SHADOW,
    &DRIFT,
    &DUPLICATE,
    &CLOCK_SKEW,
    &SUSPECT,
    &DEAD,
    &UNMATCHED,
    &UNKNOWN_NAME,
    &UNKNOWN_NEED,
    &AMBIGUOUS,
];
