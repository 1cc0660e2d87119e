//! Opposed objectives: agents that need the same agent or service, and together want more of it than it can
//! serve, or more than leaves another its response time (M/M/c, an estimate).

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    objectives::{Ability, Metric},
    phrases::listed,
    place::Thing,
    severity::Blocked,
};
use crate::{model::AgentIx, report::number};

/// One conflict per shared thing, O(agents + needs + objectives).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let objectives = &scene.snapshot.state.objectives;
    let mut rows: BTreeMap<AgentIx, Vec<(usize, Metric)>> = BTreeMap::new();
    for (row, o) in objectives.iter().enumerate() {
        let wanted = Metric::of(&o.metric).filter(|m| matches!(m, Metric::Throughput | Metric::Latency));
        if let Some(metric) = wanted.filter(|_| !scene.is_dead(o.agent)) {
            rows.entry(o.agent).or_default().push((row, metric));
        }
    }
    let mut users: BTreeMap<&str, Vec<AgentIx>> = BTreeMap::new();
    for a in rows.keys() {
        for (needs, _) in &scene.snapshot.agent(*a).depends_on {
            users.entry(needs).or_default().push(*a);
        }
    }
    for (shared, users) in users.into_iter().filter(|(_, users)| users.len() > 1) {
        let Some(provider) = provider(scene, shared) else { continue };
        let ability = Ability::of(scene.snapshot.agent(provider));
        let Some(possible) = ability.most_per_min() else { continue };
        let of = |metric: Metric| {
            let rows = users.iter().flat_map(|a| rows[a].iter());
            rows.filter(move |r| r.1 == metric).map(|r| r.0).collect::<Vec<usize>>()
        };
        let rates = of(Metric::Throughput);
        let wanted: f64 = rates.iter().map(|r| objectives[*r].target).sum();
        let mut opposed = rates.clone();
        if wanted <= possible {
            let response = ability.response_at(wanted).unwrap_or(0.0);
            let late = of(Metric::Latency).into_iter().filter(|r| response > objectives[*r].target).collect::<Vec<_>>();
            if late.is_empty() {
                continue;
            }
            opposed.extend(late);
        }
        let agents: BTreeSet<AgentIx> = opposed.iter().map(|r| objectives[*r].agent).collect();
        if agents.len() > 1 {
            opposed.sort_unstable();
            out.push(conflict(scene, shared, provider, opposed, (wanted, possible)));
        }
    }
}

/// The slowest agent behind an id: itself, or those that the service needs, through services.
fn provider(scene: &Scene<'_>, id: &str) -> Option<AgentIx> {
    let services = &scene.snapshot.network.services;
    let (mut queue, mut seen) = (vec![id], BTreeSet::from([id]));
    let mut slowest: Option<(f64, AgentIx)> = None;
    while let Some(id) = queue.pop() {
        if let Some(a) = scene.snapshot.find_agent(id) {
            let Some(rate) = Ability::of(scene.snapshot.agent(a)).most_per_min() else { continue };
            let slower = slowest.is_none_or(|(least, b)| rate < least || rate == least && a < b);
            slowest = if slower { Some((rate, a)) } else { slowest };
        } else if let Ok(s) = services.binary_search_by(|s| s.id.as_str().cmp(id)) {
            let needs = services[s].depends_on.iter().map(|n| n.0.as_str());
            queue.extend(needs.filter(|n| seen.insert(n)));
        }
    }
    slowest.map(|s| s.1)
}

fn conflict(
    scene: &Scene<'_>,
    shared: &str,
    provider: AgentIx,
    rows: Vec<usize>,
    (wanted, possible): (f64, f64),
) -> Conflict {
    let objectives = &scene.snapshot.state.objectives;
    let name = |r: &usize| scene.snapshot.agent(objectives[*r].agent).id.as_str();
    let ids: BTreeSet<&str> = rows.iter().map(name).collect();
    let message = format!(
        "{} want of `{shared}` what it cannot give together: {} per minute, it serves at most {}",
        listed(ids),
        number(wanted, 3),
        number(possible, 3)
    );
    let owner = &scene.snapshot.agent(provider).id;
    let fact = format!("`{owner}` serves at most {} per minute", number(possible, 3));
    let mut draft = Draft::new(Subtype::OpposedObjectives, [shared], message)
        .agents(rows.iter().map(|r| objectives[*r].agent))
        .agents([provider])
        .causes([Thing::Agent(provider)])
        .fact(Thing::Agent(provider).field("performance_metrics"), fact)
        .weighs(Blocked::Nothing, 0);
    if shared != owner {
        draft = draft.other(shared);
    }
    for row in &rows {
        let o = &objectives[*row];
        let fact = format!("`{}` is to have `{}` {}", name(row), o.metric, number(o.target, 4));
        draft = draft.fact(Thing::Objective(*row), fact).causes([Thing::Objective(*row)]);
    }
    draft.build(scene, Case::Opposed { rows, shared: shared.to_owned(), wanted, possible })
}
