//! A small population of schedules improved by tabu search; from two of them, one between is made and
//! improved in turn (path relinking: Nowicki, Smutnicki 2005; Peng, Lü, Cheng 2015).

use super::{
    graph::{Graph, Kept},
    shop::Shop,
    tabu::{Limits, Tabu},
};
use crate::{
    model::Ms,
    schedule::{Choice, Room},
    search::Rng,
};

/// How a search is to go.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Elementary steps it may take.
    pub work: u64,
    /// No schedule is shorter.
    pub floor: Ms,
    /// Seed of the draws.
    pub seed: u64,
}

/// Schedules in the first population; each further one is twice as large, so that a small instance is
/// searched ever more widely and a large one deeply at least once.
const FEW: usize = 10;

/// Steps of tabu search without a better schedule before another start.
const STALL: u64 = 12_500;

/// Share of the work that goes into the first population.
const FIRST: u64 = 3;

/// The population and what it works with.
pub(super) struct Relinking<'s, 'i> {
    shop: &'s Shop<'i>,
    graph: Graph<'s, 'i>,
    tabu: Tabu,
    rng: Rng,
    members: Vec<Kept>,
    plan: Plan,
}

impl<'s, 'i> Relinking<'s, 'i> {
    pub fn new(shop: &'s Shop<'i>, start: &Kept, plan: Plan) -> Self {
        let used = {
            let mut agents = start.agent.clone();
            agents.sort_unstable();
            agents.dedup();
            agents.len()
        };
        Self {
            shop,
            graph: Graph::new(shop, &start.order, &start.agent),
            tabu: Tabu::new(shop.len(), used),
            rng: Rng::new(plan.seed),
            members: Vec::new(),
            plan,
        }
    }

    /// The best schedule found within the work allowed.
    pub fn run(mut self, start: &Kept) -> Kept {
        let mut best = start.clone();
        let mut most = FEW;
        while self.goes_on(&best) {
            // A new population each time the last one has grown alike; the first begins where the caller stands.
            let from = if self.members.is_empty() { best.clone() } else { self.scattered(start) };
            self.members.clear();
            let found = self.generation(&from, start, most);
            most *= 2;
            if found.makespan < best.makespan {
                best = found;
            }
        }
        best
    }

    fn goes_on(&self, best: &Kept) -> bool {
        self.graph.work_done < self.plan.work && best.makespan > self.plan.floor && !self.shop.inst.limit.is_over()
    }

    /// One population from its making until its members are alike; its best.
    fn generation(&mut self, from: &Kept, start: &Kept, most: usize) -> Kept {
        let begin = self.graph.work_done;
        let share = begin + self.plan.work.saturating_sub(begin) / FIRST;
        let mut best = self.improved(from);
        self.members.push(best.clone());
        while self.goes_on(&best) && self.graph.work_done < share && self.members.len() < most {
            let scattered = self.scattered(start);
            let child = self.improved(&scattered);
            if child.makespan < best.makespan {
                best = child.clone();
            }
            self.members.push(child);
        }
        let mut idle = 0;
        while self.goes_on(&best) && self.members.len() > 1 && idle < 2 * self.members.len() {
            let a = self.rng.below(self.members.len());
            let b = (a + 1 + self.rng.below(self.members.len() - 1)) % self.members.len();
            let between = self.between(a, b);
            let child = self.improved(&between);
            if child.makespan < best.makespan {
                best = child.clone();
            }
            idle = if self.admit(child) { 0 } else { idle + 1 };
        }
        best
    }

    fn improved(&mut self, from: &Kept) -> Kept {
        self.graph.load(&from.order, &from.agent);
        let limits = Limits { stall: STALL, work: self.plan.work, floor: self.plan.floor };
        let mut best = Kept::default();
        self.tabu.search(&mut self.graph, &mut best, &mut self.rng, &limits);
        best
    }

    /// Takes a schedule in for the worst, unless it is worse itself or much like another that is as good.
    fn admit(&mut self, child: Kept) -> bool {
        let worst = (0..self.members.len()).max_by_key(|i| self.members[*i].makespan).unwrap_or(0);
        let near = (self.shop.len() / 50).max(1);
        let alike = |m: &Kept| m.makespan <= child.makespan && distance(m, &child) <= near;
        if child.makespan >= self.members[worst].makespan || self.members.iter().any(alike) {
            return false;
        }
        self.members[worst] = child;
        true
    }

