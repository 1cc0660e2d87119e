//! The schedule in the making: places a task at its earliest feasible start in any gap, and takes it back.

use super::{
    instance::{Choice, Instance},
    profile::{Lane, Profile},
};
use crate::model::{AgentIx, Ms, NEVER, Placement, Plan};

/// No agent.
pub const NONE: u32 = u32::MAX;

/// Slots of one agent: a lane where it does one thing at a time, else a count.
#[derive(Debug, Clone)]
enum Slots {
    One(Lane),
    Many(Profile),
}

/// Some of the agents and shared resources.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// By agent.
    pub agents: Vec<bool>,
    /// By shared resource.
    pub shared: Vec<bool>,
}

impl Places {
    /// None of them.
    pub fn none(inst: &Instance<'_>) -> Self {
        Self { agents: vec![false; inst.agents.len()], shared: vec![false; inst.shared.len()] }
    }
}

/// When every task runs, and what that leaves free.
#[derive(Debug, Clone)]
pub struct Timeline<'i> {
    inst: &'i Instance<'i>,
    slots: Vec<Slots>,
    /// Renewable dimensions, in the order of all offered ones; unused for budgets.
    dims: Vec<Option<Profile>>,
    shared: Vec<Option<Profile>>,
    /// Agent of each task; [`NONE`] while it is not placed.
    pub agent: Vec<u32>,
    /// Start of each placed task.
    pub start: Vec<Ms>,
    /// Finish of each placed task.
    pub finish: Vec<Ms>,
    /// Elementary steps done: what search budgets count.
    pub work: u64,
}

impl<'i> Timeline<'i> {
    /// An empty schedule beside what `state` holds.
    pub fn new(inst: &'i Instance<'i>) -> Self {
        let n = inst.tasks();
        let slot = |a: &super::instance::AgentLimits| match a.slots {
            1 => Slots::One(Lane::default()),
            k => Slots::Many(Profile::new(i64::from(k))),
        };
        let mut out = Self {
            inst,
            slots: inst.agents.iter().map(slot).collect(),
            dims: inst.offered.items().iter().map(|o| (!o.is_budget).then(|| Profile::new(o.amount))).collect(),
            shared: inst
                .shared
                .iter()
                .map(|r| (r.capacity < super::scale::UNLIMITED).then(|| Profile::new(r.capacity)))
                .collect(),
            agent: vec![NONE; n],
            start: vec![0; n],
            finish: vec![0; n],
            work: 0,
        };
        out.reserve();
        out
    }

    /// Takes what `state` holds: slots of running tasks and amounts of shared resources.
    fn reserve(&mut self) {
        let fixed = self.inst.reserved.fixed.iter().map(|f| (f.agent, f.until));
        for (agent, until) in self.inst.reserved.slots.iter().copied().chain(fixed) {
            match &mut self.slots[agent.at()] {
                // Several running tasks on one slot: it is free when the last is done.
                Slots::One(lane) => {
                    let from = lane.earliest(0, 0);
                    lane.take(from, until);
                }
                Slots::Many(profile) => profile.add(0, until, 1),
            }
        }
        for (hold, amount) in self.inst.reserved.held.iter().zip(&self.inst.held) {
            if let Some(profile) = &mut self.shared[hold.resource.at()] {
                profile.add(hold.from, hold.until, *amount);
            }
        }
    }

    /// When a task's inputs can be on an agent: its release, the agent's first moment, its placed
    /// predecessors' finishes and transfers. [`NEVER`] where a predecessor is not placed.
    pub fn ready(&self, t: usize, agent: u32) -> Ms {
        let mut ready = self.inst.release[t].max(self.inst.agents[agent as usize].from);
        for (p, mb) in self.inst.preds.row(t) {
            let from = self.agent[*p as usize];
            if from == NONE {
                return NEVER;
            }
            ready = ready.max(self.finish[*p as usize] + self.inst.transfer(from, agent, *mb));
        }
        ready.min(NEVER)
    }

