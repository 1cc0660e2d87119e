//! Starvation: who came later, or matters less, makes way for a wait that is past the service level.

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::Case,
        change::Change,
        phrases::time,
        place::{Claim, Thing},
    },
    claims::{self, Grant},
    outline::{Outline, claimant, priority},
};
use crate::{model::Ms, report::number};

/// First come, first served (a queue with aging): claims that overtook the wait, or are of lower priority, move
/// behind it, the least of them first, until it is served.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    let Case::Starvation { wait, waited, level, overtakers } = &conflict.case else { return None };
    let w = &scene.snapshot.state.waits[*wait];
    let outline = Outline::new("resource_scheduling")
        .param("scheduling_algorithm", "first_come_first_served")
        .param("queue_management", true)
        .param("waited", super::outline::moment(*waited))
        .param("service_level", super::outline::moment(*level));
    let Some(r) = w.resource else {
        let why = format!("`{}` waits for `{}` itself, which nobody else can stand in for", w.holder, w.target);
        return Some(outline.expect("the wait is made known").escalate(why).done());
    };
    let mine = priority(scene, &scene.holder(&w.holder));
    let now = |c: Claim| scene.claim(c).since <= 0 && scene.claim(c).until > 0;
    let lesser = |c: Claim| overtakers.contains(&c) || priority(scene, &claimant(scene, c)) < mine;
    let active: Vec<Claim> = scene.on(r).iter().map(|x| x.0).filter(|c| now(*c)).collect();
    let mut yielding = claims::by_priority(scene, &active.iter().copied().filter(|c| lesser(*c)).collect::<Vec<_>>());
    yielding.reverse();
    yielding.sort_by_key(|c| !overtakers.contains(c));
    let capacity = scene.snapshot.network.resources[r.at()].capacity.unwrap_or(f64::INFINITY);
    let mut taken: f64 = active.iter().map(|c| scene.claim(*c).amount).sum();
    let mut gone = Vec::new();
    for claim in yielding {
        if capacity - taken + 1e-9 >= w.amount {
            break;
        }
        taken -= scene.claim(claim).amount;
        gone.push(claim);
    }
    let served = capacity - taken + 1e-9 >= w.amount && !gone.is_empty();
    if !served {
        let why = format!("everyone on `{}` came earlier and matters as much as `{}`", w.target, w.holder);
        return Some(outline.expect("the wait is made known").escalate(why).done());
    }
    let own = scene.holder(&w.holder).task.and_then(|t| scene.best_duration(t)).unwrap_or(*level);
    let later = |c: &Claim| claims::booking(scene.claim(*c), c.list);
    let grants: Vec<(Claim, Grant)> = gone
        .iter()
        .map(|c| {
            let b = later(c);
            let until = if b.until >= crate::model::NEVER { b.until } else { own + (b.until - b.since) as Ms };
            (*c, Grant::Later(super::calendar::Booking { since: own, until, ..b }))
        })
        .collect();
    let proposal = outline
        .param("grants", claims::table(scene, &grants))
        .expect(format!("`{}` gets {} of `{}` at once", w.holder, number(w.amount, 3), w.target))
        .step(format!("serve `{}` now, which has waited {}", w.holder, time(*waited)))
        .steps(grants.iter().filter_map(|(c, g)| claims::told(scene, *c, *g)))
        .criterion(format!("`{}` waits no longer than {}", w.holder, time(*level)))
        .changes(grants.iter().filter_map(|(c, g)| claims::edit(*c, *g)))
        .changes([Change::DropWait(*wait)])
        .touches(gone.iter().map(|c| Thing::Claim(*c)));
    Some(proposal.done())
}
