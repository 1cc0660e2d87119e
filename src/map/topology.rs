//! `network_topology`: nodes, edges and clusters.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    bottlenecks::Bottlenecks,
    critical::{CriticalPath, TaskTimes},
    dependencies::{Needs, implied},
    network::Network,
    work::Work,
};
use crate::model::{Node, Snapshot};

/// `network_topology`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Topology {
    /// Agents, zones and services, by id. A zone or service whose name an agent bears already stands as `zone:NAME`,
    /// `service:NAME`.
    pub nodes: BTreeMap<String, NodeRow>,
    /// Links, then calls, declared needs, needs implied by tasks; each by its ends.
    pub edges: Vec<EdgeRow>,
    /// Clusters of the network.
    pub clusters: Clusters,
    /// How the paths behind betweenness are measured: `latency` or `hops`.
    pub paths_by: &'static str,
    /// Connected parts of the network of links.
    pub components: usize,
    /// Longest paths, of tasks first, longest first within a kind.
    pub critical_paths: Vec<CriticalPath>,
    /// Task → early and late start, slack.
    pub task_times: BTreeMap<String, TaskTimes>,
    /// Where the fleet is narrow.
    pub bottlenecks: Bottlenecks,
}

/// A node of the map.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct NodeRow {
    /// `agent`, `zone` or `service`.
    pub kind: &'static str,
    /// Type of the agent.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// Status, where one is given.
    pub status: Option<String>,
    /// Zone of the agent.
    pub zone: Option<String>,
    /// Capabilities of the agent, by name.
    pub capabilities: Vec<String>,
    /// `A` (best quarter of its type) to `D`, or `unrated`; null where the node is no agent.
    pub performance_tier: Option<&'static str>,
    /// Interfaces to other systems.
    pub integration_points: Vec<String>,
    /// Neighbours in the network of links.
    pub degree: usize,
    /// Share of the shortest paths between others that lead through it.
    pub betweenness: f64,
    /// Position of its cluster in `clusters.members`; null where no link ends at it.
    pub cluster: Option<u32>,
}

/// An edge of the map.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct EdgeRow {
    /// One end; who calls, who needs.
    pub from: String,
    /// The other end.
    pub to: String,
    /// `link`, `call`, `depends_on` or `task_dependency`.
    pub kind: &'static str,
    /// Latency of the cheapest link, ms; number of calls; 1; expected number of dependencies between tasks.
    pub weight: f64,
}

/// Clusters of the network of links.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Clusters {
    /// Unweighted modularity of the partition (Newman and Girvan 2004).
    pub modularity: f64,
    /// Members by id; clusters by their first member. Nodes that no link ends at are in none.
    pub members: Vec<Vec<String>>,
}

/// How the map's nodes are called, where names of different things meet.
pub struct Names<'s> {
    snapshot: &'s Snapshot,
}

impl<'s> Names<'s> {
    /// Names of a snapshot.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        Self { snapshot }
    }

    fn zone(&self, name: &str) -> String {
        if self.snapshot.find_agent(name).is_some() { format!("zone:{name}") } else { name.to_owned() }
    }

    fn service(&self, name: &str) -> String {
        let zone = self.snapshot.names.zones.binary_search_by(|z| z.as_str().cmp(name)).is_ok();
        let taken = zone || self.snapshot.find_agent(name).is_some();
        if taken { format!("service:{name}") } else { name.to_owned() }
    }

    fn node(&self, node: Node) -> String {
        match node {
            Node::Agent(a) => self.snapshot.agent(a).id.clone(),
            Node::Zone(z) => self.zone(&self.snapshot.names.zones[z.at()]),
        }
    }

    fn part(&self, needs: &Needs<'_>, v: u32) -> String {
        match needs.part(v) {
            super::dependencies::Part::Agent(a) => self.snapshot.agent(a).id.clone(),
            super::dependencies::Part::Service(_) => self.service(needs.id(v)),
        }
    }
}

