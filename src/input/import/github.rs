//! GitHub Actions workflows: each job a task, after the jobs that it `needs`.
//!
//! A job's steps run one after the other on one runner, so the job is the task. `timeout-minutes` is a limit and
//! no duration; runner labels say where GitHub runs it, which need not be where the fleet does: both are labels.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Draft, Format, Job, Workflow, codes,
    draft::{Tally, clip},
};
use crate::input::{observe::View, scalars::Range};

/// GitHub Actions workflows.
pub const FORMAT: Format = Format { kind: "github-actions", title: "a GitHub Actions workflow", recognises, read };

fn recognises(document: &View<'_>) -> bool {
    // YAML 1.1 takes the key `on` for true.
    let triggered = document.has("on") || document.has("true");
    let jobs = document.get("jobs");
    jobs.is_map() && (triggered || jobs.entries().any(|(_, j)| j.has("runs-on") || j.has("uses")))
}

fn read(draft: &mut Draft<'_, '_>, document: &View<'_>) {
    let name = draft.text(&document.get("name")).unwrap_or_else(|| draft.stem.to_owned());
    let mut out = Workflow { name, ..Workflow::default() };
    let jobs = document.get("jobs");
    let ids: BTreeSet<&str> = jobs.entries().filter(|(_, j)| j.is_map()).map(|(id, _)| id).collect();
    let mut known = BTreeSet::new();
    let (mut conditions, mut matrices) = (Tally::default(), Tally::default());
    for (id, job) in jobs.entries() {
        if !job.is_map() {
            draft.gap(&job, format!("job `{}` is no mapping, and was left out", clip(id, 80)));
            continue;
        }
        if job.get("if").is_there() {
            conditions.add(job.get("if"), id);
        }
        if job.get("strategy").get("matrix").is_there() {
            matrices.add(job.get("strategy").get("matrix"), id);
        }
        let mut after = BTreeMap::new();
        for (view, needed) in draft.names(&job.get("needs")) {
            if ids.contains(needed.as_str()) {
                after.insert(needed, 0.0);
            } else {
                draft.gap(&view, format!("there is no job `{}`", clip(&needed, 80)));
            }
        }
        let task = Job { id: id.to_owned(), after, labels: labels(draft, &job), ..Job::default() };
        draft.push(&mut out, &mut known, &job, task);
    }
    if let Some((view, which)) = conditions.told() {
        draft.note(&codes::CONDITION, &view, format!("imported as if its condition held: {which}"));
    }
    if let Some((view, which)) = matrices.told() {
        draft.note(&codes::LEFT_OUT, &view, format!("imported once, not once per row of its matrix: {which}"));
    }
    draft.finish(document, out);
}

fn labels(draft: &Draft<'_, '_>, job: &View<'_>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut keep = |label: &str, text: Option<String>| out.extend(text.map(|t| (label.to_owned(), t)));
    keep("name", draft.label(&job.get("name")));
    keep("uses", draft.label(&job.get("uses")));
    let runner = job.get("runs-on");
    let runner = if runner.is_map() { runner.any(&["labels", "group"]) } else { runner };
    let runners: Vec<String> = runner.items_or_self().iter().filter_map(|r| draft.label(r)).collect();
    keep("runs_on", (!runners.is_empty()).then(|| runners.join(", ")));
    let limit = job.get("timeout-minutes");
    // An expression is known only when the workflow runs.
    let expression = limit.as_text().is_some_and(|t| t.contains("${{"));
    let minutes = if expression { None } else { draft.number(&limit, Range::AMOUNT) };
    keep("timeout_s", minutes.map(|m| (m * 60.0).to_string()));
    out
}
