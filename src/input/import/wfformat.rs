//! `WfCommons` `WfFormat`, 1.0 to 1.5 (Coleman et al., `WfCommons`: A framework for enabling scientific workflow
//! research and development, FGCS 128, 2022): measured runs of scientific workflows.
//!
//! Durations are the runtimes that the file has; the MB on an edge are the sizes of the files that the parent
//! writes and the child reads. Until 1.4 runtimes and files stand with the task, from 1.5 under `execution` and
//! `specification.files`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Draft, Format, Job, Worker, Workflow};
use crate::input::{observe::View, scalars::Range};

/// `WfCommons` instances.
pub const FORMAT: Format = Format { kind: "wfformat", title: "a WfCommons instance (WfFormat)", recognises, read };

fn recognises(document: &View<'_>) -> bool {
    tasks_of(document).is_list()
}

/// The list of tasks: `specification.tasks`, before 1.5 `tasks`, before that `jobs`.
fn tasks_of<'n>(document: &View<'n>) -> View<'n> {
    let workflow = document.get("workflow");
    let new = workflow.get("specification").get("tasks");
    if new.is_list() { new } else { workflow.any(&["tasks", "jobs"]) }
}

/// A task as the file has it, its references still by name.
struct Row<'n> {
    view: View<'n>,
    id: String,
    parents: Vec<(View<'n>, String)>,
    children: Vec<(View<'n>, String)>,
    inputs: BTreeSet<String>,
    outputs: BTreeSet<String>,
}

fn read(draft: &mut Draft<'_, '_>, document: &View<'_>) {
    let workflow = document.get("workflow");
    let name = draft.text(&document.get("name")).unwrap_or_else(|| draft.stem.to_owned());
    let mut out = Workflow { name, ..Workflow::default() };
    let mut sizes = BTreeMap::new();
    for file in workflow.get("specification").get("files").items() {
        size(draft, &file, &mut sizes);
    }
    let runs = runs(&workflow);
    let mut rows = Vec::new();
    for task in tasks_of(document).items() {
        rows.extend(row(draft, &task, &mut sizes));
    }
    let edges = edges(draft, &rows);
    let writers: BTreeSet<&String> = rows.iter().flat_map(|r| &r.outputs).collect();
    let mut known = BTreeSet::new();
    for (i, row) in rows.iter().enumerate() {
        let run = runs.get(row.id.as_str());
        let mut job = describe(draft, row, run);
        for parent in &edges[i] {
            let shared = row.inputs.intersection(&rows[*parent].outputs);
            let mb: f64 = shared.filter_map(|file| sizes.get(file)).sum();
            job.after.insert(rows[*parent].id.clone(), mb);
        }
        job.reads = row.inputs.iter().filter(|f| !writers.contains(f)).cloned().collect();
        for file in &job.reads {
            out.inputs.insert(file.clone(), sizes.get(file).copied());
        }
        draft.push(&mut out, &mut known, &row.view, job);
    }
    out.workers = machines(draft, &workflow);
    draft.finish(document, out);
}

/// Notes the size of a file in MB, and returns its name.
fn size(draft: &Draft<'_, '_>, file: &View<'_>, sizes: &mut BTreeMap<String, f64>) -> Option<String> {
    if !file.is_map() {
        return draft.id(file);
    }
    let name = draft.id(&file.any(&["id", "name", "path"]))?;
    if let Some(bytes) = draft.number(&file.any(&["sizeInBytes", "size"]), Range::AMOUNT) {
        sizes.insert(name.clone(), bytes / 1e6);
    }
    Some(name)
}

fn row<'n>(draft: &Draft<'_, '_>, task: &View<'n>, sizes: &mut BTreeMap<String, f64>) -> Option<Row<'n>> {
    let Some(id) = draft.id(&task.any(&["id", "name"])) else {
        draft.gap(task, "a task has neither `id` nor `name`, and was left out");
        return None;
    };
    let mut row = Row {
        view: task.clone(),
        id,
        parents: draft.names(&task.get("parents")),
        children: draft.names(&task.get("children")),
        inputs: BTreeSet::new(),
        outputs: BTreeSet::new(),
    };
    for (key, into) in [("inputFiles", &mut row.inputs), ("outputFiles", &mut row.outputs)] {
        into.extend(task.get(key).items().filter_map(|f| size(draft, &f, sizes)));
    }
    for file in task.get("files").items() {
        let Some(name) = size(draft, &file, sizes) else { continue };
        match file.get("link").as_text() {
            Some("input") => row.inputs.insert(name),
            Some("output") => row.outputs.insert(name),
            _ => {
                draft.gap(&file, "the file's `link` is neither `input` nor `output`");
                false
            }
        };
    }
    Some(row)
}

