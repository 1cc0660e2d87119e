//! `resource_scheduling`: contention is settled by fair shares. Allocations get what weighted dominant resource
//! fairness gives them (Ghodsi et al. 2011), over every resource that their holders overdraw together; what
//! cannot be had in part queues for windows of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::{Case, Pool},
        change::Change,
        place::{Claim, Thing},
        rules::fairness::{Demand, dominant_fair},
    },
    claims::{self, Grant},
    outline::{Outline, claimant, priority},
    reallocation,
};
use crate::{
    model::{Hold, Ms, ResourceIx},
    report::{number, percent},
};

/// Most claims on one resource that are shared out at once; more are settled by priority.
const MAX_CLAIMS: usize = 400;
/// Most stretches of resources that are shared out together.
const MAX_ROWS: usize = 1000;

/// Overuse, overdrawn budgets and double holds.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    let outline = || {
        Outline::new("resource_scheduling").param("scheduling_algorithm", "fair_share").param("queue_management", true)
    };
    let divisible = |r: ResourceIx, claims: &[Claim]| {
        scene.on(r).len() <= MAX_CLAIMS && claims.iter().all(|c| reallocation::is_divisible(*c))
    };
    match &conflict.case {
        Case::OverUse { resource, claims, planned, .. } if planned.is_empty() && divisible(*resource, claims) => {
            Some(shares(scene, *resource, outline()))
        }
        Case::Overdrawn { pool: Pool::Resource(r), claims, planned, limit, .. } if planned.is_empty() => {
            Some(of_budget(scene, *r, claims, *limit, outline()))
        }
        _ => reallocation::by_priority(scene, conflict, outline().param("time_slicing", true)),
    }
}

/// Claims and what they claim.
type Claims<'s> = Vec<(Claim, &'s Hold)>;

/// A resource in a stretch of time in which the same claims are active.
struct Row {
    resource: ResourceIx,
    active: Vec<Claim>,
    /// Capacity less what indivisible claims have.
    left: f64,
}

/// Fair shares of all that the holders of a resource overdraw together.
fn shares(scene: &Scene<'_>, resource: ResourceIx, outline: Outline) -> Proposal {
    let (holders, rows) = together(scene, resource);
    let involved: BTreeSet<Claim> = rows.iter().flat_map(|r| r.active.iter().copied()).collect();
    let index: BTreeMap<&str, usize> = holders.iter().enumerate().map(|(i, h)| (*h, i)).collect();
    let mut demands: Vec<Demand> = holders
        .iter()
        .map(|h| Demand {
            per_unit: vec![0.0; rows.len()],
            weight: priority(scene, &scene.holder(h)).max(1e-3),
            most: 1.0,
        })
        .collect();
    for (k, row) in rows.iter().enumerate() {
        for claim in &row.active {
            let hold = scene.claim(*claim);
            demands[index[hold.holder.as_str()]].per_unit[k] += hold.amount;
        }
    }
    let capacity: Vec<f64> = rows.iter().map(|row| row.left).collect();
    let units = dominant_fair(&capacity, &demands);
    let involved: Vec<Claim> = involved.into_iter().collect();
    let granted: Vec<(Claim, f64)> =
        involved.iter().map(|c| (*c, units[index[scene.claim(*c).holder.as_str()]])).collect();
    let shares = dominant_shares(&holders, &demands, &capacity, &units);
    let grants = round(scene, &rows, &capacity, &granted);
    tell(scene, &queue(scene, grants), shares, outline)
}

/// Everybody who overdraws a resource, or another together with one who does, directly or through others, and where.
fn together<'s>(scene: &Scene<'s>, first: ResourceIx) -> (BTreeSet<&'s str>, Vec<Row>) {
    let name = |c: &Claim| scene.claim(*c).holder.as_str();
    let mut rows = overfull(scene, first);
    let mut seen = BTreeSet::from([first]);
    let mut holders: BTreeSet<&str> = rows.iter().flat_map(|row| &row.active).map(name).collect();
    let mut queue: Vec<&str> = holders.iter().copied().collect();
    while let Some(holder) = queue.pop() {
        for claim in scene.of(holder).iter().filter(|c| reallocation::is_divisible(**c)) {
            let r = scene.claim(*claim).resource;
            // A crowd is settled by itself.
            let many = holders.len() > MAX_CLAIMS || rows.len() > MAX_ROWS;
            if many || scene.on(r).len() > MAX_CLAIMS || !seen.insert(r) {
                continue;
            }
            let found = overfull(scene, r);
            let members = found.iter().flat_map(|row| &row.active).map(name);
            queue.extend(members.filter(|h| holders.insert(h)));
            rows.extend(found);
        }
    }
    rows.sort_by(|a, b| (a.resource, &a.active).cmp(&(b.resource, &b.active)));
    (holders, rows)
}

