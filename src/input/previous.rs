//! An earlier plan, read from the report of `distribute`, from the `baseline` of a snapshot, or from anything else
//! that writes `agent_assignments`.

use std::path::Path as FilePath;

use super::{
    Command, codes,
    fields::Fields,
    load::{Document, Loader},
    names::Directory,
    path::Path,
    problems::Problems,
    scalars::{self, Range},
    sources::{Sources, Span},
    tree::{Kind, Node},
    values::Context,
};
use crate::{
    error::{Error, Severity},
    model::{Ms, Placement, Plan, Snapshot},
};

/// An earlier plan as far as the snapshot still knows its tasks and agents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Previous {
    /// Placements by task, moments after the snapshot's `as_of`.
    pub plan: Plan,
    /// What it says to prove its bound.
    pub certificate: Option<serde_json::Value>,
    /// Tasks of the plan that the snapshot does not have, by id.
    pub gone_tasks: Vec<String>,
    /// Agents of the plan that the snapshot does not have, by id.
    pub gone_agents: Vec<String>,
}

/// Reads an earlier plan for a snapshot. Moments of a plan with another `distribution_timestamp` are moved
/// by the difference; what orch does not need of a report is not looked at.
///
/// # Errors
///
/// Every problem of the file.
pub fn read_previous(file: &FilePath, snapshot: &Snapshot) -> Result<Previous, Error> {
    let sources = Sources::default();
    let problems = Problems::new(&sources, Command::Distribute);
    let mut documents = Loader::new(&sources, &problems, None).documents(&[file.to_path_buf()]);
    let document = documents.pop();
    finish(problems, document, snapshot)
}

/// Reads the `baseline` of a snapshot, as [`read_previous`] reads a file.
///
/// # Errors
///
/// Every problem of it.
pub fn baseline_plan(baseline: &serde_json::Value, snapshot: &Snapshot) -> Result<Previous, Error> {
    let sources = Sources::default();
    let problems = Problems::new(&sources, Command::Distribute);
    let mut documents = Loader::new(&sources, &problems, None).plan(&baseline.to_string());
    let document = documents.pop();
    finish(problems, document, snapshot)
}

fn finish<'t>(problems: Problems<'t>, document: Option<Document<'t>>, snapshot: &Snapshot) -> Result<Previous, Error> {
    let cx = Context { problems: &problems, as_of: snapshot.as_of, names: Directory::default() };
    let previous = document.and_then(|document| read(&cx, document.root, snapshot));
    let findings = problems.finish();
    match previous {
        Some(previous) if findings.iter().all(|f| f.severity < Severity::Error) => Ok(previous),
        _ => Err(Error::Input(findings)),
    }
}

fn read<'t>(cx: &Context<'_, 't>, root: Node<'t>, snapshot: &Snapshot) -> Option<Previous> {
    let mut f = Fields::open(cx, root, &Path::Root)?;
    // A snapshot carries its earlier plan as `baseline`.
    if !f.has("agent_assignments")
        && let Some(inner) = f.take("baseline").filter(|n| matches!(n.kind, Kind::Map(_)))
    {
        return read(cx, inner, snapshot);
    }
    let made = f.loose_text("distribution_timestamp").and_then(|t| scalars::timestamp(&t.value));
    let shift = match (made, snapshot.as_of) {
        (Some(made), Some(now)) => now.as_millisecond() - made.as_millisecond(),
        _ => 0,
    };
    if !f.has("agent_assignments") {
        f.missing("agent_assignments");
        return None;
    }
    let certificate = f.take("certificate").map(|node| node.to_json());
    let mut out = Previous { plan: Plan::empty(snapshot.tasks.len()), certificate, ..Previous::default() };
    let rows = f.map("agent_assignments", |cx, node, path| Some(placements(cx, node, path)));
    for (agent, rows) in rows {
        let known = snapshot.find_agent(&agent.value);
        if known.is_none() {
            out.gone_agents.push(agent.value.clone().into_owned());
        }
        for row in rows {
            let Some(task) = snapshot.find_task(&row.task) else {
                out.gone_tasks.push(row.task);
                continue;
            };
            let Some(agent) = known else { continue };
            if out.plan.placements[task.at()].is_some() {
                twice(cx, &row.task, row.span);
            }
            let placement = Placement { agent, start: row.start - shift, finish: row.finish - shift };
            out.plan.placements[task.at()] = Some(placement);
        }
    }
    out.gone_tasks.sort();
    out.gone_agents.sort();
    Some(out)
}

/// One row of an agent.
pub struct Row {
    /// The task.
    pub task: String,
    /// Where its id stands.
    pub span: Span,
    /// From when.
    pub start: Ms,
    /// Until when.
    pub finish: Ms,
}

/// The rows of an agent.
pub fn placements<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Vec<Row> {
    let Kind::List(items) = node.kind else {
        cx.wrong_type(&node, path, "a list");
        return Vec::new();
    };
    items.into_iter().enumerate().filter_map(|(i, item)| row(cx, item, &path.item(i))).collect()
}

fn row<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Row> {
    let mut f = Fields::open(cx, node, path)?;
    let task = f.required_name("task");
    let mut moment = |name: &'static str| {
        if !f.has(name) {
            f.missing(name);
        }
        f.number(name, Range::MEASURE).map(|s| libm::round(s * 1000.0) as Ms)
    };
    let (start, finish) = (moment("start"), moment("finish"));
    let task = task?;
    let span = Span { at: task.at, len: task.value.len() as u32 + 2 };
    Some(Row { task: task.value.into_owned(), span, start: start?, finish: finish? })
}

/// Complains about a task that stands twice.
pub fn twice(cx: &Context<'_, '_>, task: &str, span: Span) {
    let path = Path::Root.field("agent_assignments");
    let message = format!("task `{task}` is placed twice");
    cx.problems.add(&codes::DUPLICATE_ID, span, &path, message);
}
