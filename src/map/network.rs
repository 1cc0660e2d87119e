//! The network as a simple undirected graph of its links: cuts, betweenness, clusters.

use crate::{
    graph::{Communities, Cuts, Undirected, betweenness, communities},
    model::{AgentIx, Link, Node, Snapshot},
};

/// The graph of `network.links`: its vertices are the ends of links, parallel links are one edge, links from a node to
/// itself are none.
#[derive(Debug)]
pub struct Network {
    /// The node of each vertex: agents by id, then zones.
    pub nodes: Vec<Node>,
    /// Its edges, with lengths where every link has a latency above 0.
    pub graph: Undirected,
    /// Where it comes apart.
    pub cuts: Cuts,
    /// Betweenness of each vertex.
    pub betweenness: Vec<f64>,
    /// Its clusters.
    pub clusters: Communities,
    /// Cluster of each vertex.
    pub cluster_of: Vec<u32>,
    /// Paths are cheapest by latency, not by hops.
    pub by_latency: bool,
    /// For each edge of `graph`, its cheapest link.
    pub links: Vec<Link>,
}

impl Network {
    /// Measures the network of a snapshot.
    pub fn of(snapshot: &Snapshot) -> Self {
        let links = &snapshot.network.links;
        let mut nodes: Vec<Node> = links.iter().flat_map(|l| [l.from, l.to]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let by_latency = !links.is_empty() && links.iter().all(|l| l.latency_ms > 0.0);
        let place = |node: Node| nodes.binary_search(&node).unwrap_or(0) as u32;
        let mut rows: Vec<(u32, u32, &Link)> = links
            .iter()
            .map(|l| (place(l.from), place(l.to), l))
            .map(|(a, b, l)| (a.min(b), a.max(b), l))
            .filter(|(a, b, _)| a != b)
            .collect();
        rows.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.latency_ms.total_cmp(&b.2.latency_ms)));
        rows.dedup_by_key(|r| (r.0, r.1));
        let graph = if by_latency {
            let edges: Vec<_> = rows.iter().map(|(a, b, l)| (*a, *b, l.latency_ms)).collect();
            Undirected::with_lengths(nodes.len(), &edges)
        } else {
            Undirected::new(nodes.len(), rows.iter().map(|(a, b, _)| (*a, *b)))
        };
        let cuts = Cuts::of(&graph);
        let betweenness = betweenness(&graph, &cuts);
        let clusters = communities(&graph);
        let mut cluster_of = vec![0; nodes.len()];
        for (c, members) in (0..).zip(&clusters.members) {
            for v in members {
                cluster_of[*v as usize] = c;
            }
        }
        let links = rows.iter().map(|r| *r.2).collect();
        Self { nodes, graph, cuts, betweenness, clusters, cluster_of, by_latency, links }
    }

    /// The vertex of a node; `None` where no link ends there.
    pub fn vertex(&self, node: Node) -> Option<u32> {
        self.nodes.binary_search(&node).ok().map(|v| v as u32)
    }

    /// The id of a vertex.
    pub fn id<'s>(&self, snapshot: &'s Snapshot, v: u32) -> &'s str {
        id(snapshot, self.nodes[v as usize])
    }

    /// The ids of the ends of an edge.
    pub fn ends(&self, snapshot: &Snapshot, (a, b): (u32, u32)) -> [String; 2] {
        let mut ends = [self.id(snapshot, a).to_owned(), self.id(snapshot, b).to_owned()];
        ends.sort_unstable();
        ends
    }
}

/// The id of an agent or the name of a zone.
pub fn id(snapshot: &Snapshot, node: Node) -> &str {
    match node {
        Node::Agent(a) => &snapshot.agent(a).id,
        Node::Zone(z) => &snapshot.names.zones[z.at()],
    }
}

/// What a loss does to reachability: links, and the joins of agents with their zones (as transfers see them).
///
/// Vertices are the agents, then the zones.
#[derive(Debug)]
pub struct Reach {
    agents: usize,
    cuts: Cuts,
    /// Agents among the first so many of the search's order.
    before: Vec<u32>,
}

impl Reach {
    /// Lays the network out; nothing can be cut off where there are no links.
    pub fn of(snapshot: &Snapshot) -> Self {
        let agents = snapshot.agents.len();
        let links = &snapshot.network.links;
        let vertex = |node: Node| match node {
            Node::Agent(a) => a.0,
            Node::Zone(z) => agents as u32 + z.0,
        };
        let joins = snapshot.agents.iter().zip(0..).filter_map(|(a, i)| Some((i, vertex(Node::Zone(a.zone?)))));
        let joins = joins.filter(|_| !links.is_empty());
        let edges = links.iter().map(|l| (vertex(l.from), vertex(l.to))).chain(joins);
        let cuts = Cuts::of(&Undirected::new(agents + snapshot.names.zones.len(), edges));
        let mut before = vec![0];
        for v in &cuts.order {
            before.push(before[before.len() - 1] + u32::from((*v as usize) < agents));
        }
        Self { agents, cuts, before }
    }

    /// Agents that can no longer reach most others once an agent is gone, by id.
    pub fn without_agent(&self, a: AgentIx) -> Vec<AgentIx> {
        self.all_but_largest(self.cuts.pieces(a.0))
    }

    /// Agents that can no longer reach most others once the link between two nodes is gone, by id.
    pub fn without_link(&self, a: Node, b: Node) -> Vec<AgentIx> {
        let vertex = |node: Node| match node {
            Node::Agent(a) => a.0,
            Node::Zone(z) => self.agents as u32 + z.0,
        };
        self.cuts.sides((vertex(a), vertex(b))).map_or_else(Vec::new, |s| self.all_but_largest(s.into()))
    }

    /// Vertices outside the largest piece that is left without a vertex; 0 where it is neither agent nor zone.
    pub fn apart(&self, v: u32) -> usize {
        if v as usize >= self.agents {
            return 0;
        }
        let sizes = self.cuts.piece_sizes(v);
        (sizes.iter().sum::<u64>() - sizes.iter().max().copied().unwrap_or(0)) as usize
    }

    /// Agents outside the piece that holds most of them; of equal pieces, outside the one with the first agent.
    fn all_but_largest(&self, mut pieces: Vec<Vec<std::ops::Range<usize>>>) -> Vec<AgentIx> {
        let count = |p: &[std::ops::Range<usize>]| p.iter().map(|r| self.before[r.end] - self.before[r.start]).sum();
        let sizes: Vec<u32> = pieces.iter().map(|p| count(p)).collect();
        let most = sizes.iter().max().copied().unwrap_or(0);
        let largest: Vec<usize> = (0..pieces.len()).filter(|i| sizes[*i] == most).collect();
        let first = |i: &usize| self.agents_of(&pieces[*i]).min();
        let main = if largest.len() > 1 { largest.iter().copied().min_by_key(first) } else { largest.first().copied() };
        if let Some(main) = main {
            pieces.remove(main);
        }
        let mut out: Vec<AgentIx> = pieces.iter().flat_map(|p| self.agents_of(p)).collect();
        out.sort_unstable();
        out
    }

    fn agents_of<'p>(&'p self, piece: &'p [std::ops::Range<usize>]) -> impl Iterator<Item = AgentIx> + 'p {
        let vertices = piece.iter().flat_map(|r| self.cuts.order[r.clone()].iter().copied());
        vertices.filter(|v| (*v as usize) < self.agents).map(AgentIx)
    }
}
