//! Which tasks come before which: happens-before as reachability over hard dependencies (Lamport 1978), and by
//! the times of the given plan.

use super::Scene;
use crate::model::TaskIx;

/// Answers for sets of tasks, 64 at a time; the scratch rows are cleared as far as they were used.
#[derive(Debug)]
pub struct Order<'s> {
    scene: &'s Scene<'s>,
    mask: Vec<u64>,
    used: Vec<u32>,
}

impl<'s> Order<'s> {
    /// Nothing asked yet.
    pub fn new(scene: &'s Scene<'s>) -> Self {
        Self { scene, mask: vec![0; scene.snapshot.tasks.len()], used: Vec::new() }
    }

    /// Pairs of positions in `tasks` (each task once), the smaller first, for which `matters` holds and neither
    /// task comes before the other; at most `most`. O(tasks / 64 · reached + tasks²/64).
    pub fn unordered(
        &mut self,
        tasks: &[TaskIx],
        most: usize,
        matters: impl Fn(usize, usize) -> bool,
    ) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        for (c, chunk) in tasks.chunks(64).enumerate() {
            // Rows of tasks after which each of the chunk comes, or which come after it.
            let ahead = self.reach(chunk, tasks, true);
            let behind = self.reach(chunk, tasks, false);
            for (j, t) in tasks.iter().enumerate().skip(64 * c + 1) {
                let mut free = !(ahead[j] | behind[j]);
                if chunk.len() < 64 {
                    free &= (1 << chunk.len()) - 1;
                }
                while free != 0 {
                    let i = 64 * c + free.trailing_zeros() as usize;
                    free &= free - 1;
                    if i < j && matters(i, j) && !self.planned_apart(tasks[i], *t) {
                        out.push((i, j));
                        if out.len() >= most {
                            return out;
                        }
                    }
                }
            }
        }
        out
    }

    /// True where `a` comes before `b` by dependencies.
    pub fn before(&mut self, a: TaskIx, b: TaskIx) -> bool {
        a != b && self.reach(&[a], &[b], true)[0] != 0
    }

    /// For each of `targets` which of `sources` (at most 64) reach it: forwards, or against the arcs.
    fn reach(&mut self, sources: &[TaskIx], targets: &[TaskIx], forwards: bool) -> Vec<u64> {
        let mut queue: Vec<TaskIx> = Vec::with_capacity(sources.len());
        for (i, t) in sources.iter().enumerate() {
            self.add(*t, 1 << i, &mut queue);
        }
        while let Some(t) = queue.pop() {
            let mask = self.mask[t.at()];
            if forwards {
                for next in &self.scene.after[t.at()] {
                    self.add(*next, mask, &mut queue);
                }
            } else {
                for d in self.scene.snapshot.task(t).depends_on.iter().filter(|d| !d.soft) {
                    self.add(d.task, mask, &mut queue);
                }
            }
        }
        let out = targets.iter().map(|t| self.mask[t.at()]).collect();
        for t in self.used.drain(..) {
            self.mask[t as usize] = 0;
        }
        out
    }

    fn add(&mut self, t: TaskIx, mask: u64, queue: &mut Vec<TaskIx>) {
        let known = &mut self.mask[t.at()];
        if *known | mask != *known {
            if *known == 0 {
                self.used.push(t.0);
            }
            *known |= mask;
            queue.push(t);
        }
    }

    /// True where the given plan runs one after the other.
    fn planned_apart(&self, a: TaskIx, b: TaskIx) -> bool {
        let at = |t: TaskIx| self.scene.plan.and_then(|p| p.placements[t.at()]);
        match (at(a), at(b)) {
            (Some(a), Some(b)) => a.finish <= b.start || b.finish <= a.start,
            _ => false,
        }
    }
}