/// Each task's parents by position: what it names as parents, and what names it as a child.
fn edges(draft: &Draft<'_, '_>, rows: &[Row<'_>]) -> Vec<BTreeSet<usize>> {
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        if let Some(name) = row.view.get("name").as_loose_text() {
            by_name.entry(name.into_owned()).or_insert(i);
        }
    }
    // Ids last: they stand over names.
    for (i, row) in rows.iter().enumerate().rev() {
        by_name.insert(row.id.clone(), i);
    }
    let mut out = vec![BTreeSet::new(); rows.len()];
    let find = |view: &View<'_>, name: &str| {
        let found = by_name.get(name).copied();
        if found.is_none() {
            draft.gap(view, format!("there is no task `{name}`"));
        }
        found
    };
    for (i, row) in rows.iter().enumerate() {
        out[i].extend(row.parents.iter().filter_map(|(view, name)| find(view, name)));
        for (view, name) in &row.children {
            if let Some(child) = find(view, name) {
                out[child].insert(i);
            }
        }
    }
    out
}

/// The measured runs by task id, where the file keeps them apart.
fn runs<'n>(workflow: &View<'n>) -> BTreeMap<String, View<'n>> {
    let runs = workflow.get("execution").get("tasks").items();
    runs.filter_map(|run| Some((run.any(&["id", "name"]).as_loose_text()?.into_owned(), run))).collect()
}

fn describe(draft: &Draft<'_, '_>, row: &Row<'_>, run: Option<&View<'_>>) -> Job {
    let keys = ["runtimeInSeconds", "runtime"];
    let own = row.view.any(&keys);
    let runtime = if own.is_there() { own } else { run.map_or(own, |r| r.any(&keys)) };
    let mut labels = BTreeMap::new();
    for (label, keys) in [("cores", &["coreCount", "cores"][..]), ("memory_bytes", &["memoryInBytes", "memory"])] {
        let value = run.unwrap_or(&row.view).any(keys);
        labels.extend(draft.number(&value, Range::AMOUNT).map(|n| (label.to_owned(), n.to_string())));
    }
    let command = run.unwrap_or(&row.view).get("command").get("program");
    // A program is a name; what some files have there is a script.
    let program = command.as_text().filter(|p| !p.contains(char::is_whitespace) && p.len() < 200);
    let category = draft.text(&row.view.get("category")).or_else(|| program.map(str::to_owned));
    Job {
        id: row.id.clone(),
        kind: category.or_else(|| draft.text(&row.view.get("name"))),
        duration_s: draft.seconds(&runtime),
        labels,
        ..Job::default()
    }
}

/// The machines of the run: a task on each core.
fn machines(draft: &Draft<'_, '_>, workflow: &View<'_>) -> Vec<Worker> {
    let new = workflow.get("execution").get("machines");
    let list = if new.is_list() { new } else { workflow.get("machines") };
    let mut known = BTreeSet::new();
    let mut out = Vec::new();
    for machine in list.items() {
        let Some(id) = draft.id(&machine.any(&["nodeName", "name"])) else { continue };
        if !known.insert(id.clone()) {
            continue;
        }
        let cpu = machine.get("cpu");
        let mut labels = BTreeMap::new();
        for (label, view) in [
            ("system", machine.get("system")),
            ("architecture", machine.get("architecture")),
            ("cpu_mhz", cpu.any(&["speedInMHz", "speed"])),
        ] {
            labels.extend(draft.label(&view).map(|text| (label.to_owned(), text)));
        }
        let slots = draft.number(&cpu.any(&["coreCount", "count"]), Range::SLOTS);
        out.push(Worker { id, kind: Some("machine".into()), slots, labels, machine: true, ..Worker::default() });
    }
    out
}