    /// A schedule between two: tasks ordered by a mean of their places in both, so that what both do in
    /// one order stays in it, and no cycle can close.
    fn between(&mut self, a: usize, b: usize) -> Kept {
        let n = self.shop.len();
        let (a, b) = (&self.members[a], &self.members[b]);
        let share = 80 + self.rng.below(97);
        let mut key = vec![0; n];
        for (i, t) in a.order.iter().enumerate() {
            key[*t as usize] += i * (256 - share);
        }
        for (i, t) in b.order.iter().enumerate() {
            key[*t as usize] += i * share;
        }
        let mut order = a.order.clone();
        order.sort_by_key(|t| (key[*t as usize], *t));
        let differ: Vec<usize> = (0..n).filter(|t| a.agent[*t] != b.agent[*t] && self.shop.movable[*t]).collect();
        let mut agent = a.agent.clone();
        if !differ.is_empty() {
            self.graph.load(&a.order, &a.agent);
            for t in differ {
                if self.rng.below(256) < share
                    && let Some(c) = self.shop.choice(t, b.agent[t])
                {
                    hand_over(self.shop, &mut self.graph.room, t, &c, &mut agent);
                }
            }
        }
        Kept { order, agent, ..Kept::default() }
    }

    /// A schedule by random priorities, each task on the agent that could finish it first.
    fn scattered(&mut self, start: &Kept) -> Kept {
        let shop = self.shop;
        let n = shop.len();
        let mut open: Vec<usize> = (0..n).map(|t| shop.preds.row(t).len()).collect();
        let mut ready: Vec<u32> = (0..n as u32).filter(|t| open[*t as usize] == 0).collect();
        let mut agent = start.agent.clone();
        let mut order = Vec::with_capacity(n);
        let mut free = shop.opens.clone();
        let mut finish: Vec<Ms> = vec![0; n];
        self.graph.load(&start.order, &start.agent);
        while !ready.is_empty() {
            let i = self.rng.below(ready.len());
            let t = ready.swap_remove(i) as usize;
            let arrival = |a: u32, agent: &[u32]| {
                let begin = shop.preds.begin(t);
                let arcs = shop.preds.row(t).iter().enumerate();
                let ends = arcs.map(|(i, p)| finish[*p as usize] + shop.lag(begin + i, agent[*p as usize], a));
                ends.fold(shop.release[t].max(free[a as usize]), Ms::max)
            };
            if shop.movable[t] {
                let end = |c: &&Choice| (arrival(c.agent, &agent) + c.work, c.agent);
                let fits = |c: &&Choice| c.agent == agent[t] || shop.fits(&self.graph.room, t, c);
                if let Some(c) = shop.choices(t).iter().filter(fits).min_by_key(end).copied() {
                    hand_over(self.shop, &mut self.graph.room, t, &c, &mut agent);
                }
            }
            let work = shop.choice(t, agent[t]).map_or(0, |c| c.work);
            finish[t] = arrival(agent[t], &agent) + work;
            free[agent[t] as usize] = finish[t];
            order.push(t as u32);
            for (s, _) in shop.succs.row(t) {
                open[*s as usize] -= 1;
                if open[*s as usize] == 0 {
                    ready.push(*s);
                }
            }
        }
        Kept { order, agent, ..Kept::default() }
    }
}

/// Puts a task on another agent if that has room; only the room is kept up to date.
fn hand_over(shop: &Shop<'_>, room: &mut Room<'_>, t: usize, c: &Choice, agent: &mut [u32]) {
    if !shop.is_roomy {
        let unit = shop.unit(t);
        let Some(old) = shop.choice(t, agent[t]) else { return };
        room.give(unit, &old);
        if !room.fits(unit, c) {
            room.take(unit, &old);
            return;
        }
        room.take(unit, c);
    }
    agent[t] = c.agent;
}

/// Tasks that follow another task in one schedule than in the other.
fn distance(a: &Kept, b: &Kept) -> usize {
    a.before.iter().zip(&b.before).filter(|(x, y)| x != y).count()
        + a.agent.iter().zip(&b.agent).filter(|(x, y)| x != y).count()
}
