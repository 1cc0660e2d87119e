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

/// Room that a version's plan leaves, and what would take it away.
pub struct Surplus {
    /// Load that the version's plan places.
    load: f64,
    /// Capacity of the agents that take tasks.
    room: f64,
    /// Share of the room that is to be filled.
    fill: f64,
    /// What takes away all that an agent does not use, most first; then what takes half of it.
    cuts: Vec<Cut>,
    whole: usize,
}

struct Cut {
    /// Room that it takes away.
    spare: f64,
    change: Change,
    /// Position of the one that takes half.
    half: Option<usize>,
}

impl Surplus {
    /// The changes, those that take all that is not used before those that take half of it.
    pub fn changes(&self) -> impl Iterator<Item = Change> + '_ {
        self.cuts.iter().map(|cut| cut.change.clone())
    }

    /// Number of changes that take all that is not used.
    pub fn whole(&self) -> usize {
        self.whole
    }

    /// Position of the change that takes half of what another does, where that is worth one.
    pub fn half(&self, change: usize) -> Option<usize> {
        self.cuts[change].half
    }

    /// True where the fleet is filled as asked with some of the changes, by position.
    pub fn settled(&self, taken: &[usize]) -> bool {
        let gone: f64 = taken.iter().map(|i| self.cuts[*i].spare).sum();
        self.load >= self.fill * (self.room - gone)
    }
}

/// Once all else is settled: room that a version's plan leaves, where most of it is first.
pub fn surplus(scene: &Scene<'_>, trial: &Trial, fill: f64) -> Surplus {
    let q = Quantities::new(&trial.snapshot);
    let loads = Loads::of(&q, &trial.plan);
    let used = Utilization::measure(&q, &loads);
    let mut out = Surplus { load: 0.0, room: 0.0, fill, cuts: Vec::new(), whole: 0 };
    let mut rows: Vec<(f64, AgentIx, f64, f64)> = Vec::new();
    for (a, _) in &used.of {
        let Some(capacity) = trial.snapshot.agent(*a).capacity.filter(|c| *c > 0.0) else { continue };
        out.load += loads.load[a.at()];
        out.room += capacity;
        // Copies that the version adds are in no document yet.
        let Some(own) = scene.snapshot().find_agent(&trial.snapshot.agent(*a).id) else { continue };
        let held = loads.load[a.at()].max(past(scene, own).unwrap_or(0.0));
        let wanted = libm::ceil(held / fill);
        if wanted > 0.0 && wanted < capacity {
            rows.push((capacity - wanted, own, capacity, wanted));
        }
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let cut = |a: AgentIx, from: f64, to: f64| {
        Some(Cut { spare: from - to, change: resize(scene, a, from, to, Kind::LowerCapacity)?, half: None })
    };
    let whole = rows.into_iter().filter_map(|row| Some((row, cut(row.1, row.2, row.3)?)));
    let (rows, cuts): (Vec<_>, Vec<_>) = whole.unzip();
    (out.whole, out.cuts) = (cuts.len(), cuts);
    for (i, (spare, a, from, to)) in rows.into_iter().enumerate() {
        let half = Some(to + libm::ceil(spare / 2.0)).filter(|half| half < &from);
        if let Some(half) = half.and_then(|half| cut(a, from, half)) {
            out.cuts[i].half = Some(out.cuts.len());
            out.cuts.push(half);
        }
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
