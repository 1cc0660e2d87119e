//! What is to be expected when a plan runs: completion, lateness, retries, throughput.

use jiff::{SignedDuration, Timestamp};

use super::report::{LateTask, Predictions};
use crate::{
    model::{Placement, Quantities, TaskIx, seconds},
    plan::Solution,
    schedule::Utilization,
};

/// Reads the predictions off a plan; sums run by task id.
pub fn predict(q: &Quantities<'_>, solution: &Solution, used: &Utilization) -> Predictions {
    let s = q.snapshot;
    let makespan = solution.objective.components.makespan;
    let placed: Vec<(TaskIx, Placement)> = solution.plan.placed().collect();
    let mut done = vec![None; s.agents.len()];
    let mut busy = vec![0; s.agents.len()];
    let (mut retries, mut clean, mut deadlines) = (0.0, 1.0, 0);
    for (t, p) in &placed {
        let a = p.agent.at();
        done[a] = done[a].max(Some(p.finish));
        busy[a] += p.finish - p.start;
        deadlines += usize::from(s.task(*t).deadline.is_some());
        let error = s.agents[a].metrics.error_rate.unwrap_or(0.0);
        retries += error / (1.0 - error);
        clean *= 1.0 - error;
    }
    let late_tasks = late(q, &placed);
    let shares = used.of.iter().map(|(a, _)| seconds(busy[a.at()]) / f64::from(s.agent(*a).slots.max(1)) / makespan);
    Predictions {
        makespan,
        completion: s.as_of.and_then(|now| moment(now, makespan)),
        agent_completion: s
            .agents
            .iter()
            .zip(&done)
            .filter_map(|(agent, done)| done.map(|ms| (agent.id.clone(), seconds(ms))))
            .collect(),
        mean_busy_share: if makespan > 0.0 { shares.sum::<f64>() / (used.of.len().max(1) as f64) } else { 0.0 },
        mean_utilization: used.mean(),
        throughput_per_hour: (makespan > 0.0).then(|| placed.len() as f64 * 3600.0 / makespan),
        deadlines,
        deadlines_kept: deadlines - late_tasks.len(),
        late_tasks,
        expected_retries: retries,
        failure_free_probability: clean,
    }
}

/// Late tasks, the latest first, of equals by id.
fn late(q: &Quantities<'_>, placed: &[(TaskIx, Placement)]) -> Vec<LateTask> {
    let mut rows: Vec<(i64, LateTask)> = Vec::new();
    for (t, p) in placed {
        let task = q.snapshot.task(*t);
        if let Some(due) = task.deadline.filter(|due| *due < p.finish) {
            let row = LateTask {
                task: task.id.clone(),
                agent: q.snapshot.agent(p.agent).id.clone(),
                deadline: seconds(due),
                finish: seconds(p.finish),
                tardiness: seconds(p.finish - due),
                priority: task.priority,
            };
            rows.push((due - p.finish, row));
        }
    }
    rows.sort_by_key(|r| r.0);
    rows.into_iter().map(|r| r.1).collect()
}

/// A moment so many seconds after `now`; `None` past the calendar's end.
fn moment(now: Timestamp, after: f64) -> Option<String> {
    let after = SignedDuration::from_millis(libm::round(after * 1000.0) as i64);
    now.checked_add(after).ok().map(|at| at.to_string())
}
