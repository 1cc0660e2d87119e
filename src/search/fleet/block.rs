//! Annealing of one block of agents: the groups that they hold move and change places between them. What a try waits
//! for is memory, so that all that it asks of a group or an agent lies side by side, in as many lanes as agents have
//! rows.

use super::temper::{Heat, Tempering};
use crate::search::Rng;

/// Tries between two looks at what is overfull.
const LOOK: u64 = 2_048;
/// One try in so many begins at an overfull agent.
const FOCUS: usize = 8;
/// Guests that a try looks at.
const GUESTS: usize = 5;
/// Room that every row has beyond its own, in typical amounts, lest rounding to single precision look overfull.
const TOLERANCE: f64 = 1e-4;

/// The rows of an agent: what is left of each, below 0 where it is overfull, and what overflow costs.
#[derive(Debug, Clone)]
#[repr(align(32))]
struct Agent<const W: usize> {
    left: [f32; W],
    weight: [f32; W],
}

/// A choice of a group: its agent, what it costs and what it takes of each row there.
#[derive(Debug, Clone, Copy)]
struct Choice<const W: usize> {
    agent: u32,
    cost: f32,
    amounts: [f32; W],
}

/// A group: its choices by their places in the block, the one that it has, and its place among its agent's.
#[derive(Debug, Clone)]
#[repr(align(64))]
struct Group<const W: usize> {
    begin: u32,
    end: u32,
    at: u32,
    slot: u32,
    /// The least that its choices cost.
    least: f32,
    own: Choice<W>,
}

/// The agents of a block, renumbered, and the choices of their groups among them.
#[derive(Debug)]
pub(super) struct Block<const W: usize> {
    agents: Vec<Agent<W>>,
    /// Groups by agent.
    members: Vec<Vec<u32>>,
    groups: Vec<Group<W>>,
    choices: Vec<Choice<W>>,
    /// The agent of each choice once more: the search for one runs over nothing else.
    agent: Vec<u32>,
    /// Numbers outside: of the groups, and of the choices.
    outside: Vec<u32>,
    number: Vec<u32>,
    rng: Rng,
}

impl<const W: usize> Block<W> {
    /// The block `b` of those that agents are dealt into, with the groups that its agents hold now.
    pub fn new(all: &Tempering, block_of: &[u32], b: u32, heat: &Heat) -> Self {
        let mut out = Self {
            agents: Vec::new(),
            members: Vec::new(),
            groups: Vec::new(),
            choices: Vec::new(),
            agent: Vec::new(),
            outside: Vec::new(),
            number: Vec::new(),
            rng: Rng::new(heat.seed.wrapping_add(u64::from(b))),
        };
        let mut inside = vec![u32::MAX; block_of.len()];
        for a in (0..block_of.len()).filter(|a| block_of[*a] == b) {
            inside[a] = out.agents.len() as u32;
            let rows = all.base[a] as usize..all.base[a + 1] as usize;
            let (mut left, mut weight) = ([0.0; W], [0.0; W]);
            for (lane, r) in rows.enumerate() {
                left[lane] = (all.room[r] + TOLERANCE) as f32;
                weight[lane] = (all.weight[r] * heat.dear) as f32;
            }
            out.agents.push(Agent { left, weight });
            out.members.push(Vec::new());
        }
        for (g, at) in all.at.iter().enumerate() {
            if all.columns.get(*at as usize).is_some_and(|c| inside[c.agent as usize] != u32::MAX) {
                out.take_in(all, g, &inside);
            }
        }
        out
    }

    /// Takes a group in with its choices among the block's agents.
    fn take_in(&mut self, all: &Tempering, g: usize, inside: &[u32]) {
        let begin = self.choices.len();
        let mut at = begin;
        for j in all.start[g]..all.start[g + 1] {
            let column = all.columns[j as usize];
            let agent = inside[column.agent as usize];
            if agent == u32::MAX {
                continue;
            }
            if j == all.at[g] {
                at = self.choices.len();
            }
            let mut amounts = [0.0; W];
            let theirs = &all.amounts[column.first as usize..];
            let rows = all.base[column.agent as usize + 1] - all.base[column.agent as usize];
            amounts.iter_mut().zip(theirs).take(rows as usize).for_each(|(lane, x)| *lane = *x);
            self.choices.push(Choice { agent, cost: column.cost, amounts });
            self.agent.push(agent);
            self.number.push(j);
        }
        let least = self.choices[begin..].iter().map(|c| c.cost).fold(f32::INFINITY, f32::min);
        let own = self.choices[at];
        let end = self.choices.len() as u32;
        self.groups.push(Group { begin: begin as u32, end, at: at as u32, slot: 0, least, own });
        self.outside.push(g as u32);
        self.seat(self.groups.len() - 1, at);
    }

    /// Anneals; the choice of each group, both by their numbers outside.
    pub fn run(mut self, heat: &Heat) -> Vec<(u32, u32)> {
        let mut overfull = Vec::new();
        let groups = self.groups.len();
        for i in 0..heat.tries * groups as u64 {
            if i.is_multiple_of(LOOK) {
                overfull = self.overfull();
            }
            let focused = !overfull.is_empty() && self.rng.one_in(FOCUS);
            let group = if focused { self.member_of(&overfull) } else { Some(self.rng.below(groups)) };
            let threshold = heat.thresholds[self.rng.below(heat.thresholds.len())];
            if let Some(group) = group {
                self.attempt(group, threshold);
            }
        }
        let choices = self.groups.iter().map(|g| self.number[g.at as usize]);
        self.outside.iter().copied().zip(choices).collect()
    }

