//! Races (Bernstein 1966): two tasks or agents on one data set, at least one of them writing, and no order
//! between them; and accesses that overlap in time. One conflict per data set and subtype.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    order::Order,
    phrases::{listed, span},
    place::Thing,
    severity::Blocked,
};
use crate::model::{Access, AccessMode, AgentIx, DataIx, TaskIx};

/// Most pairs of one data set that are told.
const MAX_PAIRS: usize = 1000;

/// What races on one data set; the first of each pair writes.
#[derive(Default)]
struct Found {
    tasks: Vec<(TaskIx, TaskIx)>,
    agents: Vec<(AgentIx, AgentIx)>,
    accesses: Vec<(usize, usize)>,
}

/// Writers and readers by data set, then their pairs.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let mut found: BTreeMap<(DataIx, Subtype), Found> = BTreeMap::new();
    tasks(scene, &mut found);
    agents(scene, &mut found);
    accesses(scene, &mut found);
    out.extend(found.into_iter().map(|((data, subtype), found)| conflict(scene, data, subtype, found)));
}

fn subtype(both_write: bool) -> Subtype {
    if both_write { Subtype::WriteWriteRace } else { Subtype::ReadWriteRace }
}

/// Who touches each data set, and whether it writes it; writing stands over reading.
fn touching<'l, T: Copy + Ord>(
    rows: impl Iterator<Item = (T, &'l [DataIx], &'l [DataIx])>,
) -> BTreeMap<DataIx, BTreeMap<T, bool>> {
    let mut out: BTreeMap<DataIx, BTreeMap<T, bool>> = BTreeMap::new();
    for (who, reads, writes) in rows {
        for d in reads {
            out.entry(*d).or_default().entry(who).or_insert(false);
        }
        for d in writes {
            out.entry(*d).or_default().insert(who, true);
        }
    }
    out.retain(|_, who| who.len() > 1 && who.values().any(|w| *w));
    out
}

fn tasks(scene: &Scene<'_>, found: &mut BTreeMap<(DataIx, Subtype), Found>) {
    let rows =
        scene.snapshot.task_ixs().map(|t| (t, &scene.snapshot.task(t).reads[..], &scene.snapshot.task(t).writes[..]));
    let mut order = Order::new(scene);
    for (data, who) in touching(rows) {
        let list: Vec<TaskIx> = who.keys().copied().collect();
        let writes: Vec<bool> = who.values().copied().collect();
        for (i, j) in order.unordered(&list, MAX_PAIRS, |i, j| writes[i] || writes[j]) {
            let pair = if writes[i] { (list[i], list[j]) } else { (list[j], list[i]) };
            found.entry((data, subtype(writes[i] && writes[j]))).or_default().tasks.push(pair);
        }
    }
}

fn agents(scene: &Scene<'_>, found: &mut BTreeMap<(DataIx, Subtype), Found>) {
    let snapshot = scene.snapshot;
    let live = snapshot.agent_ixs().filter(|a| !scene.is_dead(*a));
    let rows = live.map(|a| (a, &snapshot.agent(a).reads[..], &snapshot.agent(a).writes[..]));
    let mut needs: BTreeMap<AgentIx, BTreeSet<AgentIx>> = BTreeMap::new();
    for (data, who) in touching(rows) {
        let list: Vec<(AgentIx, bool)> = who.into_iter().collect();
        let mut count = 0;
        'pairs: for (i, (a, writes)) in list.iter().enumerate() {
            for (b, also) in list[i + 1..].iter().filter(|other| *writes || other.1) {
                for x in [*a, *b] {
                    needs.entry(x).or_insert_with(|| all_needs(scene, x));
                }
                if needs[a].contains(b) || needs[b].contains(a) {
                    continue;
                }
                let pair = if *writes { (*a, *b) } else { (*b, *a) };
                found.entry((data, subtype(*writes && *also))).or_default().agents.push(pair);
                count += 1;
                if count >= MAX_PAIRS {
                    break 'pairs;
                }
            }
        }
    }
}

/// Agents that an agent needs, directly or through agents and services.
fn all_needs(scene: &Scene<'_>, a: AgentIx) -> BTreeSet<AgentIx> {
    let services = &scene.snapshot.network.services;
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut queue: Vec<&str> = vec![&scene.snapshot.agent(a).id];
    let mut out = BTreeSet::new();
    while let Some(id) = queue.pop() {
        let list = if let Some(b) = scene.snapshot.find_agent(id) {
            out.insert(b);
            &scene.snapshot.agent(b).depends_on
        } else if let Ok(s) = services.binary_search_by(|s| s.id.as_str().cmp(id)) {
            &services[s].depends_on
        } else {
            continue;
        };
        queue.extend(list.iter().map(|n| n.0.as_str()).filter(|n| seen.insert(n)));
    }
    out.remove(&a);
    out
}

