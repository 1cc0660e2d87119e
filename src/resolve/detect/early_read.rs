//! Readers before their only writer: a data set without a home does not exist yet, one task makes it, and
//! another that comes before that one reads it.

use std::collections::BTreeMap;

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    order::Order,
    phrases::listed,
    place::Thing,
    severity::Blocked,
};
use crate::model::{DataIx, TaskIx};

/// Readers and writers of one data set.
#[derive(Default)]
struct Users {
    readers: Vec<TaskIx>,
    writers: Vec<TaskIx>,
}

/// One conflict per data set, a search per reader.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let snapshot = scene.snapshot;
    let mut users: BTreeMap<DataIx, Users> = BTreeMap::new();
    for t in snapshot.task_ixs() {
        let task = snapshot.task(t);
        task.reads.iter().for_each(|d| users.entry(*d).or_default().readers.push(t));
        task.writes.iter().for_each(|d| users.entry(*d).or_default().writers.push(t));
    }
    for a in &snapshot.agents {
        a.writes.iter().for_each(|d| drop(users.remove(d)));
    }
    let mut order = Order::new(scene);
    for (data, users) in users {
        let [writer] = users.writers[..] else { continue };
        if snapshot.network.data[data.at()].home.is_some() {
            continue;
        }
        let early = |t: &TaskIx| *t != writer && (order.before(*t, writer) || planned_before(scene, *t, writer));
        let readers: Vec<TaskIx> = users.readers.into_iter().filter(early).collect();
        if !readers.is_empty() {
            out.push(conflict(scene, data, readers, writer));
        }
    }
}

/// True where the given plan starts the reader before the writer is done.
fn planned_before(scene: &Scene<'_>, reader: TaskIx, writer: TaskIx) -> bool {
    let at = |t: TaskIx| scene.plan.and_then(|p| p.placements[t.at()]);
    at(reader).zip(at(writer)).is_some_and(|(r, w)| r.start < w.finish)
}

fn conflict(scene: &Scene<'_>, data: DataIx, readers: Vec<TaskIx>, writer: TaskIx) -> Conflict {
    let id = &scene.snapshot.network.data[data.at()].id;
    let name = |t: TaskIx| scene.snapshot.task(t).id.as_str();
    let who = listed(readers.iter().map(|t| name(*t)));
    let message = format!("{who} read `{id}` before `{}`, which alone makes it", name(writer));
    let mut draft = Draft::new(Subtype::EarlyRead, [id], message)
        .other(id)
        .tasks(readers.iter().copied())
        .tasks([writer])
        .fact(Thing::Task(writer).entry("writes", id), format!("`{}` writes `{id}`", name(writer)))
        .fact(Thing::Data(data), format!("`{id}` has no home: it is not there yet"))
        .causes([Thing::Data(data), Thing::Task(writer)])
        .weighs(Blocked::Stands, 0);
    for t in &readers {
        let fact = format!("`{}` reads `{id}` and comes before `{}`", name(*t), name(writer));
        draft = draft.fact(Thing::Task(*t).entry("reads", id), fact).causes([Thing::Task(*t)]);
    }
    draft.build(scene, Case::EarlyRead { data, readers, writer })
}
