//! From what is joined and decided to the report.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    baselines::baselines,
    feeds::SNAPSHOT,
    figures::{Figures, Share, Times, figures, wilson},
    fleet::{Entity, Kind, Origin},
    health::{Health, health},
    picture::Picture,
    policy::Claim,
    profile::{Field, Profile},
    report::{
        AgentReport, BasicInfo, CapabilityReport, DataDependencies, EvidenceRow, InterfaceRow, PerformanceReport,
        ProvenanceRow, ResponseTimes, ServiceReport,
    },
};
use crate::{
    input::observe::{Fact, Mode, Place},
    model::{AgentStatus, Ms},
};

/// An agent or service with what was decided about it.
pub struct Member<'g> {
    /// Its position in the fleet.
    pub index: usize,
    /// Its records.
    pub entity: &'g Entity<'g>,
    /// Its fields.
    pub profile: Profile<'g>,
    /// Its performance.
    pub figures: Figures<'g>,
    /// Its heartbeats.
    pub health: Health,
    /// How far its latest heartbeat is ahead of `as_of`.
    pub ahead: Option<Ms>,
}

/// Decides everything about everyone, by id.
pub fn members<'g>(picture: &'g Picture<'g>) -> Vec<Member<'g>> {
    let (feeds, clock) = (&picture.feeds, &picture.clock);
    let mut out: Vec<Member<'g>> = picture
        .fleet
        .entities
        .iter()
        .enumerate()
        .map(|(index, entity)| {
            let received: Vec<_> = picture.received(index).collect();
            let (health, ahead) = health(&entity.records, feeds, clock);
            Member {
                index,
                entity,
                profile: Profile::new(entity, feeds, clock),
                figures: figures(&entity.records, &received, feeds, clock),
                health,
                ahead,
            }
        })
        .collect();
    out.sort_by(|a, b| a.entity.id.cmp(&b.entity.id));
    out
}

