//! `tasks[]`.

use std::cell::RefCell;

use super::{
    super::{
        codes,
        fields::Fields,
        path::Path,
        scalars::Range,
        sources::{Pos, Span},
        tree::{Kind, Node},
        values::Context,
    },
    agent::{dims, owned, skills},
    estimates,
};
use crate::model::{Dependency, Location, Ms, Task, TaskIx, Who, down, up};

/// Where the fields of a task stand that checks speak of.
#[derive(Debug, Clone, Copy, Default)]
pub struct TaskPlaces {
    /// Position in the merged list.
    pub index: u32,
    /// The task itself.
    pub at: Pos,
    /// `release` as given, which may lie before `as_of`.
    pub release: Option<Ms>,
    /// `requires`.
    pub requires: Pos,
    /// `deadline`.
    pub deadline: Pos,
    /// `depends_on`.
    pub depends_on: Pos,
    /// `demand`.
    pub demand: Pos,
    /// `pinned_agent`.
    pub pinned: Pos,
    /// `apart`.
    pub apart: Pos,
}

/// Reads the task that has, or had it an id of its own would have, the index `own`.
pub fn read<'t>(
    cx: &Context<'_, 't>,
    node: Node<'t>,
    path: &Path<'_>,
    own: Option<TaskIx>,
) -> Option<(Task, TaskPlaces)> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let mut places = places(&f);
    let release = f.moment("release").map(|m| up(m.value));
    places.release = release;
    let id = f.required_name("id");
    let missing = RefCell::new(Vec::new());
    let task = Task {
        id: id.map(owned).unwrap_or_default(),
        kind: f.name("type").map(|t| cx.names.kind(&t.value)),
        requires: skills(cx, &f.shares("requires", 0.0, Range::LEAST)),
        estimated_load: f.number("estimated_load", Range::AMOUNT).unwrap_or(1.0),
        duration_ms: f.duration("duration").unwrap_or(60_000.0),
        priority: f.number("priority", Range::WEIGHT).unwrap_or(1.0),
        complexity: f.number("complexity", Range::AMOUNT).unwrap_or(0.0),
        release: release.map_or(0, |r| r.max(0)),
        deadline: f.moment("deadline").map(|m| down(m.value)),
        depends_on: f.list("depends_on", |cx, node, path| dependency(cx, node, path, own, &missing)),
        uses: f
            .map("uses", |cx, node, path| cx.number(&node, path, Range::AMOUNT))
            .into_iter()
            .filter_map(|(name, amount)| Some((cx.find_resource(&name, &path.field("uses"))?, amount)))
            .collect(),
        demand: dims(cx, &f.amounts("demand")),
        reads: f.list("reads", |cx, node, path| cx.find_data(&cx.name(node, path)?, path)),
        writes: f.list("writes", |cx, node, path| cx.find_data(&cx.name(node, path)?, path)),
        allowed: allowed(&mut f),
        forbidden: f.list("forbidden_agents", who),
        pinned: f.name("pinned_agent").and_then(|n| cx.find_agent(&n, &path.field("pinned_agent"))),
        together: companions(&mut f, "together", own),
        apart: companions(&mut f, "apart", own),
        labels: f.labels("labels"),
        location,
        ..Task::default()
    };
    let task = estimates::read_inline(&mut f, Task { missing: missing.into_inner(), ..task });
    f.finish();
    Some((task, places))
}

fn places(f: &Fields<'_, '_, '_>) -> TaskPlaces {
    TaskPlaces {
        index: 0,
        at: f.at,
        release: None,
        requires: f.place("requires"),
        deadline: f.place("deadline"),
        depends_on: f.place("depends_on"),
        demand: f.place("demand"),
        pinned: f.place("pinned_agent"),
        apart: f.place("apart"),
    }
}

fn who<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Who> {
    cx.find_who(&cx.name(node, path)?, path)
}

/// An absent list allows all agents, an empty one none.
fn allowed(f: &mut Fields<'_, '_, '_>) -> Option<Vec<Who>> {
    f.has("allowed_agents").then(|| f.list("allowed_agents", who))
}

fn companions(f: &mut Fields<'_, '_, '_>, name: &'static str, own: Option<TaskIx>) -> Vec<TaskIx> {
    f.list(name, |cx, node, path| {
        let span = node.span(cx.sources());
        let found = cx.find_task(&cx.name(node, path)?, path)?;
        not_itself(cx, found, own, span, path)
    })
}

fn not_itself(cx: &Context<'_, '_>, found: TaskIx, own: Option<TaskIx>, span: Span, path: &Path<'_>) -> Option<TaskIx> {
    if own == Some(found) {
        cx.problems.add(&codes::SELF_DEPENDENCY, span, path, "a task may not name itself here");
        return None;
    }
    Some(found)
}

/// A task id, or `{task, data_mb, soft}`. A hard one that no task has goes to `missing`.
fn dependency<'t>(
    cx: &Context<'_, 't>,
    node: Node<'t>,
    path: &Path<'_>,
    own: Option<TaskIx>,
    missing: &RefCell<Vec<(String, Location)>>,
) -> Option<Dependency> {
    let span = node.span(cx.sources());
    let (name, path, data_mb, soft) = if matches!(node.kind, Kind::Map(_)) {
        let mut f = Fields::open(cx, node, path)?;
        let name = f.required_name("task");
        let data_mb = f.number("data_mb", Range::AMOUNT).unwrap_or(0.0);
        let soft = f.flag("soft").unwrap_or(false);
        f.finish();
        (name?, path.field("task"), data_mb, soft)
    } else {
        (cx.name(node, path)?, *path, 0.0, false)
    };
    let Some(found) = cx.find_task(&name, &path) else {
        if !soft {
            let location = cx.location(name.at);
            missing.borrow_mut().push((name.value.into_owned(), location));
        }
        return None;
    };
    let task = not_itself(cx, found, own, span, &path)?;
    Some(Dependency { task, data_mb, soft })
}
