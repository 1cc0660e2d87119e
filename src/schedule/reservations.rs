//! What runs and is held already, as plain reservations: the one definition that builders and checks share.
//!
//! - A running task of the batch stays where it is: it is *fixed* to its agent with start 0, and its slot
//!   stays taken until the later of its planned finish and the given `until`. It is fixed only where it
//!   could start there now: the agent is eligible and open for the whole of it, its release has come, no hard
//!   predecessor is of the batch, and the agent has as many slots. Else it is planned freely.
//! - Every other running row takes one slot of its agent from 0 to `until`.
//! - Allocations and holds take their amount of a shared resource over `[max(0, since), until)`, the whole
//!   capacity where exclusive. One held by a task of the batch that itself uses the resource is not
//!   counted: it is what the task uses. Budgets are untouched: what is held now was paid for before.
//!
//! Rows that end at or before 0 do not matter. Reservations may exceed what there is; that is no fault of
//! a plan, which only may not add to it.

use crate::model::{AgentIx, Dependency, Hold, HoldMode, Ms, Quantities, ResourceIx, Running, TaskIx};

/// A running task of the batch, which stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed {
    /// The task: placed with start 0, if at all.
    pub task: TaskIx,
    /// On this agent.
    pub agent: AgentIx,
    /// Its slot is taken until then at least, whether it is placed or not.
    pub until: Ms,
}

/// An amount of a shared resource that is taken for a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// The resource.
    pub resource: ResourceIx,
    /// From when, 0 or later.
    pub from: Ms,
    /// Until when; [`crate::model::NEVER`] where open-ended.
    pub until: Ms,
    /// How much.
    pub amount: f64,
}

/// What `state` takes away from a plan, in the order of indices.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reservations {
    /// One slot of the agent is taken from 0 until then.
    pub slots: Vec<(AgentIx, Ms)>,
    /// Running tasks of the batch, by task; at most one row each.
    pub fixed: Vec<Fixed>,
    /// Amounts of shared resources.
    pub held: Vec<Held>,
}

impl Reservations {
    /// Reads the reservations off a snapshot's state: O(rows · log rows).
    pub fn of(q: &Quantities<'_>) -> Self {
        let mut out = Self::default();
        out.take_running(q);
        let state = &q.snapshot.state;
        out.held = state.allocations.iter().chain(&state.holds).filter_map(|hold| held(q, hold)).collect();
        out.held.sort_by(|a, b| {
            (a.resource, a.from, a.until).cmp(&(b.resource, b.from, b.until)).then(a.amount.total_cmp(&b.amount))
        });
        out
    }

    /// The row of a running task of the batch.
    pub fn fixed(&self, t: TaskIx) -> Option<Fixed> {
        self.fixed.binary_search_by_key(&t, |f| f.task).ok().map(|i| self.fixed[i])
    }

    fn take_running(&mut self, q: &Quantities<'_>) {
        let mut rows: Vec<&Running> = q.snapshot.state.running.iter().filter(|r| r.until > 0).collect();
        // The latest end first, so that of two rows of one task on one agent the longer one stays.
        rows.sort_by(|a, b| (a.agent, &a.task, b.until).cmp(&(b.agent, &b.task, a.until)));
        rows.dedup_by(|later, first| later.agent == first.agent && later.task == first.task);
        let mut fixed_on = vec![0u32; q.snapshot.agents.len()];
        let mut is_fixed = vec![false; q.snapshot.tasks.len()];
        for row in rows {
            let task = row.task_ix.filter(|t| {
                fixed_on[row.agent.at()] < q.snapshot.agent(row.agent).slots
                    && !is_fixed[t.at()]
                    && may_start_now(q, *t, row.agent)
            });
            if let Some(task) = task {
                fixed_on[row.agent.at()] += 1;
                is_fixed[task.at()] = true;
                self.fixed.push(Fixed { task, agent: row.agent, until: row.until });
            } else {
                self.slots.push((row.agent, row.until));
            }
        }
        self.slots.sort_unstable();
        self.fixed.sort_unstable();
    }
}

