//! Why a placed task does not start sooner: everything that ends, opens or arrives at its start.

use super::{places::Places, report::Condition};
use crate::{
    input::document::Section,
    model::{Plan, Quantities, TaskIx, seconds},
    report::clock,
};

/// Each thing that holds the task up until its start; where there is none, that it need not wait.
pub fn reasons(q: &Quantities<'_>, places: &Places<'_>, plan: &Plan, t: TaskIx) -> Vec<Condition> {
    let Some(p) = plan.placements[t.at()] else { return Vec::new() };
    let s = q.snapshot;
    let (task, agent) = (s.task(t), s.agent(p.agent));
    let mut out = Vec::new();
    let mut tell = |code, message: String, section, row, field| {
        out.push(Condition::new(code, message, places.find(section, row, field)));
    };
    if p.start == 0 {
        tell("at_once", "it starts at once".into(), Section::Tasks, t.at(), "");
        return out;
    }
    if p.start == task.release {
        tell("release", "it is released then".into(), Section::Tasks, t.at(), "release");
    }
    if p.start == agent.available_from {
        tell("agent_comes", format!("`{}` comes then", agent.id), Section::Agents, p.agent.at(), "available_from");
    }
    if agent.windows.iter().any(|w| w.0 == p.start) {
        tell("window_opens", format!("`{}` opens then", agent.id), Section::Agents, p.agent.at(), "available");
    }
    for d in task.depends_on.iter().filter(|d| !d.soft) {
        let Some(before) = plan.placements[d.task.at()] else { continue };
        let moved = q.transfer(before.agent, p.agent, d.data_mb).unwrap_or(0);
        if before.finish + moved == p.start {
            let how = if moved > 0 { format!(", {} of it on the way", clock(seconds(moved))) } else { String::new() };
            let message = format!("the output of `{}` is there then{how}", s.task(d.task).id);
            tell("input_arrives", message, Section::Tasks, t.at(), "depends_on");
        }
    }
    for (o, other) in plan.placed().filter(|(o, _)| *o != t) {
        let shared = || task.uses.iter().find(|u| s.task(o).uses.iter().any(|v| v.0 == u.0));
        if other.agent == p.agent && other.finish == p.start {
            let message = format!("`{}` ends on `{}` then", s.task(o).id, agent.id);
            tell("agent_free", message, Section::Tasks, o.at(), "");
        } else if let Some((r, _)) = shared() {
            let resource = &s.network.resources[r.at()];
            let until = resource.per.map_or(other.finish, |per| other.start + per);
            if until == p.start {
                let message = format!("`{}` gives `{}` back then", s.task(o).id, resource.id);
                tell("resource_free", message, Section::Resources, r.at(), "");
            }
        }
    }
    if out.is_empty() {
        let message = "nothing ends or opens then: the plan could start it sooner beside the rest as it is".into();
        out.push(Condition::new("chosen", message, None));
    }
    out
}
