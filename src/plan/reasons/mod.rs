//! Why tasks have no place: every reason, summed over the agents it holds for, read off the final plan.
//!
//! An agent that may not run a task counts under each obstacle of the model (under the pin alone where the
//! task is pinned elsewhere); one that may, but has no room in the final plan, under each limit that is
//! exceeded; what is left has room and no time. Tasks that ask for the same are looked at once:
//! O(different asks · agents).

mod tally;
#[cfg(test)]
mod tests;
mod why;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tally::{Found, Tally};
use why::Why;

use super::{solution::Reason, windows};
use crate::{
    model::{AgentIx, DataIx, DimIx, Ms, NEVER, Obstacle, Offer, Plan, ResourceIx, TaskIx, seconds},
    schedule::{Instance, Room},
};

/// Every task without a place, by id, with all its reasons.
pub fn unassigned(inst: &Instance<'_>, plan: &Plan) -> Vec<(TaskIx, Vec<Reason>)> {
    let open = inst.q.snapshot.task_ixs().filter(|t| plan.placements[t.at()].is_none());
    let mut search = Search::new(inst, plan);
    open.map(|t| (t, search.reasons(t))).collect()
}

/// What makes two tasks find the same reasons.
#[derive(PartialEq, PartialOrd)]
struct Ask<'a> {
    class: u32,
    load: f64,
    duration: f64,
    priority: f64,
    release: Ms,
    reads: &'a [DataIx],
    demand: &'a [(DimIx, f64)],
    uses: &'a [(ResourceIx, f64)],
}

impl Eq for Ask<'_> {}

impl Ord for Ask<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // No amount is NaN, so the order is total.
        self.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal)
    }
}

/// Reasons of one task, with the kind to sort by.
type Row = Vec<(Why, Reason)>;

/// The search for reasons on one final plan.
struct Search<'i> {
    inst: &'i Instance<'i>,
    plan: &'i Plan,
    /// What the final plan leaves.
    room: Room<'i>,
    /// Least priority of the tasks on each agent; infinite where there is none.
    least_on: Vec<f64>,
    /// The same of each shared resource's users.
    least_of: Vec<f64>,
    /// Reasons known of equal asks.
    asks: BTreeMap<Ask<'i>, Vec<Reason>>,
    /// Obstacles known of equal classes that read the same.
    obstacles: BTreeMap<(u32, &'i [DataIx]), Row>,
    /// Lists of agents, each kept once.
    lists: BTreeSet<Arc<[AgentIx]>>,
}

impl<'i> Search<'i> {
    fn new(inst: &'i Instance<'i>, plan: &'i Plan) -> Self {
        let s = inst.q.snapshot;
        let mut room = Room::new(inst);
        for unit in 0..inst.units.len() {
            let agent = plan.placements[inst.units.row(unit)[0] as usize].map(|p| p.agent.0);
            if let Some(choice) = agent.and_then(|a| inst.unit_choice(unit, a)) {
                room.take(unit, &choice);
            }
        }
        let mut least_on = vec![f64::INFINITY; s.agents.len()];
        let mut least_of = vec![f64::INFINITY; s.network.resources.len()];
        for (t, p) in plan.placed() {
            let task = s.task(t);
            least_on[p.agent.at()] = least_on[p.agent.at()].min(task.priority);
            for (r, _) in &task.uses {
                least_of[r.at()] = least_of[r.at()].min(task.priority);
            }
        }
        let (asks, obstacles, lists) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { inst, plan, room, least_on, least_of, asks, obstacles, lists }
    }

    fn reasons(&mut self, t: TaskIx) -> Vec<Reason> {
        let Some(ask) = self.ask(t) else { return self.search(t) };
        if let Some(known) = self.asks.get(&ask) {
            return known.clone();
        }
        let out = self.search(t);
        self.asks.insert(ask, out.clone());
        out
    }

