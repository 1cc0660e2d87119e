//! What the conflicts reach, and how the system stands before and after their settlement.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Scene, conflict::Conflict, critical::Critical, waiting::Waiting};
use crate::model::{Plan, Snapshot, TaskIx, seconds};

/// `system_impact_assessment`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Impact {
    /// How far the conflicts reach.
    pub blast_radius: BlastRadius,
    /// Σ priority of affected tasks and of those behind them.
    pub priority_affected: f64,
    /// That over Σ priority of all tasks; null where that is 0.
    pub priority_share: Option<f64>,
    /// Before the settlement.
    pub before: Measures,
    /// After it.
    pub after: Measures,
}

/// How far the conflicts reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct BlastRadius {
    /// Tasks that take part in a conflict.
    pub tasks: usize,
    /// Tasks that wait for these by hard dependencies, directly or not.
    pub downstream_tasks: usize,
    /// Agents that take part in a conflict.
    pub agents: usize,
    /// Resources, data sets, services and stakeholders that take part in one.
    pub others: usize,
}

/// How the system stands: lateness by the critical path at best durations, a bound that no schedule beats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Measures {
    /// Conflicts.
    pub conflicts: usize,
    /// Holders that can never go on as things stand.
    pub stuck_holders: usize,
    /// Tasks that no order can begin: on or behind a circle, or without an eligible agent.
    pub blocked_tasks: usize,
    /// Tasks whose deadline no schedule keeps.
    pub late_tasks: usize,
    /// Σ priority · tardiness of these, in priority · seconds.
    pub weighted_tardiness: f64,
    /// The greatest tardiness, seconds.
    pub max_tardiness: f64,
    /// Mean of current load / capacity over live agents with a capacity; null without one.
    pub mean_utilization: Option<f64>,
    /// The greatest of these.
    pub max_utilization: Option<f64>,
    /// Jain's index of the same (1 is even).
    pub fairness: Option<f64>,
    /// The greatest share of a shared resource claimed at any moment (above 1 is overfull); null without claims.
    pub max_resource_share: Option<f64>,
}

/// Assesses what was detected.
pub fn assess(
    before: (&Snapshot, Option<&Plan>, &[Conflict]),
    after: (&Snapshot, Option<&Plan>, &[Conflict]),
) -> Impact {
    let scene = Scene::new(before.0, before.1);
    let tasks: BTreeSet<TaskIx> = before.2.iter().flat_map(|c| c.tasks.iter().copied()).collect();
    let mut reached = tasks.clone();
    let mut queue: Vec<TaskIx> = tasks.iter().copied().collect();
    while let Some(t) = queue.pop() {
        queue.extend(scene.after[t.at()].iter().copied().filter(|next| reached.insert(*next)));
    }
    let agents: BTreeSet<_> = before.2.iter().flat_map(|c| c.agents.iter().copied()).collect();
    let others: BTreeSet<&str> = before.2.iter().flat_map(|c| c.others.iter().map(String::as_str)).collect();
    let priority = |t: &TaskIx| scene.snapshot.task(*t).priority;
    let affected: f64 = reached.iter().map(priority).sum();
    let all: f64 = scene.snapshot.tasks.iter().map(|t| t.priority).sum();
    Impact {
        blast_radius: BlastRadius {
            tasks: tasks.len(),
            downstream_tasks: reached.len() - tasks.len(),
            agents: agents.len(),
            others: others.len(),
        },
        priority_affected: affected,
        priority_share: (all > 0.0).then(|| affected / all),
        before: measure(&scene, before.2),
        after: measure(&Scene::new(after.0, after.1), after.2),
    }
}

fn measure(scene: &Scene<'_>, conflicts: &[Conflict]) -> Measures {
    let critical = Critical::new(scene);
    let (mut late, mut weighted, mut most) = (0, 0.0, 0.0_f64);
    for (task, finish) in scene.snapshot.tasks.iter().zip(&critical.finish) {
        let Some((deadline, finish)) = task.deadline.zip(*finish) else { continue };
        if finish > deadline {
            let tardiness = seconds(finish - deadline);
            late += 1;
            weighted += task.priority * tardiness;
            most = most.max(tardiness);
        }
    }
    let waiting = Waiting::new(scene);
    let everyone: Vec<u32> = (0..waiting.holders.len() as u32).collect();
    let live = scene.snapshot.agent_ixs().filter(|a| !scene.is_dead(*a)).map(|a| scene.snapshot.agent(a));
    let shares: Vec<f64> = live.filter_map(|a| Some(a.current_load / a.capacity.filter(|c| *c > 0.0)?)).collect();
    let (sum, squares) = (shares.iter().sum::<f64>(), shares.iter().map(|u| u * u).sum::<f64>());
    let n = shares.len() as f64;
    Measures {
        conflicts: conflicts.len(),
        stuck_holders: waiting.stuck(&everyone).len(),
        blocked_tasks: critical.finish.iter().filter(|f| f.is_none()).count(),
        late_tasks: late,
        weighted_tardiness: weighted,
        max_tardiness: most,
        mean_utilization: (n > 0.0).then(|| sum / n),
        max_utilization: shares.iter().copied().reduce(f64::max),
        // Where nobody carries anything, everybody carries the same.
        fairness: (n > 0.0).then(|| if squares > 0.0 { sum * sum / (n * squares) } else { 1.0 }),
        max_resource_share: max_resource_share(scene),
    }
}

/// The greatest claimed share of a capacity at any moment, by a sweep over the claims.
fn max_resource_share(scene: &Scene<'_>) -> Option<f64> {
    let mut most: Option<f64> = None;
    for (r, rows) in scene.by_resource.iter().enumerate() {
        let Some(capacity) = scene.snapshot.network.resources[r].capacity.filter(|c| *c > 0.0) else { continue };
        let mut ends: Vec<(i64, bool, f64)> = Vec::new();
        for (_, h) in rows.iter().filter(|(_, h)| h.since < h.until) {
            ends.extend([(h.since, true, h.amount), (h.until, false, h.amount)]);
        }
        ends.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        let (mut level, mut peak) = (0.0, 0.0_f64);
        for (_, begins, amount) in &ends {
            level += if *begins { *amount } else { -amount };
            peak = peak.max(level);
        }
        if !ends.is_empty() {
            most = Some(most.map_or(peak / capacity, |m| m.max(peak / capacity)));
        }
    }
    most
}
