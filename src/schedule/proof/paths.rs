//! Prices of start times as a proof: every slot of every agent follows the cheapest path through moments, on which
//! a task may come again or not at all (Abdul-Razaq, Potts 1988). One pass of dynamic programming in whole numbers.

use std::collections::BTreeMap;

use super::{
    Fault,
    ground::{Ground, gcd},
    time::ms,
};
use crate::model::{Ms, NEVER, TaskIx};

/// Steps of the dynamic programme beyond which nothing is checked.
const MANY: usize = 100_000_000;

/// A task with its price.
struct Job {
    task: TaskIx,
    price: i128,
    weight: i128,
    due: Ms,
    head: Ms,
}

impl Job {
    /// What it costs to end it then.
    fn cost(&self, finish: Ms) -> i128 {
        self.weight * i128::from((finish.max(self.head) - self.due).max(0))
    }
}

/// A run of a job on an agent: job, processing time, its moments, the first moment at which it may start.
type Run = (usize, Ms, usize, usize);

/// The weighted tardiness that prices prove, priority seconds.
pub(super) fn bound(
    g: &Ground<'_>,
    moment: f64,
    moments: u32,
    weight: f64,
    prices: &BTreeMap<String, i64>,
) -> Result<f64, Fault> {
    let unit = ms(moment)?;
    let end = unit.saturating_mul(Ms::from(moments));
    if unit < 1 || end >= NEVER || !weight.is_finite() || weight <= 0.0 || weight > 1e12 {
        return Err(Fault::malformed("its moments or weights are no lengths or units".into()));
    }
    let jobs = jobs(g, weight, prices)?;
    let agents = runs(g, &jobs, unit)?;
    let moments = moments as usize;
    let runs: usize = agents.iter().map(|a| a.1.len()).sum();
    if runs.saturating_add(1).saturating_mul(moments) > MANY {
        return Err(Fault::broken("its moments are too many to follow".into()));
    }
    let mut least = vec![0i128; moments + 1];
    let mut sum: i128 = 0;
    for job in &jobs {
        // A task may also end beyond the last moment.
        sum += job.price + (job.cost(end) - job.price).min(0);
    }
    for (slots, runs) in &agents {
        sum += i128::from(*slots) * path(&jobs, runs, unit, &mut least);
    }
    let found = sum.max(0) as f64 / weight;
    Ok(on_lattice(g, &jobs, found) / 1000.0)
}

fn jobs(g: &Ground<'_>, weight: f64, prices: &BTreeMap<String, i64>) -> Result<Vec<Job>, Fault> {
    let heads = g.heads();
    let mut out = Vec::with_capacity(prices.len());
    for (id, price) in prices {
        let task = g.q.snapshot.find_task(id).ok_or_else(|| Fault::unknown("task", id))?;
        if !g.is_placed(task) {
            return Err(Fault::broken(format!("`{id}` is not placed, so it proves nothing")));
        }
        let own = g.q.snapshot.task(task);
        let due = own.deadline.ok_or_else(|| Fault::broken(format!("`{id}` has no deadline")))?;
        let weight = libm::floor(own.priority * weight + 1e-4) as i128;
        let head = heads[task.at()];
        // Sums of so many such numbers fit 128 bits.
        if price.unsigned_abs() > 1 << 60 || weight > 1 << 50 {
            return Err(Fault::broken("its prices or weights are too large".into()));
        }
        out.push(Job { task, price: i128::from(*price), weight, due, head });
    }
    Ok(out)
}

/// Slots and runs of each kind of agent.
fn runs(g: &Ground<'_>, jobs: &[Job], unit: Ms) -> Result<Vec<(i64, Vec<Run>)>, Fault> {
    let s = g.q.snapshot;
    let mut of: Vec<Vec<Run>> = vec![Vec::new(); s.agents.len()];
    for (j, job) in jobs.iter().enumerate() {
        for o in g.options(job.task) {
            let work = o.processing;
            if work < unit {
                let id = &s.task(job.task).id;
                return Err(Fault::broken(format!("`{id}` takes less than a moment")));
            }
            let first = s.task(job.task).release.max(0).max(job.head - work);
            of[o.agent.at()].push((j, work, (work / unit) as usize, (first / unit) as usize));
        }
    }
    let mut kinds: BTreeMap<Vec<Run>, i64> = BTreeMap::new();
    for (agent, runs) in s.agents.iter().zip(of).filter(|(_, runs)| !runs.is_empty()) {
        *kinds.entry(runs).or_insert(0) += i64::from(agent.slots).min(jobs.len() as i64);
    }
    Ok(kinds.into_iter().map(|(runs, slots)| (slots, runs)).collect())
}

/// The cheapest path of one slot.
fn path(jobs: &[Job], runs: &[Run], unit: Ms, least: &mut [i128]) -> i128 {
    for at in 1..least.len() {
        let mut best = least[at - 1];
        for (j, work, moments, first) in runs {
            if at >= first + moments {
                let start = at - moments;
                let job = &jobs[*j];
                best = best.min(least[start] + job.cost(start as Ms * unit + work) - job.price);
            }
        }
        least[at] = best;
    }
    least.last().copied().unwrap_or(0)
}

/// The next value that tardiness can take where weights are whole and times multiples of a step.
fn on_lattice(g: &Ground<'_>, jobs: &[Job], bound: f64) -> f64 {
    let weights = || jobs.iter().map(|j| g.q.snapshot.task(j.task).priority);
    if weights().any(|w| libm::floor(w) != w || w > 1e9) {
        return bound;
    }
    let times = jobs.iter().fold(g.step(), |step, j| gcd(step, j.due));
    let unit = times as f64 * weights().fold(0, |g, w| gcd(g, w as i64)) as f64;
    if unit > 0.0 { libm::ceil(bound / unit - 1e-6) * unit } else { bound }
}
