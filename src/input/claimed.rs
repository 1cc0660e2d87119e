//! A plan as somebody claims it, with the place of each claim: the report of `distribute`, or anything else that
//! writes `agent_assignments`. Nothing is resolved or judged here; what cannot be read is a problem.

use std::{collections::BTreeMap, path::Path as FilePath};

use serde_json::Value;

use super::{
    Command,
    fields::Fields,
    load::Loader,
    names::Directory,
    path::Path,
    problems::Problems,
    scalars::{self, Range},
    sources::{Pos, Sources},
    tree::{Kind, Node},
    values::{Context, Text},
};
use crate::{
    error::{Error, Severity},
    model::Location,
};

/// A claim and where it stands; line 0 where it stands nowhere.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Told<T> {
    /// The claim.
    pub value: T,
    /// Its path in the document.
    pub path: String,
    /// Where its value begins.
    pub location: Location,
}

/// A task on an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The agent's id.
    pub agent: String,
    /// The task's id.
    pub task: Told<String>,
    /// Seconds after the plan's now.
    pub start: f64,
    /// Likewise; none where the plan leaves it out.
    pub finish: Option<f64>,
    /// The load there.
    pub load: Option<Told<f64>>,
    /// The cost there.
    pub cost: Option<Told<f64>>,
}

/// What a plan says of its worth; numbers by key of `objective`, and those of its mappings.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Worth {
    /// `strategy`.
    pub strategy: Option<Told<String>>,
    /// `name`.
    pub name: Option<Told<String>>,
    /// `bound_method`.
    pub method: Option<Told<String>>,
    /// `status`.
    pub status: Option<Told<String>>,
    /// `proven_optimal`.
    pub proven: Option<Told<bool>>,
    /// `value`, `bound`, `gap`, `gap_absolute`; null is absent.
    pub figures: BTreeMap<&'static str, Told<f64>>,
    /// `components`.
    pub components: BTreeMap<String, Told<f64>>,
    /// `references`.
    pub references: BTreeMap<String, Told<f64>>,
    /// `weights`.
    pub weights: BTreeMap<String, Told<f64>>,
    /// `placement`: `value` and `bound`.
    pub placement: BTreeMap<String, Told<f64>>,
    /// `placement.proven_optimal`.
    pub placement_proven: Option<Told<bool>>,
    /// `placement.certificate` as plain JSON.
    pub placement_certificate: Option<Told<Value>>,
}

/// A plan as claimed.
#[derive(Debug, Default)]
pub struct Claimed {
    /// The file's name.
    pub file: String,
    /// `distribution_timestamp`, where it is a moment.
    pub made: Option<jiff::Timestamp>,
    /// The agents named, in the order of the file.
    pub agents: Vec<Told<String>>,
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
    /// `unassigned_tasks`, where it is there.
    pub unassigned: Option<Vec<Told<String>>>,
    /// `objective`, where it is there.
    pub objective: Option<Told<Worth>>,
    /// `certificate` as plain JSON, where it is there.
    pub certificate: Option<Told<Value>>,
    /// `snapshot_sha256`.
    pub sha256: Option<Told<String>>,
    /// `task_batch_size`.
    pub batch: Option<Told<f64>>,
    /// Every number under [`MEASURED`], by the keys that lead to it.
    pub measures: BTreeMap<Vec<String>, Told<f64>>,
}

/// Sections of a report that measure the plan.
pub const MEASURED: [&str; 3] = ["load_balancing_metrics", "performance_predictions", "baseline_comparison"];

/// Reads a claimed plan.
///
/// # Errors
///
/// Every problem of the file.
pub fn read_claimed(file: &FilePath) -> Result<Claimed, Error> {
    let sources = Sources::default();
    let problems = Problems::new(&sources, Command::Distribute);
    let mut documents = Loader::new(&sources, &problems, None).documents(&[file.to_path_buf()]);
    let cx = Context { problems: &problems, as_of: None, names: Directory::default() };
    let claimed = if documents.is_empty() { None } else { read(&cx, documents.swap_remove(0).root, &Path::Root) };
    let findings = problems.finish();
    match claimed {
        Some(claimed) if findings.iter().all(|f| f.severity < Severity::Error) => {
            Ok(Claimed { file: sources.names().swap_remove(0), ..claimed })
        }
        _ => Err(Error::Input(findings)),
    }
}

fn told<T>(cx: &Context<'_, '_>, at: Pos, path: &Path<'_>, value: T) -> Told<T> {
    Told { value, path: path.to_string(), location: cx.location(at) }
}

fn read<'t>(cx: &Context<'_, 't>, root: Node<'t>, path: &Path<'_>) -> Option<Claimed> {
    let mut f = Fields::open(cx, root, path)?;
    // A snapshot carries its earlier plan as `baseline`.
    if !f.has("agent_assignments")
        && let Some(inner) = f.take("baseline").filter(|n| matches!(n.kind, Kind::Map(_)))
    {
        return read(cx, inner, &path.field("baseline"));
    }
    if !f.has("agent_assignments") {
        f.missing("agent_assignments");
        return None;
    }
    let made = f.loose_text("distribution_timestamp").and_then(|t| scalars::timestamp(&t.value));
    let mut out = Claimed { made, ..Claimed::default() };
    let under = path.field("agent_assignments");
    for (agent, rows) in f.map("agent_assignments", |cx, node, path| Some(placements(cx, node, path))) {
        let id = agent.value.clone().into_owned();
        out.rows.extend(rows.into_iter().map(|row| Row { agent: id.clone(), ..row }));
        out.agents.push(told(cx, agent.at, &under.field(&agent.value), id));
    }
    if f.has("unassigned_tasks") {
        out.unassigned = Some(unassigned(cx, &mut f, path));
    }
    out.sha256 = text(&mut f, "snapshot_sha256");
    out.batch = number(&mut f, "task_batch_size");
    for name in MEASURED {
        if let Some(node) = f.take(name) {
            measures(cx, &node, &path.field(name), &mut vec![name.to_owned()], &mut out.measures);
        }
    }
    if f.has("objective") {
        let (at, under) = (f.place("objective"), path.field("objective"));
        out.objective = f.take("objective").and_then(|node| Some(told(cx, at, &under, worth(cx, node, &under)?)));
    }
    out.certificate = certificate(&mut f);
    Some(out)
}

