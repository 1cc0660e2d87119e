//! From bottlenecks to the proposal: a start that is planned anew, the changes tried from there, and the chosen set
//! planned as `distribute` plans it, or less of it where that is not sound.

use super::{
    bottlenecks::{Bottleneck, Confirmation},
    change::Change,
    choose::{Chooser, Step, Tried},
    judge::Judge,
    lab::{Lab, Trial, solve},
    opportunities::{self, Clues, capacity},
    scene::Scene,
};
use crate::{
    error::Error,
    model::{Quantities, Strategy, TaskIx},
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
/// Times that the chosen set is planned and cut until it is sound.
const FINISHES: usize = 4;
/// Times that retirements are taken back before that.
const FITS: usize = 8;

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
        let start = start(lab, judge, scene, source)?;
        let q = Quantities::new(&start.snapshot);
        let fresh = Scene::new(scene.document, &q, &start.plan, start.metrics);
        let changes = opportunities::find(&Clues {
            scene: &fresh,
            bottlenecks: found,
            fill: FILL,
            span: start.metrics.makespan.max(SPAN * judge.before.makespan),
        });
        let policies = &scene.snapshot().policies;
        let pairs = scene.snapshot().agents.len() * scene.snapshot().tasks.len();
        let singles = if pairs > LARGE { 8 } else { 12 };
        let chooser = Chooser { lab, judge, changes: &changes, policies, singles, start: start.metrics, q: scene.q };
        let confirmed = confirm(lab, found, &start)?;
        let mut chosen = chooser.choose(start.clone())?;
        let first = changes.len();
        let changes: Vec<Change> =
            changes.iter().cloned().chain(capacity::surplus(scene, &chosen.trial, FILL)).collect();
        let chooser = Chooser { changes: &changes, ..chooser };
        chooser.top_up(&mut chosen, first)?;
        let (set, after) = finish(&chooser, chosen.set)?;
        let mut operations: Vec<Op> = as_of(&scene.document.root, scene.snapshot().as_of).into_iter().collect();
        operations.extend(chooser.ops(&set));
        let (alone, steps) = (chosen.alone, chosen.steps);
        Ok(Self { start, changes, alone, steps, set, after, confirmed, operations })
    }
}

/// The best of quick plans by several strategies, each turned to the strategy asked for.
fn start(lab: &Lab, judge: &Judge, scene: &Scene<'_>, source: &str) -> Result<Trial, Error> {
    let own = Trial { snapshot: scene.snapshot().clone(), plan: scene.plan.clone(), metrics: scene.metrics };
    if source == "planned" {
        return Ok(own);
    }
    let first = [Strategy::DeadlineAware, Strategy::PerformanceOptimized, Strategy::CostOptimized];
    let trials = parallel::map(first.len(), |i| {
        let request = plan::Request { strategy: first[i], effort: Effort::Quick, ..lab.request };
        let trial = solve(scene.snapshot().clone(), &request)?;
        if first[i] == lab.request.strategy {
            return Ok(trial);
        }
        lab.carry(trial.snapshot.clone(), &trial.snapshot, &trial.plan, lab.request.strategy)
    });
    let mut best: Option<Trial> = None;
    for trial in trials {
        let trial: Trial = trial?;
        let sound = |t: &Trial| judge.is_sound(&t.metrics);
        let wins =
            best.as_ref().is_none_or(|b| (sound(&trial), judge.better(&trial.metrics, &b.metrics)) > (sound(b), false));
        if wins {
            best = Some(trial);
        }
    }
    Ok(best.unwrap_or(own))
}

/// Plans the worst bottlenecks again with one unit more.
fn confirm(lab: &Lab, found: &[Bottleneck], start: &Trial) -> Result<Vec<Option<Confirmation>>, Error> {
    let first = &found[..found.len().min(CONFIRMED)];
    let trials = parallel::map(first.len(), |i| match &first[i].relief {
        Some(relief) => lab.replan(&relief.change.ops, start),
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

/// The chosen set planned as `distribute` does; where that is not sound, with retirements taken back that the tasks
/// without a place miss, or with less of it.
fn finish(chooser: &Chooser<'_>, mut set: Vec<usize>) -> Result<(Vec<usize>, Option<Trial>), Error> {
    fit(chooser, &mut set);
    for _ in 0..FINISHES {
        let Some(trial) = chooser.lab.solve(&chooser.ops(&set))? else { break };
        if acceptable(chooser, &trial) {
            return Ok((set, Some(trial)));
        }
        let unplaced = |t: &TaskIx| trial.plan.placements[t.at()].is_none();
        let lost: Vec<TaskIx> = trial.snapshot.task_ixs().filter(unplaced).collect();
        let more = lost.len() > chooser.judge.before.unplaced_tasks;
        if set.is_empty() {
            break;
        }
        if !more || !chooser.keep(&mut set, &trial.snapshot, &lost) {
            set.truncate(set.len() * 3 / 4);
        }
    }
    let alone = if set.is_empty() { None } else { chooser.lab.solve(&[])? };
    Ok((Vec::new(), alone.filter(|t| acceptable(chooser, t))))
}

/// Takes retirements back until the planner's first stage finds an agent for every task that had a place.
fn fit(chooser: &Chooser<'_>, set: &mut Vec<usize>) {
    for _ in 0..FITS {
        let Ok(version) = chooser.lab.version(&chooser.ops(set)) else { return };
        let lost = plan::left_out(&Quantities::new(&version), chooser.lab.request.effort);
        if lost.len() <= chooser.judge.before.unplaced_tasks || !chooser.keep(set, &version, &lost) {
            return;
        }
    }
}

fn acceptable(chooser: &Chooser<'_>, trial: &Trial) -> bool {
    let judge = chooser.judge;
    judge.is_sound(&trial.metrics) && !judge.better(&judge.before, &trial.metrics)
}
