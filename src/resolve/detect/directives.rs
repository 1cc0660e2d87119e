//! Contradictory directives: wanted orders that together have a circle, one conflict per strong component, and
//! two wanted priorities for one task.

use std::collections::BTreeMap;

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::{chained, listed},
    place::Thing,
    severity::Blocked,
};
use crate::{graph::Directed, model::TaskIx, report::number};

/// Components of the union of all orders, O(entries · log entries).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let directives = &scene.snapshot.state.directives;
    let mut arcs: Vec<(u32, u32, usize)> = Vec::new();
    let mut wishes: BTreeMap<TaskIx, Vec<(usize, f64)>> = BTreeMap::new();
    for (row, d) in directives.iter().enumerate() {
        arcs.extend(d.order.windows(2).map(|pair| (pair[0].0, pair[1].0, row)));
        if let Some((t, priority)) = d.priority {
            wishes.entry(t).or_default().push((row, priority));
        }
    }
    arcs.extend(implied(&wishes, scene));
    let graph = Directed::new(scene.snapshot.tasks.len(), arcs.iter().map(|a| (a.0, a.1)));
    let condensed = graph.condensed();
    for c in &condensed.cycles {
        let tasks: Vec<TaskIx> = condensed.members[*c as usize].iter().map(|t| TaskIx(*t)).collect();
        let inside = |t: u32| condensed.component[t as usize] == *c;
        let mut rows: Vec<usize> = arcs.iter().filter(|a| inside(a.0) && inside(a.1)).map(|a| a.2).collect();
        rows.sort_unstable();
        rows.dedup();
        out.push(orders(scene, rows, tasks));
    }
    for (t, rows) in wishes {
        if rows.iter().any(|(_, p)| *p != rows[0].1) {
            out.push(priorities(scene, t, &rows));
        }
    }
}

/// Orders that wanted priorities imply for tasks which some order names too: the higher one first.
fn implied(wishes: &BTreeMap<TaskIx, Vec<(usize, f64)>>, scene: &Scene<'_>) -> Vec<(u32, u32, usize)> {
    let single = |t: &TaskIx| wishes.get(t).filter(|rows| rows.iter().all(|r| r.1 == rows[0].1)).map(|rows| rows[0]);
    let mut out = Vec::new();
    for d in &scene.snapshot.state.directives {
        for pair in d.order.windows(2) {
            if let (Some((_, first)), Some((row, second))) = (single(&pair[0]), single(&pair[1])) {
                out.extend((second > first).then_some((pair[1].0, pair[0].0, row)));
            }
        }
    }
    out
}

fn named<'s>(scene: &Scene<'s>, tasks: &[TaskIx]) -> Vec<&'s str> {
    let snapshot = scene.snapshot;
    tasks.iter().map(|t| snapshot.task(*t).id.as_str()).collect()
}

fn orders(scene: &Scene<'_>, rows: Vec<usize>, tasks: Vec<TaskIx>) -> Conflict {
    let directives = &scene.snapshot.state.directives;
    let ids = named(scene, &tasks);
    let mut who: Vec<&str> = rows.iter().map(|r| directives[*r].stakeholder.as_str()).collect();
    who.sort_unstable();
    who.dedup();
    let message = format!(
        "{} want {} in orders that contradict each other",
        listed(who.iter().copied()),
        listed(ids.iter().copied())
    );
    let mut draft = Draft::new(Subtype::ContradictoryDirectives, ids, message)
        .tasks(tasks.iter().copied())
        .weighs(Blocked::AtRisk, 0);
    for row in &rows {
        let d = &directives[*row];
        let fact = match d.priority {
            Some((t, p)) if d.order.is_empty() => {
                format!("`{}` wants `{}` at priority {}", d.stakeholder, scene.snapshot.task(t).id, number(p, 3))
            }
            _ => format!("`{}` wants {}", d.stakeholder, chained(named(scene, &d.order))),
        };
        draft = draft.other(&d.stakeholder).fact(Thing::Directive(*row), fact).causes([Thing::Directive(*row)]);
    }
    draft.build(scene, Case::Directives { rows, tasks })
}

fn priorities(scene: &Scene<'_>, t: TaskIx, rows: &[(usize, f64)]) -> Conflict {
    let id = &scene.snapshot.task(t).id;
    let (low, high) = rows.iter().fold((f64::MAX, f64::MIN), |(l, h), r| (l.min(r.1), h.max(r.1)));
    let message = format!("task `{id}` is wanted at priorities from {} to {}", number(low, 3), number(high, 3));
    let mut draft = Draft::new(Subtype::ContradictoryDirectives, [id], message).tasks([t]).weighs(Blocked::AtRisk, 0);
    for (row, p) in rows {
        let who = &scene.snapshot.state.directives[*row].stakeholder;
        draft = draft
            .other(who)
            .fact(Thing::Directive(*row), format!("`{who}` wants it at {}", number(*p, 3)))
            .causes([Thing::Directive(*row)]);
    }
    let rows = rows.iter().map(|r| r.0).collect();
    draft.build(scene, Case::Directives { rows, tasks: vec![t] })
}
