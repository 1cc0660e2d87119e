//! Priority inversion: along waits, a task waits, directly or through others, for one of lower priority (Sha,
//! Rajkumar, Lehoczky 1990). Precedence does not count. One conflict per connected part of the wait-for graph,
//! named by both ends: the highest task that waits and the lowest that it waits for.

use std::collections::VecDeque;

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::chained,
    place::Thing,
    severity::Blocked,
    waiting::{WaitGraph, Waiting},
};
use crate::{graph::Directed, model::TaskIx, report::number};

/// Connected parts by sweeping the condensed graph twice, O(n + m log m).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    if scene.snapshot.state.waits.is_empty() {
        return;
    }
    let waiting = Waiting::new(scene);
    let graph = waiting.graph();
    let condensed = Directed::new(graph.vertices, graph.arcs.iter().copied()).condensed();
    let task = |v: u32| if v < graph.holders { waiting.holders[v as usize].task } else { None };
    let priority = |t: TaskIx| scene.snapshot.task(t).priority;
    // Who of each component waits, and with what priority: carried forwards along the arcs.
    let parts = condensed.members.len();
    let own: Vec<Option<f64>> =
        condensed.members.iter().map(|m| m.iter().filter_map(|v| task(*v)).map(priority).reduce(f64::max)).collect();
    let mut above: Vec<Option<f64>> = vec![None; parts];
    for (a, b) in &condensed.arcs {
        let from = greater(above[*a as usize], own[*a as usize]);
        above[*b as usize] = greater(above[*b as usize], from);
    }
    // A circle is a deadlock, not an inversion: its members are compared with those outside only.
    let mut lower: Vec<(u32, TaskIx, f64)> = Vec::new();
    for (c, members) in condensed.members.iter().enumerate() {
        let Some(most) = above[c] else { continue };
        let below = members.iter().filter_map(|v| Some((*v, task(*v)?))).filter(|(_, t)| priority(*t) < most);
        lower.extend(below.map(|(v, t)| (v, t, most)));
    }
    let part = connected(&graph);
    lower.sort_by_key(|(v, t, _)| (part[*v as usize], *t));
    for group in lower.chunk_by(|a, b| part[a.0 as usize] == part[b.0 as usize]) {
        out.extend(conflict(scene, &waiting, &graph, group));
    }
}

fn greater(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    a.into_iter().chain(b).reduce(f64::max)
}

/// The connected part of each vertex, by its least vertex (union by path halving).
fn connected(graph: &WaitGraph) -> Vec<u32> {
    let mut root: Vec<u32> = (0..graph.vertices as u32).collect();
    let find = |root: &mut Vec<u32>, mut v: u32| {
        while root[v as usize] != v {
            root[v as usize] = root[root[v as usize] as usize];
            v = root[v as usize];
        }
        v
    };
    for (a, b) in &graph.arcs {
        let (a, b) = (find(&mut root, *a), find(&mut root, *b));
        root[a.max(b) as usize] = a.min(b);
    }
    (0..graph.vertices as u32).map(|v| find(&mut root, v)).collect()
}

/// The conflict of one part: `group` are its tasks that someone of higher priority waits for.
fn conflict(
    scene: &Scene<'_>,
    waiting: &Waiting<'_>,
    graph: &WaitGraph,
    group: &[(u32, TaskIx, f64)],
) -> Option<Conflict> {
    let priority = |t: TaskIx| scene.snapshot.task(t).priority;
    let task = |v: u32| if v < graph.holders { waiting.holders[v as usize].task } else { None };
    // The lowest, and of those the one that the highest waits for.
    let (low, _, most) = group
        .iter()
        .copied()
        .min_by(|a, b| priority(a.1).total_cmp(&priority(b.1)).then(b.2.total_cmp(&a.2)).then(a.1.cmp(&b.1)))?;
    let path = path_to(graph, low, |v| task(v).is_some_and(|t| priority(t) == most))?;
    let chain: Vec<_> =
        path.iter().filter(|v| **v < graph.holders).map(|v| waiting.holders[*v as usize].clone()).collect();
    let (high, low) = (chain.first()?.task?, chain.last()?.task?);
    let rows = graph.row_arc.iter().enumerate();
    let step = |arc: &(u32, u32)| path.windows(2).any(|s| s == [arc.0, arc.1]);
    let waits: Vec<usize> = rows.filter(|(_, arc)| arc.as_ref().is_some_and(step)).map(|(row, _)| row).collect();
    let (top, bottom) = (scene.snapshot.task(high), scene.snapshot.task(low));
    let message = format!(
        "`{}` (priority {}) waits for `{}` (priority {})",
        top.id,
        number(top.priority, 3),
        bottom.id,
        number(bottom.priority, 3)
    );
    let through = chained(chain.iter().map(|h| h.id.as_str()));
    let mut draft = Draft::new(Subtype::PriorityInversion, [&top.id, &bottom.id], message)
        .tasks([high, low])
        .tasks(group.iter().map(|g| g.1))
        .fact(Thing::Task(high).field("priority"), format!("`{}` has priority {}", top.id, number(top.priority, 3)))
        .fact(
            Thing::Task(low).field("priority"),
            format!("`{}` has priority {}", bottom.id, number(bottom.priority, 3)),
        )
        .causes([Thing::Task(low)])
        .weighs(Blocked::Stands, 0);
    for row in &waits {
        let w = &scene.snapshot.state.waits[*row];
        draft = draft
            .fact(Thing::Wait(*row), format!("`{}` waits for `{}` ({through})", w.holder, w.target))
            .causes([Thing::Wait(*row)]);
        if let Some(r) = w.resource {
            draft = draft.other(scene.resource(r));
        }
    }
    let inherits = group.iter().map(|(_, t, most)| (*t, *most)).collect();
    Some(draft.build(scene, Case::Inversion { high, low, chain, waits, inherits }))
}

/// A shortest path against the arcs from `low` to a vertex that is wanted, told in the direction of the arcs.
fn path_to(graph: &WaitGraph, low: u32, wanted: impl Fn(u32) -> bool) -> Option<Vec<u32>> {
    let mut next: Vec<Option<u32>> = vec![None; graph.vertices];
    let mut queue = VecDeque::from([low]);
    while let Some(v) = queue.pop_front() {
        if v != low && wanted(v) {
            let mut path = vec![v];
            while let Some(n) = next[path[path.len() - 1] as usize] {
                path.push(n);
                if n == low {
                    return Some(path);
                }
            }
        }
        for waiter in graph.into(v) {
            if waiter != low && next[waiter as usize].is_none() {
                next[waiter as usize] = Some(v);
                queue.push_back(waiter);
            }
        }
    }
    None
}
