//! What was discovered as a part of a snapshot: agents and network for `include:`, or measured figures alone for
//! agents that are defined by hand.

use std::collections::BTreeSet;

use super::{
    feeds::SNAPSHOT,
    report::{AgentReport, PerformanceReport, Report},
};
use crate::report::snapshot::{AgentRow, DataRow, Fragment, LinkRow, Metrics, ServiceRow};

/// Which document takes the place of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emit {
    /// Agents and network, but for what the snapshot defines by hand.
    Snapshot,
    /// Measured figures of agents that the snapshot defines by hand; without one, of all.
    Overlay,
}

/// The greatest error rate that is written: a snapshot's is below 1.
const MOST_ERRORS: f64 = 0.999;

/// The fragment that was asked for. `links`: whether calls become links between agents.
pub fn fragment(report: &Report, emit: Emit, links: bool) -> Fragment {
    let by_hand = |id: &str| hand_made(report, id);
    match emit {
        Emit::Snapshot => {
            let mut out = whole(report);
            out.agents.retain(|a| !by_hand(&a.id));
            out.services.retain(|s| {
                !report.discovered_services.get(&s.id).is_some_and(|r| r.sources.iter().any(|s| s == SNAPSHOT))
            });
            if !links {
                out.links.clear();
            }
            out
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
            Fragment { overlay: rows.collect(), ..Fragment::default() }
        }
    }
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
