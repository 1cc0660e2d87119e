//! Changes of agents, services, shared resources and data sets.

use serde_json::{Value, json};

use super::diff::Differ;
use crate::{
    input::document::Section,
    model::{DataIx, Location, Node},
    patch::{Op, number, pointer},
};

/// Agents that changed.
pub fn agents(d: &mut Differ<'_>) {
    let (before, after) = (d.before, d.after);
    for (i, (old, new)) in before.agents.iter().zip(&after.agents).enumerate().filter(|(_, (a, b))| a != b) {
        if old.current_load != new.current_load {
            d.set(Section::Agents, i, "current_load", Some(number(new.current_load)));
        }
        if old.slots != new.slots {
            d.set(Section::Agents, i, "slots", Some(new.slots.into()));
        }
        if old.capacity != new.capacity {
            d.set(Section::Agents, i, "capacity", new.capacity.map(number));
        }
        if old.status != new.status {
            d.set(Section::Agents, i, "status", Some(new.status.name().into()));
        }
        if old.metrics.throughput_per_min != new.metrics.throughput_per_min {
            throughput(d, i, new.metrics.throughput_per_min);
        }
        needs(d, Section::Agents, i, &old.depends_on, &new.depends_on);
        let id = |d: &DataIx| after.network.data[d.at()].id.clone();
        let (was, is): (Vec<_>, Vec<_>) = (old.reads.iter().map(id).collect(), new.reads.iter().map(id).collect());
        d.names(Section::Agents, i, "reads", &was, &is);
    }
}

fn throughput(d: &mut Differ<'_>, agent: usize, rate: Option<f64>) {
    let Some((index, item)) = d.find(Section::Agents, agent) else { return };
    let value = rate.map_or(Value::Null, number);
    let metrics = item.get("performance_metrics");
    let path = pointer(Section::Agents, index, &["performance_metrics", "throughput_per_min"]);
    let op = match metrics.map(|m| m.get("throughput_per_min").is_some()) {
        Some(true) => Op::Replace { path, value },
        Some(false) => Op::Add { path, value },
        None => Op::Add {
            path: pointer(Section::Agents, index, &["performance_metrics"]),
            value: json!({"throughput_per_min": value}),
        },
    };
    d.edits.push(op);
}

fn needs(d: &mut Differ<'_>, section: Section, row: usize, was: &[(String, Location)], is: &[(String, Location)]) {
    let ids = |list: &[(String, Location)]| list.iter().map(|n| n.0.clone()).collect::<Vec<_>>();
    d.names(section, row, "depends_on", &ids(was), &ids(is));
}

/// Services, shared resources and data sets that changed or came.
pub fn network(d: &mut Differ<'_>) {
    let (before, after) = (&d.before.network, &d.after.network);
    for (i, (old, new)) in before.resources.iter().zip(&after.resources).enumerate() {
        if old.capacity != new.capacity {
            d.set(Section::Resources, i, "capacity", new.capacity.map(number));
        }
        if old.budget != new.budget {
            d.set(Section::Resources, i, "budget", new.budget.map(number));
        }
    }
    for (i, (old, new)) in before.services.iter().zip(&after.services).enumerate() {
        if old.status != new.status {
            d.set(Section::Services, i, "status", new.status.clone().map(Value::String));
        }
        needs(d, Section::Services, i, &old.depends_on, &new.depends_on);
    }
    for copy in &after.data[before.data.len()..] {
        let home = copy.home.map(|home| match home {
            Node::Agent(a) => d.after.agent(a).id.clone(),
            Node::Zone(z) => d.after.names.zones[z.at()].clone(),
        });
        let mut row = json!({"id": copy.id, "size_mb": number(copy.size_mb)});
        if let (Value::Object(fields), Some(home)) = (&mut row, home) {
            fields.insert("home".into(), Value::String(home));
        }
        d.new.push(Op::Add { path: "/network/data/-".into(), value: row });
    }
}
