//! A node of the tree: which pairs are still possible, what is decided, and the relaxation's value there.

use super::knapsack::{self, Item};

/// A value larger than any other.
pub(super) const FAR: i64 = i64::MAX / 8;

/// The problem in the units of the search: costs times a power of two, so that prices may lie between.
#[derive(Debug)]
pub(super) struct Scaled {
    pub agents: usize,
    pub groups: usize,
    /// Cost by group and agent.
    pub cost: Vec<i32>,
    /// Size by group and agent.
    pub size: Vec<usize>,
    /// Prices may not exceed this.
    pub dearest: i32,
}

/// A partial decision.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Possible pairs, by group and agent.
    pub open: Vec<bool>,
    /// The agent of each decided group.
    pub agent: Vec<Option<u32>>,
    /// Room left, by agent.
    pub room: Vec<usize>,
    /// Cost of the decided groups.
    pub base: i64,
    /// Price of each group.
    pub price: Vec<f64>,
}

/// A solution of the relaxation.
pub(super) struct Relaxed {
    /// No choice at the node costs less.
    pub value: i64,
    /// How many agents choose each group, of those undecided.
    pub count: Vec<i32>,
    /// An agent of each group, if one chooses it.
    pub agent: Vec<u32>,
    /// Table entries filled.
    pub work: u64,
}

impl Node {
    /// The agents that a group may still go to.
    pub fn options<'a>(&'a self, of: &'a Scaled, group: usize) -> impl Iterator<Item = usize> + 'a {
        (0..of.agents).filter(move |a| self.open[group * of.agents + a])
    }

    /// Groups that are not decided.
    pub fn undecided(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.agent.len()).filter(|g| self.agent[*g].is_none())
    }

    /// Decides groups with one agent left, and closes agents that are too full; false where a group has none.
    pub fn propagate(&mut self, of: &Scaled) -> bool {
        loop {
            let mut changed = false;
            for group in 0..of.groups {
                if self.agent[group].is_some() {
                    continue;
                }
                let (mut count, mut last) = (0, 0);
                for a in 0..of.agents {
                    let pair = group * of.agents + a;
                    if self.open[pair] && of.size[pair] > self.room[a] {
                        self.open[pair] = false;
                        changed = true;
                    }
                    if self.open[pair] {
                        (count, last) = (count + 1, a);
                    }
                }
                match count {
                    0 => return false,
                    1 => {
                        self.agent[group] = Some(last as u32);
                        self.room[last] -= of.size[group * of.agents + last];
                        self.base += i64::from(of.cost[group * of.agents + last]);
                        changed = true;
                    }
                    _ => {}
                }
            }
            if !changed {
                return true;
            }
        }
    }

    fn items(&self, of: &Scaled, a: usize, price: &[i32], from: i32) -> Vec<Item> {
        let item = |group: usize| {
            let pair = group * of.agents + a;
            let profit = price[group] - of.cost[pair];
            (self.open[pair] && profit >= from).then_some(Item { group, size: of.size[pair], profit })
        };
        self.undecided().filter_map(item).collect()
    }

    /// The relaxation at integer prices.
    pub fn relaxed(&self, of: &Scaled, price: &[i32]) -> Relaxed {
        let mut out = Relaxed {
            value: self.base + self.undecided().map(|g| i64::from(price[g])).sum::<i64>(),
            count: vec![0; of.groups],
            agent: self.agent.iter().map(|a| a.unwrap_or(0)).collect(),
            work: 1,
        };
        for a in 0..of.agents {
            let items = self.items(of, a, price, 1);
            out.work += (items.len() * (self.room[a] + 1)) as u64;
            let (count, agent) = (&mut out.count, &mut out.agent);
            let take = |group: usize| {
                count[group] += 1;
                agent[group] = a as u32;
            };
            out.value -= knapsack::best(&items, self.room[a], take);
        }
        out
    }

    /// The relaxation's value with each pair chosen: `value` plus what its agent loses by taking it, and the
    /// others by leaving it. [`FAR`] where the pair is closed.
    pub fn chosen(&self, of: &Scaled, price: &[i32], value: i64) -> (Vec<i64>, u64) {
        let mut out = vec![FAR; self.open.len()];
        let mut left = vec![0; self.open.len()];
        let mut work = 0;
        for a in 0..of.agents {
            let items = self.items(of, a, price, i32::MIN);
            work += 4 * (items.len() * (self.room[a] + 1)) as u64;
            for (item, (taken, leaving)) in items.iter().zip(knapsack::losses(&items, self.room[a])) {
                let pair = item.group * of.agents + a;
                left[pair] = leaving;
                out[pair] = taken.map_or(FAR, |taken| value + taken - leaving);
            }
        }
        for group in self.undecided() {
            let row = group * of.agents..(group + 1) * of.agents;
            let all: i64 = left[row.clone()].iter().sum();
            for chosen in out[row].iter_mut().filter(|x| **x < FAR) {
                *chosen += all;
            }
        }
        (out, work)
    }
}
