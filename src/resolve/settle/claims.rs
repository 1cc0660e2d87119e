//! What the remedies for claims share: who comes first, what is booked already, and what is said of grants.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    super::{
        Scene,
        change::Change,
        place::{Claim, ClaimList},
    },
    calendar::{Booking, Calendar},
    outline::{claimant, moment, priority},
};
use crate::{
    model::{Hold, HoldMode, NEVER, ResourceIx},
    report::number,
};

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Grant {
    /// It stays as it is.
    Whole,
    /// Less of it, at its time.
    Part(f64),
    /// As much, at another time.
    Later(Booking),
    /// Nothing: it is given back, to be asked for again.
    Back,
}

/// A claim as a booking. Only holds can be exclusive.
pub fn booking(hold: &Hold, list: ClaimList) -> Booking {
    let alone = list == ClaimList::Holds && hold.mode == HoldMode::Exclusive;
    Booking { since: hold.since, until: hold.until, amount: hold.amount, alone }
}

/// The calendar of a resource with every claim but these.
pub fn others(scene: &Scene<'_>, r: ResourceIx, but: &[Claim]) -> Calendar {
    let capacity = scene.snapshot.network.resources[r.at()].capacity.unwrap_or(f64::INFINITY);
    let but: BTreeSet<Claim> = but.iter().copied().collect();
    let mut out = Calendar::new(capacity);
    for (claim, hold) in scene.on(r).iter().filter(|(c, _)| !but.contains(c)) {
        out.add(booking(hold, claim.list));
    }
    out
}

/// Claims by priority, then by their beginning, then by holder.
pub fn by_priority(scene: &Scene<'_>, claims: &[Claim]) -> Vec<Claim> {
    let mut out: Vec<(f64, Claim)> = claims.iter().map(|c| (priority(scene, &claimant(scene, *c)), *c)).collect();
    let key = |c: Claim| (scene.claim(c).since, scene.claim(c).until, &scene.claim(c).holder, c);
    out.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| key(a.1).cmp(&key(b.1))));
    out.into_iter().map(|x| x.1).collect()
}

/// Books claims one after the other: as they are where there is room, else at the first later moment; what has no
/// end gets what is left, whole units where `whole`, or goes back.
pub fn in_turn(scene: &Scene<'_>, calendar: &mut Calendar, turn: &[Claim], whole: bool) -> Vec<(Claim, Grant)> {
    let mut out = Vec::with_capacity(turn.len());
    for claim in turn {
        let wanted = booking(scene.claim(*claim), claim.list);
        let found = calendar.first_fit(wanted, 0);
        let grant = match found {
            Some(b) if b == wanted => Grant::Whole,
            Some(b) => Grant::Later(b),
            None => {
                let room = calendar.room(wanted);
                let part = if whole { libm::floor(room + 1e-9) } else { room };
                let indivisible = claim.list == ClaimList::Holds || part <= 1e-9;
                if indivisible { Grant::Back } else { Grant::Part(part) }
            }
        };
        match grant {
            Grant::Whole => calendar.add(wanted),
            Grant::Part(amount) => calendar.add(Booking { amount, ..wanted }),
            Grant::Later(b) => calendar.add(b),
            Grant::Back => {}
        }
        out.push((*claim, grant));
    }
    out
}

/// The edit of a grant, if it is one.
pub fn edit(claim: Claim, grant: Grant) -> Option<Change> {
    match grant {
        Grant::Whole => None,
        Grant::Part(amount) => Some(Change::SetAmount(claim, amount)),
        Grant::Later(b) => Some(Change::SetWindow(claim, b.since, b.until)),
        Grant::Back => Some(Change::DropClaim(claim)),
    }
}

/// A grant in words; nothing of one that stays as it is.
pub fn told(scene: &Scene<'_>, claim: Claim, grant: Grant) -> Option<String> {
    let hold = scene.claim(claim);
    let resource = scene.resource(hold.resource);
    let (who, had) = (&hold.holder, number(hold.amount, 3));
    match grant {
        Grant::Whole => None,
        Grant::Part(x) => Some(format!("grant `{who}` {} of `{resource}` instead of {had}", number(x, 3))),
        Grant::Later(b) => {
            let span = super::super::phrases::span(b.since, b.until);
            Some(format!("let `{who}` have its {had} of `{resource}` {span}"))
        }
        Grant::Back => Some(format!("take {had} of `{resource}` back from `{who}`, which asks again")),
    }
}

/// Grants as a table: holder, resource, amount, from, until.
pub fn table(scene: &Scene<'_>, grants: &[(Claim, Grant)]) -> Value {
    let row = |(claim, grant): &(Claim, Grant)| {
        let hold = scene.claim(*claim);
        let (amount, since, until) = match grant {
            Grant::Whole => (hold.amount, hold.since, hold.until),
            Grant::Part(amount) => (*amount, hold.since, hold.until),
            Grant::Later(b) => (b.amount, b.since, b.until),
            Grant::Back => (0.0, 0, NEVER),
        };
        json!({"holder": hold.holder, "resource": scene.resource(hold.resource), "asked": hold.amount,
               "granted": amount, "from": moment(since), "until": moment(until)})
    };
    grants.iter().map(row).collect::<Vec<_>>().into()
}

/// True where every amount and the capacity are whole numbers, so that grants should be too.
pub fn is_whole(scene: &Scene<'_>, r: ResourceIx, claims: &[Claim]) -> bool {
    let resource = &scene.snapshot.network.resources[r.at()];
    let whole = |x: f64| x == libm::floor(x);
    resource.capacity.or(resource.budget).is_none_or(whole) && claims.iter().all(|c| whole(scene.claim(*c).amount))
}
