//! What proofs stand on, recomputed from the model alone: which agents a placed task could have, its earliest
//! finish, what must come after it, and the step in which moments differ.

use crate::{
    model::{AgentIx, Dependency, Ms, NEVER, Offer, Plan, Quantities, TaskIx, up},
    schedule::Reservations,
};

/// What a sound plan may exceed an amount by.
pub(super) const TOLERANCE: f64 = 1e-6;

/// Points of the network beyond which transfers count as 0: the bound stays valid, the work stays bounded.
const MANY_POINTS: usize = 64;

/// Pairs of tasks and agents, and sizes times pairs of points, beyond which the step of moments is 1 ms.
const MANY: usize = 1_000_000;

/// The placed tasks of a plan and what holds for every plan of the same tasks.
pub(super) struct Ground<'q> {
    pub q: &'q Quantities<'q>,
    pub placed: Vec<bool>,
    pub reserved: Reservations,
    /// Placed tasks, predecessors first.
    pub order: Vec<TaskIx>,
}

/// False where several tasks are more load than an agent can hold.
pub(super) fn holds(q: &Quantities<'_>, group: &[TaskIx], a: AgentIx) -> bool {
    let agent = q.snapshot.agent(a);
    let loads = || group.iter().filter_map(|t| q.on(*t, a)).map(|o| o.load).sum::<f64>();
    group.len() < 2 || agent.capacity.is_none_or(|c| loads() <= c - agent.current_load + TOLERANCE)
}

impl<'q> Ground<'q> {
    pub fn new(q: &'q Quantities<'q>, plan: &Plan) -> Self {
        Self::of(q, plan.placements.iter().map(Option::is_some).collect())
    }

    /// For all plans that place these tasks.
    pub fn of(q: &'q Quantities<'q>, placed: Vec<bool>) -> Self {
        let mut out = Self { q, placed, reserved: Reservations::of(q), order: Vec::new() };
        out.order = out.topological();
        out
    }

    pub fn is_placed(&self, t: TaskIx) -> bool {
        self.placed[t.at()]
    }

    /// Hard predecessors that the plan places.
    pub fn before(&self, t: TaskIx) -> impl Iterator<Item = &'q Dependency> + '_ {
        self.q.snapshot.task(t).depends_on.iter().filter(|d| !d.soft && self.placed[d.task.at()])
    }

    /// Placed tasks, predecessors first (Kahn 1962).
    fn topological(&self) -> Vec<TaskIx> {
        let n = self.placed.len();
        let (mut open, mut after) = (vec![0usize; n], vec![Vec::new(); n]);
        for t in self.q.snapshot.task_ixs().filter(|t| self.is_placed(*t)) {
            for d in self.before(t) {
                open[t.at()] += 1;
                after[d.task.at()].push(t);
            }
        }
        let mut out: Vec<TaskIx> =
            self.q.snapshot.task_ixs().filter(|t| self.is_placed(*t) && open[t.at()] == 0).collect();
        let mut next = 0;
        while let Some(t) = out.get(next).copied() {
            next += 1;
            for s in &after[t.at()] {
                open[s.at()] -= 1;
                if open[s.at()] == 0 {
                    out.push(*s);
                }
            }
        }
        out
    }

