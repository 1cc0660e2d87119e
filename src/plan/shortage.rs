//! Tasks that together need more than all agents that may run them offer: a Hall violator, by minimum cut
//! (Hall 1935; Ford, Fulkerson 1956). What is short so is short in every plan.

use serde::Serialize;

use crate::{
    graph,
    model::{AgentIx, DimIx, Ms, NEVER, Quantities, TaskIx, seconds},
    report::{clock, number, plural},
};

/// Pairs of task and agent beyond which no cut is sought.
const MANY: usize = 300_000;

/// Integers per unit of an amount.
const UNIT: f64 = 1e6;

/// More than any room that limits.
const PLENTY: u64 = 1 << 60;

/// What all needs together stay below, so that sums and flows have room.
const MOST: u64 = 1 << 62;

/// A set of tasks with too little for them.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Shortage {
    /// What is short: `load`, `tasks`, `work`, or a dimension of budgets.
    pub of: String,
    /// What the tasks need at least (seconds of work).
    pub need: f64,
    /// What the agents that may run any of them offer.
    pub offered: f64,
    /// The moment by which the work has to be done, seconds; null where no deadline takes part.
    pub before: Option<f64>,
    /// The tasks.
    pub tasks: Vec<String>,
    /// All agents that may run any of them.
    pub agents: Vec<String>,
    /// In one sentence.
    pub message: String,
    /// The agents by index, the one with most of what is short first.
    #[serde(skip)]
    pub agent_ixs: Vec<AgentIx>,
}

/// What may be short.
#[derive(Clone, Copy)]
enum What {
    Load,
    Tasks,
    Budget(DimIx),
    Work(Ms),
}

/// A shortage that the task is part of: of what may be used up, among tasks of at least its priority, then among
/// all; and where it is late, of time before its deadline.
pub fn shortage(q: &Quantities<'_>, t: TaskIx, late: bool) -> Option<Shortage> {
    let s = q.snapshot;
    let task = s.task(t);
    if late {
        let due = task.deadline?;
        return find(q, t, What::Work(due), &before(q, due));
    }
    let dims = task.demand.iter().map(|d| What::Budget(d.0));
    let kinds: Vec<What> = [What::Load, What::Tasks].into_iter().chain(dims).collect();
    let firm: Vec<TaskIx> = s.task_ixs().filter(|o| s.task(*o).priority >= task.priority).collect();
    let all: Vec<TaskIx> = s.task_ixs().collect();
    [firm, all].iter().find_map(|tasks| kinds.iter().find_map(|what| find(q, t, *what, tasks)))
}

/// Tasks due by a moment, and what they wait for.
fn before(q: &Quantities<'_>, due: Ms) -> Vec<TaskIx> {
    let s = q.snapshot;
    let mut seen = vec![false; s.tasks.len()];
    let mut open: Vec<TaskIx> = s.task_ixs().filter(|t| s.task(*t).deadline.is_some_and(|d| d <= due)).collect();
    while let Some(t) = open.pop() {
        if !std::mem::replace(&mut seen[t.at()], true) {
            open.extend(s.task(t).depends_on.iter().filter(|d| !d.soft).map(|d| d.task));
        }
    }
    s.task_ixs().filter(|t| seen[t.at()]).collect()
}

fn find(q: &Quantities<'_>, t: TaskIx, what: What, tasks: &[TaskIx]) -> Option<Shortage> {
    let s = q.snapshot;
    let rooms: Vec<u64> = s.agent_ixs().map(|a| room(q, a, what)).collect();
    let (mut supplies, mut pairs, mut named) = (Vec::new(), Vec::new(), Vec::new());
    for o in tasks {
        let row: Vec<(u32, u64)> = q.offers(*o).map(|offer| (offer.agent.0, need(q, *o, &offer, what))).collect();
        let least = row.iter().map(|r| r.1).min().unwrap_or(0);
        // What can run nowhere is impossible for reasons of its own.
        if least > 0 {
            pairs.extend(row.iter().map(|r| (supplies.len() as u32, r.0)));
            supplies.push(least);
            named.push(*o);
        }
        if pairs.len() > MANY {
            return None;
        }
    }
    // Beyond what is countable each counts for less than it needs: what is short so is short indeed.
    if supplies.iter().fold(0u64, |sum, n| sum.saturating_add(*n)) > MOST {
        let share = MOST / supplies.len() as u64;
        for need in &mut supplies {
            *need = share.min(*need);
        }
    }
    let found = graph::shortage(&supplies, &rooms, &pairs)?;
    let members: Vec<TaskIx> = found.supplies.iter().map(|i| named[*i as usize]).collect();
    if !members.contains(&t) {
        return None;
    }
    let need: u64 = found.supplies.iter().map(|i| supplies[*i as usize]).sum();
    let offered = found.rooms.iter().fold(0u64, |sum, r| sum.saturating_add(rooms[*r as usize]));
    let mut agents: Vec<AgentIx> = found.rooms.iter().map(|r| AgentIx(*r)).collect();
    agents.sort_by_key(|a| (std::cmp::Reverse(rooms[a.at()]), *a));
    (offered < PLENTY && need > offered).then(|| worded(q, what, &members, agents, need, offered))
}

