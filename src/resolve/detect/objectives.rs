//! Objectives of one agent: what cannot be met at all, alone or together (utilization, throughput, latency by
//! M/M/c), and what the agent is predicted to miss: as measured, or by its trend within an hour.

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    objectives::{Ability, Metric, measured},
    phrases::time,
    place::Thing,
    severity::{Blocked, HOUR},
};
use crate::{
    model::{AgentIx, Ms},
    report::number,
};

/// One objective, understood.
#[derive(Clone, Copy)]
struct Goal {
    row: usize,
    metric: Metric,
    target: f64,
}

/// Why a goal fails, with the nearest target that would hold.
struct Miss {
    row: usize,
    nearest: f64,
    why: String,
    at: Ms,
}

/// At most one conflict of each subtype per agent, O(objectives + history).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let mut goals: Vec<(AgentIx, Goal)> = Vec::new();
    for (row, o) in scene.snapshot.state.objectives.iter().enumerate() {
        if let Some(metric) = Metric::of(&o.metric).filter(|_| !scene.is_dead(o.agent)) {
            goals.push((o.agent, Goal { row, metric, target: o.target }));
        }
    }
    goals.sort_by_key(|(a, g)| (*a, g.metric, g.row));
    for own in goals.chunk_by(|x, y| x.0 == y.0) {
        let a = own[0].0;
        let own: Vec<Goal> = own.iter().map(|g| g.1).collect();
        let impossible = impossible(&Ability::of(scene.snapshot.agent(a)), &own);
        let known = |g: &&Goal| impossible.iter().all(|m| m.row != g.row);
        let missed: Vec<Miss> = own.iter().filter(known).filter_map(|g| predicted(scene, a, *g)).collect();
        for (subtype, misses) in [(Subtype::ImpossibleObjectives, impossible), (Subtype::PredictedMiss, missed)] {
            if !misses.is_empty() {
                out.push(conflict(scene, a, subtype, &misses));
            }
        }
    }
}

fn impossible(ability: &Ability, goals: &[Goal]) -> Vec<Miss> {
    let mut out: Vec<Miss> = goals.iter().filter_map(|g| alone(ability, *g)).collect();
    let open = |metric: Metric, out: &[Miss]| {
        let of = goals.iter().filter(|g| g.metric == metric && out.iter().all(|m| m.row != g.row));
        // The strictest of several.
        of.copied().reduce(|a, b| if metric.misses(a.target, b.target) { b } else { a })
    };
    let Some(rate) = open(Metric::Throughput, &out) else { return out };
    if let (Some(latency), Some(response)) = (open(Metric::Latency, &out), ability.response_at(rate.target))
        && Metric::Latency.misses(response, latency.target)
    {
        let within = ability.rate_within(latency.target).unwrap_or(0.0);
        let (at, ms) = (number(rate.target, 3), number(response, 1));
        let why = format!("at {at} per minute the response takes {ms} ms (M/M/{}, an estimate)", ability.slots);
        out.push(Miss { row: latency.row, nearest: response, why, at: 0 });
        let why = format!("within {} ms at most {} per minute", number(latency.target, 1), number(within, 3));
        out.push(Miss { row: rate.row, nearest: within, why, at: 0 });
    }
    let most = ability.most_per_min().unwrap_or(f64::INFINITY);
    if let Some(busy) =
        open(Metric::Utilization, &out).filter(|g| Metric::Utilization.misses(rate.target / most, g.target))
    {
        let share = rate.target / most;
        let why = format!("{} per minute keep {} of its slots busy", number(rate.target, 3), number(share, 3));
        out.push(Miss { row: busy.row, nearest: share, why, at: 0 });
        if out.iter().all(|m| m.row != rate.row) {
            let within = most * busy.target;
            let why = format!("at a utilization of {} at most {} per minute", busy.target, number(within, 3));
            out.push(Miss { row: rate.row, nearest: within, why, at: 0 });
        }
    }
    out
}

/// What a goal asks for against what the agent can give at best.
fn alone(ability: &Ability, g: Goal) -> Option<Miss> {
    let (nearest, what) = match g.metric {
        Metric::Utilization => (ability.utilization?, "the load it carries already is"),
        Metric::Throughput => (ability.most_per_min()?, "with every slot busy it serves per minute at most"),
        Metric::Latency => (ability.service?, "without any wait one request takes in ms"),
        _ => return None,
    };
    let why = format!("{what} {}", number(nearest, 3));
    g.metric.misses(nearest, g.target).then_some(Miss { row: g.row, nearest, why, at: 0 })
}

fn predicted(scene: &Scene<'_>, a: AgentIx, g: Goal) -> Option<Miss> {
    let now = measured(scene, a, g.metric);
    if let Some(value) = now.filter(|v| g.metric.misses(*v, g.target)) {
        let why = format!("as measured, with the wait that its load adds, it is {}", number(value, 4));
        return Some(Miss { row: g.row, nearest: value, why, at: 0 });
    }
    let (value, at) = trend(scene, a, g)?;
    let why = format!("by its trend it passes the target in {} ({} in an hour)", time(at), number(value, 4));
    Some(Miss { row: g.row, nearest: value, why, at })
}

/// Ordinary least squares over at least three measurements: the value in an hour, and when the line passes the
/// target, where that is within the hour.
fn trend(scene: &Scene<'_>, a: AgentIx, g: Goal) -> Option<(f64, Ms)> {
    let id = &scene.snapshot.agent(a).id;
    let rows = scene.snapshot.history.iter().filter(|r| r.agent == *id && Metric::of(&r.metric) == Some(g.metric));
    let points: Vec<(f64, f64)> = rows.map(|r| (r.time as f64, r.value)).collect();
    if points.len() < 3 {
        return None;
    }
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let across: f64 = points.iter().map(|p| (p.0 - mx) * (p.0 - mx)).sum();
    let slope = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>() / across;
    let value = my + slope * (HOUR as f64 - mx);
    if across <= 0.0 || !g.metric.misses(value, g.target) {
        return None;
    }
    let at = mx + (g.target - my) / slope;
    Some((value, (at.max(0.0)) as Ms))
}

fn conflict(scene: &Scene<'_>, a: AgentIx, subtype: Subtype, misses: &[Miss]) -> Conflict {
    let id = &scene.snapshot.agent(a).id;
    let objectives = &scene.snapshot.state.objectives;
    let wanted: Vec<String> = misses
        .iter()
        .map(|m| format!("{} {}", objectives[m.row].metric, number(objectives[m.row].target, 4)))
        .collect();
    let verdict = if subtype == Subtype::ImpossibleObjectives { "cannot meet" } else { "is predicted to miss" };
    let message = format!("agent `{id}` {verdict} {}", wanted.join(" with "));
    let at = misses.iter().map(|m| m.at).min().unwrap_or(0);
    let mut draft =
        Draft::new(subtype, [id], message).agents([a]).causes([Thing::Agent(a)]).weighs(Blocked::AtRisk, at);
    for m in misses {
        let o = &objectives[m.row];
        let fact = format!("`{}` is to be {}; {}", o.metric, number(o.target, 4), m.why);
        draft = draft.fact(Thing::Objective(m.row).field("target"), fact).causes([Thing::Objective(m.row)]);
    }
    draft = draft.fact(Thing::Agent(a).field("performance_metrics"), format!("what `{id}` was measured at"));
    let rows = misses.iter().map(|m| (m.row, m.nearest)).collect();
    draft.build(scene, Case::Objectives { agent: a, rows })
}
