//! The relaxation of weighted tardiness over time buckets: what an agent finishes by each bucket's end
//! fits before it, and a task that finishes in a bucket is as late as the bucket's beginning at least.

use super::heads::Heads;
use crate::{
    lp::{Columns, Rows},
    model::{Ms, NEVER},
    schedule::{Choice, Instance, Scale},
};

/// Tasks with deadlines, each to be finished on an agent within a bucket.
#[derive(Debug)]
pub struct Buckets<'i> {
    inst: &'i Instance<'i>,
    heads: &'i Heads,
    tasks: Vec<u32>,
    /// Bucket b lies between edge b and edge b + 1; the last one is open and has no row.
    edges: Vec<Ms>,
    /// One row per agent and bucket.
    pub rows: Rows,
    /// Scale of the costs (priority ms).
    pub scale: Scale,
}

/// Entries that one pass over the columns may take.
const ENTRIES: usize = 4_000_000;

impl<'i> Buckets<'i> {
    /// Buckets up to `horizon`, as many as the size allows; `None` where no task has a deadline to miss.
    pub fn new(inst: &'i Instance<'i>, heads: &'i Heads, placed: &[bool], horizon: Ms) -> Option<Self> {
        let has_due =
            |t: &u32| placed[*t as usize] && inst.deadline[*t as usize] < NEVER && inst.weight[*t as usize] > 0.0;
        let tasks: Vec<u32> = (0..inst.tasks() as u32).filter(has_due).collect();
        if tasks.is_empty() || horizon <= 0 {
            return None;
        }
        let pairs: usize = tasks.iter().map(|t| inst.choices(*t as usize).width()).sum();
        let count = libm::sqrt(2.0 * ENTRIES as f64 / pairs.max(1) as f64).clamp(3.0, 160.0) as usize;
        let edges = edges(inst, &tasks, horizon, count);
        let heaviest = tasks.iter().map(|t| inst.weight[*t as usize]).fold(0.0, f64::max);
        let scale = Scale::for_largest((heaviest * horizon as f64 * tasks.len() as f64).max(1.0), 3);
        Some(Self { inst, heads, tasks, edges: Vec::new(), rows: Rows::default(), scale }.between(edges))
    }

    /// The same tasks in other buckets.
    pub fn between(mut self, edges: Vec<Ms>) -> Self {
        self.rows = Rows::default();
        for agent in &self.inst.agents {
            for end in &edges[1..] {
                self.rows.push_fixed(i64::from(agent.slots).saturating_mul((end - agent.from).max(0)));
            }
        }
        self.edges = edges;
        self
    }

    /// Where buckets begin; the last one is open.
    pub fn edges(&self) -> &[Ms] {
        &self.edges
    }

    /// The task of a group.
    pub fn task(&self, group: usize) -> u32 {
        self.tasks[group]
    }

    /// Cost of finishing task `t` in a bucket that begins at `edge`.
    fn cost(&self, t: usize, edge: Ms) -> i64 {
        let finish = edge.max(self.heads.finish[t]);
        self.scale.floor(self.inst.weight[t] * (finish - self.inst.deadline[t]).max(0) as f64)
    }

    /// By how much a column of task `t` misses its deadline, ms.
    pub fn lateness(&self, t: usize, key: u32) -> Ms {
        let edge = self.edges[key as usize % self.edges.len()];
        (edge.max(self.heads.finish[t]) - self.inst.deadline[t]).max(0)
    }

    fn visit_choice(
        &self,
        t: usize,
        c: &Choice,
        entries: &mut Vec<(u32, i64)>,
        see: &mut impl FnMut(u32, i64, &[(u32, i64)]),
    ) {
        let rows = self.edges.len() - 1;
        let base = c.agent as usize * rows;
        // Buckets that begin by the deadline cost nothing; only the latest of them can be worth its rows.
        let first = self.edges.partition_point(|e| *e <= self.inst.deadline[t]).saturating_sub(1);
        for b in first..=rows {
            entries.clear();
            entries.extend((b..rows).map(|r| ((base + r) as u32, c.work)));
            see((c.agent * (rows as u32 + 1)).wrapping_add(b as u32), self.cost(t, self.edges[b]), entries);
        }
    }
}

impl Columns for Buckets<'_> {
    fn groups(&self) -> usize {
        self.tasks.len()
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        let t = self.tasks[group] as usize;
        let mut entries = Vec::new();
        for c in self.inst.choices(t).iter() {
            self.visit_choice(t, &c, &mut entries, see);
        }
    }
}

/// Edges from 0 to the horizon: half of them at quantiles of the deadlines, half evenly spread.
fn edges(inst: &Instance<'_>, tasks: &[u32], horizon: Ms, count: usize) -> Vec<Ms> {
    let mut due: Vec<Ms> = tasks.iter().map(|t| inst.deadline[*t as usize].clamp(0, horizon)).collect();
    due.sort_unstable();
    let half = (count / 2).max(1);
    let mut out: Vec<Ms> = (0..=half).map(|i| horizon / half as Ms * i as Ms).collect();
    out.extend((0..half).map(|i| due[i * due.len() / half]));
    out.sort_unstable();
    out.dedup();
    out
}
