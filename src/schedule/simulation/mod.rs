//! A plan run many times: attempts vary and fail as measured, tasks start in the plan's order as soon as they can.
//!
//! The rule of dispatch: tasks take what they need in the order of their planned starts, each on its planned agent. A
//! task takes the slot of its agent, the amounts of its agent's resources and of shared resources that are free
//! soonest, and starts when it has them all, its release is over and its inputs are there. It runs attempt after
//! attempt until one succeeds (geometric, by the agent's `error_rate`); staging comes once. A slot is thereby kept for
//! the task whose turn it is, as a queue served in order does. Windows: it starts in the first that holds what it
//! takes, or after the last one begins. One run costs O((tasks + dependencies + uses) · log tasks).

mod chance;
mod pool;
mod shape;
mod statistics;

pub use shape::Shape;
pub use statistics::{Interval, quantile, share};

use super::Instance;
use crate::{
    model::{AgentIx, Ms, NEVER, Placement, Plan, TaskIx, up},
    parallel,
};
use chance::{Chance, hash};
use pool::Pool;

/// Attempts at most: an agent that fails nearly always does not hold a run up for ever.
const MOST_ATTEMPTS: usize = 1_000;
/// Runs of one job.
const RUNS_OF_A_JOB: usize = 8;

/// How often, and from where chance begins.
#[derive(Debug, Clone, Copy)]
pub struct Runs {
    /// Number of runs.
    pub count: usize,
    /// Seed.
    pub seed: u64,
}

/// What runs of a plan gave. Spans are ms.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Makespan of each run.
    pub makespans: Vec<Ms>,
    /// Deadlines missed in each run.
    pub missed: Vec<u32>,
    /// By task: runs in which it was late.
    pub late: Vec<u32>,
    /// By task: runs in which it lay on the critical path.
    pub critical: Vec<u32>,
    /// By task: Σ finish over runs.
    pub finish: Vec<f64>,
    /// By task: Σ start over runs.
    pub start: Vec<f64>,
    /// Attempts that failed, over all runs.
    pub failures: u64,
}

/// A placed task as the runs see it.
struct Job {
    task: TaskIx,
    at: Placement,
    hash: u64,
    /// Mean ms of an attempt, and ms that come once.
    attempt: f64,
    once: f64,
    fails: f64,
    /// Predecessors with the time that their outputs take.
    inputs: Vec<(u32, Ms)>,
}

/// A plan ready to be run.
pub struct Simulation<'i> {
    inst: &'i Instance<'i>,
    jobs: Vec<Job>,
    shapes: Vec<Shape>,
}

impl<'i> Simulation<'i> {
    /// Lays a plan out.
    pub fn new(inst: &'i Instance<'i>, plan: &Plan) -> Self {
        let s = inst.q.snapshot;
        let mut rank = vec![0; inst.tasks()];
        inst.topological.iter().enumerate().for_each(|(i, t)| rank[*t as usize] = i);
        let mut placed: Vec<(TaskIx, Placement)> = plan.placed().collect();
        placed.sort_by_key(|(t, p)| (p.start, p.finish, rank[t.at()]));
        let jobs = placed.into_iter().map(|(t, p)| job(inst, plan, t, p)).collect();
        Self { inst, jobs, shapes: s.agents.iter().map(|a| Shape::of(&a.metrics)).collect() }
    }

    /// Runs it. The answer is the same for any number of threads.
    pub fn run(&self, runs: Runs) -> Tally {
        let parts = parallel::parts(runs.count, RUNS_OF_A_JOB);
        let tallies = parallel::map(parts.len(), |i| {
            let mut tally = self.empty();
            for run in parts[i].clone() {
                self.once(runs.seed, run as u64, &mut tally);
            }
            tally
        });
        let mut out = self.empty();
        for t in tallies {
            out.makespans.extend(t.makespans);
            out.missed.extend(t.missed);
            out.failures += t.failures;
            let add = |to: &mut Vec<u32>, from: Vec<u32>| to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
            add(&mut out.late, t.late);
            add(&mut out.critical, t.critical);
            let add = |to: &mut Vec<f64>, from: Vec<f64>| to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
            add(&mut out.finish, t.finish);
            add(&mut out.start, t.start);
        }
        out
    }

    fn empty(&self) -> Tally {
        let n = self.inst.tasks();
        Tally { late: vec![0; n], critical: vec![0; n], finish: vec![0.0; n], start: vec![0.0; n], ..Tally::default() }
    }

    /// One run.
    fn once(&self, seed: u64, run: u64, tally: &mut Tally) {
        let mut world = World::new(self.inst);
        let mut done: Vec<Ms> = vec![0; self.inst.tasks()];
        let mut cause: Vec<Option<u32>> = vec![None; self.inst.tasks()];
        let (mut last, mut missed) = (None::<(Ms, u32)>, 0);
        for job in &self.jobs {
            let takes = self.duration(job, seed, run, &mut tally.failures);
            let mut begin = Begin { at: self.inst.release[job.task.at()].max(0), by: None };
            begin.no_sooner(self.inst.agents[job.at.agent.at()].from, None);
            for (from, moved) in &job.inputs {
                begin.no_sooner(done[*from as usize].saturating_add(*moved), Some(*from));
            }
            world.start(self.inst, job, takes, &mut begin);
            let (t, finish) = (job.task.at(), begin.at.saturating_add(takes));
            done[t] = finish;
            cause[t] = begin.by;
            tally.start[t] += begin.at as f64;
            tally.finish[t] += finish as f64;
            if finish > self.inst.deadline[t] {
                tally.late[t] += 1;
                missed += 1;
            }
            if last.is_none_or(|l| finish > l.0) {
                last = Some((finish, job.task.0));
            }
        }
        let mut at = last.map(|l| l.1);
        while let Some(t) = at {
            tally.critical[t as usize] += 1;
            at = cause[t as usize];
        }
        tally.makespans.push(last.map_or(0, |l| l.0));
        tally.missed.push(missed);
    }