/// True where nothing that lies in the pair alone keeps the task from running on the agent from 0 on.
fn may_start_now(q: &Quantities<'_>, t: TaskIx, a: AgentIx) -> bool {
    let (task, agent) = (q.snapshot.task(t), q.snapshot.agent(a));
    let Some(offer) = q.on(t, a) else { return false };
    let open = agent.windows.is_empty() || agent.windows.iter().any(|w| w.0 <= 0 && offer.processing <= w.1);
    let waits = |d: &Dependency| !d.soft;
    open && agent.available_from <= 0 && task.release <= 0 && !task.depends_on.iter().any(waits)
}

fn held(q: &Quantities<'_>, hold: &Hold) -> Option<Held> {
    let capacity = q.snapshot.network.resources.get(hold.resource.at())?.capacity?;
    let own = hold.task.is_some_and(|t| q.snapshot.task(t).uses.iter().any(|u| u.0 == hold.resource));
    let amount = if hold.mode == HoldMode::Exclusive { capacity } else { hold.amount };
    let from = hold.since.max(0);
    (!own && amount > 0.0 && from < hold.until).then_some(Held {
        resource: hold.resource,
        from,
        until: hold.until,
        amount,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Agent, Location, NEVER, SharedResource, Snapshot, Task};

    fn running(task: &str, task_ix: Option<TaskIx>, until: Ms) -> Running {
        Running { task: task.into(), task_ix, agent: AgentIx(0), until, location: Location::default() }
    }

    fn hold(task: Option<TaskIx>, amount: f64, since: Ms, until: Ms, mode: HoldMode) -> Hold {
        let holder = "someone".into();
        let (resource, location) = (ResourceIx(0), Location::default());
        Hold { holder, task, agent: None, resource, amount, since, until, mode, location }
    }

    /// One agent of two slots, three tasks of a minute of which the last uses the one resource of 4.
    fn snapshot() -> Snapshot {
        let agent = Agent { id: "a".into(), slots: 2, speed: 1.0, ..Agent::default() };
        let task = |id: &str| Task { id: id.into(), duration_ms: 60_000.0, ..Task::default() };
        let user = Task { uses: vec![(ResourceIx(0), 1.0)], ..task("t2") };
        let mut out =
            Snapshot { agents: vec![agent], tasks: vec![task("t0"), task("t1"), user], ..Snapshot::default() };
        let resource = SharedResource { id: "r".into(), capacity: Some(4.0), ..SharedResource::default() };
        out.network.resources = vec![resource];
        out
    }

    #[test]
    fn a_running_task_of_the_batch_is_fixed_while_slots_last() {
        let mut snapshot = snapshot();
        snapshot.tasks[0].release = 5;
        for i in 0..3 {
            snapshot.state.running.push(running(&format!("t{i}"), Some(TaskIx(i)), 10 + Ms::from(i)));
        }
        snapshot.state.running.push(running("over", None, 0));
        let out = Reservations::of(&Quantities::new(&snapshot));
        assert_eq!(out.slots, [(AgentIx(0), 10)], "t0 is not released, so it cannot run now");
        assert_eq!(out.fixed.iter().map(|f| (f.task.0, f.until)).collect::<Vec<_>>(), [(1, 11), (2, 12)]);
        assert_eq!(out.fixed(TaskIx(2)).map(|f| f.until), Some(12));
    }

    #[test]
    fn holds_are_clipped_to_now_and_what_a_task_uses_itself_is_not_counted() {
        let mut snapshot = snapshot();
        snapshot.state.holds = vec![
            hold(None, 1.0, -50, 20, HoldMode::Shared),
            hold(Some(TaskIx(2)), 1.0, 0, NEVER, HoldMode::Exclusive),
            hold(Some(TaskIx(0)), 1.0, 3, NEVER, HoldMode::Exclusive),
            hold(None, 1.0, -50, 0, HoldMode::Shared),
        ];
        let out = Reservations::of(&Quantities::new(&snapshot));
        let rows: Vec<_> = out.held.iter().map(|h| (h.from, h.until, h.amount)).collect();
        assert_eq!(rows, [(0, 20, 1.0), (3, NEVER, 4.0)]);
    }
}
