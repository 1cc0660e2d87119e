//! Eligibility, processing time, load and cost of a task on an agent: model.md section 3, each once.
//!
//! Tasks that ask for the same are one class; a class lists its eligible agents with the divisor of
//! their durations, so that a task's options are found without looking at the agents that cannot run it.

use std::collections::BTreeMap;

use super::{
    Agent, AgentIx, AgentStatus, DataIx, DimIx, Estimate, KindIx, Ms, SkillIx, Snapshot, Task, TaskIx, Transfers, Who,
    up,
};

/// Why an agent may not run a task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Obstacle {
    /// It has not the capability.
    Lacks(SkillIx),
    /// Its proficiency is below what is asked for.
    TooLow(SkillIx),
    /// It is not among the allowed agents.
    NotAllowed,
    /// It is among the forbidden agents.
    Forbidden,
    /// The task is pinned to another.
    PinnedElsewhere,
    /// It takes no tasks.
    Down(AgentStatus),
    /// The data that the task reads cannot reach it.
    Unreachable(DataIx),
    /// It lists neither a resource nor a budget of that dimension.
    OffersNo(DimIx),
}

/// An eligible agent of a class, with what divides the nominal duration (speed times proficiency).
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// The agent.
    pub agent: AgentIx,
    /// Nominal over actual duration, but for retries.
    pub divisor: f64,
}

/// What an agent charges, and the share of its attempts that succeed: the columns of the formulas.
#[derive(Debug, Clone, Copy)]
pub struct Tariff {
    /// Of a task.
    pub per_task: f64,
    /// Of a unit of load.
    pub per_load: f64,
    /// Of an hour of work.
    pub per_hour: f64,
    /// Share of attempts that succeed; 1 where retries are not expected.
    pub succeeds: f64,
}

impl Tariff {
    fn of(agent: &Agent, retries: bool) -> Self {
        Self {
            per_task: agent.cost_per_task,
            per_load: agent.cost_per_load,
            per_hour: agent.cost_per_hour,
            succeeds: 1.0 - if retries { agent.metrics.error_rate.unwrap_or(0.0) } else { 0.0 },
        }
    }

    fn cost(&self, load: f64, processing: Ms) -> f64 {
        self.per_task + self.per_load * load + self.per_hour * processing as f64 / 3_600_000.0
    }
}

/// A task on one eligible agent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// The agent.
    pub agent: AgentIx,
    /// Processing time, staging included.
    pub processing: Ms,
    /// Load.
    pub load: f64,
    /// Cost.
    pub cost: f64,
}

/// What makes two tasks ask for the same agents, borrowed from the task.
#[derive(PartialEq, PartialOrd)]
struct Ask<'a> {
    requires: &'a [(SkillIx, f64)],
    pinned: Option<AgentIx>,
    dims: Vec<DimIx>,
    allowed: &'a Option<Vec<Who>>,
    forbidden: &'a [Who],
}

impl Eq for Ask<'_> {}

impl Ord for Ask<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // Proficiencies are never NaN, so the order is total.
        self.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal)
    }
}

/// The derived quantities of one snapshot.
#[derive(Debug)]
pub struct Quantities<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// Transfers over its network.
    pub transfers: Transfers,
    class_of: Vec<u32>,
    classes: Vec<Vec<Member>>,
    tariffs: Vec<Tariff>,
}