/// Every agent, zone and service.
pub fn nodes(network: &Network, needs: &Needs<'_>, s: &Snapshot, tiers: &[&'static str]) -> BTreeMap<String, NodeRow> {
    let names = Names::new(s);
    let mut out = BTreeMap::new();
    let at = |node: Node| {
        let v = network.vertex(node);
        let degree = v.map_or(0, |v| network.graph.degree(v));
        let betweenness = v.map_or(0.0, |v| network.betweenness[v as usize]);
        (degree, betweenness, v.map(|v| network.cluster_of[v as usize]))
    };
    let empty = |kind, (degree, betweenness, cluster)| NodeRow {
        kind,
        type_name: None,
        status: None,
        zone: None,
        capabilities: Vec::new(),
        performance_tier: None,
        integration_points: Vec::new(),
        degree,
        betweenness,
        cluster,
    };
    for (a, tier) in s.agent_ixs().zip(tiers) {
        let agent = s.agent(a);
        let row = NodeRow {
            type_name: agent.kind.map(|k| s.names.kinds[k.at()].clone()),
            status: Some(agent.status.name().to_owned()),
            zone: agent.zone.map(|z| s.names.zones[z.at()].clone()),
            capabilities: agent.skills.iter().map(|(k, _)| s.names.skills[k.at()].clone()).collect(),
            performance_tier: Some(tier),
            integration_points: agent.integration_points.clone(),
            ..empty("agent", at(Node::Agent(a)))
        };
        out.insert(agent.id.clone(), row);
    }
    for (name, z) in s.names.zones.iter().zip(0..) {
        out.insert(names.zone(name), empty("zone", at(Node::Zone(crate::model::ZoneIx(z)))));
    }
    for (service, v) in s.network.services.iter().zip(s.agents.len() as u32..) {
        let row = NodeRow { status: service.status.clone(), ..empty("service", (0, 0.0, None)) };
        out.insert(names.part(needs, v), row);
    }
    out
}

/// Every edge.
pub fn edges(network: &Network, needs: &Needs<'_>, work: &Work<'_>) -> Vec<EdgeRow> {
    let s = work.q.snapshot;
    let names = Names::new(s);
    let row = |from, to, kind, weight| EdgeRow { from, to, kind, weight };
    let mut links: Vec<EdgeRow> = network
        .graph
        .edges()
        .iter()
        .zip(&network.links)
        .map(|((a, b), link)| {
            let mut ends = [*a, *b].map(|v| names.node(network.nodes[v as usize]));
            ends.sort_unstable();
            let [from, to] = ends;
            row(from, to, "link", link.latency_ms)
        })
        .collect();
    let part = |v: &u32| names.part(needs, *v);
    let mut calls: Vec<EdgeRow> = needs.calls.iter().map(|(a, b, x)| row(part(a), part(b), "call", *x)).collect();
    let mut declared: Vec<EdgeRow> =
        needs.declared.iter().map(|(a, b)| row(part(a), part(b), "depends_on", 1.0)).collect();
    let agent = |a: crate::model::AgentIx| s.agent(a).id.clone();
    let mut tasks: Vec<EdgeRow> =
        implied(work).into_iter().map(|((a, b), x)| row(agent(a), agent(b), "task_dependency", x)).collect();
    for list in [&mut links, &mut calls, &mut declared, &mut tasks] {
        list.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    }
    [links, calls, declared, tasks].concat()
}

/// The clusters.
pub fn clusters(network: &Network, s: &Snapshot) -> Clusters {
    let names = Names::new(s);
    let ids = |members: &Vec<u32>| {
        let mut ids: Vec<String> = members.iter().map(|v| names.node(network.nodes[*v as usize])).collect();
        ids.sort_unstable();
        ids
    };
    // In the order in which nodes name their cluster: by the first vertex, agents before zones.
    Clusters { modularity: network.clusters.modularity, members: network.clusters.members.iter().map(ids).collect() }
}
