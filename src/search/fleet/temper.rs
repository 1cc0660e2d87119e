//! Rounding of a relaxation: every unit begins on the agent that the prices make cheapest, so nothing costs too much
//! and much is overfull; annealing then empties what is overfull while the price of overflow rises (simulated
//! annealing: Kirkpatrick, Gelatt, Vecchi 1983; infeasible assignments under rising penalties: Yagiura, Ibaraki,
//! Glover 2004). Rows and amounts only: what limits an agent does not matter here.
//!
//! Agents are dealt into blocks anew in every round, and each block is annealed by itself, with the groups that its
//! agents hold: blocks share nothing, so that threads can take them, and their number does not depend on the threads.

use super::block::Block;
use crate::{limit::Limit, parallel, search::Rng};

/// First and last temperature, in units of what a unit costs at the prices.
const HOT: f64 = 0.1;
const COLD: f64 = 0.001;
/// First and last price of overflow, in units of a row's weight: where choices differ in cost and each group has many
/// tries, and else.
const OVERFLOW: [f64; 2] = [0.5, 300.0];
const STRICT_OVERFLOW: [f64; 2] = [3.0, 1_000.0];
const MANY_TRIES: u64 = 400;
/// What overflow of a typical amount weighs beside its price, in units of what a unit costs.
const BASE: f64 = 0.3;
/// Rounds, each with a temperature and blocks of its own.
const ROUNDS: u64 = 64;
/// Agents of a block, and blocks at most.
const AGENTS: usize = 500;
const BLOCKS: usize = 8;
/// Thresholds of acceptance, drawn from a table.
const THRESHOLDS: usize = 1_024;
/// Rows of an agent that count, at most: its dearest.
const LANES: usize = 32;

/// A choice of a group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub agent: u32,
    /// Its amounts begin here, one for each row of the agent.
    pub first: u32,
    pub cost: f32,
}

/// What a block is told for a round.
#[derive(Debug)]
pub(super) struct Heat<'t> {
    /// Price of overflow.
    pub dear: f64,
    /// Draws of −ln of a number in (0, 1), times the temperature.
    pub thresholds: &'t [f32],
    /// Changes to try for each group.
    pub tries: u64,
    /// Seed of the first block.
    pub seed: u64,
}

/// The rounding under way.
#[derive(Debug, Default)]
pub struct Tempering {
    /// Rows of each agent: those from `base[a]` to `base[a + 1]`, with what they hold when nothing is chosen.
    pub(super) base: Vec<u32>,
    pub(super) room: Vec<f64>,
    /// What a typical amount of overflow weighs, likewise.
    pub(super) weight: Vec<f64>,
    /// All choices, group after group, the cheapest at the prices first.
    pub(super) columns: Vec<Column>,
    /// Amounts, in the unit of their row.
    pub(super) amounts: Vec<f32>,
    /// Choices of group `g` are `start[g]..start[g + 1]`.
    pub(super) start: Vec<u32>,
    /// The choice of each group.
    pub(super) at: Vec<u32>,
}

/// Choices as they are offered, before units are known.
#[derive(Debug, Default)]
pub struct Offers {
    columns: Vec<(u32, f64, u32)>,
    entries: Vec<(u32, f64)>,
    start: Vec<u32>,
}

impl Offers {
    /// No group yet.
    pub fn new() -> Self {
        Self { start: vec![0], ..Self::default() }
    }

    /// One more choice of the group under way: what it costs, and the amounts by row.
    pub fn push(&mut self, agent: u32, cost: f64, entries: &[(u32, i64)]) {
        self.columns.push((agent, cost, self.entries.len() as u32));
        self.entries.extend(entries.iter().filter(|e| e.1 > 0).map(|(r, x)| (*r, *x as f64)));
    }

    /// Ends the group.
    pub fn close(&mut self) {
        self.start.push(self.columns.len() as u32);
    }

    fn entries(&self, column: usize) -> &[(u32, f64)] {
        let end = self.columns.get(column + 1).map_or(self.entries.len(), |c| c.2 as usize);
        &self.entries[self.columns[column].2 as usize..end]
    }
}