/// A `certificate` as plain JSON.
fn certificate(f: &mut Fields<'_, '_, '_>) -> Option<Told<Value>> {
    let (at, path) = (f.place("certificate"), f.path.field("certificate"));
    let context = f.context;
    f.take("certificate").map(|node| told(context, at, &path, node.to_json()))
}

/// The numbers of a mapping, and of mappings in it.
fn measures(
    cx: &Context<'_, '_>,
    node: &Node<'_>,
    path: &Path<'_>,
    keys: &mut Vec<String>,
    out: &mut BTreeMap<Vec<String>, Told<f64>>,
) {
    match &node.kind {
        Kind::Number(x) => drop(out.insert(keys.clone(), told(cx, node.at, path, *x))),
        Kind::Map(entries) => {
            for entry in entries {
                keys.push(entry.key.clone().into_owned());
                measures(cx, &entry.value, &path.field(&entry.key), keys, out);
                keys.pop();
            }
        }
        _ => {}
    }
}

/// The keys of a mapping, or the items of a list.
fn unassigned<'t>(cx: &Context<'_, 't>, f: &mut Fields<'_, 't, '_>, path: &Path<'_>) -> Vec<Told<String>> {
    let under = path.field("unassigned_tasks");
    let Some(node) = f.take("unassigned_tasks") else { return Vec::new() };
    let names: Vec<Text<'t>> = match node.kind {
        Kind::List(items) => {
            items.into_iter().enumerate().filter_map(|(i, item)| cx.name(item, &under.item(i))).collect()
        }
        _ => cx.by_name(node, &under).into_iter().map(|(name, _)| name).collect(),
    };
    names.into_iter().map(|t| told(cx, t.at, &under.field(&t.value), t.value.clone().into_owned())).collect()
}

fn placements<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Vec<Row> {
    let items = cx.items(node, path);
    items.into_iter().enumerate().filter_map(|(i, item)| row(cx, item, &path.item(i))).collect()
}

fn row<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Row> {
    let mut f = Fields::open(cx, node, path)?;
    let task = f.required_name("task");
    if !f.has("start") {
        f.missing("start");
    }
    let start = f.number("start", Range::MEASURE);
    let finish = f.number("finish", Range::MEASURE);
    let (load, cost) = (number(&mut f, "load"), number(&mut f, "cost"));
    let task = task?;
    let task = told(cx, task.at, path, task.value.into_owned());
    Some(Row { agent: String::new(), task, start: start?, finish, load, cost })
}

fn number(f: &mut Fields<'_, '_, '_>, name: &'static str) -> Option<Told<f64>> {
    let (at, path) = (f.place(name), f.path.field(name));
    let value = f.number(name, Range::CLAIM)?;
    Some(told(f.context, at, &path, value))
}

fn text(f: &mut Fields<'_, '_, '_>, name: &'static str) -> Option<Told<String>> {
    let path = f.path.field(name);
    let found = f.loose_text(name)?;
    Some(told(f.context, found.at, &path, found.value.into_owned()))
}

fn flag(f: &mut Fields<'_, '_, '_>, name: &'static str) -> Option<Told<bool>> {
    let (at, path) = (f.place(name), f.path.field(name));
    let value = f.flag(name)?;
    Some(told(f.context, at, &path, value))
}

/// A mapping of names to numbers; null and what is no number is left out.
fn figures(f: &mut Fields<'_, '_, '_>, name: &'static str) -> BTreeMap<String, Told<f64>> {
    let path = f.path.field(name);
    let rows = f.map(name, |cx, node, path| match node.kind {
        Kind::Number(_) => Some((node.at, cx.number(&node, path, Range::CLAIM)?)),
        _ => None,
    });
    let cx = f.context;
    rows.into_iter()
        .map(|(key, (at, x))| {
            let row = told(cx, at, &path.field(&key.value), x);
            (key.value.into_owned(), row)
        })
        .collect()
}

fn worth<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Worth> {
    let mut f = Fields::open(cx, node, path)?;
    let names = ["value", "bound", "gap", "gap_absolute"];
    let mut out = Worth {
        strategy: text(&mut f, "strategy"),
        name: text(&mut f, "name"),
        method: text(&mut f, "bound_method"),
        status: text(&mut f, "status"),
        proven: flag(&mut f, "proven_optimal"),
        figures: names.into_iter().filter_map(|n| number(&mut f, n).map(|x| (n, x))).collect(),
        components: figures(&mut f, "components"),
        references: figures(&mut f, "references"),
        weights: figures(&mut f, "weights"),
        ..Worth::default()
    };
    if let Some(node) = f.take("placement") {
        let under = path.field("placement");
        let mut p = Fields::open(cx, node, &under)?;
        out.placement_proven = flag(&mut p, "proven_optimal");
        out.placement_certificate = certificate(&mut p);
        for name in ["value", "bound"] {
            out.placement.extend(number(&mut p, name).map(|x| (name.to_owned(), x)));
        }
    }
    Some(out)
}
