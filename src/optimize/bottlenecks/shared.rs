//! Shared resources: capacity at a time, rate limits and budgets.

use super::{Bottleneck, MAX_IDS, Relief};
use crate::{
    input::document::Section,
    model::{SharedResource, TaskIx, seconds},
    optimize::{
        change::{Change, Kind, Risk},
        scene::Scene,
    },
    patch::number,
    report::{clock, number as text},
};

/// Every shared resource that some task uses.
pub fn find(scene: &Scene<'_>) -> Vec<Bottleneck> {
    let s = scene.snapshot();
    let mut users: Vec<Vec<(TaskIx, f64)>> = vec![Vec::new(); s.network.resources.len()];
    for t in s.task_ixs() {
        for (r, amount) in &s.task(t).uses {
            users[r.at()].push((t, *amount));
        }
    }
    let mut out = Vec::new();
    for (i, (resource, users)) in s.network.resources.iter().zip(&users).enumerate().filter(|(_, (_, u))| !u.is_empty())
    {
        out.extend(at_a_time(scene, i, resource, users));
        out.extend(budget(scene, i, resource, users));
    }
    out
}

fn base(scene: &Scene<'_>, resource: &SharedResource, users: &[(TaskIx, f64)]) -> Bottleneck {
    Bottleneck {
        resource: Some(resource.id.clone()),
        tasks: users.iter().take(MAX_IDS).map(|u| scene.task(u.0)).collect(),
        evidence: [("tasks", users.len() as f64)].into(),
        ..Bottleneck::default()
    }
}

/// Σ amount · time held / capacity; time held is the least that any agent needs, or `per`.
fn at_a_time(scene: &Scene<'_>, row: usize, resource: &SharedResource, users: &[(TaskIx, f64)]) -> Option<Bottleneck> {
    let capacity = resource.capacity.filter(|c| *c > 0.0)?;
    let held = |t: TaskIx| match resource.per {
        Some(per) => Some(per),
        None => scene.q.offers(t).map(|o| o.processing).min(),
    };
    let demand: f64 = users.iter().map(|(t, amount)| amount * seconds(held(*t).unwrap_or(0))).sum();
    // The last amounts of a rate are not waited for.
    let bound = match resource.per {
        Some(per) => (demand / capacity - seconds(per)).max(0.0),
        None => demand / capacity,
    };
    let kind = if resource.per.is_some() { "rate_limit" } else { "shared_resource" };
    let what = resource.per.map_or_else(String::new, |per| format!(" per {}", clock(seconds(per))));
    let mut out = base(scene, resource, users);
    out.kind = kind;
    out.bound = bound;
    out.message = format!(
        "`{}` gives {}{what}: what {} tasks ask of it takes {}",
        resource.id,
        text(capacity, 3),
        users.len(),
        clock(bound)
    );
    out.evidence.extend([("capacity", capacity), ("demand_seconds", demand)]);
    let most = users.iter().map(|u| u.1).fold(0.0, f64::max);
    let change = more(scene, row, resource, "capacity", capacity, most.max(1.0))?;
    out.relief = Some(Relief { unit: format!("{} more of `{}`", text(most.max(1.0), 3), resource.id), change });
    Some(out)
}

/// The least priority that a budget leaves out: what is over, at the worst priority per amount (Dantzig 1957).
fn budget(scene: &Scene<'_>, row: usize, resource: &SharedResource, users: &[(TaskIx, f64)]) -> Option<Bottleneck> {
    let have = resource.budget?;
    let need: f64 = users.iter().map(|u| u.1).sum();
    if need <= have {
        return None;
    }
    let priority = |t: TaskIx| scene.snapshot().task(t).priority;
    let mut rows: Vec<(f64, f64)> = users.iter().filter(|u| u.1 > 0.0).map(|(t, x)| (priority(*t) / x, *x)).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut over, mut lost) = (need - have, 0.0);
    for (worth, amount) in rows {
        let taken = amount.min(over);
        lost += worth * taken;
        over -= taken;
    }
    let mut out = base(scene, resource, users);
    out.kind = "budget";
    out.unplaced_priority = lost;
    out.message = format!(
        "the budget of `{}` is {}, and {} tasks ask for {}: at least {} of their priority finds no place",
        resource.id,
        text(have, 3),
        users.len(),
        text(need, 3),
        text(lost, 3)
    );
    out.evidence.extend([("budget", have), ("demand", need)]);
    let most = users.iter().map(|u| u.1).fold(0.0, f64::max);
    let change = more(scene, row, resource, "budget", have, most)?;
    out.relief = Some(Relief { unit: format!("{} more of `{}`", text(most, 3), resource.id), change });
    Some(out)
}

/// The change that gives more of a resource.
pub fn more(
    scene: &Scene<'_>,
    row: usize,
    resource: &SharedResource,
    field: &str,
    have: f64,
    by: f64,
) -> Option<Change> {
    let kind = match field {
        "budget" => Kind::RaiseBudget,
        _ if resource.per.is_some() => Kind::RaiseRateLimit,
        _ => Kind::RaiseResource,
    };
    Some(Change {
        kind,
        subject: format!("resource {} {field}", resource.id),
        title: format!("raise the {field} of `{}` from {} to {}", resource.id, text(have, 3), text(have + by, 3)),
        agents: Vec::new(),
        tasks: Vec::new(),
        ops: vec![scene.set(Section::Resources, row, field, number(have + by))?],
        cost: None,
        risk: Risk::Medium,
        risk_reason: "whoever offers it has to agree, at a price that the snapshot does not name".into(),
        promise: 0.0,
    })
}
