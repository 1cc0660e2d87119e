//! Exclusive resources held twice: holds of one resource that overlap, at least one of them exclusive.

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::{listed, span},
    place::{Claim, ClaimList, Thing},
    severity::Blocked,
};
use crate::model::{Hold, HoldMode, ResourceIx};

/// Most pairs of one resource that are told; all its holders are named in any case.
const MAX_PAIRS: usize = 1000;

/// One conflict per resource: a sweep over its holds by start, O(n log n + pairs).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    for (r, rows) in scene.by_resource.iter().enumerate() {
        let mut holds: Vec<(Claim, &Hold)> =
            rows.iter().filter(|(c, h)| c.list == ClaimList::Holds && h.amount > 0.0).copied().collect();
        if holds.iter().any(|(_, h)| h.mode == HoldMode::Exclusive) {
            holds.sort_by_key(|(c, h)| (h.since, h.until, *c));
            let pairs = overlaps(&holds);
            if !pairs.is_empty() {
                out.push(conflict(scene, ResourceIx::of(r), pairs));
            }
        }
    }
}

/// Pairs of different holders that overlap, one of the two exclusive.
fn overlaps(holds: &[(Claim, &Hold)]) -> Vec<(Claim, Claim)> {
    let mut out = Vec::new();
    // Holds that are not over yet where the sweep stands.
    let mut open: Vec<(Claim, &Hold)> = Vec::new();
    for (claim, hold) in holds {
        open.retain(|(_, other)| other.until > hold.since);
        let clash = |other: &Hold| {
            let exclusive = other.mode == HoldMode::Exclusive || hold.mode == HoldMode::Exclusive;
            exclusive && other.holder != hold.holder && hold.since < hold.until
        };
        out.extend(open.iter().filter(|(_, o)| clash(o)).map(|(c, _)| (*c.min(claim), *c.max(claim))));
        if out.len() >= MAX_PAIRS {
            break;
        }
        open.push((*claim, hold));
    }
    out.sort_unstable();
    out.truncate(MAX_PAIRS);
    out
}

fn conflict(scene: &Scene<'_>, resource: ResourceIx, pairs: Vec<(Claim, Claim)>) -> Conflict {
    let mut claims: Vec<Claim> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    claims.sort_unstable();
    claims.dedup();
    let mut ids: Vec<&str> = claims.iter().map(|c| scene.claim(*c).holder.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let id = scene.resource(resource);
    let message = format!("`{id}` is held exclusively, and by others at the same time: {}", listed(ids));
    let at = pairs.iter().map(|(a, b)| scene.claim(*a).since.max(scene.claim(*b).since)).min().unwrap_or(0);
    let mut draft = Draft::new(Subtype::ExclusiveHeldTwice, [id], message)
        .other(id)
        .causes([Thing::Resource(resource)])
        .weighs(Blocked::AtRisk, at);
    for claim in claims {
        let h = scene.claim(claim);
        let mode = if h.mode == HoldMode::Exclusive { "exclusively" } else { "shared" };
        let fact = format!("`{}` holds it {mode} {}", h.holder, span(h.since, h.until));
        draft = draft.holders([&scene.holder(&h.holder)]).fact(Thing::Claim(claim), fact).causes([Thing::Claim(claim)]);
    }
    draft.build(scene, Case::DoubleHold { resource, pairs })
}
