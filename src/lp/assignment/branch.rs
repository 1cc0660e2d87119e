//! Depth-first branch and bound on the group with the fewest agents left, its likeliest agent first.

use super::{
    super::divisor::gcd,
    node::{FAR, Node, Scaled},
};

/// Entries of a knapsack's table, at most.
const TABLE: usize = 4_000_000;
/// Pairs up to which nodes branch; beyond, only the root is bounded.
const BRANCHED: usize = 20_000;
/// Steps of the prices at the root and elsewhere.
const ROOT_STEPS: u32 = 300;
const STEPS: u32 = 25;

/// One agent for each group, at least cost, within each agent's room.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Number of agents.
    pub agents: usize,
    /// Cost and size by group and agent; `None` where the agent is not possible.
    pub pairs: Vec<Option<(i64, i64)>>,
    /// Room, by agent.
    pub room: Vec<i64>,
}

/// What the search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// No choice within the rooms costs less than this, or than the cost that was known.
    pub bound: i64,
    /// The search came to its end.
    pub complete: bool,
    /// A choice that costs less than what was known: the agent of each group.
    pub better: Option<Vec<u32>>,
    /// What each group earns at the best relaxation of the whole problem, times `2^shift`; empty where none was.
    pub prices: Vec<i64>,
    /// Binary digits after the point of the prices.
    pub shift: u32,
}

/// Looks for a choice that costs less than `known`, from `prices` of the groups on, within `work` entries of
/// tables. `None` where numbers or tables are too large.
pub fn solve(problem: &Problem, prices: &[f64], known: i64, work: u64) -> Option<Outcome> {
    let groups = problem.pairs.len() / problem.agents.max(1);
    let dearest = problem.pairs.iter().flatten().map(|p| p.0.abs()).max()?;
    let size_step = (0..problem.agents).map(|a| size_step(problem, a)).collect::<Vec<_>>();
    let room = |a: usize| {
        let whole: i64 = (0..groups).filter_map(|g| problem.pairs[g * problem.agents + a]).map(|p| p.1).sum();
        (problem.room[a].clamp(0, whole) / size_step[a]) as usize
    };
    let rooms: Vec<usize> = (0..problem.agents).map(room).collect();
    // Every sum of profits fits 31 bits.
    let shift = (0..=6).rev().find(|s| (dearest << s) <= (1 << 29) / (3 * groups.max(1)) as i64)?;
    if rooms.iter().any(|r| (r + 1) * (groups + 1) > TABLE) {
        return None;
    }
    let pairs = || problem.pairs.iter().enumerate();
    let of = Scaled {
        agents: problem.agents,
        groups,
        cost: pairs().map(|(_, p)| p.map_or(0, |p| (p.0 << shift) as i32)).collect(),
        size: pairs().map(|(i, p)| p.map_or(0, |p| (p.1 / size_step[i % problem.agents]) as usize)).collect(),
        dearest: ((2 * dearest) << shift) as i32,
    };
    let root = Node {
        open: problem.pairs.iter().map(Option::is_some).collect(),
        agent: vec![None; groups],
        room: rooms,
        base: 0,
        price: prices.iter().map(|p| p * f64::from(1 << shift)).collect(),
    };
    let mut tree = Tree {
        of: &of,
        shift,
        known,
        work,
        spent: 0,
        cut: false,
        at_root: i64::MIN,
        better: None,
        whole: None,
        closed: false,
    };
    tree.visit(root, ROOT_STEPS);
    let bound = if tree.cut { tree.at_root.min(tree.known) } else { tree.known };
    let prices = tree.whole.map_or_else(Vec::new, |(_, prices)| prices.into_iter().map(i64::from).collect());
    Some(Outcome { bound, complete: !tree.cut, better: tree.better, prices, shift })
}

/// What an agent's sizes are all multiples of.
fn size_step(problem: &Problem, agent: usize) -> i64 {
    let sizes = problem.pairs.iter().skip(agent).step_by(problem.agents).flatten().map(|p| p.1);
    sizes.fold(0, gcd).max(1)
}

struct Tree<'p> {
    of: &'p Scaled,
    shift: u32,
    /// The least cost known.
    known: i64,
    work: u64,
    spent: u64,
    /// Some node was not seen through.
    cut: bool,
    /// The root's bound.
    at_root: i64,
    better: Option<Vec<u32>>,
    /// The best value of the whole problem's relaxation, before any pair is closed, and its prices.
    whole: Option<(i64, Vec<i32>)>,
    /// Some pair was closed, or the search has branched.
    closed: bool,
}

