//! The fewest changes that would have prevented the conflicts: each conflict has changes of which any one
//! would have, and a minimum hitting set of them (Reiter 1987) is applied to the snapshot as it was read and
//! detected again. What does not hold that test is not recommended.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Scene,
    apply::Working,
    cases::{Bond, Carried, Case, Clash, Pool},
    change::Change,
    conflict::Conflict,
    describe::describe,
    detect::detect,
    place::Claim,
    rules::hitting,
};
use crate::model::{AgentStatus, HoldMode, Plan, ServiceIx, Snapshot, TaskIx};

/// Nodes that the search for a hitting set may visit.
const WORK: u64 = 2_000_000;
/// Times that a set which does not hold its test is chosen anew.
const ROUNDS: usize = 3;
/// Most edges of a circle of which each is tried.
const MAX_EDGES: usize = 200;

/// One change of `prevention_recommendations`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Recommendation {
    /// What to do, in one sentence.
    pub change: String,
    /// The conflicts that it would have prevented.
    pub prevents: Vec<String>,
    /// Applied with the others and detected again: these conflicts are gone, and nothing new came.
    pub verified: bool,
    /// No smaller set of the changes considered prevents as much.
    pub proven_fewest: bool,
}

/// Changes to be made together, with the conflicts (by position) they would have prevented, and how drastic it is (0 to 9).
struct Candidate {
    changes: Vec<Change>,
    drastic: u64,
    hits: BTreeSet<usize>,
}

/// Recommends what would have prevented these conflicts, those that prevent the most first.
pub fn recommend(snapshot: &Snapshot, plan: Option<&Plan>, conflicts: &[Conflict]) -> Vec<Recommendation> {
    let scene = Scene::new(snapshot, plan);
    let mut candidates = candidates(&scene, conflicts);
    let mut out = Vec::new();
    for _ in 0..ROUNDS {
        let by_conflict = sets(&candidates);
        let chosen = hitting::least(
            &by_conflict,
            |k| 1000 * candidates[k as usize].changes.len() as u64 + candidates[k as usize].drastic,
            &mut { WORK },
        );
        let failed = test(snapshot, plan, conflicts, &candidates, &chosen.elements);
        let holds = |k: &u32| candidates[*k as usize].hits.is_disjoint(&failed);
        out = chosen
            .elements
            .iter()
            .filter(|k| holds(k))
            .map(|k| &candidates[*k as usize])
            .map(|c| Recommendation {
                change: c.changes.iter().map(|x| describe(snapshot, x)).collect::<Vec<_>>().join("; "),
                prevents: c.hits.iter().map(|i| conflicts[*i].id.clone()).collect(),
                verified: true,
                proven_fewest: chosen.proven_minimal,
            })
            .collect::<Vec<_>>();
        if failed.is_empty() {
            break;
        }
        let chosen: BTreeSet<u32> = chosen.elements.into_iter().filter(|k| !holds(k)).collect();
        let mut k = 0;
        candidates.retain(|_| {
            k += 1;
            !chosen.contains(&(k - 1))
        });
    }
    out.sort_by(|a, b| {
        b.prevents.len().cmp(&a.prevents.len()).then_with(|| (&a.change, &a.prevents).cmp(&(&b.change, &b.prevents)))
    });
    out
}

/// For each conflict the candidates (by position) that would have prevented it.
fn sets(candidates: &[Candidate]) -> Vec<Vec<u32>> {
    let mut out: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for (k, c) in candidates.iter().enumerate() {
        c.hits.iter().for_each(|i| out.entry(*i).or_default().push(k as u32));
    }
    out.into_values().collect()
}