    /// The earliest start of a task on an agent, from `ready` on; `None` where it never fits.
    pub fn earliest(&mut self, t: usize, c: &Choice, ready: Ms) -> Option<Ms> {
        self.earliest_and_alone(t, c, ready).map(|found| found.1)
    }

    /// The same, after the start that the agent's own limits allow.
    pub fn earliest_and_alone(&mut self, t: usize, c: &Choice, ready: Ms) -> Option<(Ms, Ms)> {
        if self.inst.runs_until[t] >= 0 {
            return self.can_go_on(t, c, ready).then_some((0, 0));
        }
        let alone = self.earliest_on_agent(t, c, ready);
        let mut start = alone;
        loop {
            let before = start;
            start = self.earliest_shared(t, c.work, start);
            self.work += 1;
            if start + c.work >= NEVER {
                return None;
            }
            if start == before {
                return Some((alone, start));
            }
            start = self.earliest_on_agent(t, c, start);
        }
    }

    /// True where a task that runs already may be planned with start 0: beyond the slot that it has anyway,
    /// nothing else may have taken what it needs.
    fn can_go_on(&mut self, t: usize, c: &Choice, ready: Ms) -> bool {
        let until = self.inst.runs_until[t];
        let slot_is_free = self.earliest_on_slots(c.agent, until, c.work - until) == until;
        ready == 0
            && (until >= c.work || slot_is_free)
            && self.earliest_of_dims(t, c, 0) == 0
            && self.in_window(c.agent as usize, 0, c.work) == 0
            && self.earliest_shared(t, c.work, 0) == 0
    }

    fn earliest_of_dims(&self, t: usize, c: &Choice, from: Ms) -> Ms {
        let mut start = from;
        for (dim, amount) in self.inst.demand.row(t) {
            if let Some((at, _)) = self.inst.offer_of(c.agent as usize, *dim)
                && let Some(profile) = &self.dims[at]
            {
                start = profile.earliest(start, c.work, *amount);
            }
        }
        start
    }

    /// As [`Self::earliest`], but the agent's own limits only: a lower bound of it.
    pub fn earliest_on_agent(&mut self, t: usize, c: &Choice, ready: Ms) -> Ms {
        let agent = c.agent as usize;
        let mut start = ready;
        loop {
            let before = start;
            start = self.earliest_on_slots(c.agent, start, c.work);
            start = self.earliest_of_dims(t, c, start);
            start = self.in_window(agent, start, c.work);
            self.work += 1;
            if start == before || start >= NEVER {
                return start;
            }
        }
    }

    /// The earliest start of `work` on an agent's slots alone: a lower bound of [`Self::earliest_on_agent`].
    pub fn earliest_on_slots(&self, agent: u32, from: Ms, work: Ms) -> Ms {
        match &self.slots[agent as usize] {
            Slots::One(lane) => lane.earliest(from, work),
            Slots::Many(profile) => profile.earliest(from, work, 1),
        }
    }

    /// The earliest start at or after `from` that the shared resources allow a run of `work`.
    pub fn earliest_shared(&mut self, t: usize, work: Ms, from: Ms) -> Ms {
        let mut start = from;
        for of in self.inst.uses.row(t) {
            start = self.earliest_of(*of, work, start);
        }
        start
    }

    /// The earliest start at or after `from` at which a run of `work` finds its amount of one shared resource.
    pub fn earliest_of(&mut self, (resource, amount): (u32, i64), work: Ms, from: Ms) -> Ms {
        let Some(profile) = &mut self.shared[resource as usize] else { return from };
        let hold = self.inst.shared[resource as usize].per.unwrap_or(work);
        profile.earliest_noting(from, hold, amount)
    }

    /// The first start at or after `from` at which a window holds the whole run.
    fn in_window(&self, agent: usize, from: Ms, work: Ms) -> Ms {
        let windows = &self.inst.agents[agent].windows;
        if windows.is_empty() {
            return from;
        }
        let fits = |w: &&(Ms, Ms)| from.max(w.0) + work <= w.1;
        windows.iter().filter(fits).map(|w| from.max(w.0)).min().unwrap_or(NEVER)
    }

