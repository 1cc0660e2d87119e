//! Pods: phase and readiness, restarts, what their containers ask for and connect to.

use super::{condition, identify, keys, troubles};
use crate::{
    input::observe::{Fact, Reading, Subject, View, environment, facts::Facts},
    model::AgentStatus,
};

pub fn read(reading: &mut Reading<'_, '_>, pod: &View<'_>) {
    let meta = pod.get("metadata");
    let Some(name) = reading.name(&meta.any(&["name", "generateName"]), "the pod") else { return };
    let (spec, status) = (pod.get("spec"), pod.get("status"));
    let mut facts = Facts::default();
    if let Some((view, told, word)) = judge(reading, pod) {
        facts.add(view, Fact::Status(told, word));
    }
    troubles(reading, pod, &mut facts);
    let states = status.get("containerStatuses");
    let restarts: f64 = states.items().filter_map(|s| reading.number(&s.get("restartCount"))).sum();
    if states.is_list() {
        facts.add(states, Fact::Info("restarts", restarts.to_string()));
    }
    containers(reading, &spec, &mut facts);
    let address = reading.text(&status.get("podIP"));
    if let Some(address) = &address {
        for port in ports(&spec) {
            let number = port.get("containerPort").as_number().unwrap_or_default();
            let protocol = port.get("name").as_text().unwrap_or_default().to_owned();
            facts.address(port, &format!("{address}:{number}"), &protocol);
        }
    }
    let time = ["Ready", "ContainersReady", "PodScheduled"].iter().filter_map(|k| condition(pod, k));
    let time = time.filter_map(|c| reading.moment(&c.get("lastTransitionTime"))).max();
    let time = time.or_else(|| reading.moment(&status.get("startTime")));
    let node = reading.text(&spec.get("nodeName"));
    let rows = reading.labels(&meta.get("labels"));
    let (keys, owner) = (keys(reading, pod), owner(reading, pod));
    let own = facts.tell(reading, pod, Subject::Party, name);
    own.time = time;
    own.labels(rows);
    identify(own, keys);
    own.key("node", node.unwrap_or_default());
    own.key("ip", address.unwrap_or_default());
    own.key("owner", owner.unwrap_or_default());
}

/// The workload that owns the pod; of a replica set the deployment, which it is named for.
fn owner(reading: &Reading<'_, '_>, pod: &View<'_>) -> Option<String> {
    let meta = pod.get("metadata");
    let owner = meta.get("ownerReferences").items().next()?;
    let name = reading.text(&owner.get("name"))?;
    let hash = meta.get("labels").get("pod-template-hash");
    let base = hash.as_loose_text().and_then(|h| name.strip_suffix(&*h)?.strip_suffix('-').map(str::to_owned));
    Some(if owner.get("kind").as_text() == Some("ReplicaSet") { base.unwrap_or(name) } else { name })
}

/// What the phase and the condition `Ready` say, in the word of the container that is not well.
fn judge<'n>(reading: &Reading<'_, '_>, pod: &View<'n>) -> Option<(View<'n>, AgentStatus, String)> {
    let status = pod.get("status");
    let phase = status.get("phase");
    if pod.get("metadata").get("deletionTimestamp").is_there() {
        return Some((pod.get("metadata").get("deletionTimestamp"), AgentStatus::Draining, "Terminating".into()));
    }
    let ready = condition(pod, "Ready");
    let unwell = |fallback: &str| {
        let all = ["initContainerStatuses", "containerStatuses"];
        let states: Vec<View<'n>> = all.iter().flat_map(|k| status.get(k).items()).collect();
        let reason = states.iter().filter(|s| s.get("ready").as_flag() != Some(true)).find_map(|s| {
            let state = s.get("state");
            let ended = state.get("terminated").get("reason");
            let why = if state.get("waiting").is_map() { state.get("waiting").get("reason") } else { ended };
            reading.text(&why).filter(|r| r != "Completed")
        });
        reason.unwrap_or_else(|| fallback.to_owned())
    };
    let is_ready = ready.as_ref().map(|r| r.get("status").as_text() == Some("True"));
    let told = match (phase.as_text()?, is_ready) {
        ("Running", Some(true) | None) => (AgentStatus::Active, "Running".to_owned()),
        ("Running", Some(false)) => (AgentStatus::Failed, unwell("NotReady")),
        ("Pending", _) => (AgentStatus::Offline, unwell("Pending")),
        ("Succeeded", _) => (AgentStatus::Offline, "Completed".to_owned()),
        ("Failed", _) => (AgentStatus::Failed, reading.text(&status.get("reason")).unwrap_or_else(|| unwell("Failed"))),
        ("Unknown", _) => (AgentStatus::Offline, "Unknown".to_owned()),
        (other, is_ready) => {
            reading.gap(&phase, format!("the phase `{other}` is none that is known"));
            let told = if is_ready? { AgentStatus::Active } else { AgentStatus::Failed };
            (told, reading.text(&phase)?)
        }
    };
    Some((phase, told.0, told.1))
}

/// The ports of all containers.
fn ports<'n>(spec: &View<'n>) -> Vec<View<'n>> {
    spec.get("containers").items().flat_map(|c| c.get("ports").items().collect::<Vec<_>>()).collect()
}

/// Images, requests for resources, and addresses in the environment of the containers of a pod.
pub fn containers<'n>(reading: &Reading<'_, '_>, spec: &View<'n>, facts: &mut Facts<'n>) {
    let containers: Vec<View<'n>> = spec.get("containers").items().collect();
    if let [only] = containers.as_slice() {
        facts.info(reading, "image", only.get("image"));
    }
    for name in ["cpu", "memory"] {
        let asked = |c: &View<'n>| {
            let resources = c.get("resources");
            let request = resources.get("requests").get(name);
            if request.is_there() { request } else { resources.get("limits").get(name) }
        };
        let rows: Vec<View<'n>> = containers.iter().map(asked).filter(View::is_there).collect();
        let texts: Vec<String> = rows.iter().filter_map(|v| reading.text(v)).collect();
        if let (Some(first), false) = (rows.first(), texts.is_empty()) {
            facts.add(first.clone(), Fact::ResourceRequirement(name.to_owned(), texts.join(" + ")));
        }
    }
    for container in &containers {
        environment::needs(&container.get("env"), &|_| false, facts);
    }
}
