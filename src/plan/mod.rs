//! The planning engine, callable from every command: a strategy in, a verified plan with its bound out.
//!
//! First as much as possible is placed (`place`), then the strategy's draft is made (`strategies`) and
//! timed (`draft`); bounds come from relaxations whose certificates are recomputed in integers.

mod bounds;
mod buckets;
mod budget;
mod certify;
mod classes;
mod critical;
mod crowd;
mod draft;
pub mod duals;
mod earlier;
mod energetic;
mod export;
mod fleets;
mod grounds;
mod guide;
mod heads;
mod lattice;
mod lists;
mod merge;
mod objective;
mod one_machine;
mod pack;
mod place;
mod possible;
mod prove;
mod reasons;
mod replan;
mod rounds;
mod runs;
mod scan;
mod selection;
mod sequencing;
mod shortage;
mod solution;
mod start_times;
mod strategies;
mod windows;

use bounds::Bounds;
use draft::Draft;
pub use earlier::Earlier;
pub use export::relaxation;
use grounds::Grounds;
use heads::Heads;
pub use possible::earliest;
pub use replan::{Changes, Limits, Move, carry_over, carry_over_or_anew, replan, replan_on};
pub use shortage::{Shortage, shortage};
pub use solution::{Bound, Effort, Objective, PlacementProof, Reason, Request, Solution, Status, Term};
use strategies::Start;

use crate::{
    error::Error,
    model::{AgentIx, Plan, Quantities, Strategy, TaskIx},
    schedule::{Instance, NONE, verify},
};

/// Plans a snapshot.
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification, or is better than its bound.
pub fn solve(q: &Quantities<'_>, request: &Request) -> Result<Solution, Error> {
    solve_on(&laid_out(q, request), request)
}

/// The same of a snapshot that is laid out already, until `request`'s limit.
///
/// # Errors
///
/// As [`solve`].
pub fn solve_on(inst: &Instance<'_>, request: &Request) -> Result<Solution, Error> {
    drafted(inst, request, |start, draft, bounds| conclude(start.grounds(), request, draft, &start.units(), bounds))
}

/// The plan alone of [`solve`], for those who ask neither for its bound nor for reasons.
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification.
pub fn planned(q: &Quantities<'_>, request: &Request) -> Result<Plan, Error> {
    drafted(&laid_out(q, request), request, |start, draft, _| {
        let plan = draft.plan(start.inst);
        sound(q, &plan).map(|()| plan)
    })
}

/// A snapshot laid out for searches that end with the request.
fn laid_out<'q>(q: &'q Quantities<'q>, request: &Request) -> Instance<'q> {
    let mut inst = Instance::new(q);
    inst.limit = request.limit;
    inst
}

/// What `then` makes of a strategy's draft.
fn drafted<T>(inst: &Instance<'_>, request: &Request, then: impl FnOnce(&Start<'_>, Draft<'_>, Bounds) -> T) -> T {
    let heads = Heads::new(inst);
    let start = Start {
        inst,
        heads: &heads,
        placed: place::everything(inst, request.effort),
        budget: budget::Budget::of(inst, request.effort),
    };
    let mut bounds = Bounds::trivial();
    let draft = match request.strategy {
        Strategy::CostOptimized => start.by_cost(&mut bounds),
        Strategy::LoadBalanced => start.by_load(&mut bounds),
        Strategy::PerformanceOptimized | Strategy::DeadlineAware => start.by_time(request.strategy, &mut bounds),
        Strategy::Hybrid => start.by_all(&mut bounds),
    };
    then(&start, draft, bounds)
}

/// Agents on every critical path of a plan, by id (see `critical`).
pub fn critical_agents(q: &Quantities<'_>, plan: &Plan) -> Vec<AgentIx> {
    critical::agents(&Instance::new(q), plan)
}

/// Tasks that the engine's first stage finds no agent for, by id: what a plan of this effort leaves out, but for what
/// its later stages still find a place for, in a fraction of its time.
pub fn left_out(q: &Quantities<'_>, effort: Effort) -> Vec<TaskIx> {
    let inst = Instance::new(q);
    let room = place::everything(&inst, effort).room;
    let out = |t: &TaskIx| room.agent[inst.unit_of[t.at()] as usize] == NONE;
    q.snapshot.task_ixs().filter(out).collect()
}

/// From the finished draft to the answer: verified, measured beside its bounds, explained. The bounds are of `units`.
fn conclude<'i>(
    grounds: Grounds<'i>,
    request: &Request,
    draft: Draft<'i>,
    units: &[u32],
    mut bounds: Bounds,
) -> Result<Solution, Error> {
    let Grounds { inst, heads, .. } = grounds;
    let plan = draft.plan(inst);
    sound(inst.q, &plan)?;
    grounds.bound_again(request.strategy, units, placed_units(inst, &plan), &mut bounds);
    let (objective, bounds) = objective::of(inst, heads, *request, &plan, bounds)?;
    let certificate = certify::certificate(inst, heads, &plan, &objective, &bounds);
    let critical_agents = critical::agents(inst, &plan);
    let unassigned = reasons::unassigned(inst, &plan);
    Ok(Solution { plan, objective, unassigned, critical_agents, certificate })
}

/// Verifies a plan.
fn sound(q: &Quantities<'_>, plan: &Plan) -> Result<(), Error> {
    let violations = verify::violations(q, plan);
    if violations.is_empty() {
        return Ok(());
    }
    let text: Vec<String> = violations.iter().take(5).map(|v| v.message.clone()).collect();
    Err(Error::Internal(format!("the plan fails verification: {}", text.join("; "))))
}

/// The units that a plan places, by index.
fn placed_units(inst: &Instance<'_>, plan: &Plan) -> Vec<u32> {
    let placed = |t: &u32| plan.placements[*t as usize].is_some();
    (0..inst.units.len() as u32).filter(|u| inst.units.row(*u as usize).iter().all(placed)).collect()
}