    fn duration(&self, job: &Job, seed: u64, run: u64, failures: &mut u64) -> Ms {
        let mut chance = Chance::of(seed, run, job.hash);
        let shape = &self.shapes[job.at.agent.at()];
        let mut total = job.once;
        for _ in 0..MOST_ATTEMPTS {
            total += job.attempt * shape.draw(&mut chance);
            if chance.uniform() >= job.fails {
                break;
            }
            *failures += 1;
        }
        up(total)
    }
}

fn job(inst: &Instance<'_>, plan: &Plan, t: TaskIx, p: Placement) -> Job {
    let q = inst.q;
    let task = q.snapshot.task(t);
    let fails = q.snapshot.agent(p.agent).metrics.error_rate.unwrap_or(0.0);
    let length = q.on(t, p.agent).map_or(p.finish - p.start, |o| o.processing) as f64;
    let staging = q.staging(task, p.agent);
    let once = if staging.is_finite() { staging.min(length) } else { 0.0 };
    // Planned times count the attempts that are expected to fail.
    let tries = if q.snapshot.policies.expected_retries { 1.0 - fails } else { 1.0 };
    let input = |(from, mb): &(u32, f64)| {
        let other = plan.placements[*from as usize]?;
        Some((*from, inst.transfer(other.agent.0, p.agent.0, *mb)))
    };
    Job {
        task: t,
        at: p,
        hash: hash(&task.id),
        attempt: (length - once) * tries,
        once,
        fails,
        inputs: inst.preds.row(t.at()).iter().filter_map(input).collect(),
    }
}

/// When a task begins, and because of whom not sooner.
struct Begin {
    at: Ms,
    by: Option<u32>,
}

impl Begin {
    fn no_sooner(&mut self, at: Ms, by: Option<u32>) {
        if at > self.at || at == self.at && self.by.is_none() {
            (self.at, self.by) = (at, by);
        }
    }
}

/// What tasks take and give back in a run.
struct World {
    slots: Vec<Pool>,
    /// In the order of all offered dimensions; budgets have none.
    dims: Vec<Option<Pool>>,
    shared: Vec<Option<Pool>>,
}

impl World {
    fn new(inst: &Instance<'_>) -> Self {
        let mut out = Self {
            slots: inst.agents.iter().map(|a| Pool::new(i64::from(a.slots.max(1)))).collect(),
            dims: inst.offered.items().iter().map(|o| (!o.is_budget).then(|| Pool::new(o.amount))).collect(),
            shared: inst
                .shared
                .iter()
                .map(|r| (r.capacity < super::UNLIMITED).then(|| Pool::new(r.capacity)))
                .collect(),
        };
        for (agent, until) in &inst.reserved.slots {
            out.slots[agent.at()].take(1);
            out.slots[agent.at()].give(1, *until, None);
        }
        for (held, amount) in inst.reserved.held.iter().zip(&inst.held).filter(|(h, _)| h.until < NEVER) {
            if let Some(pool) = &mut out.shared[held.resource.at()] {
                pool.take(*amount);
                pool.give(*amount, held.until, None);
            }
        }
        out
    }

    /// Takes what a task needs, settles when it begins, and notes when it gives everything back.
    fn start(&mut self, inst: &Instance<'_>, job: &Job, takes: Ms, begin: &mut Begin) {
        let (t, agent) = (job.task.at(), job.at.agent.at());
        let (free, by) = self.slots[agent].take(1);
        begin.no_sooner(free, by);
        let demands = || inst.demand.row(t).iter().filter_map(|(dim, x)| Some((inst.offer_of(agent, *dim)?.0, *x)));
        for (at, amount) in demands() {
            if let Some(pool) = &mut self.dims[at] {
                let (free, by) = pool.take(amount);
                begin.no_sooner(free, by);
            }
        }
        for (r, amount) in inst.uses.row(t) {
            if let Some(pool) = &mut self.shared[*r as usize] {
                let (free, by) = pool.take(*amount);
                begin.no_sooner(free, by);
            }
        }
        window(inst, job.at.agent, takes, begin);
        let (finish, me) = (begin.at.saturating_add(takes), Some(job.task.0));
        self.slots[agent].give(1, finish, me);
        for (at, amount) in demands() {
            if let Some(pool) = &mut self.dims[at] {
                pool.give(amount, finish, me);
            }
        }
        for (r, amount) in inst.uses.row(t) {
            if let Some(pool) = &mut self.shared[*r as usize] {
                let until = inst.shared[*r as usize].per.map_or(finish, |per| begin.at.saturating_add(per));
                pool.give(*amount, until, me);
            }
        }
    }
}

/// Puts a begin off to the first window that holds the task, or to the last one's begin.
fn window(inst: &Instance<'_>, agent: AgentIx, takes: Ms, begin: &mut Begin) {
    let windows = &inst.agents[agent.at()].windows;
    let Some(last) = windows.last() else { return };
    let fits = |w: &&(Ms, Ms)| begin.at.max(w.0).saturating_add(takes) <= w.1;
    let from = windows.iter().find(fits).map_or(last.0, |w| w.0);
    if from > begin.at {
        (begin.at, begin.by) = (from, None);
    }
}
