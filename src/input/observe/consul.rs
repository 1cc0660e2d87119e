//! Consul's HTTP API: health of nodes and services, the catalogue, an agent's own services.
//!
//! Of several checks the worst counts. Tags and metadata are labels.

use std::collections::BTreeMap;

use super::{Adapter, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View, facts::Facts, records};
use crate::model::AgentStatus;

/// Answers of Consul.
pub const ADAPTER: Adapter = Adapter {
    kind: "consul",
    title: "an answer of Consul's API (health, catalog, agent)",
    method: SeedMethod::HeartbeatMonitoring,
    extensions: DOCUMENTS,
    recognises,
    read,
};

fn is_check(row: &View<'_>) -> bool {
    row.has("CheckID") && row.has("Status")
}

fn is_health(row: &View<'_>) -> bool {
    row.get("Service").is_map() && (row.get("Node").is_map() || row.has("Checks"))
}

fn is_catalog(row: &View<'_>) -> bool {
    row.has("Node") && (row.has("ServiceName") || row.has("Address")) && !row.has("JobID")
}

fn is_own(row: &View<'_>) -> bool {
    row.has("Service") && row.has("ID") && !row.get("Service").is_map()
}

/// `/v1/catalog/services`: name to tags.
fn is_names(document: &View<'_>) -> bool {
    let tags = |v: &View<'_>| v.is_list() && v.items().all(|t| t.as_text().is_some());
    document.entries().next().is_some() && document.entries().all(|(_, v)| tags(&v))
}

fn recognises(document: &View<'_>) -> bool {
    let row = |r: &View<'_>| is_check(r) || is_health(r) || is_catalog(r);
    document.items().any(|r| row(&r))
        || document.entries().any(|(_, r)| is_own(&r))
        || document.get("Config").is_map()
        || is_names(document)
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for document in documents {
        let checks: Vec<View<'_>> = document.items().filter(is_check).collect();
        if !checks.is_empty() {
            read_checks(reading, &checks);
        }
        for row in document.items().filter(|r| !is_check(r)) {
            if is_health(&row) {
                read_health(reading, &row);
            } else if is_catalog(&row) {
                read_catalog(reading, &row);
            } else {
                reading.useless(&row, "this is neither a check nor a service or node, and was left out");
            }
        }
        if document.get("Config").is_map() {
            reading.gap(document, "this is an agent's own configuration: it names no service");
        } else if document.is_map() && is_names(document) {
            for (name, tags) in document.entries() {
                let mut facts = Facts::default();
                tag(reading, &tags, &mut facts);
                let own = facts.tell(reading, &tags, Subject::Party, name);
                own.method = SeedMethod::ServiceDiscoveryProtocols;
            }
        } else {
            for (_, row) in document.entries().filter(|(_, row)| is_own(row)) {
                read_service(reading, &row, &row, &row, SeedMethod::ServiceDiscoveryProtocols, None);
            }
        }
    }
}

/// Checks of nodes and services, the worst of each.
fn read_checks(reading: &mut Reading<'_, '_>, checks: &[View<'_>]) {
    let mut by_owner: BTreeMap<(String, String), Vec<&View<'_>>> = BTreeMap::new();
    for check in checks {
        let service = reading.text(&check.get("ServiceName")).unwrap_or_default();
        let node = reading.text(&check.get("Node")).unwrap_or_default();
        by_owner.entry((node, service)).or_default().push(check);
    }
    for ((node, service), checks) in by_owner {
        let name = if service.is_empty() { node.clone() } else { service.clone() };
        let Some(first) = checks.first().filter(|_| !name.is_empty()) else {
            reading.useless(checks[0], "the check is of neither a node nor a service, and was left out");
            continue;
        };
        let mut facts = Facts::default();
        worst(reading, checks.iter().copied(), &mut facts);
        tag(reading, &first.get("ServiceTags"), &mut facts);
        let id = reading.text(&first.get("ServiceID"));
        let own = facts.tell(reading, first, Subject::Party, name);
        own.key("node", node);
        own.key("id", id.unwrap_or_default());
    }
}

/// The worst status of checks, where it stands.
fn worst<'n>(reading: &Reading<'_, '_>, checks: impl Iterator<Item = &'n View<'n>>, facts: &mut Facts<'n>) {
    let rank = |s: AgentStatus, word: &str| match s {
        AgentStatus::Failed => 3,
        AgentStatus::Draining => 2,
        _ => i32::from(word != "passing"),
    };
    let mut found: Option<(i32, View<'n>, AgentStatus, String)> = None;
    for check in checks {
        let view = check.get("Status");
        let Some(word) = reading.text(&view) else { continue };
        let Some(status) = records::status_of(&word) else {
            reading.gap(&view, format!("the status `{word}` is none that is known"));
            continue;
        };
        let rank = rank(status, &word);
        if found.as_ref().is_none_or(|(known, ..)| rank > *known) {
            found = Some((rank, view, status, word));
        }
    }
    if let Some((_, view, status, word)) = found {
        facts.add(view, Fact::Status(status, word));
    }
}

fn tag<'n>(reading: &Reading<'_, '_>, tags: &View<'n>, facts: &mut Facts<'n>) {
    for tag in tags.items() {
        facts.text(reading, tag, |t| Fact::Label(format!("tag.{t}"), "true".into()));
    }
}

fn read_health(reading: &mut Reading<'_, '_>, row: &View<'_>) {
    let checks: Vec<View<'_>> = row.get("Checks").items().collect();
    let (node, service) = (row.get("Node"), row.get("Service"));
    read_service(reading, row, &service, &node, SeedMethod::HeartbeatMonitoring, Some(&checks));
}

/// A row of `/v1/catalog/service/NAME`, or of `/v1/catalog/nodes`.
fn read_catalog(reading: &mut Reading<'_, '_>, row: &View<'_>) {
    read_service(reading, row, row, row, SeedMethod::ServiceDiscoveryProtocols, None);
}

fn read_service(
    reading: &mut Reading<'_, '_>,
    row: &View<'_>,
    service: &View<'_>,
    node: &View<'_>,
    method: SeedMethod,
    checks: Option<&[View<'_>]>,
) {
    let named = service.any(&["Service", "ServiceName", "Node"]);
    let Some(name) = reading.name(&named, "the service") else { return };
    let mut facts = Facts::default();
    worst(reading, checks.unwrap_or_default().iter(), &mut facts);
    tag(reading, &service.any(&["Tags", "ServiceTags"]), &mut facts);
    facts.text(reading, node.get("Datacenter"), Fact::Zone);
    let places = [service.get("ServiceAddress"), service.get("Address"), node.get("Address")];
    let address = places.into_iter().find(|v| v.as_text().is_some_and(|t| !t.is_empty()));
    let port = reading.number(&service.any(&["Port", "ServicePort"])).filter(|p| *p > 0.0);
    if let Some(view) = address {
        let host = reading.text(&view).unwrap_or_default();
        facts.address(view, &port.map_or(host.clone(), |p| format!("{host}:{p}")), "");
    }
    let rows = reading.labels(&service.any(&["Meta", "ServiceMeta", "NodeMeta"]));
    let id = reading.text(&service.any(&["ServiceID", "ID"]));
    let on = node.get("Node").as_text().filter(|n| *n != name).map(str::to_owned);
    let own = facts.tell(reading, row, Subject::Party, name);
    own.method = method;
    own.labels(rows);
    own.key("id", id.unwrap_or_default());
    own.key("node", on.unwrap_or_default());
}
