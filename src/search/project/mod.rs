//! A batch with every agent decided, seen as a project: tasks of one length each, precedence with lags, and
//! resources with constant capacities (PS‖prec‖Cmax; Brucker et al. 1999). Agents that nothing tells apart
//! are one resource with a place for each, so that only the order is left to search.
//!
//! What a project cannot say (windows, rates, what `state` holds) keeps a snapshot from becoming one.

mod classes;
mod generate;
mod population;
mod steps;

pub use population::{Plan, search};

use steps::{LANES, MOST, packed};

use super::Sequence;
use crate::{
    lp::gcd,
    model::{Ms, NEVER},
    schedule::{Choice, Csr, Instance, NONE, UNLIMITED},
};

/// A task's need of one word of resources.
#[derive(Debug, Clone, Copy)]
struct Need {
    word: u32,
    amounts: u128,
}

/// Tasks, precedence and resources, without agents.
#[derive(Debug, Clone)]
pub struct Project {
    /// The instance's task of each task here.
    task: Vec<u32>,
    /// The agents that may stand for the one in the sequence, by its index: the members of its class.
    members: Vec<Vec<u32>>,
    length: Vec<Ms>,
    release: Vec<Ms>,
    preds: Csr<(u32, Ms)>,
    succs: Csr<(u32, Ms)>,
    needs: Csr<Need>,
    /// What each word holds when nothing runs.
    capacity: Vec<u128>,
    cumulative: bool,
    /// Longest chain from a task's start to the end of the project.
    tail: Vec<Ms>,
    /// Position in a topological order: predecessors before successors that start at the same moment.
    rank: Vec<u32>,
    /// Priority of each task, for the tie-break by weighted finishes.
    weight: Vec<f64>,
}

/// A resource while the project is laid out: its capacity and who needs how much of it.
struct Resource {
    capacity: i64,
    needs: Vec<(u32, i64)>,
}

impl Project {
    /// The project behind a sequence that places all its tasks; agents are merged only where `reassign`.
    /// `None` where something does not fit the form. O(tasks · agents + edges).
    pub fn of(inst: &Instance<'_>, sequence: &Sequence<'_>, reassign: bool) -> Option<Self> {
        let state = &inst.reserved;
        if !state.slots.is_empty() || !state.fixed.is_empty() || !state.held.is_empty() {
            return None;
        }
        let mut task: Vec<u32> = sequence.order.clone();
        task.sort_unstable();
        let mut here = vec![NONE; inst.tasks()];
        for (i, t) in task.iter().enumerate() {
            here[*t as usize] = i as u32;
        }
        let choice = |t: &u32| sequence.choice[*t as usize];
        if !task.iter().all(|t| has_form(inst, *t as usize, &choice(t))) || sequence.total().missing > 0.0 {
            return None;
        }
        let members = if reassign { classes::of(inst) } else { classes::alone(inst) };
        // Tasks without a place keep out of the project.
        let arc = |t: &u32, other: u32, mb: f64, forward: bool| {
            let (from, to) = if forward { (other, *t) } else { (*t, other) };
            let lag = || inst.transfer(choice(&from).agent, choice(&to).agent, mb);
            (here[other as usize] != NONE).then(|| (here[other as usize], lag()))
        };
        let before = |t: &u32| inst.preds.row(*t as usize).iter().filter_map(|(p, mb)| arc(t, *p, *mb, true)).collect();
        let after = |t: &u32| inst.succs.row(*t as usize).iter().filter_map(|(s, mb)| arc(t, *s, *mb, false)).collect();
        let resources = resources(inst, &task, choice, &members);
        let least = |r: &Resource| r.needs.iter().map(|n| n.1).min().unwrap_or(0);
        let cumulative = resources.iter().any(|r| 2 * least(r) <= r.capacity);
        let (capacity, needs) = pack(resources, task.len());
        let mut out = Self {
            length: task.iter().map(|t| choice(t).work).collect(),
            release: task
                .iter()
                .map(|t| inst.release[*t as usize].max(inst.agents[choice(t).agent as usize].from))
                .collect(),
            preds: Csr::collect(task.iter().map(before).collect::<Vec<Vec<_>>>()),
            succs: Csr::collect(task.iter().map(after).collect::<Vec<Vec<_>>>()),
            tail: vec![0; task.len()],
            rank: vec![0; task.len()],
            weight: task.iter().map(|t| inst.weight[*t as usize]).collect(),
            task,
            members,
            needs,
            capacity,
            cumulative,
        };
        out.measure_tails(inst, &here);
        Some(out)
    }

    fn measure_tails(&mut self, inst: &Instance<'_>, here: &[u32]) {
        for (i, t) in
            inst.topological.iter().enumerate().rev().map(|(i, t)| (i, here[*t as usize])).filter(|x| x.1 != NONE)
        {
            self.rank[t as usize] = i as u32;
            let after = self.succs.row(t as usize).iter().map(|(s, lag)| self.tail[*s as usize] + lag).max();
            self.tail[t as usize] = self.length[t as usize] + after.unwrap_or(0);
        }
    }

    /// Number of tasks.
    fn len(&self) -> usize {
        self.task.len()
    }

