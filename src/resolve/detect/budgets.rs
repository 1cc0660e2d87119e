//! Budgets overdrawn: what allocations and the given plan use up of a shared resource's budget, and what the
//! given plan uses up of an agent's.

use std::collections::BTreeMap;

use super::super::{
    Scene,
    cases::{Case, Pool},
    conflict::{Conflict, Subtype},
    draft::Draft,
    place::{Claim, ClaimList, Thing},
    severity::Blocked,
};
use crate::{
    model::{AgentIx, DimIx, ResourceIx, TaskIx},
    report::{number, plural},
};

/// Sums this close to a budget do not exceed it.
const NOISE: f64 = 1e-9;

/// What draws on one pool.
#[derive(Default)]
struct Drawn {
    rows: Vec<(Claim, f64)>,
    planned: Vec<(TaskIx, f64)>,
}

impl Drawn {
    fn total(&self) -> f64 {
        self.rows.iter().map(|r| r.1).sum::<f64>() + self.planned.iter().map(|p| p.1).sum::<f64>()
    }
}

/// One conflict per pool, O(rows + planned demands).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let mut drawn: BTreeMap<Pool, Drawn> = BTreeMap::new();
    for (claim, h) in scene.claims().filter(|(c, _)| c.list == ClaimList::Allocations) {
        if scene.snapshot.network.resources[h.resource.at()].budget.is_some() {
            drawn.entry(Pool::Resource(h.resource)).or_default().rows.push((claim, h.amount));
        }
    }
    for (t, p) in scene.plan.iter().flat_map(|plan| plan.placed()) {
        let task = scene.snapshot.task(t);
        for (r, amount) in &task.uses {
            drawn.entry(Pool::Resource(*r)).or_default().planned.push((t, *amount));
        }
        for (dim, amount) in &task.demand {
            drawn.entry(Pool::Agent(p.agent, *dim)).or_default().planned.push((t, *amount));
        }
    }
    for (pool, drawn) in drawn {
        let Some(limit) = budget(scene, pool) else { continue };
        if drawn.total() > limit + NOISE * limit.max(1.0) {
            out.push(conflict(scene, pool, limit, &drawn));
        }
    }
}

fn budget(scene: &Scene<'_>, pool: Pool) -> Option<f64> {
    match pool {
        Pool::Resource(r) => scene.snapshot.network.resources[r.at()].budget,
        Pool::Agent(a, dim) => {
            let rows = &scene.snapshot.agent(a).budget;
            rows.binary_search_by_key(&dim, |b| b.0).ok().map(|i| rows[i].1)
        }
    }
}

fn name(scene: &Scene<'_>, pool: Pool) -> String {
    match pool {
        Pool::Resource(r) => format!("the budget of `{}`", scene.resource(r)),
        Pool::Agent(a, DimIx(dim)) => {
            format!("`{}` of agent `{}`", scene.snapshot.names.dims[dim as usize], scene.snapshot.agent(a).id)
        }
    }
}

fn conflict(scene: &Scene<'_>, pool: Pool, limit: f64, drawn: &Drawn) -> Conflict {
    let name = name(scene, pool);
    let drawers = plural(drawn.rows.len() + drawn.planned.len(), "claim");
    let message = format!("{name} has {}, but {} is drawn by {drawers}", number(limit, 3), number(drawn.total(), 3));
    let mut draft = Draft::new(Subtype::BudgetOverdrawn, [name.as_str()], message).weighs(Blocked::AtRisk, 0);
    draft = match pool {
        Pool::Resource(r) => of_resource(scene, draft, r, limit),
        Pool::Agent(a, _) => of_agent(draft, a, &name, limit),
    };
    for (claim, amount) in &drawn.rows {
        let holder = scene.holder(&scene.claim(*claim).holder);
        let fact = format!("`{}` draws {}", holder.id, number(*amount, 3));
        draft = draft.holders([&holder]).fact(Thing::Claim(*claim), fact).causes([Thing::Claim(*claim)]);
    }
    for (t, amount) in &drawn.planned {
        let fact = format!("`{}` is planned to draw {}", scene.snapshot.task(*t).id, number(*amount, 3));
        draft = draft.tasks([*t]).fact(Thing::Task(*t), fact).causes([Thing::Placement(*t)]);
    }
    let claims = drawn.rows.iter().map(|r| r.0).collect();
    let planned = drawn.planned.iter().map(|p| p.0).collect();
    draft.build(scene, Case::Overdrawn { pool, claims, planned, total: drawn.total(), limit })
}

fn of_resource(scene: &Scene<'_>, draft: Draft, r: ResourceIx, limit: f64) -> Draft {
    let fact = format!("the budget is {}", number(limit, 3));
    draft.other(scene.resource(r)).fact(Thing::Resource(r).field("budget"), fact).causes([Thing::Resource(r)])
}

fn of_agent(draft: Draft, a: AgentIx, name: &str, limit: f64) -> Draft {
    let fact = format!("{name} is {}", number(limit, 3));
    draft.agents([a]).fact(Thing::Agent(a).field("budget"), fact).causes([Thing::Agent(a)])
}
