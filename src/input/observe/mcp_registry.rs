//! MCP registry: a `server.json`, or a list of them as the registry's API answers.
//!
//! The schema changed in 2025-09 from `registry_name`, `environment_variables`, `version_detail`, `transport_type`
//! to `registryType`, `environmentVariables`, `version`, `type`; entries of lists came to be wrapped in
//! `{server, _meta}`. Both spellings are read. A list holds many versions of a server: the latest one counts.

use std::{cmp::Ordering, collections::BTreeMap};

use super::{Adapter, DOCUMENTS, Endpoint, Fact, Moment, Reading, SeedMethod, Subject, View};

/// MCP servers of a registry.
pub const ADAPTER: Adapter = Adapter {
    kind: "mcp_registry",
    title: "an MCP registry's `server.json`, or a list of them",
    method: SeedMethod::AgentRegistryQueries,
    extensions: DOCUMENTS,
    recognises,
    read,
};

/// Where the registry itself says when a version was published and whether it is the latest.
const OFFICIAL: [&str; 2] = ["io.modelcontextprotocol.registry/official", "io.modelcontextprotocol.registry"];

fn recognises(document: &View<'_>) -> bool {
    entries(document).first().is_some_and(|(server, _)| is_server(server))
}

fn is_server(server: &View<'_>) -> bool {
    let says = ["packages", "remotes", "version_detail"];
    let schema = server.get("$schema").as_text().is_some_and(|s| s.contains("server.schema.json"));
    server.has("name") && (schema || says.iter().any(|k| server.has(k)))
}

/// The servers of a document, each with what the registry says of it.
fn entries<'n>(document: &View<'n>) -> Vec<(View<'n>, View<'n>)> {
    let servers = document.get("servers");
    let rows = if servers.is_list() { servers.items().collect() } else { document.items_or_self() };
    let pair = |row: View<'n>| {
        let inner = row.get("server");
        let server = if inner.is_map() { inner } else { row.clone() };
        let meta = if row.has("_meta") { row.get("_meta") } else { server.get("_meta") };
        let official = OFFICIAL.iter().map(|k| meta.get(k)).find(View::is_map);
        let older = row.get("x-io.modelcontextprotocol.registry");
        (server, official.unwrap_or(older))
    };
    rows.into_iter().map(pair).collect()
}

/// One version of a server.
struct Version<'n> {
    server: View<'n>,
    official: View<'n>,
    latest: Option<bool>,
    published: Option<Moment>,
    number: String,
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    let mut by_name: BTreeMap<String, Version<'_>> = BTreeMap::new();
    for (server, official) in documents.iter().flat_map(entries) {
        let Some(name) = reading.name(&server.get("name"), "the server") else { continue };
        let version = version(reading, &server, &official);
        match by_name.get(&name) {
            Some(known) if newer(&version, known) != Ordering::Greater => {}
            _ => drop(by_name.insert(name, version)),
        }
    }
    for (name, version) in by_name {
        read_server(reading, name, &version);
    }
}

fn version<'n>(reading: &Reading<'_, '_>, server: &View<'n>, official: &View<'n>) -> Version<'n> {
    let detail = server.get("version_detail");
    let written = if server.has("version") { server.get("version") } else { detail.get("version") };
    let latest = official.any(&["isLatest", "is_latest"]).as_flag().or(detail.get("is_latest").as_flag());
    let dated = ["updatedAt", "updated_at", "publishedAt", "published_at", "release_date"];
    let date = dated.iter().map(|k| official.get(k)).find(View::is_there).unwrap_or(detail.get("release_date"));
    Version {
        latest,
        published: reading.moment(&date),
        number: reading.text(&written).unwrap_or_default(),
        server: server.clone(),
        official: official.clone(),
    }
}

/// Which of two versions counts: the one called latest, else the later published, else the greater number.
fn newer(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    let latest = |v: &Version<'_>| v.latest == Some(true);
    let numbers =
        |v: &Version<'_>| -> Vec<u64> { v.number.split(['.', '-', '+']).map_while(|p| p.parse().ok()).collect() };
    (latest(a), a.published, numbers(a), &a.number).cmp(&(latest(b), b.published, numbers(b), &b.number))
}

fn read_server(reading: &mut Reading<'_, '_>, name: String, version: &Version<'_>) {
    let server = &version.server;
    let mut facts = vec![(server.get("name"), Fact::Type("mcp_server".into()))];
    let description = server.get("description");
    facts.extend(reading.wanted_text(&description, "description").map(|t| (description, Fact::Info("description", t))));
    if version.number.is_empty() {
        reading.gap(server, "the server has no version");
    } else {
        facts.push((server.any(&["version", "version_detail"]), Fact::Info("version", version.number.clone())));
    }
    let repository = server.get("repository").get("url");
    let address = repository.as_text().and_then(super::redact::url);
    facts.extend(address.map(|a| (repository, Fact::Info("repository", a))));
    let status = if server.has("status") { server.get("status") } else { version.official.get("status") };
    facts.extend(reading.text(&status).map(|t| (status, Fact::Info("registry_status", t))));
    for package in server.get("packages").items() {
        facts.extend(package_facts(reading, &package));
    }
    let remotes = remotes(reading, server);
    if remotes.is_empty() && server.get("packages").items().next().is_none() {
        reading.gap(server, "the server has neither `packages` nor `remotes`: how to reach it is not known");
    }
    let id = reading.text(&server.get("id"));
    let own = reading.observe(server, Subject::Agent, name);
    own.time = version.published;
    own.key("id", id.unwrap_or_default());
    for (view, fact) in facts {
        own.say(view.place(), fact);
    }
    for (view, endpoint) in remotes {
        own.endpoint(view.place(), endpoint);
    }
}

/// A package as an interface (`npm:@scope/name@1.0`), and the variables that it asks for, by name alone.
fn package_facts<'n>(reading: &Reading<'_, '_>, package: &View<'n>) -> Vec<(View<'n>, Fact)> {
    let mut out = Vec::new();
    let registry = package.any(&["registryType", "registry_type", "registry_name"]);
    let named = package.any(&["identifier", "name"]);
    let Some(identifier) = reading.name(&named, "the package") else { return out };
    let registry = reading.wanted_text(&registry, "registryType").unwrap_or_else(|| "unknown".into());
    let version = reading.text(&package.get("version")).map_or_else(String::new, |v| format!("@{v}"));
    let protocol = package.get("transport").get("type").as_text().unwrap_or("stdio").to_ascii_lowercase();
    let address = super::redact::url(&identifier).unwrap_or_else(|| format!("{registry}:{identifier}{version}"));
    out.push((named, Fact::Endpoint(Endpoint { address, protocol })));
    for variable in package.any(&["environmentVariables", "environment_variables"]).items() {
        if let Some(name) = reading.name(&variable.get("name"), "the environment variable") {
            let required = variable.any(&["isRequired", "is_required"]).as_flag() == Some(true);
            let must = if required { "" } else { " (optional)" };
            out.push((variable, Fact::Requirement(format!("environment variable {name}{must}"))));
        }
    }
    out
}

fn remotes<'n>(reading: &Reading<'_, '_>, server: &View<'n>) -> Vec<(View<'n>, Endpoint)> {
    let mut out = Vec::new();
    for remote in server.get("remotes").items() {
        let transport = remote.any(&["type", "transport_type", "transportType"]);
        let url = remote.get("url");
        if !url.is_there() {
            reading.gap(&remote, "the remote has no `url`");
        }
        out.extend(reading.endpoint(&url, transport.as_text().unwrap_or_default()).map(|e| (url, e)));
    }
    out
}
