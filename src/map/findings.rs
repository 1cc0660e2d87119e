//! What a map tells the user: what breaks with one loss, what there is too little of, what cannot be kept.

use super::{dependencies::Needs, network::Network, report::Report, work::Work};
use crate::{
    error::Severity,
    model::{Location, Node, Snapshot, TaskIx, seconds},
    report::{FindingRow, clock, number, plural},
};

/// A node's loss leaves the network in pieces.
pub const CUT: &str = "ORCH301";
/// A link's loss leaves the network in pieces.
pub const BRIDGE: &str = "ORCH302";
/// One agent alone provides what tasks ask for.
pub const SINGLE: &str = "ORCH303";
/// A capability's providers cannot take the batch.
pub const SHORT: &str = "ORCH304";
/// A link is loaded past its bandwidth.
pub const OVERLOADED: &str = "ORCH305";
/// Agents or services need each other in a circle.
pub const CIRCLE: &str = "ORCH306";
/// Something needed is not there now.
pub const GONE: &str = "ORCH307";
/// A deadline cannot be kept whatever the plan.
pub const NO_SLACK: &str = "ORCH308";
/// The network is in pieces.
pub const PIECES: &str = "ORCH309";

/// There are too many losses to work all of them out.
pub const LEFT_OUT: &str = "ORCH310";

/// What a map's findings stand for: code, severity, meaning (README's table).
pub const CODES: &[[&str; 3]] = &[
    [CUT, "warning", "the loss of one node leaves the network in pieces"],
    [BRIDGE, "warning", "the loss of one link leaves the network in pieces"],
    [SINGLE, "warning", "one agent alone provides a capability that tasks ask for"],
    [SHORT, "warning", "the batch asks for more of a capability than its providers can take"],
    [OVERLOADED, "warning", "a link needs longer for the batch's data than the batch takes at least"],
    [CIRCLE, "warning", "agents or services need each other in a circle"],
    [GONE, "warning", "an agent or service needs one that is offline or failed"],
    [NO_SLACK, "warning", "a deadline cannot be kept even on the fastest agents"],
    [PIECES, "warning", "the network of links is in several pieces"],
    [LEFT_OUT, "warning", "`--n-minus 1` did not work out every loss, as there are too many"],
];

/// Most findings of one code told one by one.
const MOST: usize = 20;

/// The findings by code, each in the order of its section.
pub fn collect(
    report: &Report,
    network: &Network,
    work: &Work<'_>,
    needs: &Needs<'_>,
    left_out: usize,
) -> Vec<FindingRow> {
    let s = work.q.snapshot;
    let mut teller = Teller { snapshot: s, out: Vec::new() };
    cuts(&mut teller, network);
    supply(&mut teller, report);
    circles(&mut teller, needs);
    slack(&mut teller, work);
    let pieces = network.cuts.components;
    if pieces > 1 {
        let message =
            format!("the network of links is in {pieces} pieces; nothing moves between them but through zones");
        let help = "join them by a link if they are meant to work together";
        teller.tell_all(PIECES, vec![(message, "network.links".into(), Location::default())], help);
    }
    if left_out > 0 {
        let message = format!("{} not worked out: those that touch least", plural(left_out, "more loss"));
        teller.tell_all(LEFT_OUT, vec![(message, String::new(), Location::default())], "map a part of the fleet");
    }
    teller.out
}

struct Teller<'s> {
    snapshot: &'s Snapshot,
    out: Vec<FindingRow>,
}

/// Message, path and place.
type Told = (String, String, Location);

impl Teller<'_> {
    /// Tells the first of many and counts the rest.
    fn tell_all(&mut self, code: &'static str, mut rows: Vec<Told>, help: &str) {
        let more = rows.len().saturating_sub(MOST);
        rows.truncate(MOST);
        if more > 0 {
            let message = format!("{} of this kind: {code}", plural(more, "more finding"));
            rows.push((message, String::new(), Location::default()));
        }
        for (message, path, location) in rows {
            let known = location.line > 0;
            self.out.push(FindingRow {
                code,
                severity: Severity::Warning.name(),
                message,
                path,
                file: if known { self.snapshot.file(location).into() } else { String::new() },
                line: known.then_some(location.line),
                column: known.then_some(location.column),
                help: help.into(),
            });
        }
    }
}

