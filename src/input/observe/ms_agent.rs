//! Declarative agents of Microsoft's Agent Framework: prompt agents with their tools, and workflows that invoke
//! agents.

use std::collections::BTreeSet;

use super::{Adapter, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View, facts::Facts};

/// Declarative agents.
pub const ADAPTER: Adapter = Adapter {
    kind: "ms_agent",
    title: "a declarative agent or workflow of Microsoft's Agent Framework",
    method: SeedMethod::ConfigurationFileParsing,
    extensions: DOCUMENTS,
    recognises,
    read,
};

fn is_agent(document: &View<'_>) -> bool {
    let kind = document.get("kind").as_text().unwrap_or_default();
    let agent = ["prompt", "agent", "hosted"].contains(&kind.to_ascii_lowercase().as_str());
    agent && document.has("name") && !document.has("apiVersion")
}

fn is_workflow(document: &View<'_>) -> bool {
    let kind = document.get("kind").as_text() == Some("Workflow");
    kind && !document.has("apiVersion") && (document.has("trigger") || document.has("actions"))
}

fn recognises(document: &View<'_>) -> bool {
    is_agent(document) || is_workflow(document)
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for document in documents {
        if is_agent(document) {
            read_agent(reading, document);
        } else if is_workflow(document) {
            let mut told = BTreeSet::new();
            walk(reading, document, &mut told);
            if told.is_empty() {
                reading.gap(document, "the workflow invokes no agent");
            }
        }
    }
}

fn read_agent(reading: &mut Reading<'_, '_>, document: &View<'_>) {
    let Some(name) = reading.name(&document.get("name"), "the agent") else { return };
    let mut facts = Facts::default();
    facts.info(reading, "description", document.get("description"));
    facts.label(reading, "model", document.get("model").any(&["id", "name"]));
    for tool in document.get("tools").items() {
        let kind = tool.get("kind").as_text().unwrap_or("tool").to_owned();
        match reading.text(&tool.any(&["name", "id"])) {
            Some(named) => facts.capability(tool.clone(), named, format!("{kind} tool")),
            None => reading.gap(&tool, "the tool has no name"),
        }
        let address = tool.any(&["url", "endpoint", "serverUrl"]);
        if let Some(endpoint) = address.as_text().and_then(super::redact::url) {
            facts.add(address, Fact::RequiresService(endpoint));
        }
    }
    facts.tell(reading, document, Subject::Agent, name);
}

/// Every action that names an agent, however deep (a document nests no deeper than the reader allows).
fn walk(reading: &mut Reading<'_, '_>, view: &View<'_>, told: &mut BTreeSet<String>) {
    let kind = view.get("kind").as_text().unwrap_or_default();
    if kind.starts_with("Invoke") && kind.ends_with("Agent") {
        let agent = view.get("agent");
        let named = if agent.is_map() { agent.get("name") } else { agent };
        match named.as_text() {
            Some(name) if name.starts_with('=') => {
                reading.gap(&named, "the agent's name is an expression, known only when the workflow runs");
            }
            _ => {
                if let Some(name) = reading.name(&named, "the invoked agent").filter(|n| told.insert(n.clone())) {
                    reading.observe(view, Subject::Agent, name);
                }
            }
        }
    }
    for inner in view.items() {
        walk(reading, &inner, told);
    }
    for (_, inner) in view.entries() {
        walk(reading, &inner, told);
    }
}
