//! kagent's Kubernetes resources: agents with their tools, and the MCP servers and models that they use.

use super::{Adapter, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View, facts::Facts};

/// Resources of kagent.
pub const ADAPTER: Adapter = Adapter {
    kind: "kagent",
    title: "kagent resources (Agent, RemoteMCPServer, ModelConfig)",
    method: SeedMethod::ConfigurationFileParsing,
    extensions: DOCUMENTS,
    recognises: |document| objects(document).iter().any(is_ours),
    read,
};

fn is_ours(object: &View<'_>) -> bool {
    object.get("apiVersion").as_text().is_some_and(|v| v.starts_with("kagent.dev/"))
}

fn objects<'n>(document: &View<'n>) -> Vec<View<'n>> {
    let items = document.get("items");
    if items.is_list() { items.items().collect() } else { vec![document.clone()] }
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for object in documents.iter().flat_map(objects).filter(is_ours) {
        let Some(name) = reading.name(&object.get("metadata").get("name"), "the resource") else { continue };
        let kind = object.get("kind").as_text().unwrap_or_default();
        let spec = object.get("spec");
        let mut facts = Facts::default();
        facts.info(reading, "description", spec.get("description"));
        let subject = if kind.ends_with("Agent") {
            read_agent(reading, &spec, &mut facts);
            Subject::Agent
        } else {
            facts.endpoint(reading, spec.get("url"), spec.get("protocol").as_text().unwrap_or("http"));
            facts.info(reading, "provider", spec.get("provider"));
            facts.info(reading, "model", spec.get("model"));
            Subject::Service
        };
        let namespace = reading.text(&object.get("metadata").get("namespace"));
        let rows = reading.labels(&object.get("metadata").get("labels"));
        let own = facts.tell(reading, &object, subject, name);
        own.labels(rows);
        own.key("namespace", namespace.unwrap_or_default());
    }
}

/// Fields stand under `declarative`, or in the specification itself as they did before v1alpha2.
fn read_agent<'n>(reading: &Reading<'_, '_>, spec: &View<'n>, facts: &mut Facts<'n>) {
    facts.text(reading, spec.get("type"), |t| Fact::Label("kagent.type".into(), t));
    let own = if spec.get("declarative").is_map() { spec.get("declarative") } else { spec.clone() };
    facts.text(reading, own.get("modelConfig"), Fact::RequiresService);
    for tool in own.get("tools").items() {
        let server = tool.any(&["mcpServer", "remoteMcpServer"]);
        let named = reading.text(&server.any(&["name", "toolServer"]));
        for view in server.get("toolNames").items() {
            let of = named.as_deref().map_or_else(String::new, |n| format!(" of MCP server `{n}`"));
            if let Some(tool) = reading.text(&view) {
                facts.capability(view, tool, format!("tool{of}"));
            }
        }
        if let Some(server_name) = named {
            facts.add(server.any(&["name", "toolServer"]), Fact::RequiresService(server_name));
        }
        let agent = tool.get("agent");
        let agent = if agent.is_map() { agent.any(&["name", "ref"]) } else { agent };
        facts.text(reading, agent, Fact::DependsOn);
    }
    for skill in own.get("a2aConfig").get("skills").items() {
        let title = reading.text(&skill.get("name")).unwrap_or_default();
        if let Some(id) = reading.text(&skill.any(&["id", "name"])) {
            facts.capability(skill, id, format!("skill \"{title}\""));
        }
    }
}
