//! An amount that tasks take and give back: whole parts with the moment from which each is free.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::model::Ms;

/// Who gave a part back; none at the beginning.
pub type Giver = Option<u32>;

/// A part: free from when, how much (in parts of a whole), given back by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    free: Ms,
    amount: i64,
    by: Giver,
}

/// Parts, the soonest free first.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    parts: BinaryHeap<Reverse<Part>>,
}

impl Pool {
    /// An amount that is free at once.
    pub fn new(amount: i64) -> Self {
        let mut out = Self::default();
        out.give(amount, 0, None);
        out
    }

    /// Takes the parts that are free soonest: when they all are, and who gave the last one back. What is not there at
    /// all is not waited for.
    pub fn take(&mut self, amount: i64) -> (Ms, Giver) {
        let (mut left, mut free, mut by) = (amount, 0, None);
        while left > 0 {
            let Some(Reverse(part)) = self.parts.pop() else { break };
            if part.free > free {
                (free, by) = (part.free, part.by);
            }
            if part.amount > left {
                self.parts.push(Reverse(Part { amount: part.amount - left, ..part }));
            }
            left -= part.amount;
        }
        (free, by)
    }

    /// Gives an amount back.
    pub fn give(&mut self, amount: i64, free: Ms, by: Giver) {
        if amount > 0 {
            self.parts.push(Reverse(Part { free, amount, by }));
        }
    }
}
