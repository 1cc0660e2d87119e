//! From bottlenecks to the proposal: a start that is planned anew, the changes tried from there, and the chosen set
//! planned as `distribute` plans it, or less of it where that is not sound.

use super::{
    bottlenecks::{Bottleneck, Confirmation},
    change::Change,
    cheapest::{Cheapest, plans},
    choose::{Chooser, Chosen, Step, Tried},
    duals::{self, DualPrice},
    judge::Judge,
    lab::{Lab, Trial, solve},
    measure::Metrics,
    opportunities::{self, Clues, capacity},
    scene::Scene,
};
use crate::{
    error::Error,
    model::{Quantities, Strategy},
    parallel,
    patch::{Op, as_of},
    plan::{self, Effort},
};

/// Bottlenecks that are confirmed by planning again.
const CONFIRMED: usize = 3;
/// Pairs of a task and an agent from which a fleet is large: fewer single changes are tried there.
const LARGE: usize = 2_000_000;
/// Utilization that rightsizing aims at.
const FILL: f64 = 0.9;
/// Share of the current makespan that retiring agents may take up again.
const SPAN: f64 = 0.58;
/// Share of a time limit that the search for changes may take; the rest is for planning what it finds.
const SEARCH: f64 = 0.6;
/// Times that the start is planned again until that finds nothing more.
const SETTLES: usize = 3;
/// Plans that have to be cheap for all strategies to be tried.
const STRATEGIES: usize = 20;

/// A proposal.
pub struct Proposal {
    /// Plan of the fleet as it is, which changes are tried from.
    pub start: Trial,
    /// Everything that could be changed.
    pub changes: Vec<Change>,
    /// Changes tried alone.
    pub alone: Vec<Tried>,
    /// Sets on the way.
    pub steps: Vec<Step>,
    /// Positions of the changes proposed.
    pub set: Vec<usize>,
    /// The proposed version with its plan; `None` where nothing sound was better than the current plan.
    pub after: Option<Trial>,
    /// The first bottlenecks with one unit more.
    pub confirmed: Vec<Option<Confirmation>>,
    /// What leads to the proposed version.
    pub operations: Vec<Op>,
    /// Figures of plans by other strategies, of the fleet as it is.
    pub strategies: Vec<(Strategy, Metrics)>,
    /// Dual prices, each planned again.
    pub duals: Vec<DualPrice>,
    /// How the cheapest set that reaches the targets was looked for; `None` where sets were too many, or nothing was
    /// asked for.
    pub cheapest: Option<Search>,
    /// A limit ended the search before its work was done.
    pub cut: bool,
}

/// How the cheapest set was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// Changes that sets were made of.
    pub candidates: usize,
    /// Sets planned.
    pub planned: usize,
    /// All that were found could be looked at.
    pub exhaustive: bool,
}

impl Proposal {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn make(
        lab: &Lab,
        judge: &Judge,
        scene: &Scene<'_>,
        found: &[Bottleneck],
        source: &str,
    ) -> Result<Self, Error> {
        let until = lab.request.limit.part(SEARCH);
        let (start, strategies) = start(lab, judge, scene, source)?;
        let q = Quantities::new(&start.snapshot);
        let fresh = Scene::new(scene.document, &q, &start.plan, start.metrics);
        let mut changes = opportunities::find(&Clues {
            scene: &fresh,
            bottlenecks: found,
            fill: FILL,
            span: start.metrics.makespan.max(SPAN * judge.before.makespan),
            strategy: lab.request.strategy,
        });
        if !judge.targets.is_empty() {
            let surplus = capacity::surplus(scene, &start, FILL);
            changes.extend(surplus.changes().take(surplus.whole()));
        }
        let policies = &scene.snapshot().policies;
        let pairs = scene.snapshot().agents.len() * scene.snapshot().tasks.len();
        let singles = if pairs > LARGE { 8 } else { 12 };
        let worth = start.metrics;
        let chooser = Chooser { lab, judge, changes: &changes, policies, singles, start: worth, q: scene.q, until };
        let confirmed = confirm(&chooser, found, &start)?;
        let alone = chooser.alone(&start)?;
        let duals = if until.is_over() { Vec::new() } else { duals::find(&chooser, scene, found, &start)? };
        let mut out = Self {
            start,
            changes: Vec::new(),
            alone,
            steps: Vec::new(),
            set: Vec::new(),
            after: None,
            confirmed,
            operations: Vec::new(),
            strategies,
            duals,
            cheapest: None,
            cut: false,
        };
        // What is asked for is there: the cheapest set of changes is none.
        let there = !judge.targets.is_empty() && judge.reached(&judge.before);
        if !there {
            out.choose(&chooser, scene)?;
        }
        out.cut = until.is_over();
        if out.changes.is_empty() {
            out.changes = changes;
        }
        out.operations.extend(as_of(&scene.document.root, scene.snapshot().as_of));
        let made = out.set.iter().flat_map(|i| out.changes[*i].ops.iter().cloned());
        out.operations.extend(made);
        Ok(out)
    }

