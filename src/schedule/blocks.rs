//! A step function of many steps, in blocks of some dozens: a change touches the blocks at its ends and one figure of
//! each block between (decomposition by square roots).

use super::passed::Passed;
use crate::model::{Ms, NEVER};

/// Steps of a new block; with twice as many it is cut in two.
const BLOCK: usize = 64;

/// Consecutive steps.
#[derive(Debug, Clone)]
struct Block {
    /// Moments with the level from each to the next, without `more`.
    steps: Vec<(Ms, i64)>,
    /// What is to be added to all levels.
    more: i64,
    /// Least and greatest level, without `more`.
    range: (i64, i64),
}

impl Block {
    fn of(steps: &[(Ms, i64)]) -> Self {
        let mut out = Self { steps: steps.to_vec(), more: 0, range: (0, 0) };
        out.measure();
        out
    }

    fn from(&self) -> Ms {
        self.steps[0].0
    }

    fn measure(&mut self) {
        let wider = |(least, most): (i64, i64), s: &(Ms, i64)| (least.min(s.1), most.max(s.1));
        self.range = self.steps.iter().fold((i64::MAX, i64::MIN), wider);
    }

    /// Adds to the steps of a range, measured anew.
    fn add(&mut self, range: std::ops::Range<usize>, amount: i64) {
        self.steps[range].iter_mut().for_each(|s| s.1 += amount);
        self.measure();
    }
}

/// Blocks that a search must have passed to be worth remembering.
const FAR: usize = 2;

/// All steps, block by block; none is empty, and the first begins at the beginning of time.
#[derive(Debug, Clone)]
pub(super) struct Blocks(Vec<Block>, Passed);

impl Blocks {
    /// The same steps in blocks.
    pub(super) fn of(steps: &[(Ms, i64)]) -> Self {
        Self(steps.chunks(BLOCK).map(Block::of).collect(), Passed::default())
    }

    /// The block that holds at a moment, and its last step that begins then or before.
    fn find(&self, at: Ms) -> (usize, usize) {
        let b = self.0.partition_point(|block| block.from() <= at) - 1;
        (b, self.0[b].steps.partition_point(|s| s.0 <= at) - 1)
    }

    /// The earliest start at or after `from` from which on levels stay at `room` or below for `length`; [`NEVER`] where
    /// none comes.
    pub(super) fn earliest(&self, from: Ms, length: Ms, room: i64) -> Ms {
        let (first, mut i) = self.find(from);
        let mut start = from;
        for (b, block) in self.0.iter().enumerate().skip(first) {
            let end = self.0.get(b + 1).map_or(NEVER, Block::from);
            let room = room - block.more;
            if block.steps[i].0 >= start + length {
                return start;
            }
            if block.range.0 > room {
                start = end;
            } else if block.range.1 > room {
                match super::profile::pass(&block.steps[i..], start, length, room, end) {
                    Ok(found) => return found,
                    Err(so_far) => start = so_far,
                }
            }
            i = 0;
        }
        start
    }

    /// The same, remembering what was looked at in vain.
    pub(super) fn earliest_noting(&mut self, from: Ms, length: Ms, room: i64) -> Ms {
        let start = self.1.skip(from, length, room);
        let found = self.earliest(start, length, room);
        if found > start && found < NEVER && self.find(found).0 >= self.find(start).0 + FAR {
            self.1.note(from, found, length, room);
        }
        found
    }

    /// Adds `amount` over `[start, end)`.
    pub(super) fn add(&mut self, start: Ms, end: Ms, amount: i64) {
        if amount < 0 {
            self.1.forget();
        }
        self.split(start);
        self.split(end);
        let ((first, i), (last, j)) = (self.find(start), self.find(end));
        if first == last {
            self.0[first].add(i..j, amount);
        } else {
            let steps = self.0[first].steps.len();
            self.0[first].add(i..steps, amount);
            self.0[first + 1..last].iter_mut().for_each(|block| block.more += amount);
            self.0[last].add(0..j, amount);
        }
        self.join(end);
        self.join(start);
    }

