//! `estimates`, inside a task and as rows of their own.

use super::super::{fields::Fields, path::Path, scalars::Range, sources::Pos, tree::Node, values::Context};
use crate::model::{Estimate, Task, TaskIx, Who};

/// A row of the top-level table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Of which task.
    pub task: TaskIx,
    /// On which agent or type.
    pub who: Who,
    /// The figures.
    pub figures: Estimate,
    /// Where it was written.
    pub at: Pos,
}

fn figures(f: &mut Fields<'_, '_, '_>) -> Estimate {
    Estimate {
        load: f.number("load", Range::AMOUNT),
        cost: f.number("cost", Range::AMOUNT),
        duration_ms: f.duration("duration"),
    }
}

/// Reads the figures that a task gives for agents and types.
pub fn read_inline(f: &mut Fields<'_, '_, '_>, mut task: Task) -> Task {
    let context = f.context;
    let path = f.path.field("estimates");
    let rows = f.map("estimates", |cx, node, path| {
        let mut f = Fields::open(cx, node, path)?;
        let figures = figures(&mut f);
        f.finish();
        Some(figures)
    });
    for (name, figures) in rows {
        let Some(who) = context.find_who(&name, &path.field(&name.value)) else { continue };
        task.estimates_by_agent.extend(who.agent.map(|a| (a, figures)));
        task.estimates_by_kind.extend(who.kind.map(|k| (k, figures)));
    }
    task
}

/// Reads one row of the top-level table.
pub fn read_row<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Row> {
    let mut f = Fields::open(cx, node, path)?;
    let at = f.at;
    let task = f.required_name("task");
    let agent = f.required_name("agent");
    let figures = figures(&mut f);
    f.finish();
    let task = task.and_then(|t| cx.find_task(&t, &path.field("task")));
    let who = agent.and_then(|a| cx.find_who(&a, &path.field("agent")));
    Some(Row { task: task?, who: who?, figures, at })
}

/// Puts rows over a task's own figures: a row by agent stands over the task's, the task's own by type
/// stands over a row by type, field by field.
pub fn apply(task: &mut Task, rows: &[Row]) {
    for row in rows {
        if let Some(a) = row.who.agent {
            task.estimates_by_agent.push((a, row.figures));
        }
        if let Some(k) = row.who.kind {
            task.estimates_by_kind.push((k, row.figures));
        }
    }
    task.estimates_by_agent = folded(&mut task.estimates_by_agent, |(a, _)| *a, |earlier, later| later.or(earlier));
    task.estimates_by_kind = folded(&mut task.estimates_by_kind, |(k, _)| *k, Estimate::or);
}

/// Sorts figures by whom they are for, and folds those for the same one.
fn folded<K: Copy + Ord>(
    rows: &mut Vec<(K, Estimate)>,
    key: impl Fn(&(K, Estimate)) -> K,
    fold: impl Fn(Estimate, Estimate) -> Estimate,
) -> Vec<(K, Estimate)> {
    rows.sort_by_key(&key);
    let mut out: Vec<(K, Estimate)> = Vec::with_capacity(rows.len());
    for (k, figures) in rows.drain(..) {
        match out.last_mut() {
            Some(last) if last.0 == k => last.1 = fold(last.1, figures),
            _ => out.push((k, figures)),
        }
    }
    out
}
