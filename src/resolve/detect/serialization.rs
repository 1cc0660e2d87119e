//! Cycles in the serialization graph: accesses of tasks that no serial order of the tasks explains (Papadimitriou
//! 1979). Agents live on between their accesses, so only tasks count as transactions.

use std::collections::BTreeMap;

use super::{
    super::{
        Scene,
        cases::Case,
        conflict::{Conflict, Subtype},
        draft::Draft,
        phrases::{listed, span},
        place::Thing,
        severity::Blocked,
    },
    lost_update,
};
use crate::{
    graph::Directed,
    model::{Access, AccessMode, TaskIx},
};

/// An access (row) that has to come before another.
type Before = (usize, usize);

/// One conflict per strong component. What a lost update alone explains is told there.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let rows = &scene.snapshot.state.accesses;
    let task = |i: usize| scene.snapshot.find_task(&rows[i].holder);
    let mut own: Vec<usize> = (0..rows.len()).filter(|i| task(*i).is_some()).collect();
    if own.is_empty() {
        return;
    }
    own.sort_by_key(|i| (rows[*i].data, rows[*i].from, rows[*i].until, *i));
    let mut before: Vec<Before> = Vec::new();
    for of_data in own.chunk_by(|a, b| rows[*a].data == rows[*b].data) {
        if of_data.iter().all(|i| rows[*i].version.is_some()) {
            by_version(rows, of_data, &mut before);
        } else {
            by_time(rows, of_data, &mut before);
        }
    }
    let lost: Vec<_> = lost_update::all(scene)
        .iter()
        .map(|l| (l.data, rows[l.writes[0]].holder.as_str(), rows[l.writes[1]].holder.as_str()))
        .collect();
    before.retain(|(a, b)| {
        let (a, b) = (&rows[*a], &rows[*b]);
        let told = |x: &Access, y: &Access| lost.contains(&(x.data, x.holder.as_str(), y.holder.as_str()));
        a.holder != b.holder && !told(a, b) && !told(b, a)
    });
    let arcs: Vec<(u32, u32)> = before.iter().filter_map(|(a, b)| Some((task(*a)?.0, task(*b)?.0))).collect();
    let condensed = Directed::new(scene.snapshot.tasks.len(), arcs).condensed();
    for c in &condensed.cycles {
        let inside = |i: usize| task(i).is_some_and(|t| condensed.component[t.at()] == *c);
        let pairs = before.iter().filter(|(a, b)| inside(*a) && inside(*b));
        let mut accesses: Vec<usize> = pairs.flat_map(|(a, b)| [*a, *b]).collect();
        accesses.sort_unstable();
        accesses.dedup();
        let tasks: Vec<TaskIx> = condensed.members[*c as usize].iter().map(|t| TaskIx(*t)).collect();
        out.push(conflict(scene, &tasks, accesses));
    }
}

/// Writer of a version before its readers and before the next writer; readers before the next writer.
fn by_version(rows: &[Access], own: &[usize], out: &mut Vec<Before>) {
    let mut versions: BTreeMap<u64, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for i in own {
        let (reads, writes) = versions.entry(rows[*i].version.unwrap_or(0)).or_default();
        if rows[*i].mode == AccessMode::Read { reads } else { writes }.push(*i);
    }
    let mut last: Vec<usize> = Vec::new();
    for (reads, writes) in versions.values() {
        if !writes.is_empty() {
            out.extend(last.iter().flat_map(|a| writes.iter().map(|b| (*a, *b))));
            last.clear();
            last.extend(writes);
        }
        out.extend(writes.iter().flat_map(|a| reads.iter().map(|b| (*a, *b))));
        last.extend(reads);
    }
}

/// Conflicting accesses in the order of their times; those that overlap are races.
fn by_time(rows: &[Access], own: &[usize], out: &mut Vec<Before>) {
    let (mut writer, mut readers): (Option<usize>, Vec<usize>) = (None, Vec::new());
    for i in own {
        out.extend(writer.filter(|w| rows[*w].until <= rows[*i].from).map(|w| (w, *i)));
        if rows[*i].mode == AccessMode::Write {
            out.extend(readers.drain(..).filter(|r| rows[*r].until <= rows[*i].from).map(|r| (r, *i)));
            writer = Some(*i);
        } else {
            readers.push(*i);
        }
    }
}

fn conflict(scene: &Scene<'_>, tasks: &[TaskIx], accesses: Vec<usize>) -> Conflict {
    let ids: Vec<&str> = tasks.iter().map(|t| scene.snapshot.task(*t).id.as_str()).collect();
    let message = format!("no serial order of {} explains their accesses", listed(ids.iter().copied()));
    let mut draft = Draft::new(Subtype::SerializationCycle, ids.iter().copied(), message)
        .tasks(tasks.iter().copied())
        .weighs(Blocked::AtRisk, 0);
    for row in &accesses {
        let a = &scene.snapshot.state.accesses[*row];
        let data = &scene.snapshot.network.data[a.data.at()].id;
        let verb = if a.mode == AccessMode::Write { "writes" } else { "reads" };
        let version = a.version.map_or_else(String::new, |v| format!(" version {v} of"));
        let fact = format!("`{}` {verb}{version} `{data}` {}", a.holder, span(a.from, a.until));
        draft = draft.other(data).fact(Thing::Access(*row), fact).causes([Thing::Access(*row)]);
    }
    let holders = ids.iter().map(|id| scene.holder(id)).collect();
    draft.build(scene, Case::Serialization { holders, accesses })
}