/// The stretches in which a resource is overfull, each with the divisible claims in it.
fn overfull(scene: &Scene<'_>, r: ResourceIx) -> Vec<Row> {
    let Some(capacity) = scene.snapshot.network.resources[r.at()].capacity else { return Vec::new() };
    let claims: Vec<&(Claim, &Hold)> = scene.on(r).iter().filter(|(_, h)| h.since < h.until).collect();
    let mut moments: Vec<Ms> = claims.iter().map(|c| c.1.since).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    // A level is highest where a claim begins.
    for at in moments {
        let on = || claims.iter().filter(|(_, h)| h.since <= at && h.until > at);
        if on().map(|c| c.1.amount).sum::<f64>() <= capacity + 1e-9 * capacity.max(1.0) {
            continue;
        }
        let (divisible, fixed): (Claims<'_>, Claims<'_>) = on().copied().partition(|c| reallocation::is_divisible(c.0));
        let active: Vec<Claim> = divisible.into_iter().map(|c| c.0).collect();
        let left = (capacity - fixed.into_iter().map(|c| c.1.amount).sum::<f64>()).max(0.0);
        if !active.is_empty() && seen.insert(active.clone()) {
            out.push(Row { resource: r, active, left });
        }
    }
    out
}

/// Share of each holder's dominant resource, asked and granted.
fn dominant_shares(holders: &BTreeSet<&str>, demands: &[Demand], capacity: &[f64], units: &[f64]) -> Value {
    let share = |d: &Demand| {
        let of = |(need, all): (&f64, &f64)| if *all > 0.0 { need / all } else { 0.0 };
        d.per_unit.iter().zip(capacity).map(of).fold(0.0, f64::max)
    };
    let row = |((h, d), u): ((&&str, &Demand), &f64)| {
        ((*h).to_owned(), json!({"weight": d.weight, "asked": round6(share(d)), "granted": round6(share(d) * u)}))
    };
    Value::Object(holders.iter().zip(demands).zip(units).map(row).collect())
}

/// Six digits are enough for a share.
fn round6(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}

/// Whole units where all amounts are whole: rounded down, then one more by the largest remainder while it fits.
fn round(scene: &Scene<'_>, rows: &[Row], capacity: &[f64], granted: &[(Claim, f64)]) -> Vec<(Claim, f64)> {
    let amount = |c: Claim| scene.claim(c).amount;
    let mut out: Vec<(Claim, f64)> = Vec::new();
    let mut rest: Vec<(f64, Claim)> = Vec::new();
    for (claim, units) in granted {
        let exact = amount(*claim) * units.min(1.0);
        if claims::is_whole(scene, scene.claim(*claim).resource, &[*claim]) {
            let floor = libm::floor(exact + 1e-9);
            out.push((*claim, floor));
            // A grant that is whole already needs no rounding up.
            if floor < amount(*claim) && exact - floor > 1e-6 {
                rest.push((exact - floor, *claim));
            }
        } else {
            out.push((*claim, exact));
        }
    }
    let turn = claims::by_priority(scene, &rest.iter().map(|r| r.1).collect::<Vec<_>>());
    rest.sort_by(|a, b| {
        let place = |c: Claim| turn.iter().position(|t| *t == c);
        b.0.total_cmp(&a.0).then_with(|| place(a.1).cmp(&place(b.1)))
    });
    for (_, claim) in rest {
        let fits = rows.iter().zip(capacity).filter(|(row, _)| row.active.contains(&claim)).all(|(row, c)| {
            let used: f64 = row.active.iter().filter_map(|a| out.iter().find(|o| o.0 == *a)).map(|o| o.1).sum();
            used + 1.0 <= c + 1e-9 * c.max(1.0)
        });
        if let Some(own) = out.iter_mut().find(|o| o.0 == claim).filter(|_| fits) {
            own.1 += 1.0;
        }
    }
    out
}

