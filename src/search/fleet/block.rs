//! Annealing of one block of agents: the groups that they hold move and change places between them.

use super::temper::{Column, Heat, Tempering};
use crate::search::Rng;

/// Tries between two looks at what is overfull.
const LOOK: u64 = 2_048;
/// One try in so many begins at an overfull agent.
const FOCUS: usize = 8;
/// Guests that a try looks at.
const GUESTS: usize = 5;

/// The agents of a block, renumbered, and the choices of their groups among them.
#[derive(Debug)]
pub(super) struct Block {
    /// Rows of agent `a`: those from `base[a]` to `base[a + 1]`.
    base: Vec<u32>,
    /// What is left of each row; below 0 where it is overfull.
    left: Vec<f64>,
    weight: Vec<f64>,
    /// The groups' numbers outside.
    group: Vec<u32>,
    /// Choices of group `g` are `start[g]..start[g + 1]`; their numbers outside stand beside them.
    start: Vec<u32>,
    columns: Vec<Column>,
    outside: Vec<u32>,
    amounts: Vec<f32>,
    /// The least that each group's choices cost.
    least: Vec<f64>,
    /// The choice of each group.
    at: Vec<u32>,
    /// Groups by agent, and the place of each among them.
    members: Vec<Vec<u32>>,
    slot: Vec<u32>,
    dear: f64,
    rng: Rng,
}

impl Block {
    /// The block `b` of those that agents are dealt into, with the groups that its agents hold now.
    pub fn new(all: &Tempering, block_of: &[u32], b: u32, seed: u64) -> Self {
        let mut out = Self {
            base: vec![0],
            left: Vec::new(),
            weight: Vec::new(),
            group: Vec::new(),
            start: vec![0],
            columns: Vec::new(),
            outside: Vec::new(),
            amounts: Vec::new(),
            least: Vec::new(),
            at: Vec::new(),
            members: Vec::new(),
            slot: Vec::new(),
            dear: 0.0,
            rng: Rng::new(seed),
        };
        let mut number = vec![u32::MAX; block_of.len()];
        for a in (0..block_of.len()).filter(|a| block_of[*a] == b) {
            number[a] = out.members.len() as u32;
            let rows = all.base[a] as usize..all.base[a + 1] as usize;
            out.left.extend_from_slice(&all.room[rows.clone()]);
            out.weight.extend_from_slice(&all.weight[rows]);
            out.base.push(out.left.len() as u32);
            out.members.push(Vec::new());
        }
        for (g, at) in all.at.iter().enumerate() {
            if all.columns.get(*at as usize).is_some_and(|c| number[c.agent as usize] != u32::MAX) {
                out.take_in(all, g, &number);
            }
        }
        out
    }

    /// Takes a group in with its choices among the block's agents.
    fn take_in(&mut self, all: &Tempering, g: usize, number: &[u32]) {
        let mut least = f64::INFINITY;
        for j in all.start[g]..all.start[g + 1] {
            let column = all.columns[j as usize];
            let agent = number[column.agent as usize];
            if agent == u32::MAX {
                continue;
            }
            if j == all.at[g] {
                self.at.push(self.columns.len() as u32);
            }
            let width = (self.base[agent as usize + 1] - self.base[agent as usize]) as usize;
            self.columns.push(Column { agent, first: self.amounts.len() as u32, ..column });
            self.outside.push(j);
            self.amounts.extend_from_slice(&all.amounts[column.first as usize..][..width]);
            least = least.min(f64::from(column.cost));
        }
        let group = self.group.len();
        self.start.push(self.columns.len() as u32);
        self.group.push(g as u32);
        self.least.push(least);
        self.slot.push(0);
        let j = self.at[group];
        self.fill(j as usize);
        self.seat(group, j);
    }

    /// Anneals; the choice of each group, both by their numbers outside.
    pub fn run(mut self, heat: &Heat) -> Vec<(u32, u32)> {
        self.dear = heat.dear;
        let mut overfull = Vec::new();
        let groups = self.group.len();
        for i in 0..heat.tries * groups as u64 {
            if i.is_multiple_of(LOOK) {
                overfull = self.overfull();
            }
            let focused = !overfull.is_empty() && self.rng.one_in(FOCUS);
            let group = if focused { self.member_of(&overfull) } else { Some(self.rng.below(groups)) };
            let threshold = heat.temperature * heat.thresholds[self.rng.below(heat.thresholds.len())];
            if let Some(group) = group {
                self.attempt(group, threshold);
            }
        }
        let choices = self.at.iter().map(|j| self.outside[*j as usize]);
        self.group.iter().copied().zip(choices).collect()
    }

    /// Agents with an overfull row.
    fn overfull(&self) -> Vec<u32> {
        let is_over = |a: &u32| self.rows(*a).any(|r| self.left[r] < -1e-6);
        (0..self.members.len() as u32).filter(is_over).collect()
    }

    fn member_of(&mut self, agents: &[u32]) -> Option<usize> {
        let agent = agents[self.rng.below(agents.len())] as usize;
        let members = &self.members[agent];
        (!members.is_empty()).then(|| members[self.rng.below(members.len())] as usize)
    }