    /// The agents that a task could have in some plan.
    pub fn options(&self, t: TaskIx) -> impl Iterator<Item = Offer> + '_ {
        let only = self.reserved.fixed(t).map(|f| f.agent);
        self.q.offers(t).filter(move |o| only.is_none_or(|a| a == o.agent) && self.fits_alone(t, o))
    }

    /// False where the task could not be on the agent even if nothing else were.
    fn fits_alone(&self, t: TaskIx, o: &Offer) -> bool {
        let (task, agent) = (self.q.snapshot.task(t), self.q.snapshot.agent(o.agent));
        let room = agent.capacity.is_none_or(|c| o.load <= c - agent.current_load + TOLERANCE);
        let offers = |d: &(crate::model::DimIx, f64)| {
            let all = agent.resources.iter().chain(&agent.budget);
            all.filter(|r| r.0 == d.0).all(|r| d.1 <= r.1 + TOLERANCE)
        };
        let shared = |u: &(crate::model::ResourceIx, f64)| {
            let r = &self.q.snapshot.network.resources[u.0.at()];
            r.capacity.is_none_or(|c| u.1 <= c + TOLERANCE) && r.budget.is_none_or(|b| u.1 <= b + TOLERANCE)
        };
        room && agent.max_tasks != Some(0)
            && task.demand.iter().all(offers)
            && task.uses.iter().all(shared)
            && self.open(o.agent, task.release.max(0), o.processing) < NEVER
    }

    /// The first start at or after `from` at which the agent is open for a whole run.
    fn open(&self, a: AgentIx, from: Ms, work: Ms) -> Ms {
        let agent = self.q.snapshot.agent(a);
        let from = from.max(agent.available_from).max(0);
        if agent.windows.is_empty() {
            return from;
        }
        let fits = |w: &&(Ms, Ms)| from.max(w.0).saturating_add(work) <= w.1;
        agent.windows.iter().filter(fits).map(|w| from.max(w.0)).min().unwrap_or(NEVER)
    }

    /// Earliest finish of each task in `order` when only the named predecessors, earlier in `order`, hold it up;
    /// [`NEVER`] for the others. Agents never stand in each other's way.
    pub fn earliest<'d>(&self, order: &[TaskIx], before: impl Fn(TaskIx) -> Vec<&'d Dependency>) -> Vec<Ms> {
        let transfers = &self.q.transfers;
        let points = if transfers.is_free() || transfers.points() > MANY_POINTS { 1 } else { transfers.points() };
        let point = |a: AgentIx| if points == 1 { 0 } else { transfers.agent_point(a) as usize };
        let mut finish = vec![NEVER; self.placed.len()];
        let mut there = vec![NEVER; self.placed.len() * points];
        for t in order {
            let mut ready = vec![self.q.snapshot.task(*t).release.max(0); points];
            for d in before(*t) {
                for (to, ready) in ready.iter_mut().enumerate() {
                    let moved = |from: usize| {
                        let ms = transfers.between_points(from as u32, to as u32, d.data_mb);
                        let ms = if points == 1 { 0 } else { whole(ms) };
                        there[d.task.at() * points + from].saturating_add(ms).min(NEVER)
                    };
                    *ready = (*ready).max((0..points).map(moved).min().unwrap_or(NEVER));
                }
            }
            for o in self.options(*t) {
                let at = point(o.agent);
                let done = self.open(o.agent, ready[at], o.processing).saturating_add(o.processing).min(NEVER);
                finish[t.at()] = finish[t.at()].min(done);
                let here = &mut there[t.at() * points + at];
                *here = (*here).min(done);
            }
        }
        finish
    }

    /// No plan of the same tasks finishes a task sooner.
    pub fn heads(&self) -> Vec<Ms> {
        self.earliest(&self.order, |t| self.before(t).collect())
    }

    /// The shortest run of each placed task; 0 for the others.
    pub fn shortest(&self) -> Vec<Ms> {
        let least = |t: TaskIx| self.options(t).map(|o| o.processing).min().unwrap_or(0);
        self.q.snapshot.task_ixs().map(|t| if self.is_placed(t) { least(t) } else { 0 }).collect()
    }

    /// The one agent that a task can go to.
    pub fn only(&self, t: TaskIx) -> Option<AgentIx> {
        let mut options = self.options(t);
        match (options.next(), options.next()) {
            (Some(o), None) => Some(o.agent),
            _ => None,
        }
    }

    /// The least time from each task's finish to the end of the plan.
    pub fn tails(&self, shortest: &[Ms]) -> Vec<Ms> {
        let only: Vec<Option<AgentIx>> =
            self.q.snapshot.task_ixs().map(|t| self.only(t).filter(|_| self.is_placed(t))).collect();
        let mut tail = vec![0; self.placed.len()];
        for t in self.order.iter().rev() {
            for d in self.before(*t) {
                let lag = match (only[d.task.at()], only[t.at()]) {
                    (Some(a), Some(b)) => self.q.transfer(a, b, d.data_mb).unwrap_or(0),
                    _ => 0,
                };
                let rest = tail[t.at()] + shortest[t.at()] + lag;
                tail[d.task.at()] = tail[d.task.at()].max(rest);
            }
        }
        tail
    }

    /// A duration that all moments of some best plan are multiples of: it starts each task at a release, where
    /// an agent comes or opens, where something held is given back, or where another task or its transfer ends.
    pub fn step(&self) -> Ms {
        let s = self.q.snapshot;
        let tasks = || s.task_ixs().filter(|t| self.is_placed(*t));
        let mut step = 0;
        let mut pairs = 0;
        for t in tasks() {
            for o in self.options(t) {
                step = gcd(step, o.processing);
                pairs += 1;
            }
            if step == 1 || pairs > MANY {
                return 1;
            }
        }
        let mut add = |ms: Ms| step = gcd(step, if ms >= NEVER { 0 } else { ms.max(0) });
        tasks().for_each(|t| add(s.task(t).release));
        for agent in &s.agents {
            add(agent.available_from);
            agent.windows.iter().for_each(|w| add(w.0));
        }
        s.network.resources.iter().filter_map(|r| r.per).for_each(&mut add);
        self.reserved.slots.iter().for_each(|r| add(r.1));
        self.reserved.fixed.iter().for_each(|r| add(r.until));
        self.reserved.held.iter().for_each(|h| [h.from, h.until].into_iter().for_each(&mut add));
        gcd(step, self.transfer_step()).max(1)
    }

    fn transfer_step(&self) -> Ms {
        let transfers = &self.q.transfers;
        if transfers.is_free() {
            return 0;
        }
        let mut points: Vec<u32> = self.q.snapshot.agent_ixs().map(|a| transfers.agent_point(a)).collect();
        points.sort_unstable();
        points.dedup();
        let hard = self.order.iter().flat_map(|t| self.before(*t));
        let mut sizes: Vec<f64> = hard.map(|d| d.data_mb).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        if sizes.len() * points.len() * points.len() > MANY {
            return 1;
        }
        let pairs = points.iter().flat_map(|a| points.iter().map(move |b| (*a, *b)));
        let moves = pairs.flat_map(|(a, b)| sizes.iter().map(move |mb| whole(transfers.between_points(a, b, *mb))));
        moves.filter(|ms| *ms < NEVER).fold(0, gcd)
    }
}

/// The next multiple of `step` at or above a moment.
pub(super) fn lifted(moment: Ms, step: Ms) -> Ms {
    moment.saturating_add(step - 1).div_euclid(step).saturating_mul(step)
}

fn whole(ms: f64) -> Ms {
    if ms.is_finite() { up(ms) } else { NEVER }
}

/// The greatest common divisor (Euclid).
pub(super) fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