    /// Places a task at a start that was found free.
    pub fn place(&mut self, t: usize, c: &Choice, start: Ms) {
        self.agent[t] = c.agent;
        self.start[t] = start;
        self.finish[t] = start + c.work;
        self.mark(t, 1);
    }

    /// Takes a placed task back.
    pub fn remove(&mut self, t: usize) {
        self.mark(t, -1);
        self.agent[t] = NONE;
    }

    /// Adds (`sign` 1) or takes away (−1) what a placed task occupies.
    fn mark(&mut self, t: usize, sign: i64) {
        self.mark_agent(t, sign);
        for of in self.inst.uses.row(t) {
            self.mark_shared(t, *of, sign);
        }
    }

    /// Adds or takes away what a placed task occupies of those places that are, or are not, among some.
    pub fn mark_where(&mut self, t: usize, sign: i64, places: &Places, among: bool) {
        if places.agents[self.agent[t] as usize] == among {
            self.mark_agent(t, sign);
        }
        for of in self.inst.uses.row(t).iter().filter(|of| places.shared[of.0 as usize] == among) {
            self.mark_shared(t, *of, sign);
        }
    }

    /// Adds or takes away what a placed task occupies of its agent.
    pub fn mark_agent(&mut self, t: usize, sign: i64) {
        let (agent, start, finish) = (self.agent[t] as usize, self.start[t], self.finish[t]);
        self.work += 1;
        // A task that runs already has its slot until then.
        let slot_from = start.max(self.inst.runs_until[t]);
        match &mut self.slots[agent] {
            Slots::One(lane) if sign > 0 => lane.take(slot_from, finish),
            Slots::One(lane) => lane.give(slot_from, finish),
            Slots::Many(profile) => profile.add(slot_from, finish, sign),
        }
        for (dim, amount) in self.inst.demand.row(t) {
            if let Some((at, _)) = self.inst.offer_of(agent, *dim)
                && let Some(profile) = &mut self.dims[at]
            {
                profile.add(start, finish, sign * amount);
            }
        }
    }

    /// Adds or takes away the amount that a placed task uses of a shared resource.
    pub fn mark_shared(&mut self, t: usize, (resource, amount): (u32, i64), sign: i64) {
        let Some(profile) = &mut self.shared[resource as usize] else { return };
        self.work += 1;
        let (start, finish) = (self.start[t], self.finish[t]);
        let until = self.inst.shared[resource as usize].per.map_or(finish, |per| start + per);
        profile.add(start, until, sign * amount);
    }

    /// The first start at or after `from` that some of the places, the agent's windows among them, allow.
    pub fn earliest_among(&mut self, t: usize, c: &Choice, from: Ms, places: &Places) -> Option<Ms> {
        let mut start = from;
        loop {
            let before = start;
            if places.agents[c.agent as usize] {
                start = self.earliest_on_agent(t, c, start);
            } else {
                start = self.in_window(c.agent as usize, start, c.work);
            }
            for of in self.inst.uses.row(t).iter().filter(|of| places.shared[of.0 as usize]) {
                start = self.earliest_of(*of, c.work, start);
            }
            self.work += 1;
            if start + c.work >= NEVER {
                return None;
            }
            if start == before {
                return Some(start);
            }
        }
    }

    /// Latest finish; 0 for no task.
    pub fn makespan(&self) -> Ms {
        (0..self.agent.len()).filter(|t| self.agent[*t] != NONE).map(|t| self.finish[t]).max().unwrap_or(0)
    }

    /// The schedule as a plan.
    pub fn plan(&self) -> Plan {
        let placed = |t: usize| {
            (self.agent[t] != NONE).then(|| Placement {
                agent: AgentIx(self.agent[t]),
                start: self.start[t],
                finish: self.finish[t],
            })
        };
        Plan { placements: (0..self.agent.len()).map(placed).collect() }
    }
}
