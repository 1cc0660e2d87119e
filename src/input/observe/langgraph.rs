//! `langgraph.json`: the graphs of an application, each an agent.

use super::{Adapter, Fact, Reading, SeedMethod, Subject, View, environment, facts::Facts};

/// Applications of `LangGraph`.
pub const ADAPTER: Adapter = Adapter {
    kind: "langgraph",
    title: "a langgraph.json (`graphs`)",
    method: SeedMethod::ConfigurationFileParsing,
    extensions: &["json"],
    recognises,
    read,
};

fn recognises(document: &View<'_>) -> bool {
    let graphs = document.get("graphs");
    graphs.is_map() && graphs.entries().all(|(_, g)| g.as_text().is_some() || g.has("path"))
}

fn read(reading: &mut Reading<'_, '_>, documents: &[View<'_>]) {
    for document in documents {
        for (name, graph) in document.get("graphs").entries() {
            let mut facts = Facts::default();
            facts.add(graph.clone(), Fact::Type("langgraph".into()));
            let path = if graph.is_map() { graph.get("path") } else { graph.clone() };
            facts.info(reading, "source", path);
            facts.info(reading, "description", graph.get("description"));
            facts.label(reading, "python_version", document.get("python_version"));
            facts.label(reading, "node_version", document.get("node_version"));
            // `env` is a file's name, a list of names, or a mapping with values.
            let env = document.get("env");
            if env.as_text().is_none_or(str::is_empty) {
                environment::requirements(reading, &env, "environment variable", &mut facts);
            }
            if document.has("auth") {
                facts.add(document.get("auth"), Fact::Requirement("authentication".into()));
            }
            facts.tell(reading, &graph, Subject::Agent, name);
        }
    }
}