    /// Agents with an overfull row.
    fn overfull(&self) -> Vec<u32> {
        let is_over = |a: &u32| self.agents[*a as usize].left.iter().any(|left| *left < 0.0);
        (0..self.agents.len() as u32).filter(is_over).collect()
    }

    fn member_of(&mut self, agents: &[u32]) -> Option<usize> {
        let agent = agents[self.rng.below(agents.len())] as usize;
        let members = &self.members[agent];
        (!members.is_empty()).then(|| members[self.rng.below(members.len())] as usize)
    }

    /// Tries to send a group to another choice, mostly one of the cheapest at the prices; where there is no room, a
    /// guest there changes places with it or goes elsewhere.
    fn attempt(&mut self, group: usize, threshold: f32) {
        let own = self.groups[group].own;
        let j = self.near_front(group);
        let new = self.choices[j];
        if new.agent == own.agent {
            return;
        }
        let relief = self.agents[own.agent as usize].emptied(&own.amounts);
        let change = new.cost - own.cost + relief;
        if change > threshold {
            return;
        }
        if change + self.agents[new.agent as usize].filled(&new.amounts) <= threshold {
            self.unseat(group);
            self.seat(group, j);
            return;
        }
        let members = &self.members[new.agent as usize];
        let count = members.len();
        let first = if count > 0 { self.rng.below(count) } else { 0 };
        for i in 0..count.min(GUESTS) {
            let at = if first + i < count { first + i } else { first + i - count };
            let guest = self.members[new.agent as usize][at] as usize;
            let theirs = &self.groups[guest];
            let swapped = new.cost - own.cost - theirs.own.cost
                + self.agents[new.agent as usize].replaced(&theirs.own.amounts, &new.amounts);
            if swapped + relief + theirs.least <= threshold
                && self.make_way((group, j), guest, (swapped, relief), threshold)
            {
                return;
            }
        }
    }

    /// The group takes choice `j` and a guest there another agent, the group's old one or one near the front of its
    /// list; false, and nothing is changed, where that costs too much.
    fn make_way(
        &mut self,
        (group, j): (usize, usize),
        guest: usize,
        (swapped, relief): (f32, f32),
        threshold: f32,
    ) -> bool {
        let own = self.groups[group].own;
        let (from, to) = (own.agent, self.agent[j]);
        let (begin, end) = (self.groups[guest].begin as usize, self.groups[guest].end as usize);
        let back = self.agent[begin..end].iter().position(|a| *a == from).map(|k| begin + k);
        let elsewhere = self.near_front(guest);
        let swap = back.filter(|k| {
            let back = &self.choices[*k];
            let change = swapped + back.cost;
            change + relief <= threshold
                && change + self.agents[from as usize].replaced(&own.amounts, &back.amounts) <= threshold
        });
        let k = swap.or_else(|| {
            let onward = &self.choices[elsewhere];
            let change = swapped + relief + onward.cost;
            let is_new = onward.agent != from && onward.agent != to && change <= threshold;
            (is_new && change + self.agents[onward.agent as usize].filled(&onward.amounts) <= threshold)
                .then_some(elsewhere)
        });
        let Some(k) = k else { return false };
        for group in [group, guest] {
            self.unseat(group);
        }
        for (group, j) in [(group, j), (guest, k)] {
            self.seat(group, j);
        }
        true
    }

    /// A choice of a group, the cube of a number in [0, 1) along its list.
    fn near_front(&mut self, group: usize) -> usize {
        let (begin, end) = (self.groups[group].begin as usize, self.groups[group].end as usize);
        let x = 1.0 - self.rng.unit();
        begin + (x * x * x * (end - begin) as f64) as usize
    }

    /// Gives a choice to a group that has none.
    fn seat(&mut self, group: usize, j: usize) {
        let choice = self.choices[j];
        let left = &mut self.agents[choice.agent as usize].left;
        left.iter_mut().zip(&choice.amounts).for_each(|(left, x)| *left -= x);
        let there = &mut self.members[choice.agent as usize];
        let seated = &mut self.groups[group];
        (seated.at, seated.slot, seated.own) = (j as u32, there.len() as u32, choice);
        there.push(group as u32);
    }

    fn unseat(&mut self, group: usize) {
        let Group { slot, own, .. } = self.groups[group];
        let left = &mut self.agents[own.agent as usize].left;
        left.iter_mut().zip(&own.amounts).for_each(|(left, x)| *left += x);
        let there = &mut self.members[own.agent as usize];
        there.swap_remove(slot as usize);
        if let Some(moved) = there.get(slot as usize) {
            self.groups[*moved as usize].slot = slot;
        }
    }
}

impl<const W: usize> Agent<W> {
    /// Σ over rows of the weight times a figure of the row, the lanes by halves.
    fn sum(&self, figure: impl Fn(usize) -> f32) -> f32 {
        let mut lanes: [f32; W] = std::array::from_fn(|r| self.weight[r] * figure(r));
        let mut half = W / 2;
        while half > 0 {
            for r in 0..half {
                lanes[r] += lanes[r + half];
            }
            half /= 2;
        }
        lanes[0]
    }

    /// What overflow costs more when amounts are taken.
    fn filled(&self, come: &[f32; W]) -> f32 {
        self.sum(|r| come[r].min(come[r] - self.left[r]).max(0.0))
    }

    /// What overflow costs more (below 0: less) when amounts are given up.
    fn emptied(&self, gone: &[f32; W]) -> f32 {
        -self.sum(|r| gone[r].min((-self.left[r]).max(0.0)))
    }

    /// What overflow costs more when some amounts are given up and others taken.
    fn replaced(&self, gone: &[f32; W], come: &[f32; W]) -> f32 {
        self.sum(|r| self.left[r].min(0.0) - (self.left[r] + gone[r] - come[r]).min(0.0))
    }
}
