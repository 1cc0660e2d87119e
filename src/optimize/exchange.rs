//! What follows the greedy choice: changes that the set does as well without go, one that was chosen gives way to one
//! that was not where that is better, and what leaves tasks without a place is taken back.

use super::{
    change::Kind,
    choose::{Chooser, Tried},
    lab::Trial,
};
use crate::{
    error::Error,
    model::{Obstacle, TaskIx},
};

/// Changes in a set up to which it is looked at one by one.
const FEW: usize = 16;
/// Changes not chosen that are tried in the place of one, the best alone first.
const PARTNERS: usize = 12;
/// Exchanges tried in all, by the pairs of task and agent.
const SWAPS: [(usize, usize); 2] = [(20_000, 96), (usize::MAX, 12)];
/// Exchanges made at most.
const ROUNDS: usize = 3;

impl Chooser<'_> {
    /// Thins a set, exchanges its changes one for one as long as that is better, and thins it again.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn exchange(&self, set: Vec<usize>, at: Trial, alone: &[Tried]) -> Result<(Vec<usize>, Trial), Error> {
        let (mut set, mut at) = self.thin(set, at)?;
        for _ in 0..ROUNDS {
            let swaps = self.swaps(&set, alone);
            let found = if self.judge.targets.is_empty() || !self.judge.reached(&at.metrics) {
                self.best(&swaps, &at, set.len())?
            } else {
                self.cheaper(&set, &at, swaps)?
            };
            let Some((better, trial)) = found else { break };
            (set, at) = self.thin(better, trial)?;
        }
        Ok((set, at))
    }

    /// Of exchanges that reach the targets too, the one that takes least money, where that is less than before.
    fn cheaper(&self, set: &[usize], at: &Trial, swaps: Vec<Vec<usize>>) -> Result<Option<(Vec<usize>, Trial)>, Error> {
        let now = self.spent(set);
        let mut less: Vec<Vec<usize>> = swaps.into_iter().filter(|s| self.spent(s) < now).collect();
        less.sort_by(|a, b| self.spent(a).total_cmp(&self.spent(b)).then(a.cmp(b)));
        let trials = self.trials(&less, at)?;
        let reaches = |t: &Trial| self.judge.is_sound(&t.metrics) && self.judge.reached(&t.metrics);
        Ok(less.into_iter().zip(trials).find_map(|(set, trial)| Some((set, trial.filter(reaches)?))))
    }

    /// Drops changes that the set does as well without, from the last on.
    fn thin(&self, mut set: Vec<usize>, mut at: Trial) -> Result<(Vec<usize>, Trial), Error> {
        if set.len() > FEW {
            return Ok((set, at));
        }
        for i in (0..set.len()).rev() {
            let mut less = set.clone();
            less.remove(i);
            let Some(trial) = self.trials(std::slice::from_ref(&less), &at)?.pop().flatten() else { continue };
            if self.judge.is_sound(&trial.metrics) && !self.judge.better(&at.metrics, &trial.metrics) {
                set = less;
                at = trial;
            }
        }
        Ok((set, at))
    }

    /// The set with one change in the place of another.
    fn swaps(&self, set: &[usize], alone: &[Tried]) -> Vec<Vec<usize>> {
        if set.len() > FEW {
            return Vec::new();
        }
        let open = |t: &&Tried| !set.contains(&t.change) && self.allowed(self.changes[t.change].kind);
        let partners = self.best_alone(alone.iter().filter(open), PARTNERS);
        let pairs = self.q.snapshot.agents.len() * self.q.snapshot.tasks.len();
        let most = SWAPS.iter().find(|s| pairs <= s.0).map_or(0, |s| s.1);
        let mut out = Vec::new();
        for other in partners.into_iter().map(|t| t.change) {
            for place in 0..set.len() {
                let mut swapped = set.to_vec();
                swapped[place] = other;
                if out.len() < most && self.admits(&swapped) {
                    out.push(swapped);
                }
            }
        }
        out
    }

    /// So many of the changes tried alone, the best first.
    pub fn best_alone<'t>(&self, tried: impl Iterator<Item = &'t Tried>, most: usize) -> Vec<&'t Tried> {
        let mut ranked: Vec<&Tried> = tried.collect();
        let score = |t: &Tried| self.judge.score(&t.metrics);
        ranked.sort_by(|a, b| {
            let order = score(a).partial_cmp(&score(b)).unwrap_or(std::cmp::Ordering::Equal);
            order.then(a.change.cmp(&b.change))
        });
        ranked.truncate(most);
        ranked
    }

    /// True where policies allow a set, and no two of its changes are about the same.
    pub fn admits(&self, set: &[usize]) -> bool {
        let own = |i: &usize| &self.changes[*i].subject;
        let apart = set.iter().enumerate().all(|(n, i)| set[..n].iter().all(|other| own(other) != own(i)));
        let few = self.policies.budget_changes.is_none_or(|most| set.len() <= most as usize);
        let paid = || self.policies.budget_money.is_none_or(|m| set.iter().map(|i| self.price(*i)).sum::<f64>() <= m);
        apart && few && set.iter().all(|i| self.allowed(self.changes[*i].kind)) && paid()
    }

    /// Takes out of a set what the tasks without a place miss most, lowered capacities before retirements; false where
    /// there is none.
    pub fn keep(&self, set: &mut Vec<usize>, lost: &[TaskIx]) -> bool {
        let mut missed: Vec<(bool, usize, usize)> = Vec::new();
        let takes = |kind: Kind| matches!(kind, Kind::RetireAgent | Kind::LowerCapacity);
        for (place, i) in set.iter().enumerate().filter(|(_, i)| takes(self.changes[**i].kind)) {
            // The version's indices are not those of the fleet as it is, where it has agents more.
            let Some(a) = self.changes[*i].agents.first().and_then(|id| self.q.snapshot.find_agent(id)) else {
                continue;
            };
            let down = |o: &Obstacle| matches!(o, Obstacle::Down(_));
            let could = lost.iter().filter(|t| self.q.obstacles(**t, a).iter().all(down)).count();
            if could > 0 {
                missed.push((self.changes[*i].kind == Kind::LowerCapacity, could, place));
            }
        }
        missed.sort_unstable_by(|a, b| b.cmp(a));
        // A few at a time: each takes several of the tasks, and moves make room besides.
        let few = lost.len().div_ceil(4).max(1);
        let mut places: Vec<usize> = missed.into_iter().take(few).map(|m| m.2).collect();
        places.sort_unstable();
        for place in places.iter().rev() {
            set.remove(*place);
        }
        !places.is_empty()
    }
}
