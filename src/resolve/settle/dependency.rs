//! `dependency_resolution`: topological sorting with what can run in parallel; circles by a least feedback arc
//! set. Hard dependencies are cut only where that is permitted, else the cut is proposed and the conflict escalates.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::{Case, Need},
        change::Change,
        phrases::listed,
        place::Thing,
    },
    outline::{Outline, name, names, pairs},
};
use crate::{
    graph::feedback::{self, Arc, Feedback},
    lp::cover,
    model::{DataIx, TaskIx},
    report::plural,
};

/// Most work for one component: it settles most graphs of 300 arcs with proof.
const MOST: u64 = 1_000_000;
/// Least work for one, when the scene's is used up.
const LEAST: u64 = 2_000;
/// A dependency weighs so much more than a megabyte that it hands on.
const UNIT: f64 = 1000.0;
/// An arc that must not be cut.
const KEPT: i64 = 1 << 40;

/// A least feedback arc set, within the work that the scene has left.
fn least(scene: &Scene<'_>, vertices: usize, arcs: &[Arc]) -> Feedback {
    let share = scene.work.get().clamp(LEAST, MOST);
    let mut left = share;
    let found = feedback::least(vertices, arcs, &mut left, &cover::relax);
    scene.work.set(scene.work.get().saturating_sub(share - left));
    found
}

fn outline(allowed: Permissions) -> Outline {
    Outline::new("dependency_resolution")
        .param("resolution_method", "topological_sorting")
        .param("parallel_execution", true)
        .param("dependency_breaking", allowed.break_dependencies)
}

/// Circles, missing predecessors, and data that is read before it is made.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, allowed: Permissions) -> Option<Proposal> {
    Some(match &conflict.case {
        Case::Cycle { tasks, hard, soft } => cycle(scene, tasks, hard, soft, allowed),
        Case::NeedCycle { needs } => need_cycle(scene, needs, allowed),
        Case::MissingPredecessor { task, missing } => missing_one(scene, *task, missing, allowed),
        Case::EarlyRead { data, readers, writer } => early_read(scene, *data, readers, *writer, allowed),
        _ => return None,
    })
}

/// Applies the cuts where permitted; else proposes them and escalates.
fn cut(outline: Outline, cuts: Vec<Change>, more: Vec<Change>, allowed: Permissions) -> Proposal {
    let n = plural(cuts.len(), "hard dependency").replace("dependencys", "dependencies");
    if allowed.break_dependencies || cuts.is_empty() {
        outline.changes(cuts).changes(more).done()
    } else {
        let why = format!("{n} would have to be cut, which only a person or `--allow-breaking` may do");
        outline.only_proposed(cuts.into_iter().chain(more), why).done()
    }
}

/// What cutting a hard dependency costs, beside soft ones: one for the wish to have it, and a thousandth per
/// kilobyte of data that it hands on, so that those without data go first. Soft ones only break ties.
fn arcs(scene: &Scene<'_>, tasks: &[TaskIx], hard: &[(TaskIx, TaskIx)], soft: &[(TaskIx, TaskIx)]) -> Vec<Arc> {
    let at = |t: TaskIx| tasks.binary_search(&t).unwrap_or(0) as u32;
    let data = |(before, after): &(TaskIx, TaskIx)| {
        let of = scene.snapshot.task(*after).depends_on.iter().filter(|d| d.task == *before && !d.soft);
        of.map(|d| d.data_mb).fold(0.0, f64::max)
    };
    let weighted = hard.iter().any(|e| data(e) > 0.0);
    let scale = soft.len() as i64 + 1;
    let weight = |e: &(TaskIx, TaskIx)| {
        if weighted { (UNIT * (1.0 + data(e).min(1e6))).round() as i64 * scale } else { scale }
    };
    let of = |e: &(TaskIx, TaskIx), weight: i64| Arc { from: at(e.0), to: at(e.1), weight };
    hard.iter().map(|e| of(e, weight(e))).chain(soft.iter().map(|e| of(e, 1))).collect()
}

/// What to cut of a circle, and what is known of it.
struct Cut {
    /// Hard dependencies, `(before, after)`.
    cuts: Vec<(TaskIx, TaskIx)>,
    kept: Vec<(TaskIx, TaskIx)>,
    /// Soft ones that the order then contradicts.
    ignored: Vec<(TaskIx, TaskIx)>,
    weight: f64,
    bound: f64,
    proven: bool,
}

