//! One more agent of a type that binds: a copy of the one that does most for its price.

use serde_json::Value;

use crate::{
    input::document::Section,
    model::AgentIx,
    optimize::{
        change::{Change, Kind, Risk},
        opportunities::{Clues, WORST},
        scene::Scene,
    },
    patch::{Op, json},
};

/// Copies that are proposed for each bottleneck.
const COPIES: usize = 4;

/// Copies for the groups that bind.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let mut out: Vec<Change> = Vec::new();
    for b in clues.bottlenecks.iter().filter(|b| !b.agents.is_empty() && b.link.is_none()).take(WORST) {
        let pinned =
            |id: &String| scene.snapshot().find_task(id).is_some_and(|t| scene.snapshot().task(t).pinned.is_some());
        if b.tasks.iter().all(pinned) {
            continue;
        }
        let agents: Vec<AgentIx> = b.agents.iter().filter_map(|id| scene.snapshot().find_agent(id)).collect();
        let Some(model) = model(scene, &agents) else { continue };
        for n in 1..=COPIES {
            if let Some(change) = copy(scene, model, n)
                && out.iter().all(|c| c.subject != change.subject)
            {
                out.push(Change { promise: b.bound - n as f64, ..change });
            }
        }
    }
    out
}

/// The agent with the most work per money; of equals the first.
pub fn model(scene: &Scene<'_>, agents: &[AgentIx]) -> Option<AgentIx> {
    let s = scene.snapshot();
    let worth = |a: AgentIx| {
        let agent = s.agent(a);
        let rate = agent.speed * f64::from(agent.slots.max(1)) * scene.q.tariff(a).succeeds;
        rate / (agent.cost_fixed + agent.cost_per_hour).max(1e-6)
    };
    agents.iter().copied().max_by(|a, b| worth(*a).total_cmp(&worth(*b)).then(b.cmp(a)))
}

/// The `n`th copy of an agent.
pub fn copy(scene: &Scene<'_>, of: AgentIx, n: usize) -> Option<Change> {
    let s = scene.snapshot();
    let agent = s.agent(of);
    let (_, item) = scene.item(Section::Agents, of.at())?;
    let mut value = json(item);
    let mut id = format!("{}-copy-{n}", agent.id);
    while s.find_agent(&id).is_some() {
        id.push('x');
    }
    if let Value::Object(fields) = &mut value {
        fields.insert("id".into(), Value::String(id.clone()));
        for gone in ["current_load", "status", "available_from", "depends_on"] {
            fields.remove(gone);
        }
    }
    Some(Change {
        kind: Kind::AddAgent,
        subject: format!("agent {id}"),
        title: format!("add `{id}`, as `{}` is", agent.id),
        agents: vec![id, agent.id.clone()],
        tasks: Vec::new(),
        ops: vec![Op::Add { path: "/agents/-".into(), value }],
        cost: scene.priced(agent.cost_fixed),
        risk: Risk::Low,
        risk_reason: "nothing that is there changes".into(),
        promise: 0.0,
    })
}
