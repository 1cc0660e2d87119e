//! Argo Workflows: the entrypoint's DAG or steps, with nested templates unfolded.
//!
//! A task that runs a DAG or steps stands for what is in there: what it waits for, their first tasks wait for;
//! what waits for it, waits for their last ones. Ids are Argo's own paths (`A.B`). A template's `timeout` and
//! `activeDeadlineSeconds` limit how long a task may take and are labels; the `activeDeadlineSeconds` of the
//! workflow is a deadline of all its tasks. Durations are there where the file has the status of a run.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Draft, Format, Job, MAX_UNFOLDED, Workflow, codes, depends,
    draft::{Tally, clip},
};
use crate::input::{codes::Code, observe::View, scalars, sources::Pos};

/// Argo workflows.
pub const FORMAT: Format = Format { kind: "argo", title: "an Argo workflow", recognises, read };

/// Deepest nesting of templates in templates.
const MAX_DEPTH: usize = 50;

fn recognises(document: &View<'_>) -> bool {
    let ours = document.get("apiVersion").as_text().is_some_and(|v| v.starts_with("argoproj.io/"));
    let kinds = ["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"];
    ours && document.get("kind").as_text().is_some_and(|k| kinds.contains(&k))
}

fn read(draft: &mut Draft<'_, '_>, document: &View<'_>) {
    let meta = document.get("metadata");
    let name = draft.text(&meta.any(&["name", "generateName"])).map(|n| n.trim_end_matches('-').to_owned());
    let name = name.unwrap_or_else(|| draft.stem.to_owned());
    let spec = document.get("spec");
    let spec = if spec.get("workflowSpec").is_map() { spec.get("workflowSpec") } else { spec };
    let mut unfolding = Unfolding {
        draft,
        templates: spec.get("templates").items().filter_map(|t| Some((t.get("name").as_text()?, t))).collect(),
        durations: durations(document),
        deadline: None,
        open: Vec::new(),
        room: MAX_UNFOLDED,
        full: false,
        known: BTreeSet::new(),
        told: BTreeSet::new(),
        out: Workflow { name, ..Workflow::default() },
        conditions: Tally::default(),
        repeated: Tally::default(),
        handlers: Tally::default(),
        elsewhere: Tally::default(),
    };
    unfolding.deadline = unfolding.draft.seconds(&spec.get("activeDeadlineSeconds"));
    if spec.get("onExit").is_there() {
        unfolding.handlers.add(spec.get("onExit"), "the workflow");
    }
    if let Some(entry) = unfolding.entry(&spec) {
        unfolding.template(&entry, "", &BTreeSet::new());
    }
    unfolding.finish(document);
}

/// Seconds that each task took, by its path, where the file has the status of a run.
fn durations(document: &View<'_>) -> BTreeMap<String, f64> {
    let mut out = BTreeMap::new();
    for (_, node) in document.get("status").get("nodes").entries() {
        let moment = |key| node.get(key).as_text().and_then(scalars::timestamp);
        let (Some(from), Some(until)) = (moment("startedAt"), moment("finishedAt")) else { continue };
        let Some(name) = node.get("name").as_text().filter(|_| node.get("type").as_text() == Some("Pod")) else {
            continue;
        };
        let seconds = (until.as_millisecond() - from.as_millisecond()) as f64 / 1000.0;
        if seconds >= 0.0 {
            out.insert(path_of(name), seconds);
        }
    }
    out
}

/// The path of a node within its workflow: `wf.A.B` is `A.B`, and so is `wf[0].A[1].B`.
fn path_of(name: &str) -> String {
    let plain: String = name.split('[').map(|part| part.split_once(']').map_or(part, |(_, tail)| tail)).collect();
    plain.split_once('.').map_or(plain.clone(), |(_, path)| path.to_owned())
}

struct Unfolding<'d, 'r, 't, 'n> {
    draft: &'d mut Draft<'r, 't>,
    templates: BTreeMap<&'n str, View<'n>>,
    durations: BTreeMap<String, f64>,
    deadline: Option<f64>,
    /// Templates that are being unfolded: one that is named again calls itself.
    open: Vec<String>,
    /// Tasks and dependencies that may still be made.
    room: usize,
    full: bool,
    known: BTreeSet<String>,
    /// Codes and places that were told: a template that is unfolded again says nothing new.
    told: BTreeSet<(&'static str, Pos)>,
    out: Workflow,
    conditions: Tally<'n>,
    repeated: Tally<'n>,
    handlers: Tally<'n>,
    elsewhere: Tally<'n>,
}

type Ids = BTreeSet<String>;

impl<'n> Unfolding<'_, '_, '_, 'n> {
    /// Tells something once for its place.
    fn tell(&mut self, code: &Code, view: &View<'n>, message: &str) {
        if self.told.insert((code.id, view.at())) {
            self.draft.note(code, view, message);
        }
    }

