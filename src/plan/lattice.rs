//! The step in which makespans can differ: a duration that divides every figure that a start can be a sum of.

use crate::{
    lp::gcd,
    model::{AgentIx, Ms, NEVER},
    schedule::Instance,
};

/// Pairs of tasks and agents, and arcs times pairs of points, beyond which figures are not looked at.
const MANY: usize = 1_000_000;

/// The greatest such duration. Some best plan of any regular objective starts each task at its release or
/// its agent's, where a window begins, where something held is given back, or where another task ends or its
/// transfer does; so all its moments are multiples, and a bound of the makespan may be rounded up to one.
pub fn step(inst: &Instance<'_>) -> Ms {
    if inst.pairs() > MANY {
        return 1;
    }
    let mut step = 0;
    for c in (0..inst.tasks()).flat_map(|t| inst.choices(t).iter()) {
        step = gcd(step, c.work);
        if step == 1 {
            return 1;
        }
    }
    let mut add = |ms: Ms| step = gcd(step, if ms >= NEVER { 0 } else { ms });
    inst.release.iter().for_each(|r| add(*r));
    for agent in &inst.agents {
        add(agent.from);
        agent.windows.iter().for_each(|w| add(w.0));
    }
    inst.shared.iter().filter_map(|r| r.per).for_each(&mut add);
    inst.reserved.slots.iter().for_each(|s| add(s.1));
    inst.reserved.fixed.iter().for_each(|f| add(f.until));
    for held in &inst.reserved.held {
        add(held.from);
        add(held.until);
    }
    if !inst.q.transfers.is_free() {
        step = gcd(step, transfers(inst));
    }
    step.max(1)
}

/// The same of what arcs take between any two points; 1 where there are too many to look.
fn transfers(inst: &Instance<'_>) -> Ms {
    let points = &inst.q.transfers;
    let mut first: Vec<Option<u32>> = vec![None; points.points()];
    for a in 0..inst.agents.len() as u32 {
        first[points.agent_point(AgentIx(a)) as usize].get_or_insert(a);
    }
    let at: Vec<u32> = first.into_iter().flatten().collect();
    let mut sizes: Vec<f64> = inst.preds.items().iter().map(|p| p.1).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    if sizes.len() * at.len() * at.len() > MANY {
        return 1;
    }
    let mut step = 0;
    for (from, to) in at.iter().flat_map(|a| at.iter().map(move |b| (*a, *b))) {
        for mb in &sizes {
            let ms = inst.transfer(from, to, *mb);
            step = gcd(step, if ms >= NEVER { 0 } else { ms });
        }
    }
    step
}

/// The next multiple of `step` at or above a bound.
pub fn up(bound: Ms, step: Ms) -> Ms {
    (bound + step - 1).div_euclid(step) * step
}