fn accesses(scene: &Scene<'_>, found: &mut BTreeMap<(DataIx, Subtype), Found>) {
    let rows = &scene.snapshot.state.accesses;
    let mut order: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].from < rows[*i].until).collect();
    order.sort_by_key(|i| (rows[*i].data, rows[*i].from, rows[*i].until, *i));
    for own in order.chunk_by(|a, b| rows[*a].data == rows[*b].data) {
        // Accesses that are not over yet where the sweep stands.
        let mut open: Vec<usize> = Vec::new();
        let mut count = 0;
        for i in own {
            open.retain(|j| rows[*j].until > rows[*i].from);
            for j in open.iter().filter(|j| clash(&rows[**j], &rows[*i])) {
                let both = rows[*j].mode == AccessMode::Write && rows[*i].mode == AccessMode::Write;
                let pair = if rows[*j].mode == AccessMode::Write { (*j, *i) } else { (*i, *j) };
                found.entry((rows[*i].data, subtype(both))).or_default().accesses.push(pair);
                count += 1;
            }
            if count >= MAX_PAIRS {
                break;
            }
            open.push(*i);
        }
    }
}

/// True where two accesses that overlap clash. Who reads an older version than the writer makes, reads a
/// snapshot.
fn clash(a: &Access, b: &Access) -> bool {
    let snapshot = |r: &Access, w: &Access| {
        r.mode == AccessMode::Read
            && w.mode == AccessMode::Write
            && r.version.zip(w.version).is_some_and(|(r, w)| r < w)
    };
    let writes = a.mode == AccessMode::Write || b.mode == AccessMode::Write;
    writes && a.holder != b.holder && !snapshot(a, b) && !snapshot(b, a)
}

fn conflict(scene: &Scene<'_>, data: DataIx, subtype: Subtype, found: Found) -> Conflict {
    let snapshot = scene.snapshot;
    let id = &snapshot.network.data[data.at()].id;
    let Found { tasks, agents, accesses } = found;
    let flat = |pairs: &[(usize, usize)]| -> BTreeSet<usize> { pairs.iter().flat_map(|p| [p.0, p.1]).collect() };
    let task_set: BTreeSet<TaskIx> = tasks.iter().flat_map(|p| [p.0, p.1]).collect();
    let agent_set: BTreeSet<AgentIx> = agents.iter().flat_map(|p| [p.0, p.1]).collect();
    let rows = flat(&accesses);
    let mut names: BTreeSet<&str> = task_set.iter().map(|t| snapshot.task(*t).id.as_str()).collect();
    names.extend(agent_set.iter().map(|a| snapshot.agent(*a).id.as_str()));
    names.extend(rows.iter().map(|r| snapshot.state.accesses[*r].holder.as_str()));
    let what = if subtype == Subtype::WriteWriteRace { "write" } else { "read and write" };
    let message = format!("{} {what} `{id}` without an order", listed(names));
    let mut draft =
        Draft::new(subtype, [id], message).other(id).tasks(task_set.iter().copied()).agents(agent_set.iter().copied());
    for t in &task_set {
        let task = snapshot.task(*t);
        let field = if task.writes.contains(&data) { "writes" } else { "reads" };
        let fact = format!("`{}` {field} `{id}`", task.id);
        draft = draft.fact(Thing::Task(*t).entry(field, id), fact).causes([Thing::Task(*t)]);
    }
    for a in &agent_set {
        let agent = snapshot.agent(*a);
        let field = if agent.writes.contains(&data) { "writes" } else { "reads" };
        let fact = format!("`{}` {field} `{id}`", agent.id);
        draft = draft.fact(Thing::Agent(*a).entry(field, id), fact).causes([Thing::Agent(*a)]);
    }
    for r in &rows {
        let access = &snapshot.state.accesses[*r];
        let verb = if access.mode == AccessMode::Write { "writes" } else { "reads" };
        let fact = format!("`{}` {verb} it {}", access.holder, span(access.from, access.until));
        draft =
            draft.holders([&scene.holder(&access.holder)]).fact(Thing::Access(*r), fact).causes([Thing::Access(*r)]);
    }
    let blocked = if agent_set.is_empty() || !task_set.is_empty() { Blocked::AtRisk } else { Blocked::Nothing };
    draft.weighs(blocked, 0).build(scene, Case::Race { data, tasks, agents, accesses })
}
