//! Use over time: the two shapes a limit takes, one task at a time or an amount up to a capacity.

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
    /// Moments with the level from each to the next; the first is the beginning of time.
    steps: Vec<(Ms, i64)>,
}

impl Profile {
    /// Nothing used yet.
    pub fn new(capacity: i64) -> Self {
        Self { capacity, steps: vec![(Ms::MIN, 0)] }
    }

    /// The earliest start at or after `from` at which `amount` can be held for `length`; [`NEVER`] where
    /// none comes. O(log n + steps passed).
    pub fn earliest(&self, from: Ms, length: Ms, amount: i64) -> Ms {
        let room = self.capacity - amount;
        let mut start = from;
        let last = self.steps.len() - 1;
        if self.steps[last].0 <= from {
            return if self.steps[last].1 <= room { start } else { NEVER };
        }
        let mut i = self.steps.partition_point(|s| s.0 <= from) - 1;
        while i <= last && self.steps[i].0 < start + length {
            if self.steps[i].1 > room {
                if i == last {
                    return NEVER;
                }
                start = self.steps[i + 1].0;
            }
            i += 1;
        }
        start
    }

    /// Adds `amount` (negative to give back) over `[start, end)`.
    pub fn add(&mut self, start: Ms, end: Ms, amount: i64) {
        if start >= end || amount == 0 {
            return;
        }
        let first = self.split(start);
        let last = self.split(end);
        for s in &mut self.steps[first..last] {
            s.1 += amount;
        }
        self.join(last);
        self.join(first);
    }

    /// The position of the step that begins at `at`, made if need be.
    fn split(&mut self, at: Ms) -> usize {
        let i = if self.steps[self.steps.len() - 1].0 < at {
            self.steps.len()
        } else {
            self.steps.partition_point(|s| s.0 < at)
        };
        if self.steps.get(i).is_none_or(|s| s.0 != at) {
            let level = self.steps[i - 1].1;
            self.steps.insert(i, (at, level));
        }
        i
    }

    /// Drops step `i` where it changes nothing.
    fn join(&mut self, i: usize) {
        if i > 0 && self.steps.get(i).is_some_and(|s| s.1 == self.steps[i - 1].1) {
            self.steps.remove(i);
        }
    }
}
