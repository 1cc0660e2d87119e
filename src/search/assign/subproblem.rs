//! A few agents with all their units, solved by implicit enumeration: Lagrangian prices of what the agents may
//! take decide most units, and a depth-first search the rest (Fisher, Jaikumar, Van Wassenhove 1986, with
//! the slack's price counted too). Numbers in, numbers out; a search, not a proof: prices are floats.

use crate::search::Rng;

/// Steps of the prices.
const ASCENT: usize = 60;

/// The units, what each costs and takes on each of the agents, and what the agents may take.
pub(super) struct Subproblem {
    /// Number of agents.
    pub agents: usize,
    /// Number of kinds of amounts that are limited.
    pub kinds: usize,
    /// What each agent may take, by agent and kind.
    pub limit: Vec<i64>,
    /// Cost by unit and agent; infinite where the agent is not possible.
    pub cost: Vec<f64>,
    /// Amounts by unit, agent and kind.
    pub amount: Vec<i64>,
    /// The agent of each unit now.
    pub now: Vec<u32>,
    /// Nothing costs: any choice within the limits will do, and only the prices' proportions count.
    pub levelled: bool,
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The cost may be at most this.
    pub below: f64,
    /// Some unit, drawn at random, must leave its agent.
    pub moved: bool,
    /// Nodes of the search, at most.
    pub nodes: u64,
}

/// What was found.
pub(super) struct Answer {
    /// Work done, in nodes.
    pub work: u64,
    /// Whether the search came to its end.
    pub complete: bool,
    /// The best agents found within what was wanted, by unit.
    pub agents: Option<Vec<u32>>,
}

impl Subproblem {
    /// Looks for agents of least cost within `wanted`. `prices` by agent and kind, of the agent's whole limit,
    /// are where the ascent starts.
    pub fn solve(&self, prices: &[f64], wanted: Wanted, rng: &mut Rng) -> Answer {
        let (prices, bound) = self.ascend(prices, wanted.below);
        let mut work = (ASCENT * self.now.len() * self.agents) as u64 / 32;
        if bound > wanted.below {
            return Answer { work, complete: true, agents: None };
        }
        let Some(mut search) = Search::new(self, &prices, bound, wanted, rng) else {
            return Answer { work, complete: true, agents: None };
        };
        search.descend(0, 0.0);
        work += search.nodes;
        let complete = search.nodes < wanted.nodes || self.levelled && search.best.is_some();
        Answer { work, complete, agents: search.best }
    }

    fn whole(&self, row: usize) -> f64 {
        self.limit[row].max(1) as f64
    }

    /// Prices of a unit of each limit, where `prices` are of the whole.
    fn rates(&self, prices: &[f64]) -> Vec<f64> {
        prices.iter().enumerate().map(|(row, price)| price / self.whole(row)).collect()
    }

    /// What a unit costs on an agent, with what is charged there for what it takes; infinite where the agent is not
    /// possible.
    fn reduced(&self, unit: usize, agent: usize, rates: &[f64]) -> f64 {
        let at = unit * self.agents + agent;
        let amounts = &self.amount[at * self.kinds..][..self.kinds];
        let rates = &rates[agent * self.kinds..][..self.kinds];
        let mut sum = self.cost[at];
        for d in 0..self.kinds {
            sum += rates[d] * amounts[d] as f64;
        }
        sum
    }

    /// Subgradient ascent with the step of Polyak (1969); returns the best prices and their bound.
    fn ascend(&self, start: &[f64], below: f64) -> (Vec<f64>, f64) {
        let mut prices = start.to_vec();
        let mut best = (prices.clone(), f64::NEG_INFINITY);
        let (mut factor, mut stalled, mut least) = (1.0, 0, 0.0);
        let mut slope = vec![0.0; prices.len()];
        for step in 0..ASCENT {
            let value = self.dual(&prices, &mut slope);
            if value > best.1 {
                best = (prices.clone(), value);
                stalled = 0;
            } else {
                stalled += 1;
                if stalled >= 4 {
                    (factor, stalled) = (factor * 0.6, 0);
                    prices.clone_from(&best.0);
                }
            }
            if step == 0 {
                least = 0.02 * (below - value).abs();
            }
            if self.levelled {
                let mean = slope.iter().sum::<f64>() / slope.len().max(1) as f64;
                for s in &mut slope {
                    *s -= mean;
                }
            }
            let acts = |r: &usize| prices[*r] > 0.0 || slope[*r] > 0.0;
            let square: f64 = (0..prices.len()).filter(acts).map(|r| slope[r] * slope[r]).sum();
            if best.1 > below || square <= 1e-12 {
                break;
            }
            let length = factor * (below - value).max(least) / square;
            for (price, slope) in prices.iter_mut().zip(&slope) {
                *price = (*price + length * slope).max(0.0);
            }
        }
        best
    }

    /// The dual function; `slope` becomes the share by which each limit is exceeded at its optimum.
    fn dual(&self, prices: &[f64], slope: &mut [f64]) -> f64 {
        slope.fill(-1.0);
        let mut value = -prices.iter().sum::<f64>();
        let rates = self.rates(prices);
        for unit in 0..self.now.len() {
            let mut least = (f64::INFINITY, 0);
            for agent in 0..self.agents {
                let reduced = self.reduced(unit, agent, &rates);
                if reduced < least.0 {
                    least = (reduced, agent);
                }
            }
            value += least.0;
            for d in 0..self.kinds {
                let row = least.1 * self.kinds + d;
                slope[row] += self.amount[(unit * self.agents + least.1) * self.kinds + d] as f64 / self.whole(row);
            }
        }
        value
    }
}

/// An agent that an open unit may go to.
#[derive(Clone, Copy)]
struct Place {
    /// Reduced cost beyond the unit's cheapest agent.
    excess: f64,
    agent: u32,
}

