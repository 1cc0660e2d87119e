//! `CrewAI` `agents.yaml` and `tasks.yaml`: who is in a crew, with which tools, and whose work needs whose.

use std::collections::BTreeMap;

use super::{Adapter, Fact, Reading, SeedMethod, Subject, View, facts::Facts};

/// Files of a crew.
pub const ADAPTER: Adapter = Adapter {
    kind: "crewai",
    title: "a CrewAI agents.yaml or tasks.yaml",
    method: SeedMethod::ConfigurationFileParsing,
    extensions: &["yaml", "yml", "json"],
    recognises,
    read,
};

/// True for a task of a crew.
pub fn is_task(row: &View<'_>) -> bool {
    row.has("description") && (row.has("expected_output") || row.has("agent"))
}

/// True for an agent of a crew.
pub fn is_agent(row: &View<'_>) -> bool {
    row.has("role") && (row.has("goal") || row.has("backstory"))
}

/// The mappings of a document: of tasks or agents itself, or with both under their names.
pub fn groups<'n>(document: &View<'n>) -> Vec<View<'n>> {
    let inner: Vec<View<'n>> = ["agents", "tasks"].iter().map(|k| document.get(k)).filter(View::is_map).collect();
    let wrapped = inner.iter().any(|g| g.entries().any(|(_, row)| is_task(&row) || is_agent(&row)));
    if wrapped { inner } else { vec![document.clone()] }
}

/// True where a document has an agent or a task of a crew.
pub fn recognises(document: &View<'_>) -> bool {
    groups(document).iter().any(|g| g.entries().any(|(_, row)| is_task(&row) || is_agent(&row)))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    let rows: Vec<(&str, View<'_>)> =
        documents.iter().flat_map(|d| groups(d)).flat_map(|g| g.entries().collect::<Vec<_>>()).collect();
    // Tasks first by name, so that a context leads to the agent behind it.
    let mut doers: BTreeMap<&str, String> = BTreeMap::new();
    for (name, row) in rows.iter().filter(|(_, row)| is_task(row)) {
        doers.extend(reading.text(&row.get("agent")).map(|agent| (*name, agent)));
    }
    for (name, row) in &rows {
        if is_agent(row) {
            read_agent(reading, name, row);
        } else if is_task(row) {
            read_task(reading, name, row, &doers);
        } else {
            reading.useless(row, format!("`{name}` is neither an agent (`role`) nor a task (`description`)"));
        }
    }
}

fn read_agent(reading: &mut Reading<'_, '_>, name: &str, row: &View<'_>) {
    let mut facts = Facts::default();
    facts.text(reading, row.get("role"), |role| Fact::Type(role.split_whitespace().collect::<Vec<_>>().join(" ")));
    facts.info(reading, "description", row.get("goal"));
    for (tool, _) in reading.texts(&row.get("tools")) {
        facts.capability(row.get("tools"), tool, "tool");
    }
    facts.text(reading, row.get("llm"), Fact::RequiresService);
    facts.label(reading, "allow_delegation", row.get("allow_delegation"));
    facts.tell(reading, row, Subject::Agent, name);
}

/// A task says that there is an agent, and that it waits for the agents of its context.
fn read_task(reading: &mut Reading<'_, '_>, name: &str, row: &View<'_>, doers: &BTreeMap<&str, String>) {
    let Some(agent) = reading.text(&row.get("agent")) else {
        reading.gap(row, format!("task `{name}` names no agent"));
        return;
    };
    let mut facts = Facts::default();
    for context in row.get("context").items_or_self() {
        let Some(other) = reading.text(&context) else { continue };
        match doers.get(other.as_str()) {
            Some(doer) if *doer != agent => facts.add(context, Fact::DependsOn(doer.clone())),
            Some(_) => {}
            None => reading.gap(&context, format!("no agent is known for the context `{other}`")),
        }
    }
    facts.tell(reading, &row.get("agent"), Subject::Agent, agent);
}
