//! What bottlenecks and opportunities are read off: the snapshot, its document and a plan, with sums made once.

use super::measure::{Metrics, worked};
use crate::{
    input::document::{Document, Item, Section},
    model::{AgentIx, Ms, Plan, Quantities, Snapshot, TaskIx},
    patch::{Op, pointer, put},
    schedule::{Loads, Utilization},
};

/// A fleet under a plan.
pub struct Scene<'s> {
    /// The document as typed.
    pub document: &'s Document,
    /// The definitions.
    pub q: &'s Quantities<'s>,
    /// The plan.
    pub plan: &'s Plan,
    /// What it is worth.
    pub metrics: Metrics,
    /// Loads of agents under the plan.
    pub loads: Loads,
    /// Their utilization.
    pub used: Utilization,
    /// Time that their slots work, ms.
    pub worked: Vec<Ms>,
    /// Placed tasks of each agent.
    pub count: Vec<usize>,
    /// Hard predecessors before successors; tasks on a cycle are missing.
    pub order: Vec<TaskIx>,
}

impl<'s> Scene<'s> {
    /// Looks at a plan.
    pub fn new(document: &'s Document, q: &'s Quantities<'s>, plan: &'s Plan, metrics: Metrics) -> Self {
        let loads = Loads::of(q, plan);
        let used = Utilization::measure(q, &loads);
        let mut count = vec![0; q.snapshot.agents.len()];
        plan.placed().for_each(|(_, p)| count[p.agent.at()] += 1);
        Self { document, q, plan, metrics, loads, used, worked: worked(q, plan), count, order: order(q.snapshot) }
    }

    /// The snapshot.
    pub fn snapshot(&self) -> &'s Snapshot {
        self.q.snapshot
    }

    /// Id of an agent.
    pub fn agent(&self, a: AgentIx) -> String {
        self.snapshot().agent(a).id.clone()
    }

    /// Id of a task.
    pub fn task(&self, t: TaskIx) -> String {
        self.snapshot().task(t).id.clone()
    }

    /// The item of a thing as typed, with its place in its list.
    pub fn item(&self, section: Section, row: usize) -> Option<(usize, &'s Item)> {
        Some((self.document.position(section, row)?, self.document.item(section, row)?))
    }

    /// The edit that sets a field of a thing.
    pub fn set(&self, section: Section, row: usize, field: &str, value: serde_json::Value) -> Option<Op> {
        let (index, item) = self.item(section, row)?;
        Some(put(item.get(field).is_some(), pointer(section, index, &[field]), value))
    }

    /// What having something costs, where the snapshot names any such price.
    pub fn priced(&self, cost: f64) -> Option<f64> {
        let named = self.snapshot().agents.iter().any(|a| a.cost_fixed > 0.0);
        named.then_some(cost)
    }

    /// Share of the makespan that an agent's slots work.
    pub fn busy(&self, a: AgentIx) -> f64 {
        super::measure::share_of(self.q, a, self.worked[a.at()], self.metrics.makespan)
    }
}

/// Tasks, hard predecessors first, of equals by index (Kahn 1962).
fn order(s: &Snapshot) -> Vec<TaskIx> {
    let mut open: Vec<usize> = s.tasks.iter().map(|t| t.depends_on.iter().filter(|d| !d.soft).count()).collect();
    let mut after: Vec<Vec<TaskIx>> = vec![Vec::new(); s.tasks.len()];
    for t in s.task_ixs() {
        s.task(t).depends_on.iter().filter(|d| !d.soft).for_each(|d| after[d.task.at()].push(t));
    }
    let mut out: Vec<TaskIx> = s.task_ixs().filter(|t| open[t.at()] == 0).collect();
    let mut next = 0;
    while let Some(t) = out.get(next).copied() {
        next += 1;
        for later in &after[t.at()] {
            open[later.at()] -= 1;
            if open[later.at()] == 0 {
                out.push(*later);
            }
        }
    }
    out
}
