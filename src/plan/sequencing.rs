//! The makespan's bound from what must pass through each agent: its tasks' heads and tails in Jackson's
//! preemptive schedule, and destructive improvement of it: a length is tried, heads and tails are raised as
//! far as it compels, and where they contradict each other no plan is that short (Carlier, Pinson 1990;
//! Klein, Scholl 1999).

use super::{
    heads::Heads,
    lattice,
    one_machine::{self, Job},
};
use crate::{
    model::{Ms, NEVER},
    schedule::{Instance, NONE},
};

/// Steps of edge finding over all agents up to which lengths are tried, and rounds of each trial.
const MANY: usize = 400_000;
const ROUNDS: usize = 40;

/// Pairs of tasks and agents beyond which sequences are not looked at.
const MANY_PAIRS: usize = 4_000_000;

/// What is known of each task's place in time, and which tasks each agent must run alone.
#[derive(Debug, Clone)]
pub struct Sequencing<'i> {
    inst: &'i Instance<'i>,
    /// The tasks, predecessors first.
    tasks: Vec<u32>,
    /// Least processing time; 0 where the task is not planned.
    work: Vec<Ms>,
    head: Vec<Ms>,
    tail: Vec<Ms>,
    /// The agent of a task that can go to no other, else [`NONE`].
    only: Vec<u32>,
    /// Those tasks, for each agent with one slot.
    bound: Vec<Vec<u32>>,
}

impl<'i> Sequencing<'i> {
    /// Heads and tails of the units' tasks by precedence alone. O(tasks + arcs).
    pub fn new(inst: &'i Instance<'i>, heads: &Heads, units: &[u32]) -> Self {
        let n = inst.tasks();
        let mut is_planned = vec![false; n];
        let few = inst.pairs() <= MANY_PAIRS;
        for t in units.iter().flat_map(|u| inst.units.row(*u as usize)) {
            is_planned[*t as usize] = few && heads.finish[*t as usize] < NEVER;
        }
        let mut out = Self {
            inst,
            tasks: inst.topological.iter().copied().filter(|t| is_planned[*t as usize]).collect(),
            work: vec![0; n],
            head: vec![0; n],
            tail: vec![0; n],
            only: vec![NONE; n],
            bound: vec![Vec::new(); inst.agents.len()],
        };
        for t in &out.tasks {
            let only = single(inst, *t as usize);
            out.only[*t as usize] = only;
            // What takes no time can happen while another task runs.
            if only != NONE && inst.shortest(*t as usize) > 0 && inst.agents[only as usize].slots == 1 {
                out.bound[only as usize].push(*t);
            }
        }
        // Where no agent must run anything alone there is no sequence to look at.
        if out.bound.iter().all(Vec::is_empty) {
            return out;
        }
        out.reach(heads);
        out.spread();
        out
    }

    /// Least processing times and earliest starts.
    fn reach(&mut self, heads: &Heads) {
        let inst = self.inst;
        for t in self.tasks.iter().map(|t| *t as usize) {
            let (mut first, mut longest) = (NEVER, 0);
            self.work[t] = NEVER;
            for c in inst.choices(t).iter() {
                first = first.min(inst.agents[c.agent as usize].from);
                longest = longest.max(c.work);
                self.work[t] = self.work[t].min(c.work);
            }
            self.head[t] = inst.release[t].max(first).max(heads.finish[t] - longest);
        }
    }