    /// Tries to send a group to another choice, mostly one of the cheapest at the prices; where there is no room, a
    /// guest there changes places with it or goes elsewhere.
    fn attempt(&mut self, group: usize, threshold: f64) {
        let own = self.at[group] as usize;
        let j = self.near_front(group);
        let to = self.columns[j].agent;
        if to == self.columns[own].agent {
            return;
        }
        let change = self.cost(j) - self.cost(own) + self.emptied(own);
        if change > threshold {
            return;
        }
        if change + self.filled(j) <= threshold {
            self.unseat(group);
            self.empty(own);
            self.fill(j);
            self.seat(group, j as u32);
            return;
        }
        let count = self.members[to as usize].len();
        let first = if count > 0 { self.rng.below(count) } else { 0 };
        for i in 0..count.min(GUESTS) {
            let guest = self.members[to as usize][(first + i) % count] as usize;
            if self.make_way(group, j, guest, threshold) {
                return;
            }
        }
    }

    /// The group takes choice `j` and a guest there another agent, the group's old one or one near the front of its
    /// list; false, and nothing is changed, where that costs too much.
    fn make_way(&mut self, group: usize, j: usize, guest: usize, threshold: f64) -> bool {
        let (own, theirs) = (self.at[group] as usize, self.at[guest] as usize);
        let (from, to) = (self.columns[own].agent, self.columns[j].agent);
        let swapped = self.cost(j) - self.cost(own) - self.cost(theirs) + self.replaced(theirs, j);
        let relief = self.emptied(own);
        if swapped + relief + self.least[guest] > threshold {
            return false;
        }
        let back = (self.start[guest]..self.start[guest + 1]).find(|k| self.columns[*k as usize].agent == from);
        let elsewhere = self.near_front(guest);
        let onward = self.columns[elsewhere].agent;
        let swap = back.map(|k| k as usize).filter(|k| {
            let change = swapped + self.cost(*k);
            change + relief <= threshold && change + self.replaced(own, *k) <= threshold
        });
        let k = swap.or_else(|| {
            let change = swapped + relief + self.cost(elsewhere);
            let is_new = onward != from && onward != to && change <= threshold;
            (is_new && change + self.filled(elsewhere) <= threshold).then_some(elsewhere)
        });
        let Some(k) = k else { return false };
        for (group, j) in [(group, own), (guest, theirs)] {
            self.unseat(group);
            self.empty(j);
        }
        for (group, j) in [(group, j), (guest, k)] {
            self.fill(j);
            self.seat(group, j as u32);
        }
        true
    }

    /// A choice of a group, the cube of a number in [0, 1) along its list.
    fn near_front(&mut self, group: usize) -> usize {
        let (begin, end) = (self.start[group] as usize, self.start[group + 1] as usize);
        let x = 1.0 - self.rng.unit();
        begin + (x * x * x * (end - begin) as f64) as usize
    }

    fn cost(&self, j: usize) -> f64 {
        f64::from(self.columns[j].cost)
    }

    fn rows(&self, agent: u32) -> std::ops::Range<usize> {
        self.base[agent as usize] as usize..self.base[agent as usize + 1] as usize
    }

    /// The rows of a choice's agent: what is left and what its overflow weighs, with the amounts of the choice.
    fn row(&self, j: usize) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        let rows = self.rows(self.columns[j].agent);
        let amounts = &self.amounts[self.columns[j].first as usize..][..rows.len()];
        let limits = self.left[rows.clone()].iter().zip(&self.weight[rows]);
        limits.zip(amounts).map(|((left, weight), x)| (*left, *weight, f64::from(*x)))
    }

    /// What overflow costs more when a choice is taken.
    fn filled(&self, j: usize) -> f64 {
        self.dear * self.row(j).map(|(left, weight, x)| weight * x.min(x - left).max(0.0)).sum::<f64>()
    }

    /// What overflow costs more (below 0: less) when a choice is given up.
    fn emptied(&self, j: usize) -> f64 {
        -self.dear * self.row(j).map(|(left, weight, x)| weight * x.min((-left).max(0.0))).sum::<f64>()
    }

    /// What overflow costs more when `new` is taken and `old`, of the same agent, given up.
    fn replaced(&self, old: usize, new: usize) -> f64 {
        let more = self
            .row(old)
            .zip(self.row(new))
            .map(|((left, weight, gone), (_, _, come))| weight * (left.min(0.0) - (left + gone - come).min(0.0)));
        self.dear * more.sum::<f64>()
    }

    fn fill(&mut self, j: usize) {
        self.shift(j, -1.0);
    }

    fn empty(&mut self, j: usize) {
        self.shift(j, 1.0);
    }

    fn shift(&mut self, j: usize, sign: f64) {
        let rows = self.rows(self.columns[j].agent);
        let amounts = &self.amounts[self.columns[j].first as usize..][..rows.len()];
        for (left, x) in self.left[rows].iter_mut().zip(amounts) {
            *left += sign * f64::from(*x);
        }
    }

    fn seat(&mut self, group: usize, j: u32) {
        let there = &mut self.members[self.columns[j as usize].agent as usize];
        self.at[group] = j;
        self.slot[group] = there.len() as u32;
        there.push(group as u32);
    }

    fn unseat(&mut self, group: usize) {
        let there = &mut self.members[self.columns[self.at[group] as usize].agent as usize];
        let at = self.slot[group] as usize;
        there.swap_remove(at);
        if let Some(moved) = there.get(at) {
            self.slot[*moved as usize] = at as u32;
        }
    }
}
