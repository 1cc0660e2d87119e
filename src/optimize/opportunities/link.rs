//! Links: which one is the narrow one of a path, and what it would be to widen it.

use crate::{
    model::{AgentIx, Node},
    optimize::{
        change::{Change, Kind, Risk},
        scene::Scene,
    },
    patch::{Op, number, put},
    report::number as text,
};

/// By how much a link is widened.
const TIMES: f64 = 10.0;
/// Most transfers whose paths are followed.
const MAX_TRANSFERS: usize = 2_000;

/// Widening the links that the plan's transfers wait for, the longest waits first.
pub fn find(scene: &Scene<'_>) -> Vec<Change> {
    let s = scene.snapshot();
    let mut waits = vec![0i64; s.network.links.len()];
    let mut moves = Vec::new();
    for (t, p) in scene.plan.placed() {
        for d in s.task(t).depends_on.iter().filter(|d| !d.soft && d.data_mb > 0.0) {
            let Some(from) = scene.plan.placements[d.task.at()].filter(|from| from.agent != p.agent) else { continue };
            moves.push((
                scene.q.transfer(from.agent, p.agent, d.data_mb).unwrap_or(0),
                Node::Agent(from.agent),
                p.agent,
            ));
        }
        for d in &s.task(t).reads {
            let set = &s.network.data[d.at()];
            if let Some(home) = set.home {
                let ms = scene.q.transfers.exact(home, p.agent, set.size_mb);
                moves.push((ms.min(1e15) as i64, home, p.agent));
            }
        }
    }
    moves.sort_unstable_by(|a, b| b.cmp(a));
    for (ms, from, to) in moves.into_iter().take(MAX_TRANSFERS) {
        if let Some(link) = narrowest(scene, from, to) {
            waits[link] += ms;
        }
    }
    let mut out: Vec<Change> = Vec::new();
    for (link, ms) in waits.iter().enumerate().filter(|(_, ms)| **ms > 0) {
        out.extend(widen(scene, link).map(|c| Change { promise: *ms as f64, ..c }));
    }
    out
}

/// The narrowest link on the way from a node to an agent; of equals the first on the way back.
pub fn narrowest(scene: &Scene<'_>, from: Node, to: AgentIx) -> Option<usize> {
    let transfers = &scene.q.transfers;
    let (source, mut at) = (transfers.point(from), transfers.agent_point(to));
    let tree = transfers.tree(source);
    let mut narrow: Option<usize> = None;
    while at != source {
        let hop = tree.iter().find(|h| h.point == at)?;
        if let Some(link) = hop.link.map(|l| l as usize) {
            let width = |l: usize| scene.snapshot().network.links[l].bandwidth_mbps;
            narrow = narrow.filter(|n| width(*n) <= width(link)).or(Some(link));
        }
        at = hop.before;
    }
    narrow.filter(|n| scene.snapshot().network.links[*n].bandwidth_mbps.is_finite())
}

/// The names of a link's ends, in the order of their letters: which way round it was written says nothing.
pub fn ends(scene: &Scene<'_>, link: usize) -> [String; 2] {
    let s = scene.snapshot();
    let name = |node: Node| match node {
        Node::Agent(a) => s.agent(a).id.clone(),
        Node::Zone(z) => s.names.zones[z.at()].clone(),
    };
    let mut out = [name(s.network.links[link].from), name(s.network.links[link].to)];
    out.sort_unstable();
    out
}

/// The change that widens a link, and those beside it that are as narrow.
pub fn widen(scene: &Scene<'_>, link: usize) -> Option<Change> {
    let row = &scene.snapshot().network.links[link];
    let [a, b] = ends(scene, link);
    let items = scene.document.root.get("network")?.get("links")?.items();
    let is = |end: Option<&str>, name: &str| end == Some(name);
    let beside = |i: &crate::input::document::Item| {
        let (from, to) = (i.get("from").and_then(|x| x.text()), i.get("to").and_then(|x| x.text()));
        let width = matches!(i.get("bandwidth_mbps").map(|x| &x.value),
            Some(crate::input::document::Value::Number(n)) if *n == row.bandwidth_mbps);
        width && (is(from, &a) && is(to, &b) || is(from, &b) && is(to, &a))
    };
    let wide = row.bandwidth_mbps * TIMES;
    let places = items.iter().enumerate().filter(|(_, item)| beside(item));
    let ops: Vec<Op> =
        places.map(|(i, _)| put(true, format!("/network/links/{i}/bandwidth_mbps"), number(wide))).collect();
    (!ops.is_empty()).then(|| Change {
        kind: Kind::WidenLink,
        subject: format!("link {a} {b}"),
        title: format!("widen the link `{a}`–`{b}` from {} to {} Mbit/s", text(row.bandwidth_mbps, 3), text(wide, 3)),
        agents: Vec::new(),
        tasks: Vec::new(),
        ops,
        cost: None,
        risk: Risk::Medium,
        risk_reason: "the network has to be changed, at a price that the snapshot does not name".into(),
        promise: 0.0,
    })
}
