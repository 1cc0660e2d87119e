//! How much work each stage may do, by effort and size. Counts of elementary steps, never seconds.

use super::solution::Effort;
use crate::schedule::Instance;

/// Lanes but where an answer is to be quick: as many as cores can be counted on.
const LANES: usize = 2;

/// Least steps of [`Budget::due`] at standard effort.
const LEAST_DUE: u64 = 3_000_000;

/// Work of the stages of one plan.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Steps of the search over schedules.
    pub schedule: u64,
    /// The same where due moments count before all else: few good orders lie far apart there.
    pub due: u64,
    /// Steps of the search over sequences.
    pub sequences: u64,
    /// Steps of the search over orders of a project, which are half as long.
    pub order: u64,
    /// Moments that a bound over start times looks at.
    pub bound: u64,
    /// Changes that the search over assignments tries.
    pub assignment: u64,
    /// Table entries that an enumeration fills.
    pub tables: u64,
    /// Searches from the same start with draws of their own, side by side, each with all the work.
    pub lanes: usize,
}

impl Budget {
    /// A part of the budget, for one of several drafts.
    pub fn shared(self) -> Self {
        Self {
            schedule: self.schedule / 4,
            due: self.due / 4,
            sequences: self.sequences / 4,
            order: self.order / 4,
            assignment: self.assignment / 4,
            tables: self.tables / 4,
            ..self
        }
    }

    /// Half the budget for schedules, where drafts have had their share of it.
    pub fn halved(self) -> Self {
        Self {
            schedule: self.schedule / 2,
            due: self.due / 2,
            sequences: self.sequences / 2,
            order: self.order / 2,
            ..self
        }
    }

    /// The budget of an effort at an instance's size.
    pub fn of(inst: &Instance<'_>, effort: Effort) -> Self {
        let n = inst.tasks().max(1) as u64;
        // A replay costs about n steps, so small batches get many and large ones few.
        let standard = (4 * n * n * n).clamp(1_000_000, 20_000_000);
        let order = (2_000 * n * n).clamp(6_000_000, 40_000_000);
        let bound = (20_000 * n * n).clamp(5_000_000, 300_000_000);
        let moves = (6_000 * n).clamp(30_000, 2_500_000);
        // Few units have few neighbours: an answer at once is worth more than the last of them.
        let few = moves.min((40 * n * n).max(30_000));
        let high = (40_000 * n * n).clamp(60_000_000, 250_000_000);
        let sequences = (8_000 * n * n).clamp(1_500_000, 100_000_000);
        match effort {
            Effort::Quick => Self {
                schedule: standard / 20,
                due: standard / 20,
                sequences: sequences / 20,
                order: order / 20,
                bound: bound / 20,
                assignment: moves / 20,
                tables: 5 * moves,
                lanes: 1,
            },
            Effort::Standard => Self {
                schedule: standard,
                due: standard.max(LEAST_DUE),
                sequences,
                order,
                bound,
                assignment: few,
                tables: 100 * moves,
                lanes: LANES,
            },
            Effort::High => Self {
                schedule: high,
                due: high,
                sequences: (15_000_000 * n).clamp(300_000_000, 1_500_000_000),
                order: 600_000_000,
                bound: 1_000_000_000,
                assignment: moves * 20,
                tables: 8_000_000_000,
                lanes: LANES,
            },
        }
    }
}
