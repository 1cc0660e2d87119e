//! The JSON Schema (2020-12) of snapshots, from what the reader does with three documents: one that has every field
//! (a test holds that it has), one with the other forms that a field may take, and one in which everything is missing.

use serde_json::{Map, Value, json};

use super::{
    Command, build,
    load::Loader,
    merge,
    path::Path,
    problems::Problems,
    schema::words::words,
    sources::Sources,
    witness::{Form, Witness},
};

const EVERY_FIELD: &str = include_str!("../../fixtures/full.yaml");
const OTHER_FORMS: &str = include_str!("schema/forms.yaml");
const NOTHING: &str = include_str!("schema/missing.yaml");

/// The schema.
pub fn snapshot_schema() -> Value {
    let mut seen = Witness::default();
    for text in [EVERY_FIELD, OTHER_FORMS, NOTHING] {
        seen = watch(text, seen);
    }
    // Sections that may stand in a file of their own.
    for section in ["estimates", "history"] {
        seen.at(&Path::Root.field(section)).also(Form::Name);
    }
    let mut out = seen.schema("", &words);
    let properties = &mut out["properties"];
    properties["version"] = json!({"const": 1, "description": "version of the format; in the first file only"});
    properties["as_of"] = json!({
        "type": "string", "format": "date-time", "description": "the plan's now, RFC 3339; moments may count from it",
    });
    let file = json!({"type": "string", "minLength": 1});
    properties["include"] = json!({
        "anyOf": [file, {"type": "array", "items": file}],
        "description": "further files, relative to this one; lists append",
    });
    properties["baseline"] = json!({
        "anyOf": [file, {"type": "object", "properties": {"agent_assignments": {"type": "object"}}}],
        "description": words("baseline"),
    });
    let mut agent = properties["agents"]["items"].clone();
    if let Some(fields) = agent.as_object_mut() {
        fields.remove("required");
    }
    properties["overlay"] = json!({
        "type": "object",
        "properties": {"agents": {"type": "object", "additionalProperties": agent}},
        "additionalProperties": false,
        "description": "fields of agents that are defined elsewhere",
    });
    let mut whole = Map::new();
    whole.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    whole.insert("title".into(), "orch snapshot".into());
    whole.insert("description".into(), "What orch reads: agents, tasks, network, state, policies.".into());
    if let Value::Object(root) = out {
        whole.extend(root);
    }
    whole.insert("$defs".into(), definitions());
    Value::Object(whole)
}

fn definitions() -> Value {
    let span = r"^\s*-?\s*((\d+(\.\d*)?|\.\d+)\s*(ms|msec|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\s*)+$";
    json!({
        "duration": {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": span}],
            "description": "a span of time: `90s`, `1h 30m`, or a number of seconds",
        },
        "moment": {
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}"},
                {"type": "string", "pattern": span},
            ],
            "description": "a moment: RFC 3339, or a span of time after as_of",
        },
    })
}

/// Reads a document with a witness.
fn watch(text: &str, witness: Witness) -> Witness {
    let sources = Sources::default();
    let problems = Problems::watched(&sources, Command::Map, witness);
    let mut loader = Loader::new(&sources, &problems, None);
    let documents = loader.discovered(text);
    build::build(merge::merge(documents, &problems), None, &problems, &mut loader);
    problems.witness()
}
