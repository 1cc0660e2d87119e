//! Transfers over the network: the cheapest path by latency, of equals the widest (Dijkstra 1959).
//!
//! An agent without links of its own stands at its zone's point at no cost, so rows are kept per point
//! and found when first asked for: O(links · log points) each.

use std::{cmp::Reverse, collections::BinaryHeap, sync::OnceLock};

use super::{AgentIx, Ms, Node, Snapshot, up};

/// Latency in ms and width in Mbit/s of the best path; infinite latency where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Route {
    latency_ms: f64,
    width: f64,
}

/// A label of the search, ordered by latency, then by width (wider first), then by point.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Label(f64, f64, u32);

impl Eq for Label {}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Label {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(other.1.total_cmp(&self.1)).then(self.2.cmp(&other.2))
    }
}

/// Stands for no link: what joins an agent and its zone.
const JOIN: u32 = u32::MAX;

/// How a point is reached in the tree of best paths from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// The point reached.
    pub point: u32,
    /// The point before it.
    pub before: u32,
    /// Position of the link in the network's list; `None` between an agent and its zone.
    pub link: Option<u32>,
}

/// The network as seen by transfers.
#[derive(Debug)]
pub struct Transfers {
    free: bool,
    agent_point: Vec<u32>,
    zone_point: Vec<u32>,
    /// Point, latency, width and link of each way out; [`JOIN`] where it joins an agent and its zone.
    adjacent: Vec<Vec<(u32, f64, f64, u32)>>,
    rows: Vec<OnceLock<Vec<Route>>>,
}

impl Transfers {
    /// Lays out the points of a snapshot's network.
    pub fn new(snapshot: &Snapshot) -> Self {
        let links = &snapshot.network.links;
        let zones = snapshot.names.zones.len();
        let mut own = vec![false; snapshot.agents.len()];
        for link in links {
            for end in [link.from, link.to] {
                if let Node::Agent(a) = end {
                    own[a.at()] = true;
                }
            }
        }
        let mut points = zones as u32;
        let mut agent_point = Vec::with_capacity(own.len());
        let mut joins = Vec::new();
        for (agent, own) in snapshot.agents.iter().zip(&own) {
            match agent.zone {
                Some(zone) if !own => agent_point.push(zone.0),
                zone => {
                    joins.extend(zone.map(|z| (points, z.0)));
                    agent_point.push(points);
                    points += 1;
                }
            }
        }
        let mut out = Self {
            free: links.is_empty(),
            agent_point,
            zone_point: (0..zones as u32).collect(),
            adjacent: vec![Vec::new(); points as usize],
            rows: (0..points).map(|_| OnceLock::new()).collect(),
        };
        for (a, z) in joins {
            out.adjacent[a as usize].push((z, 0.0, f64::INFINITY, JOIN));
            out.adjacent[z as usize].push((a, 0.0, f64::INFINITY, JOIN));
        }
        for (i, link) in (0..).zip(links) {
            let (from, to) = (out.point(link.from), out.point(link.to));
            out.adjacent[from as usize].push((to, link.latency_ms, link.bandwidth_mbps, i));
            if !link.directed {
                out.adjacent[to as usize].push((from, link.latency_ms, link.bandwidth_mbps, i));
            }
        }
        out
    }

    /// The point at which a node stands.
    pub fn point(&self, node: Node) -> u32 {
        match node {
            Node::Agent(a) => self.agent_point[a.at()],
            Node::Zone(z) => self.zone_point[z.at()],
        }
    }

    /// The point at which an agent stands.
    pub fn agent_point(&self, agent: AgentIx) -> u32 {
        self.agent_point[agent.at()]
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.adjacent.len()
    }

    /// True where no links are given, so that every transfer is 0.
    pub fn is_free(&self) -> bool {
        self.free
    }

    /// Exact ms to move `mb` from one point to another; infinite where there is no path.
    pub fn between_points(&self, from: u32, to: u32, mb: f64) -> f64 {
        if self.free || from == to {
            return 0.0;
        }
        let row = self.rows[from as usize].get_or_init(|| self.search(from, |_| ()));
        let route = row[to as usize];
        route.latency_ms + if mb > 0.0 { 8000.0 * mb / route.width } else { 0.0 }
    }

    /// Exact ms to move `mb` from a node to an agent; infinite where there is no path.
    pub fn exact(&self, from: Node, to: AgentIx, mb: f64) -> f64 {
        if from == Node::Agent(to) { 0.0 } else { self.between_points(self.point(from), self.agent_point(to), mb) }
    }

    /// Whole ms to move `mb` from an agent to another; `None` where there is no path.
    pub fn between(&self, from: AgentIx, to: AgentIx, mb: f64) -> Option<Ms> {
        let ms = self.exact(Node::Agent(from), to, mb);
        ms.is_finite().then(|| up(ms))
    }

    /// The points that can be reached from a point, nearest first, each after the one before it on its best path.
    pub fn tree(&self, from: u32) -> Vec<Hop> {
        let mut out = Vec::new();
        self.search(from, |hop| out.push(hop));
        out
    }

    /// Best routes from a point; `see` is told each point as it is settled, but for the first.
    fn search(&self, source: u32, mut see: impl FnMut(Hop)) -> Vec<Route> {
        let mut best = vec![Route { latency_ms: f64::INFINITY, width: 0.0 }; self.points()];
        let mut done = vec![false; self.points()];
        let mut heap = BinaryHeap::from([Reverse((Label(0.0, f64::INFINITY, source), source, JOIN))]);
        while let Some(Reverse((Label(latency_ms, width, at), before, link))) = heap.pop() {
            if std::mem::replace(&mut done[at as usize], true) {
                continue;
            }
            best[at as usize] = Route { latency_ms, width };
            if at != source {
                see(Hop { point: at, before, link: Some(link).filter(|l| *l != JOIN) });
            }
            for &(next, more, bandwidth, link) in &self.adjacent[at as usize] {
                if !done[next as usize] {
                    heap.push(Reverse((Label(latency_ms + more, width.min(bandwidth), next), at, link)));
                }
            }
        }
        best
    }
}