/// Grants of the amounts; who gets nothing queues for a later window behind all others.
fn queue(scene: &Scene<'_>, amounts: Vec<(Claim, f64)>) -> Vec<(Claim, Grant)> {
    let (served, waiting): (Vec<_>, Vec<_>) = amounts.into_iter().partition(|a| a.1 > 1e-9);
    let grant = |(c, x): (Claim, f64)| {
        let whole = x >= scene.claim(c).amount - 1e-9;
        (c, if whole { Grant::Whole } else { Grant::Part(x) })
    };
    let served: Vec<(Claim, Grant)> = served.into_iter().map(grant).collect();
    let mut later = Vec::new();
    let resources: BTreeSet<ResourceIx> = waiting.iter().map(|w| scene.claim(w.0).resource).collect();
    for r in resources {
        let of: Vec<Claim> = waiting.iter().map(|w| w.0).filter(|c| scene.claim(*c).resource == r).collect();
        let known: Vec<Claim> = served.iter().map(|s| s.0).chain(of.iter().copied()).collect();
        let mut calendar = claims::others(scene, r, &known);
        for (claim, grant) in served.iter().filter(|s| scene.claim(s.0).resource == r) {
            let mut b = claims::booking(scene.claim(*claim), claim.list);
            if let Grant::Part(x) = grant {
                b.amount = *x;
            }
            calendar.add(b);
        }
        let turn = claims::by_priority(scene, &of);
        later.extend(claims::in_turn(scene, &mut calendar, &turn, true));
    }
    [served, later].concat()
}

fn tell(scene: &Scene<'_>, grants: &[(Claim, Grant)], shares: Value, outline: Outline) -> Proposal {
    let least = shares
        .as_object()
        .into_iter()
        .flat_map(|o| o.values())
        .filter_map(|s| Some(s["granted"].as_f64()? / s["weight"].as_f64()?))
        .fold(f64::INFINITY, f64::min);
    let later = grants.iter().any(|g| matches!(g.1, Grant::Later(_)));
    let names: BTreeSet<&str> = grants.iter().map(|g| scene.resource(scene.claim(g.0).resource)).collect();
    let ids: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    outline
        .param("fairness", "weighted dominant resource fairness (Ghodsi et al. 2011), weights by priority")
        .param("dominant_shares", shares)
        .param("grants", claims::table(scene, grants))
        .param("time_slicing", later)
        .expect(format!(
            "what there is of {} is shared out by weight; the least dominant share is {} per unit of weight",
            ids.join(" and "),
            percent(least.min(1.0), 1)
        ))
        .steps(grants.iter().filter_map(|(c, g)| claims::told(scene, *c, *g)))
        .criterion(format!("no moment at which {} is claimed above its capacity", ids.join(" or ")))
        .criterion("no holder could do more with another's grant, scaled by weight")
        .changes(grants.iter().filter_map(|(c, g)| claims::edit(*c, *g)))
        .touches(grants.iter().map(|g| Thing::Claim(g.0)))
        .done()
}

/// A budget shared out once: max-min fairness by weight is dominant resource fairness with one resource.
fn of_budget(scene: &Scene<'_>, r: ResourceIx, involved: &[Claim], limit: f64, outline: Outline) -> Proposal {
    let demand = |c: &Claim| Demand {
        per_unit: vec![scene.claim(*c).amount],
        weight: priority(scene, &claimant(scene, *c)).max(1e-3),
        most: 1.0,
    };
    let demands: Vec<Demand> = involved.iter().map(demand).collect();
    let units = dominant_fair(&[limit], &demands);
    let grants: Vec<(Claim, f64)> =
        involved.iter().zip(&units).map(|(c, u)| (*c, scene.claim(*c).amount * u.min(1.0))).collect();
    let whole = claims::is_whole(scene, r, involved);
    let amount = |x: f64| if whole { libm::floor(x + 1e-9) } else { x };
    let changes: Vec<Change> = grants
        .iter()
        .filter(|(c, x)| amount(*x) < scene.claim(*c).amount - 1e-9)
        .map(|(c, x)| if amount(*x) > 1e-9 { Change::SetAmount(*c, amount(*x)) } else { Change::DropClaim(*c) })
        .collect();
    let table: Vec<Value> = grants
        .iter()
        .map(|(c, x)| json!({"holder": scene.claim(*c).holder, "asked": scene.claim(*c).amount, "granted": amount(*x)}))
        .collect();
    let told = |(c, x): &(Claim, f64)| {
        format!(
            "let `{}` draw {} of {}",
            scene.claim(*c).holder,
            number(amount(*x), 3),
            number(scene.claim(*c).amount, 3)
        )
    };
    outline
        .param("fairness", "weighted max-min shares, weights by priority")
        .param("grants", table)
        .param("time_slicing", false)
        .expect(format!("the budget of `{}` is drawn to {} at most", scene.resource(r), number(limit, 3)))
        .steps(grants.iter().map(told))
        .criterion(format!("the sum of all draws is at most {}", number(limit, 3)))
        .changes(changes)
        .touches(involved.iter().map(|c| Thing::Claim(*c)))
        .done()
}
