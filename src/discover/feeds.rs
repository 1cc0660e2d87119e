//! The sources of a discovery side by side: those that were read, and before them the agents and services that
//! the snapshot defines by hand.

use crate::{
    input::{
        Input, Rules,
        observe::{Capability, Endpoint, Fact, Figure, Latency, Observation, Place, Said, SeedMethod, Subject, Trials},
    },
    model::{Agent, Location, Snapshot},
};

/// What provenance calls the snapshot itself.
pub const SNAPSHOT: &str = "snapshot";

/// One source.
#[derive(Debug, Clone, Copy)]
pub struct Feed<'g> {
    /// What provenance calls it.
    pub id: &'g str,
    /// Its kind.
    pub kind: &'g str,
    /// Its way of finding agents.
    pub method: SeedMethod,
    /// How it is taken.
    pub rules: &'g Rules,
    /// Files that it was read from.
    pub files: usize,
    /// What it says.
    pub observations: &'g [Observation],
}

/// The snapshot's own agents and services, as a source.
#[derive(Debug, Default)]
pub struct ByHand {
    rules: Rules,
    observations: Vec<Observation>,
}

impl ByHand {
    /// Reads them off the snapshot.
    pub fn new(input: &Input) -> Self {
        let s = &input.snapshot;
        let place = |location: Location, path: String| {
            let source = input.sources.iter().nth(location.file as usize);
            let at = source.map_or(0, |s| s.base() + s.offset(location.line, location.column) as u32);
            Place { at, path }
        };
        let observe = |subject, id: &str, place: Place, facts: Vec<Fact>| Observation {
            subject,
            name: id.to_owned(),
            keys: std::collections::BTreeMap::new(),
            method: SeedMethod::ConfigurationFileParsing,
            time: None,
            facts: facts.into_iter().map(|fact| Said { fact, place: place.clone() }).collect(),
            place,
        };
        let agents = s.agents.iter().map(|a| {
            let mut out = observe(Subject::Agent, &a.id, place(a.location, format!("agents[{}]", a.id)), facts(s, a));
            for (key, value) in &a.labels {
                out.key(format!("label.{key}"), value.clone());
            }
            out
        });
        let services = s.network.services.iter().map(|v| {
            let facts = v.depends_on.iter().map(|(to, _)| Fact::DependsOn(to.clone())).collect();
            observe(Subject::Service, &v.id, place(v.location, format!("network.services[{}]", v.id)), facts)
        });
        Self { rules: Rules::default(), observations: agents.chain(services).collect() }
    }

    /// All sources, the snapshot first where it defines anything.
    pub fn feeds<'g>(&'g self, input: &'g Input) -> Vec<Feed<'g>> {
        let own = (!self.observations.is_empty()).then_some(Feed {
            id: SNAPSHOT,
            kind: SNAPSHOT,
            method: SeedMethod::ConfigurationFileParsing,
            rules: &self.rules,
            files: 1,
            observations: &self.observations,
        });
        let read = input.gathered.batches.iter().map(|b| Feed {
            id: &b.id,
            kind: b.adapter.kind,
            method: b.adapter.method,
            rules: &b.rules,
            files: b.files,
            observations: &b.observations,
        });
        own.into_iter().chain(read).collect()
    }
}

/// What the snapshot says of an agent, defaults left out.
fn facts(s: &Snapshot, a: &Agent) -> Vec<Fact> {
    let mut out: Vec<Fact> = a.kind.map(|k| Fact::Type(s.names.kinds[k.at()].clone())).into_iter().collect();
    out.extend(a.skills.iter().map(|(skill, q)| {
        let (name, proficiency) = (s.names.skills[skill.at()].clone(), (*q < 1.0).then_some(*q));
        Fact::Capability(Capability { name, proficiency, evidence: "the snapshot".into() })
    }));
    if a.status != crate::model::AgentStatus::Active {
        out.push(Fact::Status(a.status, a.status.name().into()));
    }
    let figures = [
        (Figure::Capacity, a.capacity),
        (Figure::CurrentLoad, Some(a.current_load).filter(|x| *x != 0.0)),
        (Figure::Slots, Some(f64::from(a.slots)).filter(|x| *x != 1.0)),
        (Figure::MaxTasks, a.max_tasks.map(f64::from)),
        (Figure::Speed, Some(a.speed).filter(|x| *x != 1.0)),
        (Figure::CostPerTask, Some(a.cost_per_task).filter(|x| *x != 0.0)),
        (Figure::CostPerLoad, Some(a.cost_per_load).filter(|x| *x != 0.0)),
        (Figure::CostPerHour, Some(a.cost_per_hour).filter(|x| *x != 0.0)),
        (Figure::CostFixed, Some(a.cost_fixed).filter(|x| *x != 0.0)),
    ];
    out.extend(figures.into_iter().filter_map(|(f, x)| Some(Fact::Figure(f, x?))));
    out.extend(a.resources.iter().map(|(d, x)| Fact::Resource(s.names.dims[d.at()].clone(), *x)));
    out.extend(a.budget.iter().map(|(d, x)| Fact::Budget(s.names.dims[d.at()].clone(), *x)));
    out.extend(a.zone.map(|z| Fact::Zone(s.names.zones[z.at()].clone())));
    out.extend(a.resource_requirements.iter().map(|(k, v)| Fact::ResourceRequirement(k.clone(), v.clone())));
    let point = |address: &String| Fact::Endpoint(Endpoint { address: address.clone(), protocol: String::new() });
    out.extend(a.integration_points.iter().map(point));
    out.extend(a.depends_on.iter().map(|(to, _)| Fact::DependsOn(to.clone())));
    out.extend(a.reads.iter().map(|d| Fact::Reads(s.network.data[d.at()].id.clone())));
    out.extend(a.writes.iter().map(|d| Fact::Writes(s.network.data[d.at()].id.clone())));
    out.extend(a.labels.iter().map(|(k, v)| Fact::Label(k.clone(), v.clone())));
    out.extend(measured(a));
    out
}

fn measured(a: &Agent) -> Vec<Fact> {
    let m = &a.metrics;
    let share = |share: f64| Trials { share: Some(share), ..Trials::default() };
    let times = m.response_time_ms.as_ref().map(|t| {
        Fact::Latency(Latency { p50: t.p50, p95: t.p95, p99: t.p99, samples: t.samples.clone(), count: None })
    });
    let parts = [
        times,
        m.throughput_per_min.map(Fact::Throughput),
        m.error_rate.map(|r| Fact::Errors(share(r))),
        m.availability.map(|r| Fact::Availability(share(r))),
    ];
    parts.into_iter().flatten().collect()
}
