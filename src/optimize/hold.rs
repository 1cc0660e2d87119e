//! Sets that the planner's first stage finds a place for every task with. A quick replan keeps what it knows and places
//! more than a plan made anew may; what is proposed is planned anew.

use super::{
    choose::{Chooser, Chosen, Step},
    opportunities::capacity::Surplus,
};
use crate::{
    error::Error,
    model::{Quantities, TaskIx},
    plan,
};

/// Times that changes are taken back for tasks without a place.
const FITS: usize = 8;
/// Versions that are packed to see how much room can go, by pairs of a task and an agent.
const PACKS: [(usize, usize); 2] = [(2_000_000, 48), (usize::MAX, 12)];

impl Chooser<'_> {
    /// Tasks that the first stage finds no place for in a version, where they are more than were left out before.
    fn lost(&self, set: &[usize]) -> Vec<TaskIx> {
        let Ok(version) = self.lab.version(&self.ops(set)) else { return Vec::new() };
        let lost = plan::left_out(&Quantities::new(&version), self.lab.request.effort);
        if lost.len() > self.judge.before.unplaced_tasks { lost } else { Vec::new() }
    }

    /// Takes changes back until every task that had a place has one.
    pub fn fit(&self, set: &mut Vec<usize>) {
        for _ in 0..FITS {
            let lost = self.lost(set);
            if lost.is_empty() || !self.keep(set, &lost) {
                return;
            }
        }
    }

    /// Fits what was chosen, so that what room it leaves is seen as it will be.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn refit(&self, chosen: &mut Chosen) -> Result<(), Error> {
        let mut set = chosen.set.clone();
        self.fit(&mut set);
        if set == chosen.set {
            return Ok(());
        }
        if let Some(trial) = self.replan(&self.ops(&set), &chosen.trial)? {
            chosen.steps.push(Step { chosen: set.clone(), metrics: trial.metrics });
            (chosen.set, chosen.trial) = (set, trial);
        }
        Ok(())
    }

    /// Of changes that take room away, positioned from `first` on, those that a set can go without: as many at once as
    /// all tasks keep a place with, half of one that costs a task its place where that does not, until the fleet is filled
    /// as asked.
    pub fn held(&self, set: &[usize], first: usize, surplus: &Surplus) -> Vec<usize> {
        let pairs = self.q.snapshot.agents.len() * self.q.snapshot.tasks.len();
        let packs = PACKS.iter().find(|p| pairs <= p.0).map_or(0, |p| p.1);
        let mut open: Vec<usize> =
            (0..surplus.whole()).filter(|i| self.allowed(self.changes[first + i].kind)).collect();
        let mut taken: Vec<usize> = Vec::new();
        let (mut at, mut block) = (0, open.len());
        for _ in 0..packs {
            let with = |n: usize| -> Vec<usize> { taken.iter().chain(&open[at..at + n]).copied().collect() };
            block = block.min(open.len() - at);
            if block == 0 || surplus.settled(&taken) || self.until.is_over() {
                break;
            }
            // No more than what is still asked for.
            block = (1..block).find(|n| surplus.settled(&with(*n))).unwrap_or(block);
            let more = with(block);
            let version: Vec<usize> = set.iter().copied().chain(more.iter().map(|i| first + i)).collect();
            match self.lost(&version).is_empty() {
                true => {
                    taken = more;
                    at += block;
                    block *= 2;
                }
                false if block == 1 => {
                    // Half of it may do.
                    open.extend(surplus.half(open[at]));
                    at += 1;
                }
                false => block /= 2,
            }
        }
        taken.iter().map(|i| first + i).collect()
    }
}
