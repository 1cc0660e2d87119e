//! A population of orders, each justified: two-point crossover (Hartmann 1998) with double justification
//! (Valls, Ballestín, Quintanilla 2008), in islands whose best come together at the end.

use super::{Project, generate::Generator};
use crate::{limit::Limit, model::Ms, search::Rng};

/// Orders in a population.
const SIZE: usize = 40;

/// Children in a row, by the size of the population, that do not better it before it is given up.
const PATIENCE: usize = 40;

/// One order with its schedule's worth.
#[derive(Debug, Clone)]
struct Member {
    makespan: Ms,
    flow: f64,
    order: Vec<u32>,
}

impl Member {
    fn key(&self) -> (Ms, f64) {
        (self.makespan, self.flow)
    }
}

/// How a search is to go.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Elementary steps it may take.
    pub work: u64,
    /// No makespan lies below: the search stops there.
    pub floor: Ms,
    /// Of the draws.
    pub seed: u64,
    /// When it has to end.
    pub limit: Limit,
}

/// The starts of the best schedule found from `order`.
pub fn search(project: &Project, order: Vec<u32>, plan: Plan) -> Vec<Ms> {
    let mut search = Search { project, generator: Generator::new(project), rng: Rng::new(plan.seed), plan };
    let seed = search.member(order);
    let mut best = seed.clone();
    while !search.is_over() && best.makespan > plan.floor {
        let found = search.island();
        if found.key() < best.key() {
            best = found;
        }
    }
    search.generator.forward(&best.order);
    search.generator.starts()
}

struct Search<'p> {
    project: &'p Project,
    generator: Generator<'p>,
    rng: Rng,
    plan: Plan,
}

impl Search<'_> {
    fn is_over(&self) -> bool {
        self.generator.work >= self.plan.work || self.plan.limit.is_over()
    }

    /// Schedules an order and justifies it.
    fn member(&mut self, mut order: Vec<u32>) -> Member {
        let mut makespan = self.generator.forward(&order);
        loop {
            let found = self.generator.justify(&mut order);
            if found >= makespan {
                makespan = found;
                break;
            }
            makespan = found;
        }
        self.generator.by_start(&mut order);
        let flow = self.generator.flow();
        Member { makespan, flow, order }
    }

    /// One population, until it stagnates.
    fn island(&mut self) -> Member {
        let mut members: Vec<Member> = Vec::with_capacity(SIZE);
        for _ in 0..SIZE {
            let order = self.sampled();
            members.push(self.member(order));
        }
        members.sort_by(|a, b| a.key().partial_cmp(&b.key()).unwrap_or(std::cmp::Ordering::Equal));
        let mut since = 0;
        while !self.is_over() && members[0].makespan > self.plan.floor && since < PATIENCE * SIZE {
            let (a, b) = (self.rng.below(SIZE).min(self.rng.below(SIZE)), self.rng.below(SIZE));
            if a == b {
                continue;
            }
            let mut order = self.crossed(&members[a].order, &members[b].order);
            self.mutate(&mut order);
            let child = self.member(order);
            since += 1;
            let at = members.partition_point(|m| m.key() < child.key());
            if at < SIZE && members[at].key() != child.key() {
                members.pop();
                if at == 0 {
                    since = 0;
                }
                members.insert(at, child);
            }
        }
        members.swap_remove(0)
    }

    /// An order by longest tail, disturbed at random: of the tasks that are open, those with long tails more
    /// likely (regret-based biased sampling; Drexl 1991).
    fn sampled(&mut self) -> Vec<u32> {
        let n = self.project.len();
        let mut open: Vec<u32> = (0..n).map(|t| self.project.preds.row(t).len() as u32).collect();
        let mut ready: Vec<u32> = (0..n as u32).filter(|t| open[*t as usize] == 0).collect();
        let mut order = Vec::with_capacity(n);
        while !ready.is_empty() {
            let tail = |t: &u32| self.project.tail[*t as usize] as f64;
            let least = ready.iter().map(tail).fold(f64::INFINITY, f64::min);
            let most = ready.iter().map(tail).fold(0.0, f64::max);
            let share = |t: &u32| tail(t) - least + (most - least) * 0.1 + 1.0;
            let sum: f64 = ready.iter().map(share).sum();
            let mut x = self.rng.unit() * sum;
            let pick = ready.iter().position(|t| {
                x -= share(t);
                x <= 0.0
            });
            let t = ready.swap_remove(pick.unwrap_or(ready.len() - 1));
            order.push(t);
            for (s, _) in self.project.succs.row(t as usize) {
                open[*s as usize] -= 1;
                if open[*s as usize] == 0 {
                    ready.push(*s);
                }
            }
        }
        self.generator.work += n as u64 * 8;
        order
    }

    /// The mother's order with a stretch of it as the father has it.
    fn crossed(&mut self, mother: &[u32], father: &[u32]) -> Vec<u32> {
        let n = mother.len();
        let (x, y) = (self.rng.below(n + 1), self.rng.below(n + 1));
        let (from, until) = (x.min(y), x.max(y));
        let mut taken = vec![false; n];
        let mut child = Vec::with_capacity(n);
        let mut add = |child: &mut Vec<u32>, t: u32| {
            if !std::mem::replace(&mut taken[t as usize], true) {
                child.push(t);
            }
        };
        for t in &mother[..from] {
            add(&mut child, *t);
        }
        for t in father {
            if child.len() >= until {
                break;
            }
            add(&mut child, *t);
        }
        for t in mother {
            add(&mut child, *t);
        }
        child
    }

    /// Exchanges neighbours in the order here and there.
    fn mutate(&mut self, order: &mut [u32]) {
        for i in 1..order.len() {
            if self.rng.one_in(20) {
                let (a, b) = (order[i - 1], order[i]);
                if !self.project.preds.row(b as usize).iter().any(|(p, _)| *p == a) {
                    order.swap(i - 1, i);
                }
            }
        }
        self.generator.work += order.len() as u64 / 2;
    }
}