/// Applies what was chosen and detects again: the conflicts that are still there although something chosen
/// should have prevented them, or that share a thing with one that came.
fn test(
    snapshot: &Snapshot,
    plan: Option<&Plan>,
    conflicts: &[Conflict],
    candidates: &[Candidate],
    chosen: &[u32],
) -> BTreeSet<usize> {
    let mut working = Working::new(snapshot, plan);
    working.apply(chosen.iter().flat_map(|k| &candidates[*k as usize].changes));
    let left = detect(&Scene::new(&working.snapshot, working.plan.as_ref()));
    let known: BTreeMap<&str, usize> = conflicts.iter().enumerate().map(|(i, c)| (c.id.as_str(), i)).collect();
    let mut out = BTreeSet::new();
    for c in &left {
        if let Some(i) = known.get(c.id.as_str()) {
            out.insert(*i);
            continue;
        }
        let shares = |k: &Conflict| {
            k.tasks.iter().any(|t| c.tasks.binary_search(t).is_ok())
                || k.agents.iter().any(|a| c.agents.binary_search(a).is_ok())
                || k.others.iter().any(|o| c.others.binary_search(o).is_ok())
        };
        out.extend(conflicts.iter().enumerate().filter(|(_, k)| shares(k)).map(|(i, _)| i));
    }
    out
}

fn candidates(scene: &Scene<'_>, conflicts: &[Conflict]) -> Vec<Candidate> {
    let mut out: BTreeMap<String, Candidate> = BTreeMap::new();
    for (i, conflict) in conflicts.iter().enumerate() {
        let options = contention(scene, &conflict.case)
            .or_else(|| wishes(scene, &conflict.case))
            .or_else(|| dependencies(scene, &conflict.case))
            .unwrap_or_default();
        for (drastic, changes) in options {
            // Changes have no order of their own; their text is as good as any.
            let key = format!("{changes:?}");
            let entry = out.entry(key).or_insert_with(|| Candidate { changes, drastic, hits: BTreeSet::new() });
            entry.hits.insert(i);
        }
    }
    out.into_values().collect()
}

/// How drastic, and what is to be changed together.
type Options = Vec<(u64, Vec<Change>)>;

fn contention(scene: &Scene<'_>, case: &Case) -> Option<Options> {
    Some(match case {
        Case::OverUse { resource, claims, peak, limit, stretches, .. } => {
            let over = peak - limit;
            let enough = |c: &&Claim| {
                let h = scene.claim(**c);
                h.amount + 1e-9 >= over && stretches.iter().all(|s| h.since <= s.0 && s.1 <= h.until)
            };
            let drops = claims.iter().filter(enough).map(|c| (3, vec![Change::DropClaim(*c)]));
            drops.chain([(1, vec![Change::SetCapacity(*resource, *peak)])]).collect()
        }
        Case::Overdrawn { pool: Pool::Resource(r), total, .. } => vec![(1, vec![Change::SetBudget(*r, *total)])],
        Case::DoubleHold { pairs, .. } => {
            let in_all = |c: &Claim| pairs.iter().all(|p| p.0 == *c || p.1 == *c);
            let ends: BTreeSet<Claim> = pairs.iter().flat_map(|p| [p.0, p.1]).filter(in_all).collect();
            let exclusive: Vec<Claim> =
                pairs.iter().flat_map(|p| [p.0, p.1]).filter(|c| scene.claim(*c).mode == HoldMode::Exclusive).collect();
            let share = ends
                .iter()
                .filter(|c| exclusive.iter().all(|x| x == *c))
                .map(|c| (1, vec![Change::SetMode(*c, HoldMode::Shared)]));
            let drops = ends.iter().map(|c| (3, vec![Change::DropClaim(*c)]));
            share.chain(drops).collect()
        }
        Case::Deadlock { waits, claims, .. } => {
            let waits = waits.iter().map(|w| (2, vec![Change::DropWait(*w)]));
            waits.chain(claims.iter().map(|c| (3, vec![Change::DropClaim(*c)]))).collect()
        }
        Case::Unsafe { claims, .. } => claims.iter().map(|c| (3, vec![Change::DropClaim(*c)])).collect(),
        Case::Starvation { wait, overtakers, .. } => {
            let own = (3, vec![Change::DropWait(*wait)]);
            overtakers.iter().map(|c| (2, vec![Change::DropClaim(*c)])).chain([own]).collect()
        }
        Case::Overcommitted { agent, carried: Carried::Load, amount, .. } => {
            vec![(1, vec![Change::SetAgentCapacity(*agent, *amount)])]
        }
        Case::Overcommitted { agent, carried: Carried::Slots, amount, .. } => {
            vec![(1, vec![Change::SetSlots(*agent, *amount as u32)])]
        }
        Case::Unservable { agents, need, room, .. } => agents
            .iter()
            .filter_map(|a| {
                Some((2, vec![Change::SetAgentCapacity(*a, scene.snapshot.agent(*a).capacity? + need - room + 1e-6)]))
            })
            .collect(),
        _ => return None,
    })
}

