//! `resource_reallocation`: grave contention is settled by priority. Whoever matters more keeps what it has;
//! others go to the first later window in which there is room, get what is left, or give back.

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene, Severity,
        cases::{Case, Pool},
        place::{Claim, ClaimList, Thing},
    },
    claims::{self, Grant},
    outline::Outline,
};
use crate::{
    model::{NEVER, ResourceIx},
    report::{number, plural},
};

/// Overuse, overdrawn budgets and double holds of severity high or critical.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    if conflict.severity < Severity::High {
        return None;
    }
    by_priority(scene, conflict, Outline::new("resource_reallocation").param("reallocation_method", "priority_based"))
}

/// The settlement by priority, under whatever name.
pub fn by_priority(scene: &Scene<'_>, conflict: &Conflict, outline: Outline) -> Option<Proposal> {
    let (resource, grants) = match &conflict.case {
        Case::OverUse { resource, claims, planned, .. } if planned.is_empty() => {
            (*resource, in_windows(scene, *resource, claims))
        }
        Case::DoubleHold { resource, pairs } => {
            let mut claims: Vec<Claim> = pairs.iter().flat_map(|p| [p.0, p.1]).collect();
            claims.sort_unstable();
            claims.dedup();
            (*resource, in_windows(scene, *resource, &claims))
        }
        Case::Overdrawn { pool: Pool::Resource(r), claims, planned, .. } if planned.is_empty() => {
            (*r, of_budget(scene, *r, claims))
        }
        _ => return None,
    };
    Some(tell(scene, resource, &grants, outline))
}

fn in_windows(scene: &Scene<'_>, r: ResourceIx, involved: &[Claim]) -> Vec<(Claim, Grant)> {
    let mut calendar = claims::others(scene, r, involved);
    let turn = claims::by_priority(scene, involved);
    claims::in_turn(scene, &mut calendar, &turn, claims::is_whole(scene, r, involved))
}

/// A budget is a capacity that nothing gives back: one window for all.
fn of_budget(scene: &Scene<'_>, r: ResourceIx, involved: &[Claim]) -> Vec<(Claim, Grant)> {
    let budget = scene.snapshot.network.resources[r.at()].budget.unwrap_or(f64::INFINITY);
    let whole = claims::is_whole(scene, r, involved);
    let mut left = budget;
    let mut out = Vec::new();
    for claim in claims::by_priority(scene, involved) {
        let asked = scene.claim(claim).amount;
        let part = if whole { libm::floor(left + 1e-9) } else { left };
        let grant = match () {
            () if asked <= left + 1e-9 * budget.max(1.0) => Grant::Whole,
            () if part > 1e-9 => Grant::Part(part),
            () => Grant::Back,
        };
        left = (left - if grant == Grant::Whole { asked } else { part }).max(0.0);
        out.push((claim, grant));
    }
    out
}

/// What a table of grants means, as a proposal.
pub fn tell(scene: &Scene<'_>, r: ResourceIx, grants: &[(Claim, Grant)], outline: Outline) -> Proposal {
    let id = scene.resource(r);
    let resource = &scene.snapshot.network.resources[r.at()];
    let limit = resource.capacity.or(resource.budget).unwrap_or(f64::INFINITY);
    let count = |which: fn(&Grant) -> bool| grants.iter().filter(|g| which(&g.1)).count();
    let (kept, later) = (count(|g| *g == Grant::Whole), count(|g| matches!(g, Grant::Later(_))));
    let (part, back) = (count(|g| matches!(g, Grant::Part(_))), count(|g| *g == Grant::Back));
    let words = [(kept, "as they were"), (later, "later"), (part, "with less"), (back, "given back")];
    let parts: Vec<String> =
        words.iter().filter(|w| w.0 > 0).map(|(n, how)| format!("{} {how}", plural(*n, "claim"))).collect();
    let last = grants.iter().filter_map(|g| if let Grant::Later(b) = g.1 { Some(b.until) } else { None }).max();
    let outline = match last.filter(|l| *l < NEVER) {
        Some(last) => outline.param("all_served_by", super::outline::moment(last)),
        None => outline,
    };
    outline
        .param("grants", claims::table(scene, grants))
        // The snapshot declares neither other resources of a kind nor a limit above the capacity.
        .param("alternative_resources", Vec::<String>::new())
        .param("temporary_scaling", false)
        .expect(format!("`{id}` stays within {}: {}", number(limit, 3), parts.join(", ")))
        .steps(grants.iter().filter_map(|(c, g)| claims::told(scene, *c, *g)))
        .criterion(format!("no moment at which more than {} of `{id}` is claimed", number(limit, 3)))
        .criterion(format!("nobody shares `{id}` with an exclusive holder"))
        .changes(grants.iter().filter_map(|(c, g)| claims::edit(*c, *g)))
        .touches(grants.iter().map(|g| Thing::Claim(g.0)))
        .done()
}

/// Claims that cannot be had in part: all but allocations.
pub fn is_divisible(claim: Claim) -> bool {
    claim.list == ClaimList::Allocations
}
