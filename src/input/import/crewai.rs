//! `CrewAI` `tasks.yaml` and `agents.yaml`: tasks with their `context`, and the agents that they name.
//!
//! A task's `context` is what it waits for; its `agent` does it, and no other. The order in which a sequential
//! crew runs its tasks is in its code, not in these files.

use std::collections::{BTreeMap, BTreeSet};

use super::{Draft, Format, Job, Worker, Workflow};
use crate::input::observe::{
    View,
    crewai::{groups, is_agent, is_task, recognises},
};

/// Files of a crew.
pub const FORMAT: Format = Format { kind: "crewai", title: "a CrewAI tasks.yaml or agents.yaml", recognises, read };

fn read(draft: &mut Draft<'_, '_>, document: &View<'_>) {
    let mut out = Workflow { name: draft.stem.to_owned(), ..Workflow::default() };
    let mut known = BTreeSet::new();
    let groups = groups(document);
    for (name, row) in groups.iter().flat_map(View::entries) {
        if is_agent(&row) {
            out.workers.push(worker(draft, name, &row));
        } else if is_task(&row) {
            let job = task(draft, name, &row);
            draft.push(&mut out, &mut known, &row, job);
        } else {
            draft.gap(
                &row,
                format!("`{name}` is neither a task (`description`) nor an agent (`role`), and was left out"),
            );
        }
    }
    for row in groups.iter().flat_map(View::entries).map(|(_, row)| row).filter(is_task) {
        for (view, name) in draft.names(&row.get("context")) {
            if !known.contains(&name) {
                draft.gap(&view, format!("there is no task `{name}`"));
            }
        }
    }
    draft.finish(document, out);
}

fn task(draft: &Draft<'_, '_>, name: &str, row: &View<'_>) -> Job {
    let mut labels = BTreeMap::new();
    for key in ["description", "expected_output", "output_file", "async_execution"] {
        labels.extend(draft.label(&row.get(key)).map(|text| (key.to_owned(), text)));
    }
    let agent = draft.id(&row.get("agent"));
    if agent.is_none() {
        draft.gap(row, format!("task `{name}` names no agent: anyone may do it"));
    }
    Job {
        id: name.to_owned(),
        after: draft.names(&row.get("context")).into_iter().map(|(_, id)| (id, 0.0)).collect(),
        agent,
        labels,
        ..Job::default()
    }
}

fn worker(draft: &Draft<'_, '_>, name: &str, row: &View<'_>) -> Worker {
    let mut labels = BTreeMap::new();
    for key in ["goal", "llm"] {
        labels.extend(draft.label(&row.get(key)).map(|text| (key.to_owned(), text)));
    }
    let tools = draft.names(&row.get("tools")).into_iter().map(|(_, tool)| tool).collect();
    Worker {
        id: name.to_owned(),
        kind: draft.label(&row.get("role")),
        capabilities: tools,
        labels,
        ..Worker::default()
    }
}
