//! The relaxation of weighted tardiness over start times: each agent follows the cheapest path through time,
//! on which a task may come again or not at all, and a price on each task draws the paths to take every task
//! once (Abdul-Razaq, Potts 1988; the bound of the time-indexed linear programme, Dyer, Wolsey 1990). Paths are
//! found by dynamic programming in whole numbers, so the bound needs no further proof. O(tasks · moments) a
//! round for each class of agents.

use super::heads::Heads;
use crate::{
    lp::gcd,
    model::{Ms, NEVER, Plan},
    schedule::{Instance, NONE, Scale},
};

/// Pairs of tasks and agents beyond which there are too many paths to follow.
const MANY: usize = 100_000;

/// Least rounds of prices: the grid is made coarser until the work allows so many, and most that help.
const ROUNDS: (u64, u64) = (100, 1_500);

/// The share of Polyak's step shrinks to this over all rounds.
const LAST: f64 = 2e-3;

/// A task with a deadline to miss.
struct Job {
    task: usize,
    weight: i64,
    due: Ms,
    /// No plan ends it sooner.
    head: Ms,
}

impl Job {
    /// Scaled cost of a finish.
    fn cost(&self, finish: Ms) -> i64 {
        self.weight * (finish.max(self.head) - self.due).max(0)
    }
}

/// Agents on which every task takes the same time.
struct Class {
    slots: i64,
    /// Job, processing time, moments that it takes, first moment of its start.
    runs: Vec<(usize, Ms, usize, usize)>,
}

/// Tasks on paths through a grid of moments.
struct Grid {
    unit: Ms,
    moments: usize,
    jobs: Vec<Job>,
    classes: Vec<Class>,
    scale: Scale,
}

/// Weighted tardiness (priority ms) that no plan of the placed tasks beats, where the grid is fine enough
/// to say something; `step` divides all times, `known` is the value of the plan, and
/// `work` bounds the moments that all rounds look at.
pub fn tardiness(
    inst: &Instance<'_>,
    heads: &Heads,
    plan: &Plan,
    step: Ms,
    known: f64,
    work: u64,
) -> Option<(f64, Priced)> {
    let grid = Grid::new(inst, heads, plan, step, work / ROUNDS.0)?;
    let known = known / grid.scale.back(1.0);
    let (best, prices) = grid.ascend(grid.first_prices(plan), known, work, inst);
    let tasks = grid.jobs.iter().map(|j| j.task);
    let priced = Priced {
        unit: grid.unit,
        moments: grid.moments,
        weight: grid.scale.factor(),
        prices: tasks.zip(prices).collect(),
    };
    Some((on_lattice(&grid.jobs, inst, step, grid.scale.back(best as f64)), priced))
}

/// Prices of tasks that prove a bound.
#[derive(Debug, Clone)]
pub struct Priced {
    /// Length of a moment.
    pub unit: Ms,
    /// How many there are.
    pub moments: usize,
    /// Integers per unit of priority.
    pub weight: f64,
    /// Task and price, in such integers times milliseconds.
    pub prices: Vec<(usize, i64)>,
}

/// The next value that tardiness can take where all weights are whole and all times multiples of a step.
fn on_lattice(jobs: &[Job], inst: &Instance<'_>, step: Ms, bound: f64) -> f64 {
    let weights: Vec<f64> = jobs.iter().map(|j| inst.weight[j.task]).collect();
    if weights.iter().any(|w| w.fract() != 0.0 || *w > 1e9) {
        return bound;
    }
    let times = jobs.iter().fold(step, |g, j| gcd(g, j.due));
    let unit = (times * weights.iter().fold(0, |g, w| gcd(g, *w as i64))) as f64;
    libm::ceil(bound / unit - 1e-6) * unit
}

impl Grid {
    fn new(inst: &Instance<'_>, heads: &Heads, plan: &Plan, step: Ms, work: u64) -> Option<Self> {
        let horizon = plan.placed().map(|p| p.1.finish).max().unwrap_or(0);
        let has_due = |t: &usize| plan.placements[*t].is_some() && inst.deadline[*t] < NEVER && inst.weight[*t] > 0.0;
        let tasks: Vec<usize> = (0..inst.tasks()).filter(has_due).collect();
        let sum: f64 = tasks.iter().map(|t| inst.weight[*t]).sum();
        if tasks.is_empty() || horizon <= 0 || inst.pairs() > MANY || !inst.reserved.fixed.is_empty() {
            return None;
        }
        let scale = Scale::for_largest((sum * horizon as f64).max(1.0), 3);
        let job = |t: &usize| Job {
            task: *t,
            weight: scale.floor(inst.weight[*t]),
            due: inst.deadline[*t],
            head: heads.finish[*t],
        };
        let mut jobs: Vec<Job> = tasks.iter().map(job).collect();
        let each = (jobs.len() * columns(inst, &jobs).len()).max(1) as u64;
        let finest = horizon / (work / each).max(1) as Ms;
        let unit = if step > finest { step } else { (finest / step + 1) * step };
        // Shorter than a moment, a task would take no time at all: the bound does without it.
        jobs.retain(|job| inst.choices(job.task).iter().all(|c| c.work >= unit));
        if 2 * jobs.len() < tasks.len() {
            return None;
        }
        let columns = columns(inst, &jobs);
        let moments = (horizon as usize).div_ceil(unit as usize);
        let run = |(j, work): &(usize, Ms)| {
            let first = inst.release[jobs[*j].task].max(jobs[*j].head - work);
            (*j, *work, (work / unit) as usize, (first / unit) as usize)
        };
        let classes =
            columns.iter().map(|(slots, runs)| Class { slots: *slots, runs: runs.iter().map(run).collect() }).collect();
        Some(Self { unit, moments, jobs, classes, scale })
    }

