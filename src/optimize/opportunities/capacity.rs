//! Rightsizing: room where it is short, less of it where nobody uses it.

use crate::{
    input::document::Section,
    model::{AgentIx, Quantities, robust::Sample},
    optimize::{
        change::{Change, Kind, Risk},
        lab::Trial,
        opportunities::{Clues, WORST},
        scene::Scene,
    },
    patch::number,
    report::number as text,
    schedule::{Loads, Utilization},
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
            let times = wanted / capacity;
            // What is as good as none has no price to grow by.
            let change = times.is_finite().then(|| resize(scene, a, capacity, wanted, Kind::RaiseCapacity)).flatten();
            if let Some(mut change) = change.filter(|c| out.iter().all(|o| o.subject != c.subject)) {
                let more = agent.cost_fixed * (times - 1.0);
                change.ops.extend(scene.set(Section::Agents, a.at(), "cost_fixed", number(agent.cost_fixed + more)));
                change.cost = scene.priced(more);
                change.promise = b.unplaced_priority;
                out.push(change);
            }
        }
    }
    out
}

/// Agents whose past and present load fill little of what they have.
fn lower(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let s = scene.snapshot();
    let mut out = Vec::new();
    for (a, u) in scene.used.of.iter().filter(|(_, u)| *u > 0.0 && *u < clues.fill) {
        let agent = s.agent(*a);
        let Some(capacity) = agent.capacity.filter(|c| *c > 0.0) else { continue };
        // What one plan leaves is no reason to take it away before all else is settled; a past is.
        let Some(past) = past(scene, *a) else { continue };
        let wanted = libm::ceil(scene.loads.load[a.at()].max(past) / clues.fill);
        if wanted > 0.0 && wanted < capacity {
            let change = resize(scene, *a, capacity, wanted, Kind::LowerCapacity);
            out.extend(change.map(|c| Change { promise: (1.0 - u) * (capacity - wanted), ..c }));
        }
    }
    out
}

/// Load that an agent held at most in 95 of 100 measurements.
fn past(scene: &Scene<'_>, a: AgentIx) -> Option<f64> {
    let id = scene.agent(a);
    let rows = scene.snapshot().history.iter().filter(|r| r.agent == id && r.metric == "load");
    Sample::new(rows.map(|r| r.value)).quantile(QUANTILE)
}

/// Once all else is settled: room that a version's plan leaves, taken where most of it is until the fleet is filled
/// as asked.
pub fn surplus(scene: &Scene<'_>, trial: &Trial, fill: f64) -> Vec<Change> {
    let q = Quantities::new(&trial.snapshot);
    let loads = Loads::of(&q, &trial.plan);
    let used = Utilization::measure(&q, &loads);
    let (mut load, mut room) = (0.0, 0.0);
    let mut rows: Vec<(f64, AgentIx, f64, f64)> = Vec::new();
    for (a, _) in &used.of {
        let Some(capacity) = trial.snapshot.agent(*a).capacity.filter(|c| *c > 0.0) else { continue };
        load += loads.load[a.at()];
        room += capacity;
        // Copies that the version adds are in no document yet.
        let Some(own) = scene.snapshot().find_agent(&trial.snapshot.agent(*a).id) else { continue };
        let held = loads.load[a.at()].max(past(scene, own).unwrap_or(0.0));
        let wanted = libm::ceil(held / fill);
        if wanted > 0.0 && wanted < capacity {
            rows.push((capacity - wanted, own, capacity, wanted));
        }
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut out = Vec::new();
    for (spare, a, capacity, wanted) in rows {
        if load >= fill * room {
            break;
        }
        room -= spare;
        out.extend(resize(scene, a, capacity, wanted, Kind::LowerCapacity));
    }
    out
}

fn resize(scene: &Scene<'_>, a: AgentIx, from: f64, to: f64, kind: Kind) -> Option<Change> {
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
