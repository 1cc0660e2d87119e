//! The disjunctive graph of a schedule (Roy, Sussmann 1964): tasks joined by precedence, and by the
//! sequence in which each agent takes them. A task's *head* is its earliest start, its *tail* the least
//! time from its finish to the end of the plan; a change recomputes both in topological order, from the
//! first to the last place it touches only.

use super::{order::Marks, shop::Shop};
use crate::{
    model::Ms,
    schedule::{Choice, NONE, Room},
};

/// A complete selection: an agent for each task and a sequence for each agent.
#[derive(Debug, Clone)]
pub(super) struct Graph<'s, 'i> {
    /// The tasks.
    pub shop: &'s Shop<'i>,
    /// Agent, by task.
    pub agent: Vec<u32>,
    /// Processing time, by task.
    pub work: Vec<Ms>,
    /// Task before on the same agent, or [`NONE`].
    pub before: Vec<u32>,
    /// Task after on the same agent, or [`NONE`].
    pub after: Vec<u32>,
    /// First and last task, by agent.
    pub ends: Vec<(u32, u32)>,
    /// Tasks, each after all that it waits for.
    pub order: Vec<u32>,
    /// Position of each task in `order`.
    pub(super) position: Vec<u32>,
    /// Earliest start that precedence and releases alone leave, by task.
    pub input: Vec<Ms>,
    /// Earliest start.
    pub head: Vec<Ms>,
    /// Least time from the finish to the end that precedence alone leaves.
    pub output: Vec<Ms>,
    /// Least time from the finish to the end.
    pub tail: Vec<Ms>,
    /// Time that each arc of precedence takes between its agents.
    pub(super) lag: Vec<Ms>,
    /// What the agents leave free.
    pub room: Room<'i>,
    /// Elementary steps done.
    pub work_done: u64,
    pub(super) marks: Marks,
}

/// A schedule as it can be kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// Latest finish.
    pub makespan: Ms,
    /// Tasks by start, each after all that it waits for.
    pub order: Vec<u32>,
    /// Agent, by task.
    pub agent: Vec<u32>,
    /// Task before on the same agent.
    pub before: Vec<u32>,
}

impl<'s, 'i> Graph<'s, 'i> {
    /// The graph of tasks taken in a topological order.
    pub fn new(shop: &'s Shop<'i>, order: &[u32], agent: &[u32]) -> Self {
        let n = shop.len();
        let mut out = Self {
            shop,
            agent: vec![NONE; n],
            work: vec![0; n],
            before: vec![NONE; n],
            after: vec![NONE; n],
            ends: vec![(NONE, NONE); shop.opens.len()],
            order: Vec::with_capacity(n),
            position: vec![0; n],
            input: vec![0; n],
            head: vec![0; n],
            output: vec![0; n],
            tail: vec![0; n],
            lag: vec![0; shop.preds.items().len()],
            room: Room::new(shop.inst),
            work_done: 0,
            marks: Marks::new(n),
        };
        out.load(order, agent);
        out
    }

    /// Takes another schedule. O(tasks + arcs).
    pub fn load(&mut self, order: &[u32], agent: &[u32]) {
        self.ends.fill((NONE, NONE));
        self.order.clear();
        self.order.extend_from_slice(order);
        if !self.shop.is_roomy {
            self.room = Room::new(self.shop.inst);
        }
        for (i, t) in order.iter().enumerate() {
            let (t, a) = (*t as usize, agent[*t as usize]);
            self.position[t] = i as u32;
            self.agent[t] = a;
            self.work[t] = self.shop.choice(t, a).map_or(0, |c| c.work);
            let last = std::mem::replace(&mut self.ends[a as usize].1, t as u32);
            self.before[t] = last;
            self.after[t] = NONE;
            match last {
                NONE => self.ends[a as usize].0 = t as u32,
                last => self.after[last as usize] = t as u32,
            }
            let unit = self.shop.unit(t);
            if !self.shop.is_roomy
                && self.shop.inst.units.row(unit)[0] == self.shop.tasks[t]
                && let Some(c) = self.shop.inst.unit_choice(unit, a)
            {
                self.room.take(unit, &c);
            }
        }
        for t in 0..order.len() {
            self.weigh(t);
        }
        self.forward(0);
        self.backward(order.len());
    }

    /// Writes down the schedule as it stands.
    pub fn keep(&self, kept: &mut Kept) {
        kept.makespan = self.makespan();
        kept.order.clone_from(&self.order);
        kept.order.sort_by_key(|t| (self.head[*t as usize], self.position[*t as usize]));
        kept.agent.clone_from(&self.agent);
        kept.before.clone_from(&self.before);
    }

