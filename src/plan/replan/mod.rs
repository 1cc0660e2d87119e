//! Replanning: an earlier plan carried over to a changed snapshot, and bettered by few moves.
//!
//! What still fits stays where it was, in the order of its old starts (`carry`): tasks of the same lengths
//! then start no later than before, since each finds at least the gap that it had (the left shift of a
//! feasible schedule; Sprecher, Kolisch, Drexl 1995). Who lost its agent finds room, others making way where
//! there is none (`seat`), and chains that the change made longer are shortened. A descent (`descent`) then
//! moves units one by one, each for a gain that is worth a move; `account` says what each move bought.

mod account;
mod carry;
mod descent;
mod seat;
mod worth;

use super::{
    Earlier, Request, Solution,
    bounds::{self, Bounds},
    budget::Budget,
    conclude,
    draft::Draft,
    fleets,
    grounds::Grounds,
    heads::Heads,
    laid_out, place,
    scan::MANY_PAIRS,
    solution::Effort,
    sound,
};
use crate::{
    error::Error,
    model::{AgentIx, Placement, Plan, Quantities, Strategy, TaskIx},
    schedule::Instance,
};
use descent::Descent;
use worth::Worth;

/// How far a plan may depart from the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Most tasks that may move to another agent without need; `None` is any number.
    pub max_moves: Option<usize>,
    /// What a move must buy at least, in the objective's own unit; `None` is a tenth of the objective's
    /// mean per task, and of all that only breaks ties, so that noise moves little.
    pub stability: Option<f64>,
}

/// A task that runs on another agent than before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// The task.
    pub task: TaskIx,
    /// Where it was.
    pub from: AgentIx,
    /// Where it is now.
    pub to: AgentIx,
    /// By how much the objective, in its own unit, would be greater if this task alone (with those that must
    /// be with it) went back; 0 where only what comes after the objective gains.
    pub bought: f64,
}

/// How a plan differs from the earlier one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// Moved for a gain, the greatest first.
    pub moved: Vec<Move>,
    /// Moved of necessity: their agent cannot hold or run them any more.
    pub forced: Vec<(TaskIx, AgentIx, AgentIx)>,
    /// Placed now, not before.
    pub added: Vec<TaskIx>,
    /// Placed before, not now.
    pub lost: Vec<TaskIx>,
    /// On the agent they had.
    pub kept: usize,
    /// Those of them that start at another moment.
    pub retimed: usize,
    /// Moves → the least objective found with so many, from those on that made room for others, each less than the one
    /// before.
    pub frontier: Vec<(usize, f64)>,
}

/// Plans a snapshot beginning from an earlier plan of it or of one much like it; `earlier` is what proved that plan's
/// bounds, as far as that is known.
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification, or is better than its bound.
pub fn replan(
    q: &Quantities<'_>,
    request: &Request,
    before: &Plan,
    earlier: Option<&Earlier>,
    limits: Limits,
) -> Result<(Solution, Changes), Error> {
    replan_on(&laid_out(q, request), request, before, earlier, limits)
}

/// The same of a snapshot that is laid out already, until `request`'s limit.
///
/// # Errors
///
/// As [`replan`].
pub fn replan_on(
    inst: &Instance<'_>,
    request: &Request,
    before: &Plan,
    earlier: Option<&Earlier>,
    limits: Limits,
) -> Result<(Solution, Changes), Error> {
    let heads = Heads::new(inst);
    let carried = carry::carry(inst, before, request, earlier);
    let units = bounds::placed_units(&carried.draft.room.agent);
    let (known, bounds) = bounded(inst, &heads, &units, request, earlier);
    let worth = Worth::new(inst, request.strategy, &bounds, &carried.draft.room.agent);
    let budget = Budget::of(inst, request.effort);
    let work = if fleets::is_fleet(inst) { budget.shared().schedule } else { budget.schedule };
    let carried = if limits.max_moves.is_none() {
        restored(inst, carried, before, (request.strategy, &worth), work)
    } else {
        carried
    };
    let mut search = Descent::new(inst, worth, carried, limits);
    search.run(work);
    let (draft, tried) = search.finish();
    let mut changes = Changes { frontier: tried.frontier, ..Changes::default() };
    account::moves(inst, before, &tried.home, &tried.bought, &draft, &mut changes);
    let solution = conclude(Grounds { inst, heads: &heads, earlier: Some(&known) }, request, draft, &units, bounds)?;
    account::times(before, &solution.plan, &mut changes);
    Ok((solution, changes))
}

/// The plan alone of [`replan`] with any number of moves, each for any gain, and without its bounds, reasons and
/// account: what trying many changes of a snapshot needs.
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification.
pub fn carry_over(q: &Quantities<'_>, request: &Request, before: &Plan) -> Result<Plan, Error> {
    carried_on(q, request, before, false)
}