impl Tempering {
    /// Groups choose among offers, the first of which is the cheapest at `prices`; rows hold `room`, which is
    /// infinite for those that do not matter.
    pub fn new(offers: &Offers, agents: usize, room: &[f64], prices: &[f64]) -> Self {
        let mut sums = vec![(0.0, 0.0); room.len()];
        for (r, x) in &offers.entries {
            sums[*r as usize].0 += x;
            sums[*r as usize].1 += 1.0;
        }
        let typical: Vec<f64> = sums.iter().map(|(sum, n)| if *sum > 0.0 { sum / n } else { 1.0 }).collect();
        let groups = offers.start.len() - 1;
        let least = |g: usize| {
            let first = offers.start[g] as usize;
            let paid: f64 = offers.entries(first).iter().map(|(r, x)| prices[*r as usize] * x).sum();
            if first < offers.start[g + 1] as usize { offers.columns[first].1 + paid } else { 0.0 }
        };
        let mean = (0..groups).map(least).sum::<f64>() / groups.max(1) as f64;
        let unit = if mean > 0.0 { mean } else { 1.0 };
        let mut out = Self { start: offers.start.clone(), at: offers.start[..groups].to_vec(), ..Self::default() };
        let rows = rows_by_agent(offers, agents, room, prices);
        out.base.push(0);
        for r in rows.iter().map(|rows| rows.iter().map(|r| *r as usize)) {
            for r in r {
                out.room.push(room[r] / typical[r]);
                out.weight.push(prices[r] * typical[r] / unit + BASE);
            }
            out.base.push(out.room.len() as u32);
        }
        for (j, (agent, cost, _)) in offers.columns.iter().enumerate() {
            out.columns.push(Column { agent: *agent, first: out.amounts.len() as u32, cost: (cost / unit) as f32 });
            for r in &rows[*agent as usize] {
                let amount: f64 = offers.entries(j).iter().filter(|e| e.0 == *r).map(|e| e.1).sum();
                out.amounts.push((amount / typical[*r as usize]) as f32);
            }
        }
        out
    }

    /// Tries `work` changes; the place of each group's choice among its offers.
    pub fn run(mut self, work: u64, limit: Limit) -> Vec<u32> {
        let draws: Vec<f64> = (0..THRESHOLDS).map(|i| -libm::log((i as f64 + 0.5) / THRESHOLDS as f64)).collect();
        let agents = self.base.len() - 1;
        let widest = self.base.windows(2).map(|rows| rows[1] - rows[0]).max().unwrap_or(0);
        let is_patient = work / (self.at.len() as u64).max(1) >= MANY_TRIES;
        let differ = self.columns.iter().any(|c| c.cost > 0.0);
        let [cheap, dearest] = if differ && is_patient { OVERFLOW } else { STRICT_OVERFLOW };
        let blocks = (agents / AGENTS).clamp(1, BLOCKS);
        let mut rng = Rng::new(1);
        let mut block_of: Vec<u32> = (0..agents).map(|a| (a % blocks) as u32).collect();
        for round in 0..if self.at.is_empty() || limit.is_over() { 0 } else { ROUNDS } {
            let done = round as f64 / (ROUNDS - 1) as f64;
            let temperature = HOT * libm::pow(COLD / HOT, done);
            for i in (1..agents).rev() {
                block_of.swap(i, rng.below(i + 1));
            }
            let thresholds: Vec<f32> = draws.iter().map(|x| (x * temperature) as f32).collect();
            let dear = cheap * libm::pow(dearest / cheap, done);
            let tries = work / ROUNDS / self.at.len() as u64 + 1;
            let heat = Heat { dear, thresholds: &thresholds, tries, seed: rng.draw() };
            let anneal = |b: usize| self.anneal(widest as usize, &block_of, b as u32, &heat);
            for (group, place) in parallel::map(blocks, anneal).into_iter().flatten() {
                self.at[group as usize] = place;
            }
            if limit.is_over() {
                break;
            }
        }
        self.at.iter().zip(&self.start).map(|(at, start)| at - start).collect()
    }

    /// One round of a block, in as many lanes as its agents have rows at most.
    fn anneal(&self, widest: usize, block_of: &[u32], b: u32, heat: &Heat) -> Vec<(u32, u32)> {
        match widest {
            0..=2 => Block::<2>::new(self, block_of, b, heat).run(heat),
            3..=4 => Block::<4>::new(self, block_of, b, heat).run(heat),
            5..=8 => Block::<8>::new(self, block_of, b, heat).run(heat),
            _ => Block::<LANES>::new(self, block_of, b, heat).run(heat),
        }
    }
}

/// The rows of each agent that matter, the dearest where they are many.
fn rows_by_agent(offers: &Offers, agents: usize, room: &[f64], prices: &[f64]) -> Vec<Vec<u32>> {
    let mut owner = vec![u32::MAX; room.len()];
    for (j, (agent, ..)) in offers.columns.iter().enumerate() {
        offers.entries(j).iter().for_each(|(r, _)| owner[*r as usize] = *agent);
    }
    let mut out = vec![Vec::new(); agents];
    for (r, owner) in owner.iter().enumerate().filter(|(r, o)| **o != u32::MAX && room[*r] < f64::INFINITY) {
        out[*owner as usize].push(r as u32);
    }
    for rows in out.iter_mut().filter(|rows| rows.len() > LANES) {
        rows.sort_by(|a, b| prices[*b as usize].total_cmp(&prices[*a as usize]).then(a.cmp(b)));
        rows.truncate(LANES);
    }
    out
}
