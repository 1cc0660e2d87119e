//! Serial schedule generation (Kolisch 1996) over a project, forward and backward, and justification: all
//! tasks as late as they can, then as early (Valls, Ballestín, Quintanilla 2005).

use super::{Project, steps::Steps};
use crate::{model::Ms, schedule::Csr};

/// The starts of one schedule, and the profiles to build the next.
#[derive(Debug, Clone)]
pub struct Generator<'p> {
    project: &'p Project,
    free: Vec<Steps>,
    /// Finish of each task; in a backward pass, the time from its start to the end.
    finish: Vec<Ms>,
    /// Elementary steps done.
    pub work: u64,
    keys: Vec<(Ms, Ms, u32)>,
}

impl<'p> Generator<'p> {
    /// Room for schedules of a project.
    pub fn new(project: &'p Project) -> Self {
        Self {
            project,
            free: project.capacity.iter().map(|c| Steps::new(*c)).collect(),
            finish: vec![0; project.len()],
            work: 0,
            keys: Vec::with_capacity(project.len()),
        }
    }

    /// Every task in the order as early as it can; returns the makespan and leaves the finishes.
    pub fn forward(&mut self, order: &[u32]) -> Ms {
        self.pass(order, &self.project.preds, true)
    }

    /// The same from the end of time, the order being successors first.
    fn backward(&mut self, order: &[u32]) -> Ms {
        self.pass(order, &self.project.succs, false)
    }

    fn pass(&mut self, order: &[u32], before: &Csr<(u32, Ms)>, released: bool) -> Ms {
        let project = self.project;
        for (free, capacity) in self.free.iter_mut().zip(&project.capacity) {
            free.clear(*capacity);
        }
        let mut last = 0;
        for t in order.iter().map(|t| *t as usize) {
            let ready = before.row(t).iter().map(|(p, lag)| self.finish[*p as usize] + lag).max().unwrap_or(0);
            let finish = self.place(t, if released { ready.max(project.release[t]) } else { ready });
            self.finish[t] = finish;
            last = last.max(finish);
        }
        self.work += 2 * order.len() as u64;
        last
    }

    /// Places a task at its earliest start from `ready` on; its finish.
    fn place(&mut self, t: usize, ready: Ms) -> Ms {
        let length = self.project.length[t];
        let needs = self.project.needs.row(t);
        let mut start = ready;
        if length > 0 {
            loop {
                let before = start;
                for need in needs {
                    start = self.free[need.word as usize].earliest(start, length, need.amounts, &mut self.work);
                }
                if needs.len() < 2 || start == before {
                    break;
                }
            }
            for need in needs {
                self.free[need.word as usize].take(start, start + length, need.amounts);
            }
        }
        start + length
    }

    /// Shifts a schedule, given by its finishes, to the right and back to the left; the makespan, which is
    /// no greater. `order` becomes the order of the new starts.
    pub fn justify(&mut self, order: &mut [u32]) -> Ms {
        // Latest finish first; what takes no time goes by precedence.
        let rank = &self.project.rank;
        self.keys.clear();
        self.keys.extend(order.iter().map(|t| (-self.finish[*t as usize], -i64::from(rank[*t as usize]), *t)));
        self.sort_into(order);
        let length = self.backward(order);
        self.keys.clear();
        self.keys.extend(order.iter().map(|t| (length - self.finish[*t as usize], i64::from(rank[*t as usize]), *t)));
        self.sort_into(order);
        self.forward(order)
    }

    /// Sorts `order` by the starts that the last forward pass gave.
    pub fn by_start(&mut self, order: &mut [u32]) {
        let project = self.project;
        self.keys.clear();
        let key = |t: &u32| {
            let i = *t as usize;
            (self.finish[i] - project.length[i], i64::from(project.rank[i]), *t)
        };
        self.keys.extend(order.iter().map(key));
        self.sort_into(order);
    }

    fn sort_into(&mut self, order: &mut [u32]) {
        self.keys.sort_unstable();
        for (t, key) in order.iter_mut().zip(&self.keys) {
            *t = key.2;
        }
        self.work += order.len() as u64;
    }

    /// Σ priority · finish of the last forward pass.
    pub fn flow(&self) -> f64 {
        self.finish.iter().zip(&self.project.weight).map(|(f, w)| w * *f as f64).sum()
    }

    /// The starts of the last forward pass.
    pub fn starts(&self) -> Vec<Ms> {
        self.finish.iter().zip(&self.project.length).map(|(f, l)| f - l).collect()
    }
}