/// The hard dependencies of the least weight without which no circle is left; of equal choices the one that
/// contradicts the fewest soft ones.
fn cheapest(scene: &Scene<'_>, tasks: &[TaskIx], hard: &[(TaskIx, TaskIx)], soft: &[(TaskIx, TaskIx)]) -> Cut {
    let arcs = arcs(scene, tasks, hard, soft);
    let scale = soft.len() as i64 + 1;
    let mut found = least(scene, tasks.len(), &arcs);
    let is_hard = |i: &u32| (*i as usize) < hard.len();
    let weigh = |found: &Feedback| {
        found.arcs.iter().filter(|i| is_hard(i)).map(|i| arcs[*i as usize].weight / scale).sum::<i64>()
    };
    // Soft ones weigh less than one unit together: what is left of the bound holds for the hard ones.
    let mut bound = (found.bound / scale).min(weigh(&found));
    if bound < weigh(&found) && !soft.is_empty() {
        let alone: Vec<Arc> = arcs[..hard.len()].iter().map(|a| Arc { weight: a.weight / scale, ..*a }).collect();
        let other = least(scene, tasks.len(), &alone);
        bound = bound.max(other.bound);
        if other.weight < weigh(&found) {
            found = other;
        }
    }
    let weight = weigh(&found);
    let dropped: BTreeSet<u32> = found.arcs.iter().copied().filter(is_hard).collect();
    let ignored = found.arcs.iter().filter(|i| !is_hard(i)).map(|i| soft[*i as usize - hard.len()]).collect();
    let (cuts, kept): (Vec<u32>, Vec<u32>) = (0..hard.len() as u32).partition(|i| dropped.contains(i));
    let of = |which: &[u32]| which.iter().map(|i| hard[*i as usize]).collect();
    let counted = arcs[..hard.len()].iter().all(|a| a.weight == scale);
    let unit = |x: i64| if counted { x as f64 } else { x as f64 / UNIT };
    Cut { cuts: of(&cuts), kept: of(&kept), ignored, weight: unit(weight), bound: unit(bound), proven: bound == weight }
}

fn cycle(
    scene: &Scene<'_>,
    tasks: &[TaskIx],
    hard: &[(TaskIx, TaskIx)],
    soft: &[(TaskIx, TaskIx)],
    allowed: Permissions,
) -> Proposal {
    let Cut { cuts, kept, ignored, weight, bound, proven } = cheapest(scene, tasks, hard, soft);
    let layers = layers(tasks, &kept);
    let verb = if allowed.break_dependencies { "cut" } else { "propose to cut" };
    let text = outline(allowed)
        .param("feedback_arc_set", pairs(scene, &cuts))
        .param("proven_minimal", proven)
        .param("weight", weight)
        .param("lower_bound", bound)
        .param("soft_dependencies_ignored", pairs(scene, &ignored))
        .param("topological_order", names(scene, &layers.concat()))
        .param("parallel_groups", layers.iter().map(|l| names(scene, l)).collect::<Vec<Value>>())
        .expect(format!(
            "without {} of {} dependencies the {} run in {}, up to {} at once{}",
            cuts.len(),
            hard.len(),
            plural(tasks.len(), "task"),
            plural(layers.len(), "step"),
            layers.iter().map(Vec::len).max().unwrap_or(0),
            if proven { "; no smaller cut opens the circle" } else { "" }
        ))
        .steps(
            cuts.iter()
                .map(|(a, b)| format!("{verb}: `{}` no longer waits for `{}`", name(scene, *b), name(scene, *a))),
        )
        .step("run the tasks in their topological order, each group at once")
        .criterion("a topological order of all tasks exists")
        .touches(cuts.iter().map(|c| Thing::Task(c.1)));
    cut(text, cuts.iter().map(|(a, b)| Change::DropDependency(*b, *a)).collect(), Vec::new(), allowed)
}

/// Tasks by the longest chain before them (Kahn 1962, layer by layer): those of one layer can run in parallel.
fn layers(tasks: &[TaskIx], edges: &[(TaskIx, TaskIx)]) -> Vec<Vec<TaskIx>> {
    let mut waits: BTreeMap<TaskIx, usize> = tasks.iter().map(|t| (*t, 0)).collect();
    let mut after: BTreeMap<TaskIx, Vec<TaskIx>> = BTreeMap::new();
    for (a, b) in edges {
        after.entry(*a).or_default().push(*b);
        *waits.entry(*b).or_default() += 1;
    }
    let mut now: Vec<TaskIx> = tasks.iter().copied().filter(|t| waits[t] == 0).collect();
    let mut out = Vec::new();
    while !now.is_empty() {
        let mut next = Vec::new();
        for b in now.iter().flat_map(|t| after.get(t).into_iter().flatten()) {
            if let Some(n) = waits.get_mut(b) {
                *n -= 1;
                if *n == 0 {
                    next.push(*b);
                }
            }
        }
        next.sort_unstable();
        out.push(std::mem::replace(&mut now, next));
    }
    out
}

