//! Kubernetes objects, one by one, in lists (`kubectl get -o json`) or in manifests: nodes, pods, workloads and
//! services. Other objects are passed over.
//!
//! An object is a party: whether a pod is an agent is for other sources to say. It is joined by its labels, its
//! owner, its service's selector or its address.

mod node;
mod pod;
mod quantity;
mod workload;

use super::{Adapter, DOCUMENTS, Observation, Reading, SeedMethod, View, facts::Facts};

/// Kubernetes objects.
pub const ADAPTER: Adapter = Adapter {
    kind: "kubernetes",
    title: "Kubernetes objects (nodes, pods, deployments, services)",
    method: SeedMethod::HeartbeatMonitoring,
    extensions: DOCUMENTS,
    recognises,
    read,
};

/// API groups whose objects are sources of their own.
const OTHERS: [&str; 3] = ["kagent.dev/", "backstage.io/", "argoproj.io/"];

fn recognises(document: &View<'_>) -> bool {
    let group = document.get("apiVersion");
    let ours = group.as_text().is_some_and(|g| !OTHERS.iter().any(|o| g.starts_with(o)));
    let typed = document.get("kind").as_text().is_some();
    typed && ours || document.items().next().is_some_and(|row| is_summary(&row) || typed_row(&row))
}

/// A node as support bundles sum it up.
fn is_summary(row: &View<'_>) -> bool {
    row.has("id") && row.has("ready") && (row.has("cpu_milli") || row.has("pods"))
}

/// An item of a bare list of objects.
fn typed_row(row: &View<'_>) -> bool {
    row.has("kind") && row.has("apiVersion") && row.has("metadata")
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    let mut told = 0;
    for document in documents {
        let kind = document.get("kind").as_text().unwrap_or_default();
        let items = document.get("items");
        if items.is_list() {
            // Items of a typed list need not say what they are.
            let inner = kind.strip_suffix("List").unwrap_or_default();
            told += items.items().map(|item| usize::from(object(reading, &item, inner))).sum::<usize>();
        } else if document.is_list() {
            told += document.items().map(|item| usize::from(object(reading, &item, ""))).sum::<usize>();
        } else {
            told += usize::from(object(reading, document, kind));
        }
    }
    if let (0, Some(first)) = (told, documents.first()) {
        reading.gap(first, "there is no node, pod, workload or service here");
    }
}

/// Reads one object; true where it is of a kind that says something.
fn object(reading: &mut Reading<'_, '_>, object: &View<'_>, kind: &str) -> bool {
    match object.get("kind").as_text().unwrap_or(kind) {
        "Node" => node::read(reading, object),
        "Pod" => pod::read(reading, object),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => workload::read(reading, object),
        "Service" => workload::read_service(reading, object),
        _ if is_summary(object) => node::read_summary(reading, object),
        _ => return false,
    }
    true
}

/// The condition of a type.
fn condition<'n>(object: &View<'n>, kind: &str) -> Option<View<'n>> {
    object.get("status").get("conditions").items().find(|c| c.get("type").as_text() == Some(kind))
}

/// Conditions of trouble that hold (`MemoryPressure` …), as labels.
fn troubles<'n>(reading: &Reading<'_, '_>, object: &View<'n>, facts: &mut Facts<'n>) {
    for condition in object.get("status").get("conditions").items() {
        let kind = condition.get("type").as_text().unwrap_or_default();
        if (kind.ends_with("Pressure") || kind == "NetworkUnavailable")
            && condition.get("status").as_text() == Some("True")
        {
            facts.label(reading, &format!("condition.{kind}"), condition.get("status"));
        }
    }
}

/// Labels that name the application that an object belongs to, the recommended one first.
const APPS: [&str; 4] = ["app.kubernetes.io/name", "app", "k8s-app", "app.kubernetes.io/instance"];

/// Names by which other sources may know an object: its namespace, its unique id.
fn keys(reading: &Reading<'_, '_>, object: &View<'_>) -> Vec<(&'static str, String)> {
    let meta = object.get("metadata");
    let rows = [("namespace", meta.get("namespace")), ("uid", meta.get("uid"))];
    rows.into_iter().filter_map(|(key, view)| Some((key, reading.text(&view)?))).collect()
}

/// Notes keys, and the application that labels name.
fn identify(own: &mut Observation, keys: Vec<(&'static str, String)>) {
    for (key, value) in keys {
        own.key(key, value);
    }
    let app = APPS.iter().find_map(|label| own.keys.get(&format!("label.{label}")).cloned());
    own.key("app", app.unwrap_or_default());
}
