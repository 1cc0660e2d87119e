//! Critical paths: of tasks, and of what agents and services need of each other.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    dependencies::{Needs, Part},
    work::Work,
};
use crate::{
    graph::{Activity, Directed, Schedule},
    model::{TaskIx, robust::Sample, seconds},
};

/// Most paths of each kind: the longest of each connected part.
const MOST: usize = 10;

/// A longest path.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CriticalPath {
    /// `tasks` or `services`.
    pub kind: &'static str,
    /// Sum along the path, in `unit`.
    pub length: f64,
    /// `seconds` (processing on the fastest eligible agents; median response times), or `hops` where no response
    /// time is known.
    pub unit: &'static str,
    /// Ids from first to last: what must be done before what, or who needs whom.
    pub path: Vec<String>,
    /// Cycles on the path, each counted as one step that takes as long as all its members.
    pub condensed: Vec<Vec<String>>,
}

/// Early and late start of a task, seconds after `as_of`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TaskTimes {
    /// Earliest start, were there enough agents.
    pub early_start: f64,
    /// Latest start that delays neither the end of the batch nor a deadline.
    pub late_start: f64,
    /// `late_start` − `early_start`; below 0 no plan keeps the deadline.
    pub slack: f64,
}

/// The longest paths of the batch and of the services.
pub fn paths(work: &Work<'_>, needs: &Needs<'_>) -> Vec<CriticalPath> {
    let mut out = task_paths(work);
    out.extend(service_paths(needs));
    out
}

fn task_paths(work: &Work<'_>) -> Vec<CriticalPath> {
    let s = work.q.snapshot;
    let merged = work.schedule.merged(&work.activities);
    let id = |v: u32| s.task(TaskIx(v)).id.clone();
    let longest = work.schedule.longest(&merged);
    let chains = longest.into_iter().enumerate().filter(|(i, (_, path))| *i == 0 || path.len() > 1);
    chains.take(MOST).map(|(_, (ms, path))| row(&work.schedule, "tasks", (seconds(ms), "seconds"), &path, id)).collect()
}

fn service_paths(needs: &Needs<'_>) -> Vec<CriticalPath> {
    let count = needs.condensed.component.len() as u32;
    let times: Vec<i64> = (0..count).map(|v| microseconds(needs, v)).collect();
    let measured = times.iter().any(|t| *t > 0);
    let activity = |t: i64| Activity { duration: if measured { t } else { 1 }, ..Activity::default() };
    let activities: Vec<Activity> = times.into_iter().map(activity).collect();
    let schedule = Schedule::new(&Directed::new(count as usize, needs.graph.arcs().iter().copied()));
    let id = |v: u32| needs.id(v).to_owned();
    let longest = schedule.longest(&schedule.merged(&activities));
    let chains = longest.into_iter().filter(|(_, path)| path.len() > 1);
    let length = |sum: i64| if measured { (sum as f64 / 1e6, "seconds") } else { (sum as f64 - 1.0, "hops") };
    chains.take(MOST).map(|(sum, path)| row(&schedule, "services", length(sum), &path, id)).collect()
}

/// Median response time of an agent; nothing is known of services.
fn microseconds(needs: &Needs<'_>, v: u32) -> i64 {
    let Part::Agent(a) = needs.part(v) else { return 0 };
    let times = needs.agent(a).metrics.response_time_ms.as_ref();
    let median = times.and_then(|t| t.p50.or_else(|| Sample::new(t.samples.iter().copied()).median()));
    median.map_or(0, |ms| libm::round(ms.min(1e12) * 1000.0) as i64)
}

fn row(
    schedule: &Schedule,
    kind: &'static str,
    (length, unit): (f64, &'static str),
    path: &[u32],
    id: impl Fn(u32) -> String,
) -> CriticalPath {
    let members = |c: &u32| schedule.condensed.members[*c as usize].iter().map(|v| id(*v)).collect::<Vec<_>>();
    let groups: Vec<Vec<String>> = path.iter().map(members).collect();
    let condensed = groups.iter().filter(|g| g.len() > 1).cloned().collect();
    CriticalPath { kind, length, unit, path: groups.into_iter().flatten().collect(), condensed }
}

/// Early and late start and slack of every task, by id.
pub fn task_times(work: &Work<'_>) -> BTreeMap<String, TaskTimes> {
    let s = work.q.snapshot;
    let row = |t: TaskIx| {
        let c = work.component(t);
        let (early, late) = (work.times.early[c], work.times.late[c]);
        let times = TaskTimes {
            early_start: seconds(early),
            late_start: seconds(late),
            slack: seconds(late.saturating_sub(early)),
        };
        (s.task(t).id.clone(), times)
    };
    s.task_ixs().map(row).collect()
}
