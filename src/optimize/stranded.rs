//! Room that is there and cannot be used: fragmentation after Weng et al. (FGD, USENIX ATC 2023), on load.

use std::collections::BTreeMap;

use crate::{
    model::{AgentIx, KindIx, Plan, Quantities, TaskIx},
    schedule::{Loads, Utilization},
};

/// Shares of the free capacity; `None` where no touched agent has a capacity with room.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stranded {
    /// That no kind of task of the batch can use.
    pub stranded: Option<f64>,
    /// That a task drawn at random from the batch cannot use: Σ over kinds of their share × what they cannot use.
    pub fragmentation: Option<f64>,
}

/// A kind of task: a class of equal asks and a type, stood for by its smallest task.
struct Kind {
    task: TaskIx,
    count: usize,
}

/// Measures what a plan leaves.
pub fn measure(q: &Quantities<'_>, plan: &Plan, loads: &Loads, used: &Utilization) -> Stranded {
    let kinds = kinds(q);
    let tasks: usize = kinds.iter().map(|k| k.count).sum();
    let mut count = vec![0u32; q.snapshot.agents.len()];
    plan.placed().for_each(|(_, p)| count[p.agent.at()] += 1);
    let (mut free, mut stranded, mut lost) = (0.0, 0.0, 0.0);
    for (a, _) in &used.of {
        let agent = q.snapshot.agent(*a);
        let Some(room) = agent.capacity.map(|c| (c - loads.load[a.at()]).max(0.0)).filter(|r| *r > 0.0) else {
            continue;
        };
        free += room;
        let full = agent.max_tasks.is_some_and(|most| count[a.at()] >= most);
        let useful: usize =
            kinds.iter().filter(|k| !full && fits(q, k.task, *a, room, &loads.used[a.at()])).map(|k| k.count).sum();
        if useful == 0 {
            stranded += room;
        }
        lost += room * (1.0 - useful as f64 / tasks.max(1) as f64);
    }
    if free <= 0.0 {
        return Stranded::default();
    }
    Stranded { stranded: Some(stranded / free), fragmentation: Some(lost / free) }
}

fn kinds(q: &Quantities<'_>) -> Vec<Kind> {
    let mut known: BTreeMap<(u32, Option<KindIx>), Kind> = BTreeMap::new();
    for t in q.snapshot.task_ixs() {
        let task = q.snapshot.task(t);
        let kind = known.entry((q.class(t), task.kind)).or_insert(Kind { task: t, count: 0 });
        kind.count += 1;
        if task.estimated_load < q.snapshot.task(kind.task).estimated_load {
            kind.task = t;
        }
    }
    known.into_values().collect()
}

/// True where an agent with so much room could hold one more task.
fn fits(q: &Quantities<'_>, t: TaskIx, a: AgentIx, room: f64, spent: &[f64]) -> bool {
    let Some(offer) = q.on(t, a).filter(|o| o.load <= room + 1e-9) else { return false };
    let agent = q.snapshot.agent(offer.agent);
    q.snapshot.task(t).demand.iter().all(|(dim, amount)| match agent.budget.binary_search_by_key(dim, |b| b.0) {
        Ok(i) => *amount <= agent.budget[i].1 - spent[i] + 1e-9,
        Err(_) => true,
    })
}
