//! Rounding of a relaxation: every unit begins on the agent that the prices make cheapest, so nothing costs too much
//! and much is overfull; annealing then empties what is overfull while the price of overflow rises (simulated
//! annealing: Kirkpatrick, Gelatt, Vecchi 1983; infeasible assignments under rising penalties: Yagiura, Ibaraki,
//! Glover 2004). Rows and amounts only: what limits an agent does not matter here.

use crate::{limit::Limit, search::Rng};

/// First and last temperature, in units of what a unit costs at the prices.
const HOT: f64 = 0.05;
const COLD: f64 = 0.002;
/// First and last price of overflow, in units of a row's weight.
const CHEAP: f64 = 3.0;
const DEAR: f64 = 100.0;
/// What overflow of a typical amount weighs beside its price, in units of what a unit costs.
const BASE: f64 = 0.3;
/// Tries between two looks at the temperature and at what is overfull.
const ROUND: u64 = 4_096;
/// One try in so many begins at an overfull agent.
const FOCUS: usize = 8;
/// Guests that a try looks at.
const GUESTS: usize = 3;
/// Thresholds of acceptance, drawn from a table.
const THRESHOLDS: usize = 4_096;

/// A choice of a group: it fills rows with amounts, each in the unit of its row.
#[derive(Debug, Clone, Copy)]
struct Column {
    agent: u32,
    /// Its entries begin here and end where the next column's begin.
    first: u32,
    cost: f64,
}

/// The rounding under way.
#[derive(Debug)]
pub struct Tempering {
    /// What is left of each row; below 0 where it is overfull.
    left: Vec<f64>,
    /// What a typical amount of overflow weighs, by row.
    weight: Vec<f64>,
    /// Agent whose choices fill the row.
    owner: Vec<u32>,
    /// All choices, group after group, the cheapest at the prices first; one more to end the last.
    columns: Vec<Column>,
    entries: Vec<(u32, f64)>,
    /// Choices of group `g` are `start[g]..start[g + 1]`.
    start: Vec<u32>,
    /// The least that each group's choices cost.
    least: Vec<f64>,
    /// The choice of each group.
    at: Vec<u32>,
    /// Groups by agent, and the place of each among them.
    members: Vec<Vec<u32>>,
    slot: Vec<u32>,
    /// Price of overflow.
    dear: f64,
    rng: Rng,
}

/// A choice offered to [`Tempering::new`].
#[derive(Debug, Clone)]
pub struct Offer {
    /// The agent.
    pub agent: u32,
    /// What it costs.
    pub cost: f64,
    /// Rows that it fills, with the amounts.
    pub entries: Vec<(u32, i64)>,
}

impl Tempering {
    /// Groups choose among offers, the first of which is the cheapest at `prices`; rows hold `room`, which is
    /// infinite for those that do not matter.
    pub fn new(groups: &[Vec<Offer>], agents: usize, room: &[f64], prices: &[f64]) -> Self {
        let mut out = Self {
            left: Vec::new(),
            weight: Vec::new(),
            owner: vec![0; room.len()],
            columns: Vec::new(),
            entries: Vec::new(),
            start: vec![0],
            least: Vec::new(),
            at: Vec::new(),
            members: vec![Vec::new(); agents],
            slot: vec![0; groups.len()],
            dear: CHEAP,
            rng: Rng::new(1),
        };
        let mut sums = vec![(0.0, 0.0); room.len()];
        for offer in groups.iter().flatten() {
            for (r, x) in &offer.entries {
                sums[*r as usize].0 += *x as f64;
                sums[*r as usize].1 += 1.0;
            }
        }
        let typical: Vec<f64> = sums.iter().map(|(sum, n)| if *sum > 0.0 { sum / n } else { 1.0 }).collect();
        for offers in groups {
            out.push(offers, room, &typical);
        }
        out.columns.push(Column { agent: 0, first: out.entries.len() as u32, cost: 0.0 });
        let least = |offers: &Vec<Offer>| {
            let paid = |o: &Offer| o.entries.iter().map(|(r, x)| prices[*r as usize] * *x as f64).sum::<f64>();
            offers.first().map_or(0.0, |o| o.cost + paid(o))
        };
        let mean = groups.iter().map(least).sum::<f64>() / groups.len().max(1) as f64;
        let unit = if mean > 0.0 { mean } else { 1.0 };
        out.columns.iter_mut().for_each(|c| c.cost /= unit);
        out.left = room.iter().zip(&typical).map(|(room, of)| room / of).collect();
        out.weight = prices.iter().zip(&typical).map(|(price, of)| price * of / unit + BASE).collect();
        for group in 0..groups.len() {
            let offers = &out.columns[out.start[group] as usize..out.start[group + 1] as usize];
            out.least.push(offers.iter().map(|c| c.cost).fold(f64::INFINITY, f64::min));
            let first = out.start[group];
            out.fill(first as usize);
            out.seat(group, first);
        }
        out
    }

    fn push(&mut self, offers: &[Offer], room: &[f64], typical: &[f64]) {
        for offer in offers {
            self.columns.push(Column { agent: offer.agent, first: self.entries.len() as u32, cost: offer.cost });
            let counts = offer.entries.iter().filter(|(r, x)| *x > 0 && room[*r as usize] < f64::INFINITY);
            for (r, x) in counts {
                self.owner[*r as usize] = offer.agent;
                self.entries.push((*r, *x as f64 / typical[*r as usize]));
            }
        }
        self.start.push(self.columns.len() as u32);
        self.at.push(0);
    }

