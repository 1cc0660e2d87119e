//! The chosen set planned as `distribute` plans it: what is proposed, or less of it, or another change alone.

use super::{
    cheapest::plans,
    choose::{Chooser, Tried},
    lab::Trial,
};
use crate::{error::Error, parallel};

/// Times that the chosen set is planned and cut until it is sound.
const FINISHES: usize = 4;
/// Changes that are planned alone where no set is sound, the best when they were tried first.
const FINALISTS: usize = 12;

impl Chooser<'_> {
    /// The chosen set planned to the end; where that is not sound, with changes taken back that the tasks without a
    /// place miss, or with less of it; in the end the best of single changes, or none.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn finish(&self, mut set: Vec<usize>, alone: &[Tried]) -> Result<(Vec<usize>, Option<Trial>), Error> {
        self.fit(&mut set);
        for _ in 0..FINISHES {
            let Some(trial) = self.lab.solve(&self.ops(&set))? else { break };
            if self.accepts(&trial) {
                return Ok((set, Some(trial)));
            }
            let lost = trial.left_out();
            let more = lost.len() > self.judge.before.unplaced_tasks;
            if set.is_empty() {
                break;
            }
            if !more || !self.keep(&mut set, &lost) {
                set.truncate(set.len() * 3 / 4);
            }
        }
        let unchanged = if set.is_empty() { None } else { self.lab.solve(&[])? };
        let none = (Vec::new(), unchanged.filter(|t| self.accepts(t)));
        self.single(none, alone)
    }

    /// True where a version planned to the end may be proposed, and is no worse than what there is.
    pub fn accepts(&self, trial: &Trial) -> bool {
        self.judge.is_sound(&trial.metrics) && !self.judge.better(&self.judge.before, &trial.metrics)
    }

    /// The best single change planned to the end, where plans are cheap and it is better than none: what a quick replan
    /// gains is not always what a plan made anew does.
    fn single(&self, none: (Vec<usize>, Option<Trial>), alone: &[Tried]) -> Result<(Vec<usize>, Option<Trial>), Error> {
        let few = plans(self.lab, self.q.snapshot.tasks.len()).min(FINALISTS);
        let gains = |t: &&Tried| self.admits(&[t.change]) && self.judge.better(&t.metrics, &self.start);
        let ranked = self.best_alone(alone.iter().filter(gains), few);
        let sets: Vec<Vec<usize>> = ranked.iter().map(|t| vec![t.change]).collect();
        let trials = parallel::map(sets.len(), |i| self.lab.solve(&self.ops(&sets[i])));
        let mut best = none;
        for (set, trial) in sets.into_iter().zip(trials) {
            let Some(trial) = trial?.filter(|t| self.accepts(t)) else { continue };
            let known = best.1.as_ref().map_or(&self.judge.before, |t| &t.metrics);
            if self.judge.better(&trial.metrics, known) {
                best = (set, Some(trial));
            }
        }
        Ok(best)
    }
}
