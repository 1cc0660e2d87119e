//! Deadlock: what is left of the wait-for graph when everyone who can go on has gone (Coffman, Elphick,
//! Shoshani 1971); each strongly connected component that is stuck by itself is one conflict.

use std::collections::BTreeSet;

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::{listed, time},
    place::Thing,
    severity::Blocked,
    waiting::{WaitGraph, Waiting},
};
use crate::{graph::Directed, report::plural};

/// One conflict per component that cannot untie itself.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    if scene.snapshot.state.waits.is_empty() {
        return;
    }
    let waiting = Waiting::new(scene);
    let everyone: Vec<u32> = (0..waiting.holders.len() as u32).collect();
    let stuck = waiting.stuck(&everyone);
    if stuck.is_empty() {
        return;
    }
    let graph = waiting.graph();
    for knot in knots(&waiting, &graph, &stuck) {
        out.push(conflict(scene, &waiting, &graph, &knot));
    }
}

/// Strong components that stay stuck even when everyone outside comes free: holders and resources.
fn knots(waiting: &Waiting<'_>, graph: &WaitGraph, stuck: &[u32]) -> Vec<Vec<u32>> {
    let mut out = Vec::new();
    let holders = |c: &[u32]| -> Vec<u32> { c.iter().copied().filter(|v| *v < graph.holders).collect() };
    for component in components(graph, stuck) {
        let members = holders(&component);
        let left = waiting.stuck(&members);
        // An `any` wait may have closed the circle only as long as others were stuck.
        if left.len() == members.len() {
            out.push(component);
        } else if !left.is_empty() {
            out.extend(components(graph, &left));
        }
    }
    out
}

/// Strong components that are circles, of some holders and all resources.
fn components(graph: &WaitGraph, among: &[u32]) -> Vec<Vec<u32>> {
    let mut member = vec![false; graph.vertices];
    member[graph.holders as usize..].fill(true);
    for h in among {
        member[*h as usize] = true;
    }
    let arcs = graph.arcs.iter().copied().filter(|a| member[a.0 as usize] && member[a.1 as usize]);
    let condensed = Directed::new(graph.vertices, arcs).condensed();
    condensed.cycles.iter().map(|c| condensed.members[*c as usize].clone()).collect()
}

/// Every holder that waits for a member, directly or through others, and is none.
fn behind(graph: &WaitGraph, knot: &[u32]) -> Vec<u32> {
    let mut seen: BTreeSet<u32> = knot.iter().copied().collect();
    let mut queue = knot.to_vec();
    while let Some(v) = queue.pop() {
        queue.extend(graph.into(v).filter(|w| seen.insert(*w)));
    }
    seen.into_iter().filter(|v| *v < graph.holders && knot.binary_search(v).is_err()).collect()
}

fn conflict(scene: &Scene<'_>, waiting: &Waiting<'_>, graph: &WaitGraph, knot: &[u32]) -> Conflict {
    let members: Vec<u32> = knot.iter().copied().filter(|v| *v < graph.holders).collect();
    let holders: Vec<_> = members.iter().map(|h| waiting.holders[*h as usize].clone()).collect();
    let ids = || holders.iter().map(|h| h.id.as_str());
    let message = format!("{} wait for each other for good: {}", plural(members.len(), "holder"), listed(ids()));
    let waits = graph.rows(|v| knot.binary_search(&v).is_ok());
    let wanted: Vec<_> = waits.iter().filter_map(|row| scene.snapshot.state.waits[*row].resource).collect();
    let claims: Vec<_> = members
        .iter()
        .flat_map(|h| waiting.claims[*h as usize].iter().copied())
        .filter(|c| wanted.contains(&scene.claim(*c).resource))
        .collect();
    let behind: Vec<_> = behind(graph, knot).iter().map(|h| waiting.holders[*h as usize].clone()).collect();
    let mut draft = Draft::new(Subtype::Deadlock, ids(), message).holders(&holders).weighs(Blocked::Stands, 0);
    for c in &claims {
        let h = scene.claim(*c);
        let resource = scene.resource(h.resource);
        draft = draft
            .other(resource)
            .fact(Thing::Claim(*c), format!("`{}` holds {} of `{resource}`", h.holder, h.amount))
            .causes([Thing::Claim(*c)]);
    }
    for row in &waits {
        let w = &scene.snapshot.state.waits[*row];
        let since = time((-w.since).max(0));
        draft = draft
            .fact(Thing::Wait(*row), format!("`{}` waits for `{}` since {since}", w.holder, w.target))
            .causes([Thing::Wait(*row)]);
    }
    if let (Some(first), false) = (waits.first(), behind.is_empty()) {
        let names = listed(behind.iter().map(|h| h.id.as_str()));
        draft = draft.fact(Thing::Wait(*first), format!("stuck behind them: {names}"));
    }
    draft.build(scene, Case::Deadlock { holders, waits, claims, behind })
}
