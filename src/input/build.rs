//! The merged document to the model: ids are gathered first, so that every reference resolves at once.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    codes,
    fields::Fields,
    load::Loader,
    names::{Directory, Ids},
    path::Path,
    problems::Problems,
    scalars,
    schema::{agent, estimates, network, policies, sources, state, task},
    sort,
    sources::Span,
    syntax, tables,
    tree::{Kind, Node},
    values::{Context, Text},
};
use crate::model::{HistoryRow, Network, Snapshot, TaskIx};

/// What was read, with what checks need to speak of places.
#[derive(Debug)]
pub struct Built<'t> {
    /// Where the document starts.
    pub at: u32,
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Places of agents' fields, by [`AgentIx`].
    pub agents: Vec<agent::AgentPlaces>,
    /// Places of tasks' fields, by [`TaskIx`].
    pub tasks: Vec<task::TaskPlaces>,
    /// Links as written.
    pub links: Vec<network::LinkRow<'t>>,
    /// Places of shared resources, by [`crate::model::ResourceIx`].
    pub resources: Vec<network::ItemPlace>,
    /// Names of data sets' homes, by [`crate::model::DataIx`], with their paths' indices.
    pub homes: Vec<(u32, Text<'t>)>,
    /// Rows of the top-level estimates, by task.
    pub rows: Vec<estimates::Row>,
    /// `baseline`.
    pub baseline: Option<Value>,
    /// `sources`, as written.
    pub sources: Option<Value>,
    /// `sources`, as read.
    pub source_rows: Vec<sources::SourceRow<'t>>,
}

/// The sections that are lists of things with ids.
struct Lists<'t> {
    agents: Vec<Node<'t>>,
    tasks: Vec<Node<'t>>,
    links: Vec<Node<'t>>,
    services: Vec<Node<'t>>,
    data: Vec<Node<'t>>,
    resources: Vec<Node<'t>>,
}

/// Builds the snapshot. `now` stands over the file's `as_of`.
pub fn build<'t>(
    root: Node<'t>,
    now: Option<Timestamp>,
    problems: &Problems<'t>,
    loader: &mut Loader<'_, 't>,
) -> Built<'t> {
    let mut cx = Context { problems, as_of: now, names: Directory::default() };
    let scratch = Context { problems, as_of: now, names: Directory::default() };
    let at = root.at;
    let entries = if let Kind::Map(entries) = root.kind { entries } else { Vec::new() };
    let mut f = Fields::of(&scratch, at, entries, &Path::Root);
    cx.as_of = now.or(as_of(&mut f));
    f.take("version");
    let lists = lists(&mut f);
    gather(&mut cx, &lists);
    let (estimates, history) = (f.items("estimates"), f.items("history"));
    let (state, policies) = (f.take("state"), f.take("policies"));
    let (baseline, source_list) = (f.take("baseline"), f.items("sources"));
    f.finish();

    let (agents, agent_places) = agents(&mut cx, lists.agents);
    let net = network(&cx, lists.links, lists.services, lists.data, lists.resources);
    let (mut tasks, task_places) = tasks(&cx, lists.tasks);
    let rows = estimate_rows(&cx, estimates, loader);
    for chunk in rows.chunk_by(|a, b| a.task == b.task) {
        estimates::apply(&mut tasks[chunk[0].task.at()], chunk);
    }
    for task in &mut tasks {
        estimates::apply(task, &[]);
    }
    let mut snapshot = Snapshot {
        as_of: cx.as_of,
        agents,
        tasks,
        network: net.network,
        state: state.map(|n| state::read(&cx, n, &Path::Root.field("state"))).unwrap_or_default(),
        policies: policies.map(|n| policies::read(&cx, n, &Path::Root.field("policies"))).unwrap_or_default(),
        history: history_rows(&cx, history, loader),
        ..Snapshot::default()
    };
    let baseline = baseline.and_then(|n| read_baseline(&cx, &n, loader));
    sort::sort(&mut snapshot, cx.names);
    Built {
        at,
        snapshot,
        agents: agent_places,
        tasks: task_places,
        links: net.links,
        resources: net.resources,
        homes: net.homes,
        rows,
        baseline,
        sources: (!source_list.is_empty()).then(|| source_list.iter().map(Node::to_json).collect()),
        source_rows: source_rows(&scratch, source_list),
    }
}

