//! Nodes: ready or not, the latest heartbeat of the kubelet, what pods may ask of it.

use super::{condition, identify, keys, quantity, troubles};
use crate::{
    input::observe::{Fact, Heartbeat, Reading, Subject, View, facts::Facts},
    model::AgentStatus,
};

/// Labels that name a node's zone, the present one first.
const ZONES: [&str; 2] = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];

pub fn read(reading: &mut Reading<'_, '_>, node: &View<'_>) {
    let meta = node.get("metadata");
    let Some(name) = reading.name(&meta.get("name"), "the node") else { return };
    let mut facts = Facts::default();
    let ready = condition(node, "Ready");
    let mut time = None;
    if let Some(ready) = &ready {
        let beat = ready.get("lastHeartbeatTime");
        time = reading.moment(&beat);
        if time.is_some() {
            facts.add(beat, Fact::Heartbeat(Heartbeat { last: time, ..Heartbeat::default() }));
        }
    } else if node.get("status").has("conditions") {
        reading.gap(&node.get("status"), format!("node `{name}` has no condition `Ready`"));
    }
    status(node, ready.as_ref(), &mut facts);
    troubles(reading, node, &mut facts);
    resources(reading, node, &mut facts);
    let labels = meta.get("labels");
    if let Some(zone) = ZONES.iter().map(|z| labels.get(z)).find(View::is_there) {
        facts.text(reading, zone, Fact::Zone);
    }
    let addresses = addresses(reading, node);
    let rows = reading.labels(&labels);
    let keys = keys(reading, node);
    let own = facts.tell(reading, node, Subject::Party, name);
    own.time = time;
    own.labels(rows);
    identify(own, keys);
    for (key, address) in addresses {
        own.key(key, address);
    }
}

/// The node's addresses by type; what somebody masked is none.
fn addresses(reading: &Reading<'_, '_>, node: &View<'_>) -> Vec<(&'static str, String)> {
    let rows = node.get("status").get("addresses").items().filter_map(|row| {
        let key = match row.get("type").as_text()? {
            "InternalIP" => "host",
            "Hostname" => "hostname",
            "ExternalIP" => "external_ip",
            _ => return None,
        };
        Some((key, reading.text(&row.get("address")).filter(|a| !a.contains('*'))?))
    });
    rows.collect()
}

/// `True` is ready, `False` is not, `Unknown` has not been heard of; a cordoned node takes no more.
fn status<'n>(node: &View<'n>, ready: Option<&View<'n>>, facts: &mut Facts<'n>) {
    let cordoned = node.get("spec").get("unschedulable");
    if let Some(ready) = ready {
        let told = match ready.get("status").as_text() {
            Some("True") if cordoned.as_flag() == Some(true) => (AgentStatus::Draining, "SchedulingDisabled"),
            Some("True") => (AgentStatus::Active, "Ready"),
            Some("False") => (AgentStatus::Failed, "NotReady"),
            _ => (AgentStatus::Offline, "Unknown"),
        };
        facts.add(ready.get("status"), Fact::Status(told.0, told.1.to_owned()));
    } else if cordoned.as_flag() == Some(true) {
        facts.add(cordoned, Fact::Status(AgentStatus::Draining, "SchedulingDisabled".into()));
    }
}

/// What pods may use: `cpu` in cores, `memory_mb`, and extended resources (`nvidia.com/gpu`) by their names.
fn resources<'n>(reading: &Reading<'_, '_>, node: &View<'n>, facts: &mut Facts<'n>) {
    let status = node.get("status");
    let offered = if status.has("allocatable") { status.get("allocatable") } else { status.get("capacity") };
    for (name, view) in offered.entries() {
        let (name, per) = match name {
            "cpu" => ("cpu", 1.0),
            "memory" => ("memory_mb", 1e6),
            extended if extended.contains('/') => (extended, 1.0),
            _ => continue,
        };
        match view.as_loose_text().as_deref().and_then(quantity::value) {
            Some(amount) => facts.add(view, Fact::Resource(name.to_owned(), amount / per)),
            None => reading.gap(&view, format!("`{name}` is no quantity")),
        }
    }
}

/// A row of a support bundle's summary of nodes.
pub fn read_summary(reading: &mut Reading<'_, '_>, row: &View<'_>) {
    let Some(name) = reading.name(&row.get("id"), "the node") else { return };
    let mut facts = Facts::default();
    let told = match (row.get("ready").as_flag(), row.get("unschedulable").as_flag()) {
        (Some(true), Some(true)) => Some((AgentStatus::Draining, "SchedulingDisabled")),
        (Some(true), _) => Some((AgentStatus::Active, "Ready")),
        (Some(false), _) => Some((AgentStatus::Failed, "NotReady")),
        (None, _) => None,
    };
    if let Some((status, word)) = told {
        facts.add(row.get("ready"), Fact::Status(status, word.to_owned()));
    }
    for (name, field, per) in [("cpu", "cpu_milli", 1e3), ("memory_mb", "memory", 1e6)] {
        if let Some(amount) = reading.number(&row.get(field)) {
            facts.add(row.get(field), Fact::Resource(name.to_owned(), amount / per));
        }
    }
    let rows = reading.labels(&row.get("labels"));
    facts.tell(reading, row, Subject::Party, name).labels(rows);
}
