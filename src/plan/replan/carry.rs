//! The earlier plan on the changed snapshot: who stays, who must go elsewhere, who is new.

use super::{
    super::{Earlier, Request, draft::Draft},
    seat::seat,
};
use crate::{
    model::{Ms, NEVER, Plan, Strategy},
    schedule::{Choice, Instance, NONE, Room, Timeline},
    search::{Goal, construct},
};

/// The carried plan.
#[derive(Debug)]
pub struct Carried<'i> {
    /// Order, agents and times.
    pub draft: Draft<'i>,
    /// The agent that each unit had and could have kept; [`NONE`] where it had none or could not.
    pub home: Vec<u32>,
}

/// Keeps every unit where it was as far as it fits, finds places for the others, and times them all.
pub fn carry<'i>(inst: &'i Instance<'i>, before: &Plan, request: &Request, earlier: Option<&Earlier>) -> Carried<'i> {
    let mut room = Room::new(inst);
    let old = old_agents(inst, before);
    for unit in by_weight(inst) {
        if let Some(c) = inst.unit_choice(unit, old[unit]).filter(|c| room.fits(unit, c)) {
            room.take(unit, &c);
        }
    }
    let home = room.agent.clone();
    let keys = keys(inst, before);
    // Where nothing is new, both orders are one.
    let orders =
        [Some(keys.clone()), before.placements.iter().any(Option::is_none).then(|| behind(inst, before, &keys))];
    let draft = orders
        .into_iter()
        .flatten()
        .map(|keys| timed(inst, room.clone(), &keys, request.strategy))
        .min_by(|a, b| order_of(a).total_cmp(&order_of(b)));
    let Some(mut draft) = draft else { unreachable!("two orders were tried") };
    if homeless(inst, &draft.room) {
        let room = seat(inst, &draft.room, &home, (request.strategy, request.effort), earlier);
        let other = timed(inst, room, &keys, request.strategy);
        // Who has room may yet find no time; then nobody makes way for it.
        if other.sequence.total().missing < draft.sequence.total().missing {
            draft = other;
        }
    }
    Carried { draft, home }
}

/// What decides between two orders of the same agents: nothing left out, then the times.
fn order_of(draft: &Draft<'_>) -> f64 {
    let total = draft.sequence.total();
    1e12 * total.missing + total.makespan as f64 + total.tardiness
}

fn weight(inst: &Instance<'_>, unit: usize) -> f64 {
    inst.units.row(unit).iter().map(|t| inst.weight[*t as usize] + 1e-4).sum()
}

/// The agent of each unit in the earlier plan, where all its tasks had one and the same.
fn old_agents(inst: &Instance<'_>, before: &Plan) -> Vec<u32> {
    let on = |t: &u32| before.placements[*t as usize].map_or(NONE, |p| p.agent.0);
    let of = |u: usize| {
        let members = inst.units.row(u);
        let first = on(&members[0]);
        if members.iter().all(|t| on(t) == first) { first } else { NONE }
    };
    (0..inst.units.len()).map(of).collect()
}

/// Units in the order in which they may keep their room: those that run, then by priority.
fn by_weight(inst: &Instance<'_>) -> Vec<usize> {
    let runs = |u: usize| inst.units.row(u).iter().any(|t| inst.runs_until[*t as usize] >= 0);
    let mut order: Vec<(bool, f64, usize)> = (0..inst.units.len()).map(|u| (runs(u), weight(inst, u), u)).collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    order.into_iter().map(|o| o.2).collect()
}

/// When each task started; for one that did not, when its predecessors had finished.
fn keys(inst: &Instance<'_>, before: &Plan) -> Vec<Ms> {
    let mut out = vec![0; inst.tasks()];
    for t in inst.topological.iter().map(|t| *t as usize) {
        let finish = |p: usize| before.placements[p].map_or(out[p], |x| x.finish);
        let ready = inst.preds.row(t).iter().map(|(p, _)| finish(*p as usize)).fold(inst.release[t], Ms::max);
        out[t] = before.placements[t].map_or(ready, |x| x.start);
    }
    out
}

/// The same, but tasks that are new come behind all others, in the gaps that are left.
fn behind(inst: &Instance<'_>, before: &Plan, keys: &[Ms]) -> Vec<Ms> {
    (0..inst.tasks()).map(|t| if before.placements[t].is_some() { keys[t] } else { NEVER }).collect()
}

/// Schedules in the order of the keys; units without an agent take the best at their turn.
fn timed<'i>(inst: &'i Instance<'i>, mut room: Room<'i>, keys: &[Ms], strategy: Strategy) -> Draft<'i> {
    let rank: Vec<f64> = keys.iter().map(|k| -(*k as f64)).collect();
    if homeless(inst, &room) {
        house(inst, &mut room, &rank, strategy);
    }
    Draft::kept(inst, room, &rank)
}

/// True where a unit without an agent could have one.
fn homeless(inst: &Instance<'_>, room: &Room<'_>) -> bool {
    (0..inst.units.len()).any(|u| room.agent[u] == NONE && !inst.unit_choices(u).is_empty())
}

/// Gives units without an agent the best with room, as times stand at their turn.
fn house<'i>(inst: &'i Instance<'i>, room: &mut Room<'i>, rank: &[f64], strategy: Strategy) {
    let mut everyone = room.clone();
    everyone.agent.fill(0);
    let order = construct::order_by(inst, &everyone, rank);
    let goal = Goal::of(inst, strategy, [0.0; 4]);
    let mut timeline = Timeline::new(inst);
    for t in order.iter().map(|t| *t as usize) {
        let unit = inst.unit_of[t] as usize;
        if room.agent[unit] == NONE
            && let Some(c) = best(inst, room, &timeline, t, strategy, &goal)
        {
            room.take(unit, &c);
        }
        if let Some(c) = inst.choice(t, room.agent[unit]) {
            let ready = timeline.ready(t, c.agent);
            if let Some(start) = if ready < NEVER { timeline.earliest(t, &c, ready) } else { None } {
                timeline.place(t, &c, start);
            }
        }
    }
}

/// The best agent with room for a unit whose first task is `t`, by what the strategy puts first.
fn best(
    inst: &Instance<'_>,
    room: &Room<'_>,
    timeline: &Timeline<'_>,
    t: usize,
    strategy: Strategy,
    goal: &Goal,
) -> Option<Choice> {
    let unit = inst.unit_of[t] as usize;
    let score = |c: &Choice| match strategy {
        Strategy::CostOptimized => c.cost as f64,
        Strategy::LoadBalanced => inst.gauge.with(inst, room, unit, c),
        _ => {
            let work = inst.choice(t, c.agent).map_or(c.work, |own| own.work);
            let ready = timeline.ready(t, c.agent);
            let finish = timeline.earliest_on_slots(c.agent, ready, work).saturating_add(work).min(NEVER);
            let late = (finish - inst.deadline[t]).max(0) as f64;
            finish as f64 + goal.tardiness * inst.weight[t] * late
        }
    };
    let with_room = inst.unit_choices(unit).iter().filter(|c| room.fits(unit, c));
    let scored = with_room.map(|c| (score(&c), c));
    scored.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.agent.cmp(&b.1.agent))).map(|s| s.1)
}