    /// Latest finish.
    pub fn makespan(&self) -> Ms {
        self.ends.iter().filter(|e| e.1 != NONE).map(|e| self.finish(e.1 as usize)).max().unwrap_or(0)
    }

    /// Earliest finish of a task.
    pub fn finish(&self, t: usize) -> Ms {
        self.head[t] + self.work[t]
    }

    /// Least time from a task's start to the end.
    pub fn rest(&self, t: usize) -> Ms {
        self.work[t] + self.tail[t]
    }

    /// When the agent is free for a task that comes after `t`.
    pub fn free_after(&self, t: u32, agent: u32) -> Ms {
        if t == NONE { self.shop.opens[agent as usize] } else { self.finish(t as usize) }
    }

    /// Time to the end that a task coming before `t` on its agent must leave.
    pub fn rest_from(&self, t: u32) -> Ms {
        if t == NONE { 0 } else { self.rest(t as usize) }
    }

    /// True where it is sure that no path of one arc or more leads from `t` to `other`.
    pub fn has_no_path(&self, t: usize, other: usize) -> bool {
        self.head[other] < self.finish(t) || self.tail[t] < self.rest(other)
    }

    /// When a task's inputs could be on another agent.
    pub fn input_on(&self, t: usize, agent: u32) -> Ms {
        let (shop, begin) = (self.shop, self.shop.preds.begin(t));
        let arrives =
            |(i, p): (usize, &u32)| self.finish(*p as usize) + shop.lag(begin + i, self.agent[*p as usize], agent);
        let first = shop.release[t].max(shop.opens[agent as usize]);
        shop.preds.row(t).iter().enumerate().map(arrives).fold(first, Ms::max)
    }

    /// Least time from the finish to the end that a task's followers would leave on another agent.
    pub fn output_on(&self, t: usize, agent: u32) -> Ms {
        let leaves = |(s, arc): &(u32, u32)| {
            self.rest(*s as usize) + self.shop.lag(*arc as usize, agent, self.agent[*s as usize])
        };
        self.shop.succs.row(t).iter().map(leaves).fold(0, Ms::max)
    }

    /// The arc's time and the task it comes from, for each predecessor.
    pub fn arcs_into(&self, t: usize) -> impl Iterator<Item = (u32, Ms)> + '_ {
        let begin = self.shop.preds.begin(t);
        self.shop.preds.row(t).iter().enumerate().map(move |(i, p)| (*p, self.lag[begin + i]))
    }

    /// Puts a task behind `after` ([`NONE`]: first) on an agent. False, and nothing is changed, where a
    /// cycle would close. O(tasks between + arcs), then what heads and tails need.
    pub fn insert(&mut self, t: u32, c: &Choice, after: u32) -> bool {
        let (from, left, at) = (self.agent[t as usize], self.before[t as usize], self.position[t as usize]);
        self.unlink(t);
        self.link(t, c.agent, after);
        let Some((low, high)) = self.reorder(t) else {
            self.unlink(t);
            self.link(t, from, left);
            return false;
        };
        if from != c.agent {
            if !self.shop.is_roomy {
                let unit = self.shop.unit(t as usize);
                if let Some(old) = self.shop.inst.unit_choice(unit, from) {
                    self.room.give(unit, &old);
                }
                self.room.take(unit, c);
            }
            self.work[t as usize] = c.work;
            self.weigh(t as usize);
        }
        self.forward(low.min(at as usize));
        self.backward((high.max(at as usize) + 1).min(self.order.len()));
        true
    }

    /// Takes a task out of its agent's sequence.
    fn unlink(&mut self, t: u32) {
        let (b, a) = (self.before[t as usize], self.after[t as usize]);
        let ends = &mut self.ends[self.agent[t as usize] as usize];
        if b == NONE {
            ends.0 = a;
        } else {
            self.after[b as usize] = a;
        }
        if a == NONE { ends.1 = b } else { self.before[a as usize] = b }
    }

    /// Puts a task into an agent's sequence.
    fn link(&mut self, t: u32, agent: u32, b: u32) {
        let ends = &mut self.ends[agent as usize];
        let a = if b == NONE { ends.0 } else { self.after[b as usize] };
        if b == NONE {
            ends.0 = t;
        } else {
            self.after[b as usize] = t;
        }
        if a == NONE {
            ends.1 = t;
        } else {
            self.before[a as usize] = t;
        }
        self.before[t as usize] = b;
        self.after[t as usize] = a;
        self.agent[t as usize] = agent;
    }
}