fn wishes(scene: &Scene<'_>, case: &Case) -> Option<Options> {
    let objectives = &scene.snapshot.state.objectives;
    Some(match case {
        Case::Directives { rows, .. } => rows.iter().map(|r| (2, vec![Change::DropDirective(*r)])).collect(),
        Case::Inversion { high, waits, inherits, .. } => {
            let raise = inherits.iter().map(|(t, p)| Change::SetPriority(*t, *p)).collect();
            let alone = |w: &usize| {
                inherits.len() == 1 && scene.snapshot.state.waits[*w].holder == scene.snapshot.task(*high).id
            };
            let drops = waits.iter().filter(|w| alone(w)).map(|w| (3, vec![Change::DropWait(*w)]));
            drops.chain([(1, raise)]).collect()
        }
        Case::DeadlineAgainstPriority { first, second, directive, late_by, .. } => {
            let due = scene
                .snapshot
                .task(*second)
                .deadline
                .map(|d| (2, vec![Change::SetDeadline(*second, Some(d + late_by))]));
            let rank = (3, vec![Change::SetPriority(*second, scene.snapshot.task(*first).priority)]);
            let other = directive.map_or(rank, |row| (1, vec![Change::DropDirective(row)]));
            due.into_iter().chain([other]).collect()
        }
        Case::Objectives { rows, .. } => match rows[..] {
            [(row, nearest)] => vec![(1, vec![Change::SetTarget(row, nearest)])],
            _ => rows.iter().map(|(row, _)| (2, vec![Change::DropObjective(*row)])).collect(),
        },
        Case::Opposed { rows, wanted, possible, .. } => {
            let less = |row: &usize| Some(objectives[*row].target - (wanted - possible)).filter(|t| *t > 0.0);
            rows.iter().filter_map(|row| Some((1, vec![Change::SetTarget(*row, less(row)?)]))).collect()
        }
        _ => return None,
    })
}

