//! Conflict potential per pair of agents: what two share that has not clashed yet.
//!
//! Each shared thing is taken as a chance of a clash, independent of the others, so that a pair's potential is
//! 1 − Π (1 − chance): a data set that one of them writes ½, a resource that both claim ⅖, objectives that pull
//! a shared service in opposite directions ⅗, a shared service or agent that both need ⅕.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Scene, conflict::Conflict, objectives::Metric};
use crate::model::AgentIx;

/// Most pairs that are told, the greatest potential first.
const MAX_PAIRS: usize = 100;
/// Most pairs that are looked at: a thing that very many share says little about any two of them.
const MAX_LOOKED_AT: usize = 500_000;

/// `conflict_potential_analysis`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Potential {
    /// Pairs that share something and do not clash now.
    pub pairs_total: usize,
    /// False where so many share so much that not every pair was looked at.
    pub complete: bool,
    /// The greatest of them.
    pub pairs: Vec<Pair>,
}

/// Two agents, and what they share.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Pair {
    /// Their ids.
    pub agents: [String; 2],
    /// Between 0 and 1.
    pub potential: f64,
    /// Resources that both claim, or that tasks running on them claim.
    pub resources: Vec<String>,
    /// Data sets that both access, one of them writing.
    pub data: Vec<String>,
    /// Agents and services that both need.
    pub services: Vec<String>,
    /// Of these the ones that their objectives pull in opposite directions.
    pub oppositions: Vec<String>,
}

/// What a thing is to the agents that share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Resource,
    Data,
    Service,
}

/// A thing that two share, and whether they pull it in opposite directions.
type Shared<'s> = (Kind, &'s str, bool);

/// An agent's part in a thing: whether it writes it (data), or what it wants of it (services).
type Part = (AgentIx, bool, Option<Metric>);

/// Whether each agent writes a thing, and what it wants of it.
type Parts = BTreeMap<AgentIx, (bool, Option<Metric>)>;

/// Looks for pairs thing by thing, those that the fewest share first.
pub fn analyse(scene: &Scene<'_>, conflicts: &[Conflict]) -> Potential {
    let clashing: BTreeSet<(AgentIx, AgentIx)> = conflicts
        .iter()
        .filter(|c| c.agents.len() <= 50)
        .flat_map(|c| c.agents.iter().flat_map(|a| c.agents.iter().map(|b| (*a, *b))))
        .collect();
    let mut things: Vec<((Kind, &str), Vec<Part>)> =
        shared(scene).into_iter().filter(|(_, who)| who.len() > 1).collect();
    things.sort_by_key(|(_, who)| who.len());
    let mut pairs: BTreeMap<(AgentIx, AgentIx), Vec<Shared<'_>>> = BTreeMap::new();
    let (mut looked_at, mut complete) = (0, true);
    for ((kind, id), who) in &things {
        looked_at += who.len() * (who.len() - 1) / 2;
        if looked_at > MAX_LOOKED_AT {
            complete = false;
            break;
        }
        for (i, (a, writes, wants)) in who.iter().enumerate() {
            for (b, also, wish) in &who[i + 1..] {
                if (*kind == Kind::Data && !writes && !also) || clashing.contains(&(*a, *b)) {
                    continue;
                }
                let opposed =
                    wants.is_some() && wish.is_some() && (wants != wish || *wants == Some(Metric::Throughput));
                pairs.entry((*a, *b)).or_default().push((*kind, id, opposed));
            }
        }
    }
    let mut rows: Vec<Pair> = pairs.iter().map(|((a, b), shared)| pair(scene, *a, *b, shared)).collect();
    rows.sort_by(|a, b| b.potential.total_cmp(&a.potential).then_with(|| a.agents.cmp(&b.agents)));
    rows.truncate(MAX_PAIRS);
    Potential { pairs_total: pairs.len(), complete, pairs: rows }
}

/// Who takes part in what.
fn shared<'s>(scene: &Scene<'s>) -> BTreeMap<(Kind, &'s str), Vec<Part>> {
    let s = scene.snapshot;
    let mut out: BTreeMap<(Kind, &str), Parts> = BTreeMap::new();
    let mut wants: BTreeMap<AgentIx, Metric> = BTreeMap::new();
    for o in &s.state.objectives {
        let metric = Metric::of(&o.metric).filter(|m| matches!(m, Metric::Throughput | Metric::Latency));
        metric.map(|m| wants.insert(o.agent, m));
    }
    for a in s.agent_ixs().filter(|a| !scene.is_dead(*a)) {
        let agent = s.agent(a);
        for d in &agent.reads {
            out.entry((Kind::Data, &s.network.data[d.at()].id)).or_default().entry(a).or_insert((false, None));
        }
        for d in &agent.writes {
            out.entry((Kind::Data, &s.network.data[d.at()].id)).or_default().insert(a, (true, None));
        }
        for (needs, _) in &agent.depends_on {
            out.entry((Kind::Service, needs)).or_default().insert(a, (false, wants.get(&a).copied()));
        }
    }
    let runs_on: BTreeMap<&str, AgentIx> = s.state.running.iter().map(|r| (r.task.as_str(), r.agent)).collect();
    for (_, h) in scene.claims().filter(|(_, h)| h.until > 0) {
        if let Some(a) = h.agent.or_else(|| runs_on.get(h.holder.as_str()).copied()) {
            out.entry((Kind::Resource, scene.resource(h.resource))).or_default().insert(a, (false, None));
        }
    }
    out.into_iter().map(|(k, who)| (k, who.into_iter().map(|(a, (w, m))| (a, w, m)).collect())).collect()
}

fn pair(scene: &Scene<'_>, a: AgentIx, b: AgentIx, shared: &[Shared<'_>]) -> Pair {
    let chance = |(kind, _, opposed): &Shared<'_>| match kind {
        _ if *opposed => 0.6,
        Kind::Data => 0.5,
        Kind::Resource => 0.4,
        Kind::Service => 0.2,
    };
    let mut sorted = shared.to_vec();
    sorted.sort_unstable();
    let of = |kind: Kind| sorted.iter().filter(|x| x.0 == kind).map(|x| x.1.to_owned()).collect();
    Pair {
        agents: [a, b].map(|a| scene.snapshot.agent(a).id.clone()),
        potential: 1.0 - sorted.iter().map(|x| 1.0 - chance(x)).product::<f64>(),
        resources: of(Kind::Resource),
        data: of(Kind::Data),
        services: of(Kind::Service),
        oppositions: sorted.iter().filter(|x| x.2).map(|x| x.1.to_owned()).collect(),
    }
}
