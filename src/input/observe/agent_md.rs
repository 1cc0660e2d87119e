//! Agents as Markdown with front matter, as Claude Code has them: `name`, `description`, `tools`, `model`.

use super::{Adapter, Fact, Reading, SeedMethod, Subject, View, facts::Facts};

/// Agents in Markdown.
pub const ADAPTER: Adapter = Adapter {
    kind: "agent_md",
    title: "an agent in Markdown with front matter (`name`, `description`)",
    method: SeedMethod::ConfigurationFileParsing,
    extensions: &["md", "mdc", "markdown"],
    recognises,
    read,
};

/// Fields of other formats that have a name and a description, too.
const OTHERS: [&str; 12] = [
    "$schema",
    "packages",
    "remotes",
    "apiVersion",
    "kind",
    "url",
    "supportedInterfaces",
    "defaultInputModes",
    "protocolVersion",
    "schema_version",
    "schemaVersion",
    "attributes",
];

fn recognises(document: &View<'_>) -> bool {
    let named = document.get("name").as_loose_text().is_some() || document.has("tools") || document.has("model");
    let flat = ["name", "description", "model"].iter().all(|k| !document.get(k).is_map());
    named && flat && document.get("description").as_text().is_some() && !OTHERS.iter().any(|k| document.has(k))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for document in documents {
        let written = document.get("name");
        let name = reading.text(&written).unwrap_or_else(|| {
            reading.gap(document, "`name` is missing; the file's name stands for it");
            reading.stem().to_owned()
        });
        let mut facts = Facts::default();
        facts.info(reading, "description", document.get("description"));
        facts.label(reading, "model", document.get("model"));
        let tools = document.any(&["tools", "allowed-tools", "allowed_tools"]);
        if tools.is_map() {
            // Some tools have `{bash: true}`.
            for (tool, on) in tools.entries().filter(|(_, on)| on.as_flag() != Some(false)) {
                tell_tool(&mut facts, on, tool);
            }
        }
        for row in if tools.is_map() { Vec::new() } else { tools.items_or_self() } {
            let Some(text) = reading.text(&row) else { continue };
            for tool in split(&text) {
                tell_tool(&mut facts, row.clone(), tool);
            }
        }
        for skill in document.get("skills").items_or_self() {
            if let Some(text) = reading.text(&skill) {
                for s in split(&text) {
                    facts.capability(skill.clone(), s.to_owned(), "skill");
                }
            }
        }
        for server in document.get("mcpServers").items() {
            facts.text(reading, server, Fact::RequiresService);
        }
        facts.tell(reading, document, Subject::Agent, name);
    }
}

/// Names between commas; commas within parentheses (`Bash(git, ls)`) part nothing.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut out) = (0_i32, 0, Vec::new());
    for (i, c) in text.char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if c == ',' && depth <= 0 {
            out.push(text[from..i].trim());
            from = i + 1;
        }
    }
    out.push(text[from..].trim());
    out.retain(|t| !t.is_empty());
    out
}

/// A tool is a capability by its name; one of an MCP server (`mcp__SERVER__TOOL`) needs the server.
fn tell_tool<'n>(facts: &mut Facts<'n>, view: View<'n>, tool: &str) {
    let name = tool.split('(').next().unwrap_or(tool).trim();
    if let Some((server, _)) = name.strip_prefix("mcp__").and_then(|t| t.split_once("__")) {
        facts.add(view.clone(), Fact::RequiresService(server.to_owned()));
    }
    if !name.is_empty() {
        facts.capability(view, name.to_owned(), "tool");
    }
}