impl Tree<'_> {
    /// Values above this cannot lead to less than what is known.
    fn enough(&self) -> i64 {
        (self.known - 1) << self.shift
    }

    fn visit(&mut self, mut node: Node, steps: u32) {
        loop {
            self.cut |= self.spent >= self.work;
            if self.cut || !node.propagate(self.of) {
                return;
            }
            let Some((value, price)) = self.ascend(&mut node, steps) else { return };
            let (chosen, work) = node.chosen(self.of, &price, value);
            self.spent += work;
            self.closed = true;
            let (mut closed, mut left) = (0, 0);
            for (pair, value) in chosen.iter().enumerate() {
                if node.open[pair] && node.agent[pair / self.of.agents].is_none() {
                    node.open[pair] = *value <= self.enough();
                    if node.open[pair] { left += 1 } else { closed += 1 }
                }
            }
            // Where much was closed, prices are worth another look before branching.
            if closed * 5 >= left {
                continue;
            }
            self.cut |= node.open.len() > BRANCHED;
            if !self.cut && node.propagate(self.of) {
                self.branch(&node, chosen);
            }
            return;
        }
    }

    /// Visits the children of a node: each agent of the group that has fewest, of equals the one that loses most
    /// by its second best.
    fn branch(&mut self, node: &Node, chosen: Vec<i64>) {
        let options = |group: usize| {
            let mut row: Vec<(i64, usize)> =
                node.options(self.of, group).map(|a| (chosen[group * self.of.agents + a], a)).collect();
            row.sort_unstable();
            row
        };
        let key = |group: &usize| {
            let row = options(*group);
            (row.len(), std::cmp::Reverse(row.get(1).map_or(FAR, |second| second.0)), *group)
        };
        let Some(group) = node.undecided().min_by_key(key) else {
            self.visit(node.clone(), STEPS);
            return;
        };
        let children = options(group);
        drop(chosen);
        for (_, a) in children {
            let mut child = node.clone();
            for b in (0..self.of.agents).filter(|b| *b != a) {
                child.open[group * self.of.agents + b] = false;
            }
            self.visit(child, STEPS);
        }
    }

    /// Keeps the prices of the whole problem. A group with one agent earns enough to be taken there.
    fn keep(&mut self, node: &Node, best: &(i64, Vec<i32>)) {
        if !self.closed {
            let price = |g: usize| if node.agent[g].is_some() { self.of.dearest } else { best.1[g] };
            self.whole = Some((best.0, (0..self.of.groups).map(price).collect()));
        }
    }

    /// Subgradient ascent of the groups' prices with the step of Polyak (1969); `None` where the node is done:
    /// it holds nothing better, or its optimum is found.
    fn ascend(&mut self, node: &mut Node, steps: u32) -> Option<(i64, Vec<i32>)> {
        let mut best: (i64, Vec<i32>) = (i64::MIN, Vec::new());
        let (mut factor, mut stalled) = (if steps == ROOT_STEPS { 1.5 } else { 0.8 }, 0);
        let mut prices = node.price.clone();
        for _ in 0..steps {
            let whole: Vec<i32> =
                prices.iter().map(|p| libm::round(*p).clamp(0.0, f64::from(self.of.dearest)) as i32).collect();
            let found = node.relaxed(self.of, &whole);
            self.spent += found.work;
            stalled += 1;
            if found.value > best.0 {
                best = (found.value, whole);
                self.keep(node, &best);
                stalled = 0;
            } else if stalled >= 5 {
                (factor, stalled) = (factor * 0.7, 0);
            }
            if steps == ROOT_STEPS {
                self.at_root = self.at_root.max(-((-best.0) >> self.shift));
            }
            self.cut |= self.spent >= self.work;
            if best.0 > self.enough() || self.cut {
                return None;
            }
            let off = |g: usize| 1 - found.count[g];
            let square: i32 = node.undecided().map(|g| off(g) * off(g)).sum();
            if square == 0 {
                // Each group is chosen once: its price cancels, and the value is what the choice costs.
                self.known = found.value >> self.shift;
                self.better = Some(found.agent);
                return None;
            }
            let unit = f64::from(1 << self.shift);
            let length =
                factor * (self.enough() as f64 + unit - found.value as f64).max(0.2 * unit) / f64::from(square);
            for g in node.undecided() {
                prices[g] = (prices[g] + length * f64::from(off(g))).clamp(0.0, f64::from(self.of.dearest));
            }
        }
        node.price = best.1.iter().map(|p| f64::from(*p)).collect();
        Some(best)
    }
}
