//! A small reader of JSON snapshots for tests, written anew so that the real one has something to be
//! held against: the fields that tests need, no checks.

use jiff::Timestamp;
use orch::model::{
    Agent, AgentIx, AgentStatus, DataIx, DataSet, Dependency, DimIx, Estimate, Hold, HoldMode, KindIx, Link, Location,
    Ms, NEVER, Network, Node, ResourceIx, Running, SharedResource, SkillIx, Snapshot, Task, TaskIx, Who, ZoneIx, down,
    up,
};
use serde_json::Value;

/// The snapshot of a document, locations left out.
pub fn read(document: &Value) -> Snapshot {
    let names = Ids::new(document);
    let agents = sorted(&document["agents"]).into_iter().map(|v| agent(v, &names)).collect();
    let mut out = Snapshot { agents, ..Snapshot::default() };
    out.tasks = sorted(&document["tasks"]).into_iter().map(|v| task(v, &names)).collect();
    both_ways(&mut out.tasks, |t| &mut t.together);
    both_ways(&mut out.tasks, |t| &mut t.apart);
    out.network = network(&document["network"], &names);
    out.network.links.sort_by(|a, b| {
        let amounts = a.latency_ms.total_cmp(&b.latency_ms).then(a.bandwidth_mbps.total_cmp(&b.bandwidth_mbps));
        (a.from, a.to, a.directed).cmp(&(b.from, b.to, b.directed)).then(amounts)
    });
    out.state.running = list(&document["state"]["running"]).iter().map(|v| running(v, &names)).collect();
    out.state.holds = list(&document["state"]["holds"]).iter().map(|v| hold(v, &names)).collect();
    out.names.skills = names.skills;
    out.names.dims = names.dims;
    out.names.kinds = names.kinds;
    out.names.zones = names.zones;
    out
}

/// Together and apart hold both ways, whoever says so.
fn both_ways(tasks: &mut [Task], list: impl Fn(&mut Task) -> &mut Vec<TaskIx>) {
    for i in 0..tasks.len() {
        for other in list(&mut tasks[i]).clone() {
            list(&mut tasks[other.at()]).push(TaskIx::of(i));
        }
    }
    for task in tasks {
        list(task).sort_unstable();
        list(task).dedup();
    }
}

/// Sorted ids; positions are indices.
struct Ids {
    as_of: Option<Timestamp>,
    agents: Vec<String>,
    tasks: Vec<String>,
    resources: Vec<String>,
    data: Vec<String>,
    skills: Vec<String>,
    dims: Vec<String>,
    kinds: Vec<String>,
    zones: Vec<String>,
}

impl Ids {
    fn new(d: &Value) -> Self {
        let each = |name: &str, f: &dyn Fn(&Value) -> Vec<String>| -> Vec<String> {
            list(&d[name]).iter().flat_map(f).collect()
        };
        let keys = |v: &Value| -> Vec<String> { v.as_object().map_or(vec![], |m| m.keys().cloned().collect()) };
        let own = |v: &Value| vec![text(&v["id"])];
        let words = |list: Vec<Vec<String>>| {
            let mut out: Vec<String> = list.into_iter().flatten().collect();
            out.sort();
            out.dedup();
            out
        };
        let word =
            |key: &'static str| move |v: &Value| v[key].as_str().map(str::to_string).into_iter().collect::<Vec<_>>();
        let network = |name: &str| list(&d["network"][name]).iter().map(|v| text(&v["id"])).collect::<Vec<_>>();
        let dims = |v: &Value| [keys(&v["resources"]), keys(&v["budget"]), keys(&v["demand"])].concat();
        let skills = |v: &Value| skill_names(v).collect();
        Self {
            as_of: d["as_of"].as_str().map(|at| at.parse().unwrap()),
            agents: words(vec![each("agents", &own)]),
            tasks: words(vec![each("tasks", &own)]),
            resources: words(vec![network("resources")]),
            data: words(vec![network("data")]),
            skills: words(vec![each("agents", &skills), each("tasks", &skills)]),
            dims: words(vec![each("agents", &dims), each("tasks", &dims)]),
            kinds: words(vec![each("agents", &word("type")), each("tasks", &word("type"))]),
            zones: words(vec![each("agents", &word("zone"))]),
        }
    }
}

fn skill_names(v: &Value) -> impl Iterator<Item = String> + '_ {
    ["capabilities", "requires"].into_iter().flat_map(|key| match &v[key] {
        Value::Object(map) => map.keys().cloned().collect(),
        other => list(other).iter().map(text).collect::<Vec<_>>(),
    })
}

fn at(list: &[String], id: &str) -> Option<usize> {
    list.binary_search_by(|x| x.as_str().cmp(id)).ok()
}

fn list(v: &Value) -> &[Value] {
    v.as_array().map_or(&[], Vec::as_slice)
}