    /// Tries `work` changes; the place of each group's choice among its offers.
    pub fn run(mut self, work: u64, limit: Limit) -> Vec<u32> {
        let thresholds: Vec<f64> = (0..THRESHOLDS).map(|i| -libm::log((i as f64 + 0.5) / THRESHOLDS as f64)).collect();
        let (mut temperature, mut overfull) = (HOT, Vec::new());
        for i in 0..if self.at.is_empty() { 0 } else { work } {
            if i.is_multiple_of(ROUND) {
                let done = i as f64 / work as f64;
                temperature = HOT * libm::pow(COLD / HOT, done);
                self.dear = CHEAP * libm::pow(DEAR / CHEAP, done);
                overfull = self.overfull();
                if limit.is_over() {
                    break;
                }
            }
            let focused = !overfull.is_empty() && self.rng.one_in(FOCUS);
            let group = if focused { self.member_of(&overfull) } else { Some(self.rng.below(self.at.len())) };
            let threshold = temperature * thresholds[self.rng.below(THRESHOLDS)];
            if let Some(group) = group {
                self.attempt(group, threshold);
            }
        }
        (0..self.at.len()).map(|g| self.at[g] - self.start[g]).collect()
    }

    /// Agents with an overfull row.
    fn overfull(&self) -> Vec<u32> {
        let mut out: Vec<u32> = (0..self.left.len()).filter(|r| self.left[*r] < -1e-9).map(|r| self.owner[r]).collect();
        out.dedup();
        out
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
        let (from, to) = (self.columns[own].agent, self.columns[j].agent);
        let change = self.columns[j].cost - self.columns[own].cost + self.emptied(own);
        if to == from || change > threshold {
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
        let swapped =
            self.columns[j].cost - self.columns[own].cost - self.columns[theirs].cost + self.replaced(theirs, j);
        let relief = self.emptied(own);
        if swapped + relief + self.least[guest] > threshold {
            return false;
        }
        let back = (self.start[guest]..self.start[guest + 1]).find(|k| self.columns[*k as usize].agent == from);
        let elsewhere = self.near_front(guest);
        let onward = self.columns[elsewhere].agent;
        let swap = back.map(|k| k as usize).filter(|k| {
            let change = swapped + self.columns[*k].cost;
            change + relief <= threshold && change + self.replaced(own, *k) <= threshold
        });
        let k = swap.or_else(|| {
            let change = swapped + relief + self.columns[elsewhere].cost;
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

    /// A choice of a group, the square of a number in (0, 1] along its list.
    fn near_front(&mut self, group: usize) -> usize {
        let (begin, end) = (self.start[group] as usize, self.start[group + 1] as usize);
        let x = 1.0 - self.rng.unit();
        begin + (x * x * (end - begin) as f64) as usize
    }

    fn row(&self, j: usize) -> &[(u32, f64)] {
        &self.entries[self.columns[j].first as usize..self.columns[j + 1].first as usize]
    }

    /// What overflow costs more when a choice is taken.
    fn filled(&self, j: usize) -> f64 {
        let mut more = 0.0;
        for (r, x) in self.row(j) {
            let left = self.left[*r as usize];
            if left < *x {
                more += self.weight[*r as usize] * (x - left.max(0.0));
            }
        }
        self.dear * more
    }

    /// What overflow costs more (below 0: less) when a choice is given up.
    fn emptied(&self, j: usize) -> f64 {
        let mut less = 0.0;
        for (r, x) in self.row(j) {
            let left = self.left[*r as usize];
            if left < 0.0 {
                less += self.weight[*r as usize] * x.min(-left);
            }
        }
        -self.dear * less
    }

    /// What overflow costs more when `new` is taken and `old`, of the same agent, given up.
    fn replaced(&self, old: usize, new: usize) -> f64 {
        let over = |r: u32, x: f64| {
            let left = self.left[r as usize];
            if left.min(left + x) >= 0.0 {
                0.0
            } else {
                self.weight[r as usize] * (left.min(0.0) - (left + x).min(0.0))
            }
        };
        let amount = |row: &[(u32, f64)], r: u32| row.iter().find(|e| e.0 == r).map(|e| e.1);
        let (gone, come) = (self.row(old), self.row(new));
        let changed: f64 = come.iter().map(|(r, x)| over(*r, amount(gone, *r).unwrap_or(0.0) - x)).sum();
        let freed: f64 = gone.iter().filter(|(r, _)| amount(come, *r).is_none()).map(|(r, x)| over(*r, *x)).sum();
        self.dear * (changed + freed)
    }

    fn fill(&mut self, j: usize) {
        for e in self.columns[j].first as usize..self.columns[j + 1].first as usize {
            let (r, x) = self.entries[e];
            self.left[r as usize] -= x;
        }
    }

    fn empty(&mut self, j: usize) {
        for e in self.columns[j].first as usize..self.columns[j + 1].first as usize {
            let (r, x) = self.entries[e];
            self.left[r as usize] += x;
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