    /// No plan of the tasks is shorter than the value, which is at least `known`; moments are multiples of
    /// `step`.
    pub fn makespan(&self, known: (Ms, &'static str), step: Ms) -> (Ms, &'static str) {
        let mut best = known;
        for agent in 0..self.bound.len() {
            let length = one_machine::preemptive(&self.jobs(agent));
            if length > best.0 {
                best = (length, "preemptive one-machine schedule");
            }
        }
        best.0 = lattice::up(best.0, step);
        let steps: usize = self.bound.iter().map(|tasks| tasks.len() * tasks.len()).sum();
        if steps > MANY || steps == 0 || !self.is_refuted(best.0) {
            return best;
        }
        // The least length that is not refuted: doubled steps up to one, then halved ones down to the last.
        let (mut low, mut stride) = (best.0, step);
        while self.is_refuted(low + stride) {
            low += stride;
            stride *= 2;
        }
        while stride > step {
            stride /= 2;
            if self.is_refuted(low + stride) {
                low += stride;
            }
        }
        (low + step, "edge finding")
    }

    /// True where no plan is as short as `end`.
    fn is_refuted(&self, end: Ms) -> bool {
        let mut trial = self.clone();
        let mut last = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            if !trial.raise(end) {
                return true;
            }
            trial.spread();
            if trial.tasks.iter().any(|t| trial.length(*t as usize) > end) {
                return true;
            }
            let now = (trial.head.clone(), trial.tail.clone());
            if now == last {
                return false;
            }
            last = now;
        }
        false
    }

    /// Length of the longest path through a task.
    fn length(&self, t: usize) -> Ms {
        self.head[t] + self.work[t] + self.tail[t]
    }

    /// Raises heads and tails on each agent. False where some agent cannot be done by `end`.
    fn raise(&mut self, end: Ms) -> bool {
        for agent in 0..self.bound.len() {
            for backwards in [false, true] {
                let mut tasks = self.bound[agent].clone();
                let (head, tail) = if backwards { (&self.tail, &self.head) } else { (&self.head, &self.tail) };
                let job =
                    |t: &u32| Job { head: head[*t as usize], work: self.work[*t as usize], tail: tail[*t as usize] };
                tasks.sort_unstable_by_key(|t| (head[*t as usize], tail[*t as usize], self.work[*t as usize], *t));
                let mut jobs: Vec<Job> = tasks.iter().map(job).collect();
                if !one_machine::raise_heads(&mut jobs, end) {
                    return false;
                }
                let raised = if backwards { &mut self.tail } else { &mut self.head };
                for (t, job) in tasks.iter().zip(&jobs) {
                    raised[*t as usize] = job.head;
                }
            }
        }
        true
    }

    /// Carries heads and tails along precedence.
    fn spread(&mut self) {
        for i in 0..self.tasks.len() {
            let t = self.tasks[i] as usize;
            for (p, mb) in self.inst.preds.row(t) {
                let p = *p as usize;
                self.head[t] = self.head[t].max(self.head[p] + self.work[p] + self.lag(p, t, *mb));
            }
        }
        for i in (0..self.tasks.len()).rev() {
            let t = self.tasks[i] as usize;
            for (s, mb) in self.inst.succs.row(t) {
                let s = *s as usize;
                self.tail[t] = self.tail[t].max(self.tail[s] + self.work[s] + self.lag(t, s, *mb));
            }
        }
    }

    /// The least time from the end of one task to the start of another: the transfer where both can go to
    /// one agent only, else nothing.
    fn lag(&self, from: usize, to: usize, mb: f64) -> Ms {
        let (a, b) = (self.only[from], self.only[to]);
        if a == NONE || b == NONE || self.inst.q.transfers.is_free() {
            return 0;
        }
        let ms = self.inst.transfer(a, b, mb);
        if ms >= NEVER { 0 } else { ms }
    }

    fn jobs(&self, agent: usize) -> Vec<Job> {
        let job = |t: &u32| {
            let t = *t as usize;
            Job { head: self.head[t], work: self.work[t], tail: self.tail[t] }
        };
        self.bound[agent].iter().map(job).collect()
    }
}

/// The only agent that a task can go to, or [`NONE`].
fn single(inst: &Instance<'_>, t: usize) -> u32 {
    let mut row = inst.choices(t).iter();
    match (row.next(), row.next()) {
        (Some(c), None) => c.agent,
        _ => NONE,
    }
}
