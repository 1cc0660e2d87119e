//! `data_synchronization`: races are ended by an order that lengthens the critical path least, or by snapshot reads
//! where the policies allow them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::Case,
        change::Change,
        phrases::{span, time},
        place::Thing,
    },
    calendar::{Booking, Calendar},
    outline::{Outline, moment, name, pairs},
    timing::Timing,
};
use crate::model::{AccessMode, AgentIx, DataIx, Ms, TaskIx};

const TYPE: &str = "data_synchronization";

/// Races of tasks, agents and accesses on one data set.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, allowed: Permissions) -> Option<Proposal> {
    let Case::Race { data, tasks, agents, accesses } = &conflict.case else { return None };
    let id = &scene.snapshot.network.data[data.at()].id;
    let writes = |t: TaskIx| scene.snapshot.task(t).writes.contains(data);
    let agent_writes = |a: AgentIx| scene.snapshot.agent(a).writes.contains(data);
    let reads_only = tasks.iter().all(|(_, b)| !writes(*b)) && agents.iter().all(|(_, b)| !agent_writes(*b));
    let mut text = Outline::new(TYPE);
    let mut changes = Vec::new();
    let mut open = None;
    if allowed.snapshot_reads && reads_only && accesses.is_empty() {
        let copy = fresh_id(scene, id);
        text = text.param("method", "snapshot_reads").param("copy", copy.as_str());
        text = text.step(format!("copy `{id}` to `{copy}` as it is now; who only reads, reads the copy"));
        changes.extend(copied(*data, &copy, tasks, agents));
    } else {
        text = text.param("method", "serialize");
        let edges = order(scene, *data, tasks);
        let timing = Timing::of(scene);
        let longer: Ms = edges.iter().map(|(a, b)| timing.lengthened(*a, *b)).max().unwrap_or(0);
        text = text
            .param("order", pairs(scene, &edges))
            .param("critical_path_lengthened_by", moment(longer))
            .steps(edges.iter().map(|(a, b)| format!("`{}` waits for `{}`", name(scene, *b), name(scene, *a))));
        changes.extend(edges.iter().map(|(a, b)| Change::AddDependency(*b, *a)));
        let moved = in_turn(scene, accesses);
        let rows = &scene.snapshot.state.accesses;
        text = text.param("windows", windows(scene, &moved)).steps(
            moved.iter().map(|(r, from, until)| format!("`{}` has `{id}` {}", rows[*r].holder, span(*from, *until))),
        );
        changes.extend(moved.iter().map(|(r, from, until)| Change::SetAccessWindow(*r, *from, *until)));
        if !agents.is_empty() {
            open = Some(format!("agents that read and write `{id}` all the time have no order that a plan could give"));
        }
        if longer > 0 {
            text = text.param("note", format!("the end of everything moves by {}", time(longer)));
        }
    }
    let touched: BTreeSet<Thing> = tasks.iter().flat_map(|(a, b)| [Thing::Task(*a), Thing::Task(*b)]).collect();
    text = text
        .expect(format!("whoever uses `{id}` finds it as if all ran one after the other"))
        .criterion(format!("any two of which one writes `{id}` are ordered"))
        .changes(changes)
        .touches(touched);
    Some(match open {
        Some(why) => text.escalate(why).done(),
        None => text.done(),
    })
}

/// An id for a copy that nothing has yet.
fn fresh_id(scene: &Scene<'_>, id: &str) -> String {
    let mut name = format!("{id}-snapshot");
    while scene.snapshot.network.data.iter().any(|d| d.id == name) {
        name.push('+');
    }
    name
}

fn copied(data: DataIx, copy: &str, tasks: &[(TaskIx, TaskIx)], agents: &[(AgentIx, AgentIx)]) -> Vec<Change> {
    let readers: BTreeSet<TaskIx> = tasks.iter().map(|p| p.1).collect();
    let others: BTreeSet<AgentIx> = agents.iter().map(|p| p.1).collect();
    let mut out = vec![Change::AddCopy(data, copy.to_owned())];
    out.extend(readers.into_iter().map(|t| Change::ReadCopy(t, data, copy.to_owned())));
    out.extend(others.into_iter().map(|a| Change::AgentReadsCopy(a, data, copy.to_owned())));
    out
}

