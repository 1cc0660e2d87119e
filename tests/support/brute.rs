//! Every plan of a tiny snapshot, by enumeration: assignments times orders.
//!
//! For a given assignment, every objective is regular (no earlier finish makes it worse), so some
//! order of serial scheduling, each task as early as it can, gives the optimum: take an optimal plan's
//! order of starts; by induction no task starts later than there. Feasibility is worked out here anew, moment
//! by moment, and shares no code with the engine or with verify.

use std::collections::BTreeMap;

use orch::{
    model::{AgentIx, DimIx, Ms, NEVER, Placement, Plan, Quantities, TaskIx, seconds},
    schedule::Reservations,
};

/// The four components of one plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Values {
    pub cost: f64,
    pub max_utilization: f64,
    pub makespan: f64,
    pub weighted_tardiness: f64,
}

impl Values {
    fn dominates(&self, other: &Self) -> bool {
        self.cost <= other.cost
            && self.max_utilization <= other.max_utilization
            && self.makespan <= other.makespan
            && self.weighted_tardiness <= other.weighted_tardiness
    }
}

/// By set of placed tasks (bit `i` is task `i`), the components of every plan that no other dominates.
pub type Fronts = BTreeMap<u32, Vec<(Values, Plan)>>;

/// The fronts of all plans.
pub fn fronts(q: &Quantities<'_>) -> Fronts {
    let mut search = Search {
        q,
        reserved: Reservations::of(q),
        touched: touched(q),
        agents: vec![None; q.snapshot.tasks.len()],
        plan: Plan::empty(q.snapshot.tasks.len()),
        out: BTreeMap::new(),
    };
    search.assign(0);
    search.out
}

/// Σ priority and count of a set of tasks.
pub fn placed(q: &Quantities<'_>, set: u32) -> (f64, u32) {
    let tasks = q.snapshot.tasks.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
    (tasks.map(|(_, t)| t.priority).sum(), set.count_ones())
}

/// The set of tasks that a plan places.
pub fn set_of(plan: &Plan) -> u32 {
    plan.placed().map(|(t, _)| 1 << t.0).sum()
}

struct Search<'a> {
    q: &'a Quantities<'a>,
    reserved: Reservations,
    touched: Vec<AgentIx>,
    agents: Vec<Option<AgentIx>>,
    plan: Plan,
    out: Fronts,
}

/// An amount in use from a moment until another.
type Busy = (Ms, Ms, f64);

/// True where `amount` more fits over `[from, until)`: the level rises only where something starts.
fn fits(busy: &[Busy], from: Ms, until: Ms, amount: f64, capacity: f64) -> bool {
    let level = |at: Ms| busy.iter().filter(|b| b.0 <= at && at < b.1).map(|b| b.2).sum::<f64>();
    let rises = busy.iter().map(|b| b.0).filter(|at| from < *at && *at < until);
    amount <= 0.0 || from >= until || rises.chain([from]).all(|at| level(at) + amount <= capacity + 1e-9)
}

