//! The step in which makespans can differ. Some best plan starts every task at the beginning of time, at a
//! given moment, or when something else ends or arrives; so all its moments are multiples of whatever divides
//! all given times, and a bound rounds up to the next multiple.

use crate::{
    model::{AgentIx, Ms, NEVER},
    schedule::Instance,
};

/// Pairs of tasks and agents, and transfers, that are looked at: beyond, the step is one ms.
const MANY: usize = 1_000_000;

/// The greatest common divisor of all given times, ms; 1 where transfers are too many to look at.
pub fn step(inst: &Instance<'_>) -> Ms {
    if inst.pairs() > MANY {
        return 1;
    }
    let mut out = 0;
    let mut see = |ms: Ms| {
        if ms < NEVER {
            out = gcd(out, ms);
        }
        out == 1
    };
    for agent in &inst.agents {
        see(agent.from);
        for (from, until) in &agent.windows {
            see(*from);
            see(*until);
        }
    }
    for per in inst.shared.iter().filter_map(|r| r.per) {
        see(per);
    }
    let state = &inst.reserved;
    let until = state.slots.iter().map(|s| s.1).chain(state.fixed.iter().map(|f| f.until));
    for moment in until.chain(state.held.iter().flat_map(|h| [h.from, h.until])) {
        see(moment);
    }
    for t in 0..inst.tasks() {
        see(inst.release[t]);
        for c in inst.choices(t).iter() {
            if see(c.work) {
                return 1;
            }
        }
    }
    if !see_transfers(inst, see) {
        return 1;
    }
    out.max(1)
}

/// Shows every transfer that an arc can need; false where they are too many.
fn see_transfers(inst: &Instance<'_>, mut see: impl FnMut(Ms) -> bool) -> bool {
    if inst.q.transfers.is_free() {
        return true;
    }
    let agents = inst.agents.len();
    let arcs: usize = (0..inst.tasks()).map(|t| inst.preds.row(t).len()).sum();
    if arcs.saturating_mul(agents * agents) > MANY {
        return false;
    }
    let pairs = || (0..agents).flat_map(|a| (0..agents).map(move |b| (AgentIx::of(a), AgentIx::of(b))));
    for (_, mb) in (0..inst.tasks()).flat_map(|t| inst.preds.row(t)) {
        for (a, b) in pairs() {
            if see(inst.transfer(a.0, b.0, *mb)) {
                return true;
            }
        }
    }
    true
}

/// The next multiple of `step` at or above a bound.
pub fn up(bound: Ms, step: Ms) -> Ms {
    (bound + step - 1).div_euclid(step) * step
}

fn gcd(a: Ms, b: Ms) -> Ms {
    if b == 0 { a } else { gcd(b, a % b) }
}
