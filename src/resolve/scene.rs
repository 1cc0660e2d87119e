//! What detectors and remedies look at: the snapshot, its derived quantities, and lookups made once.

use std::{
    cell::{Cell, OnceCell},
    collections::BTreeMap,
};

use super::{
    cases::Holder,
    place::{Claim, ClaimList},
    settle::Timing,
};
use crate::model::{AgentIx, AgentStatus, Hold, Ms, Plan, Quantities, ResourceIx, Snapshot, TaskIx};

/// Time in which a conflict is to be resolved where `policies.sla.resolve_within` says nothing: 2 minutes.
pub const RESOLVE_WITHIN: Ms = 120_000;

/// Work for the least feedback arc sets of one scene: three hard components of 300 arcs.
const WORK: u64 = 3_000_000;

/// One snapshot, ready for detection.
#[derive(Debug)]
pub struct Scene<'s> {
    /// The snapshot.
    pub snapshot: &'s Snapshot,
    /// Eligibility, processing times, loads.
    pub q: Quantities<'s>,
    /// The given plan.
    pub plan: Option<&'s Plan>,
    /// Hard successors of each task, ascending.
    pub after: Vec<Vec<TaskIx>>,
    /// Tasks in a topological order of hard dependencies; those on or behind a cycle are left out.
    pub order: Vec<TaskIx>,
    /// Position of each task in `order`; `None` on or behind a cycle.
    pub rank: Vec<Option<u32>>,
    /// The greatest priority of any task.
    pub top_priority: f64,
    /// Claims by resource, each list in the order of [`Scene::claims`].
    pub by_resource: Vec<Vec<(Claim, &'s Hold)>>,
    /// Claims by holder.
    by_holder: BTreeMap<&'s str, Vec<Claim>>,
    /// Work that is left for least feedback arc sets, of all conflicts together.
    pub(super) work: Cell<u64>,
    /// Made when a remedy first asks for it.
    pub(super) timing: OnceCell<Timing>,
    /// The given plan, planned again; made when a remedy first asks for it.
    pub(super) replanned: OnceCell<Option<Plan>>,
}

impl<'s> Scene<'s> {
    /// Looks a snapshot over: O(classes · agents + tasks + dependencies).
    pub fn new(snapshot: &'s Snapshot, plan: Option<&'s Plan>) -> Self {
        let mut after = vec![Vec::new(); snapshot.tasks.len()];
        for (i, task) in snapshot.tasks.iter().enumerate() {
            for d in task.depends_on.iter().filter(|d| !d.soft) {
                after[d.task.at()].push(TaskIx::of(i));
            }
        }
        let order = topological(snapshot, &after);
        let mut rank = vec![None; snapshot.tasks.len()];
        for (i, t) in order.iter().enumerate() {
            rank[t.at()] = Some(i as u32);
        }
        let top_priority = snapshot.tasks.iter().map(|t| t.priority).fold(0.0, f64::max);
        let mut by_resource = vec![Vec::new(); snapshot.network.resources.len()];
        let mut by_holder: BTreeMap<&str, Vec<Claim>> = BTreeMap::new();
        for (claim, hold) in claims(snapshot) {
            by_resource[hold.resource.at()].push((claim, hold));
            by_holder.entry(&hold.holder).or_default().push(claim);
        }
        Self {
            snapshot,
            q: Quantities::new(snapshot),
            plan,
            after,
            order,
            rank,
            top_priority,
            by_resource,
            by_holder,
            work: Cell::new(WORK),
            timing: OnceCell::new(),
            replanned: OnceCell::new(),
        }
    }

    /// Time in which a conflict is to be resolved.
    pub fn resolve_within(&self) -> Ms {
        self.snapshot.policies.resolve_within.unwrap_or(RESOLVE_WITHIN)
    }

    /// The row of a claim.
    pub fn claim(&self, claim: Claim) -> &'s Hold {
        let state = &self.snapshot.state;
        match claim.list {
            ClaimList::Allocations => &state.allocations[claim.row],
            ClaimList::Holds => &state.holds[claim.row],
        }
    }

    /// Every claim, allocations first.
    pub fn claims(&self) -> impl Iterator<Item = (Claim, &'s Hold)> + use<'s> {
        claims(self.snapshot)
    }

    /// Claims on one resource, in the order of [`Scene::claims`].
    pub fn on(&self, r: ResourceIx) -> &[(Claim, &'s Hold)] {
        &self.by_resource[r.at()]
    }

    /// Claims of one holder, in the order of [`Scene::claims`].
    pub fn of(&self, holder: &str) -> &[Claim] {
        self.by_holder.get(holder).map_or(&[], Vec::as_slice)
    }

    /// Who an id is.
    pub fn holder(&self, id: &str) -> Holder {
        Holder { id: id.to_owned(), task: self.snapshot.find_task(id), agent: self.snapshot.find_agent(id) }
    }

    /// The id of a resource.
    pub fn resource(&self, r: ResourceIx) -> &'s str {
        &self.snapshot.network.resources[r.at()].id
    }

    /// True where an agent is offline or failed; a draining one still finishes what it has.
    pub fn is_dead(&self, a: AgentIx) -> bool {
        matches!(self.snapshot.agent(a).status, AgentStatus::Offline | AgentStatus::Failed)
    }

    /// The least processing time of a task over its eligible agents; `None` where there is none.
    pub fn best_duration(&self, t: TaskIx) -> Option<Ms> {
        self.q.offers(t).map(|o| o.processing).min()
    }
}

/// Every claim, allocations first.
fn claims(snapshot: &Snapshot) -> impl Iterator<Item = (Claim, &Hold)> {
    fn of(list: ClaimList, rows: &[Hold]) -> impl Iterator<Item = (Claim, &Hold)> {
        rows.iter().enumerate().map(move |(row, hold)| (Claim { list, row }, hold))
    }
    let state = &snapshot.state;
    of(ClaimList::Allocations, &state.allocations).chain(of(ClaimList::Holds, &state.holds))
}

/// Kahn (1962), O(n + m).
fn topological(snapshot: &Snapshot, after: &[Vec<TaskIx>]) -> Vec<TaskIx> {
    let mut waits: Vec<usize> =
        snapshot.tasks.iter().map(|t| t.depends_on.iter().filter(|d| !d.soft).count()).collect();
    let mut out: Vec<TaskIx> = snapshot.task_ixs().filter(|t| waits[t.at()] == 0).collect();
    let mut next = 0;
    while next < out.len() {
        for t in &after[out[next].at()] {
            waits[t.at()] -= 1;
            if waits[t.at()] == 0 {
                out.push(*t);
            }
        }
        next += 1;
    }
    out
}