impl<'g> Member<'g> {
    /// Its id.
    pub fn id(&self) -> &'g str {
        &self.entity.id
    }

    /// Where it is first spoken of.
    pub fn place(&self) -> Option<&'g Place> {
        self.entity.records.first().map(|r| &r.observation.place)
    }

    /// Its status: a lease that is over stands over every word.
    pub fn status(&self) -> &'static str {
        let said = match self.profile.fact(&Field::Status) {
            Some(Fact::Status(status, _)) => Some(*status),
            _ => None,
        };
        match (self.health.state, said) {
            ("dead", Some(AgentStatus::Failed)) => AgentStatus::Failed.name(),
            ("dead", _) => AgentStatus::Offline.name(),
            (_, Some(status)) => status.name(),
            ("alive" | "suspect", None) => AgentStatus::Active.name(),
            _ => "unknown",
        }
    }

    fn by_hand(&self, picture: &Picture<'g>) -> bool {
        self.entity.records.iter().any(|r| picture.feeds[r.feed].id == SNAPSHOT)
    }

    fn text(&self, field: &Field) -> Option<String> {
        match self.profile.fact(field)? {
            Fact::Type(t) | Fact::Zone(t) => Some(t.clone()),
            _ => None,
        }
    }

    fn origin(&self) -> &'static str {
        match self.entity.origin {
            Origin::Declared => "declared",
            Origin::Spoke => "spoke",
            Origin::Seen => "seen",
        }
    }

    /// The report of an agent.
    pub fn agent(&self, picture: &Picture<'g>, needed: Vec<String>) -> AgentReport {
        let history = &picture.input.snapshot.history;
        let modes: BTreeSet<Mode> = self.entity.records.iter().map(|r| r.observation.method.mode()).collect();
        let discovery_method = match (modes.contains(&Mode::Active), modes.contains(&Mode::Passive)) {
            (true, true) => "both",
            (true, false) => "active",
            _ => "passive",
        };
        let list = |pick: fn(&Field) -> Option<&String>| self.profile.fields.keys().filter_map(pick).cloned().collect();
        AgentReport {
            basic_info: BasicInfo { by_hand: self.by_hand(picture), ..self.basic_info() },
            capabilities: self.capabilities(picture),
            performance_metrics: self.performance(),
            discovery_method,
            last_updated: self.last(picture).and_then(|ms| picture.clock.text(ms)),
            status: self.status(),
            health: self.health.clone(),
            resource_requirements: self.texts(|f| if let Field::Requirement(d) = f { Some(d) } else { None }),
            integration_interfaces: self.interfaces(),
            required_services: needed,
            data_dependencies: DataDependencies {
                reads: list(|f| if let Field::Reads(d) = f { Some(d) } else { None }),
                writes: list(|f| if let Field::Writes(d) = f { Some(d) } else { None }),
            },
            integration_requirements: list(|f| if let Field::Condition(t) = f { Some(t) } else { None }),
            performance_baselines: baselines(self.entity, &picture.feeds, &picture.clock, history),
            provenance: self.provenance(picture),
            shadow: picture.declares && self.entity.origin == Origin::Seen,
        }
    }

    /// The report of a service.
    pub fn service(&self, picture: &Picture<'g>, depends_on: Vec<String>, required_by: Vec<String>) -> ServiceReport {
        let sources: BTreeSet<usize> = self.entity.records.iter().map(|r| r.feed).collect();
        ServiceReport {
            origin: self.origin(),
            kind: self.text(&Field::Type),
            status: self.status(),
            depends_on,
            required_by,
            integration_interfaces: self.interfaces(),
            sources: sources.into_iter().map(|f| picture.feeds[f].id.to_owned()).collect(),
        }
    }

    /// The latest moment that any source speaks of.
    fn last(&self, picture: &Picture<'g>) -> Option<Ms> {
        let said = self.entity.records.iter().filter_map(|r| r.observation.time);
        let beats = self.entity.records.iter().flat_map(|r| &r.observation.facts).filter_map(|s| match &s.fact {
            Fact::Heartbeat(beat) => beat.last,
            Fact::Calls(calls) => calls.last,
            _ => None,
        });
        let called = picture.received(self.index).filter_map(|e| e.last);
        said.chain(beats).filter_map(|m| picture.clock.ms(m)).chain(called).max()
    }

    fn basic_info(&self) -> BasicInfo {
        let mut out = BasicInfo { id: self.entity.id.clone(), origin: self.origin(), ..BasicInfo::default() };
        out.kind = self.text(&Field::Type);
        out.zone = self.text(&Field::Zone);
        for decision in self.profile.fields.values() {
            match decision.winner.value {
                Fact::Info(name, text) => drop(out.info.insert(name, text.clone())),
                Fact::Figure(figure, x) => drop(out.figures.insert(figure.name(), *x)),
                Fact::Resource(d, x) => drop(out.resources.insert(d.clone(), *x)),
                Fact::Budget(d, x) => drop(out.budget.insert(d.clone(), *x)),
                Fact::Label(k, v) => drop(out.labels.insert(k.clone(), v.clone())),
                _ => {}
            }
        }
        let names = self.entity.records.iter().map(|r| &r.observation.name);
        let names: BTreeSet<&String> = names.filter(|n| **n != self.entity.id).collect();
        out.names = names.into_iter().cloned().collect();
        out
    }

    fn texts(&self, pick: fn(&Field) -> Option<&String>) -> BTreeMap<String, String> {
        let one = |(field, d): (&Field, &super::policy::Decision<'g, &'g Fact>)| match d.winner.value {
            Fact::ResourceRequirement(_, text) => Some((pick(field)?.clone(), text.clone())),
            _ => None,
        };
        self.profile.fields.iter().filter_map(one).collect()
    }

    fn capabilities(&self, picture: &Picture<'g>) -> BTreeMap<String, CapabilityReport> {
        let row = |(name, proficiency): (String, Option<f64>)| {
            let rows = self.profile.evidence.get(&name).into_iter().flatten().map(|(feed, evidence, at)| {
                let place = Place { at: at.at, path: String::new() };
                let (file, location) = picture.place(&place);
                EvidenceRow {
                    source: picture.feeds[*feed].id.to_owned(),
                    evidence: evidence.clone(),
                    file,
                    line: location.line,
                }
            });
            (name, CapabilityReport { proficiency, evidence: rows.collect() })
        };
        self.profile.capabilities().into_iter().map(row).collect()
    }

    fn interfaces(&self) -> Vec<InterfaceRow> {
        let row = |e: &crate::input::observe::Endpoint| InterfaceRow {
            address: e.address.clone(),
            protocol: (!e.protocol.is_empty()).then(|| e.protocol.clone()),
        };
        self.profile.interfaces().into_iter().map(row).collect()
    }

    fn performance(&self) -> PerformanceReport {
        let interval = |s: &Share| s.trials.map(|n| wilson(s.value, n)).map(|(low, high)| [low, high]);
        let errors = self.figures.errors.as_ref().map(|d| d.winner.value);
        let up = self.figures.availability.as_ref().map(|d| d.winner.value);
        PerformanceReport {
            response_time_ms: self.figures.times.as_ref().map(|d| response_times(&d.winner.value)),
            throughput_per_min: self.figures.throughput.as_ref().map(|d| d.winner.value),
            error_rate: errors.map(|s| s.value),
            error_rate_interval: errors.as_ref().and_then(interval),
            requests: errors.and_then(|s| s.trials),
            availability: up.map(|s| s.value),
            availability_interval: up.as_ref().and_then(interval),
            probes: up.and_then(|s| s.trials),
        }
    }

    fn provenance(&self, picture: &Picture<'g>) -> BTreeMap<String, ProvenanceRow> {
        let mut out = BTreeMap::new();
        for (field, d) in &self.profile.fields {
            out.insert(field.name(), row(picture, &d.winner, &d.losers));
        }
        let Figures { times, throughput, errors, availability } = &self.figures;
        let mut put = |name: &str, row: Option<ProvenanceRow>| {
            out.extend(row.map(|r| (format!("performance_metrics.{name}"), r)));
        };
        put("response_time_ms", times.as_ref().map(|d| row(picture, &d.winner, &d.losers)));
        put("throughput_per_min", throughput.as_ref().map(|d| row(picture, &d.winner, &d.losers)));
        put("error_rate", errors.as_ref().map(|d| row(picture, &d.winner, &d.losers)));
        put("availability", availability.as_ref().map(|d| row(picture, &d.winner, &d.losers)));
        out
    }
}

/// Quantiles as reported.
pub fn response_times(t: &Times) -> ResponseTimes {
    ResponseTimes { p50: t.p50, p95: t.p95, p99: t.p99, count: t.count, averaged: t.averaged }
}

fn row<'g, T>(picture: &Picture<'g>, winner: &Claim<'g, T>, losers: &[Claim<'g, T>]) -> ProvenanceRow {
    let (file, location) = picture.place(winner.place);
    ProvenanceRow {
        source: picture.feeds[winner.feed].id.to_owned(),
        method: winner.method.name(),
        mode: winner.mode().name(),
        time: winner.time.and_then(|ms| picture.clock.text(ms)),
        file,
        line: location.line,
        path: winner.place.path.clone(),
        overruled: losers.iter().map(|l| picture.feeds[l.feed].id.to_owned()).collect(),
    }
}

/// True for those that the report lists as agents.
pub fn is_agent(member: &Member<'_>) -> bool {
    member.entity.kind == Kind::Agent
}
