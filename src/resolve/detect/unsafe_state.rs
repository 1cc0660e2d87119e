//! Banker's safety (Dijkstra 1965; Silberschatz): tasks that hold something and announce more (`uses`) may
//! still be served in some order, or not. A warning: nobody is stuck yet.

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::listed,
    place::{Claim, Thing},
    severity::Blocked,
};
use crate::model::{HoldMode, NEVER, ResourceIx, TaskIx};

/// Amounts this close are the same.
const NOISE: f64 = 1e-9;

/// A task with what it holds now and what it may still ask for.
struct Customer {
    task: TaskIx,
    claims: Vec<Claim>,
    holds: Vec<(ResourceIx, f64)>,
    needs: Vec<(ResourceIx, f64)>,
}

/// At most one conflict: those whom no order serves. Rounds over the customers, O(customers² · resources).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let (mut left, mut free) = customers(scene);
    loop {
        let before = left.len();
        let fits = |c: &Customer, free: &[f64]| c.needs.iter().all(|(r, n)| free[r.at()] + NOISE >= *n);
        left.retain(|c| {
            let done = fits(c, &free);
            if done {
                c.holds.iter().for_each(|(r, n)| free[r.at()] += n);
            }
            !done
        });
        if left.len() == before || left.is_empty() {
            break;
        }
    }
    // One alone that can never be served asks for more than there is: `unservable_demand`.
    if left.len() > 1 && !waits_already(scene, &left) {
        out.push(conflict(scene, &left));
    }
}

fn waits_already(scene: &Scene<'_>, left: &[Customer]) -> bool {
    let waits = &scene.snapshot.state.waits;
    left.iter().all(|c| waits.iter().any(|w| w.holder == scene.snapshot.task(c.task).id))
}

/// Tasks of the batch that hold something for good and may ask for more, and what is free of each resource.
fn customers(scene: &Scene<'_>) -> (Vec<Customer>, Vec<f64>) {
    let resources = &scene.snapshot.network.resources;
    let mut free: Vec<f64> = resources.iter().map(|r| r.capacity.unwrap_or(f64::INFINITY)).collect();
    let mut rows: Vec<(TaskIx, ResourceIx, f64, Claim)> = Vec::new();
    for (claim, h) in scene.claims().filter(|(_, h)| h.since <= 0 && h.until >= NEVER && h.amount > 0.0) {
        let Some(capacity) = resources[h.resource.at()].capacity.filter(|_| resources[h.resource.at()].per.is_none())
        else {
            continue;
        };
        let amount = if h.mode == HoldMode::Exclusive { capacity } else { h.amount };
        free[h.resource.at()] -= amount;
        rows.extend(h.task.map(|t| (t, h.resource, amount, claim)));
    }
    rows.sort_by_key(|(t, r, _, c)| (*t, *r, *c));
    let customers = rows.chunk_by(|a, b| a.0 == b.0).map(|own| {
        let held = |r: ResourceIx| own.iter().filter(|o| o.1 == r).map(|o| o.2).sum::<f64>();
        let rates = |r: &ResourceIx| resources[r.at()].per.is_some() || resources[r.at()].capacity.is_none();
        let uses = scene.snapshot.task(own[0].0).uses.iter().filter(|(r, _)| !rates(r));
        Customer {
            task: own[0].0,
            claims: own.iter().map(|o| o.3).collect(),
            holds: own.iter().map(|o| (o.1, o.2)).collect(),
            needs: uses.map(|(r, most)| (*r, most - held(*r))).filter(|(_, n)| *n > NOISE).collect(),
        }
    });
    (customers.collect(), free)
}

fn conflict(scene: &Scene<'_>, left: &[Customer]) -> Conflict {
    let tasks: Vec<TaskIx> = left.iter().map(|c| c.task).collect();
    let id = |t: TaskIx| scene.snapshot.task(t).id.as_str();
    let ids = || tasks.iter().map(|t| id(*t));
    let message = format!("no order serves what {} may still ask for: the state is unsafe", listed(ids()));
    let mut draft = Draft::new(Subtype::UnsafeState, ids(), message).tasks(tasks.iter().copied());
    for c in left {
        let needs: Vec<String> = c.needs.iter().map(|(r, n)| format!("{n} of `{}`", scene.resource(*r))).collect();
        draft = draft
            .fact(Thing::Task(c.task).field("uses"), format!("`{}` may still need {}", id(c.task), needs.join(", ")))
            .causes(c.claims.iter().map(|c| Thing::Claim(*c)));
        for (r, n) in &c.holds {
            let claim = c.claims.iter().find(|k| scene.claim(**k).resource == *r);
            if let Some(claim) = claim {
                let fact = format!("`{}` holds {n} of `{}`", id(c.task), scene.resource(*r));
                draft = draft.fact(Thing::Claim(*claim), fact).other(scene.resource(*r));
            }
        }
    }
    let claims = left.iter().flat_map(|c| c.claims.iter().copied()).collect();
    draft.weighs(Blocked::Nothing, super::super::severity::HOUR).build(scene, Case::Unsafe { tasks, claims })
}
