//! Teaching a capability that too few agents have to those with the most time left.

use crate::{
    input::document::{Item, Section, Value as Typed},
    model::{AgentIx, SkillIx},
    optimize::{
        change::{Change, Kind, Risk},
        opportunities::{Clues, WORST},
        scene::Scene,
    },
    patch::{Op, number, pointer, put},
};

/// Pupils that are proposed for each capability.
const PUPILS: usize = 8;

/// Pupils for the capabilities that bind.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let s = scene.snapshot();
    let mut out: Vec<Change> = Vec::new();
    for b in clues.bottlenecks.iter().take(WORST) {
        let Some(skill) = b.capability.as_ref().and_then(|c| s.names.skills.iter().position(|k| k == c)) else {
            continue;
        };
        let skill = SkillIx(skill as u32);
        for (n, pupil) in pupils(scene, skill).into_iter().take(PUPILS).enumerate() {
            if let Some(change) = teach(scene, pupil, skill) {
                out.push(Change { promise: b.bound - n as f64, ..change });
            }
        }
    }
    out
}

/// Agents without a capability that take tasks, those that could do most of it in their idle time first.
pub fn pupils(scene: &Scene<'_>, skill: SkillIx) -> Vec<AgentIx> {
    let s = scene.snapshot();
    let has = |a: AgentIx| s.agent(a).skills.binary_search_by_key(&skill, |k| k.0).is_ok();
    let spare = |a: AgentIx| (1.0 - scene.busy(a)).max(0.0) * s.agent(a).speed * f64::from(s.agent(a).slots);
    let mut out: Vec<AgentIx> = s.agent_ixs().filter(|a| s.agent(*a).status.takes_tasks() && !has(*a)).collect();
    out.sort_by(|a, b| spare(*b).total_cmp(&spare(*a)).then(a.cmp(b)));
    out
}

/// The change that teaches an agent a capability, at the least proficiency that a holder has.
pub fn teach(scene: &Scene<'_>, pupil: AgentIx, skill: SkillIx) -> Option<Change> {
    let s = scene.snapshot();
    let held = s.agents.iter().filter_map(|a| a.skills.iter().find(|k| k.0 == skill)).map(|k| k.1);
    let level = held.fold(1.0, f64::min);
    let name = s.names.skills[skill.at()].clone();
    let (index, item) = scene.item(Section::Agents, pupil.at())?;
    let op = match item.get("capabilities").map(|c: &Item| &c.value) {
        Some(Typed::List(_)) => {
            Op::Add { path: pointer(Section::Agents, index, &["capabilities", "-"]), value: name.clone().into() }
        }
        Some(Typed::Map(_)) => {
            Op::Add { path: pointer(Section::Agents, index, &["capabilities", &name]), value: number(level) }
        }
        _ => put(
            false,
            pointer(Section::Agents, index, &["capabilities"]),
            serde_json::json!({ name.clone(): number(level) }),
        ),
    };
    let id = scene.agent(pupil);
    Some(Change {
        kind: Kind::TeachCapability,
        subject: format!("skill {id} {name}"),
        title: format!("teach `{id}` the capability `{name}`"),
        agents: vec![id],
        tasks: Vec::new(),
        ops: vec![op],
        cost: None,
        risk: Risk::Medium,
        risk_reason: "whether it can learn it is not known, nor at what price".into(),
        promise: 0.0,
    })
}