fn text(v: &Value) -> String {
    v.as_str().unwrap().to_string()
}

fn sorted(v: &Value) -> Vec<&Value> {
    let mut out: Vec<&Value> = list(v).iter().collect();
    out.sort_by(|a, b| a["id"].as_str().cmp(&b["id"].as_str()));
    out
}

fn number(v: &Value, default: f64) -> f64 {
    v.as_f64().unwrap_or(default)
}

/// Milliseconds of a number of seconds, or of texts such as `1h 30m`.
fn exact(v: &Value) -> f64 {
    let Some(text) = v.as_str() else { return 1000.0 * v.as_f64().unwrap() };
    let mut out = 0.0;
    for part in text.split_whitespace() {
        let unit = part.find(|c: char| c.is_alphabetic()).unwrap();
        let ms = match &part[unit..] {
            "ms" => 1.0,
            "s" => 1000.0,
            "m" | "min" => 60_000.0,
            "h" => 3_600_000.0,
            other => panic!("no unit {other}"),
        };
        out += ms * part[..unit].parse::<f64>().unwrap();
    }
    out
}

/// Milliseconds of a moment after `as_of`.
fn at_ms(v: &Value, names: &Ids) -> f64 {
    match v.as_str().filter(|text| text.contains('T')) {
        Some(text) => {
            let at: Timestamp = text.parse().unwrap();
            at.duration_since(names.as_of.unwrap()).as_millis_f64()
        }
        None => exact(v),
    }
}

fn moment(v: &Value, names: &Ids, default: Ms) -> Ms {
    if v.is_null() { default } else { up(at_ms(v, names)) }
}

/// A map of names and numbers by index, sorted.
fn amounts<I: Copy + Ord>(v: &Value, names: &[String], of: impl Fn(usize) -> I) -> Vec<(I, f64)> {
    let pairs = v.as_object().into_iter().flatten();
    let mut out: Vec<(I, f64)> = pairs.map(|(k, x)| (of(at(names, k).unwrap()), x.as_f64().unwrap())).collect();
    out.sort_by_key(|p| p.0);
    out
}

fn skills(v: &Value, names: &Ids, default: f64) -> Vec<(SkillIx, f64)> {
    let mut out = amounts(v, &names.skills, SkillIx::of);
    out.extend(list(v).iter().map(|s| (SkillIx::of(at(&names.skills, s.as_str().unwrap()).unwrap()), default)));
    out.sort_by_key(|p| p.0);
    out
}

fn kind(v: &Value, names: &Ids) -> Option<KindIx> {
    v.as_str().and_then(|k| at(&names.kinds, k)).map(KindIx::of)
}

fn agent(v: &Value, names: &Ids) -> Agent {
    use AgentStatus::{Busy, Draining, Failed, Idle, Offline};
    let statuses = [Idle, Busy, Draining, Offline, Failed];
    let mut out = Agent {
        id: text(&v["id"]),
        kind: kind(&v["type"], names),
        skills: skills(&v["capabilities"], names, 1.0),
        status: statuses.into_iter().find(|s| v["status"] == s.name()).unwrap_or_default(),
        capacity: v["capacity"].as_f64(),
        current_load: number(&v["current_load"], 0.0),
        slots: v["slots"].as_u64().unwrap_or(1) as u32,
        resources: amounts(&v["resources"], &names.dims, DimIx::of),
        budget: amounts(&v["budget"], &names.dims, DimIx::of),
        max_tasks: v["max_tasks"].as_u64().map(|n| n as u32),
        speed: number(&v["speed"], 1.0),
        cost_per_task: number(&v["cost_per_task"], 0.0),
        cost_per_load: number(&v["cost_per_load"], 0.0),
        cost_per_hour: number(&v["cost_per_hour"], 0.0),
        cost_fixed: number(&v["cost_fixed"], 0.0),
        zone: v["zone"].as_str().and_then(|z| at(&names.zones, z)).map(ZoneIx::of),
        available_from: moment(&v["available_from"], names, 0),
        ..Agent::default()
    };
    out.windows = list(&v["available"]).iter().map(|w| (up(at_ms(&w[0], names)), down(at_ms(&w[1], names)))).collect();
    out.windows.sort_unstable();
    out.metrics.error_rate = v["performance_metrics"]["error_rate"].as_f64();
    out
}

