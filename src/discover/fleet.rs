//! Who there is: records of all sources joined into agents and services, and the records that joined nothing.
//!
//! Identity first: what a source declares (registry, configuration, the snapshot) before what speaks for itself
//! (announcements, heartbeats, broadcasts), before what is only seen (traffic); within a rank by source, then by
//! name, so that the order of records cannot show.

use std::collections::{BTreeMap, BTreeSet};

use super::feeds::Feed;
use crate::input::{
    JoinRule,
    observe::{Fact, Observation, SeedMethod, Subject},
};

/// An agent takes tasks; a service is needed by agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Takes tasks.
    Agent,
    /// Is needed.
    Service,
}

/// How it came to be known, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A registry, a configuration or the snapshot names it.
    Declared,
    /// It spoke for itself: announcement, heartbeat, broadcast.
    Spoke,
    /// It was only seen, or only named by others.
    Seen,
}

/// A record that belongs to an agent or service.
#[derive(Debug, Clone, Copy)]
pub struct Record<'g> {
    /// The source, by position.
    pub feed: usize,
    /// What it says.
    pub observation: &'g Observation,
}

/// An agent or service.
#[derive(Debug)]
pub struct Entity<'g> {
    /// Its id: the name that the first source calls it by.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// How it came to be known.
    pub origin: Origin,
    /// What is said of it, by source, then by place.
    pub records: Vec<Record<'g>>,
    /// The source that named it first.
    born: usize,
}

/// A record that joined nothing.
#[derive(Debug)]
pub struct Unmatched<'g> {
    /// The record.
    pub record: Record<'g>,
    /// Several agents would have fitted.
    pub ambiguous: bool,
}

/// Who there is.
#[derive(Debug, Default)]
pub struct Fleet<'g> {
    /// Agents and services, in the order in which they came to be known.
    pub entities: Vec<Entity<'g>>,
    /// What joined nothing, by source and name.
    pub unmatched: Vec<Unmatched<'g>>,
    /// Targets of `names` that are no agent: source, its name, target.
    pub unknown_names: BTreeSet<(usize, String, String)>,
    by_id: BTreeMap<String, usize>,
    by_fold: BTreeMap<String, BTreeSet<usize>>,
    by_key: BTreeMap<(String, String), BTreeSet<usize>>,
}

/// How a search for an agent ends.
enum Found {
    One(usize),
    Several,
    None,
}

/// Joins all records.
pub fn join<'g>(feeds: &[Feed<'g>]) -> Fleet<'g> {
    let mut fleet = Fleet::default();
    let mut records: Vec<Record<'g>> = Vec::new();
    for (feed, source) in feeds.iter().enumerate() {
        records.extend(source.observations.iter().map(|observation| Record { feed, observation }));
    }
    let order = |r: &Record<'g>| (rank(r.observation), r.feed);
    records.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.observation.name.cmp(&b.observation.name)));
    let nobody_named = !records.iter().any(|r| r.observation.subject != Subject::Party || traffic(r.observation));
    for record in records {
        let rules = feeds[record.feed].rules;
        let o = record.observation;
        match fleet.find(record, feeds) {
            Found::One(entity) => fleet.add(entity, record),
            Found::Several => fleet.unmatched.push(Unmatched { record, ambiguous: true }),
            Found::None if o.subject == Subject::Party && !traffic(o) && !nobody_named => {
                fleet.unmatched.push(Unmatched { record, ambiguous: false });
            }
            Found::None => {
                let id = rules.names.get(&o.name).unwrap_or(&o.name).clone();
                let kind = if o.subject == Subject::Service { Kind::Service } else { Kind::Agent };
                let entity = fleet.create(id, kind, origin(o), record.feed);
                let folded = fold(&fleet.entities[entity].id);
                fleet.by_fold.entry(folded).or_default().insert(entity);
                fleet.add(entity, record);
            }
        }
    }
    for (source, feed) in feeds.iter().enumerate() {
        for (theirs, ours) in &feed.rules.names {
            if !fleet.by_id.contains_key(ours) {
                fleet.unknown_names.insert((source, theirs.clone(), ours.clone()));
            }
        }
    }
    let by_name = |u: &Unmatched<'g>| (u.record.feed, u.record.observation.name.as_str());
    fleet.unmatched.sort_by(|a, b| by_name(a).cmp(&by_name(b)));
    for entity in &mut fleet.entities {
        entity.records.sort_by_key(|r| (r.feed, r.observation.place.at));
    }
    fleet
}

fn origin(o: &Observation) -> Origin {
    match (o.subject, o.method) {
        (Subject::Party, _) => Origin::Seen,
        (
            _,
            SeedMethod::AgentRegistryQueries
            | SeedMethod::ConfigurationFileParsing
            | SeedMethod::ServiceDiscoveryProtocols,
        ) => Origin::Declared,
        (_, m) if m.mode() == crate::input::observe::Mode::Active => Origin::Spoke,
        _ => Origin::Seen,
    }
}