fn cuts(teller: &mut Teller<'_>, network: &Network) {
    let s = teller.snapshot;
    let mut points: Vec<(&str, Told)> = Vec::new();
    for v in &network.cuts.points {
        let id = network.id(s, *v);
        let sizes = network.cuts.piece_sizes(*v);
        let apart = sizes.iter().sum::<u64>() - sizes.iter().max().copied().unwrap_or(0);
        let (what, path, location) = match network.nodes[*v as usize] {
            Node::Agent(a) => ("agent", format!("agents[{id}]"), s.agent(a).location),
            Node::Zone(_) => ("zone", "network.links".to_owned(), Location::default()),
        };
        let pieces = plural(sizes.len(), "piece");
        let message = format!("without {what} `{id}` the network is in {pieces}: {} cut off", nodes(apart));
        points.push((id, (message, path, location)));
    }
    points.sort_by(|a, b| a.0.cmp(b.0));
    teller.tell_all(CUT, points.into_iter().map(|p| p.1).collect(), "add a link around it");
    let mut bridges: Vec<([String; 2], Told)> = Vec::new();
    for edge in &network.cuts.bridges {
        let ends = network.ends(s, *edge);
        let place = network.graph.edges().binary_search(edge).ok();
        let location = place.map_or_else(Location::default, |i| network.links[i].location);
        let message = format!("the link between `{}` and `{}` is the only one between its sides", ends[0], ends[1]);
        bridges.push((ends, (message, "network.links".into(), location)));
    }
    bridges.sort_by(|a, b| a.0.cmp(&b.0));
    teller.tell_all(BRIDGE, bridges.into_iter().map(|b| b.1).collect(), "add a second link between its sides");
}

fn nodes(n: u64) -> String {
    plural(n as usize, "node")
}

fn supply(teller: &mut Teller<'_>, report: &Report) {
    let s = teller.snapshot;
    let b = &report.network_topology.bottlenecks;
    let place = |id: &str| s.find_agent(id).map_or_else(Location::default, |a| s.agent(a).location);
    let single = b.single_provider_capabilities.iter().filter(|p| p.tasks > 0).map(|p| {
        let message = format!("agent `{}` alone provides `{}` ({} for it)", p.agent, p.capability, ask(p.tasks));
        (message, format!("agents[{}].capabilities", p.agent), place(&p.agent))
    });
    teller.tell_all(SINGLE, single.collect(), "give a second agent the capability");
    let short = b.capacity_shortfalls.iter().map(|x| {
        let (demand, supply) = (number(x.demand, 2), number(x.supply, 2));
        let message =
            format!("tasks ask for a load of {demand} of `{}`, its providers can take {supply}", x.capability);
        (message, "agents".to_owned(), Location::default())
    });
    teller.tell_all(SHORT, short.collect(), "add capacity, or agents that have the capability");
    let links = b.overloaded_links.iter().map(|l| {
        let (needs, has) = (clock(l.needs), clock(l.has));
        let message = format!(
            "the link from `{}` to `{}` needs {needs} for {} MB; the batch takes {has} at least",
            l.from,
            l.to,
            number(l.data_mb, 1)
        );
        (message, "network.links".to_owned(), s.network.links[l.link].location)
    });
    teller.tell_all(OVERLOADED, links.collect(), "widen the link, or bring data and agents together");
}

fn ask(tasks: usize) -> String {
    if tasks == 1 { "1 task asks".into() } else { format!("{} ask", plural(tasks, "task")) }
}

fn circles(teller: &mut Teller<'_>, needs: &Needs<'_>) {
    let path = |v: u32| match needs.part(v) {
        super::dependencies::Part::Agent(_) => format!("agents[{}].depends_on", needs.id(v)),
        super::dependencies::Part::Service(_) => format!("network.services[{}].depends_on", needs.id(v)),
    };
    let rows = needs.cycles().map(|members| {
        let shown: Vec<String> = members.iter().take(8).map(|v| format!("`{}`", needs.id(*v))).collect();
        let more = members.len().saturating_sub(8);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = match members.len() {
            1 => format!("{} needs itself", shown[0]),
            _ => format!("{}{tail} need each other in a circle", shown.join(", ")),
        };
        (message, path(members[0]), needs.location(members[0]))
    });
    teller.tell_all(CIRCLE, rows.collect(), "break the circle at one of them");
    let gone = needs.graph.arcs().iter().filter_map(|(a, b)| {
        let status = needs.down(*b)?;
        let message = format!("`{}` needs `{}`, which is {status}", needs.id(*a), needs.id(*b));
        Some((message, path(*a), needs.location(*a)))
    });
    teller.tell_all(GONE, gone.collect(), "restore it, or point to another");
}

fn slack(teller: &mut Teller<'_>, work: &Work<'_>) {
    let s = teller.snapshot;
    let short = |t: TaskIx| {
        let c = work.component(t);
        // Told where the deadline is, not at all that comes before.
        let deadline = s.task(t).deadline?;
        let done = work.times.early[c].saturating_add(work.schedule_duration(c));
        (done > deadline).then_some(done.saturating_sub(deadline))
    };
    let rows = s.task_ixs().filter_map(|t| {
        let late = clock(seconds(short(t)?));
        let id = &s.task(t).id;
        let message = format!("task `{id}` is late by {late} even on the fastest agents");
        Some((message, format!("tasks[{id}].deadline"), s.task(t).location))
    });
    teller.tell_all(NO_SLACK, rows.collect(), "move the deadline, or shorten what comes before it");
}