    /// Makes a step begin at a moment.
    fn split(&mut self, at: Ms) {
        let (b, i) = self.find(at);
        let block = &mut self.0[b];
        let (begins, level) = block.steps[i];
        if begins == at {
            return;
        }
        block.steps.insert(i + 1, (at, level));
        if block.steps.len() >= 2 * BLOCK {
            let mut behind = Block::of(&block.steps[BLOCK..]);
            behind.more = block.more;
            block.steps.truncate(BLOCK);
            block.measure();
            self.0.insert(b + 1, behind);
        }
    }

    /// Drops the step that begins at a moment where it changes nothing.
    fn join(&mut self, at: Ms) {
        let (b, i) = self.find(at);
        let level = |b: usize, i: usize| self.0[b].steps[i].1 + self.0[b].more;
        let before = match (b, i) {
            (0, 0) => return,
            (b, 0) => level(b - 1, self.0[b - 1].steps.len() - 1),
            (b, i) => level(b, i - 1),
        };
        if level(b, i) != before {
            return;
        }
        // The range may stay wider than it is: who reads it looks closer then.
        self.0[b].steps.remove(i);
        if self.0[b].steps.is_empty() {
            self.0.remove(b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::profile::Profile, *};

    /// The same by looking at every step.
    struct Plain(Vec<(Ms, Ms, i64)>);

    impl Plain {
        fn level(&self, at: Ms) -> i64 {
            self.0.iter().filter(|u| u.0 <= at && at < u.1).map(|u| u.2).sum()
        }

        fn earliest(&self, from: Ms, length: Ms, room: i64) -> Ms {
            let starts = self.0.iter().map(|u| u.1).filter(|at| *at > from).chain([from]);
            let free = |s: &Ms| {
                let inside = self.0.iter().map(|u| u.0).filter(|at| s < at && *at < s + length);
                inside.chain([*s]).all(|at| self.level(at) <= room)
            };
            let mut starts: Vec<Ms> = starts.collect();
            starts.sort_unstable();
            starts.into_iter().find(free).unwrap_or(NEVER)
        }
    }

    /// Numbers below a limit, from a linear congruential generator (Lehmer 1951; Knuth's constants).
    struct Draws(u64);

    impl Draws {
        fn below(&mut self, limit: u64) -> i64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) % limit) as i64
        }
    }

    #[test]
    fn many_steps_answer_like_every_use_looked_at() {
        let mut rng = Draws(7);
        let (mut profile, mut plain) = (Profile::new(9), Plain(Vec::new()));
        let mut blocks = Blocks::of(&[(Ms::MIN, 0)]);
        for round in 0..3_000 {
            let growing = plain.0.len() < 400 || round % 2 == 0 && plain.0.len() < 700;
            let (length, amount) = (1 + rng.below(300), 1 + rng.below(4));
            if growing {
                let start = profile.earliest_noting(rng.below(20_000), length, amount);
                plain.0.push((start, start + length, amount));
                profile.add(start, start + length, amount);
                blocks.add(start, start + length, amount);
            } else {
                let gone = plain.0.swap_remove(rng.below(plain.0.len() as u64) as usize);
                profile.add(gone.0, gone.1, -gone.2);
                blocks.add(gone.0, gone.1, -gone.2);
            }
            if round % 16 == 0 {
                let (from, length, amount) = (rng.below(25_000), 1 + rng.below(900), rng.below(11));
                let expected = plain.earliest(from, length, 9 - amount);
                assert_eq!(profile.earliest(from, length, amount), expected);
                assert_eq!(blocks.earliest(from, length, 9 - amount), expected);
                assert_eq!(blocks.earliest_noting(from, length, 9 - amount), expected);
            }
        }
        assert!(blocks.0.len() > 5, "{} blocks", blocks.0.len());
        for gone in plain.0 {
            blocks.add(gone.0, gone.1, -gone.2);
        }
        assert_eq!(blocks.0.iter().map(|b| b.steps.len()).sum::<usize>(), 1, "what is given back leaves nothing");
    }
}