fn as_of(f: &mut Fields<'_, '_, '_>) -> Option<Timestamp> {
    let node = f.take("as_of")?;
    let path = f.path.field("as_of");
    let span = node.span(f.context.sources());
    let Kind::Text(text) = &node.kind else {
        f.context.problems.add(&codes::WRONG_TYPE, span, &path, format!("expected a moment, found {}", node.noun()));
        return None;
    };
    let found = scalars::timestamp(text);
    if found.is_none() {
        let message = format!("`{}` is no RFC 3339 moment", super::values::shorten(text));
        let help = "write date, `T`, time and offset, such as `2026-01-05T09:00:00Z`";
        f.context.problems.add_with_help(&codes::BAD_MOMENT, span, &path, message, help);
    }
    found
}

fn lists<'t>(f: &mut Fields<'_, 't, '_>) -> Lists<'t> {
    let (agents, tasks) = (f.items("agents"), f.items("tasks"));
    let mut out =
        Lists { agents, tasks, links: Vec::new(), services: Vec::new(), data: Vec::new(), resources: Vec::new() };
    let path = f.path.field("network");
    if let Some(mut f) = f.take("network").and_then(|n| Fields::open(f.context, n, &path)) {
        out.links = f.items("links");
        out.services = f.items("services");
        out.data = f.items("data");
        out.resources = f.items("resources");
        f.finish();
    }
    out
}

fn gather<'t>(cx: &mut Context<'_, 't>, lists: &Lists<'t>) {
    let root = Path::Root;
    let net = root.field("network");
    cx.names.agents = Ids::gather(cx, &lists.agents, &root.field("agents"), "agent");
    cx.names.tasks = Ids::gather(cx, &lists.tasks, &root.field("tasks"), "task");
    cx.names.services = Ids::gather(cx, &lists.services, &net.field("services"), "service");
    cx.names.data = Ids::gather(cx, &lists.data, &net.field("data"), "data set");
    cx.names.resources = Ids::gather(cx, &lists.resources, &net.field("resources"), "resource");
}

/// Reads a list whose things have ids into the order of the ids.
fn by_id<'t, T: Default>(
    nodes: Vec<Node<'t>>,
    ids: &Ids,
    path: &Path<'_>,
    mut read: impl FnMut(Node<'t>, &Path<'_>, Option<u32>) -> Option<T>,
) -> Vec<T> {
    let mut out: Vec<T> = std::iter::repeat_with(T::default).take(ids.count()).collect();
    for (i, node) in nodes.into_iter().enumerate() {
        let own = ids.of_node(i);
        let value = read(node, &path.item(i), own);
        if let (Some(own), Some(value)) = (own, value) {
            out[own as usize] = value;
        }
    }
    out
}

fn agents<'t>(cx: &mut Context<'_, 't>, nodes: Vec<Node<'t>>) -> (Vec<crate::model::Agent>, Vec<agent::AgentPlaces>) {
    let rows = by_id(nodes, &cx.names.agents, &Path::Root.field("agents"), |node, path, _| {
        let (agent, mut places) = agent::read(cx, node, path)?;
        places.index = item_of(path);
        Some((agent, places))
    });
    let (agents, places): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let mut kinds: Vec<_> = agents.iter().filter_map(|a: &crate::model::Agent| a.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    cx.names.agent_kinds = kinds;
    (agents, places)
}

fn source_rows<'t>(cx: &Context<'_, 't>, nodes: Vec<Node<'t>>) -> Vec<sources::SourceRow<'t>> {
    let path = Path::Root.field("sources");
    nodes.into_iter().enumerate().filter_map(|(i, n)| sources::read(cx, n, &path.item(i))).collect()
}

fn item_of(path: &Path<'_>) -> u32 {
    if let Path::Item(_, index) = path { *index as u32 } else { 0 }
}

fn tasks<'t>(cx: &Context<'_, 't>, nodes: Vec<Node<'t>>) -> (Vec<crate::model::Task>, Vec<task::TaskPlaces>) {
    let rows = by_id(nodes, &cx.names.tasks, &Path::Root.field("tasks"), |node, path, own| {
        let (task, mut places) = task::read(cx, node, path, own.map(TaskIx))?;
        places.index = item_of(path);
        Some((task, places))
    });
    rows.into_iter().unzip()
}

