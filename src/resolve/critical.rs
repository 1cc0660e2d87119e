//! The critical path method (Kelley, Walker 1959) at best durations: when each task can finish at the
//! earliest, on whatever agent, if nothing else stood in its way. No schedule is faster.

use super::Scene;
use crate::model::{AgentIx, Ms, TaskIx};

/// Earliest finishes, with what decides them.
#[derive(Debug, Clone)]
pub struct Critical {
    /// Earliest finish of each task; `None` where it has none: on or behind a cycle, or nobody can run it.
    pub finish: Vec<Option<Ms>>,
    /// The predecessor whose finish decides the task's start, if one does.
    pub by: Vec<Option<TaskIx>>,
}

impl Critical {
    /// One pass in topological order, O(tasks · eligible agents + dependencies).
    pub fn new(scene: &Scene<'_>) -> Self {
        let snapshot = scene.snapshot;
        let n = snapshot.tasks.len();
        let mut out = Self { finish: vec![None; n], by: vec![None; n] };
        let mut running: Vec<Option<Ms>> = vec![None; n];
        for row in snapshot.state.running.iter().filter(|r| !scene.is_dead(r.agent)) {
            if let Some(t) = row.task_ix {
                running[t.at()] = Some(running[t.at()].map_or(row.until, |u: Ms| u.max(row.until)));
            }
        }
        for t in &scene.order {
            if let Some(until) = running[t.at()] {
                out.finish[t.at()] = Some(until.max(0));
                continue;
            }
            let Some((start, by)) = out.start(scene, *t) else { continue };
            out.by[t.at()] = by;
            out.finish[t.at()] = best_finish(scene, *t, start);
        }
        out
    }

    /// The earliest start that release and predecessors allow, and the predecessor that decides it.
    fn start(&self, scene: &Scene<'_>, t: TaskIx) -> Option<(Ms, Option<TaskIx>)> {
        let task = scene.snapshot.task(t);
        let (mut start, mut by) = (task.release.max(0), None);
        for d in task.depends_on.iter().filter(|d| !d.soft) {
            let done = self.finish[d.task.at()]?;
            if done > start {
                (start, by) = (done, Some(d.task));
            }
        }
        Some((start, by))
    }

    /// The chain that decides when a task finishes, first to last.
    pub fn chain(&self, t: TaskIx) -> Vec<TaskIx> {
        let mut out = vec![t];
        while let Some(before) = self.by[out[out.len() - 1].at()] {
            out.push(before);
        }
        out.reverse();
        out
    }
}

/// The earliest finish of a task that may start from `start` on; `None` where nobody can run it.
pub fn best_finish(scene: &Scene<'_>, t: TaskIx, start: Ms) -> Option<Ms> {
    scene.q.offers(t).filter_map(|o| Some(begin(scene, o.agent, start, o.processing)? + o.processing)).min()
}

/// The first moment from `start` on at which an agent is open for so long.
fn begin(scene: &Scene<'_>, a: AgentIx, start: Ms, processing: Ms) -> Option<Ms> {
    let agent = scene.snapshot.agent(a);
    let start = start.max(agent.available_from);
    if agent.windows.is_empty() {
        return Some(start);
    }
    let fits = |w: &&(Ms, Ms)| start.max(w.0) + processing <= w.1;
    agent.windows.iter().filter(fits).map(|w| start.max(w.0)).min()
}