    /// The cheapest set where targets are asked for and sets are few, else the best that greedy choice finds.
    fn choose(&mut self, chooser: &Chooser<'_>, scene: &Scene<'_>) -> Result<(), Error> {
        let cheapest = if chooser.judge.targets.is_empty() { None } else { chooser.cheapest()? };
        if let Some(c) = &cheapest {
            self.cheapest = Some(Search { candidates: c.candidates, planned: c.planned, exhaustive: c.exhaustive });
        }
        let settles = |c: &Cheapest| c.reached || c.exhaustive;
        if let Some(found) = cheapest.filter(settles) {
            self.set = found.set;
            self.after = found.trial.filter(|t| found.reached || chooser.accepts(t));
            if self.after.is_none() {
                self.set.clear();
            }
            let step = |chosen: Vec<usize>, metrics: Metrics| Step { chosen, metrics };
            self.steps = vec![step(Vec::new(), self.start.metrics)];
            self.steps.extend(self.after.as_ref().map(|t| step(self.set.clone(), t.metrics)));
            return Ok(());
        }
        let mut chosen: Chosen = chooser.choose(self.start.clone(), &self.alone)?;
        chooser.refit(&mut chosen)?;
        let first = chooser.changes.len();
        let surplus = capacity::surplus(scene, &chosen.trial, FILL);
        let changes: Vec<Change> = chooser.changes.iter().cloned().chain(surplus.changes()).collect();
        let chooser = Chooser { changes: &changes, ..*chooser };
        let held = chooser.held(&chosen.set, first, &surplus);
        chooser.top_up(&mut chosen, &held)?;
        (self.set, self.after) = chooser.finish(chosen.set, &self.alone)?;
        self.steps = chosen.steps;
        self.changes = changes;
        Ok(())
    }
}

/// The best of quick plans by several strategies, each turned to the strategy asked for, with the figures of those of
/// other strategies before that.
fn start(
    lab: &Lab,
    judge: &Judge,
    scene: &Scene<'_>,
    source: &str,
) -> Result<(Trial, Vec<(Strategy, Metrics)>), Error> {
    let own = Trial { snapshot: scene.snapshot().clone(), plan: scene.plan.clone(), metrics: scene.metrics };
    let few = plans(lab, scene.snapshot().tasks.len()) >= STRATEGIES;
    let tried: &[Strategy] = match (few, source == "planned") {
        (true, _) => &Strategy::ALL,
        (false, true) => &[],
        (false, false) => &[Strategy::DeadlineAware, Strategy::PerformanceOptimized, Strategy::CostOptimized],
    };
    let trials = parallel::map(tried.len(), |i| {
        let request = plan::Request { strategy: tried[i], effort: Effort::Quick, ..lab.request };
        let trial = solve(scene.snapshot().clone(), &request)?;
        let metrics = trial.metrics;
        if tried[i] == lab.request.strategy {
            return Ok((metrics, trial));
        }
        Ok((metrics, lab.carry(trial.snapshot.clone(), &trial.snapshot, &trial.plan, lab.request.strategy)?))
    });
    let mut best: Option<Trial> = None;
    let mut others = Vec::new();
    for (strategy, tried) in tried.iter().zip(trials) {
        let (metrics, trial) = tried?;
        if *strategy != lab.request.strategy {
            others.push((*strategy, metrics));
        }
        let sound = |t: &Trial| judge.is_sound(&t.metrics);
        let wins =
            best.as_ref().is_none_or(|b| (sound(&trial), judge.better(&trial.metrics, &b.metrics)) > (sound(b), false));
        if wins {
            best = Some(trial);
        }
    }
    // What the quick planner still finds without any change must not be told as the gain of one.
    let better = |best: &Trial| source != "planned" || judge.better(&best.metrics, &own.metrics);
    let mut start = best.filter(better).unwrap_or(own);
    let large = scene.snapshot().agents.len() * scene.snapshot().tasks.len() > LARGE / 100;
    for _ in 0..if large { 1 } else { SETTLES } {
        match lab.replan(&[], &start)?.filter(|again| judge.better(&again.metrics, &start.metrics)) {
            Some(again) => start = again,
            None => break,
        }
    }
    Ok((start, others))
}

/// Plans the worst bottlenecks again with one unit more.
fn confirm(chooser: &Chooser<'_>, found: &[Bottleneck], start: &Trial) -> Result<Vec<Option<Confirmation>>, Error> {
    let first = &found[..found.len().min(CONFIRMED)];
    let trials = parallel::map(first.len(), |i| match &first[i].relief {
        Some(relief) => chooser.again(&relief.change.ops, start),
        None => Ok(None),
    });
    let mut out = Vec::new();
    for (b, trial) in first.iter().zip(trials) {
        let row = trial?.zip(b.relief.as_ref()).map(|(trial, relief)| {
            let (was, is) = (&start.metrics, &trial.metrics);
            let gained = is.priority_placed - was.priority_placed;
            Confirmation {
                unit: relief.unit.clone(),
                makespan_before: was.makespan,
                makespan_after: is.makespan,
                priority_gained: gained,
                confirmed: gained > 0.0 || gained == 0.0 && is.makespan < was.makespan,
            }
        });
        out.push(row);
    }
    Ok(out)
}
