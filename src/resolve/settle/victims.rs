//! Deadlocks and unsafe states: the cheapest holders give back what they hold and start over.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene, Severity,
        cases::{Case, Holder},
        change::Change,
        phrases::listed,
        place::{Claim, Thing},
        rules::{inheritance, victims},
    },
    outline::{Outline, priority},
    unsafe_state,
};
use crate::model::{HoldMode, NEVER, ResourceIx, TaskIx, WaitMode};

/// Steps of the search for victims.
pub const WORK: u64 = 20_000;
/// Amounts this close are the same.
const NOISE: f64 = 1e-9;

/// Deadlocks and unsafe states, under the name that their severity asks for.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    let outline = if conflict.severity >= Severity::High {
        Outline::new("resource_reallocation").param("reallocation_method", "cheapest_victim")
    } else {
        Outline::new("resource_scheduling").param("scheduling_algorithm", "safe_order")
    };
    match &conflict.case {
        Case::Deadlock { holders, waits, claims, .. } => Some(deadlock(scene, holders, waits, claims, outline)),
        Case::Unsafe { tasks, claims } => Some(unsafe_state::proposal(scene, tasks, claims, outline)),
        _ => None,
    }
}

/// What ending a holder costs: a thousand per unit of priority, and the minutes since its first hold, which are
/// lost (at most 999).
pub fn cost(scene: &Scene<'_>, holder: &Holder, claims: &[Claim]) -> u64 {
    let first = claims.iter().map(|c| scene.claim(*c)).filter(|h| h.holder == holder.id).map(|h| h.since).min();
    let minutes = (-first.unwrap_or(0)).max(0) / 60_000;
    1 + (priority(scene, holder).clamp(0.0, 1e9) * 1000.0) as u64 + (minutes as u64).min(999)
}

/// The wait-for relation inside a knot: everybody outside has come free.
struct Knot<'a> {
    scene: &'a Scene<'a>,
    index: BTreeMap<&'a str, usize>,
    /// Waits of each holder, by row, with the member that it names, if it names one.
    waits: Vec<Vec<(usize, Option<usize>)>>,
    /// What each holder has for good: resource and amount.
    held: Vec<Vec<(ResourceIx, f64)>>,
}

impl<'a> Knot<'a> {
    fn new(scene: &'a Scene<'a>, holders: &'a [Holder], waits: &[usize], claims: &[Claim]) -> Self {
        let index: BTreeMap<&str, usize> = holders.iter().enumerate().map(|(i, h)| (h.id.as_str(), i)).collect();
        let (mut own, mut held) = (vec![Vec::new(); holders.len()], vec![Vec::new(); holders.len()]);
        for row in waits {
            let w = &scene.snapshot.state.waits[*row];
            if let Some(h) = index.get(w.holder.as_str()) {
                let named = if w.resource.is_none() { index.get(w.target.as_str()).copied() } else { None };
                own[*h].push((*row, named));
            }
        }
        for claim in claims {
            let hold = scene.claim(*claim);
            // A lease ends by itself.
            if let Some(h) = index.get(hold.holder.as_str()).filter(|_| hold.until >= NEVER) {
                let capacity = scene.snapshot.network.resources[hold.resource.at()].capacity;
                let all = capacity.filter(|_| hold.mode == HoldMode::Exclusive);
                held[*h].push((hold.resource, all.unwrap_or(hold.amount)));
            }
        }
        Self { scene, index, waits: own, held }
    }

    /// Who cannot go on once some have ended.
    fn stuck(&self, ended: &[bool]) -> Vec<u32> {
        let mut done = ended.to_vec();
        loop {
            let next = (0..done.len()).find(|h| !done[*h] && self.served(*h, &done));
            match next {
                Some(h) => done[h] = true,
                None => return (0..done.len() as u32).filter(|h| !done[*h as usize]).collect(),
            }
        }
    }

