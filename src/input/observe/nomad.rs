//! Nomad's HTTP API: client nodes (list and read), and its own registry of services.

use super::{Adapter, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View, facts::Facts};
use crate::model::AgentStatus;

/// Answers of Nomad.
pub const ADAPTER: Adapter = Adapter {
    kind: "nomad",
    title: "an answer of Nomad's API (nodes, services)",
    method: SeedMethod::HeartbeatMonitoring,
    extensions: DOCUMENTS,
    recognises,
    read,
};

fn is_node(row: &View<'_>) -> bool {
    row.has("SchedulingEligibility") || row.has("Status") && row.has("Datacenter") && row.has("Drain")
}

fn is_service(row: &View<'_>) -> bool {
    row.has("ServiceName") && row.has("JobID") || row.get("Services").items().any(|s| s.has("ServiceName"))
}

fn recognises(document: &View<'_>) -> bool {
    document.items_or_self().iter().any(|row| is_node(row) || is_service(row))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for row in documents.iter().flat_map(View::items_or_self) {
        if is_node(&row) {
            read_node(reading, &row);
        } else if row.get("Services").is_list() {
            for service in row.get("Services").items() {
                read_service(reading, &service);
            }
        } else if is_service(&row) {
            read_service(reading, &row);
        } else {
            reading.useless(&row, "this is neither a node nor a service, and was left out");
        }
    }
}

fn read_node(reading: &mut Reading<'_, '_>, node: &View<'_>) {
    let Some(name) = reading.name(&node.get("Name"), "the node") else { return };
    let mut facts = Facts::default();
    if let Some((view, status, word)) = status(reading, node) {
        facts.add(view, Fact::Status(status, word));
    }
    facts.text(reading, node.get("Datacenter"), Fact::Zone);
    let version = node.get("Attributes").get("nomad.version");
    facts.info(reading, "version", if node.has("Version") { node.get("Version") } else { version });
    for (name, group, field) in
        [("cpu_mhz", "Cpu", "CpuShares"), ("memory_mb", "Memory", "MemoryMB"), ("disk_mb", "Disk", "DiskMB")]
    {
        let offered = node.get("NodeResources").get(group).get(field);
        let kept = reading.number(&node.get("ReservedResources").get(group).get(field)).unwrap_or(0.0);
        if let Some(amount) = reading.number(&offered) {
            facts.add(offered, Fact::Resource(name.to_owned(), (amount - kept).max(0.0)));
        }
    }
    for (driver, state) in node.get("Drivers").entries().filter(|(_, d)| d.get("Detected").as_flag() == Some(true)) {
        let word = if state.get("Healthy").as_flag() == Some(true) { "healthy" } else { "unhealthy" };
        facts.add(state.get("Healthy"), Fact::Label(format!("driver.{driver}"), word.into()));
    }
    facts.text(reading, node.get("NodeClass"), |class| Fact::Label("node_class".into(), class));
    let id = reading.text(&node.get("ID"));
    let host = reading.text(&node.any(&["Address", "HTTPAddr"]));
    let time = if node.has("StatusUpdatedAt") { reading.unix(&node.get("StatusUpdatedAt"), 1e-3) } else { None };
    let rows = reading.labels(&node.get("Meta"));
    let own = facts.tell(reading, node, Subject::Party, name);
    own.time = time;
    own.labels(rows);
    own.key("id", id.unwrap_or_default());
    own.key("host", host.unwrap_or_default());
}

/// `ready` unless it drains or takes nothing new; `down`, `disconnected` and `initializing` take nothing at all.
fn status<'n>(reading: &Reading<'_, '_>, node: &View<'n>) -> Option<(View<'n>, AgentStatus, String)> {
    let view = node.get("Status");
    let word = reading.text(&view)?;
    let told = match word.as_str() {
        "ready" if node.get("Drain").as_flag() == Some(true) => {
            return Some((node.get("Drain"), AgentStatus::Draining, "draining".into()));
        }
        "ready" if node.get("SchedulingEligibility").as_text() == Some("ineligible") => {
            return Some((node.get("SchedulingEligibility"), AgentStatus::Draining, "ineligible".into()));
        }
        "ready" => AgentStatus::Active,
        "down" | "disconnected" | "initializing" => AgentStatus::Offline,
        other => {
            reading.gap(&view, format!("the status `{other}` is none that is known"));
            return None;
        }
    };
    Some((view, told, word))
}

fn read_service(reading: &mut Reading<'_, '_>, service: &View<'_>) {
    let Some(name) = reading.name(&service.get("ServiceName"), "the service") else { return };
    let mut facts = Facts::default();
    for tag in service.get("Tags").items() {
        facts.text(reading, tag, |t| Fact::Label(format!("tag.{t}"), "true".into()));
    }
    facts.text(reading, service.get("Datacenter"), Fact::Zone);
    let (host, port) = (reading.text(&service.get("Address")), reading.number(&service.get("Port")));
    if let Some(host) = host {
        let address = port.filter(|p| *p > 0.0).map_or(host.clone(), |p| format!("{host}:{p}"));
        facts.address(service.get("Address"), &address, "");
    }
    let keys = [("id", "ID"), ("node", "NodeID"), ("job", "JobID")];
    let keys: Vec<(&str, String)> =
        keys.into_iter().filter_map(|(key, field)| Some((key, reading.text(&service.get(field))?))).collect();
    let own = facts.tell(reading, service, Subject::Party, name);
    own.method = SeedMethod::ServiceDiscoveryProtocols;
    for (key, value) in keys {
        own.key(key, value);
    }
}
