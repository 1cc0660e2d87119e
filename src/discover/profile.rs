//! What is believed of one agent or service, field by field, with who says so and what lost.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    clock::Clock,
    feeds::Feed,
    figures::round,
    fleet::Entity,
    policy::{Claim, Decision, decide},
};
use crate::input::observe::{Capability, Endpoint, Fact, Figure, SeedMethod};

/// A field of an agent: one value, or one of several that all hold (a capability, an interface).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `type`.
    Type,
    /// `status`.
    Status,
    /// `zone`.
    Zone,
    /// `description`, `version` …
    Info(&'static str),
    /// `capacity`, `slots` …
    Figure(Figure),
    /// `resources.NAME`.
    Resource(String),
    /// `budget.NAME`.
    Budget(String),
    /// `resource_requirements.NAME`.
    Requirement(String),
    /// `labels.NAME`.
    Label(String),
    /// `capabilities.NAME`.
    Capability(String),
    /// `integration_interfaces.ADDRESS`.
    Interface(String, String),
    /// `data_dependencies.reads.NAME`.
    Reads(String),
    /// `data_dependencies.writes.NAME`.
    Writes(String),
    /// `integration_requirements.TEXT`.
    Condition(String),
}

/// What is believed of one agent or service.
#[derive(Debug, Default)]
pub struct Profile<'g> {
    /// Every field that anyone speaks of.
    pub fields: BTreeMap<Field, Decision<'g, &'g Fact>>,
    /// What each capability's claims rest on: source, evidence, place.
    pub evidence: BTreeMap<String, BTreeSet<(usize, String, Where)>>,
    /// Capabilities that only the loser of registry and announcements names.
    pub drift: Option<Drift>,
}

/// A place, ordered and comparable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Where {
    /// Position in the texts.
    pub at: u32,
    /// Path in the document.
    pub path: String,
}

/// Announced is not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Registered, but not announced.
    pub only_registered: Vec<String>,
    /// Announced, but not registered.
    pub only_announced: Vec<String>,
    /// The source that is believed, by position.
    pub believed: usize,
}

impl<'g> Profile<'g> {
    /// Reads it off an entity's records.
    pub fn new(entity: &Entity<'g>, feeds: &[Feed<'g>], clock: &Clock) -> Self {
        let mut claims: BTreeMap<Field, Vec<Claim<'g, &'g Fact>>> = BTreeMap::new();
        let mut out = Self::default();
        for record in &entity.records {
            let o = record.observation;
            let time = o.time.and_then(|m| clock.ms(m));
            for said in &o.facts {
                let Some((field, shown)) = field(&said.fact) else { continue };
                if let Fact::Capability(c) = &said.fact {
                    let at = Where { at: said.place.at, path: said.place.path.clone() };
                    let own = out.evidence.entry(c.name.clone()).or_default();
                    own.insert((record.feed, c.evidence.clone(), at));
                }
                let claim =
                    Claim { value: &said.fact, shown, feed: record.feed, method: o.method, time, place: &said.place };
                claims.entry(field).or_default().push(claim);
            }
        }
        out.drift = drift(&claims, feeds);
        for (field, mut claims) in claims {
            if matches!(field, Field::Capability(_)) {
                // Who names no proficiency does not disagree with who does.
                let rated = |c: &Claim<'g, &'g Fact>| matches!(c.value, Fact::Capability(c) if c.proficiency.is_some());
                if claims.iter().any(rated) {
                    claims.retain(rated);
                }
            }
            out.fields.extend(decide(claims).map(|d| (field, d)));
        }
        if let Some(drift) = &out.drift {
            for name in drift.lost(feeds) {
                out.fields.remove(&Field::Capability(name.clone()));
            }
        }
        out
    }

    /// The fact that won a field.
    pub fn fact(&self, field: &Field) -> Option<&'g Fact> {
        self.fields.get(field).map(|d| d.winner.value)
    }

    /// Capabilities with the proficiency that is believed.
    pub fn capabilities(&self) -> BTreeMap<String, Option<f64>> {
        let one = |(f, d): (&Field, &Decision<'g, &'g Fact>)| match (f, d.winner.value) {
            (Field::Capability(name), Fact::Capability(Capability { proficiency, .. })) => {
                Some((name.clone(), *proficiency))
            }
            _ => None,
        };
        self.fields.iter().filter_map(one).collect()
    }

    /// Interfaces, by address.
    pub fn interfaces(&self) -> Vec<&'g Endpoint> {
        let one = |d: &Decision<'g, &'g Fact>| if let Fact::Endpoint(e) = d.winner.value { Some(e) } else { None };
        self.fields.values().filter_map(one).collect()
    }
}