    fn served(&self, h: usize, done: &[bool]) -> bool {
        let one = |(row, named): &(usize, Option<usize>)| {
            let w = &self.scene.snapshot.state.waits[*row];
            match (w.resource, named) {
                (Some(r), _) => {
                    let capacity = self.scene.snapshot.network.resources[r.at()].capacity.unwrap_or(f64::INFINITY);
                    let others = (0..done.len()).filter(|o| !done[*o]).flat_map(|o| &self.held[o]);
                    let taken: f64 = others.filter(|x| x.0 == r).map(|x| x.1).sum();
                    capacity - taken + NOISE >= w.amount
                }
                (None, Some(target)) => done[*target],
                (None, None) => true,
            }
        };
        let any = |x: &&(usize, Option<usize>)| self.scene.snapshot.state.waits[x.0].mode == WaitMode::Any;
        let (any, all): (Vec<_>, Vec<_>) = self.waits[h].iter().partition(any);
        all.into_iter().all(one) && (any.is_empty() || any.into_iter().any(one))
    }

    /// Who waits for whom among those left.
    fn arcs(&self, ended: &[bool]) -> Vec<(u32, u32)> {
        let mut out = Vec::new();
        for (h, waits) in self.waits.iter().enumerate().filter(|(h, _)| !ended[*h]) {
            for (row, named) in waits {
                let resource = self.scene.snapshot.state.waits[*row].resource;
                let holds = |o: &usize| self.held[*o].iter().any(|x| Some(x.0) == resource) || Some(*o) == *named;
                let others = (0..self.held.len()).filter(|o| *o != h && !ended[*o]).filter(holds);
                out.extend(others.map(|o| (h as u32, o as u32)));
            }
        }
        out
    }
}

fn deadlock(scene: &Scene<'_>, holders: &[Holder], waits: &[usize], claims: &[Claim], outline: Outline) -> Proposal {
    let knot = Knot::new(scene, holders, waits, claims);
    let costs: Vec<u64> = holders.iter().map(|h| cost(scene, h, claims)).collect();
    let found = victims::cheapest(holders.len(), |h| costs[h as usize], |e| knot.stuck(e), &mut WORK.clone());
    let mut ended = vec![false; holders.len()];
    for h in &found.holders {
        ended[*h as usize] = true;
    }
    let is_victim = |id: &str| knot.index.get(id).is_some_and(|h| ended[*h]);
    let back = claims.iter().filter(|c| is_victim(&scene.claim(**c).holder)).map(|c| Change::DropClaim(*c));
    let own = waits.iter().filter(|w| is_victim(&scene.snapshot.state.waits[**w].holder)).map(|w| Change::DropWait(*w));
    // The others go on as a chain; whom a higher one waits for inherits its priority.
    let ranks: Vec<f64> = holders.iter().map(|h| priority(scene, h)).collect();
    let inherited = inheritance::inherited(&ranks, &knot.arcs(&ended));
    let raised: Vec<(TaskIx, f64)> = (0..holders.len())
        .filter(|h| inherited[*h] > ranks[*h])
        .filter_map(|h| Some((holders[h].task?, inherited[h])))
        .collect();
    let names: Vec<&str> = found.holders.iter().map(|h| holders[*h as usize].id.as_str()).collect();
    let table: Vec<_> = holders.iter().zip(&costs).map(|(h, c)| json!({"holder": h.id, "cost": c})).collect();
    let told = |id: &&str| format!("roll `{id}` back: it gives up what it holds and waits for, and starts over");
    outline
        .param("victims", names.clone())
        .param("victim_costs", table)
        .param("proven_minimal", found.proven_minimal)
        .param("total_cost", found.holders.iter().map(|h| costs[*h as usize]).sum::<u64>())
        .expect(format!(
            "with {} rolled back, the other {} go on one after the other",
            listed(names.iter().copied()),
            holders.len() - names.len()
        ))
        .steps(names.iter().map(told))
        .steps(
            raised
                .iter()
                .map(|(t, p)| format!("let `{}` work at priority {p}, which waits for it", scene.snapshot.task(*t).id)),
        )
        .criterion("the wait-for graph has no circle that nobody can leave")
        .criterion("every holder but those rolled back keeps what it holds")
        .changes(back.chain(own).collect::<Vec<_>>())
        .changes(raised.iter().map(|(t, p)| Change::SetPriority(*t, *p)))
        .touches(claims.iter().map(|c| Thing::Resource(scene.claim(*c).resource)))
        .done()
}
