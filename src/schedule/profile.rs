//! Use over time: the two shapes a limit takes, one task at a time or an amount up to a capacity.

use super::blocks::Blocks;
use crate::model::{Ms, NEVER};

/// Busy intervals of something that does one thing at a time, sorted, half open.
#[derive(Debug, Clone, Default)]
pub struct Lane {
    busy: Vec<(Ms, Ms)>,
}

impl Lane {
    /// The earliest start at or after `from` of a gap of `length`. O(log n + intervals passed).
    pub fn earliest(&self, from: Ms, length: Ms) -> Ms {
        let mut start = from;
        // Most tasks go behind all others.
        if self.busy.last().is_none_or(|last| last.1 <= from) {
            return start;
        }
        let first = self.busy.partition_point(|b| b.1 <= from);
        for b in &self.busy[first..] {
            if b.0 >= start + length {
                break;
            }
            start = b.1;
        }
        start
    }

    /// Takes `[start, end)`, which must be free.
    pub fn take(&mut self, start: Ms, end: Ms) {
        if start < end {
            let at = if self.busy.last().is_none_or(|b| b.0 <= start) {
                self.busy.len()
            } else {
                self.busy.partition_point(|b| b.0 < start)
            };
            self.busy.insert(at, (start, end));
        }
    }

    /// Gives `[start, end)` back.
    pub fn give(&mut self, start: Ms, end: Ms) {
        if start < end {
            let at = self.busy.partition_point(|b| b.0 < start);
            if self.busy.get(at).is_some_and(|b| *b == (start, end)) {
                self.busy.remove(at);
            }
        }
    }
}

/// A step function of use against a capacity.
#[derive(Debug, Clone)]
pub struct Profile {
    capacity: i64,
    form: Form,
}

/// How the steps are kept: few in one list; many in blocks, so that a change touches few of them.
#[derive(Debug, Clone)]
enum Form {
    Few(Vec<Step>),
    Many(Blocks),
}

/// A moment with the level from it to the next step's; the first is the beginning of time.
type Step = (Ms, i64);

/// Steps beyond which they are kept in blocks.
const FEW: usize = 256;

impl Profile {
    /// Nothing used yet.
    pub fn new(capacity: i64) -> Self {
        Self { capacity, form: Form::Few(vec![(Ms::MIN, 0)]) }
    }

    /// The earliest start at or after `from` at which `amount` can be held for `length`; [`NEVER`] where
    /// none comes. O(log n + steps passed; of many, blocks passed that are free or full throughout count as one).
    pub fn earliest(&self, from: Ms, length: Ms, amount: i64) -> Ms {
        let room = self.capacity - amount;
        match &self.form {
            Form::Few(steps) => {
                let last = steps[steps.len() - 1];
                if last.0 <= from {
                    return if last.1 <= room { from } else { NEVER };
                }
                let first = steps.partition_point(|s| s.0 <= from) - 1;
                pass(&steps[first..], from, length, room, NEVER).unwrap_or_else(|start| start)
            }
            Form::Many(blocks) => blocks.earliest(from, length, room),
        }
    }

    /// The same, remembering what was looked at in vain: far cheaper where many ask for the same and use mostly grows.
    pub fn earliest_noting(&mut self, from: Ms, length: Ms, amount: i64) -> Ms {
        match &mut self.form {
            Form::Few(_) => self.earliest(from, length, amount),
            Form::Many(blocks) => blocks.earliest_noting(from, length, self.capacity - amount),
        }
    }

    /// Adds `amount` (negative to give back) over `[start, end)`.
    pub fn add(&mut self, start: Ms, end: Ms, amount: i64) {
        if start >= end || amount == 0 {
            return;
        }
        match &mut self.form {
            Form::Few(steps) => {
                let first = split(steps, start);
                let last = split(steps, end);
                for s in &mut steps[first..last] {
                    s.1 += amount;
                }
                join(steps, last);
                join(steps, first);
                if steps.len() > FEW {
                    self.form = Form::Many(Blocks::of(steps));
                }
            }
            Form::Many(blocks) => blocks.add(start, end, amount),
        }
    }
}

/// Passes steps, the first of which holds at `start`, until one begins `length` or more after the start that those
/// before it leave: that start; or as an error, after the last, the start so far. `end` is where the last one's level
/// ends.
pub(super) fn pass(steps: &[Step], mut start: Ms, length: Ms, room: i64, end: Ms) -> Result<Ms, Ms> {
    for (i, s) in steps.iter().enumerate() {
        if s.0 >= start + length {
            return Ok(start);
        }
        if s.1 > room {
            start = steps.get(i + 1).map_or(end, |next| next.0);
        }
    }
    Err(start)
}

/// The position of the step that begins at `at`, made if need be; some step begins before.
fn split(steps: &mut Vec<Step>, at: Ms) -> usize {
    let i = if steps[steps.len() - 1].0 < at { steps.len() } else { steps.partition_point(|s| s.0 < at) };
    if steps.get(i).is_none_or(|s| s.0 != at) {
        let level = steps[i - 1].1;
        steps.insert(i, (at, level));
    }
    i
}

/// Drops step `i` where it changes nothing.
fn join(steps: &mut Vec<Step>, i: usize) {
    if i > 0 && steps.get(i).is_some_and(|s| s.1 == steps[i - 1].1) {
        steps.remove(i);
    }
}
