//! When tasks can be done at the earliest, and how much has to come after them: what an order between two tasks
//! costs.

use super::super::{Scene, critical::Critical};
use crate::model::{Ms, TaskIx};

/// Heads and tails at best durations.
#[derive(Debug, Clone)]
pub struct Timing {
    /// Earliest finish; `None` on or behind a cycle, or where nobody can run it.
    pub finish: Vec<Option<Ms>>,
    /// Longest chain of best durations after the task.
    pub tail: Vec<Ms>,
    /// Best duration.
    pub duration: Vec<Ms>,
    /// Earliest end of everything.
    pub end: Ms,
}

impl Timing {
    /// The timing of a scene, worked out once: O(tasks · eligible agents + dependencies).
    pub fn of<'a>(scene: &'a Scene<'_>) -> &'a Self {
        scene.timing.get_or_init(|| Self::new(scene))
    }

    fn new(scene: &Scene<'_>) -> Self {
        let finish = Critical::new(scene).finish;
        let duration: Vec<Ms> = scene.snapshot.task_ixs().map(|t| scene.best_duration(t).unwrap_or(0)).collect();
        let mut tail = vec![0; duration.len()];
        for t in scene.order.iter().rev() {
            tail[t.at()] = scene.after[t.at()].iter().map(|s| duration[s.at()] + tail[s.at()]).max().unwrap_or(0);
        }
        let end = finish.iter().flatten().copied().max().unwrap_or(0);
        Self { finish, tail, duration, end }
    }

    /// Length of the longest chain through two tasks, one before the other.
    pub fn through(&self, before: TaskIx, after: TaskIx) -> Ms {
        let done = self.finish[before.at()].unwrap_or(0);
        let own = self.finish[after.at()].unwrap_or(0) - self.duration[after.at()];
        done.max(own) + self.duration[after.at()] + self.tail[after.at()]
    }

    /// By how much the end of everything moves if one task has to wait for another.
    pub fn lengthened(&self, before: TaskIx, after: TaskIx) -> Ms {
        (self.through(before, after) - self.end).max(0)
    }
}
