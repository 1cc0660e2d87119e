//! `performance_optimization`: what is asked for and cannot be had is shifted, throttled, or moved to where it can:
//! late deadlines, impossible and opposed objectives.

use serde_json::{Value, json};

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::Case,
        change::Change,
        objectives::{Ability, Metric},
        phrases::time,
        place::Thing,
        rules::fairness::{Demand, dominant_fair},
    },
    capacity,
    outline::{Outline, moment, name, names},
};
use crate::{
    model::{AgentIx, Ms, TaskIx},
    report::number,
};

const TYPE: &str = "performance_optimization";

/// Load moves away from an agent that promised less.
pub fn move_load(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    let Case::Objectives { agent, rows } = &conflict.case else { return None };
    let objectives = &scene.snapshot.state.objectives;
    // Only what a lighter load mends, and all of it.
    let target = rows.iter().try_fold(f64::INFINITY, |least: f64, (row, _)| {
        let o = &objectives[*row];
        (Metric::of(&o.metric) == Some(Metric::Utilization)).then_some(least.min(o.target))
    })?;
    let me = scene.snapshot.agent(*agent);
    let capacity = me.capacity?;
    // The load of what runs cannot be handed on whole where the target is below 0.
    let excess = me.current_load - target.max(0.0) * capacity;
    if excess <= 0.0 || Ability::of(me).utilization? <= target {
        return None;
    }
    let text = Outline::new(TYPE).param("method", "load_shifting").param("target", target);
    capacity::moved(scene, *agent, excess, text)
}

/// What cannot be met is put at the nearest value that can.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    match &conflict.case {
        Case::Late { task, chain, earliest, deadline } => Some(late(scene, *task, chain, *earliest, *deadline)),
        Case::Objectives { agent, rows } => Some(nearest(scene, *agent, rows)),
        Case::Opposed { rows, shared, possible, .. } => opposed(scene, conflict, rows, shared, *possible),
        _ => None,
    }
}

/// A deadline that no schedule keeps moves to the earliest finish.
fn late(scene: &Scene<'_>, task: TaskIx, chain: &[TaskIx], earliest: Ms, deadline: Ms) -> Proposal {
    let id = name(scene, task);
    Outline::new(TYPE)
        .param("method", "shift")
        .param("critical_chain", names(scene, chain))
        .param("deadline", moment(deadline))
        .param("earliest_finish", moment(earliest))
        .expect(format!(
            "`{id}` is due {} later, at the first moment that any schedule can keep",
            time(earliest - deadline)
        ))
        .step(format!("agree with whoever waits for `{id}` on {}", time(earliest)))
        .step("give every task of the critical chain its fastest agent")
        .criterion(format!("the slack of `{id}` is not negative"))
        .changes([Change::SetDeadline(task, Some(earliest))])
        .agreed_by(1)
        .touches(chain.iter().map(|t| Thing::Task(*t)))
        .done()
}

