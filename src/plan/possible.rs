//! When each task can be done at all, agents never standing in each other's way.

use super::{heads::Heads, place};
use crate::{
    model::{Ms, NEVER, Quantities},
    schedule::Instance,
};

/// The earliest finish of each task over all plans, as far as eligibility, amounts that are too small by
/// themselves, windows and precedence tell; `None` where no plan places it. Exact where nothing else competes;
/// with other tasks a lower bound. O(edges · (agents + points²)).
pub fn earliest(q: &Quantities<'_>) -> Vec<Option<Ms>> {
    let inst = Instance::new(q);
    let heads = Heads::new(&inst);
    let mut gone = place::impossible(&inst);
    // What cannot be reached in time takes its companions with it; what follows has no head either.
    for unit in 0..inst.units.len() {
        let members = inst.units.row(unit);
        if members.iter().any(|t| heads.finish[*t as usize] >= NEVER) {
            for t in members {
                gone[*t as usize] = true;
            }
        }
    }
    for t in inst.topological.iter().map(|t| *t as usize) {
        if inst.preds.row(t).iter().any(|p| gone[p.0 as usize]) {
            gone[t] = true;
        }
    }
    (0..inst.tasks()).map(|t| (!gone[t]).then_some(heads.finish[t])).collect()
}
