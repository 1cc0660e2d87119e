//! What several resources leave free over time, four of them packed into one word, so that one subtraction
//! compares them all.

use crate::model::Ms;

/// Resources in one word.
pub const LANES: usize = 4;

/// Bits of a lane; the highest one is kept free, to catch the borrow of a comparison.
const WIDTH: u32 = 32;

/// The highest bit of every lane.
const GUARD: u128 = (1 << 31) | (1 << 63) | (1 << 95) | (1 << 127);

/// The greatest amount that a lane holds.
pub const MOST: i64 = (1 << 31) - 1;

/// An amount (at most [`MOST`]) of the resource in a lane.
pub fn packed(lane: usize, amount: i64) -> u128 {
    (amount as u128) << (WIDTH * lane as u32)
}

/// A step function of what is free; the last step never ends.
#[derive(Debug, Clone)]
pub struct Steps {
    at: Vec<Ms>,
    free: Vec<u128>,
}

impl Steps {
    /// Everything free.
    pub fn new(capacity: u128) -> Self {
        Self { at: vec![0], free: vec![capacity] }
    }

    /// Frees everything.
    pub fn clear(&mut self, capacity: u128) {
        self.at.clear();
        self.at.push(0);
        self.free.clear();
        self.free.push(capacity);
    }

    /// The earliest start at or after `from` (0 or later) at which `need`, no more than the capacity, is
    /// free for `length`; counts the steps looked at. O(log n + steps passed).
    pub fn earliest(&self, from: Ms, length: Ms, need: u128, work: &mut u64) -> Ms {
        let last = self.at.len() - 1;
        if self.at[last] <= from {
            return from;
        }
        let mut i = self.at.partition_point(|at| *at <= from) - 1;
        let begin = i;
        let mut start = from;
        loop {
            if ((self.free[i] | GUARD) - need) & GUARD == GUARD {
                if i == last || self.at[i + 1] >= start + length {
                    break;
                }
            } else {
                // The last step is all free, so there is a next one.
                start = self.at[i + 1];
            }
            i += 1;
        }
        *work += (i - begin) as u64 / 2;
        start
    }

    /// Takes `need` over `[start, end)`, where it is free.
    pub fn take(&mut self, start: Ms, end: Ms, need: u128) {
        if start >= end {
            return;
        }
        let first = self.split(start);
        let last = self.split(end);
        for free in &mut self.free[first..last] {
            *free -= need;
        }
    }

    /// The position of the step that begins at `at`, made if need be.
    fn split(&mut self, at: Ms) -> usize {
        let last = self.at.len() - 1;
        let i = if self.at[last] < at { last + 1 } else { self.at.partition_point(|x| *x < at) };
        if self.at.get(i) != Some(&at) {
            self.at.insert(i, at);
            self.free.insert(i, self.free[i - 1]);
        }
        i
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_waits_until_every_lane_has_room() {
        let mut steps = Steps::new(packed(0, 3) | packed(1, 2));
        let mut work = 0;
        steps.take(0, 10, packed(0, 2));
        steps.take(5, 20, packed(1, 2));
        assert_eq!(steps.earliest(0, 5, packed(0, 1), &mut work), 0);
        assert_eq!(steps.earliest(0, 5, packed(0, 1) | packed(1, 1), &mut work), 0);
        assert_eq!(steps.earliest(0, 6, packed(0, 1) | packed(1, 1), &mut work), 20);
        assert_eq!(steps.earliest(0, 6, packed(0, 2), &mut work), 10);
        assert_eq!(steps.earliest(30, 6, packed(0, 3), &mut work), 30);
    }
}
