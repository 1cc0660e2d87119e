//! Dependencies on what is dead: a live agent that can do the same takes its place; where there is none, the need
//! is dropped if dependencies may be broken.

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::{Bond, Case, Need},
        change::Change,
        place::Thing,
    },
    outline::{Outline, name},
};
use crate::model::{AgentIx, TaskIx};

fn outline(allowed: Permissions) -> Outline {
    Outline::new("dependency_resolution")
        .param("resolution_method", "substitution")
        .param("dependency_breaking", allowed.break_dependencies)
}

/// Needs of agents, tasks bound to dead agents, predecessors on them.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, allowed: Permissions) -> Option<Proposal> {
    Some(match &conflict.case {
        Case::DeadNeed { chain } => need(scene, chain, allowed),
        Case::TaskOnDead { task, agent, bond } => bound(scene, *task, *agent, *bond, allowed),
        Case::FailedPredecessor { task, before, agent } => predecessor(scene, *task, *before, *agent, allowed),
        _ => return None,
    })
}

/// A live agent of the same type that can do all that `dead` can, is not `user`, and does not need `user`: the one
/// with the most room, looked for from `user` on so that substitutes are spread.
fn substitute(scene: &Scene<'_>, dead: AgentIx, user: &str) -> Option<AgentIx> {
    let model = scene.snapshot.agent(dead);
    let n = scene.snapshot.agents.len();
    let skilled = |a: &AgentIx| {
        let own = &scene.snapshot.agent(*a).skills;
        let has = |(skill, least): &(crate::model::SkillIx, f64)| {
            own.binary_search_by_key(skill, |s| s.0).is_ok_and(|i| own[i].1 >= *least)
        };
        model.skills.iter().all(has)
    };
    let fits = |a: &AgentIx| {
        let agent = scene.snapshot.agent(*a);
        let apart = agent.id != user && agent.depends_on.iter().all(|n| n.0 != user);
        agent.status.takes_tasks() && agent.kind == model.kind && apart && skilled(a)
    };
    (1..n).map(|k| AgentIx::of((dead.at() + k) % n)).find(fits)
}

fn need(scene: &Scene<'_>, chain: &[Need], allowed: Permissions) -> Proposal {
    let Some(last) = chain.last() else { return outline(allowed).escalate("nothing is known of the chain").done() };
    let users: Vec<&str> = chain.iter().map(|n| n.user.as_str()).collect();
    let instead = scene.snapshot.find_agent(&last.needs).and_then(|dead| substitute(scene, dead, users[0]));
    let text = outline(allowed).criterion(format!("`{}` needs nothing that is offline or failed", users[0]));
    if let Some(other) = instead {
        let id = &scene.snapshot.agent(other).id;
        return text
            .param("substitute", id.as_str())
            .expect(format!("`{}` works with `{id}` instead of `{}`", last.user, last.needs))
            .step(format!("point `{}` at `{id}`, of the same type and with all its capabilities", last.user))
            .changes([Change::SetNeed(last.clone(), Some(id.clone()))])
            .touches([Thing::Agent(other)])
            .done();
    }
    let change = Change::SetNeed(last.clone(), None);
    let text = text
        .expect(format!("`{}` goes on without `{}`", last.user, last.needs))
        .step(format!("let `{}` do without `{}` until it is back", last.user, last.needs));
    if allowed.break_dependencies {
        return text.changes([change]).done();
    }
    let why =
        format!("nothing can stand in for `{}`; dropping the need is for a person or `--allow-breaking`", last.needs);
    text.only_proposed([change], why).done()
}

/// Where else a task can run: the live agent with room on which it ends soonest.
fn elsewhere(scene: &Scene<'_>, t: TaskIx) -> Option<AgentIx> {
    let task = scene.snapshot.task(t);
    let able = |a: AgentIx| {
        let named = |list: &[crate::model::Who]| list.iter().any(|w| w.means(a, scene.snapshot.agent(a).kind));
        let skills = &scene.snapshot.agent(a).skills;
        let has = |(skill, least): &(crate::model::SkillIx, f64)| {
            skills.binary_search_by_key(skill, |s| s.0).is_ok_and(|i| skills[i].1 >= *least)
        };
        let agent = scene.snapshot.agent(a);
        agent.status.takes_tasks()
            && task.requires.iter().all(has)
            && task.allowed.as_ref().is_none_or(|list| named(list))
            && !named(&task.forbidden)
    };
    let busy = |a: AgentIx| scene.snapshot.state.running.iter().filter(|r| r.agent == a && r.until > 0).count();
    let free = |a: &AgentIx| busy(*a) < scene.snapshot.agent(*a).slots as usize;
    let n = scene.snapshot.agents.len();
    // From the task's own position on, so that tasks of one dead agent are spread.
    let mut around = (0..n).map(|k| AgentIx::of((t.at() + k) % n)).filter(|a| able(*a));
    around.find(free)
}

fn bound(scene: &Scene<'_>, task: Option<TaskIx>, agent: AgentIx, bond: Bond, allowed: Permissions) -> Proposal {
    let dead = &scene.snapshot.agent(agent).id;
    let text = outline(allowed).criterion(format!("nothing runs on or waits for `{dead}`"));
    match (bond, task) {
        (Bond::Pinned, Some(t)) => {
            let id = name(scene, t);
            text.expect(format!("`{id}` runs on any agent that can"))
                .step(format!("take the pin of `{id}` to `{dead}` away"))
                .changes([Change::SetPin(t, None)])
                .done()
        }
        (Bond::Running(row), _) => {
            let id = &scene.snapshot.state.running[row].task;
            let other = match task {
                Some(t) => elsewhere(scene, t),
                None => substitute(scene, agent, ""),
            };
            let Some(other) = other else {
                return text
                    .expect("the task is made known")
                    .escalate(format!("no agent is free to take `{id}` over"))
                    .done();
            };
            let to = &scene.snapshot.agent(other).id;
            text.param("substitute", to.as_str())
                .expect(format!("`{id}` goes on with `{to}`"))
                .step(format!("start `{id}` again on `{to}`"))
                .changes([Change::MoveRunning(row, other)])
                .changes(
                    task.filter(|t| scene.snapshot.task(*t).pinned == Some(agent)).map(|t| Change::SetPin(t, None)),
                )
                .touches([Thing::Agent(other)])
                .done()
        }
        (Bond::Pinned, None) => text.escalate("the task is not of the batch").done(),
    }
}

fn predecessor(scene: &Scene<'_>, task: TaskIx, before: TaskIx, agent: AgentIx, allowed: Permissions) -> Proposal {
    let row = scene.snapshot.state.running.iter().position(|r| r.task_ix == Some(before) && r.agent == agent);
    let bond = row.map_or(Bond::Pinned, Bond::Running);
    let out = bound(scene, Some(before), agent, bond, allowed);
    if out.escalate.is_none() {
        return out;
    }
    // Nobody can take the predecessor over: the dependency itself is what is left.
    let change = Change::DropDependency(task, before);
    let text = outline(allowed)
        .expect(format!("`{}` goes on without `{}`", name(scene, task), name(scene, before)))
        .step(format!("let `{}` start without `{}`", name(scene, task), name(scene, before)));
    if allowed.break_dependencies {
        return text.changes([change]).done();
    }
    text.only_proposed([change], out.escalate.unwrap_or_default()).done()
}
