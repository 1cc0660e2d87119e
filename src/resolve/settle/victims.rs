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
    index: BTreeMap<&'a str, usize>,
    /// Waits of each holder, by row.
    waits: Vec<Vec<Want>>,
    /// What each holder has for good: resource, by position, and amount.
    held: Vec<Vec<(usize, f64)>>,
    /// Capacity of each resource.
    capacity: Vec<f64>,
    /// Who holds each resource.
    on: Vec<Vec<usize>>,
    /// Who waits for each resource, and for each holder by name.
    listeners: [Vec<Vec<usize>>; 2],
}

/// One wait.
#[derive(Debug, Clone, Copy)]
struct Want {
    any: bool,
    amount: f64,
    /// What for: a resource or a member, by position; nothing where it is neither.
    resource: Option<usize>,
    member: Option<usize>,
}

impl<'a> Knot<'a> {
    fn new(scene: &'a Scene<'a>, holders: &'a [Holder], waits: &[usize], claims: &[Claim]) -> Self {
        let n = holders.len();
        let index: BTreeMap<&str, usize> = holders.iter().enumerate().map(|(i, h)| (h.id.as_str(), i)).collect();
        let rows = || waits.iter().map(|row| &scene.snapshot.state.waits[*row]);
        let mut resources: Vec<ResourceIx> = rows().filter_map(|w| w.resource).collect();
        resources.sort_unstable();
        resources.dedup();
        let at = |r: ResourceIx| resources.binary_search(&r).ok();
        let capacity = |r: &ResourceIx| scene.snapshot.network.resources[r.at()].capacity.unwrap_or(f64::INFINITY);
        let mut out = Self {
            waits: vec![Vec::new(); n],
            held: vec![Vec::new(); n],
            capacity: resources.iter().map(capacity).collect(),
            on: vec![Vec::new(); resources.len()],
            listeners: [vec![Vec::new(); resources.len()], vec![Vec::new(); n]],
            index,
        };
        for w in rows() {
            let Some(h) = out.index.get(w.holder.as_str()).copied() else { continue };
            let resource = w.resource.and_then(at);
            let member = if w.resource.is_none() { out.index.get(w.target.as_str()).copied() } else { None };
            for (side, target) in [resource, member].into_iter().enumerate() {
                if let Some(target) = target {
                    out.listeners[side][target].push(h);
                }
            }
            out.waits[h].push(Want { any: w.mode == WaitMode::Any, amount: w.amount, resource, member });
        }
        // A lease ends by itself.
        for hold in claims.iter().map(|c| scene.claim(*c)).filter(|h| h.until >= NEVER) {
            if let Some((h, r)) = out.index.get(hold.holder.as_str()).copied().zip(at(hold.resource)) {
                let amount = if hold.mode == HoldMode::Exclusive { out.capacity[r] } else { hold.amount };
                out.held[h].push((r, amount));
                out.on[r].push(h);
            }
        }
        out
    }

    /// Who cannot go on once some have ended: who is served ends, and gives back. O(rows).
    fn stuck(&self, ended: &[bool]) -> Vec<u32> {
        let mut done = ended.to_vec();
        let mut free = self.capacity.clone();
        for (r, amount) in (0..done.len()).filter(|h| !done[*h]).flat_map(|h| &self.held[h]) {
            free[*r] -= amount;
        }
        let mut queue: Vec<usize> = (0..done.len()).collect();
        while let Some(h) = queue.pop() {
            if done[h] || !self.served(h, &done, &free) {
                continue;
            }
            done[h] = true;
            queue.extend(&self.listeners[1][h]);
            for (r, amount) in &self.held[h] {
                free[*r] += amount;
                queue.extend(&self.listeners[0][*r]);
            }
        }
        (0..done.len() as u32).filter(|h| !done[*h as usize]).collect()
    }

    fn served(&self, h: usize, done: &[bool], free: &[f64]) -> bool {
        let one = |w: &Want| match (w.resource, w.member) {
            (Some(r), _) => free[r] + NOISE >= w.amount,
            (None, Some(member)) => done[member],
            (None, None) => true,
        };
        let mut any = self.waits[h].iter().filter(|w| w.any).peekable();
        self.waits[h].iter().filter(|w| !w.any).all(one) && (any.peek().is_none() || any.any(one))
    }

    /// Who waits for whom among those left.
    fn arcs(&self, ended: &[bool]) -> Vec<(u32, u32)> {
        let mut out = Vec::new();
        for (h, waits) in self.waits.iter().enumerate().filter(|(h, _)| !ended[*h]) {
            for w in waits {
                let others = w.resource.into_iter().flat_map(|r| self.on[r].iter().copied()).chain(w.member);
                out.extend(others.filter(|o| *o != h && !ended[*o]).map(|o| (h as u32, o as u32)));
            }
        }
        out
    }
}

fn deadlock(scene: &Scene<'_>, holders: &[Holder], waits: &[usize], claims: &[Claim], outline: Outline) -> Proposal {
    let knot = Knot::new(scene, holders, waits, claims);
    let costs: Vec<u64> = holders.iter().map(|h| cost(scene, h, claims)).collect();
    let found = victims::cheapest(holders.len(), |h| costs[h as usize], |e| knot.stuck(e), &mut { WORK });
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
