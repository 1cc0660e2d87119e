//! Conflicts of the given plan: it is planned again from where it stands (`plan::replan`), with the state as it is,
//! and only what has to moves.

use serde_json::json;

use super::{
    super::{Conflict, Permissions, Proposal, Scene, cases::Case, change::Change, phrases::time, place::Thing},
    outline::{Outline, name},
};
use crate::{
    model::{Plan, Strategy, TaskIx},
    plan::{Effort, Limits, Request, replan},
};

/// Claims of the given plan that do not fit.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    let (Case::OverUse { planned, .. } | Case::Overdrawn { planned, .. } | Case::Overcommitted { planned, .. }) =
        &conflict.case
    else {
        return None;
    };
    let before = scene.plan.filter(|_| !planned.is_empty())?;
    let after = replanned(scene)?;
    let text = Outline::new("performance_optimization").param("method", "incremental_replanning");
    let lost: Vec<TaskIx> = before.placed().map(|(t, _)| t).filter(|t| after.placements[t.at()].is_none()).collect();
    if let Some(t) = lost.first() {
        let why = format!("no plan keeps the limits and `{}` with {} others", name(scene, *t), lost.len() - 1);
        return Some(text.expect("the plan stays as it is").escalate(why).done());
    }
    let moved: Vec<TaskIx> =
        scene.snapshot.task_ixs().filter(|t| before.placements[t.at()] != after.placements[t.at()]).collect();
    let told = |t: &TaskIx| {
        let p = after.placements[t.at()]?;
        Some(format!("run `{}` on `{}` from {}", name(scene, *t), scene.snapshot.agent(p.agent).id, time(p.start)))
    };
    let elsewhere = moved.iter().filter(|t| agent(before, **t) != agent(after, **t)).count();
    let text = text
        .param("changes", json!({"moved": elsewhere, "retimed": moved.len() - elsewhere}))
        .expect("the plan keeps every limit, and places all that it placed")
        .steps(moved.iter().filter_map(told))
        .criterion("the plan passes `orch verify`")
        .changes(moved.iter().map(|t| Change::Place(*t, after.placements[t.at()])))
        .touches(moved.iter().map(|t| Thing::Placement(*t)));
    Some(text.done())
}

fn agent(plan: &Plan, t: TaskIx) -> Option<crate::model::AgentIx> {
    plan.placements[t.at()].map(|p| p.agent)
}

/// The given plan, planned again once for all conflicts of a scene.
fn replanned<'a>(scene: &'a Scene<'_>) -> Option<&'a Plan> {
    let plan = || {
        let request = Request { strategy: Strategy::PerformanceOptimized, effort: Effort::Quick, ..Request::default() };
        // Tasks in a circle have no plan.
        let plannable = scene.order.len() == scene.snapshot.tasks.len();
        let before = scene.plan.filter(|_| plannable)?;
        let limits = Limits { max_moves: Some(0), ..Limits::default() };
        replan(&scene.q, &request, before, None, limits).ok().map(|(solution, _)| solution.plan)
    };
    scene.replanned.get_or_init(plan).as_ref()
}