/// Orders for the racing pairs, `(first, second)`. Of a single pair the way round that makes the longest chain
/// through both shorter; of several one order of all by topological rank, which closes no circle, and of it only
/// what the writes need.
fn order(scene: &Scene<'_>, data: DataIx, racing: &[(TaskIx, TaskIx)]) -> Vec<(TaskIx, TaskIx)> {
    let timing = Timing::of(scene);
    let rank = |t: TaskIx| (scene.rank[t.at()].is_none(), scene.rank[t.at()], t);
    if let [(a, b)] = racing {
        let (a, b) = if rank(*a) <= rank(*b) { (*a, *b) } else { (*b, *a) };
        let turned = timing.through(b, a) < timing.through(a, b);
        return vec![if turned { (b, a) } else { (a, b) }];
    }
    let known: BTreeSet<(TaskIx, TaskIx)> = racing.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect();
    let mut all: Vec<TaskIx> = racing.iter().flat_map(|(a, b)| [*a, *b]).collect();
    // By earliest finish, which respects every order that there is.
    all.sort_unstable_by_key(|t| (timing.finish[t.at()].unwrap_or(Ms::MAX), rank(*t)));
    all.dedup();
    let mut out = Vec::new();
    let (mut writer, mut readers): (Option<TaskIx>, Vec<TaskIx>) = (None, Vec::new());
    for t in all {
        let mut add = |before: TaskIx| {
            if known.contains(&(before, t)) {
                out.push((before, t));
            }
        };
        if scene.snapshot.task(t).writes.contains(&data) {
            readers.drain(..).chain(writer).for_each(&mut add);
            writer = Some(t);
        } else {
            if let Some(before) = writer {
                add(before);
            }
            readers.push(t);
        }
    }
    out
}

/// Later windows for accesses that overlap: writes alone, reads beside reads, in the order of their beginnings.
fn in_turn(scene: &Scene<'_>, racing: &[(usize, usize)]) -> Vec<(usize, Ms, Ms)> {
    let rows = &scene.snapshot.state.accesses;
    let mut involved: Vec<usize> = racing.iter().flat_map(|p| [p.0, p.1]).collect();
    involved.sort_unstable_by_key(|r| (rows[*r].from, rows[*r].until, *r));
    involved.dedup();
    let Some(data) = involved.first().map(|r| rows[*r].data) else { return Vec::new() };
    let booking = |r: usize| Booking {
        since: rows[r].from,
        until: rows[r].until,
        amount: 1.0,
        alone: rows[r].mode == AccessMode::Write,
    };
    // As many beside each other as there are; an endless capacity would drown what is left in noise.
    let mut calendar = Calendar::new(rows.len().max(1) as f64);
    for r in (0..rows.len()).filter(|r| {
        rows[*r].data == data
            && involved
                .binary_search_by_key(&(rows[*r].from, rows[*r].until, *r), |i| (rows[*i].from, rows[*i].until, *i))
                .is_err()
    }) {
        calendar.add(booking(r));
    }
    let mut out = Vec::new();
    for r in involved {
        let wanted = booking(r);
        // What never ends lets nobody in after it: it is told, and detection decides.
        let found = calendar.first_fit(wanted, wanted.since).unwrap_or(wanted);
        calendar.add(found);
        if found != wanted {
            out.push((r, found.since, found.until));
        }
    }
    out
}

fn windows(scene: &Scene<'_>, moved: &[(usize, Ms, Ms)]) -> Vec<Value> {
    let rows = &scene.snapshot.state.accesses;
    let row = |(r, from, until): &(usize, Ms, Ms)| json!({"holder": rows[*r].holder, "from": moment(*from), "until": moment(*until)});
    moved.iter().map(row).collect()
}
