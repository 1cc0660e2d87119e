//! The selection problem: one column out of every group, rows that hold, levels that may be raised.

use std::error::Error;
use std::fmt;

/// The columns of a selection problem, generated group by group so that they need not be stored.
///
/// An implementor must show the same columns, in the same order, every time it is asked.
pub trait Columns: Sync {
    /// Number of groups; exactly one column of each is chosen.
    fn groups(&self) -> usize;

    /// Shows every column of `group`: its key (unique in the group), its cost, and its entries as
    /// `(row, amount)` with amounts ≥ 0; a row named twice counts twice.
    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)]));

    /// Shows about `count` columns of a group, evenly spread from a place that differs between groups, the same
    /// each time.
    fn sample(&self, group: usize, count: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        let mut all = 0;
        self.visit(group, &mut |_, _, _| all += 1);
        let mut i = place(group, all);
        self.visit(group, &mut |key, cost, entries| {
            i += count;
            if all <= count || i >= all {
                i -= all.min(i);
                see(key, cost, entries);
            }
        });
    }

    /// How many columns a group has, or a little more.
    fn breadth(&self, group: usize) -> usize {
        let mut count = 0;
        self.visit(group, &mut |_, _, _| count += 1);
        count
    }

    /// The keys among which each group's cheapest column at `prices` (cost per unit of each row) is, group after group,
    /// whatever is rounded: where the implementor finds them faster than by showing all columns. `is_exact` where prices
    /// are the integers of a certificate to the last digit: columns at equal prices then cost the same.
    fn contenders(&self, groups: std::ops::Range<usize>, prices: &[f64], is_exact: bool) -> Option<Vec<Vec<u32>>> {
        let _ = (groups, prices, is_exact);
        None
    }

    /// Shows the column of a key that [`Self::nearest`] named.
    fn column(&self, group: usize, key: u32, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        self.visit(group, &mut |k, cost, entries| {
            if k == key {
                see(k, cost, entries);
            }
        });
    }

    /// The keys of about the `width` cheapest columns of each of some groups at `prices` (cost per unit of each row), group
    /// after group, [`NO_KEY`] where a group has fewer: where the implementor finds them faster than by showing
    /// all columns.
    fn nearest(&self, groups: &[u32], prices: &[f64], width: usize) -> Option<Vec<u32>> {
        let _ = (groups, prices, width);
        None
    }
}

/// Columns of each group that stand for all of them.
const SAMPLE: usize = 16;

/// The columns of a problem that are sampled.
pub(super) struct Sample<'c, C>(pub &'c C);

impl<C: Columns> Columns for Sample<'_, C> {
    fn groups(&self) -> usize {
        self.0.groups()
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        self.0.sample(group, SAMPLE, see);
    }
}

/// A place below `count` that differs between groups.
pub fn place(group: usize, count: usize) -> usize {
    ((group as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as usize % count.max(1)
}

/// No column.
pub const NO_KEY: u32 = u32::MAX;

/// The rows: the amounts chosen in row `r` sum to at most `fixed[r] + slope[r] · T[level[r]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// What the row offers whatever the levels, in the row's own unit; may be negative.
    pub fixed: Vec<i64>,
    /// What one unit of the row's level adds; ≥ 0, and read as 0 where the row has no level.
    pub slope: Vec<i64>,
    /// The level that widens the row, if any.
    pub level: Vec<Option<u32>>,
}

impl Rows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.fixed.len()
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.fixed.is_empty()
    }

    /// Adds the row `amounts ≤ fixed` and returns its index.
    pub fn push_fixed(&mut self, fixed: i64) -> u32 {
        self.push(fixed, 0, None)
    }

    /// Adds the row `amounts ≤ fixed + slope · T[level]` and returns its index.
    pub fn push(&mut self, fixed: i64, slope: i64, level: Option<u32>) -> u32 {
        self.fixed.push(fixed);
        self.slope.push(slope);
        self.level.push(level);
        (self.fixed.len() - 1) as u32
    }

    /// The slope of row `r`, 0 where it has no level.
    pub(super) fn slope_of(&self, r: usize) -> i64 {
        if self.level[r].is_some() { self.slope[r] } else { 0 }
    }
}