/// What an agent offers, as an integer.
fn room(q: &Quantities<'_>, a: AgentIx, what: What) -> u64 {
    let agent = q.snapshot.agent(a);
    let scaled = |x: f64| libm::ceil(x.max(0.0) * UNIT - 1e-4) as u64;
    match what {
        What::Load => agent.capacity.map_or(PLENTY, |c| scaled(c - agent.current_load).min(PLENTY)),
        What::Tasks => agent.max_tasks.map_or(PLENTY, u64::from),
        What::Budget(dim) => agent.budget.iter().find(|b| b.0 == dim).map_or(PLENTY, |b| scaled(b.1).min(PLENTY)),
        What::Work(due) => {
            let from = agent.available_from.max(0);
            let open = match agent.windows.as_slice() {
                [] => (due - from).max(0),
                windows => windows.iter().map(|w| (w.1.min(due) - w.0.max(from)).max(0)).sum::<Ms>().min(due),
            };
            u64::from(agent.slots) * open.max(0) as u64
        }
    }
}

/// What a task needs there, as an integer.
fn need(q: &Quantities<'_>, t: TaskIx, offer: &crate::model::Offer, what: What) -> u64 {
    let scaled = |x: f64| libm::floor(x * UNIT + 1e-4) as u64;
    match what {
        What::Load => scaled(offer.load),
        What::Tasks => 1,
        What::Budget(dim) => q.snapshot.task(t).demand.iter().find(|d| d.0 == dim).map_or(0, |d| scaled(d.1)),
        What::Work(_) => offer.processing.min(NEVER) as u64,
    }
}

fn worded(q: &Quantities<'_>, what: What, tasks: &[TaskIx], agents: Vec<AgentIx>, need: u64, offered: u64) -> Shortage {
    let s = q.snapshot;
    let unit = match what {
        What::Tasks => 1.0,
        What::Work(_) => 1000.0,
        _ => UNIT,
    };
    let (need, offered) = (need as f64 / unit, offered as f64 / unit);
    let (of, amount): (String, fn(f64) -> String) = match what {
        What::Load => ("load".into(), |x| number(x, 3)),
        What::Tasks => ("tasks".into(), |x| number(x, 0)),
        What::Budget(dim) => (s.names.dims[dim.at()].clone(), |x| number(x, 3)),
        What::Work(_) => ("work".into(), clock),
    };
    let before = if let What::Work(due) = what { Some(seconds(due)) } else { None };
    let by = before.map_or_else(String::new, |due| format!(" before {}", clock(due)));
    let ids: Vec<String> = tasks.iter().map(|t| s.task(*t).id.clone()).collect();
    let shown: Vec<String> = ids.iter().take(4).map(|id| format!("`{id}`")).collect();
    let rest = if ids.len() > 4 { format!(" and {} more", ids.len() - 4) } else { String::new() };
    let message = format!(
        "{} {}{rest} need at least {} of {of}{by}; {} that may run any of them offer{} {}",
        if ids.len() == 1 { "task" } else { "tasks" },
        shown.join(", "),
        amount(need),
        plural(agents.len(), "agent"),
        if agents.len() == 1 { "s" } else { "" },
        amount(offered)
    );
    let named = agents.iter().map(|a| s.agent(*a).id.clone()).collect();
    Shortage { of, need, offered, before, tasks: ids, agents: named, message, agent_ixs: agents }
}