    /// Raises the bound by moving prices towards tasks that the paths leave out (Held, Karp 1971, with
    /// Polyak's step; prices move by squared length, as those of long tasks are large); the best bound, scaled,
    /// and its prices.
    fn ascend(&self, mut price: Vec<f64>, known: f64, work: u64, inst: &Instance<'_>) -> (i64, Vec<i64>) {
        let cells = self.moments * self.classes.iter().map(|c| c.runs.len()).sum::<usize>();
        let rounds = (work / cells.max(1) as u64).clamp(ROUNDS.0, ROUNDS.1);
        let mut length = vec![0.0f64; self.jobs.len()];
        for (j, work, _, _) in self.classes.iter().flat_map(|c| &c.runs) {
            length[*j] = length[*j].max(*work as f64);
        }
        let mut paths = Paths::new(self);
        let (mut best, mut reach, mut proving) = (0, 1.0, vec![0; price.len()]);
        let fading = libm::pow(LAST, 1.0 / rounds as f64);
        for _ in 0..rounds {
            let whole: Vec<i64> = price.iter().map(|p| libm::round(*p) as i64).collect();
            let bound = paths.bound(self, &whole);
            if bound > best {
                (best, proving) = (bound, whole);
            }
            let left_out = |j: usize| (1 - paths.times[j]) as f64;
            let norm: f64 = (0..price.len()).map(|j| left_out(j) * left_out(j) * length[j] * length[j]).sum();
            if norm == 0.0 || known - best as f64 <= known * 1e-9 || inst.limit.is_over() {
                break;
            }
            let stride = reach * (known - bound as f64) / norm;
            for (j, price) in price.iter_mut().enumerate() {
                *price += stride * length[j] * length[j] * left_out(j);
            }
            reach *= fading;
        }
        (best, proving)
    }

    /// Prices to begin with: what a task costs in a plan, and by how much it makes those behind it late.
    fn first_prices(&self, plan: &Plan) -> Vec<f64> {
        let run = |j: &Job| plan.placements[j.task].map_or((u32::MAX, 0, 0), |p| (p.agent.0, p.start, p.finish));
        let late: Vec<(u32, Ms, i64)> = self
            .jobs
            .iter()
            .map(|j| (run(j), j))
            .filter(|(r, j)| r.2 > j.due)
            .map(|(r, j)| (r.0, r.2, j.weight))
            .collect();
        let price = |j: &Job| {
            let (agent, start, finish) = run(j);
            let behind = late.iter().filter(|l| l.0 == agent).map(|l| l.2 * (l.1 - start).clamp(0, finish - start));
            (j.cost(finish) + behind.sum::<i64>()) as f64
        };
        self.jobs.iter().map(price).collect()
    }
}

/// Classes of agents by their processing times of the jobs, with their slots.
fn columns(inst: &Instance<'_>, jobs: &[Job]) -> Vec<(i64, Vec<(usize, Ms)>)> {
    let mut of: Vec<Vec<(usize, Ms)>> = vec![Vec::new(); inst.agents.len()];
    for (j, job) in jobs.iter().enumerate() {
        for c in inst.choices(job.task).iter() {
            of[c.agent as usize].push((j, c.work));
        }
    }
    let slots = |a: usize| i64::from(inst.agents[a].slots).min(jobs.len() as i64);
    let mut all: Vec<(i64, Vec<(usize, Ms)>)> =
        of.into_iter().enumerate().filter(|c| !c.1.is_empty()).map(|(a, c)| (slots(a), c)).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all.dedup_by(|later, first| {
        let same = later.1 == first.1;
        first.0 += if same { later.0 } else { 0 };
        same
    });
    all
}

/// Room for the dynamic programme, and how often the paths take each job.
struct Paths {
    least: Vec<i64>,
    last: Vec<u32>,
    times: Vec<i64>,
}

impl Paths {
    fn new(grid: &Grid) -> Self {
        Self { least: vec![0; grid.moments + 1], last: vec![NONE; grid.moments + 1], times: vec![0; grid.jobs.len()] }
    }

    /// The bound at these prices; `times` counts how often each job is taken.
    fn bound(&mut self, grid: &Grid, price: &[i64]) -> i64 {
        let mut bound: i64 = price.iter().sum();
        // A task may also end beyond the grid, where nothing holds it up.
        for ((job, price), times) in grid.jobs.iter().zip(price).zip(&mut self.times) {
            let beyond = job.cost(grid.moments as Ms * grid.unit) - price;
            *times = i64::from(beyond < 0);
            bound += beyond.min(0);
        }
        for class in &grid.classes {
            bound += class.slots * self.path(grid, class, price);
            let mut at = grid.moments;
            while at > 0 {
                let run = self.last[at];
                if run == NONE {
                    at -= 1;
                } else {
                    let (job, _, moments, _) = class.runs[run as usize];
                    self.times[job] += class.slots;
                    at -= moments;
                }
            }
        }
        bound
    }

    /// The cheapest path of one slot of a class.
    fn path(&mut self, grid: &Grid, class: &Class, price: &[i64]) -> i64 {
        for at in 1..=grid.moments {
            let (mut least, mut last) = (self.least[at - 1], NONE);
            for (i, (j, work, moments, first)) in class.runs.iter().enumerate() {
                if at < first + moments {
                    continue;
                }
                let start = at - moments;
                let cost = self.least[start] + grid.jobs[*j].cost(start as Ms * grid.unit + work) - price[*j];
                if cost < least {
                    (least, last) = (cost, i as u32);
                }
            }
            (self.least[at], self.last[at]) = (least, last);
        }
        self.least[grid.moments]
    }
}
