//! Which changes to propose: each of the most promising is tried alone, then sets grow greedily, each step planned
//! again, then what no longer helps is dropped.
//!
//! Changes of one kind come in ladders (the best 1, 2, 4, … of them), so that a fleet of a thousand agents is
//! rightsized in a few steps; the ladder's best length is then closed in on. Trials run in parallel and are compared
//! in their order, so neither the number of threads nor chance shows in the choice.

use super::{
    change::{Change, Kind},
    judge::Judge,
    lab::{Lab, Trial, solve},
    measure::Metrics,
};
use crate::{
    error::Error,
    limit::Limit,
    model::{Policies, Quantities},
    parallel,
    patch::Op,
    plan,
};

/// Steps of the greedy choice.
const ROUNDS: usize = 3;
/// Merit that each further change has to bring at least; in a fleet of more than a hundred agents a tenth of one
/// agent's share of it all.
const WORTH: f64 = 1e-3;
/// Lengths of a ladder that are tried: all, a half, a quarter.
const RUNGS: usize = 3;
/// Times that retirements are taken back for tasks that they leave out.
const MENDS: usize = 4;
/// Tasks up to which single changes are planned anew too.
const SMALL: usize = 100;
/// Times that a ladder's best length is closed in on.
const CLOSER: usize = 4;

/// A change tried alone.
#[derive(Debug, Clone)]
pub struct Tried {
    /// Position among the changes.
    pub change: usize,
    /// What the plan with it is worth.
    pub metrics: Metrics,
    /// It may be proposed.
    pub sound: bool,
}

/// A point of gain against cost.
#[derive(Debug, Clone)]
pub struct Step {
    /// Changes made so far.
    pub chosen: Vec<usize>,
    /// What the plan with them is worth.
    pub metrics: Metrics,
}

/// What was chosen.
#[derive(Debug)]
pub struct Chosen {
    /// Positions of the changes, in the order in which they were taken.
    pub set: Vec<usize>,
    /// The version with them.
    pub trial: Trial,
    /// Sets on the way, from none on.
    pub steps: Vec<Step>,
}

/// Chooses among changes.
pub struct Chooser<'c> {
    /// Where they are tried.
    pub lab: &'c Lab,
    /// How they are judged.
    pub judge: &'c Judge,
    /// All of them.
    pub changes: &'c [Change],
    /// What is allowed.
    pub policies: &'c Policies,
    /// Trials of single changes at most.
    pub singles: usize,
    /// What the plan is worth that they begin from.
    pub start: Metrics,
    /// The fleet as it is.
    pub q: &'c Quantities<'c>,
    /// From when on nothing more is tried.
    pub until: Limit,
}