fn need_cycle(scene: &Scene<'_>, needs: &[Need], allowed: Permissions) -> Proposal {
    let ids: BTreeSet<&str> = needs.iter().flat_map(|n| [n.user.as_str(), n.needs.as_str()]).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let at = |id: &str| ids.binary_search(&id).unwrap_or(0) as u32;
    let arcs: Vec<Arc> = needs.iter().map(|n| Arc { from: at(&n.needs), to: at(&n.user), weight: 1 }).collect();
    let found = least(scene, ids.len(), &arcs);
    let cuts: Vec<&Need> = found.arcs.iter().map(|i| &needs[*i as usize]).collect();
    let pair = |n: &&Need| Value::from(vec![n.needs.clone(), n.user.clone()]);
    let verb = if allowed.break_dependencies { "start" } else { "propose to start" };
    let text = outline(allowed)
        .param("feedback_arc_set", cuts.iter().map(pair).collect::<Vec<_>>())
        .param("proven_minimal", found.proven_minimal())
        .expect(format!("{} can be started one after the other", listed(ids.iter().copied())))
        .steps(cuts.iter().map(|n| format!("{verb} `{}` without waiting for `{}`", n.user, n.needs)))
        .criterion("no agent or service needs itself through others");
    cut(text, cuts.into_iter().map(|n| Change::SetNeed(n.clone(), None)).collect(), Vec::new(), allowed)
}

fn missing_one(scene: &Scene<'_>, task: TaskIx, missing: &str, allowed: Permissions) -> Proposal {
    let id = name(scene, task);
    let text = outline(allowed)
        .param("missing", missing)
        .expect(format!("`{id}` can start without `{missing}`"))
        .step(format!("confirm that `{missing}` is done, or not needed"))
        .step(format!("drop the dependency of `{id}` on it"))
        .criterion(format!("every predecessor of `{id}` is in the snapshot"))
        .touches([Thing::Task(task)]);
    cut(text, vec![Change::DropMissing(task, missing.to_owned())], Vec::new(), allowed)
}

/// The writer goes first: paths from a reader to it are cut where that takes the fewest dependencies.
fn early_read(scene: &Scene<'_>, data: DataIx, readers: &[TaskIx], writer: TaskIx, allowed: Permissions) -> Proposal {
    let between = between(scene, readers, writer);
    let at = |t: TaskIx| between.binary_search(&t).unwrap_or(0) as u32;
    let mut hard: Vec<(TaskIx, TaskIx)> = Vec::new();
    for t in &between {
        let own =
            scene.snapshot.task(*t).depends_on.iter().filter(|d| !d.soft && between.binary_search(&d.task).is_ok());
        hard.extend(own.map(|d| (d.task, *t)));
    }
    let arcs = hard.iter().map(|(a, b)| Arc { from: at(*a), to: at(*b), weight: 1 });
    let wanted = readers.iter().map(|r| Arc { from: at(writer), to: at(*r), weight: KEPT });
    let all: Vec<Arc> = arcs.chain(wanted).collect();
    let found = least(scene, between.len(), &all);
    let cuts: Vec<(TaskIx, TaskIx)> = found.arcs.iter().filter_map(|i| hard.get(*i as usize).copied()).collect();
    let id = &scene.snapshot.network.data[data.at()].id;
    let first = name(scene, writer);
    let text = outline(allowed)
        .param("feedback_arc_set", pairs(scene, &cuts))
        .param("proven_minimal", found.proven_minimal())
        .expect(format!("`{first}` makes `{id}` before anybody reads it"))
        .steps(cuts.iter().map(|(a, b)| format!("`{}` no longer waits for `{}`", name(scene, *b), name(scene, *a))))
        .steps(readers.iter().map(|r| format!("`{}` waits for `{first}`", name(scene, *r))))
        .criterion(format!("every reader of `{id}` comes after `{first}`"))
        .touches(cuts.iter().map(|c| Thing::Task(c.1)));
    let add = readers.iter().map(|r| Change::AddDependency(*r, writer)).collect();
    cut(text, cuts.iter().map(|(a, b)| Change::DropDependency(*b, *a)).collect(), add, allowed)
}

/// The tasks on paths from any of `readers` to `writer`, ends included, by id.
fn between(scene: &Scene<'_>, readers: &[TaskIx], writer: TaskIx) -> Vec<TaskIx> {
    let reach = |from: &[TaskIx], next: &dyn Fn(TaskIx) -> Vec<TaskIx>| {
        let mut seen: BTreeSet<TaskIx> = from.iter().copied().collect();
        let mut queue = from.to_vec();
        while let Some(t) = queue.pop() {
            queue.extend(next(t).into_iter().filter(|n| seen.insert(*n)));
        }
        seen
    };
    let ahead = reach(readers, &|t| scene.after[t.at()].clone());
    let before = |t: TaskIx| scene.snapshot.task(t).depends_on.iter().filter(|d| !d.soft).map(|d| d.task).collect();
    let behind = reach(&[writer], &before);
    let mut out: BTreeSet<TaskIx> = ahead.intersection(&behind).copied().collect();
    out.extend(readers);
    out.insert(writer);
    out.into_iter().collect()
}
