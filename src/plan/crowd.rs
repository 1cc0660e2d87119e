//! Large tasks that stand in each other's way: where a plan is to end by some moment, each of them has few agents that
//! are fast enough; those of which no agent can hold two need as many agents as they are (Hall 1935). Every moment at
//! which they have fewer is refuted, which no relaxation of whole tasks to shares sees.

use super::heads::Heads;
use crate::{
    graph,
    model::{AgentIx, Ms, NEVER, TaskIx},
    schedule::{Choice, Instance, proof::crowded},
    search::tails,
};

/// Agents of a task that are looked at before all of them are.
const SAMPLE: usize = 16;
/// Large tasks beyond which none are looked at.
const MANY: usize = 1_000;
/// Ends that are tried.
const ROUNDS: usize = 32;

/// Tasks that need more agents than there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    /// No plan that places them ends before, ms.
    pub makespan: Ms,
    /// The tasks.
    pub tasks: Vec<u32>,
}

/// What could be filled by one task for the most part.
#[derive(Clone, Copy)]
enum Measure {
    Load,
    Budget(u32),
}

/// Large tasks, each with the ends of plans that have it on an agent.
struct Field<'a, 'i> {
    inst: &'a Instance<'i>,
    ready: Vec<Ms>,
    tail: Vec<Ms>,
}

/// The greatest makespan that a crowd of the units' tasks refutes, where that is beyond `floor`.
pub fn crowd(inst: &Instance<'_>, heads: &Heads, units: &[u32], floor: Ms) -> Option<Crowd> {
    let field = Field::new(inst, heads, units);
    let budgets = inst.unit_demand.items().iter().map(|d| d.0);
    let mut dims: Vec<u32> = budgets.collect();
    dims.sort_unstable();
    dims.dedup();
    let measures = std::iter::once(Measure::Load).chain(dims.into_iter().map(Measure::Budget));
    measures.filter_map(|m| field.search(m, units, floor)).max_by_key(|c| c.makespan)
}

impl<'a, 'i> Field<'a, 'i> {
    fn new(inst: &'a Instance<'i>, heads: &Heads, units: &[u32]) -> Self {
        let mut placed = vec![false; inst.tasks()];
        units.iter().flat_map(|u| inst.units.row(*u as usize)).for_each(|t| placed[*t as usize] = true);
        let before = |t: usize| inst.preds.row(t).iter().map(|p| heads.finish[p.0 as usize]).max().unwrap_or(0);
        let ready = (0..inst.tasks()).map(|t| inst.release[t].max(before(t))).collect();
        Self { inst, ready, tail: tails(inst, |t| placed[t]) }
    }

    /// When a plan ends at the earliest that has the task on the choice's agent.
    fn end(&self, t: usize, c: &Choice) -> Ms {
        let start = self.ready[t].max(self.inst.agents[c.agent as usize].from).max(0);
        start.saturating_add(c.work).saturating_add(self.tail[t]).min(NEVER)
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

    /// The greatest end from `floor` on that is refuted, by halves.
    fn search(&self, measure: Measure, units: &[u32], floor: Ms) -> Option<Crowd> {
        let members: Vec<u32> = units.iter().copied().filter(|u| self.is_large(measure, *u, floor, SAMPLE)).collect();
        let mut best = self.refuted(measure, &members, floor)?;
        let ends = |u: &u32| self.ends(self.inst.units.row(*u as usize)[0]).map(|end| end.0).max();
        let mut high = members.iter().filter_map(ends).max()?;
        for _ in 0..ROUNDS {
            if high <= best.makespan {
                break;
            }
            let middle = best.makespan + (high - best.makespan) / 2;
            match self.refuted(measure, &members, middle) {
                Some(crowd) => best = crowd,
                None => high = middle,
            }
        }
        Some(best)
    }

    /// True where a task that waits fills each of so many agents on which a plan can have it that ends by a moment.
    fn is_large(&self, measure: Measure, unit: u32, by: Ms, agents: usize) -> bool {
        let inst = self.inst;
        let [t] = inst.units.row(unit as usize) else { return false };
        let row = inst.unit_choices(unit as usize);
        let fills = |c: Choice| self.end(*t as usize, &c) > by || self.fills(measure, unit as usize, &c);
        inst.runs_until[*t as usize] < 0 && row.width() > 0 && row.spread(0, agents).all(fills)
    }

    /// Tasks among the members of which some cannot be in a plan that ends by a moment, and the end that they prove.
    fn refuted(&self, measure: Measure, members: &[u32], by: Ms) -> Option<Crowd> {
        let large: Vec<u32> = members.iter().copied().filter(|u| self.is_large(measure, *u, by, usize::MAX)).collect();
        let tasks = if large.len() > MANY { None } else { self.too_many(&large, by) }?;
        let ends = tasks.iter().flat_map(|t| self.ends(*t)).collect();
        let makespan = crowded(self.inst.q, tasks.len(), ends).filter(|end| *end > by)?;
        Some(Crowd { makespan, tasks })
    }

    /// When a plan ends at the earliest with a task on each of its agents.
    fn ends(&self, t: u32) -> impl Iterator<Item = (Ms, AgentIx, TaskIx)> + '_ {
        let row = self.inst.unit_choices(self.inst.unit_of[t as usize] as usize).iter();
        row.map(move |c| (self.end(t as usize, &c), AgentIx::of(c.agent as usize), TaskIx::of(t as usize)))
    }

    /// Tasks that have fewer agents than they are where the plan ends by a moment.
    fn too_many(&self, members: &[u32], by: Ms) -> Option<Vec<u32>> {
        let inst = self.inst;
        let task = |m: u32| inst.units.row(members[m as usize] as usize)[0];
        let in_time = |m: u32| {
            let row = inst.unit_choices(members[m as usize] as usize).iter();
            row.filter(move |c| self.end(task(m) as usize, c) <= by).map(move |c| (m, c.agent))
        };
        let pairs: Vec<(u32, u32)> = (0..members.len() as u32).flat_map(in_time).collect();
        let found = graph::shortage(&vec![1; members.len()], &vec![1; inst.agents.len()], &pairs)?;
        Some(found.supplies.into_iter().map(task).collect())
    }
}