/// The search over the units that prices leave open, those that cost most to move first: the cheap ones then
/// fill what is left.
struct Search<'s> {
    of: &'s Subproblem,
    /// Open units with their options, the cheapest first.
    open: Vec<(usize, Vec<Place>)>,
    /// What is left of each limit.
    left: Vec<i64>,
    /// Price of a unit of each limit.
    price: Vec<f64>,
    /// The most that the open units from each depth on can take of each limit.
    most: Vec<i64>,
    /// Excess and priced slack that a solution may have.
    budget: f64,
    limit: u64,
    nodes: u64,
    picked: Vec<u32>,
    best: Option<Vec<u32>>,
}

impl<'s> Search<'s> {
    fn new(of: &'s Subproblem, prices: &[f64], bound: f64, wanted: Wanted, rng: &mut Rng) -> Option<Self> {
        // Every choice within the limits of a levelled problem is worth the same but for rounding.
        let budget = wanted.below - bound + 1e-9 * (wanted.below.abs() + bound.abs());
        let price = of.rates(prices);
        let mut options: Vec<Vec<Place>> = (0..of.now.len()).map(|u| within(of, u, &price, budget)).collect();
        if wanted.moved {
            let leaves = |u: &usize| options[*u].iter().any(|o| o.agent != of.now[*u]);
            let near: Vec<usize> = (0..options.len()).filter(leaves).collect();
            let unit = *near.get(rng.below(near.len().max(1)))?;
            options[unit].retain(|o| o.agent != of.now[unit]);
        }
        let mut out = Self {
            of,
            open: Vec::new(),
            left: of.limit.clone(),
            price,
            most: Vec::new(),
            budget,
            limit: wanted.nodes,
            nodes: 0,
            picked: vec![0; options.len()],
            best: None,
        };
        let mut spent = 0.0;
        for (unit, row) in options.into_iter().enumerate() {
            if let [only] = row[..] {
                spent += only.excess;
                out.take(unit, only.agent, 1);
            } else {
                out.open.push((unit, row));
            }
        }
        out.budget -= spent;
        let key = |o: &(usize, Vec<Place>)| o.1.get(1).map_or(0.0, |second| second.excess);
        out.open.sort_by(|a, b| key(b).total_cmp(&key(a)).then(a.0.cmp(&b.0)));
        out.most = out.reachable();
        Some(out)
    }

    /// For each depth and limit, the most that the open units from there on can take.
    fn reachable(&self) -> Vec<i64> {
        let rows = self.left.len();
        let mut out = vec![0; (self.open.len() + 1) * rows];
        for depth in (0..self.open.len()).rev() {
            let (above, below) = out.split_at_mut((depth + 1) * rows);
            let above = &mut above[depth * rows..];
            above.copy_from_slice(&below[..rows]);
            let (unit, options) = &self.open[depth];
            for o in options {
                for d in 0..self.of.kinds {
                    let amount = self.of.amount[(unit * self.of.agents + o.agent as usize) * self.of.kinds + d];
                    above[o.agent as usize * self.of.kinds + d] += amount;
                }
            }
        }
        out
    }

    fn take(&mut self, unit: usize, agent: u32, sign: i64) {
        self.picked[unit] = agent;
        let (a, u) = (agent as usize * self.of.kinds, (unit * self.of.agents + agent as usize) * self.of.kinds);
        for d in 0..self.of.kinds {
            self.left[a + d] -= sign * self.of.amount[u + d];
        }
    }

    fn fits(&self, agent: u32) -> bool {
        let a = agent as usize * self.of.kinds;
        self.left[a..a + self.of.kinds].iter().all(|left| *left >= 0)
    }

    /// Excess so far with the price of the slack that no open unit can fill.
    fn least(&self, depth: usize, excess: f64) -> f64 {
        let rows = self.left.len();
        let most = &self.most[depth * rows..(depth + 1) * rows];
        let idle = self.left.iter().zip(most).zip(&self.price);
        excess + idle.map(|((left, most), price)| (left - most).max(0) as f64 * price).sum::<f64>()
    }

    fn descend(&mut self, depth: usize, excess: f64) {
        self.nodes += 1;
        if depth == 0 && self.left.iter().any(|left| *left < 0) || self.least(depth, excess) > self.budget {
            return;
        }
        if depth == self.open.len() {
            // Anything found later must be better by more than rounding.
            let worth = self.least(depth, excess);
            self.budget = worth - 1e-9 * worth.abs() - f64::MIN_POSITIVE;
            self.best = Some(self.picked.clone());
            return;
        }
        let unit = self.open[depth].0;
        for i in 0..self.open[depth].1.len() {
            let o = self.open[depth].1[i];
            let found = self.of.levelled && self.best.is_some();
            if found || self.nodes >= self.limit || excess + o.excess > self.budget {
                return;
            }
            self.take(unit, o.agent, 1);
            if self.fits(o.agent) {
                self.descend(depth + 1, excess + o.excess);
            }
            self.take(unit, o.agent, -1);
        }
    }
}

/// The agents that a unit may go to within the budget, the cheapest first.
fn within(of: &Subproblem, unit: usize, rates: &[f64], budget: f64) -> Vec<Place> {
    let reduced = |agent: usize| of.reduced(unit, agent, rates);
    let least = (0..of.agents).map(reduced).fold(f64::INFINITY, f64::min);
    let mut out: Vec<Place> = (0..of.agents)
        .map(|a| Place { excess: reduced(a) - least, agent: a as u32 })
        .filter(|o| o.excess <= budget)
        .collect();
    out.sort_by(|a, b| a.excess.total_cmp(&b.excess).then(a.agent.cmp(&b.agent)));
    out
}
