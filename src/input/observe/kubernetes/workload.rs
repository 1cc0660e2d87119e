//! Deployments and their like, by how many of their replicas are there; services, by name, port and selector.

use super::{condition, identify, keys, pod};
use crate::{
    input::observe::{Fact, Reading, SeedMethod, Subject, Trials, View, facts::Facts},
    model::AgentStatus,
};

pub fn read(reading: &mut Reading<'_, '_>, workload: &View<'_>) {
    let meta = workload.get("metadata");
    let Some(name) = reading.name(&meta.get("name"), "the workload") else { return };
    let (spec, status) = (workload.get("spec"), workload.get("status"));
    let mut facts = Facts::default();
    let wanted = if spec.has("replicas") { spec.get("replicas") } else { status.get("desiredNumberScheduled") };
    let replicas = reading.number(&wanted);
    facts.info(reading, "replicas", wanted.clone());
    // Zeros are left out of the status; without any status nothing is known.
    if let Some(replicas) = replicas.filter(|_| status.entries().next().is_some()) {
        let there = status.any(&["availableReplicas", "readyReplicas", "numberAvailable", "numberReady"]);
        let available = reading.number(&there).unwrap_or(0.0).min(replicas);
        let at = if there.is_there() { there } else { status };
        let told = if available > 0.0 { AgentStatus::Active } else { AgentStatus::Failed };
        let told = if replicas > 0.0 { told } else { AgentStatus::Offline };
        facts.add(at.clone(), Fact::Status(told, format!("{available}/{replicas} available")));
        if replicas > 0.0 {
            facts.add(at, Fact::Availability(Trials { hits: Some(available), trials: Some(replicas), share: None }));
        }
    }
    let template = spec.get("template");
    pod::containers(reading, &template.get("spec"), &mut facts);
    let times = ["Available", "Progressing"].iter().filter_map(|k| condition(workload, k));
    let time = times.filter_map(|c| reading.moment(&c.any(&["lastUpdateTime", "lastTransitionTime"]))).max();
    let (rows, pods) = (reading.labels(&meta.get("labels")), reading.labels(&template.get("metadata").get("labels")));
    let keys = keys(reading, workload);
    let own = facts.tell(reading, workload, Subject::Party, name);
    own.time = time;
    own.labels(rows);
    // Its pods are known by the labels of the template.
    for (_, key, value) in pods {
        own.key(format!("label.{key}"), value);
    }
    identify(own, keys);
}

/// A service is an address; its selector tells whose.
pub fn read_service(reading: &mut Reading<'_, '_>, service: &View<'_>) {
    let meta = service.get("metadata");
    let Some(name) = reading.name(&meta.get("name"), "the service") else { return };
    let spec = service.get("spec");
    let mut facts = Facts::default();
    let namespace = reading.text(&meta.get("namespace")).map_or_else(String::new, |n| format!(".{n}"));
    for port in spec.get("ports").items() {
        let Some(number) = reading.number(&port.get("port")) else {
            reading.gap(&port, "the port has no number");
            continue;
        };
        let protocol = port.any(&["appProtocol", "name"]).as_text().unwrap_or_default().to_owned();
        facts.address(port, &format!("{name}{namespace}:{number}"), &protocol);
    }
    let outside = spec.get("externalName");
    if outside.is_there() {
        facts.text(reading, outside, Fact::RequiresService);
    }
    let selector = reading.labels(&spec.get("selector"));
    let rows = reading.labels(&meta.get("labels"));
    let ip = reading.text(&spec.get("clusterIP")).filter(|ip| ip != "None");
    let keys = keys(reading, service);
    let own = facts.tell(reading, service, Subject::Party, name.clone());
    own.method = SeedMethod::ServiceDiscoveryProtocols;
    own.labels(rows);
    own.key("service", name);
    own.key("ip", ip.unwrap_or_default());
    for (_, key, value) in selector {
        own.key(format!("label.{key}"), value);
    }
    identify(own, keys);
}
