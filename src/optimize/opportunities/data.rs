//! Data sets nearer to where the plan reads them.

use std::collections::BTreeMap;

use crate::{
    input::document::Section,
    model::{AgentIx, DataIx, Node},
    optimize::{
        change::{Change, Kind, Risk},
        opportunities::Clues,
    },
    report::clock,
};

/// For each data set that is waited for, the place that saves most of that.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let s = scene.snapshot();
    let transfers = &scene.q.transfers;
    let mut readers: BTreeMap<DataIx, Vec<AgentIx>> = BTreeMap::new();
    for (t, p) in scene.plan.placed() {
        s.task(t).reads.iter().for_each(|d| readers.entry(*d).or_default().push(p.agent));
    }
    let mut out = Vec::new();
    for (d, readers) in readers {
        let set = &s.network.data[d.at()];
        let Some(home) = set.home else { continue };
        let total = |home: Node| readers.iter().map(|a| transfers.exact(home, *a, set.size_mb)).sum::<f64>();
        let mut places: Vec<Node> =
            readers.iter().map(|a| s.agent(*a).zone.map_or(Node::Agent(*a), Node::Zone)).collect();
        places.sort_unstable();
        places.dedup();
        let best = places.into_iter().map(|p| (total(p), p)).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((time, place)) = best.filter(|b| b.0 < total(home)) else { continue };
        let name = match place {
            Node::Agent(a) => scene.agent(a),
            Node::Zone(z) => s.names.zones[z.at()].clone(),
        };
        let saved = (total(home) - time) / 1000.0;
        out.extend(scene.set(Section::Data, d.at(), "home", name.clone().into()).map(|op| Change {
            kind: Kind::PlaceData,
            subject: format!("data {}", set.id),
            title: format!("keep `{}` at `{name}`: the plan's readers wait {} less in all", set.id, clock(saved)),
            agents: Vec::new(),
            tasks: Vec::new(),
            ops: vec![op],
            cost: None,
            risk: Risk::Low,
            risk_reason: "readers that come later may be elsewhere".into(),
            promise: saved,
        }));
    }
    out
}