/// A level T: a continuous quantity ≥ `least` that costs `unit_cost` a unit, such as the makespan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Cost of one unit of the level, ≥ 0.
    pub unit_cost: i64,
    /// The least value that the level may take.
    pub least: i64,
}

/// Why a selection problem, or the prices offered for it, cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectionError {
    /// `fixed`, `slope` and `level` of the rows, or the prices, differ in length.
    Lengths,
    /// The row has a negative slope, or names a level that is not given.
    Row {
        /// Index of the row.
        row: usize,
    },
    /// The level has a negative unit cost, so that raising it for ever would pay.
    Level {
        /// Index of the level.
        level: usize,
    },
    /// The group has no column: nothing can be chosen.
    EmptyGroup {
        /// Index of the group.
        group: usize,
    },
    /// A column of the group names a row that is not given, or a negative amount.
    Column {
        /// Index of the group.
        group: usize,
        /// Key of the column.
        key: u32,
    },
    /// The price of the row is negative.
    Price {
        /// Index of the row.
        row: usize,
    },
    /// The prices of the level's rows sum to more than the level costs, so they prove nothing.
    Overpriced {
        /// Index of the level.
        level: usize,
    },
    /// The exact sums do not fit 128 bits.
    Overflow,
}

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lengths => write!(f, "row data and prices differ in length"),
            Self::Row { row } => write!(f, "row {row} has a negative slope or an unknown level"),
            Self::Level { level } => write!(f, "level {level} has a negative unit cost"),
            Self::EmptyGroup { group } => write!(f, "group {group} has no column"),
            Self::Column { group, key } => {
                write!(f, "column {key} of group {group} has a bad row or amount")
            }
            Self::Price { row } => write!(f, "the price of row {row} is negative"),
            Self::Overpriced { level } => write!(f, "the rows of level {level} are overpriced"),
            Self::Overflow => write!(f, "sums exceed 128 bits; scale the numbers down"),
        }
    }
}

impl Error for SelectionError {}

/// Checks rows and levels against each other.
///
/// # Errors
/// [`SelectionError::Lengths`], [`SelectionError::Row`] or [`SelectionError::Level`].
pub(super) fn check_rows(rows: &Rows, levels: &[Level]) -> Result<(), SelectionError> {
    let count = rows.fixed.len();
    if rows.slope.len() != count || rows.level.len() != count {
        return Err(SelectionError::Lengths);
    }
    for row in 0..count {
        let known = rows.level[row].is_none_or(|k| (k as usize) < levels.len());
        if rows.slope[row] < 0 || !known {
            return Err(SelectionError::Row { row });
        }
    }
    match levels.iter().position(|level| level.unit_cost < 0) {
        Some(level) => Err(SelectionError::Level { level }),
        None => Ok(()),
    }
}

/// A selection problem's columns held in memory, for small callers and tests.
#[derive(Debug, Clone, Default)]
pub struct Table {
    groups: Vec<Vec<StoredColumn>>,
}

/// One column of a [`Table`].
#[derive(Debug, Clone)]
struct StoredColumn {
    key: u32,
    cost: i64,
    entries: Vec<(u32, i64)>,
}

impl Table {
    /// A table of no group.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an empty group and returns its index.
    pub fn push_group(&mut self) -> usize {
        self.groups.push(Vec::new());
        self.groups.len() - 1
    }

    /// Adds a column to the group pushed last (to a first group, if there is none yet).
    pub fn push_column(&mut self, key: u32, cost: i64, entries: &[(u32, i64)]) {
        if self.groups.is_empty() {
            self.groups.push(Vec::new());
        }
        if let Some(group) = self.groups.last_mut() {
            let entries = entries.to_vec();
            group.push(StoredColumn { key, cost, entries });
        }
    }
}

impl Columns for Table {
    fn groups(&self) -> usize {
        self.groups.len()
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        for column in self.groups.get(group).into_iter().flatten() {
            see(column.key, column.cost, &column.entries);
        }
    }
}
