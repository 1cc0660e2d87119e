//! A plan: for each placed task one agent, a start and a finish.

use super::{AgentIx, Ms, TaskIx};

/// Where and when a task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// On which agent.
    pub agent: AgentIx,
    /// From when.
    pub start: Ms,
    /// Until when.
    pub finish: Ms,
}

/// Placements by task; `None` is unassigned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// One entry per task of the snapshot.
    pub placements: Vec<Option<Placement>>,
}

impl Plan {
    /// A plan of `tasks` tasks with none placed.
    pub fn empty(tasks: usize) -> Self {
        Self { placements: vec![None; tasks] }
    }

    /// Placed tasks, by id.
    pub fn placed(&self) -> impl Iterator<Item = (TaskIx, Placement)> + '_ {
        self.placements.iter().enumerate().filter_map(|(i, p)| p.map(|p| (TaskIx::of(i), p)))
    }

    /// Placed tasks of each agent, by start, then task.
    pub fn by_agent(&self, agents: usize) -> Vec<Vec<(TaskIx, Placement)>> {
        let mut out = vec![Vec::new(); agents];
        for (t, p) in self.placed() {
            out[p.agent.at()].push((t, p));
        }
        for rows in &mut out {
            rows.sort_by_key(|(t, p)| (p.start, p.finish, *t));
        }
        out
    }
}
