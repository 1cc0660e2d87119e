//! A critical path of a schedule: from the task that ends last back through what kept each from starting
//! sooner, a predecessor's transfer or a task that ended just then on the agent or a resource.

use super::Sequence;
use crate::schedule::{Instance, NONE};

/// The tasks of one critical path, last first. O(path · tasks).
pub fn path(inst: &Instance<'_>, sequence: &Sequence<'_>) -> Vec<u32> {
    let line = &sequence.timeline;
    let placed = sequence.order.iter().copied().filter(|t| line.agent[*t as usize] != NONE);
    let last = placed.max_by_key(|t| (line.finish[*t as usize], *t));
    last.map_or_else(Vec::new, |last| path_to(inst, sequence, last))
}

/// The tasks of one path that a placed task's finish hangs on, the task itself first. O(path · tasks).
pub fn path_to(inst: &Instance<'_>, sequence: &Sequence<'_>, last: u32) -> Vec<u32> {
    let line = &sequence.timeline;
    let placed = || sequence.order.iter().copied().filter(|t| line.agent[*t as usize] != NONE);
    let mut at = last;
    let mut out = vec![at];
    while out.len() <= sequence.order.len() {
        let t = at as usize;
        let (start, agent) = (line.start[t], line.agent[t]);
        let by_input = inst.preds.row(t).iter().find(|(p, mb)| {
            let p = *p as usize;
            line.finish[p] + inst.transfer(line.agent[p], agent, *mb) == start
        });
        let blocks = |b: &u32| {
            let b = *b as usize;
            let per = |r: u32| inst.shared[r as usize].per.map_or(line.finish[b], |per| line.start[b] + per);
            let shares =
                || inst.uses.row(t).iter().any(|(r, _)| per(*r) == start && inst.uses.row(b).iter().any(|u| u.0 == *r));
            b != t && line.start[b] < start && (line.agent[b] == agent && line.finish[b] == start || shares())
        };
        let before = by_input.map(|(p, _)| *p).or_else(|| placed().find(blocks));
        match before {
            Some(b) => at = b,
            None => break,
        }
        out.push(at);
    }
    out
}