impl Chooser<'_> {
    /// Chooses, beginning from a plan of the fleet as it is.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn choose(&self, start: Trial, alone: &[Tried]) -> Result<Chosen, Error> {
        let mut at = start;
        let mut set: Vec<usize> = Vec::new();
        let mut steps = vec![Step { chosen: Vec::new(), metrics: at.metrics }];
        for _ in 0..ROUNDS {
            if !self.judge.targets.is_empty() && self.judge.reached(&at.metrics) {
                break;
            }
            let Some((next, trial)) = self.step(&set, &at, alone)? else { break };
            set = next;
            at = trial;
            steps.push(Step { chosen: set.clone(), metrics: at.metrics });
        }
        let known = set.clone();
        let (set, trial) = self.exchange(set, at, alone)?;
        if set != known {
            steps.push(Step { chosen: set.clone(), metrics: trial.metrics });
        }
        Ok(Chosen { set, trial, steps })
    }

    /// The most promising changes of each kind in turn, each alone.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn alone(&self, start: &Trial) -> Result<Vec<Tried>, Error> {
        let mut queue: Vec<(usize, Kind, usize)> = Vec::new();
        for kind in Kind::ALL {
            let own = self.changes.iter().enumerate().filter(|(_, c)| c.kind == kind);
            queue.extend(own.enumerate().map(|(rank, (i, _))| (rank, kind, i)));
        }
        queue.sort_unstable();
        queue.truncate(self.singles);
        let sets: Vec<Vec<usize>> = queue.iter().map(|q| vec![q.2]).collect();
        let again = parallel::map(sets.len(), |i| self.again(&self.ops(&sets[i]), start));
        let trials = again.into_iter().collect::<Result<Vec<_>, Error>>()?;
        let tried = |(set, trial): (&Vec<usize>, Option<Trial>)| {
            trial.map(|t| Tried { change: set[0], sound: self.judge.is_sound(&t.metrics), metrics: t.metrics })
        };
        Ok(sets.iter().zip(trials).filter_map(tried).collect())
    }

    /// The best set that one more ladder leads to, where it is better than what there is.
    fn step(&self, set: &[usize], at: &Trial, alone: &[Tried]) -> Result<Option<(Vec<usize>, Trial)>, Error> {
        let mut sets: Vec<Vec<usize>> = Vec::new();
        for kind in Kind::ALL.into_iter().filter(|k| self.allowed(*k)) {
            let rungs = self.ladder(kind, set, alone);
            let mut n = if self.promises(kind, alone) { rungs.len() } else { 0 };
            for _ in 0..RUNGS {
                if n > 0 {
                    sets.push(set.iter().chain(&rungs[..n]).copied().collect());
                }
                n /= 2;
            }
        }
        let mut best = self.best(&sets, at, set.len())?;
        let Some((found, _)) = &best else { return Ok(None) };
        // Between the best rung and the next longer one there may be a better.
        let kind = self.changes[found[found.len() - 1]].kind;
        let rungs = self.ladder(kind, set, alone);
        let mut low = found.len() - set.len();
        let mut high = rungs.len().min(2 * low + 1);
        for _ in 0..CLOSER {
            let middle = low.midpoint(high);
            if middle == low {
                break;
            }
            let longer: Vec<usize> = set.iter().chain(&rungs[..middle]).copied().collect();
            match self.best(&[longer], best.as_ref().map_or(at, |b| &b.1), set.len() + low)? {
                Some(better) => {
                    best = Some(better);
                    low = middle;
                }
                None => high = middle,
            }
        }
        Ok(best)
    }

    /// Changes of a kind that may follow a set: those that did not harm alone, the most promising first.
    fn ladder(&self, kind: Kind, set: &[usize], alone: &[Tried]) -> Vec<usize> {
        let taken = |subject: &str| set.iter().any(|i| self.changes[*i].subject == subject);
        let room = self.policies.budget_changes.map_or(usize::MAX, |n| (n as usize).saturating_sub(set.len()));
        let mut out: Vec<usize> = Vec::new();
        let mut money = self.policies.budget_money.map(|m| m - set.iter().map(|i| self.price(*i)).sum::<f64>());
        // One of two proposals that exclude each other is judged by what it did alone.
        let mut own: Vec<usize> = (0..self.changes.len()).filter(|i| self.changes[*i].kind == kind).collect();
        if kind == Kind::ChangeWeights {
            let merit = |i: &usize| alone.iter().find(|t| t.change == *i).map(|t| self.judge.score(&t.metrics).merit);
            own.sort_by(|a, b| merit(a).unwrap_or(f64::INFINITY).total_cmp(&merit(b).unwrap_or(f64::INFINITY)));
        }
        for i in own {
            let subject = &self.changes[i].subject;
            if out.len() == room || taken(subject) || out.iter().any(|o| self.changes[*o].subject == *subject) {
                continue;
            }
            if let Some(left) = &mut money {
                if self.price(i) > *left {
                    continue;
                }
                *left -= self.price(i);
            }
            out.push(i);
        }
        out
    }

    /// Money for a change, below 0 where it saves.
    pub fn price(&self, change: usize) -> f64 {
        self.changes[change].cost.unwrap_or(0.0)
    }

    /// True where policies let a kind of change be proposed.
    pub fn allowed(&self, kind: Kind) -> bool {
        match &self.policies.budget_kinds {
            Some(kinds) => kinds.iter().any(|k| k == kind.name()),
            None => !kind.moves_the_goal(),
        }
    }

    /// True where some change of the kind helped alone, or where only many of them together tell.
    fn promises(&self, kind: Kind, alone: &[Tried]) -> bool {
        let own = || alone.iter().filter(|t| self.changes[t.change].kind == kind);
        matches!(kind, Kind::RetireAgent | Kind::LowerCapacity)
            || own().any(|t| self.judge.better(&t.metrics, &self.start))
    }

    /// The best of some sets that is sound and better than what there is, which has `base` changes.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn best(&self, sets: &[Vec<usize>], at: &Trial, base: usize) -> Result<Option<(Vec<usize>, Trial)>, Error> {
        let mended = parallel::map(sets.len(), |i| self.mended(&sets[i], at));
        let mut best: Option<(Vec<usize>, Trial)> = None;
        for found in mended {
            let Some((set, trial)) = found?.filter(|(_, t)| self.judge.is_sound(&t.metrics)) else { continue };
            let now = best.as_ref().map_or(at.metrics, |b| b.1.metrics);
            let first = best.is_none() && !self.judge.is_sound(&at.metrics);
            let more = set.len().saturating_sub(best.as_ref().map_or(base, |b| b.0.len()));
            if first || self.pays(&trial.metrics, &now, more) {
                best = Some((set, trial));
            }
        }
        Ok(best)
    }

    /// True where a version is better by what so many more changes have to bring.
    fn pays(&self, m: &Metrics, than: &Metrics, more: usize) -> bool {
        let (a, b) = (self.judge.score(m), self.judge.score(than));
        let nearer = a.unplaced < b.unplaced - 1e-9 || a.missed < b.missed - 1e-9;
        let worth = WORTH.min(0.1 / self.q.snapshot.agents.len().max(1) as f64);
        self.judge.better(m, than) && (nearer || a.merit < b.merit - worth * more as f64)
    }

    /// A version planned from the plan of another; `None` where it cannot be read, or the search has to end.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn replan(&self, ops: &[Op], from: &Trial) -> Result<Option<Trial>, Error> {
        if self.until.is_over() { Ok(None) } else { self.lab.replan(ops, from) }
    }

    /// A version planned from the plan of another, and where the batch is small anew as well: a few moves do not always
    /// lead where a change does. The better of both.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn again(&self, ops: &[Op], from: &Trial) -> Result<Option<Trial>, Error> {
        let carried = self.replan(ops, from)?;
        if self.q.snapshot.tasks.len() > SMALL {
            return Ok(carried);
        }
        let request = plan::Request { effort: plan::Effort::Quick, ..self.lab.request };
        let Some(carried) = carried else { return Ok(None) };
        let anew = solve(carried.snapshot.clone(), &request)?;
        Ok(Some(if self.judge.better(&anew.metrics, &carried.metrics) { anew } else { carried }))
    }

    /// A set planned; where tasks lost their place by it, agents that could run them are kept, the last retired first.
    fn mended(&self, set: &[usize], at: &Trial) -> Result<Option<(Vec<usize>, Trial)>, Error> {
        let mut set = set.to_vec();
        for _ in 0..MENDS {
            let one = set.len() == 1;
            let planned = if one { self.again(&self.ops(&set), at)? } else { self.replan(&self.ops(&set), at)? };
            let Some(trial) = planned else { return Ok(None) };
            let lost = trial.left_out();
            if lost.len() <= self.start.unplaced_tasks || !self.keep(&mut set, &lost) {
                return Ok(Some((set, trial)));
            }
        }
        Ok(self.replan(&self.ops(&set), at)?.map(|trial| (set, trial)))
    }

    /// Takes changes on top of what was chosen, as many as pay.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn top_up(&self, chosen: &mut Chosen, more: &[usize]) -> Result<(), Error> {
        let room = self.policies.budget_changes.map_or(usize::MAX, |n| (n as usize).saturating_sub(chosen.set.len()));
        let more = &more[..more.len().min(room)];
        let mut n = more.len();
        while n > 0 {
            let set: Vec<usize> = chosen.set.iter().chain(&more[..n]).copied().collect();
            if let Some((set, trial)) = self.best(&[set], &chosen.trial, chosen.set.len() + n)? {
                chosen.steps.push(Step { chosen: set.clone(), metrics: trial.metrics });
                (chosen.set, chosen.trial) = (set, trial);
                break;
            }
            n /= 2;
        }
        Ok(())
    }

    /// The edits of a set.
    pub fn ops(&self, set: &[usize]) -> Vec<Op> {
        set.iter().flat_map(|i| self.changes[*i].ops.iter().cloned()).collect()
    }

    /// Each set planned from a version, quickly; `None` where it cannot be read.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn trials(&self, sets: &[Vec<usize>], from: &Trial) -> Result<Vec<Option<Trial>>, Error> {
        parallel::map(sets.len(), |i| self.replan(&self.ops(&sets[i]), from)).into_iter().collect()
    }
}
