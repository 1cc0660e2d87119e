//! Edge finding as a proof: on an agent that does one thing at a time, a task that cannot come before some others
//! if these are to be done in time comes after them (Carlier, Pinson 1990; over task intervals: Caseau, Laburthe
//! 1994). Heads and tails are raised so, and carried along precedence, until a task no longer fits.

use super::{
    Fault,
    ground::{Ground, lifted},
    time::ms,
};
use crate::model::{Ms, TaskIx, seconds};

/// Rounds of raising and carrying.
const ROUNDS: usize = 60;

/// Steps of one round beyond which nothing is checked.
const MANY: usize = 4_000_000;

/// A task on its agent: earliest start, work, and the moment by which it has to be done.
#[derive(Clone, Copy)]
struct Job {
    head: Ms,
    work: Ms,
    due: Ms,
}

/// The makespan that a refuted trial proves, seconds.
pub(super) fn bound(g: &Ground<'_>, trial: f64, agents: &[String]) -> Result<f64, Fault> {
    let end = ms(trial)?;
    let own = own_tasks(g, agents)?;
    let steps = own.iter().fold(0usize, |sum, tasks| sum.saturating_add(tasks.len().saturating_pow(3)));
    if steps > MANY {
        return Err(Fault::broken("too many tasks of one agent to follow".into()));
    }
    let shortest = g.shortest();
    let mut head = starts(g);
    let mut tail = g.tails(&shortest);
    let proven = Ok(seconds(lifted(end.saturating_add(1), g.step())));
    for _ in 0..ROUNDS {
        let before = (head.clone(), tail.clone());
        for tasks in &own {
            for backwards in [false, true] {
                let (from, to) = if backwards { (&mut tail, &head) } else { (&mut head, &tail) };
                let job = |t: &TaskIx| Job { head: from[t.at()], work: shortest[t.at()], due: end - to[t.at()] };
                let mut jobs: Vec<Job> = tasks.iter().map(job).collect();
                if !raise(&mut jobs) {
                    return proven;
                }
                for (t, job) in tasks.iter().zip(&jobs) {
                    from[t.at()] = job.head;
                }
            }
        }
        carry(g, &shortest, &mut head, &mut tail);
        if g.order.iter().any(|t| head[t.at()] + shortest[t.at()] + tail[t.at()] > end) {
            return proven;
        }
        if (&head, &tail) == (&before.0, &before.1) {
            break;
        }
    }
    Err(Fault::broken(format!("nothing that is said refutes an end at {trial} s")))
}

/// The tasks that can go to one of the named agents only, for each that does one thing at a time.
fn own_tasks(g: &Ground<'_>, agents: &[String]) -> Result<Vec<Vec<TaskIx>>, Fault> {
    let s = g.q.snapshot;
    let mut out = vec![Vec::new(); s.agents.len()];
    let mut named = vec![false; s.agents.len()];
    for id in agents {
        let a = s.find_agent(id).ok_or_else(|| Fault::unknown("agent", id))?;
        named[a.at()] = s.agent(a).slots == 1;
    }
    for t in &g.order {
        if let Some(a) = g.only(*t).filter(|a| named[a.at()])
            && g.options(*t).all(|o| o.processing > 0)
        {
            out[a.at()].push(*t);
        }
    }
    Ok(out)
}

/// No plan starts a task sooner.
fn starts(g: &Ground<'_>) -> Vec<Ms> {
    let heads = g.heads();
    let mut out = vec![0; heads.len()];
    for t in &g.order {
        let longest = g.options(*t).map(|o| o.processing).max().unwrap_or(0);
        out[t.at()] = (heads[t.at()] - longest).max(g.q.snapshot.task(*t).release.max(0));
    }
    out
}

/// Raises the heads of one agent's jobs; false where some of them cannot all be done in time. O(n³).
fn raise(jobs: &mut [Job]) -> bool {
    let mut by_head: Vec<usize> = (0..jobs.len()).collect();
    by_head.sort_by_key(|i| std::cmp::Reverse(jobs[*i].head));
    let mut raised: Vec<Ms> = jobs.iter().map(|j| j.head).collect();
    for due in jobs.iter().map(|j| j.due) {
        // The set grows by falling heads; `done` is when the best part of it can be done.
        let (mut work, mut done) = (0, Ms::MIN);
        for i in by_head.iter().copied().filter(|i| jobs[*i].due <= due) {
            work += jobs[i].work;
            done = done.max(jobs[i].head + work);
            if done > due {
                return false;
            }
            let from = jobs[i].head;
            for (k, other) in jobs.iter().enumerate().filter(|(_, j)| j.due > due) {
                if from.min(other.head) + work + other.work > due {
                    raised[k] = raised[k].max(done);
                }
            }
        }
    }
    for (job, head) in jobs.iter_mut().zip(raised) {
        job.head = head;
    }
    true
}

/// Carries heads and tails along precedence.
fn carry(g: &Ground<'_>, shortest: &[Ms], head: &mut [Ms], tail: &mut [Ms]) {
    let lag = |from: TaskIx, to: TaskIx, mb: f64| match (g.only(from), g.only(to)) {
        (Some(a), Some(b)) => g.q.transfer(a, b, mb).unwrap_or(0),
        _ => 0,
    };
    for t in &g.order {
        for d in g.before(*t) {
            let ready = head[d.task.at()] + shortest[d.task.at()] + lag(d.task, *t, d.data_mb);
            head[t.at()] = head[t.at()].max(ready);
        }
    }
    for t in g.order.iter().rev() {
        for d in g.before(*t) {
            let rest = tail[t.at()] + shortest[t.at()] + lag(d.task, *t, d.data_mb);
            tail[d.task.at()] = tail[d.task.at()].max(rest);
        }
    }
}
