//! Changes onto a copy of the snapshot, row by row; each row remembers where it came from, so that the
//! difference to the input can be written as a patch.

use super::{
    cases::Need,
    change::Change,
    place::{Claim, ClaimList},
};
use crate::model::{DataSet, Dependency, Hold, Plan, Snapshot, State, TaskIx};

/// For each row of a list its position in the list as read; `None` for a new one.
pub type Rows = Vec<Option<u32>>;

/// Where the rows of each changeable list came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins {
    /// Of `state.allocations`.
    pub allocations: Rows,
    /// Of `state.holds`.
    pub holds: Rows,
    /// Of `state.waits`.
    pub waits: Rows,
    /// Of `state.directives`.
    pub directives: Rows,
    /// Of `state.objectives`.
    pub objectives: Rows,
    /// Of `state.accesses`.
    pub accesses: Rows,
}

impl Origins {
    fn of(state: &State) -> Self {
        let all = |n: usize| (0..n as u32).map(Some).collect();
        Self {
            allocations: all(state.allocations.len()),
            holds: all(state.holds.len()),
            waits: all(state.waits.len()),
            directives: all(state.directives.len()),
            objectives: all(state.objectives.len()),
            accesses: all(state.accesses.len()),
        }
    }
}

/// A snapshot that is being changed. Agents, tasks, services and resources keep their places; copies of data
/// sets are appended.
#[derive(Debug, Clone)]
pub struct Working {
    /// The snapshot as it is now.
    pub snapshot: Snapshot,
    /// The given plan as it is now.
    pub plan: Option<Plan>,
    /// Where its rows came from.
    pub origins: Origins,
}

/// Rows to take out once every edit is made, so that rows keep their places until then.
#[derive(Debug, Default)]
struct Drops {
    allocations: Vec<usize>,
    holds: Vec<usize>,
    waits: Vec<usize>,
    directives: Vec<usize>,
    objectives: Vec<usize>,
    accesses: Vec<usize>,
}

impl Working {
    /// Nothing changed yet.
    pub fn new(snapshot: &Snapshot, plan: Option<&Plan>) -> Self {
        Self { snapshot: snapshot.clone(), plan: plan.cloned(), origins: Origins::of(&snapshot.state) }
    }

