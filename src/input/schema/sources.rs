//! `sources`: where `discover` finds what is known of agents, and how each source joins the others.

use std::collections::BTreeMap;

use super::{
    super::{
        fields::Fields,
        observe::{ADAPTERS, Adapter},
        path::Path,
        scalars::Range,
        tree::{Kind, Node},
        values::{Context, Text},
    },
    agent::owned,
};

/// One of `sources[]`.
#[derive(Debug, Clone)]
pub struct SourceRow<'t> {
    /// `kind`.
    pub adapter: &'static Adapter,
    /// `id`: what provenance calls it; else its kind.
    pub id: Option<String>,
    /// `path`: files, folders or globs, relative to the file that names them.
    pub paths: Vec<Text<'t>>,
    /// `records`: what the source says, inline.
    pub records: Option<Node<'t>>,
    /// `join`, `names` and what else tells how to take it.
    pub rules: Rules,
}

/// How what a source says is taken.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// `join`: by which keys its records find their agents, the first that fits; empty: the usual ones.
    pub join: Vec<JoinRule>,
    /// `names`: the source's name of an agent → the agent's id.
    pub names: BTreeMap<String, String>,
    /// `window`: figures older than this before `as_of` do not count, ms.
    pub window_ms: Option<f64>,
    /// `interval`: how often a heartbeat is expected where the records do not say, ms.
    pub interval_ms: Option<f64>,
    /// `suspect_after`: missed intervals from which an agent is suspect.
    pub suspect_after: Option<f64>,
    /// `dead_after`: missed intervals from which an agent is dead.
    pub dead_after: Option<f64>,
}

/// A key of the source's records, and what of an agent it is compared with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct JoinRule {
    /// `name`, or a key of the records (`service.name`, `label.app`, `host`).
    pub by: String,
    /// `name` (the agent's id), or a key of the agent's own records.
    pub to: String,
}

/// Reads one source.
pub fn read<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<SourceRow<'t>> {
    let words: Vec<(&str, &'static Adapter)> = ADAPTERS.iter().map(|a| (a.kind, *a)).collect();
    let mut f = Fields::open(cx, node, path)?;
    if !f.has("kind") {
        f.missing("kind");
    }
    let adapter = f.word("kind", &words);
    if !f.has("path") && !f.has("records") {
        f.missing("path` or `records");
    }
    let paths = one_or_many(&mut f, "path");
    let row = SourceRow {
        id: f.name("id").map(owned),
        paths,
        records: f.take("records"),
        rules: Rules {
            join: join_rules(&mut f),
            names: f
                .map("names", Context::name)
                .into_iter()
                .map(|(theirs, ours)| (owned(theirs), owned(ours)))
                .collect(),
            window_ms: f.duration("window"),
            interval_ms: f.duration("interval"),
            suspect_after: f.number("suspect_after", Range::AMOUNT),
            dead_after: f.number("dead_after", Range::AMOUNT),
        },
        adapter: adapter.unwrap_or(ADAPTERS[0]),
    };
    f.finish();
    adapter.map(|_| row)
}

/// One name, or a list of them.
fn one_or_many<'t>(f: &mut Fields<'_, 't, '_>, field: &'static str) -> Vec<Text<'t>> {
    let (cx, path) = (f.context, f.path.field(field));
    match f.take(field) {
        None => Vec::new(),
        Some(Node { kind: Kind::List(items), .. }) => {
            items.into_iter().enumerate().filter_map(|(i, n)| cx.name(n, &path.item(i))).collect()
        }
        Some(one) => cx.name(one, &path).into_iter().collect(),
    }
}

/// `join`: a key, or a list of keys and `{by, to}`.
fn join_rules(f: &mut Fields<'_, '_, '_>) -> Vec<JoinRule> {
    let (cx, path) = (f.context, f.path.field("join"));
    let Some(node) = f.take("join") else { return Vec::new() };
    if !matches!(node.kind, Kind::List(_)) {
        return join_rule(cx, node, &path).into_iter().collect();
    }
    let items = cx.items(node, &path);
    let read = |(i, node): (usize, Node<'_>)| join_rule(cx, node, &path.item(i));
    items.into_iter().enumerate().filter_map(read).collect()
}

fn join_rule<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<JoinRule> {
    if !matches!(node.kind, Kind::Map(_)) {
        return Some(JoinRule { by: owned(cx.name(node, path)?), to: "name".into() });
    }
    let mut f = Fields::open(cx, node, path)?;
    let (by, to) = (f.required_name("by").map(owned), f.name("to").map(owned));
    f.finish();
    Some(JoinRule { by: by?, to: to.unwrap_or_else(|| "name".into()) })
}