fn task(v: &Value, names: &Ids) -> Task {
    let tasks = |key: &str| list(&v[key]).iter().map(|t| task_ix(t, names).unwrap()).collect::<Vec<_>>();
    let who = |w: &Value| Who { agent: agent_ix(w, names), kind: kind(w, names) };
    let mut out = Task {
        id: text(&v["id"]),
        kind: kind(&v["type"], names),
        requires: skills(&v["requires"], names, 0.0),
        estimated_load: number(&v["estimated_load"], 1.0),
        duration_ms: if v["duration"].is_null() { 60_000.0 } else { exact(&v["duration"]) },
        priority: number(&v["priority"], 1.0),
        complexity: number(&v["complexity"], 0.0),
        release: moment(&v["release"], names, 0),
        deadline: (!v["deadline"].is_null()).then(|| down(at_ms(&v["deadline"], names))),
        depends_on: list(&v["depends_on"]).iter().map(|d| dependency(d, names)).collect(),
        uses: amounts(&v["uses"], &names.resources, ResourceIx::of),
        demand: amounts(&v["demand"], &names.dims, DimIx::of),
        reads: list(&v["reads"]).iter().map(|d| DataIx::of(at(&names.data, d.as_str().unwrap()).unwrap())).collect(),
        allowed: v["allowed_agents"].as_array().map(|l| l.iter().map(who).collect()),
        forbidden: list(&v["forbidden_agents"]).iter().map(who).collect(),
        pinned: agent_ix(&v["pinned_agent"], names),
        together: tasks("together"),
        apart: tasks("apart"),
        ..Task::default()
    };
    out.depends_on.sort_by_key(|d| d.task);
    for (id, given) in v["estimates"].as_object().into_iter().flatten() {
        let (field, ms) = (|key: &str| given[key].as_f64(), &given["duration"]);
        let duration_ms = (!ms.is_null()).then(|| exact(ms));
        let figures = Estimate { load: field("load"), cost: field("cost"), duration_ms };
        match at(&names.agents, id) {
            Some(a) => out.estimates_by_agent.push((AgentIx::of(a), figures)),
            None => out.estimates_by_kind.push((KindIx::of(at(&names.kinds, id).unwrap()), figures)),
        }
    }
    out
}

fn agent_ix(v: &Value, names: &Ids) -> Option<AgentIx> {
    v.as_str().and_then(|id| at(&names.agents, id)).map(AgentIx::of)
}

fn task_ix(v: &Value, names: &Ids) -> Option<TaskIx> {
    v.as_str().and_then(|id| at(&names.tasks, id)).map(TaskIx::of)
}

fn dependency(v: &Value, names: &Ids) -> Dependency {
    let id = if v.is_string() { v } else { &v["task"] };
    let soft = v["soft"].as_bool().unwrap_or(false);
    Dependency { task: task_ix(id, names).unwrap(), data_mb: number(&v["data_mb"], 0.0), soft }
}

fn node(v: &Value, names: &Ids) -> Option<Node> {
    let id = v.as_str()?;
    agent_ix(v, names).map(Node::Agent).or_else(|| at(&names.zones, id).map(|z| Node::Zone(ZoneIx::of(z))))
}

fn network(v: &Value, names: &Ids) -> Network {
    let link = |l: &Value| Link {
        from: node(&l["from"], names).unwrap(),
        to: node(&l["to"], names).unwrap(),
        latency_ms: number(&l["latency_ms"], 0.0),
        bandwidth_mbps: number(&l["bandwidth_mbps"], f64::INFINITY),
        directed: l["directed"].as_bool().unwrap_or(false),
        location: Location::default(),
    };
    let data = |d: &Value| DataSet {
        id: text(&d["id"]),
        size_mb: number(&d["size_mb"], 0.0),
        home: node(&d["home"], names),
        location: Location::default(),
    };
    let resource = |r: &Value| SharedResource {
        id: text(&r["id"]),
        capacity: r["capacity"].as_f64(),
        per: (!r["per"].is_null()).then(|| up(exact(&r["per"]))),
        budget: r["budget"].as_f64(),
        location: Location::default(),
    };
    Network {
        links: list(&v["links"]).iter().map(link).collect(),
        data: sorted(&v["data"]).into_iter().map(data).collect(),
        resources: sorted(&v["resources"]).into_iter().map(resource).collect(),
        ..Network::default()
    }
}

fn running(v: &Value, names: &Ids) -> Running {
    Running {
        task: text(&v["task"]),
        task_ix: task_ix(&v["task"], names),
        agent: agent_ix(&v["agent"], names).unwrap(),
        until: moment(&v["until"], names, NEVER),
        location: Location::default(),
    }
}

fn hold(v: &Value, names: &Ids) -> Hold {
    Hold {
        holder: text(&v["holder"]),
        task: task_ix(&v["holder"], names),
        agent: agent_ix(&v["holder"], names),
        resource: ResourceIx::of(at(&names.resources, v["resource"].as_str().unwrap()).unwrap()),
        amount: number(&v["amount"], 1.0),
        since: moment(&v["since"], names, 0),
        until: moment(&v["until"], names, NEVER),
        mode: if v["mode"] == "exclusive" { HoldMode::Exclusive } else { HoldMode::Shared },
        location: Location::default(),
    }
}
