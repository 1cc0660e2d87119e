//! Large tasks that stand in each other's way: where a plan is to end by some moment, each of them has few agents that
//! are fast enough; those of which no agent can hold two need as many agents as they are (Hall 1935). Every moment at
//! which they have fewer is refuted, which no relaxation of whole tasks to shares sees.

use std::collections::BTreeMap;

use super::heads::Heads;
use crate::{
    model::{AgentIx, Ms, NEVER, TaskIx},
    schedule::{Choice, Instance, proof::crowded},
};

/// Agents of a task that are looked at before all of them are.
const SAMPLE: usize = 16;
/// Large tasks beyond which none are looked at.
const MANY: usize = 1_000;
/// Times that a moment is refuted.
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
        let (mut ready, mut tail) = (inst.release.clone(), vec![0; inst.tasks()]);
        for t in inst.topological.iter().rev().map(|t| *t as usize).filter(|t| placed[*t]) {
            let rest = tail[t] + inst.shortest(t);
            for p in inst.preds.row(t).iter().map(|p| p.0 as usize) {
                tail[p] = tail[p].max(rest);
                ready[t] = ready[t].max(heads.finish[p]);
            }
        }
        Self { inst, ready, tail }
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

    /// Moments from `floor` on refuted one after the other.
    fn search(&self, measure: Measure, units: &[u32], floor: Ms) -> Option<Crowd> {
        let inst = self.inst;
        let large = |u: &u32, by: Ms, agents: usize| {
            let [t] = inst.units.row(*u as usize) else { return false };
            let row = inst.unit_choices(*u as usize);
            let fills = |c: Choice| self.end(*t as usize, &c) > by || self.fills(measure, *u as usize, &c);
            inst.runs_until[*t as usize] < 0 && row.width() > 0 && row.spread(0, agents).all(fills)
        };
        let mut members: Vec<u32> = units.iter().copied().filter(|u| large(u, floor, SAMPLE)).collect();
        let (mut by, mut best) = (floor, None);
        for _ in 0..ROUNDS {
            members.retain(|u| large(u, by, usize::MAX));
            if members.len() > MANY {
                return best;
            }
            let Some(tasks) = self.too_many(&members, by) else { break };
            let ends = tasks.iter().flat_map(|t| {
                let row = inst.unit_choices(inst.unit_of[*t as usize] as usize);
                row.iter().map(|c| (self.end(*t as usize, &c), AgentIx::of(c.agent as usize), TaskIx::of(*t as usize)))
            });
            let Some(makespan) = crowded(inst.q, tasks.len(), ends.collect()).filter(|end| *end > by) else { break };
            by = makespan;
            best = Some(Crowd { makespan, tasks });
        }
        best
    }

    /// Tasks that have fewer agents than they are where the plan ends by a moment; by augmenting paths (Kuhn 1955).
    fn too_many(&self, members: &[u32], by: Ms) -> Option<Vec<u32>> {
        let inst = self.inst;
        let task = |u: u32| inst.units.row(u as usize)[0];
        let agents = |u: u32| -> Vec<u32> {
            let row = inst.unit_choices(u as usize).iter();
            row.filter(|c| self.end(task(u) as usize, c) <= by).map(|c| c.agent).collect()
        };
        let open: Vec<Vec<u32>> = members.iter().map(|u| agents(*u)).collect();
        let mut host: BTreeMap<u32, usize> = BTreeMap::new();
        for first in 0..members.len() {
            // Breadth first over what could give way; `came` holds who asked for each agent.
            let (mut came, mut queue): (BTreeMap<u32, usize>, Vec<usize>) = (BTreeMap::new(), vec![first]);
            let mut free = None;
            let mut next = 0;
            while let Some(member) = queue.get(next).copied().filter(|_| free.is_none()) {
                next += 1;
                for a in &open[member] {
                    if came.contains_key(a) {
                        continue;
                    }
                    came.insert(*a, member);
                    let Some(other) = host.get(a) else {
                        free = Some(*a);
                        break;
                    };
                    queue.push(*other);
                }
            }
            let Some(mut agent) = free else {
                return Some(queue.into_iter().map(|m| task(members[m])).collect());
            };
            loop {
                let member = came[&agent];
                let left = host.iter().find(|h| *h.1 == member).map(|h| *h.0);
                host.insert(agent, member);
                match left {
                    Some(old) if member != first => agent = old,
                    _ => break,
                }
            }
        }
        None
    }
}
