//! The components of a plan and the utilization of its agents, from the model's definitions alone.

use crate::model::{AgentIx, Plan, Quantities, TaskIx, seconds};

/// The four components of every objective, and what comes with them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Components {
    /// Σ cost of placed tasks, money.
    pub cost: f64,
    /// Greatest utilization over touched agents (or greatest load, see [`Utilization`]).
    pub max_utilization: f64,
    /// Latest finish, seconds after `as_of`; 0 for no task.
    pub makespan: f64,
    /// Σ priority · tardiness, priority seconds.
    pub weighted_tardiness: f64,
    /// Placed tasks that finish after their deadline.
    pub late_tasks: usize,
    /// Placed tasks.
    pub placed: usize,
    /// Σ priority of placed tasks.
    pub priority_placed: f64,
    /// Σ priority · finish of placed tasks, priority seconds.
    pub weighted_flow: f64,
}

/// Measures a plan. Sums run in the order of task ids.
pub fn components(q: &Quantities<'_>, plan: &Plan) -> Components {
    let mut out = Components::default();
    let mut loads = Loads::new(q);
    let mut last = 0;
    for (t, p) in plan.placed() {
        let task = q.snapshot.task(t);
        out.placed += 1;
        out.priority_placed += task.priority;
        out.weighted_flow += task.priority * seconds(p.finish);
        last = last.max(p.finish);
        if let Some(offer) = q.on(t, p.agent) {
            out.cost += offer.cost;
            loads.add(q, t, p.agent, offer.load);
        }
        if let Some(due) = task.deadline.filter(|due| *due < p.finish) {
            out.late_tasks += 1;
            out.weighted_tardiness += task.priority * seconds(p.finish - due);
        }
    }
    out.makespan = seconds(last);
    out.max_utilization = Utilization::measure(q, &loads).greatest();
    out
}

/// What each agent holds: load, and use of its budgets.
#[derive(Debug, Clone)]
pub struct Loads {
    /// Current plus assigned load, by agent.
    pub load: Vec<f64>,
    /// Used amounts, by agent, in the order of the agent's budget.
    pub used: Vec<Vec<f64>>,
}

impl Loads {
    /// The loads that the agents hold before the plan.
    pub fn new(q: &Quantities<'_>) -> Self {
        Self {
            load: q.snapshot.agents.iter().map(|a| a.current_load).collect(),
            used: q.snapshot.agents.iter().map(|a| vec![0.0; a.budget.len()]).collect(),
        }
    }

    /// The loads of a plan.
    pub fn of(q: &Quantities<'_>, plan: &Plan) -> Self {
        let mut out = Self::new(q);
        for (t, p) in plan.placed() {
            let load = q.on(t, p.agent).map_or(0.0, |o| o.load);
            out.add(q, t, p.agent, load);
        }
        out
    }

    fn add(&mut self, q: &Quantities<'_>, t: TaskIx, a: AgentIx, load: f64) {
        self.load[a.at()] += load;
        let budget = &q.snapshot.agent(a).budget;
        for (dim, amount) in &q.snapshot.task(t).demand {
            if let Ok(i) = budget.binary_search_by_key(dim, |b| b.0) {
                self.used[a.at()][i] += amount;
            }
        }
    }
}

/// Utilization of the touched agents: the greatest of load over capacity and use over budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Utilization {
    /// True where some touched agent limits nothing, so that the measure is load for all.
    pub by_load: bool,
    /// By touched agent, by id.
    pub of: Vec<(AgentIx, f64)>,
}

impl Utilization {
    /// Measures the touched agents.
    pub fn measure(q: &Quantities<'_>, loads: &Loads) -> Self {
        let touched: Vec<AgentIx> =
            q.touched().iter().enumerate().filter(|(_, t)| **t).map(|(i, _)| AgentIx::of(i)).collect();
        let by_load = touched.iter().any(|a| {
            let agent = q.snapshot.agent(*a);
            agent.capacity.is_none() && agent.budget.is_empty()
        });
        let of = touched.iter().map(|a| (*a, if by_load { loads.load[a.at()] } else { share(q, loads, *a) })).collect();
        Self { by_load, of }
    }

    /// The greatest; 0 where no agent is touched.
    pub fn greatest(&self) -> f64 {
        self.of.iter().fold(0.0, |top, (_, u)| top.max(*u))
    }

    /// Population variance.
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.of.iter().map(|(_, u)| (u - mean) * (u - mean)).sum::<f64>() / (self.of.len().max(1) as f64)
    }

    /// Mean.
    pub fn mean(&self) -> f64 {
        self.of.iter().map(|(_, u)| u).sum::<f64>() / (self.of.len().max(1) as f64)
    }
}

/// What an agent's utilization (its load, where `by_load`) is at least with a task of some load on it.
pub fn with_task(q: &Quantities<'_>, a: AgentIx, t: TaskIx, load: f64, by_load: bool) -> f64 {
    let agent = q.snapshot.agent(a);
    let after = agent.current_load + load;
    if by_load {
        return after;
    }
    let share = |used: f64, offered: f64| if offered > 0.0 { used / offered } else { 0.0 };
    let demand = &q.snapshot.task(t).demand;
    let asked = |dim| demand.iter().filter(|d| d.0 == dim).map(|d| d.1).sum::<f64>();
    let budgets = agent.budget.iter().map(|(dim, offered)| share(asked(*dim), *offered));
    budgets.fold(agent.capacity.map_or(0.0, |c| share(after, c)), f64::max)
}

fn share(q: &Quantities<'_>, loads: &Loads, a: AgentIx) -> f64 {
    let agent = q.snapshot.agent(a);
    let mut top: f64 = 0.0;
    if let Some(capacity) = agent.capacity.filter(|c| *c > 0.0) {
        top = loads.load[a.at()] / capacity;
    }
    for ((_, offered), used) in agent.budget.iter().zip(&loads.used[a.at()]) {
        if *offered > 0.0 {
            top = top.max(used / offered);
        }
    }
    top
}