    /// True where some resource serves several tasks at a time: else it is a shop, and its disjunctions are
    /// the better neighbourhood.
    pub fn is_cumulative(&self) -> bool {
        self.cumulative
    }

    /// True where each task can go to one class of agents only, so that the order is all there is to decide.
    pub fn is_whole(&self, inst: &Instance<'_>) -> bool {
        self.task.iter().all(|t| {
            let choices = inst.choices(*t as usize);
            choices.iter().next().is_some_and(|c| choices.width() <= self.members[c.agent as usize].len())
        })
    }

    /// The order of a sequence as one of the project's tasks.
    pub fn order_of(&self, sequence: &Sequence<'_>) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_by_key(|t| sequence.position[self.task[*t as usize] as usize]);
        order
    }

    /// Starts of the project's tasks as a sequence: in their order, each on the member of its class that was
    /// free most recently.
    pub fn sequence<'i>(&self, inst: &'i Instance<'i>, from: &Sequence<'i>, start: &[Ms]) -> Sequence<'i> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_by_key(|t| (start[*t as usize], self.rank[*t as usize]));
        let mut choice = from.choice.clone();
        let mut free: Vec<Vec<Ms>> =
            inst.agents.iter().map(|a| vec![0; a.slots.min(self.len() as u32) as usize]).collect();
        for t in order.iter().map(|t| *t as usize) {
            let task = self.task[t] as usize;
            let begin = start[t];
            let slots = self.members[choice[task].agent as usize].iter();
            let open = slots.flat_map(|a| free[*a as usize].iter().enumerate().map(move |(k, f)| (*f, *a, k)));
            let best = open.filter(|(f, _, _)| *f <= begin).max_by_key(|(f, a, k)| (*f, std::cmp::Reverse((*a, *k))));
            if let Some((_, agent, slot)) = best
                && let Some(c) = inst.choice(task, agent)
            {
                choice[task] = c;
                free[agent as usize][slot] = begin + c.work;
            }
        }
        Sequence::new(inst, order.iter().map(|t| self.task[*t as usize]).collect(), choice)
    }
}

/// True where a task on its agent is held by nothing but precedence and resources of constant capacity.
fn has_form(inst: &Instance<'_>, t: usize, c: &Choice) -> bool {
    c.agent != NONE
        && inst.agents[c.agent as usize].windows.is_empty()
        && c.work < NEVER
        && inst.uses.row(t).iter().all(|(r, _)| inst.shared[*r as usize].per.is_none())
}

/// Every resource that can bind: places of the classes, dimensions of agents, shared resources.
fn resources(
    inst: &Instance<'_>,
    task: &[u32],
    choice: impl Fn(&u32) -> Choice,
    members: &[Vec<u32>],
) -> Vec<Resource> {
    let slots = |m: &Vec<u32>| m.iter().map(|a| i64::from(inst.agents[*a as usize].slots)).sum();
    let mut places: Vec<Resource> =
        members.iter().map(|m| Resource { capacity: slots(m), needs: Vec::new() }).collect();
    let blank = |capacity| Resource { capacity, needs: Vec::new() };
    let mut dims: Vec<Resource> =
        inst.offered.items().iter().map(|o| blank(if o.is_budget { UNLIMITED } else { o.amount })).collect();
    let mut shared: Vec<Resource> = inst.shared.iter().map(|r| blank(r.capacity)).collect();
    for (i, t) in task.iter().enumerate() {
        let agent = choice(t).agent as usize;
        let first = members[agent].first().map_or(agent, |a| *a as usize);
        places[first].needs.push((i as u32, 1));
        for (dim, x) in inst.demand.row(*t as usize) {
            if let Some((at, _)) = inst.offer_of(agent, *dim) {
                dims[at].needs.push((i as u32, *x));
            }
        }
        for (r, x) in inst.uses.row(*t as usize) {
            shared[*r as usize].needs.push((i as u32, *x));
        }
    }
    let binds = |r: &Resource| r.needs.iter().map(|n| n.1 as f64).sum::<f64>() > r.capacity as f64;
    places.into_iter().chain(dims).chain(shared).filter(binds).collect()
}

/// Resources packed into words. Amounts are divided by what they share; those that still do not fit a lane
/// are rounded so that less fits than in truth, never more.
fn pack(resources: Vec<Resource>, tasks: usize) -> (Vec<u128>, Csr<Need>) {
    let mut capacity = vec![0u128; resources.len().div_ceil(LANES)];
    let mut rows: Vec<Vec<Need>> = vec![Vec::new(); tasks];
    for (k, resource) in resources.into_iter().enumerate() {
        let common = resource.needs.iter().fold(0, |g, n| gcd(g, n.1)).max(1);
        let unit = common.max(resource.capacity / MOST + 1);
        let (word, lane) = ((k / LANES) as u32, k % LANES);
        let most = resource.capacity / unit;
        capacity[word as usize] |= packed(lane, most);
        for (t, x) in resource.needs {
            let amounts = packed(lane, ((x + unit - 1) / unit).min(most));
            let row = &mut rows[t as usize];
            match row.last_mut() {
                Some(need) if need.word == word => need.amounts += amounts,
                _ => row.push(Need { word, amounts }),
            }
        }
    }
    (capacity, Csr::collect(rows))
}