impl Search<'_> {
    /// Chooses an agent, or none, for task `i` and those after it.
    fn assign(&mut self, i: usize) {
        if i == self.agents.len() {
            if self.totals_hold() {
                self.order();
            }
            return;
        }
        let t = TaskIx::of(i);
        let fixed = self.reserved.fixed(t).map(|f| f.agent);
        for a in self.q.snapshot.agent_ixs() {
            if self.q.obstacles(t, a).is_empty() && fixed.is_none_or(|f| f == a) {
                self.agents[i] = Some(a);
                self.assign(i + 1);
            }
        }
        self.agents[i] = None;
        self.assign(i + 1);
    }

    fn placed(&self) -> impl Iterator<Item = (TaskIx, AgentIx)> + '_ {
        self.agents.iter().enumerate().filter_map(|(i, a)| a.map(|a| (TaskIx::of(i), a)))
    }

    fn demand(&self, t: TaskIx, dim: DimIx) -> f64 {
        self.q.snapshot.task(t).demand.iter().filter(|d| d.0 == dim).map(|d| d.1).sum()
    }

    fn totals_hold(&self) -> bool {
        let snapshot = self.q.snapshot;
        let relations = snapshot.task_ixs().all(|t| {
            let (own, task) = (self.agents[t.at()], snapshot.task(t));
            let there = |o: &TaskIx| self.agents[o.at()];
            task.together.iter().all(|o| there(o) == own)
                && (own.is_none() || task.apart.iter().all(|o| there(o) != own))
                && (own.is_none() || task.depends_on.iter().all(|d| d.soft || there(&d.task).is_some()))
        });
        let agents = snapshot.agent_ixs().all(|a| {
            let agent = snapshot.agent(a);
            let mine: Vec<TaskIx> = self.placed().filter(|p| p.1 == a).map(|p| p.0).collect();
            let load = self.load(a);
            mine.is_empty()
                || (agent.capacity.is_none_or(|c| load <= c + 1e-9)
                    && agent.max_tasks.is_none_or(|most| mine.len() <= most as usize)
                    && agent.budget.iter().all(|b| mine.iter().map(|t| self.demand(*t, b.0)).sum::<f64>() <= b.1))
        });
        let shared = snapshot.network.resources.iter().enumerate().all(|(r, resource)| {
            let used: f64 = self.placed().map(|(t, _)| self.use_of(t, r)).sum();
            resource.budget.is_none_or(|budget| used <= budget)
        });
        relations && agents && shared
    }

    fn use_of(&self, t: TaskIx, resource: usize) -> f64 {
        self.q.snapshot.task(t).uses.iter().filter(|u| u.0.at() == resource).map(|u| u.1).sum()
    }

    fn load(&self, a: AgentIx) -> f64 {
        let added: f64 = self.placed().filter(|p| p.1 == a).map(|(t, _)| self.q.on(t, a).unwrap().load).sum();
        self.q.snapshot.agent(a).current_load + added
    }

    /// Schedules the assigned tasks in every order, fixed ones first.
    fn order(&mut self) {
        let open = |t: &TaskIx| self.plan.placements[t.at()].is_none();
        let mut next: Vec<TaskIx> = self.placed().map(|p| p.0).filter(open).collect();
        if next.is_empty() {
            self.keep();
            return;
        }
        if let Some(fixed) = next.iter().find(|t| self.reserved.fixed(**t).is_some()) {
            next = vec![*fixed];
        }
        for t in next {
            if let Some(placement) = self.earliest(t, self.agents[t.at()].unwrap()) {
                self.plan.placements[t.at()] = Some(placement);
                self.order();
                self.plan.placements[t.at()] = None;
            }
        }
    }

    /// The earliest placement that the tasks scheduled so far allow; `None` before its predecessors.
    fn earliest(&self, t: TaskIx, a: AgentIx) -> Option<Placement> {
        let (task, agent) = (self.q.snapshot.task(t), self.q.snapshot.agent(a));
        let processing = self.q.on(t, a)?.processing;
        let mut first = task.release.max(agent.available_from).max(0);
        for d in task.depends_on.iter().filter(|d| !d.soft) {
            let before = self.plan.placements[d.task.at()]?;
            first = first.max(before.finish + self.q.transfer(before.agent, a, d.data_mb)?);
        }
        let slots = self.slots(t, a);
        let mut moments: Vec<Ms> = agent.windows.iter().map(|w| w.0).chain([first]).collect();
        moments.extend(slots.iter().map(|b| b.1));
        moments.extend(agent.resources.iter().flat_map(|r| self.memory(a, r.0)).map(|b| b.1));
        moments.extend(task.uses.iter().flat_map(|u| self.shared(u.0.at())).map(|b| b.1));
        moments.retain(|at| *at >= first && *at < NEVER);
        moments.sort_unstable();
        let fixed = self.reserved.fixed(t).is_some();
        if fixed {
            moments.retain(|at| *at == 0);
        }
        moments.into_iter().map(|start| Placement { agent: a, start, finish: start + processing }).find(|p| {
            let Placement { start, finish, .. } = *p;
            let open = agent.windows.is_empty() || agent.windows.iter().any(|w| w.0 <= start && finish <= w.1);
            let slot = fixed || fits(&slots, start, finish, 1.0, f64::from(agent.slots));
            let memory = agent
                .resources
                .iter()
                .all(|(dim, has)| fits(&self.memory(a, *dim), start, finish, self.demand(t, *dim), *has));
            open && slot && memory && self.shared_fit(t, *p)
        })
    }

    fn shared_fit(&self, t: TaskIx, p: Placement) -> bool {
        self.q.snapshot.task(t).uses.iter().all(|(r, amount)| {
            let resource = &self.q.snapshot.network.resources[r.at()];
            let until = resource.per.map_or(p.finish, |per| p.start + per);
            resource.capacity.is_none_or(|has| fits(&self.shared(r.at()), p.start, until, *amount, has))
        })
    }

    /// Slots of an agent taken by others than `own`.
    fn slots(&self, own: TaskIx, a: AgentIx) -> Vec<Busy> {
        let fixed = |t| self.reserved.fixed(t).filter(|f| f.agent == a);
        let state = self.reserved.slots.iter().filter(|s| s.0 == a).map(|s| (0, s.1, 1.0));
        let kept = self.reserved.fixed.iter().filter(|f| f.agent == a && f.task != own).map(|f| (0, f.until, 1.0));
        let placed = self.plan.placed().filter(|(_, p)| p.agent == a).map(|(t, p)| {
            // A fixed task's own row stands for it until it ends by that row.
            (fixed(t).map_or(p.start, |f| f.until.min(p.finish)), p.finish, 1.0)
        });
        state.chain(kept).chain(placed).collect()
    }

    fn memory(&self, a: AgentIx, dim: DimIx) -> Vec<Busy> {
        let mine = self.plan.placed().filter(|(_, p)| p.agent == a);
        mine.map(|(t, p)| (p.start, p.finish, self.demand(t, dim))).collect()
    }

    fn shared(&self, resource: usize) -> Vec<Busy> {
        let per = self.q.snapshot.network.resources[resource].per;
        let placed = self
            .plan
            .placed()
            .map(|(t, p)| (p.start, per.map_or(p.finish, |per| p.start + per), self.use_of(t, resource)));
        let held = self.reserved.held.iter().filter(|h| h.resource.at() == resource);
        placed.chain(held.map(|h| (h.from, h.until, h.amount))).collect()
    }

    /// Keeps the plan unless another that places the same tasks dominates it.
    fn keep(&mut self) {
        let values = self.values();
        let front = self.out.entry(set_of(&self.plan)).or_default();
        if !front.iter().any(|(other, _)| other.dominates(&values)) {
            front.retain(|(other, _)| !values.dominates(other));
            front.push((values, self.plan.clone()));
        }
    }

    fn values(&self) -> Values {
        let mut out = Values { cost: 0.0, max_utilization: 0.0, makespan: 0.0, weighted_tardiness: 0.0 };
        for (t, p) in self.plan.placed() {
            let task = self.q.snapshot.task(t);
            out.cost += self.q.on(t, p.agent).unwrap().cost;
            out.makespan = out.makespan.max(seconds(p.finish));
            out.weighted_tardiness += task.priority * seconds(task.deadline.map_or(0, |due| (p.finish - due).max(0)));
        }
        let agent = |a: AgentIx| self.q.snapshot.agent(a);
        let by_load = self.touched.iter().any(|a| agent(*a).capacity.is_none() && agent(*a).budget.is_empty());
        for a in &self.touched {
            let mut shares =
                vec![self.load(*a) / if by_load { 1.0 } else { agent(*a).capacity.unwrap_or(f64::INFINITY) }];
            for (dim, has) in agent(*a).budget.iter().filter(|_| !by_load) {
                let mine = self.placed().filter(|p| p.1 == *a);
                shares.push(mine.map(|(t, _)| self.demand(t, *dim)).sum::<f64>() / has);
            }
            out.max_utilization = shares.into_iter().fold(out.max_utilization, f64::max);
        }
        out
    }
}

fn touched(q: &Quantities<'_>) -> Vec<AgentIx> {
    let any = |a: &AgentIx| q.snapshot.task_ixs().any(|t| q.obstacles(t, *a).is_empty());
    q.snapshot.agent_ixs().filter(any).collect()
}
