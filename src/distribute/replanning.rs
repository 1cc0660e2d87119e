//! What a plan changes against the one that it began from, as plain data and as the user reads it.

use serde::Serialize;

use super::document::value;
use crate::{
    input::Previous,
    model::{AgentIx, Snapshot, TaskIx},
    plan::{Changes, Limits},
    report::{Column, Document, Fact, grouped, plural},
};

/// Most rows of a list in the table.
const MAX_ROWS: usize = 20;

/// The plan beside the earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Replanning {
    /// Tasks on the agent they had.
    pub kept: usize,
    /// Those of them that start at another moment.
    pub retimed: usize,
    /// Tasks moved for a gain, the greatest first.
    pub moved: Vec<MovedTask>,
    /// Tasks whose agent cannot hold or run them any more.
    pub forced: Vec<ForcedTask>,
    /// Placed now, not before.
    pub added: Vec<String>,
    /// Placed before, not now.
    pub lost: Vec<String>,
    /// Tasks of the earlier plan that the snapshot does not have.
    pub gone_tasks: Vec<String>,
    /// Agents of the earlier plan that the snapshot does not have.
    pub gone_agents: Vec<String>,
    /// Most moves for a gain; null is any number.
    pub max_moves: Option<usize>,
    /// What a move had to buy, in the objective's unit; null is a tenth of the objective's mean per task.
    pub stability: Option<f64>,
    /// The least objective found with so many moves for a gain.
    pub objective_by_moves: Vec<Point>,
}

/// A task moved for a gain.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MovedTask {
    /// The task.
    pub task: String,
    /// Where it was.
    pub from: String,
    /// Where it is.
    pub to: String,
    /// What the objective would lose if it alone went back.
    pub bought: f64,
}

/// A task moved of necessity.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ForcedTask {
    /// The task.
    pub task: String,
    /// Where it was.
    pub from: String,
    /// Where it is.
    pub to: String,
}

/// A point of the objective against moves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Point {
    /// Tasks moved for a gain.
    pub moves: usize,
    /// The objective.
    pub value: f64,
}

impl Replanning {
    /// Turns indices into ids.
    pub fn new(s: &Snapshot, changes: &Changes, before: &Previous, limits: Limits) -> Self {
        let task = |t: &TaskIx| s.task(*t).id.clone();
        let agent = |a: AgentIx| s.agent(a).id.clone();
        let ids = |tasks: &[TaskIx]| tasks.iter().map(task).collect();
        let moved = |m: &crate::plan::Move| MovedTask {
            task: task(&m.task),
            from: agent(m.from),
            to: agent(m.to),
            bought: m.bought,
        };
        let forced = |(t, from, to): &(TaskIx, AgentIx, AgentIx)| ForcedTask {
            task: task(t),
            from: agent(*from),
            to: agent(*to),
        };
        Self {
            kept: changes.kept,
            retimed: changes.retimed,
            moved: changes.moved.iter().map(moved).collect(),
            forced: changes.forced.iter().map(forced).collect(),
            added: ids(&changes.added),
            lost: ids(&changes.lost),
            gone_tasks: before.gone_tasks.clone(),
            gone_agents: before.gone_agents.clone(),
            max_moves: limits.max_moves,
            stability: limits.stability,
            objective_by_moves: changes
                .frontier
                .iter()
                .map(|(moves, value)| Point { moves: *moves, value: *value })
                .collect(),
        }
    }

    /// The section of the table; moves save of the component that the objective is named for.
    pub fn show(&self, name: &str, d: &mut Document) {
        d.heading("Against the earlier plan");
        d.facts(vec![
            Fact::new(
                "kept",
                format!("{} on their agents, {} of them at another time", grouped(self.kept), grouped(self.retimed)),
            ),
            Fact::new(
                "moved",
                format!("{} for a gain, {} of necessity", grouped(self.moved.len()), grouped(self.forced.len())),
            ),
            Fact::new(
                "came, went",
                format!(
                    "{} placed anew, {} no longer placed, {} no longer in the snapshot",
                    grouped(self.added.len()),
                    grouped(self.lost.len()),
                    plural(self.gone_tasks.len(), "task")
                ),
            ),
        ]);
        let rows = self.moved.iter().map(|m| [m.task.clone(), m.from.clone(), m.to.clone(), value(name, m.bought)]);
        let forced = self.forced.iter().map(|m| [m.task.clone(), m.from.clone(), m.to.clone(), "had to".into()]);
        let rows: Vec<[String; 4]> = rows.chain(forced).collect();
        if !rows.is_empty() {
            let left = rows.len().saturating_sub(MAX_ROWS);
            let saved = match name {
                "makespan" => "time saved",
                "cost" => "cost saved",
                "max_utilization" => "utilization saved",
                "weighted_tardiness" => "priority seconds saved",
                _ => "objective saved",
            };
            let columns = [Column::id("task"), Column::id("from"), Column::id("to"), Column::number(saved)];
            d.table(columns, rows.into_iter().take(MAX_ROWS).collect());
            if left > 0 {
                d.text(format!("… and {} more moves; --format json has all of them", grouped(left)));
            }
        }
        if self.objective_by_moves.len() > 1 {
            let rows = self.objective_by_moves.iter().map(|p| [grouped(p.moves), value(name, p.value)]).collect();
            d.table([Column::number("moves"), Column::number("objective")], rows);
        }
    }
}
