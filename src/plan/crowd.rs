//! Large tasks that stand in each other's way: where a plan is to end by some moment, or to fill no agent beyond some
//! level, each of them has few agents that are fast or large enough; those of which no agent can hold two need as many
//! agents as they are (Hall 1935). Every level at which they have fewer is refuted, which no relaxation of whole tasks
//! to shares sees.

use super::heads::Heads;
use crate::{
    graph,
    model::{AgentIx, Ms, NEVER, TaskIx, seconds},
    schedule::{
        Choice, Instance,
        metrics::with_task,
        proof::{Place, crowded},
    },
    search::tails,
};

/// Agents of a task that are looked at before all of them are.
const SAMPLE: usize = 16;
/// Large tasks beyond which none are looked at.
const MANY: usize = 1_000;
/// Levels that are tried.
const ROUNDS: usize = 32;

/// Tasks that need more agents than there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    /// No plan that places them stays below: a makespan in seconds, or a greatest utilization.
    pub level: f64,
    /// The tasks.
    pub tasks: Vec<u32>,
}

/// What could be filled by one task for the most part.
#[derive(Clone, Copy)]
enum Measure {
    Load,
    Budget(u32),
}

/// What a crowd may bound.
pub enum Subject {
    /// The makespan: when each task can start at the earliest, and what follows it at best.
    Makespan { ready: Vec<Ms>, tail: Vec<Ms> },
    /// The greatest utilization.
    Utilization,
}

/// Large tasks, each with what a plan reaches at least that has them on an agent.
struct Field<'a, 'i> {
    inst: &'a Instance<'i>,
    subject: &'a Subject,
}

/// The greatest level that a crowd of the units' tasks refutes, where that is beyond `floor`.
pub fn crowd(inst: &Instance<'_>, subject: &Subject, units: &[u32], floor: f64) -> Option<Crowd> {
    let field = Field { inst, subject };
    let budgets = inst.unit_demand.items().iter().map(|d| d.0);
    let mut dims: Vec<u32> = budgets.collect();
    dims.sort_unstable();
    dims.dedup();
    let measures = std::iter::once(Measure::Load).chain(dims.into_iter().map(Measure::Budget));
    measures.filter_map(|m| field.search(m, units, floor)).max_by(|a, b| a.level.total_cmp(&b.level))
}

impl Subject {
    /// The makespan of a plan of these units.
    pub fn makespan(inst: &Instance<'_>, heads: &Heads, units: &[u32]) -> Self {
        let mut placed = vec![false; inst.tasks()];
        units.iter().flat_map(|u| inst.units.row(*u as usize)).for_each(|t| placed[*t as usize] = true);
        let before = |t: usize| inst.preds.row(t).iter().map(|p| heads.finish[p.0 as usize]).max().unwrap_or(0);
        let ready = (0..inst.tasks()).map(|t| inst.release[t].max(before(t))).collect();
        Self::Makespan { ready, tail: tails(inst, |t| placed[t]) }
    }
}

impl Field<'_, '_> {
    /// What a plan reaches at least that has the task on the choice's agent.
    fn level(&self, t: usize, c: &Choice) -> f64 {
        match self.subject {
            Subject::Makespan { ready, tail } => {
                let start = ready[t].max(self.inst.agents[c.agent as usize].from).max(0);
                seconds(start.saturating_add(c.work).saturating_add(tail[t]).min(NEVER))
            }
            Subject::Utilization => {
                let (a, t) = (AgentIx::of(c.agent as usize), TaskIx::of(t));
                let load = self.inst.q.on(t, a).map_or(0.0, |o| o.load);
                with_task(self.inst.q, a, t, load, self.inst.gauge.by_load)
            }
        }
    }

    /// True where the task takes more than half of what the agent has.
    fn fills(&self, measure: Measure, unit: usize, c: &Choice) -> bool {
        match measure {
            Measure::Load => 2 * c.load > self.inst.agents[c.agent as usize].room,
            Measure::Budget(dim) => {
                let amount = self.inst.unit_demand.row(unit).iter().find(|d| d.0 == dim).map_or(0, |d| d.1);
                let offered = self.inst.offer_of(c.agent as usize, dim).filter(|o| o.1.is_budget);
                offered.is_some_and(|o| 2 * amount > o.1.amount)
            }
        }
    }

    /// The greatest level from `floor` on that is refuted, by halves.
    fn search(&self, measure: Measure, units: &[u32], floor: f64) -> Option<Crowd> {
        let members: Vec<u32> = units.iter().copied().filter(|u| self.is_large(measure, *u, floor, SAMPLE)).collect();
        let mut best = self.refuted(measure, &members, floor)?;
        let levels = |u: &u32| self.places(self.inst.units.row(*u as usize)[0]).map(|p| p.0).max_by(f64::total_cmp);
        let mut high = members.iter().filter_map(levels).max_by(f64::total_cmp)?;
        for _ in 0..ROUNDS {
            let middle = best.level + (high - best.level) / 2.0;
            if middle <= best.level || middle >= high {
                break;
            }
            match self.refuted(measure, &members, middle) {
                Some(crowd) => best = crowd,
                None => high = middle,
            }
        }
        Some(best)
    }

    /// True where a task that waits fills each of so many agents on which a plan can have it and stay within a level.
    fn is_large(&self, measure: Measure, unit: u32, within: f64, agents: usize) -> bool {
        let inst = self.inst;
        let [t] = inst.units.row(unit as usize) else { return false };
        let row = inst.unit_choices(unit as usize);
        let fills = |c: Choice| self.fills(measure, unit as usize, &c) || self.level(*t as usize, &c) > within;
        inst.runs_until[*t as usize] < 0 && row.width() > 0 && row.spread(0, agents).all(fills)
    }

    /// Tasks among the members of which some cannot be in a plan within a level, and the level that they prove.
    fn refuted(&self, measure: Measure, members: &[u32], within: f64) -> Option<Crowd> {
        let is_large = |u: &u32| self.is_large(measure, *u, within, usize::MAX);
        let large: Vec<u32> = members.iter().copied().filter(is_large).collect();
        let tasks = if large.len() > MANY { None } else { self.too_many(&large, within) }?;
        let places = tasks.iter().flat_map(|t| self.places(*t)).collect();
        let level = crowded(self.inst.q, tasks.len(), places).filter(|level| *level > within)?;
        Some(Crowd { level, tasks })
    }

    /// What a plan reaches at least with a task on each of its agents.
    fn places(&self, t: u32) -> impl Iterator<Item = Place> + '_ {
        let row = self.inst.unit_choices(self.inst.unit_of[t as usize] as usize).iter();
        row.map(move |c| (self.level(t as usize, &c), AgentIx::of(c.agent as usize), TaskIx::of(t as usize)))
    }

    /// Tasks that have fewer agents than they are within a level.
    fn too_many(&self, members: &[u32], within: f64) -> Option<Vec<u32>> {
        let inst = self.inst;
        let task = |m: u32| inst.units.row(members[m as usize] as usize)[0];
        let possible = |m: u32| {
            let row = inst.unit_choices(members[m as usize] as usize).iter();
            row.filter(move |c| self.level(task(m) as usize, c) <= within).map(move |c| (m, c.agent))
        };
        let pairs: Vec<(u32, u32)> = (0..members.len() as u32).flat_map(possible).collect();
        let found = graph::shortage(&vec![1; members.len()], &vec![1; inst.agents.len()], &pairs)?;
        Some(found.supplies.into_iter().map(task).collect())
    }
}
