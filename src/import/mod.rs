//! `orch import`: workflows of other systems as the tasks of a snapshot.
//!
//! The readers are in [`crate::input::import`]; here several workflows become one fragment. What an agent can
//! do, and who the agents are, is in no workflow but a crew's: the fragment is for a snapshot to `include:`, or
//! for the command line beside one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    error::{Error, Finding},
    input::import::{self, Job, Request, Worker, Workflow},
    report::snapshot::{AgentRow, DataRow, DependencyRow, Fragment, TaskRow},
};

/// What the user may choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Seconds that a task takes which has no duration; absent leaves that to the snapshot's default.
    pub duration_s: Option<f64>,
    /// The machines of a measured run become agents.
    pub machines: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Report {
    /// The fragment.
    pub fragment: Fragment,
    /// What was odd or lost on the way, by place.
    pub findings: Vec<Finding>,
    /// How many workflows, tasks, dependencies and agents there are.
    pub counts: Counts,
}

/// How much was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Workflows with tasks.
    pub workflows: usize,
    /// Tasks.
    pub tasks: usize,
    /// Dependencies between them.
    pub dependencies: usize,
    /// Agents.
    pub agents: usize,
}

/// Reads the workflows and makes one fragment of them.
///
/// ```
/// use orch::{import, input::import::{Request, Wanted}, report::snapshot::to_json};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let files = vec![Wanted { format: None, file: "fixtures/import/argo-steps.yaml".into() }];
/// let report = import::run(&Request { files }, &import::Options { duration_s: None, machines: true })?;
/// assert!(to_json(&report.fragment.document()).contains("depends_on"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Every problem of every file, where one of them cannot be read or is no workflow.
pub fn run(request: &Request, options: &Options) -> Result<Report, Error> {
    let imported = import::read(request)?;
    let fragment = merge(&imported.workflows, options);
    let counts = Counts {
        workflows: imported.workflows.iter().filter(|w| !w.jobs.is_empty()).count(),
        tasks: fragment.tasks.len(),
        dependencies: fragment.tasks.iter().map(|t| t.depends_on.len()).sum(),
        agents: fragment.agents.len(),
    };
    Ok(Report { fragment, findings: imported.findings, counts })
}

/// One fragment of all workflows. Of several with tasks, each has its name before its ids.
pub fn merge(workflows: &[Workflow], options: &Options) -> Fragment {
    let mut out = Fragment::default();
    let many = workflows.iter().filter(|w| !w.jobs.is_empty()).count() > 1;
    let mut names = BTreeSet::new();
    let mut agents: BTreeMap<&str, AgentRow> = BTreeMap::new();
    for workflow in workflows {
        let prefix =
            if many && !workflow.jobs.is_empty() { unused(&mut names, &workflow.name) + "/" } else { String::new() };
        let id = |own: &str| format!("{prefix}{own}");
        out.tasks.extend(workflow.jobs.iter().map(|job| task(job, id, options)));
        let inputs = workflow.inputs.iter();
        out.data.extend(inputs.map(|(name, mb)| DataRow { id: id(name), size_mb: mb.unwrap_or(0.0), home: None }));
        for worker in workflow.workers.iter().filter(|w| options.machines || !w.machine) {
            agents.entry(&worker.id).or_insert_with(|| agent(worker));
        }
    }
    out.agents = agents.into_values().collect();
    out
}

/// The name, or with a number where it is taken.
fn unused(names: &mut BTreeSet<String>, name: &str) -> String {
    let mut own = name.to_owned();
    let mut n = 2;
    while !names.insert(own.clone()) {
        own = format!("{name}-{n}");
        n += 1;
    }
    own
}

fn task(job: &Job, id: impl Fn(&str) -> String, options: &Options) -> TaskRow {
    TaskRow {
        id: id(&job.id),
        kind: job.kind.clone(),
        duration: job.duration_s.or(options.duration_s),
        deadline: job.deadline_s,
        depends_on: job.after.iter().map(|(task, mb)| DependencyRow { task: id(task), data_mb: *mb }).collect(),
        reads: job.reads.iter().map(|file| id(file)).collect(),
        pinned_agent: job.agent.clone(),
        labels: job.labels.clone(),
        ..TaskRow::default()
    }
}

fn agent(worker: &Worker) -> AgentRow {
    AgentRow {
        id: worker.id.clone(),
        kind: worker.kind.clone(),
        capabilities: worker.capabilities.iter().map(|c| (c.clone(), None)).collect(),
        figures: worker.slots.map(|n| ("slots", n)).into_iter().collect(),
        labels: worker.labels.clone(),
        ..AgentRow::default()
    }
}
