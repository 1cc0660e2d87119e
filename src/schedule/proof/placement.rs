//! How much can be placed at most: what some agent could have, less what prices prove must stay out.
//!
//! Each group of tasks either goes to an agent, where it pays for what it takes, or stays out, where it loses its
//! priority. What groups lose or pay at least, less what all that is offered is worth, is priority that no plan
//! places (Lagrangian duality, as for costs).

use super::{
    Certificate, Component, Fault,
    ground::{Ground, holds},
    prices::{self, groups},
};
use crate::model::{Quantities, TaskIx};

/// Tasks that some plan may place, as far as agents alone, companions and predecessors tell. O(pairs of task and
/// agent).
pub fn possible(q: &Quantities<'_>) -> Vec<bool> {
    let g = Ground::of(q, vec![true; q.snapshot.tasks.len()]);
    let groups = groups(&g);
    let mut out = vec![false; g.placed.len()];
    for t in groups.iter().filter(|group| could_have(&g, group)).flatten() {
        out[t.at()] = true;
    }
    let mut group_of = vec![0; g.placed.len()];
    for (i, group) in groups.iter().enumerate() {
        for t in group {
            group_of[t.at()] = i;
        }
    }
    // What follows something that stays out stays out too, and takes its companions with it.
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for t in &g.order {
            if out[t.at()] && g.before(*t).any(|d| !out[d.task.at()]) {
                for o in &groups[group_of[t.at()]] {
                    out[o.at()] = false;
                }
                changed = true;
            }
        }
    }
    out
}

/// True where some agent could have the whole group.
fn could_have(g: &Ground<'_>, group: &[TaskIx]) -> bool {
    let quarrels = |t: &TaskIx| g.q.snapshot.task(*t).apart.iter().any(|o| group.contains(o));
    if group.iter().any(quarrels) {
        return false;
    }
    let own = |t: &TaskIx| g.options(*t).map(|o| o.agent).collect::<Vec<_>>();
    let Some((first, rest)) = group.split_first() else { return false };
    let mut all = own(first);
    for t in rest {
        let own = own(t);
        all.retain(|a| own.binary_search(a).is_ok());
    }
    all.iter().any(|a| holds(g.q, group, *a))
}

/// The most priority that any plan can place, with prices or without.
///
/// # Errors
///
/// What is wrong with the certificate.
pub fn most(q: &Quantities<'_>, certificate: Option<&Certificate>) -> Result<f64, Fault> {
    let possible = possible(q);
    let tasks = q.snapshot.task_ixs().filter(|t| possible[t.at()]);
    let all: f64 = tasks.map(|t| q.snapshot.task(t).priority).sum();
    match certificate {
        None => Ok(all),
        Some(Certificate::Prices { proves: Component::Placement, shift, units, prices, .. }) => {
            Ok(all - prices::bound(&Ground::of(q, possible), Component::Placement, *shift, units, prices)?)
        }
        Some(_) => Err(Fault::malformed("there is nothing about how much is placed".into())),
    }
}
