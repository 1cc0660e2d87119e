//! What is in a file, whatever it is: a plan of orch or of anything else that writes `agent_assignments`, or a
//! snapshot. For commands that set one beside another and need no model.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path as FilePath,
};

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{
    Command, build, check, digest,
    document::{Document, Item},
    fields::Fields,
    load::Loader,
    merge,
    names::Directory,
    path::Path,
    previous::{Row, placements},
    problems::Problems,
    scalars,
    sources::Sources,
    tree::{Kind, Node},
    values::Context,
};
use crate::error::{Error, Severity};

/// A plan or a snapshot.
#[derive(Debug)]
pub enum Written {
    /// It has `agent_assignments`.
    Plan(WrittenPlan),
    /// It has not.
    Snapshot(Box<WrittenSnapshot>),
}

/// A plan as it stands in its file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WrittenPlan {
    /// The file, as the user named it.
    pub file: String,
    /// The moment that its seconds count from.
    pub as_of: Option<Timestamp>,
    /// Task → where and when.
    pub placed: BTreeMap<String, WrittenPlacement>,
    /// Every agent that it names.
    pub agents: BTreeSet<String>,
    /// Everything else, as it stands there: objective, unassigned tasks …; null where there is none.
    pub rest: Json,
}

/// A placed task. Moments are milliseconds after the plan's `as_of`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenPlacement {
    /// On which agent.
    pub agent: String,
    /// From when.
    pub start: i64,
    /// Until when.
    pub finish: i64,
}

/// A snapshot as it stands in its files.
#[derive(Debug)]
pub struct WrittenSnapshot {
    /// The file, as the user named it.
    pub file: String,
    /// The values as typed, of all its files.
    pub root: Item,
    /// The texts, for places.
    pub sources: Sources,
    /// SHA-256 of what it means: equal where only the writing differs.
    pub sha256: String,
}

/// Reads a file.
///
/// # Errors
///
/// Every problem of the file, if one of them is grave.
pub fn read_written(file: &FilePath) -> Result<Written, Error> {
    let name = file.display().to_string();
    let sources = Sources::default();
    let problems = Problems::new(&sources, Command::Map);
    let mut loader = Loader::new(&sources, &problems, None);
    let mut documents = loader.documents(&[file.to_path_buf()]);
    let plan = documents.first().is_some_and(|d| has(&d.root, "agent_assignments"));
    let (mut out, mut snapshot) = (None, None);
    if plan {
        let cx = Context { problems: &problems, as_of: None, names: Directory::default() };
        out = read_plan(&cx, documents.swap_remove(0).root, name.clone());
    } else if !documents.is_empty() {
        let root = merge::merge(documents, &problems);
        let document = Document::of(&root);
        let built = build::build(root, None, &problems, &mut loader);
        check::check(&built, &problems, Command::Map);
        let sha256 = digest::sha256(&built.snapshot, built.baseline.as_ref(), built.sources.as_ref());
        snapshot = Some((document.root, sha256));
    }
    let findings = problems.finish();
    if findings.iter().any(|f| f.severity == Severity::Error) {
        return Err(Error::Input(findings));
    }
    match (out, snapshot) {
        (Some(plan), _) => Ok(Written::Plan(plan)),
        (_, Some((root, sha256))) => {
            Ok(Written::Snapshot(Box::new(WrittenSnapshot { file: name, root, sources, sha256 })))
        }
        _ => Err(Error::Input(findings)),
    }
}

fn has(root: &Node<'_>, key: &str) -> bool {
    matches!(&root.kind, Kind::Map(entries) if entries.iter().any(|e| e.key == key))
}

fn read_plan<'t>(cx: &Context<'_, 't>, mut root: Node<'t>, file: String) -> Option<WrittenPlan> {
    let mut rest = serde_json::Map::new();
    if let Kind::Map(entries) = &mut root.kind {
        let other = entries.iter().filter(|e| e.key != "agent_assignments");
        rest.extend(other.map(|e| (e.key.clone().into_owned(), e.value.to_json())));
    }
    let mut f = Fields::open(cx, root, &Path::Root)?;
    let as_of = f.loose_text("distribution_timestamp").and_then(|t| scalars::timestamp(&t.value));
    let mut out = WrittenPlan { file, as_of, rest: Json::Object(rest), ..WrittenPlan::default() };
    for (agent, rows) in f.map("agent_assignments", |cx, node, path| Some(placements(cx, node, path))) {
        let agent = agent.value.into_owned();
        out.agents.insert(agent.clone());
        for Row { task, span, start, finish } in rows {
            if out.placed.contains_key(&task) {
                super::previous::twice(cx, &task, span);
                continue;
            }
            out.placed.insert(task, WrittenPlacement { agent: agent.clone(), start, finish });
        }
    }
    Some(out)
}
