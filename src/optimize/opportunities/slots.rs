//! More tasks at a time on the agents that bind.

use crate::{
    input::document::Section,
    model::AgentIx,
    optimize::{
        change::{Change, Kind, Risk},
        opportunities::{Clues, WORST},
        scene::Scene,
    },
    patch::number,
    report::plural,
};

/// Twice the slots of each group that binds.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    let mut out: Vec<Change> = Vec::new();
    for b in clues.bottlenecks.iter().filter(|b| !b.agents.is_empty() && b.resource.is_none()).take(WORST) {
        let s = clues.scene.snapshot();
        let agents: Vec<AgentIx> = b.agents.iter().filter_map(|id| s.find_agent(id)).collect();
        let wide = agents.iter().map(|a| s.agent(*a).slots).max().unwrap_or(1);
        if let Some(change) = raise(clues.scene, &agents, wide)
            && out.iter().all(|c| c.subject != change.subject)
        {
            out.push(Change { promise: b.bound, ..change });
        }
    }
    out
}

/// So many more slots on each of these agents; what an agent costs to have goes with its slots.
pub fn raise(scene: &Scene<'_>, agents: &[AgentIx], by: u32) -> Option<Change> {
    let s = scene.snapshot();
    let (mut ops, mut cost) = (Vec::new(), 0.0);
    for a in agents {
        let agent = s.agent(*a);
        let slots = agent.slots.max(1);
        ops.push(scene.set(Section::Agents, a.at(), "slots", (slots + by).into())?);
        let more = agent.cost_fixed * f64::from(by) / f64::from(slots);
        if more > 0.0 {
            ops.push(scene.set(Section::Agents, a.at(), "cost_fixed", number(agent.cost_fixed + more))?);
            cost += more;
        }
    }
    let ids: Vec<String> = agents.iter().map(|a| scene.agent(*a)).collect();
    let who = if let [one] = &ids[..] { format!("`{one}`") } else { plural(ids.len(), "agent") };
    Some(Change {
        kind: Kind::RaiseSlots,
        subject: format!("slots {}", ids.join(" ")),
        title: format!("{} more on {who}", plural(by as usize, "slot")),
        agents: ids,
        tasks: Vec::new(),
        ops,
        cost: scene.priced(cost),
        risk: Risk::Medium,
        risk_reason: "tasks side by side may slow each other; the price assumed goes with the slots".into(),
        promise: 0.0,
    })
}
