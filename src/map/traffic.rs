//! What the batch moves over each link, were every task as likely on any of its eligible agents.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{network::id, work::Work};
use crate::{
    model::{Node, TaskIx, seconds},
    parallel,
};

/// Pairs of points, and visits to links, from which traffic is not measured.
const TOO_MUCH: usize = 60_000_000;

/// Shares of points, by point.
type Spread = Vec<(u32, f64)>;

/// MB over each link of the network; `None` where that would cost too much to find.
///
/// Data sets go from their home to each task that reads them, outputs from each task to those that wait for it, on the
/// cheapest path, as model.md section 3 has it. A task is spread evenly over its eligible agents.
pub fn megabytes(work: &Work<'_>) -> Option<Vec<f64>> {
    let s = work.q.snapshot;
    let links = &s.network.links;
    let mut out = vec![0.0; links.len()];
    if links.is_empty() {
        return Some(out);
    }
    let demand = demand(work)?;
    if demand.len().saturating_mul(links.len() + work.q.transfers.points()) > TOO_MUCH {
        return None;
    }
    let rows: Vec<(u32, Spread)> = demand.into_iter().collect();
    // Each source's links on their own, added up in the order of sources.
    let found = parallel::map(rows.len(), |i| over_links(work, rows[i].0, &rows[i].1));
    for (link, mb) in found.into_iter().flatten() {
        out[link as usize] += mb;
    }
    Some(out)
}

/// MB from each point to each other.
fn demand(work: &Work<'_>) -> Option<BTreeMap<u32, Spread>> {
    let s = work.q.snapshot;
    let transfers = &work.q.transfers;
    let mut staging: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    let mut outputs: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for t in s.task_ixs() {
        let group = work.group[t.at()];
        for d in &s.task(t).reads {
            let set = &s.network.data[d.at()];
            if let Some(home) = set.home.filter(|_| set.size_mb > 0.0) {
                *staging.entry((transfers.point(home), group)).or_default() += set.size_mb;
            }
        }
        for d in s.task(t).depends_on.iter().filter(|d| !d.soft && d.data_mb > 0.0) {
            *outputs.entry((work.group[d.task.at()], group)).or_default() += d.data_mb;
        }
    }
    let spreads: Vec<Spread> = work.sample.iter().map(|t| spread(work, *t)).collect();
    let size = |g: u32| spreads[g as usize].len();
    let pairs = staging.keys().map(|(_, g)| size(*g)).sum::<usize>()
        + outputs.keys().map(|(a, b)| size(*a).saturating_mul(size(*b))).fold(0, usize::saturating_add);
    if pairs > TOO_MUCH / 8 {
        return None;
    }
    let mut out: BTreeMap<u32, BTreeMap<u32, f64>> = BTreeMap::new();
    let mut add = |from: u32, to: &Spread, mb: f64| {
        let row = out.entry(from).or_default();
        to.iter().filter(|(p, _)| *p != from).for_each(|(p, share)| *row.entry(*p).or_default() += mb * share);
    };
    for ((home, group), mb) in staging {
        add(home, &spreads[group as usize], mb);
    }
    for ((before, after), mb) in outputs {
        spreads[before as usize].iter().for_each(|(p, share)| add(*p, &spreads[after as usize], mb * share));
    }
    Some(out.into_iter().map(|(p, row)| (p, row.into_iter().collect())).collect())
}

/// Where the eligible agents of a task stand, by point.
fn spread(work: &Work<'_>, t: TaskIx) -> Spread {
    let mut points: Vec<u32> = work.q.offers(t).map(|o| work.q.transfers.agent_point(o.agent)).collect();
    points.sort_unstable();
    let all = points.len() as f64;
    points.chunk_by(|a, b| a == b).map(|c| (c[0], c.len() as f64 / all)).collect()
}

/// MB over links from one point, summed from the farthest points back.
fn over_links(work: &Work<'_>, from: u32, to: &Spread) -> Vec<(u32, f64)> {
    let mut wanted = vec![0.0; work.q.transfers.points()];
    for (p, mb) in to {
        wanted[*p as usize] += mb;
    }
    let mut out = Vec::new();
    for hop in work.q.transfers.tree(from).into_iter().rev() {
        let mb = wanted[hop.point as usize];
        if mb > 0.0 {
            wanted[hop.before as usize] += mb;
            out.extend(hop.link.map(|l| (l, mb)));
        }
    }
    out
}

/// A link that cannot carry what the batch moves over it before the batch could end.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct OverloadedLink {
    /// One end.
    pub from: String,
    /// The other.
    pub to: String,
    /// Expected MB over it.
    pub data_mb: f64,
    /// Mbit/s.
    pub bandwidth_mbps: f64,
    /// Seconds to carry it at full bandwidth.
    pub needs: f64,
    /// Seconds the batch takes at least.
    pub has: f64,
    /// `needs` / `has`.
    pub utilization: f64,
    /// Position in the network's list.
    #[serde(skip)]
    pub link: usize,
}

/// Links loaded past their bandwidth, worst first.
pub fn overloaded(work: &Work<'_>, megabytes: &[f64]) -> Vec<OverloadedLink> {
    let s = work.q.snapshot;
    let has = seconds(work.shortest_end());
    let row = |(i, mb): (usize, &f64)| {
        let link = &s.network.links[i];
        let needs = 8.0 * mb / link.bandwidth_mbps;
        let name = |node: Node| id(s, node).to_owned();
        (needs > has && has > 0.0).then(|| OverloadedLink {
            from: name(link.from),
            to: name(link.to),
            data_mb: *mb,
            bandwidth_mbps: link.bandwidth_mbps,
            needs,
            has,
            utilization: needs / has,
            link: i,
        })
    };
    let mut out: Vec<OverloadedLink> = megabytes.iter().enumerate().filter_map(row).collect();
    out.sort_by(|a, b| b.utilization.total_cmp(&a.utilization).then(a.link.cmp(&b.link)));
    out
}