/// The same, beginning from a schedule made anew where that is better: what a change upsets as a whole, moves one by
/// one do not mend.
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification.
pub fn carry_over_or_anew(q: &Quantities<'_>, request: &Request, before: &Plan) -> Result<Plan, Error> {
    carried_on(q, request, before, true)
}

fn carried_on(q: &Quantities<'_>, request: &Request, before: &Plan, anew: bool) -> Result<Plan, Error> {
    let inst = laid_out(q, request);
    let mut carried = carry::carry(&inst, before, request, None);
    let agent = &carried.draft.room.agent;
    let references = if request.strategy == Strategy::Hybrid { rough(&inst, &carried) } else { Bounds::trivial() };
    let worth = Worth::new(&inst, request.strategy, &references, agent);
    if anew {
        let draft = Draft::choosing(&inst, &place::everything(&inst, request.effort).room, &worth.goal);
        if worth.energy(&inst, &draft) < worth.energy(&inst, &carried.draft) {
            carried = carry::Carried { home: draft.room.agent.clone(), draft };
        }
    }
    let limits = Limits { max_moves: None, stability: Some(0.0) };
    let mut search = Descent::new(&inst, worth, carried, limits);
    search.run(Budget::of(&inst, request.effort).schedule);
    let plan = search.into_draft().plan(&inst);
    sound(q, &plan)?;
    Ok(plan)
}

/// The carried plan with the chains shortened that the change made longer than the earlier plan, or late.
fn restored<'i>(
    inst: &'i Instance<'i>,
    carried: carry::Carried<'i>,
    before: &Plan,
    (strategy, worth): (Strategy, &Worth),
    work: u64,
) -> carry::Carried<'i> {
    let carry::Carried { draft, home } = carried;
    let (total, goal) = (draft.sequence.total(), &worth.goal);
    let late = |(t, p): (TaskIx, Placement)| inst.weight[t.at()] * (p.finish - inst.deadline[t.at()]).max(0) as f64;
    let end = before.placed().map(|p| p.1.finish).max().unwrap_or(0);
    let draft = match strategy {
        Strategy::DeadlineAware if total.tardiness > before.placed().map(late).sum() => {
            draft.hastened(inst, goal, None, work)
        }
        Strategy::PerformanceOptimized | Strategy::Hybrid if total.makespan > end => {
            draft.hastened(inst, goal, Some(end), work)
        }
        _ => draft,
    };
    carry::Carried { draft, home }
}

/// Bounds at what proved the earlier plan's, where that is about as good as it was then or time is short; anew where
/// pairs are so few that this costs little. With them what of the earlier is still in use.
fn bounded(
    inst: &Instance<'_>,
    heads: &Heads,
    units: &[u32],
    request: &Request,
    earlier: Option<&Earlier>,
) -> (Earlier, Bounds) {
    let is_quick = request.effort == Effort::Quick;
    let all = [Strategy::CostOptimized, Strategy::LoadBalanced, Strategy::PerformanceOptimized];
    let counts = |s: &Strategy| request.strategy == *s || request.strategy == Strategy::Hybrid;
    let mut known = earlier.filter(|_| is_quick || inst.pairs() > MANY_PAIRS).cloned().unwrap_or_default();
    let mut bounds = Bounds::trivial();
    for strategy in all.into_iter().filter(counts) {
        let mut anew = known.of(strategy).is_none();
        if !anew {
            Grounds { inst, heads, earlier: Some(&known) }.relax(strategy, units.to_vec(), &mut bounds);
            anew = !is_quick && !known.is_matched(inst, strategy, &bounds);
        }
        // Without references the hybrid objective is worth nothing.
        if anew && (!is_quick || request.strategy == Strategy::Hybrid) {
            known.forget(strategy);
            Grounds { inst, heads, earlier: None }.relax(strategy, units.to_vec(), &mut bounds);
        }
    }
    (known, bounds)
}

/// References of the hybrid objective that cost next to nothing: without any, every plan would be worth the same.
fn rough(inst: &Instance<'_>, carried: &carry::Carried<'_>) -> Bounds {
    let room = &carried.draft.room;
    let units = bounds::placed_units(&room.agent);
    let levels = inst.gauge.touched.iter().map(|a| inst.gauge.of(inst, room, *a as usize));
    let mean = levels.sum::<f64>() / inst.gauge.touched.len().max(1) as f64;
    let path = bounds::path(inst, &Heads::new(inst), &units);
    Bounds {
        cost: bounds::cost(inst, &units, None),
        utilization: (mean, "mean"),
        makespan: (path, "critical path"),
        ..Bounds::trivial()
    }
}