fn rank(o: &Observation) -> (Subject, Origin, bool) {
    (o.subject, origin(o), !traffic(o))
}

/// True where the record is about talking to others.
fn traffic(o: &Observation) -> bool {
    o.method == SeedMethod::NetworkTrafficAnalysis || o.facts.iter().any(|s| matches!(s.fact, Fact::Calls(_)))
}

/// A name without case, blanks and punctuation: `Air Ticketing Agent` and `air-ticketing-agent` are one.
fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl<'g> Fleet<'g> {
    /// The agent or service that a record is about.
    fn find(&self, record: Record<'g>, feeds: &[Feed<'g>]) -> Found {
        let rules = feeds[record.feed].rules;
        let o = record.observation;
        let usual = [("name", "name"), ("service.name", "name"), ("host", "host")];
        let usual = usual.map(|(by, to)| JoinRule { by: by.into(), to: to.into() });
        let join = if rules.join.is_empty() { &usual[..] } else { &rules.join };
        // Where a name declares something new, another record's address is no proof that it is the same.
        let named = o.subject != Subject::Party && rules.join.is_empty();
        let mut several = false;
        for rule in join.iter().filter(|r| !named || r.to == "name" && r.by == "name") {
            let value = if rule.by == "name" { Some(&o.name) } else { o.keys.get(&rule.by) };
            let Some(value) = value else { continue };
            if let Some(ours) = rules.names.get(value) {
                return self.by_id.get(ours).map_or(Found::None, |e| Found::One(*e));
            }
            let found = if rule.to == "name" {
                self.by_name(value, named.then_some(record.feed))
            } else {
                one(self.by_key.get(&(rule.to.clone(), value.clone())))
            };
            match found {
                Found::One(_) => return found,
                Found::Several => several = true,
                Found::None => {}
            }
        }
        if several { Found::Several } else { Found::None }
    }

    /// By id, by another of its names, or by its name without case and punctuation. Two names of one source are
    /// two things, however alike.
    fn by_name(&self, name: &str, not_born_in: Option<usize>) -> Found {
        if let Some(entity) = self.by_id.get(name) {
            return Found::One(*entity);
        }
        for key in ["name", "id", "service.name"] {
            if let Some(found) = self.by_key.get(&(key.to_owned(), name.to_owned())) {
                return one(Some(found));
            }
        }
        let folded = fold(name);
        let alike = self.by_fold.get(&folded).filter(|_| !folded.is_empty());
        let alike: BTreeSet<usize> =
            alike.into_iter().flatten().copied().filter(|e| Some(self.entities[*e].born) != not_born_in).collect();
        one(Some(&alike))
    }

    /// The entity that a source means by a name, such as the called one of a call.
    pub fn resolve(&self, feed: &Feed<'_>, name: &str) -> Option<usize> {
        let name = feed.rules.names.get(name).map_or(name, String::as_str);
        match self.by_name(name, None) {
            Found::One(entity) => Some(entity),
            _ => None,
        }
    }

    /// The entity that an address or name stands for: by name, by host and port, by host, or by the host's first
    /// label.
    pub fn resolve_address(&self, feed: &Feed<'_>, address: &str) -> Option<usize> {
        let host = crate::input::observe::redact::host(address);
        let bare = host.rsplit_once(':').map_or(host, |(bare, _)| bare);
        let label = bare.split('.').next().unwrap_or(bare);
        let by_host = || match one(self.by_key.get(&("host".to_owned(), host.to_owned()))) {
            Found::One(entity) => Some(entity),
            _ => None,
        };
        let named = |name: &str| (!name.is_empty()).then(|| self.resolve(feed, name)).flatten();
        named(address).or_else(by_host).or_else(|| named(bare)).or_else(|| named(label))
    }

    /// A new agent or service.
    pub fn create(&mut self, id: String, kind: Kind, origin: Origin, born: usize) -> usize {
        if let Some(known) = self.by_id.get(&id) {
            return *known;
        }
        let index = self.entities.len();
        self.by_id.insert(id.clone(), index);
        self.entities.push(Entity { id, kind, origin, records: Vec::new(), born });
        index
    }

    fn add(&mut self, entity: usize, record: Record<'g>) {
        let o = record.observation;
        let own = &mut self.entities[entity];
        own.records.push(record);
        own.origin = own.origin.min(origin(o));
        if o.subject == Subject::Agent {
            own.kind = Kind::Agent;
        }
        for (key, value) in &o.keys {
            self.by_key.entry((key.clone(), value.clone())).or_default().insert(entity);
        }
        // What a record is called elsewhere leads to the same agent; a label's value does not.
        self.by_key.entry(("name".into(), o.name.clone())).or_default().insert(entity);
    }
}

fn one(found: Option<&BTreeSet<usize>>) -> Found {
    let mut rest = found.into_iter().flatten();
    match (rest.next(), rest.next()) {
        (Some(entity), None) => Found::One(*entity),
        (Some(_), Some(_)) => Found::Several,
        (None, _) => Found::None,
    }
}