impl Field {
    /// Its name in `provenance`.
    pub fn name(&self) -> String {
        match self {
            Self::Type => "type".into(),
            Self::Status => "status".into(),
            Self::Zone => "zone".into(),
            Self::Info(name) => (*name).into(),
            Self::Figure(figure) => figure.name().into(),
            Self::Resource(name) => format!("resources.{name}"),
            Self::Budget(name) => format!("budget.{name}"),
            Self::Requirement(name) => format!("resource_requirements.{name}"),
            Self::Label(name) => format!("labels.{name}"),
            Self::Capability(name) => format!("capabilities.{name}"),
            Self::Interface(address, _) => format!("integration_interfaces.{address}"),
            Self::Reads(name) => format!("data_dependencies.reads.{name}"),
            Self::Writes(name) => format!("data_dependencies.writes.{name}"),
            Self::Condition(text) => format!("integration_requirements.{text}"),
        }
    }
}

/// The field that a fact is about, and its value as text; `None` for measurements, calls and needs, which are
/// added up elsewhere.
fn field(fact: &Fact) -> Option<(Field, String)> {
    Some(match fact {
        Fact::Type(t) => (Field::Type, t.clone()),
        Fact::Info(name, t) => (Field::Info(name), t.clone()),
        Fact::Status(status, _) => (Field::Status, status.name().into()),
        Fact::Zone(z) => (Field::Zone, z.clone()),
        Fact::Figure(f, x) => (Field::Figure(*f), round(*x)),
        Fact::Resource(d, x) => (Field::Resource(d.clone()), round(*x)),
        Fact::Budget(d, x) => (Field::Budget(d.clone()), round(*x)),
        Fact::ResourceRequirement(d, t) => (Field::Requirement(d.clone()), t.clone()),
        Fact::Label(k, v) => (Field::Label(k.clone()), v.clone()),
        Fact::Capability(c) => (Field::Capability(c.name.clone()), c.proficiency.map_or_else(|| "yes".into(), round)),
        Fact::Endpoint(e) => (Field::Interface(e.address.clone(), e.protocol.clone()), e.protocol.clone()),
        Fact::Reads(d) => (Field::Reads(d.clone()), String::new()),
        Fact::Writes(d) => (Field::Writes(d.clone()), String::new()),
        Fact::Requirement(t) => (Field::Condition(t.clone()), String::new()),
        _ => return None,
    })
}

/// Registered against announced capabilities, where both are known from sources of their own.
fn drift(claims: &BTreeMap<Field, Vec<Claim<'_, &Fact>>>, feeds: &[Feed<'_>]) -> Option<Drift> {
    let of = |method: SeedMethod| {
        let mut names = BTreeSet::new();
        let mut best: Option<(Option<i64>, std::cmp::Reverse<usize>)> = None;
        for (field, claims) in claims {
            let Field::Capability(name) = field else { continue };
            for claim in claims.iter().filter(|c| feeds[c.feed].method == method) {
                names.insert(name.clone());
                best = best.max(Some((claim.time, std::cmp::Reverse(claim.feed))));
            }
        }
        best.map(|best| (names, best))
    };
    let (registered, by_registry) = of(SeedMethod::AgentRegistryQueries)?;
    let (announced, by_announcement) = of(SeedMethod::CapabilityAnnouncements)?;
    if registered == announced {
        return None;
    }
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect();
    Some(Drift {
        only_registered: only(&registered, &announced),
        only_announced: only(&announced, &registered),
        believed: by_registry.max(by_announcement).1.0,
    })
}

impl Drift {
    /// What only the source that is not believed names.
    fn lost(&self, feeds: &[Feed<'_>]) -> &[String] {
        if feeds[self.believed].method == SeedMethod::AgentRegistryQueries {
            &self.only_announced
        } else {
            &self.only_registered
        }
    }
}