/// `network`, with the places that checks speak of.
struct Net<'t> {
    network: Network,
    links: Vec<network::LinkRow<'t>>,
    resources: Vec<network::ItemPlace>,
    homes: Vec<(u32, Text<'t>)>,
}

fn network<'t>(
    cx: &Context<'_, 't>,
    links: Vec<Node<'t>>,
    services: Vec<Node<'t>>,
    data: Vec<Node<'t>>,
    resources: Vec<Node<'t>>,
) -> Net<'t> {
    let path = Path::Root.field("network");
    let names = &cx.names;
    let link_path = path.field("links");
    let read_link = |(i, node): (usize, Node<'t>)| {
        let mut row = network::read_link(cx, node, &link_path.item(i))?;
        row.index = i as u32;
        Some(row)
    };
    let links: Vec<network::LinkRow<'t>> = links.into_iter().enumerate().filter_map(read_link).collect();
    let mut homes = Vec::new();
    let data = by_id(data, &names.data, &path.field("data"), |node, path, _| {
        let (set, home) = network::read_data(cx, node, path)?;
        homes.extend(home.map(|h| (item_of(path), h)));
        Some(set)
    });
    let services = by_id(services, &names.services, &path.field("services"), |n, p, _| network::read_service(cx, n, p));
    let resources = by_id(resources, &names.resources, &path.field("resources"), |node, path, _| {
        let place = network::ItemPlace { index: item_of(path), at: node.at };
        Some((network::read_resource(cx, node, path)?, place))
    });
    let (resources, places): (Vec<_>, Vec<_>) = resources.into_iter().unzip();
    let network = Network { links: links.iter().map(|row| row.link).collect(), services, data, resources };
    Net { network, links, resources: places, homes }
}

fn estimate_rows<'t>(cx: &Context<'_, 't>, nodes: Vec<Node<'t>>, loader: &mut Loader<'_, 't>) -> Vec<estimates::Row> {
    const COLUMNS: &[&str] = &["task", "agent", "load", "cost", "duration"];
    let path = Path::Root.field("estimates");
    let mut out = Vec::new();
    for (i, node) in nodes.into_iter().enumerate() {
        if !matches!(node.kind, Kind::Text(_)) {
            out.extend(estimates::read_row(cx, node, &path.item(i)));
            continue;
        }
        let Some(source) = loader.named_text(&node, &path) else { continue };
        tables::rows(source, COLUMNS, &["task", "agent"], cx.problems, |row, node| {
            out.extend(estimates::read_row(cx, node, &path.item(row)));
        });
    }
    out.sort_by_key(|row| (row.task, row.who.agent, row.who.kind));
    out
}

fn history_rows<'t>(cx: &Context<'_, 't>, nodes: Vec<Node<'t>>, loader: &mut Loader<'_, 't>) -> Vec<HistoryRow> {
    const COLUMNS: &[&str] = &["time", "agent", "metric", "value"];
    let path = Path::Root.field("history");
    let mut out = Vec::new();
    for (i, node) in nodes.into_iter().enumerate() {
        if !matches!(node.kind, Kind::Text(_)) {
            out.extend(policies::read_history(cx, node, &path.item(i)));
            continue;
        }
        let Some(source) = loader.named_text(&node, &path) else { continue };
        tables::rows(source, COLUMNS, &["agent", "metric"], cx.problems, |row, node| {
            out.extend(policies::read_history(cx, node, &path.item(row)));
        });
    }
    out
}

/// An earlier plan, inline or in a file of its own.
fn read_baseline<'t>(cx: &Context<'_, 't>, node: &Node<'t>, loader: &mut Loader<'_, 't>) -> Option<Value> {
    if !matches!(node.kind, Kind::Text(_)) {
        return Some(node.to_json());
    }
    let source = loader.named_text(node, &Path::Root.field("baseline"))?;
    match syntax::parse(&source.text, source.base()) {
        Ok(root) => Some(root.to_json()),
        Err(fault) => {
            cx.problems.add(fault.kind.code(), Span { at: fault.at, len: 1 }, &Path::Root, fault.message);
            None
        }
    }
}
