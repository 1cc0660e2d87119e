//! Agents that the work does not need: the dearest for what they can do first, as long as all work keeps room.

use std::collections::BTreeMap;

use crate::{
    input::document::Section,
    model::{AgentIx, DimIx, Member, Quantities, TaskIx},
    optimize::{
        change::{Change, Kind, Risk},
        opportunities::Clues,
        scene::Scene,
    },
};

/// Share of an agent's room that a coverage check fills: packing whole tasks leaves some.
const PACKED: f64 = 0.95;

/// A class of tasks as the coverage check sees it.
struct Demand {
    /// Its agents, those that little other work can use first.
    members: Vec<Member>,
    load: f64,
    /// Σ nominal duration, ms.
    nominal: f64,
    /// Load of its largest task.
    largest: f64,
    /// Demand on budgets, by dimension.
    budgets: BTreeMap<DimIx, f64>,
}

/// What agents have left while classes fill them.
struct Left {
    room: Vec<f64>,
    /// Ms of slots.
    time: Vec<f64>,
    /// In the order of each agent's budgets.
    budgets: Vec<Vec<f64>>,
}

/// Every agent that may go if those before it in the list go too.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let s = scene.snapshot();
    let demands = demands(scene.q);
    let mut order: Vec<(f64, AgentIx)> = scene.used.of.iter().map(|(a, _)| (price(scene, *a), *a)).collect();
    order.retain(|(_, a)| may_go(scene, *a));
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut stays = vec![false; s.agents.len()];
    scene.used.of.iter().for_each(|(a, _)| stays[a.at()] = true);
    let mut out = Vec::new();
    let span = 1000.0 * clues.span;
    for chunk in order.chunks(order.len().div_ceil(64).max(1)) {
        for (_, a) in chunk {
            stays[a.at()] = false;
        }
        if covered(scene, &demands, &stays, span) {
            out.extend(chunk.iter().map(|c| c.1));
            continue;
        }
        for (_, a) in chunk {
            stays[a.at()] = true;
        }
        for (_, a) in chunk {
            stays[a.at()] = false;
            if covered(scene, &demands, &stays, span) {
                out.push(*a);
            } else {
                stays[a.at()] = true;
            }
        }
    }
    let n = out.len() as f64;
    out.iter().enumerate().filter_map(|(i, a)| retire(scene, *a, n - i as f64)).collect()
}

/// What nothing runs on, or holds something of, or is needed by, may go.
fn may_go(scene: &Scene<'_>, a: AgentIx) -> bool {
    let s = scene.snapshot();
    let id = &s.agent(a).id;
    let pinned = s.tasks.iter().any(|t| t.pinned == Some(a));
    let running = s.state.running.iter().any(|r| r.agent == a);
    let needed = s.agents.iter().any(|other| other.depends_on.iter().any(|d| d.0 == *id));
    !pinned && !running && !needed && s.agent(a).current_load == 0.0
}

/// Money, fixed and running, per nominal hour and load unit that an agent offers, against the fleet's mean speed.
fn price(scene: &Scene<'_>, a: AgentIx) -> f64 {
    let agent = scene.snapshot().agent(a);
    let capacity = agent.capacity.unwrap_or(1.0).max(1e-9);
    let rate = (agent.speed * scene.q.tariff(a).succeeds).max(1e-9);
    let load: f64 = scene.snapshot().tasks.iter().map(|t| t.estimated_load).sum::<f64>().max(1e-9);
    let hours: f64 = scene.snapshot().tasks.iter().map(|t| t.duration_ms).sum::<f64>() / 3.6e6;
    // An hour of nominal work carries so much load on average; slow agents hold everything up besides.
    let running = agent.cost_per_load + agent.cost_per_hour * (hours / load) / rate;
    let slow = 1.0 / (rate * f64::from(agent.slots.max(1))) / capacity.max(1.0);
    agent.cost_fixed / capacity + running + slow
}