    /// Applies changes that were all proposed for the snapshot as it is now.
    pub fn apply<'c>(&mut self, changes: impl IntoIterator<Item = &'c Change>) {
        let mut drops = Drops::default();
        for change in changes {
            self.claim(change, &mut drops);
            self.row(change, &mut drops);
            self.task(change);
            self.other(change);
        }
        let (state, from) = (&mut self.snapshot.state, &mut self.origins);
        remove(&mut state.allocations, &mut from.allocations, &drops.allocations);
        remove(&mut state.holds, &mut from.holds, &drops.holds);
        remove(&mut state.waits, &mut from.waits, &drops.waits);
        remove(&mut state.directives, &mut from.directives, &drops.directives);
        remove(&mut state.objectives, &mut from.objectives, &drops.objectives);
        remove(&mut state.accesses, &mut from.accesses, &drops.accesses);
    }

    fn hold(&mut self, claim: Claim) -> &mut Hold {
        let state = &mut self.snapshot.state;
        match claim.list {
            ClaimList::Allocations => &mut state.allocations[claim.row],
            ClaimList::Holds => &mut state.holds[claim.row],
        }
    }

    fn claim(&mut self, change: &Change, drops: &mut Drops) {
        match change {
            Change::SetAmount(c, amount) => self.hold(*c).amount = *amount,
            Change::SetWindow(c, since, until) => (self.hold(*c).since, self.hold(*c).until) = (*since, *until),
            Change::SetMode(c, mode) => self.hold(*c).mode = *mode,
            Change::MoveClaim(c, resource) => self.hold(*c).resource = *resource,
            Change::AddClaim(c, amount, since, until) => {
                let slice = Hold { amount: *amount, since: *since, until: *until, ..self.hold(*c).clone() };
                let (rows, from) = match c.list {
                    ClaimList::Allocations => (&mut self.snapshot.state.allocations, &mut self.origins.allocations),
                    ClaimList::Holds => (&mut self.snapshot.state.holds, &mut self.origins.holds),
                };
                rows.push(slice);
                from.push(None);
            }
            Change::DropClaim(c) => match c.list {
                ClaimList::Allocations => drops.allocations.push(c.row),
                ClaimList::Holds => drops.holds.push(c.row),
            },
            _ => {}
        }
    }

    fn row(&mut self, change: &Change, drops: &mut Drops) {
        let state = &mut self.snapshot.state;
        match change {
            Change::DropWait(row) => drops.waits.push(*row),
            Change::SetOrder(row, order) => state.directives[*row].order.clone_from(order),
            Change::SetWish(row, priority) => {
                if let Some(wish) = &mut state.directives[*row].priority {
                    wish.1 = *priority;
                }
            }
            Change::DropDirective(row) => drops.directives.push(*row),
            Change::SetTarget(row, target) => state.objectives[*row].target = *target,
            Change::DropObjective(row) => drops.objectives.push(*row),
            Change::MoveRunning(row, agent) => state.running[*row].agent = *agent,
            Change::SetAccessWindow(row, from, until) => {
                (state.accesses[*row].from, state.accesses[*row].until) = (*from, *until);
            }
            Change::SetVersion(row, version) => state.accesses[*row].version = *version,
            Change::DropAccess(row) => drops.accesses.push(*row),
            _ => {}
        }
    }

    fn task(&mut self, change: &Change) {
        let tasks = &mut self.snapshot.tasks;
        match change {
            Change::SetPriority(t, priority) => tasks[t.at()].priority = *priority,
            Change::SetRelease(t, release) => tasks[t.at()].release = *release,
            Change::SetDeadline(t, deadline) => tasks[t.at()].deadline = *deadline,
            Change::AddDependency(t, before) => {
                let list = &mut tasks[t.at()].depends_on;
                match list.iter_mut().find(|d| d.task == *before) {
                    Some(known) => known.soft = false,
                    None => list.push(Dependency { task: *before, data_mb: 0.0, soft: false }),
                }
                list.sort_by_key(|d| d.task);
            }
            Change::DropDependency(t, before) => tasks[t.at()].depends_on.retain(|d| d.task != *before),
            Change::Soften(t, before) => {
                tasks[t.at()].depends_on.iter_mut().filter(|d| d.task == *before).for_each(|d| d.soft = true);
            }
            Change::DropMissing(t, id) => tasks[t.at()].missing.retain(|m| m.0 != *id),
            Change::SetPin(t, agent) => tasks[t.at()].pinned = *agent,
            Change::DropTogether(t, o) => unlink(tasks, *t, *o, |t| &mut t.together),
            Change::DropApart(t, o) => unlink(tasks, *t, *o, |t| &mut t.apart),
            _ => {}
        }
    }

    fn other(&mut self, change: &Change) {
        let s = &mut self.snapshot;
        match change {
            Change::SetCapacity(r, capacity) => s.network.resources[r.at()].capacity = Some(*capacity),
            Change::SetBudget(r, budget) => s.network.resources[r.at()].budget = Some(*budget),
            Change::SetLoad(a, load) => s.agents[a.at()].current_load = *load,
            Change::SetStatus(a, status) => s.agents[a.at()].status = *status,
            Change::SetServiceStatus(v, status) => s.network.services[v.at()].status = Some(status.clone()),
            Change::SetAgentCapacity(a, capacity) => s.agents[a.at()].capacity = Some(*capacity),
            Change::SetSlots(a, slots) => s.agents[a.at()].slots = *slots,
            Change::SetThroughput(a, rate) => s.agents[a.at()].metrics.throughput_per_min = Some(*rate),
            Change::SetNeed(need, instead) => set_need(s, need, instead.as_deref()),
            Change::AddCopy(d, id) => {
                let copy = DataSet { id: id.clone(), ..s.network.data[d.at()].clone() };
                s.network.data.push(copy);
            }
            Change::ReadCopy(t, d, id) => swap(s, *d, id, |s| &mut s.tasks[t.at()].reads),
            Change::AgentReadsCopy(a, d, id) => swap(s, *d, id, |s| &mut s.agents[a.at()].reads),
            Change::Place(t, placement) => {
                if let Some(plan) = &mut self.plan {
                    plan.placements[t.at()] = *placement;
                }
            }
            _ => {}
        }
    }
}

fn unlink(
    tasks: &mut [crate::model::Task],
    t: TaskIx,
    o: TaskIx,
    list: impl Fn(&mut crate::model::Task) -> &mut Vec<TaskIx>,
) {
    list(&mut tasks[t.at()]).retain(|x| *x != o);
    list(&mut tasks[o.at()]).retain(|x| *x != t);
}

fn set_need(s: &mut Snapshot, need: &Need, instead: Option<&str>) {
    let lists = s.agents.iter_mut().map(|a| (&a.id, &mut a.depends_on));
    let lists = lists.chain(s.network.services.iter_mut().map(|v| (&v.id, &mut v.depends_on)));
    for (_, list) in lists.filter(|(id, _)| **id == need.user) {
        let known = instead.is_some_and(|new| list.iter().any(|n| n.0 == new));
        match instead.filter(|_| !known) {
            Some(new) => {
                list.iter_mut().filter(|n| n.0 == need.needs).for_each(|n| new.clone_into(&mut n.0));
                list.sort();
            }
            None => list.retain(|n| n.0 != need.needs),
        }
    }
}

/// Puts the data set of id `copy` where `d` is read.
fn swap(
    s: &mut Snapshot,
    d: crate::model::DataIx,
    copy: &str,
    list: impl Fn(&mut Snapshot) -> &mut Vec<crate::model::DataIx>,
) {
    let Some(new) = s.network.data.iter().rposition(|set| set.id == copy) else { return };
    let list = list(s);
    list.retain(|x| *x != d);
    list.push(crate::model::DataIx::of(new));
    list.sort_unstable();
    list.dedup();
}

/// Takes rows out, the last first.
fn remove<T>(rows: &mut Vec<T>, from: &mut Rows, drops: &[usize]) {
    let mut drops = drops.to_vec();
    drops.sort_unstable();
    drops.dedup();
    for row in drops.into_iter().rev() {
        rows.remove(row);
        from.remove(row);
    }
}
