//! What was discovered as a part of a snapshot: agents and network for `include:`, or measured figures alone for
//! agents that are defined by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    feeds::SNAPSHOT,
    report::{AgentReport, PerformanceReport, Report},
};
use crate::report::{
    plural,
    snapshot::{AgentRow, DataRow, Fragment, LinkRow, Metrics, ServiceRow},
};

/// Which document takes the place of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emit {
    /// Agents and network, but for what the snapshot defines by hand.
    Snapshot,
    /// Measured figures of agents that the snapshot defines by hand; without one, of all.
    Overlay,
}

/// What makes links between the agents of an emitted snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Links {
    /// The calls that were seen, where they join all agents. Otherwise none: with links given, a plan moves nothing
    /// between agents that no path joins, and silence is no proof that there is none.
    #[default]
    Auto,
    /// The calls that were seen.
    Calls,
    /// Nothing.
    None,
}

/// What takes the place of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct Emitted {
    /// The part of a snapshot.
    pub fragment: Fragment,
    /// What the reader of it should know.
    pub note: Option<String>,
}

/// The greatest error rate that is written: a snapshot's is below 1.
const MOST_ERRORS: f64 = 0.999;

/// The fragment that was asked for.
pub fn fragment(report: &Report, emit: Emit, links: Links) -> Emitted {
    let by_hand = |id: &str| hand_made(report, id);
    let own =
        |s: &ServiceRow| report.discovered_services.get(&s.id).is_none_or(|r| r.sources.iter().all(|s| s != SNAPSHOT));
    match emit {
        Emit::Snapshot => {
            let mut out = whole(report);
            let joined = joined(&out);
            let note = (links == Links::Auto && joined < out.agents.len() && !out.links.is_empty()).then(|| {
                format!(
                    "the calls that were seen join {joined} of {}, so no links are written (a plan would move nothing \
                     to the others); --links calls writes them",
                    plural(out.agents.len(), "agent")
                )
            });
            if links == Links::None || note.is_some() {
                out.links.clear();
            }
            out.agents.retain(|a| !by_hand(&a.id));
            out.services.retain(own);
            Emitted { fragment: out, note }
        }
        Emit::Overlay => {
            let any = report.sources.iter().any(|s| s.id == SNAPSHOT);
            let own = report.discovered_agents.iter().filter(|(id, _)| !any || by_hand(id));
            let row = |(id, a): (&String, &AgentReport)| {
                let current = a.basic_info.figures.get("current_load").filter(|_| measured(a, "current_load"));
                AgentRow {
                    id: id.clone(),
                    metrics: metrics(&a.performance_metrics),
                    status: status(a).filter(|_| measured(a, "status") || a.health.state == "dead"),
                    figures: current.map(|x| ("current_load", *x)).into_iter().collect(),
                    ..AgentRow::default()
                }
            };
            let rows = own.map(row).filter(|r| *r != AgentRow { id: r.id.clone(), ..AgentRow::default() });
            Emitted { fragment: Fragment { overlay: rows.collect(), ..Fragment::default() }, note: None }
        }
    }
}

/// How many agents the greatest group holds that links join.
fn joined(fragment: &Fragment) -> usize {
    let index: BTreeMap<&str, usize> = fragment.agents.iter().enumerate().map(|(i, a)| (a.id.as_str(), i)).collect();
    let mut group: Vec<usize> = (0..fragment.agents.len()).collect();
    let find = |group: &mut [usize], mut i: usize| {
        while group[i] != i {
            group[i] = group[group[i]];
            i = group[i];
        }
        i
    };
    for link in &fragment.links {
        if let (Some(a), Some(b)) = (index.get(link.from.as_str()), index.get(link.to.as_str())) {
            let (a, b) = (find(&mut group, *a), find(&mut group, *b));
            group[b] = a;
        }
    }
    let mut sizes = vec![0; group.len()];
    for i in 0..group.len() {
        sizes[find(&mut group, i)] += 1;
    }
    sizes.into_iter().max().unwrap_or_default()
}

/// True where another source than the snapshot decided a field.
fn measured(agent: &AgentReport, field: &str) -> bool {
    agent.provenance.get(field).is_some_and(|p| p.source != SNAPSHOT)
}

fn hand_made(report: &Report, id: &str) -> bool {
    report.discovered_agents.get(id).is_some_and(|a| a.basic_info.by_hand)
}

/// Everything that was discovered.
pub fn whole(report: &Report) -> Fragment {
    let as_of = report.discovery_timestamp.clone().filter(|_| !report.timestamp_assumed);
    let mut out = Fragment { as_of, ..Fragment::default() };
    let mut data = BTreeSet::new();
    for (id, agent) in &report.discovered_agents {
        // What is only seen takes no tasks as long as others are declared: it is a service to them.
        if agent.shadow {
            out.services.push(ServiceRow {
                id: id.clone(),
                depends_on: agent.required_services.clone(),
                status: status(agent).map(str::to_owned),
            });
            continue;
        }
        data.extend(agent.data_dependencies.reads.iter().chain(&agent.data_dependencies.writes).cloned());
        out.agents.push(row(id, agent));
    }
    for (id, service) in &report.discovered_services {
        let status = Some(service.status.to_owned()).filter(|s| s != "unknown");
        out.services.push(ServiceRow { id: id.clone(), depends_on: service.depends_on.clone(), status });
    }
    let agents: BTreeSet<&str> = out.agents.iter().map(|a| a.id.as_str()).collect();
    let linked = report
        .dependencies
        .iter()
        .filter(|d| d.calls.is_some() && agents.contains(d.from.as_str()) && agents.contains(d.to.as_str()));
    // Links have no direction: a pair that calls both ways is one.
    let ends: BTreeSet<(&str, &str)> =
        linked.map(|d| (d.from.as_str().min(d.to.as_str()), d.from.as_str().max(d.to.as_str()))).collect();
    out.links =
        ends.into_iter().map(|(from, to)| LinkRow { from: from.into(), to: to.into(), ..LinkRow::default() }).collect();
    out.data = data.into_iter().map(|id| DataRow { id, ..DataRow::default() }).collect();
    out
}

fn status(agent: &AgentReport) -> Option<&'static str> {
    Some(agent.status).filter(|s| *s != "unknown")
}

fn row(id: &str, agent: &AgentReport) -> AgentRow {
    let info = &agent.basic_info;
    let points: BTreeSet<&String> = agent.integration_interfaces.iter().map(|i| &i.address).collect();
    AgentRow {
        id: id.to_owned(),
        kind: info.kind.clone(),
        capabilities: agent.capabilities.iter().map(|(name, c)| (name.clone(), c.proficiency)).collect(),
        status: status(agent),
        figures: info.figures.clone(),
        resources: info.resources.clone(),
        budget: info.budget.clone(),
        zone: info.zone.clone(),
        metrics: metrics(&agent.performance_metrics),
        resource_requirements: agent.resource_requirements.clone(),
        integration_points: points.into_iter().cloned().collect(),
        depends_on: agent.required_services.clone(),
        reads: agent.data_dependencies.reads.clone(),
        writes: agent.data_dependencies.writes.clone(),
        labels: info.labels.clone(),
    }
}

fn metrics(p: &PerformanceReport) -> Metrics {
    let times = p.response_time_ms.as_ref();
    Metrics {
        p50: times.and_then(|t| t.p50),
        p95: times.and_then(|t| t.p95),
        p99: times.and_then(|t| t.p99),
        throughput_per_min: p.throughput_per_min,
        error_rate: p.error_rate.map(|r| r.min(MOST_ERRORS)),
        availability: p.availability.filter(|a| *a > 0.0),
    }
}