impl<'a> Quantities<'a> {
    /// Finds the classes of tasks and their eligible agents: O(classes · agents · requirements).
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let mut known: BTreeMap<Ask<'a>, u32> = BTreeMap::new();
        let mut classes = Vec::new();
        let mut class_of = Vec::with_capacity(snapshot.tasks.len());
        for task in &snapshot.tasks {
            let ask = Ask {
                requires: &task.requires,
                pinned: task.pinned,
                dims: task.demand.iter().map(|d| d.0).collect(),
                allowed: &task.allowed,
                forbidden: &task.forbidden,
            };
            let class = *known.entry(ask).or_insert_with(|| {
                classes.push(members(snapshot, task));
                classes.len() as u32 - 1
            });
            class_of.push(class);
        }
        let retries = snapshot.policies.expected_retries;
        let tariffs = snapshot.agents.iter().map(|a| Tariff::of(a, retries)).collect();
        Self { snapshot, transfers: Transfers::new(snapshot), class_of, classes, tariffs }
    }

    /// The class of a task: equal classes have the same eligible agents but for the data they read.
    pub fn class(&self, t: TaskIx) -> u32 {
        self.class_of[t.at()]
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes.len()
    }

    /// The eligible agents of a class, by id, but for the data that its tasks read.
    pub fn members(&self, class: u32) -> &[Member] {
        &self.classes[class as usize]
    }

    /// What an agent charges.
    pub fn tariff(&self, a: AgentIx) -> &Tariff {
        &self.tariffs[a.at()]
    }

    /// True where the formulas alone give a task's figures: it has no estimates and reads nothing.
    pub fn is_plain(&self, t: TaskIx) -> bool {
        let task = self.snapshot.task(t);
        task.estimates_by_agent.is_empty() && task.estimates_by_kind.is_empty() && task.reads.is_empty()
    }

    /// The option of a plain task on a member of its class.
    #[inline]
    pub fn plain(&self, task: &Task, member: Member) -> Option<Offer> {
        let tariff = self.tariff(member.agent);
        let exact = task.duration_ms / member.divisor / tariff.succeeds;
        if !exact.is_finite() {
            return None;
        }
        let processing = up(exact);
        let load = task.estimated_load;
        Some(Offer { agent: member.agent, processing, load, cost: tariff.cost(load, processing) })
    }

    /// The options of a task, by agent.
    pub fn offers(&self, t: TaskIx) -> impl Iterator<Item = Offer> + '_ {
        let task = self.snapshot.task(t);
        let mut own = task.estimates_by_agent.as_slice();
        self.classes[self.class_of[t.at()] as usize].iter().filter_map(move |member| {
            while own.first().is_some_and(|(a, _)| *a < member.agent) {
                own = &own[1..];
            }
            let by_id = own.first().filter(|(a, _)| *a == member.agent).map_or(Estimate::default(), |e| e.1);
            self.offer(task, *member, by_id)
        })
    }

    /// The option of a task on an agent; `None` where it is not eligible.
    pub fn on(&self, t: TaskIx, a: AgentIx) -> Option<Offer> {
        let task = self.snapshot.task(t);
        let class = &self.classes[self.class_of[t.at()] as usize];
        let member = class[class.binary_search_by_key(&a, |m| m.agent).ok()?];
        let by_id = task.estimates_by_agent.binary_search_by_key(&a, |e| e.0);
        self.offer(task, member, by_id.map_or(Estimate::default(), |i| task.estimates_by_agent[i].1))
    }

    /// True where the agent may run the task.
    pub fn eligible(&self, t: TaskIx, a: AgentIx) -> bool {
        self.on(t, a).is_some()
    }

    fn offer(&self, task: &Task, member: Member, by_id: Estimate) -> Option<Offer> {
        let agent = self.snapshot.agent(member.agent);
        let given = by_id.or(agent.kind.map_or(Estimate::default(), |k| by_kind(task, k)));
        let tariff = self.tariff(member.agent);
        let own = given.duration_ms.unwrap_or_else(|| task.duration_ms / member.divisor / tariff.succeeds);
        let exact = own + self.staging(task, member.agent);
        if !exact.is_finite() {
            return None;
        }
        let processing = up(exact);
        let load = given.load.unwrap_or(task.estimated_load);
        let cost = given.cost.unwrap_or_else(|| tariff.cost(load, processing));
        Some(Offer { agent: member.agent, processing, load, cost })
    }

    /// Exact ms to bring the data that a task reads to an agent; infinite where some cannot come.
    pub fn staging(&self, task: &Task, a: AgentIx) -> f64 {
        task.reads
            .iter()
            .filter_map(|d| {
                let set = &self.snapshot.network.data[d.at()];
                set.home.map(|home| self.transfers.exact(home, a, set.size_mb))
            })
            .sum()
    }

    /// Every reason why an agent may not run a task; empty where it may.
    pub fn obstacles(&self, t: TaskIx, a: AgentIx) -> Vec<Obstacle> {
        let task = self.snapshot.task(t);
        let mut out = obstacles_without_data(self.snapshot, task, a);
        for d in &task.reads {
            let set = &self.snapshot.network.data[d.at()];
            if set.home.is_some_and(|home| !self.transfers.exact(home, a, set.size_mb).is_finite()) {
                out.push(Obstacle::Unreachable(*d));
            }
        }
        out
    }

    /// Whole ms that `mb` take from one agent to another; `None` where nothing can move.
    pub fn transfer(&self, from: AgentIx, to: AgentIx, mb: f64) -> Option<Ms> {
        self.transfers.between(from, to, mb)
    }

    /// For each agent, whether it is eligible for at least one task of the batch.
    pub fn touched(&self) -> Vec<bool> {
        let mut out = vec![false; self.snapshot.agents.len()];
        let mut seen = vec![false; self.classes.len()];
        for t in self.snapshot.task_ixs() {
            let class = self.class_of[t.at()] as usize;
            // Without data to read, a class's first task speaks for all of them.
            if self.snapshot.task(t).reads.is_empty() {
                if !std::mem::replace(&mut seen[class], true) {
                    self.classes[class].iter().for_each(|m| out[m.agent.at()] = true);
                }
            } else if self.classes[class].iter().any(|m| !out[m.agent.at()]) {
                self.offers(t).for_each(|o| out[o.agent.at()] = true);
            }
        }
        out
    }
}