fn dependencies(scene: &Scene<'_>, case: &Case) -> Option<Options> {
    let pin = |t: &TaskIx| (1, vec![Change::SetPin(*t, None)]);
    Some(match case {
        Case::Cycle { tasks, hard, .. } => {
            let alone = |edge: &&(TaskIx, TaskIx)| hard.len() == tasks.len() || breaks(tasks, hard, **edge);
            hard.iter().take(MAX_EDGES).filter(alone).map(|(b, t)| (2, vec![Change::DropDependency(*t, *b)])).collect()
        }
        Case::NeedCycle { needs } => needs.iter().map(|n| (2, vec![Change::SetNeed(n.clone(), None)])).collect(),
        Case::MissingPredecessor { task, missing } => vec![(1, vec![Change::DropMissing(*task, missing.clone())])],
        Case::FailedPredecessor { agent, .. } | Case::TaskOnDead { agent, bond: Bond::Running(_), .. } => {
            vec![(1, vec![Change::SetStatus(*agent, AgentStatus::Active)])]
        }
        Case::TaskOnDead { agent, task, .. } => {
            let up = (1, vec![Change::SetStatus(*agent, AgentStatus::Active)]);
            task.iter().map(|t| (2, vec![Change::SetPin(*t, None)])).chain([up]).collect()
        }
        Case::DeadNeed { chain } => {
            let last = chain.last()?;
            let services = &scene.snapshot.network.services;
            let service = services.binary_search_by(|s| s.id.as_str().cmp(&last.needs)).ok();
            let agent =
                scene.snapshot.find_agent(&last.needs).map(|a| (1, vec![Change::SetStatus(a, AgentStatus::Active)]));
            let up = || service.map(|s| (1, vec![Change::SetServiceStatus(ServiceIx::of(s), "up".into())]));
            agent.or_else(up).into_iter().chain([(2, vec![Change::SetNeed(last.clone(), None)])]).collect()
        }
        Case::Late { task, earliest, .. } => vec![(1, vec![Change::SetDeadline(*task, Some(*earliest))])],
        Case::Placement(clash) => match clash {
            Clash::TogetherApart(a, b) => vec![(1, vec![Change::DropApart(*a, *b)])],
            Clash::PinnedTwice(tasks) if tasks.len() == 2 => tasks.iter().map(pin).collect(),
            Clash::PinnedApart(a, b) => vec![pin(a), pin(b), (2, vec![Change::DropApart(*a, *b)])],
            Clash::NoCommonAgent(tasks) if tasks.len() == 2 => {
                vec![(2, vec![Change::DropTogether(tasks[0], tasks[1])])]
            }
            Clash::BadPin(t) => vec![pin(t)],
            Clash::TooManyApart(tasks) if tasks.len() == 2 => vec![(2, vec![Change::DropApart(tasks[0], tasks[1])])],
            _ => Vec::new(),
        },
        Case::Race { tasks, agents, accesses, .. } if tasks.len() > 1 && agents.is_empty() && accesses.is_empty() => {
            vec![(1, in_a_row(scene, tasks))]
        }
        Case::Race { tasks, agents, accesses, .. } => match (&tasks[..], &agents[..], &accesses[..]) {
            ([(a, b)], [], []) => {
                vec![(1, vec![Change::AddDependency(*b, *a)]), (1, vec![Change::AddDependency(*a, *b)])]
            }
            ([], [], [(a, b)]) => vec![(2, vec![Change::DropAccess(*a)]), (2, vec![Change::DropAccess(*b)])],
            _ => Vec::new(),
        },
        Case::LostUpdate { writes, .. } => writes.iter().map(|w| (2, vec![Change::DropAccess(*w)])).collect(),
        Case::Serialization { accesses, .. } => accesses.iter().map(|a| (2, vec![Change::DropAccess(*a)])).collect(),
        _ => return None,
    })
}

/// The tasks of pairs without an order one after the other, in a topological order.
fn in_a_row(scene: &Scene<'_>, pairs: &[(TaskIx, TaskIx)]) -> Vec<Change> {
    let all: BTreeSet<TaskIx> = pairs.iter().flat_map(|p| [p.0, p.1]).collect();
    let mut row: Vec<TaskIx> = all.into_iter().collect();
    row.sort_by_key(|t| (scene.rank[t.at()], *t));
    row.windows(2).map(|pair| Change::AddDependency(pair[1], pair[0])).collect()
}

/// True where no circle is left without one edge (Kahn 1962).
fn breaks(tasks: &[TaskIx], hard: &[(TaskIx, TaskIx)], without: (TaskIx, TaskIx)) -> bool {
    let mut waits: BTreeMap<TaskIx, usize> = tasks.iter().map(|t| (*t, 0)).collect();
    let mut after: BTreeMap<TaskIx, Vec<TaskIx>> = BTreeMap::new();
    for (b, t) in hard.iter().filter(|e| **e != without) {
        *waits.entry(*t).or_default() += 1;
        after.entry(*b).or_default().push(*t);
    }
    let mut ready: Vec<TaskIx> = waits.iter().filter(|w| *w.1 == 0).map(|w| *w.0).collect();
    let mut done = 0;
    while let Some(t) = ready.pop() {
        done += 1;
        for next in after.get(&t).into_iter().flatten() {
            let left = waits.entry(*next).or_default();
            *left -= 1;
            if *left == 0 {
                ready.push(*next);
            }
        }
    }
    done == tasks.len()
}