/// Of two objectives that fail only together the throughput gives way (throttling).
fn nearest(scene: &Scene<'_>, agent: AgentIx, rows: &[(usize, f64)]) -> Proposal {
    let objectives = &scene.snapshot.state.objectives;
    let ability = Ability::of(scene.snapshot.agent(agent));
    let metric = |row: usize| Metric::of(&objectives[row].metric);
    let alone = |row: usize| {
        let best = match metric(row) {
            Some(Metric::Utilization) => ability.utilization,
            Some(Metric::Throughput) => ability.most_per_min(),
            Some(Metric::Latency) => ability.service,
            _ => None,
        };
        best.is_none_or(|b| metric(row).is_some_and(|m| m.misses(b, objectives[row].target)))
    };
    let throttled = rows.iter().any(|(r, _)| metric(*r) == Some(Metric::Throughput));
    let gives_way = |r: usize| !throttled || alone(r) || metric(r) == Some(Metric::Throughput);
    let chosen: Vec<(usize, f64)> = rows.iter().copied().filter(|(r, _)| gives_way(*r)).collect();
    let id = &scene.snapshot.agent(agent).id;
    let quality = |r: usize| matches!(metric(r), Some(Metric::ErrorRate | Metric::Availability));
    let told = |(r, x): &(usize, f64)| {
        let o = &objectives[*r];
        format!("ask `{id}` for a {} of {} instead of {}", o.metric, number(*x, 4), number(o.target, 4))
    };
    let row = |(r, x): &(usize, f64)| json!({"metric": objectives[*r].metric, "wanted": objectives[*r].target, "possible": x});
    let text = Outline::new(TYPE)
        .param("method", if throttled { "throttle" } else { "shift" })
        .param("targets", chosen.iter().map(row).collect::<Vec<Value>>())
        .expect(format!("`{id}` is asked for what it can give"))
        .steps(chosen.iter().map(told))
        .criterion(format!("`{id}` meets every objective that it has"))
        .agreed_by(1)
        .touches([Thing::Agent(agent)]);
    let changes = chosen.iter().map(|(r, x)| Change::SetTarget(*r, *x));
    if let Some((r, _)) = chosen.iter().find(|c| quality(c.0)) {
        let why =
            format!("no plan mends the {} of `{id}`; a lower target is for a person to accept", objectives[*r].metric);
        return text.only_proposed(changes, why).done();
    }
    text.changes(changes).done()
}

/// What the shared agent can serve is shared out: max-min fair, everybody up to what it wants.
fn opposed(scene: &Scene<'_>, conflict: &Conflict, rows: &[usize], shared: &str, possible: f64) -> Option<Proposal> {
    let objectives = &scene.snapshot.state.objectives;
    let of = |metric: Metric| {
        rows.iter().copied().filter(move |r| Metric::of(&objectives[*r].metric) == Some(metric)).collect::<Vec<usize>>()
    };
    let rates = of(Metric::Throughput);
    let strictest = of(Metric::Latency).into_iter().map(|r| objectives[r].target).reduce(f64::min);
    let mut providers = conflict.agents.iter().map(|a| Ability::of(scene.snapshot.agent(*a)));
    let provider = providers.rfind(|a| a.most_per_min() == Some(possible))?;
    let limit = match strictest {
        Some(ms) => provider.rate_within(ms)?,
        None => possible,
    };
    // A hair below, so that the sum of the shares is not above it by rounding.
    let limit = limit * (1.0 - 1e-9);
    let demands: Vec<Demand> = rates
        .iter()
        .map(|r| Demand { per_unit: vec![objectives[*r].target.max(0.0)], weight: 1.0, most: 1.0 })
        .collect();
    let units = dominant_fair(&[limit], &demands);
    let shares: Vec<(usize, f64)> =
        rates.iter().zip(&units).map(|(r, u)| (*r, objectives[*r].target * u.min(1.0))).collect();
    let who = |r: usize| scene.snapshot.agent(objectives[r].agent).id.as_str();
    let lower: Vec<(usize, f64)> = shares.iter().copied().filter(|(r, x)| *x < objectives[*r].target).collect();
    let row = |(r, x): &(usize, f64)| json!({"agent": who(*r), "wanted": objectives[*r].target, "granted": x});
    let text = Outline::new(TYPE)
        .param("method", "throttle")
        .param("fairness", "max-min shares of what is shared")
        .param("shared", shared)
        .param("limit_per_min", limit)
        .param("grants", shares.iter().map(row).collect::<Vec<Value>>())
        .expect(format!("`{shared}` is asked for {} per minute at most", number(limit, 3)))
        .steps(lower.iter().map(|(r, x)| format!("throttle `{}` to {} per minute", who(*r), number(*x, 3))))
        .criterion(format!("`{shared}` keeps up with all that is asked of it"))
        .changes(lower.iter().map(|(r, x)| Change::SetTarget(*r, *x)))
        .agreed_by(lower.len())
        .touches(lower.iter().map(|(r, _)| Thing::Agent(objectives[*r].agent)));
    Some(text.done())
}