/// The figures given for a task on a type of agent.
fn by_kind(task: &Task, kind: KindIx) -> Estimate {
    let found = task.estimates_by_kind.binary_search_by_key(&kind, |e| e.0);
    found.map_or(Estimate::default(), |i| task.estimates_by_kind[i].1)
}

/// The eligible agents of a task, but for the data it reads.
fn members(snapshot: &Snapshot, task: &Task) -> Vec<Member> {
    let able = |a: &AgentIx| obstacles_without_data(snapshot, task, *a).is_empty();
    let candidates: Vec<AgentIx> = match task.pinned {
        Some(a) => vec![a],
        None => named(snapshot, task.allowed.as_deref()),
    };
    candidates
        .into_iter()
        .filter(able)
        .map(|a| {
            let agent = snapshot.agent(a);
            Member { agent: a, divisor: agent.speed * proficiency(agent, task) }
        })
        .collect()
}

/// The agents that a list of names means, by id; all of them where there is no list.
fn named(snapshot: &Snapshot, list: Option<&[Who]>) -> Vec<AgentIx> {
    match list {
        Some(list) if list.iter().all(|w| w.kind.is_none()) => {
            let mut out: Vec<AgentIx> = list.iter().filter_map(|w| w.agent).collect();
            out.sort_unstable();
            out.dedup();
            out
        }
        _ => snapshot.agent_ixs().collect(),
    }
}

/// The agent's proficiency in a capability.
fn skill(agent: &Agent, skill: SkillIx) -> Option<f64> {
    agent.skills.binary_search_by_key(&skill, |s| s.0).ok().map(|i| agent.skills[i].1)
}

/// The least of the agent's proficiencies over the task's requirements; 1 if none.
fn proficiency(agent: &Agent, task: &Task) -> f64 {
    task.requires.iter().filter_map(|(s, _)| skill(agent, *s)).fold(1.0, f64::min)
}

fn obstacles_without_data(snapshot: &Snapshot, task: &Task, a: AgentIx) -> Vec<Obstacle> {
    let agent = snapshot.agent(a);
    let mut out = Vec::new();
    for (s, least) in &task.requires {
        match skill(agent, *s) {
            None => out.push(Obstacle::Lacks(*s)),
            Some(q) if q < *least => out.push(Obstacle::TooLow(*s)),
            Some(_) => {}
        }
    }
    let means = |who: &Who| who.means(a, agent.kind);
    if task.allowed.as_ref().is_some_and(|list| !list.iter().any(means)) {
        out.push(Obstacle::NotAllowed);
    }
    if task.forbidden.iter().any(means) {
        out.push(Obstacle::Forbidden);
    }
    if task.pinned.is_some_and(|p| p != a) {
        out.push(Obstacle::PinnedElsewhere);
    }
    if !agent.status.takes_tasks() {
        out.push(Obstacle::Down(agent.status));
    }
    for (dim, _) in &task.demand {
        let lists = |rows: &[(DimIx, f64)]| rows.binary_search_by_key(dim, |r| r.0).is_ok();
        if !lists(&agent.resources) && !lists(&agent.budget) {
            out.push(Obstacle::OffersNo(*dim));
        }
    }
    out
}