    /// What the task asks for, where that is all that its reasons depend on.
    fn ask(&self, t: TaskIx) -> Option<Ask<'i>> {
        let task = self.inst.q.snapshot.task(t);
        let unit = self.inst.unit_of[t.at()] as usize;
        let plain = self.inst.units.row(unit).len() == 1
            && self.inst.apart.row(unit).is_empty()
            && self.inst.preds.row(t.at()).is_empty()
            && task.estimates_by_agent.is_empty()
            && task.estimates_by_kind.is_empty()
            && self.inst.reserved.fixed(t).is_none();
        plain.then_some(Ask {
            class: self.inst.q.class(t),
            load: task.estimated_load,
            duration: task.duration_ms,
            priority: task.priority,
            release: task.release,
            reads: &task.reads,
            demand: &task.demand,
            uses: &task.uses,
        })
    }

    fn search(&mut self, t: TaskIx) -> Vec<Reason> {
        let mut found = Found::default();
        if self.inst.q.snapshot.agents.is_empty() {
            found.of(Why::NoAgents);
        }
        self.look_at_tasks(t, &mut found);
        self.look_at_shared(t, &mut found);
        let own = !found.tallies.is_empty();
        let mut rest = Vec::new();
        for offer in self.inst.q.offers(t) {
            let told = found.told;
            self.look_at_agent(t, &offer, &mut found);
            if told == found.told {
                rest.push(offer.agent);
            }
        }
        let mut out = self.obstacles_of(t);
        // Room is worth telling only where nothing else explains the task.
        if (!own && !rest.is_empty()) || (found.tallies.is_empty() && out.is_empty()) {
            found.of(Why::NoTime).agents = rest;
        }
        out.extend(found.tallies.into_iter().map(|tally| self.worded(t, tally)));
        out.sort_by_key(|(why, _)| *why);
        out.into_iter().map(|(_, reason)| reason).collect()
    }

    /// Obstacles that lie in the pair of task and agent alone.
    fn obstacles_of(&mut self, t: TaskIx) -> Row {
        let q = self.inst.q;
        let key = (q.class(t), q.snapshot.task(t).reads.as_slice());
        if let Some(known) = self.obstacles.get(&key) {
            return known.clone();
        }
        let mut found = Found::default();
        for a in q.snapshot.agent_ixs() {
            if q.snapshot.task(t).pinned.is_some_and(|p| p != a) {
                found.agent(Why::PinnedElsewhere, a);
                continue;
            }
            q.obstacles(t, a).into_iter().map(Obstacle::into).for_each(|why| found.agent(why, a));
        }
        let out: Row = found.tallies.into_iter().map(|tally| self.worded(t, tally)).collect();
        self.obstacles.insert(key, out.clone());
        out
    }

    /// Predecessors and companions without a place.
    fn look_at_tasks(&self, t: TaskIx, found: &mut Found) {
        let inst = self.inst;
        let unit = inst.unit_of[t.at()];
        let members = inst.units.row(unit as usize);
        let others = || members.iter().map(|o| TaskIx(*o)).filter(|o| *o != t);
        let waits = |o: TaskIx| -> Vec<TaskIx> {
            let open = |p: &TaskIx| inst.unit_of[p.at()] != unit && self.plan.placements[p.at()].is_none();
            inst.preds.row(o.at()).iter().map(|(p, _)| TaskIx(*p)).filter(open).collect()
        };
        let before = waits(t);
        if !before.is_empty() {
            found.of(Why::Predecessor).tasks = before;
        }
        let hopeless: Vec<TaskIx> =
            others().filter(|o| inst.choices(o.at()).is_empty() || !waits(*o).is_empty()).collect();
        if !hopeless.is_empty() {
            found.of(Why::Companion).tasks = hopeless;
        } else if members.len() > 1 && inst.unit_choices(unit as usize).is_empty() {
            found.of(Why::NoCommonAgent).tasks = others().collect();
        }
        if inst.apart.row(unit as usize).contains(&unit) {
            found.of(Why::Contradiction);
        }
    }

    /// Shared resources that are too small, held for ever or used up.
    fn look_at_shared(&self, t: TaskIx, found: &mut Found) {
        let inst = self.inst;
        let unit = inst.unit_of[t.at()] as usize;
        for ((r, x), (ix, need)) in inst.uses.row(t.at()).iter().zip(&inst.q.snapshot.task(t).uses) {
            let (at, limits) = (*r as usize, &inst.shared[*r as usize]);
            let given = &inst.q.snapshot.network.resources[at];
            let for_ever =
                |i: &usize| inst.reserved.held[*i].resource.at() == at && inst.reserved.held[*i].until >= NEVER;
            let held: i64 = (0..inst.held.len()).filter(for_ever).map(|i| inst.held[i]).sum();
            if *x > limits.capacity {
                found.task(Why::SharedTooSmall(*ix), given.capacity.unwrap_or(0.0), *need);
            } else if held.saturating_add(*x) > limits.capacity {
                let left = part(given.capacity, limits.capacity - held, limits.capacity);
                found.task(Why::SharedHeld(*ix), left.max(0.0), *need);
            }
            let budget = inst.unit_uses.row(unit).iter().find(|u| u.0 == *r).map_or(0, |u| u.1);
            let sum = || part(given.budget, budget, limits.budget);
            if budget > limits.budget {
                found.task(Why::SharedTooSmall(*ix), given.budget.unwrap_or(0.0), sum().max(*need));
            } else if budget > self.room.shared[at] {
                let left = part(given.budget, self.room.shared[at], limits.budget);
                found.task(Why::SharedUsedUp(*ix), left, sum());
            }
        }
    }

    /// What an agent that may run the task has too little of in the final plan.
    fn look_at_agent(&self, t: TaskIx, offer: &Offer, found: &mut Found) {
        let (inst, a) = (self.inst, offer.agent);
        if inst.reserved.fixed(t).is_some_and(|f| f.agent != a) {
            return found.agent(Why::RunsElsewhere, a);
        }
        let unit = inst.unit_of[t.at()] as usize;
        let mut load = inst.load_scale.demand(offer.load);
        for o in inst.units.row(unit).iter().map(|o| TaskIx(*o)).filter(|o| *o != t) {
            let elsewhere = inst.reserved.fixed(o).is_some_and(|f| f.agent != a);
            match inst.q.on(o, a).filter(|_| !elsewhere) {
                Some(other) => load = load.saturating_add(inst.load_scale.demand(other.load)),
                None => return found.agent(Why::CompanionElsewhere, a),
            }
        }
        let left = self.room.load[a.at()];
        if load > left {
            let why = if load > inst.agents[a.at()].room { Why::CapacityTooSmall } else { Why::CapacityUsedUp };
            found.short(why, a, inst.load_scale.back(left as f64).max(0.0), inst.load_scale.back(load as f64));
        }
        self.look_at_dimensions(t, a, found);
        let (tasks, members) = (self.room.tasks[a.at()], inst.units.row(unit).len() as i64);
        if members > tasks {
            found.short(Why::MaxTasks, a, tasks as f64, members as f64);
        }
        let mut rivals = inst.apart.row(unit).iter().filter(|v| self.room.agent[**v as usize] == a.0);
        if let Some(rival) = rivals.next() {
            found.agent(Why::Apart, a);
            found.of(Why::Apart).tasks.push(TaskIx(inst.units.row(*rival as usize)[0]));
        }
        self.look_at_times(t, offer, found);
    }

    fn look_at_dimensions(&self, t: TaskIx, a: AgentIx, found: &mut Found) {
        let (inst, agent) = (self.inst, self.inst.q.snapshot.agent(a));
        let unit = inst.unit_of[t.at()] as usize;
        for (dim, x) in inst.demand.row(t.at()) {
            let Some((at, offered)) = inst.offer_of(a.at(), *dim) else { continue };
            let ix = DimIx(*dim);
            let sum = inst.unit_demand.row(unit).iter().find(|d| d.0 == *dim).map_or(*x, |d| d.1);
            let (rows, left, need) = if offered.is_budget {
                (&agent.budget, self.room.budget[at], sum)
            } else {
                (&agent.resources, offered.amount, *x)
            };
            if need <= left {
                continue;
            }
            let why = match offered.is_budget {
                true if need > offered.amount => Why::BudgetTooSmall(ix),
                true => Why::BudgetUsedUp(ix),
                false => Why::ResourceTooSmall(ix),
            };
            let given = rows.iter().find(|r| r.0 == ix).map(|r| r.1);
            let own = inst.q.snapshot.task(t).demand.iter().find(|d| d.0 == ix).map_or(0.0, |d| d.1);
            // The task's own amount tells the scale of the sum.
            let asked = if *x > 0 { own * (need as f64 / *x as f64) } else { own };
            found.short(why, a, part(given, left, offered.amount).max(0.0), asked);
        }
    }

    fn look_at_times(&self, t: TaskIx, offer: &Offer, found: &mut Found) {
        let (inst, a, work) = (self.inst, offer.agent, offer.processing);
        let agent = &inst.agents[a.at()];
        let mut ready = inst.release[t.at()].max(agent.from);
        for (p, mb) in inst.preds.row(t.at()) {
            if let Some(placed) = self.plan.placements[*p as usize] {
                ready = ready.max(placed.finish.saturating_add(inst.transfer(placed.agent.0, a.0, *mb)));
            }
        }
        if ready >= NEVER && inst.release[t.at()] < NEVER {
            return found.agent(Why::NoPath, a);
        }
        if ready.saturating_add(work) >= NEVER {
            return found.agent(Why::TooLong, a);
        }
        let longest = agent.windows.iter().map(|w| w.1 - w.0.max(0)).max();
        match longest.filter(|_| windows::first(agent, ready, work) >= NEVER) {
            Some(longest) if longest < work => {
                found.short(Why::WindowTooShort, a, seconds(longest.max(0)), seconds(work));
            }
            Some(_) => found.agent(Why::NoWindow, a),
            None => {}
        }
    }

    /// A tally as reports carry it.
    fn worded(&mut self, t: TaskIx, mut tally: Tally) -> (Why, Reason) {
        tally.tasks.sort_unstable();
        tally.tasks.dedup();
        let message = why::message(self.inst, t, &tally, self.displaced(t, &tally));
        let known = self.lists.get(tally.agents.as_slice()).cloned();
        let agents = known.unwrap_or_else(|| {
            let list: Arc<[AgentIx]> = tally.agents.into();
            self.lists.insert(list.clone());
            list
        });
        (tally.why, Reason { code: tally.why.code(), message, agents })
    }

    /// By whom the task is displaced, where others have what it needs.
    fn displaced(&self, t: TaskIx, tally: &Tally) -> &'static str {
        let least = match tally.why {
            Why::SharedUsedUp(r) => self.least_of[r.at()],
            why if why.is_displacement() => {
                tally.agents.iter().map(|a| self.least_on[a.at()]).fold(f64::INFINITY, f64::min)
            }
            _ => return "",
        };
        let own = self.inst.q.snapshot.task(t).priority;
        if least.is_infinite() {
            ""
        } else if least > own {
            ", displaced by tasks of higher priority"
        } else if least == own {
            ", displaced by tasks of the same or higher priority"
        } else {
            ", taken by other tasks"
        }
    }
}

/// A scaled amount in the unit of the input, by what the whole is in both.
fn part(given: Option<f64>, amount: i64, whole: i64) -> f64 {
    if whole > 0 { given.unwrap_or(0.0) * (amount as f64 / whole as f64) } else { 0.0 }
}
