//! Starvation: a wait past the service level that others overtake. Where `policies.sla` names a level, every
//! wait past it counts; the level of 2 minutes that holds without one makes a wait suspicious only where
//! somebody who came later was served first.

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::time,
    place::{Claim, Thing},
    severity::Blocked,
    waiting::Waiting,
};
use crate::model::{Ms, Wait};

/// One conflict per wait; what is deadlocked, or behind a deadlock, is told there.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let waits = &scene.snapshot.state.waits;
    let level = scene.resolve_within();
    if waits.iter().all(|w| -w.since <= level) {
        return;
    }
    let waiting = Waiting::new(scene);
    let everyone: Vec<u32> = (0..waiting.holders.len() as u32).collect();
    let stuck = waiting.stuck(&everyone);
    let graph = waiting.graph();
    let by_resource = &scene.by_resource;
    for (row, w) in waits.iter().enumerate().filter(|(_, w)| -w.since > level) {
        let Some((waiter, _)) = graph.row_arc[row] else { continue };
        if stuck.binary_search(&waiter).is_ok() {
            continue;
        }
        let claims = w.resource.map_or(&[][..], |r| &by_resource[r.at()]);
        let later = claims.iter().filter(|(_, h)| overtakes(h, w));
        let overtakers: Vec<Claim> = later.map(|(c, _)| *c).collect();
        if !overtakers.is_empty() || scene.snapshot.policies.resolve_within.is_some() {
            out.push(conflict(scene, row, level, overtakers));
        }
    }
}

/// True where a claim that is served now began after the wait.
fn overtakes(h: &crate::model::Hold, w: &Wait) -> bool {
    h.since > w.since && h.since <= 0 && h.until > 0 && h.holder != w.holder
}

fn conflict(scene: &Scene<'_>, wait: usize, level: Ms, overtakers: Vec<Claim>) -> Conflict {
    let w = &scene.snapshot.state.waits[wait];
    let waited = -w.since;
    let message = format!(
        "`{}` waits for `{}` since {}, past the service level of {}",
        w.holder,
        w.target,
        time(waited),
        time(level)
    );
    let mut draft = Draft::new(Subtype::Starvation, [&w.holder, &w.target], message)
        .holders([&scene.holder(&w.holder)])
        .fact(Thing::Wait(wait), format!("waiting since {}", time(waited)))
        .causes([Thing::Wait(wait)])
        .weighs(Blocked::Stands, 0);
    if let Some(r) = w.resource {
        draft = draft.other(scene.resource(r)).causes([Thing::Resource(r)]);
    } else {
        draft = draft.holders([&scene.holder(&w.target)]);
    }
    for claim in &overtakers {
        let h = scene.claim(*claim);
        let fact = format!("`{}` came later, and has {} of it", h.holder, h.amount);
        draft = draft.holders([&scene.holder(&h.holder)]).fact(Thing::Claim(*claim), fact);
    }
    draft.build(scene, Case::Starvation { wait, waited, level, overtakers })
}