fn demands(q: &Quantities<'_>) -> Vec<Demand> {
    let mut out: Vec<Demand> = (0..q.classes() as u32)
        .map(|class| Demand {
            members: q.members(class).to_vec(),
            load: 0.0,
            nominal: 0.0,
            largest: 0.0,
            budgets: BTreeMap::new(),
        })
        .collect();
    for t in q.snapshot.task_ixs() {
        let task = q.snapshot.task(t);
        let row = &mut out[q.class(t) as usize];
        let load = task.estimated_load.max(least(q, t));
        row.load += load;
        row.nominal += task.duration_ms;
        row.largest = row.largest.max(load);
        task.demand.iter().for_each(|(dim, x)| *row.budgets.entry(*dim).or_default() += x);
    }
    let mut asked = vec![0.0; q.snapshot.agents.len()];
    for d in &out {
        d.members.iter().for_each(|m| asked[m.agent.at()] += d.load);
    }
    for d in &mut out {
        d.members.sort_by(|a, b| asked[a.agent.at()].total_cmp(&asked[b.agent.at()]).then(a.agent.cmp(&b.agent)));
    }
    // The least flexible work chooses first.
    out.sort_by_key(|d| d.members.len());
    out
}

fn least(q: &Quantities<'_>, t: TaskIx) -> f64 {
    if q.is_plain(t) { 0.0 } else { q.offers(t).map(|o| o.load).fold(f64::INFINITY, f64::min).min(1e12) }
}

/// True where the agents that stay can hold every class, in load, budgets and time, filled one after the other.
fn covered(scene: &Scene<'_>, demands: &[Demand], stays: &[bool], span: f64) -> bool {
    let agents = &scene.snapshot().agents;
    let mut left = Left {
        room: agents.iter().map(|a| a.capacity.map_or(f64::INFINITY, |c| PACKED * (c - a.current_load))).collect(),
        time: agents.iter().map(|a| span * f64::from(a.slots)).collect(),
        budgets: agents.iter().map(|a| a.budget.iter().map(|b| PACKED * b.1).collect()).collect(),
    };
    demands.iter().all(|d| {
        let members: Vec<&Member> = d.members.iter().filter(|m| stays[m.agent.at()]).collect();
        let fits = |m: &&Member| {
            let agent = &agents[m.agent.at()];
            agent.capacity.is_none_or(|c| c - agent.current_load >= d.largest)
        };
        members.iter().any(fits) && fill(scene, d, &members, &mut left)
    })
}

/// Gives a class to its members as far as they go; true where all of it has a place.
fn fill(scene: &Scene<'_>, d: &Demand, members: &[&Member], left: &mut Left) -> bool {
    let agents = &scene.snapshot().agents;
    // In shares of the class, so that work without load fills time all the same.
    let mut open = 1.0f64;
    for m in members {
        let a = m.agent.at();
        let rate = m.divisor * scene.q.tariff(m.agent).succeeds;
        let mut share = open;
        let mut limit = |have: f64, whole: f64| {
            if whole > 0.0 {
                share = share.min(have.max(0.0) / whole);
            }
        };
        limit(left.room[a], d.load);
        limit(left.time[a], d.nominal / rate);
        for (i, (dim, _)) in agents[a].budget.iter().enumerate() {
            limit(left.budgets[a][i], d.budgets.get(dim).copied().unwrap_or(0.0));
        }
        left.room[a] -= share * d.load;
        left.time[a] -= share * d.nominal / rate;
        for (i, (dim, _)) in agents[a].budget.iter().enumerate() {
            left.budgets[a][i] -= share * d.budgets.get(dim).copied().unwrap_or(0.0);
        }
        open -= share;
        if open <= 1e-9 {
            return true;
        }
    }
    false
}

fn retire(scene: &Scene<'_>, a: AgentIx, promise: f64) -> Option<Change> {
    let s = scene.snapshot();
    let agent = s.agent(a);
    let others = |k| {
        let has = |x: &&crate::model::Agent| {
            x.status.takes_tasks() && x.skills.binary_search_by_key(&k, |y: &(_, f64)| y.0).is_ok()
        };
        s.agents.iter().filter(has).count()
    };
    let rare = agent.skills.iter().any(|(k, _)| others(*k) <= 2);
    let (risk, why) = if rare {
        (Risk::High, "it is one of the last two with some capability")
    } else {
        (Risk::Medium, "its room is gone when load grows")
    };
    Some(Change {
        kind: Kind::RetireAgent,
        subject: format!("agent {}", agent.id),
        title: format!("retire `{}`", agent.id),
        agents: vec![agent.id.clone()],
        tasks: Vec::new(),
        ops: vec![scene.set(Section::Agents, a.at(), "status", "offline".into())?],
        cost: Some(-agent.cost_fixed),
        risk,
        risk_reason: why.into(),
        promise,
    })
}
