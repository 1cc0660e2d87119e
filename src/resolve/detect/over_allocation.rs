//! Claims on a shared resource above its capacity: a sweep over allocations, holds and the given plan,
//! O(n log n). Intervals are half open; `per` makes each planned amount count for that long.

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::{span, time},
    place::{Claim, ClaimList, Thing},
    severity::Blocked,
};
use crate::{
    model::{HoldMode, Ms, ResourceIx, TaskIx},
    report::{number, plural},
};

/// Sums this close to a capacity do not exceed it.
const NOISE: f64 = 1e-9;

/// Who claims an amount for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Row(Claim),
    Planned(TaskIx),
}

#[derive(Debug, Clone, Copy)]
struct Use {
    who: Who,
    amount: f64,
    from: Ms,
    until: Ms,
}

/// When a resource is overfull, by how much, and through whom.
#[derive(Debug, Default)]
struct Overfull {
    stretches: Vec<(Ms, Ms)>,
    peak: f64,
    uses: Vec<Use>,
}

/// One conflict per resource that is overfull at some moment.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let planned = planned_uses(scene);
    for (r, rows) in scene.by_resource.iter().enumerate() {
        let Some(capacity) = scene.snapshot.network.resources[r].capacity else { continue };
        let claims = rows.iter().map(|(claim, h)| Use {
            who: Who::Row(*claim),
            amount: h.amount,
            from: h.since,
            until: h.until,
        });
        let holds_already = |t: TaskIx| rows.iter().any(|(_, h)| h.task == Some(t));
        let plan = planned[r].iter().filter(|u| matches!(u.who, Who::Planned(t) if !holds_already(t))).copied();
        let found = overfull(claims.chain(plan).collect(), capacity);
        // Where an exclusive hold explains it, `exclusive_held_twice` tells it.
        if !found.stretches.is_empty() && !explained_by_an_exclusive(scene, &found) {
            out.push(conflict(scene, ResourceIx::of(r), capacity, &found));
        }
    }
}

/// What the given plan uses of each resource.
fn planned_uses(scene: &Scene<'_>) -> Vec<Vec<Use>> {
    let resources = &scene.snapshot.network.resources;
    let mut out = vec![Vec::new(); resources.len()];
    for (t, p) in scene.plan.iter().flat_map(|plan| plan.placed()) {
        for (r, amount) in &scene.snapshot.task(t).uses {
            let until = resources[r.at()].per.map_or(p.finish, |per| p.start + per);
            out[r.at()].push(Use { who: Who::Planned(t), amount: *amount, from: p.start, until });
        }
    }
    out
}

/// Sweeps the ends of the uses, releases before claims at one moment.
fn overfull(uses: Vec<Use>, capacity: f64) -> Overfull {
    let mut out = Overfull::default();
    let uses: Vec<Use> = uses.into_iter().filter(|u| u.amount > 0.0 && u.from < u.until).collect();
    if uses.iter().map(|u| u.amount).sum::<f64>() <= capacity + NOISE {
        return out;
    }
    let mut ends: Vec<(Ms, bool, usize)> = Vec::with_capacity(2 * uses.len());
    for (i, u) in uses.iter().enumerate() {
        ends.extend([(u.from, true, i), (u.until, false, i)]);
    }
    ends.sort_unstable();
    let mut since = None;
    let (mut level, mut active) = (0.0, 0_usize);
    for (i, (at, begins, u)) in ends.iter().enumerate() {
        level += if *begins { uses[*u].amount } else { -uses[*u].amount };
        active = if *begins { active + 1 } else { active - 1 };
        // Adding and taking away leaves noise; an empty resource has none.
        level = if active == 0 { 0.0 } else { level };
        if ends.get(i + 1).is_some_and(|next| next.0 == *at) {
            continue;
        }
        let over = level > capacity + NOISE * capacity.max(1.0);
        out.peak = if over { out.peak.max(level) } else { out.peak };
        match (over, since) {
            (true, None) => since = Some(*at),
            (false, Some(from)) => {
                out.stretches.push((from, *at));
                since = None;
            }
            _ => {}
        }
    }
    let meets = |u: &Use| {
        let i = out.stretches.partition_point(|s| s.1 <= u.from);
        out.stretches.get(i).is_some_and(|s| s.0 < u.until)
    };
    out.uses = uses.into_iter().filter(meets).collect();
    out.uses.sort_by_key(|u| u.who);
    out
}

fn explained_by_an_exclusive(scene: &Scene<'_>, found: &Overfull) -> bool {
    let holds = |u: &Use| matches!(u.who, Who::Row(c) if c.list == ClaimList::Holds);
    let exclusive = |u: &&Use| matches!(u.who, Who::Row(c) if holds(u) && scene.claim(c).mode == HoldMode::Exclusive);
    let covered = |s: &(Ms, Ms)| found.uses.iter().filter(exclusive).any(|u| u.from <= s.0 && s.1 <= u.until);
    found.uses.iter().all(holds) && found.stretches.iter().all(covered)
}

fn conflict(scene: &Scene<'_>, r: ResourceIx, capacity: f64, found: &Overfull) -> Conflict {
    let resource = &scene.snapshot.network.resources[r.at()];
    let (subtype, unit) = match resource.per {
        Some(per) => (Subtype::RateOverdrawn, format!(" per {}", time(per))),
        None => (Subtype::OverAllocation, String::new()),
    };
    let (from, until) = found.stretches[0];
    let message = format!(
        "`{}` has {}{unit}, but {} is claimed by {}",
        resource.id,
        number(capacity, 3),
        number(found.peak, 3),
        plural(found.uses.len(), "holder"),
    );
    let mut draft = Draft::new(subtype, [resource.id.as_str()], message)
        .other(&resource.id)
        .causes([Thing::Resource(r)])
        .weighs(Blocked::AtRisk, from)
        .fact(
            Thing::Resource(r).field("capacity"),
            format!("the capacity of `{}` is {}{unit}", resource.id, number(capacity, 3)),
        );
    let (mut claims, mut planned) = (Vec::new(), Vec::new());
    for u in &found.uses {
        let span = span(u.from, u.until);
        match u.who {
            Who::Row(claim) => {
                let holder = scene.holder(&scene.claim(claim).holder);
                let fact = format!("`{}` claims {} {span}", holder.id, number(u.amount, 3));
                draft = draft.holders([&holder]).fact(Thing::Claim(claim), fact).causes([Thing::Claim(claim)]);
                claims.push(claim);
            }
            Who::Planned(t) => {
                let fact = format!("`{}` is planned to use {} {span}", scene.snapshot.task(t).id, number(u.amount, 3));
                draft = draft.tasks([t]).fact(Thing::Placement(t), fact).causes([Thing::Placement(t)]);
                planned.push(t);
            }
        }
    }
    let stretches = found.stretches.clone();
    draft = draft.fact(Thing::Resource(r), format!("it is overfull {}", span(from, until)));
    draft.build(scene, Case::OverUse { resource: r, claims, planned, peak: found.peak, limit: capacity, stretches })
}