    /// The template that the workflow starts with.
    fn entry(&self, spec: &View<'n>) -> Option<View<'n>> {
        let name = spec.get("entrypoint");
        if let Some(entry) = name.as_text().and_then(|n| self.templates.get(n)) {
            return Some(entry.clone());
        }
        let reason = match name.as_text() {
            Some(name) => format!("there is no template `{}`", clip(name, 80)),
            None => "`entrypoint` is missing".to_owned(),
        };
        let all: Vec<View<'n>> = spec.get("templates").items().collect();
        let found = all.iter().find(|t| t.has("dag") || t.has("steps")).or(all.first()).cloned();
        let instead = found.as_ref().and_then(|t| t.get("name").as_text()).unwrap_or_default();
        let then = if found.is_some() { format!("; `{instead}` stands for it") } else { ": there are no tasks".into() };
        self.draft.gap(if name.is_there() { &name } else { spec }, format!("{reason}{then}"));
        found
    }

    /// Makes the tasks of a template and returns the ids of the last ones.
    fn template(&mut self, template: &View<'n>, path: &str, after: &Ids) -> Ids {
        let (dag, steps) = (template.get("dag"), template.get("steps"));
        if dag.is_map() {
            self.dag(&dag, path, after)
        } else if steps.is_list() {
            self.steps(&steps, path, after)
        } else {
            self.leaf(template, template, path, after)
        }
    }

    fn leaf(&mut self, at: &View<'n>, template: &View<'n>, path: &str, after: &Ids) -> Ids {
        let kind = self.draft.text(&template.any(&["template", "name"]));
        let id = if path.is_empty() { kind.clone().unwrap_or_else(|| "main".into()) } else { path.to_owned() };
        let cost = 1 + after.len();
        if self.room < cost {
            self.full = true;
            return Ids::new();
        }
        self.room -= cost;
        let mut labels = BTreeMap::new();
        let image = template.any(&["container", "script"]).get("image");
        labels.extend(self.draft.label(&image).map(|t| ("image".to_owned(), t)));
        let limit = template.any(&["timeout", "activeDeadlineSeconds"]);
        let seconds = limit.as_loose_number().or_else(|| Some(scalars::duration_ms(limit.as_text()?)? / 1000.0));
        labels.extend(seconds.map(|s| ("timeout_s".to_owned(), s.to_string())));
        let job = Job {
            kind,
            duration_s: self.durations.get(&id).copied(),
            deadline_s: self.deadline,
            after: after.iter().map(|id| (id.clone(), 0.0)).collect(),
            labels,
            id: id.clone(),
            ..Job::default()
        };
        self.draft.push(&mut self.out, &mut self.known, at, job);
        Ids::from([id])
    }

    /// A task of a DAG, or a step: a leaf, or what its template unfolds to.
    fn call(&mut self, task: &View<'n>, path: &str, after: &Ids) -> Ids {
        if task.get("when").is_there() {
            self.conditions.add(task.get("when"), path);
        }
        if let Some(items) = ["withItems", "withParam", "withSequence"].iter().find(|k| task.has(k)) {
            self.repeated.add(task.get(items), path);
        }
        if let Some(hook) = ["onExit", "hooks"].iter().find(|k| task.has(k)) {
            self.handlers.add(task.get(hook), path);
        }
        if task.get("templateRef").is_there() {
            self.elsewhere.add(task.get("templateRef"), path);
            return self.leaf(task, &task.get("templateRef"), path, after);
        }
        if task.get("inline").is_map() {
            return self.nested(&task.get("inline"), path, path, after);
        }
        let name = task.get("template");
        let found = name.as_text().and_then(|n| Some((n, self.templates.get(n)?.clone())));
        let Some((name, template)) = found else {
            let message = format!("task `{}` has no template in this file", clip(path, 80));
            self.tell(&codes::GAP, if name.is_there() { &name } else { task }, &message);
            return self.leaf(task, task, path, after);
        };
        if !template.has("dag") && !template.has("steps") {
            return self.leaf(task, &template, path, after);
        }
        if self.open.iter().any(|open| open == name) {
            let message = format!("template `{name}` calls itself; the call `{}` is one task", clip(path, 80));
            self.tell(&codes::LEFT_OUT, task, &message);
            return self.leaf(task, &template, path, after);
        }
        self.nested(&template, name, path, after)
    }

    fn nested(&mut self, template: &View<'n>, name: &str, path: &str, after: &Ids) -> Ids {
        if self.open.len() >= MAX_DEPTH {
            self.tell(&codes::LEFT_OUT, template, &format!("templates nest more than {MAX_DEPTH} deep"));
            return self.leaf(template, template, path, after);
        }
        self.open.push(name.to_owned());
        let last = self.template(template, path, after);
        self.open.pop();
        last
    }

    /// Groups of steps, each group after the one before.
    fn steps(&mut self, steps: &View<'n>, path: &str, after: &Ids) -> Ids {
        let mut before = after.clone();
        for group in steps.items() {
            let mut last = Ids::new();
            for step in group.items_or_self() {
                if self.full {
                    return last;
                }
                let Some(name) = self.name(&step) else { continue };
                last.extend(self.call(&step, &join(path, &name), &before));
            }
            if !last.is_empty() {
                before = last;
            }
        }
        before
    }

    fn name(&self, task: &View<'n>) -> Option<String> {
        let name = self.draft.id(&task.get("name"));
        if name.is_none() {
            self.draft.gap(task, "a task has no name, and was left out");
        }
        name
    }

    /// Tasks in an order in which each comes after what it waits for; those in a circle come last.
    fn dag(&mut self, dag: &View<'n>, path: &str, after: &Ids) -> Ids {
        let rows: Vec<(String, View<'n>)> =
            dag.get("tasks").items().filter_map(|task| Some((self.name(&task)?, task))).collect();
        let names: BTreeMap<&str, usize> = rows.iter().enumerate().rev().map(|(i, (n, _))| (n.as_str(), i)).collect();
        let needs: Vec<BTreeSet<usize>> = rows.iter().map(|(name, task)| self.needs(name, task, &names)).collect();
        let mut ends: Vec<Option<Ids>> = vec![None; rows.len()];
        for i in order(&needs) {
            if self.full {
                break;
            }
            let (name, task) = &rows[i];
            let mut before = Ids::new();
            for need in &needs[i] {
                // Of a circle's tasks some are not there yet; they are found by name.
                before.extend(ends[*need].clone().unwrap_or_else(|| Ids::from([join(path, &rows[*need].0)])));
            }
            let before = if needs[i].is_empty() { after.clone() } else { before };
            ends[i] = Some(self.call(task, &join(path, name), &before));
        }
        let waited: BTreeSet<usize> = needs.iter().flatten().copied().collect();
        let last: Ids =
            (0..rows.len()).filter(|i| !waited.contains(i)).filter_map(|i| ends[i].clone()).flatten().collect();
        if last.is_empty() { after.clone() } else { last }
    }

    /// The tasks of the DAG that a task waits for in every case.
    fn needs(&mut self, name: &str, task: &View<'n>, names: &BTreeMap<&str, usize>) -> BTreeSet<usize> {
        let depends = task.get("depends");
        let mut wanted: Vec<(View<'n>, String)> = self.draft.names(&task.get("dependencies"));
        if let Some(text) = depends.as_text() {
            match depends::parse(text) {
                Ok(found) => {
                    wanted.extend(found.needed.into_iter().map(|n| (depends.clone(), n)));
                    if found.conditional {
                        self.conditions.add(depends.clone(), name);
                    }
                    if !found.alternatives.is_empty() {
                        let among: Vec<String> =
                            found.alternatives.iter().map(|n| format!("`{}`", clip(n, 80))).collect();
                        let message = format!(
                            "task `{}` waits for one of {} (OR), not for all of them: no such dependency was kept",
                            clip(name, 80),
                            among.join(", ")
                        );
                        self.tell(&codes::ALTERNATIVE, &depends, &message);
                    }
                }
                Err(why) => {
                    self.tell(
                        &codes::GAP,
                        &depends,
                        &format!("`depends` of task `{}` cannot be read: {why}", clip(name, 80)),
                    );
                }
            }
        }
        let mut out = BTreeSet::new();
        for (view, wanted) in wanted {
            match names.get(wanted.as_str()) {
                Some(i) if names.get(name) != Some(i) => {
                    out.insert(*i);
                }
                Some(_) => self.tell(&codes::GAP, &view, &format!("task `{}` waits for itself", clip(name, 80))),
                None => self.tell(&codes::GAP, &view, &format!("there is no task `{}` in this DAG", clip(&wanted, 80))),
            }
        }
        out
    }

    fn finish(self, document: &View<'n>) {
        let left_out = &codes::LEFT_OUT;
        for (tally, code, what) in [
            (self.conditions, &codes::CONDITION, "imported as if its condition held"),
            (self.repeated, left_out, "imported once, not once per item"),
            (self.handlers, left_out, "exit handlers and hooks were not imported"),
            (self.elsewhere, left_out, "imported as one task, its template is in another file"),
        ] {
            if let Some((view, which)) = tally.told() {
                self.draft.note(code, &view, format!("{what}: {which}"));
            }
        }
        if self.full {
            let message = format!(
                "the templates unfold to more than {MAX_UNFOLDED} tasks and dependencies; the rest was left out"
            );
            self.draft.note(left_out, document, message);
        }
        self.draft.finish(document, self.out);
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Positions so that each comes after what it needs (Kahn 1962), lowest first; circles last.
fn order(needs: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut dependents = vec![Vec::new(); needs.len()];
    let mut open: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
    for (i, set) in needs.iter().enumerate() {
        for need in set {
            dependents[*need].push(i);
        }
    }
    let mut ready: BTreeSet<usize> = (0..needs.len()).filter(|i| open[*i] == 0).collect();
    let mut out = Vec::with_capacity(needs.len());
    while let Some(i) = ready.pop_first() {
        out.push(i);
        for next in &dependents[i] {
            open[*next] -= 1;
            if open[*next] == 0 {
                ready.insert(*next);
            }
        }
    }
    let placed: BTreeSet<usize> = out.iter().copied().collect();
    out.extend((0..needs.len()).filter(|i| !placed.contains(i)));
    out
}
