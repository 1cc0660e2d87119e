//! The cheapest set of changes that reaches the targets, where the sets are few enough to plan them all as `distribute`
//! does: in the order of the money that they take, so that the first that reaches them is the cheapest there is.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use super::{
    choose::Chooser,
    lab::{Lab, Trial},
};
use crate::{error::Error, parallel, plan::Effort};

/// Sets at most.
const MOST: usize = 4_096;
/// Work that all sets together may take, in tasks planned times the weight of the effort: about a millisecond each.
const WORK: u64 = 40_000;
/// Sets planned side by side.
const BATCH: usize = 8;
/// Sets looked at, admissible or not.
const LOOKED_AT: usize = 200_000;

/// What the search for the cheapest set came to.
#[derive(Debug)]
pub struct Cheapest {
    /// The set, or where none reaches the targets the nearest.
    pub set: Vec<usize>,
    /// The version with it; `None` where no set can be planned soundly.
    pub trial: Option<Trial>,
    /// Changes that sets were made of.
    pub candidates: usize,
    /// Sets planned.
    pub planned: usize,
    /// Every admissible set of the changes was planned, or takes more than the one that was chosen.
    pub exhaustive: bool,
    /// The targets are reached.
    pub reached: bool,
}

/// Weight of planning a task, by effort.
pub fn weight(effort: Effort) -> u64 {
    match effort {
        Effort::Quick => 2,
        Effort::Standard => 7,
        Effort::High => 400,
    }
}

/// Plans of so many versions that the work allows.
pub fn plans(lab: &Lab, tasks: usize) -> usize {
    (WORK / (weight(lab.request.effort) * tasks.max(1) as u64)) as usize
}

impl Chooser<'_> {
    /// Looks for the cheapest set; `None` where even a few sets would take too much work.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn cheapest(&self) -> Result<Option<Cheapest>, Error> {
        let most = plans(self.lab, self.q.snapshot.tasks.len()).min(MOST);
        let mut sets = Sets::new(self);
        if most < sets.candidates.len() {
            return Ok(None);
        }
        let candidates = sets.candidates.len();
        let mut out =
            Cheapest { set: Vec::new(), trial: None, candidates, planned: 0, exhaustive: false, reached: false };
        while !out.reached && out.planned < most && !self.until.is_over() {
            let batch = sets.next(BATCH.min(most - out.planned));
            if batch.is_empty() {
                out.exhaustive = !sets.gave_up();
                break;
            }
            let trials = parallel::map(batch.len(), |i| self.lab.solve(&self.ops(&batch[i])));
            for (set, trial) in batch.iter().zip(trials) {
                let trial = trial?;
                if out.reached {
                    continue;
                }
                out.planned += 1;
                let Some(trial) = trial.filter(|t| self.judge.is_sound(&t.metrics)) else { continue };
                if out.trial.as_ref().is_none_or(|known| self.nearness(&trial, known) == Ordering::Less) {
                    out.reached = self.judge.reached(&trial.metrics);
                    (out.set, out.trial) = (set.clone(), Some(trial));
                }
            }
        }
        out.exhaustive |= out.reached;
        Ok(Some(out))
    }

    /// Money that a set takes; what it saves elsewhere does not count against it.
    pub fn spent(&self, set: &[usize]) -> f64 {
        let sum = set.iter().map(|i| self.price(*i).max(0.0)).fold(0.0, |a, b| a + b);
        // Sums in another order are the same.
        libm::round(sum * 1e6) / 1e6
    }

    /// Which of two versions is nearer to the targets; the one before is the cheaper.
    fn nearness(&self, a: &Trial, b: &Trial) -> Ordering {
        let (a, b) = (self.judge.score(&a.metrics), self.judge.score(&b.metrics));
        let less = |x: f64, y: f64| if x < y - 1e-9 { Ordering::Less } else { Ordering::Equal };
        less(a.unplaced, b.unplaced)
            .then_with(|| if a.unplaced > b.unplaced + 1e-9 { Ordering::Greater } else { less(a.missed, b.missed) })
    }
}

/// Admissible sets by the money that they take, of equals the smaller first: each set is made of one before it by
/// adding the next dearer change, or by putting that in the place of its dearest (Lawler 1972).
struct Sets<'c> {
    chooser: &'c Chooser<'c>,
    /// Changes, the cheapest first.
    candidates: Vec<usize>,
    /// Sets to come as places among the candidates, the next at the top.
    open: BinaryHeap<Reverse<Set>>,
    /// Sets looked at.
    seen: usize,
}

/// A set in the order of what it takes.
#[derive(Debug, Clone, PartialEq)]
struct Set {
    spent: f64,
    places: Vec<usize>,
}

impl Eq for Set {}

impl PartialOrd for Set {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Set {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = self.places.len().cmp(&other.places.len());
        self.spent.total_cmp(&other.spent).then(size).then_with(|| self.places.cmp(&other.places))
    }
}

impl<'c> Sets<'c> {
    fn new(chooser: &'c Chooser<'c>) -> Self {
        let mut candidates: Vec<usize> = (0..chooser.changes.len()).filter(|i| chooser.admits(&[*i])).collect();
        candidates.sort_by(|a, b| chooser.spent(&[*a]).total_cmp(&chooser.spent(&[*b])).then(a.cmp(b)));
        let open = BinaryHeap::from([Reverse(Set { spent: 0.0, places: Vec::new() })]);
        Self { chooser, candidates, open, seen: 0 }
    }

    /// True where sets were left that nobody looked at.
    fn gave_up(&self) -> bool {
        !self.open.is_empty()
    }

    /// The next admissible sets; none where there are no more, or too many were not admissible.
    fn next(&mut self, count: usize) -> Vec<Vec<usize>> {
        let mut out = Vec::new();
        while out.len() < count && self.seen < LOOKED_AT {
            let Some(Reverse(set)) = self.open.pop() else { break };
            self.seen += 1;
            self.follow(&set);
            let changes: Vec<usize> = set.places.iter().map(|p| self.candidates[*p]).collect();
            if self.chooser.admits(&changes) {
                out.push(changes);
            }
        }
        out
    }

    fn follow(&mut self, set: &Set) {
        let next = set.places.last().map_or(0, |last| last + 1);
        if next >= self.candidates.len() {
            return;
        }
        let few = self.chooser.policies.budget_changes.is_none_or(|most| set.places.len() < most as usize);
        let longer = few.then(|| [&set.places[..], &[next]].concat());
        let other = set.places.split_last().map(|(_, rest)| [rest, &[next]].concat());
        for places in longer.into_iter().chain(other) {
            let changes: Vec<usize> = places.iter().map(|p| self.candidates[*p]).collect();
            self.open.push(Reverse(Set { spent: self.chooser.spent(&changes), places }));
        }
    }
}
