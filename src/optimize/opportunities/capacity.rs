//! Rightsizing: room where it is short, less of it where nobody uses it.

use crate::{
    input::document::Section,
    model::{AgentIx, robust::Sample},
    optimize::{
        change::{Change, Kind, Risk},
        opportunities::{Clues, WORST},
    },
    patch::number,
    report::number as text,
};

/// Quantile of an agent's past load that its capacity is to hold.
const QUANTILE: f64 = 0.95;

/// More for the groups that leave something out; less for agents that use little.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    let mut out = raise(clues);
    out.extend(lower(clues));
    out
}

fn raise(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let s = scene.snapshot();
    let mut out: Vec<Change> = Vec::new();
    for b in clues.bottlenecks.iter().filter(|b| b.unplaced_priority > 0.0 && !b.agents.is_empty()).take(WORST) {
        for a in b.agents.iter().filter_map(|id| s.find_agent(id)) {
            let agent = s.agent(a);
            let Some(capacity) = agent.capacity.filter(|c| *c > 0.0) else { continue };
            let wanted = libm::ceil(1.5 * capacity);
            let change = resize(clues, a, capacity, wanted, Kind::RaiseCapacity);
            if let Some(mut change) = change.filter(|c| out.iter().all(|o| o.subject != c.subject)) {
                let more = agent.cost_fixed * (wanted / capacity - 1.0);
                change.ops.extend(scene.set(Section::Agents, a.at(), "cost_fixed", number(agent.cost_fixed + more)));
                change.cost = Some(more);
                change.promise = b.unplaced_priority;
                out.push(change);
            }
        }
    }
    out
}

fn lower(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let s = scene.snapshot();
    let mut out = Vec::new();
    for (a, u) in scene.used.of.iter().filter(|(_, u)| *u > 0.0 && *u < clues.fill) {
        let agent = s.agent(*a);
        let Some(capacity) = agent.capacity.filter(|c| *c > 0.0) else { continue };
        let past = s.history.iter().filter(|r| r.agent == agent.id && r.metric == "load").map(|r| r.value);
        // Without a past, what one plan leaves is no reason to take it away.
        let Some(past) = Sample::new(past).quantile(QUANTILE) else { continue };
        let wanted = libm::ceil(scene.loads.load[a.at()].max(past) / clues.fill);
        if wanted > 0.0 && wanted < capacity {
            let change = resize(clues, *a, capacity, wanted, Kind::LowerCapacity);
            out.extend(change.map(|c| Change { promise: (1.0 - u) * (capacity - wanted), ..c }));
        }
    }
    out
}

fn resize(clues: &Clues<'_>, a: AgentIx, from: f64, to: f64, kind: Kind) -> Option<Change> {
    let scene = clues.scene;
    let id = scene.agent(a);
    let (word, risk, why) = match kind {
        Kind::RaiseCapacity => ("raise", Risk::Medium, "the price assumed goes with the capacity"),
        _ => ("lower", Risk::Medium, "its room is gone when load grows; its price stays as it is"),
    };
    Some(Change {
        kind,
        subject: format!("capacity {id}"),
        title: format!("{word} the capacity of `{id}` from {} to {}", text(from, 2), text(to, 2)),
        agents: vec![id],
        tasks: Vec::new(),
        ops: vec![scene.set(Section::Agents, a.at(), "capacity", number(to))?],
        cost: None,
        risk,
        risk_reason: why.into(),
        promise: 0.0,
    })
}
