//! `.mcp.json` and its like (`mcpServers`, or `servers` as some editors have it): the servers that agents use.
//!
//! Arguments, headers and values of the environment hold secrets; of them no more than names is kept.

use super::{Adapter, DOCUMENTS, Fact, Reading, SeedMethod, Subject, View, environment, facts::Facts};
use crate::model::AgentStatus;

/// MCP client configurations.
pub const ADAPTER: Adapter = Adapter {
    kind: "mcp",
    title: "an MCP client's configuration (`mcpServers`)",
    method: SeedMethod::SystemIntegrationPoints,
    extensions: DOCUMENTS,
    recognises,
    read,
};

fn servers<'n>(document: &View<'n>) -> View<'n> {
    let own = document.any(&["mcpServers", "mcp_servers"]);
    let nested = document.get("mcp").any(&["servers", "mcpServers"]);
    [own, nested, document.get("servers")].into_iter().find(View::is_map).unwrap_or_else(|| document.get("mcpServers"))
}

fn recognises(document: &View<'_>) -> bool {
    let is_server = |s: &View<'_>| ["command", "url", "serverUrl", "httpUrl"].iter().any(|k| s.has(k));
    document.get("mcpServers").is_map() || servers(document).entries().any(|(_, s)| is_server(&s))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for (name, server) in documents.iter().flat_map(|d| servers(d).entries()) {
        if !server.is_map() {
            reading.useless(&server, format!("server `{name}` is {}, and was left out", server.noun()));
            continue;
        }
        let mut facts = Facts::default();
        facts.add(server.clone(), Fact::Type("mcp_server".into()));
        facts.info(reading, "description", server.get("description"));
        let url = server.any(&["url", "serverUrl", "httpUrl"]);
        let command = server.get("command");
        let kind = server.any(&["type", "transport"]);
        if url.is_there() {
            facts.endpoint(reading, url, kind.as_text().unwrap_or("http"));
        } else if let Some(program) = command.as_text() {
            // A whole command line may stand here; the program is its first word.
            let program = program.split_whitespace().next().unwrap_or_default();
            let program = program.rsplit(['/', '\\']).next().unwrap_or_default();
            facts.address(command, &format!("stdio:{program}"), "stdio");
        } else {
            reading.gap(&server, format!("server `{name}` has neither `url` nor `command`"));
        }
        environment::requirements(reading, &server.get("env"), "environment variable", &mut facts);
        environment::requirements(reading, &server.get("headers"), "header", &mut facts);
        if server.get("disabled").as_flag() == Some(true) || server.get("enabled").as_flag() == Some(false) {
            facts.add(server.any(&["disabled", "enabled"]), Fact::Status(AgentStatus::Offline, "disabled".into()));
        }
        facts.tell(reading, &server, Subject::Service, name);
    }
}
