//! Lower bounds that trust no floating point: integer row prices, evaluated exactly.

use super::selection::{Columns, Level, Rows, SelectionError, check_rows};
use crate::parallel;

/// Groups whose cheapest columns are one job.
const PART: usize = 1_024;

/// Binary digits of an integer that a float holds.
pub(super) const EXACT: u32 = 53;

/// Integer row prices that prove a lower bound; a verifier re-evaluates them without any solver.
///
/// The price of row r is `prices[r] / 2^shift`, in cost per unit of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Binary digits after the point in every price.
    pub shift: u32,
    /// Price of each row, ≥ 0, scaled by `2^shift`.
    pub prices: Vec<i64>,
}

/// A proven lower bound, `numerator / 2^shift`, in units of cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The bound times `2^shift`.
    pub numerator: i128,
    /// Binary digits after the point; below 127.
    pub shift: u32,
}

impl Bound {
    /// The least integer not below the bound: a bound too where every feasible value is an integer.
    ///
    /// Values are taken to fit an i64, so that clamping to its range keeps the bound valid.
    pub fn ceil(&self) -> i64 {
        let down = self.numerator >> self.shift;
        // The sum cannot overflow: a remainder implies shift ≥ 1, hence |down| ≤ 2^126.
        let up = down + i128::from((down << self.shift) != self.numerator);
        up.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    }

    /// The greatest float not above the bound (but for underflow to zero of bounds below 1e-300).
    pub fn floor_f64(&self) -> f64 {
        let nearest = self.numerator as f64;
        // 2^127 itself, the only float that is out of range, saturates and compares as not above.
        let above = nearest as i128 > self.numerator || nearest >= 2f64.powi(127);
        let floor = if above { nearest.next_down() } else { nearest };
        floor * 2f64.powi(-(self.shift as i32))
    }
}

impl Certificate {
    /// Evaluates the Lagrangian dual function at these prices in exact integer arithmetic:
    ///
    /// `Σ_groups min(cost + Σ λ·amount) − Σ λ·fixed + Σ_levels (unit_cost − Σ λ·slope)·least`
    ///
    /// which no selection can beat as long as no level's rows cost more than the level (Geoffrion
    /// 1974, Lagrangean relaxation for integer programming). O(entries).
    ///
    /// # Errors
    /// Any [`SelectionError`]: prices that prove nothing are refused, and so are sums that would
    /// not fit 128 bits.
    pub fn bound<C: Columns>(&self, columns: &C, rows: &Rows, levels: &[Level]) -> Result<Bound, SelectionError> {
        check_rows(rows, levels)?;
        if self.prices.len() != rows.len() {
            return Err(SelectionError::Lengths);
        }
        if let Some(row) = self.prices.iter().position(|&price| price < 0) {
            return Err(SelectionError::Price { row });
        }
        if self.shift > 62 {
            return Err(SelectionError::Overflow);
        }
        let mut sum = self.constant(rows, levels)?;
        let parts = parallel::parts(columns.groups(), PART);
        let add = |sum: i128, more: i128| sum.checked_add(more).ok_or(SelectionError::Overflow);
        let unit = 2f64.powi(-(self.shift as i32));
        let natural: Vec<f64> = self.prices.iter().map(|p| *p as f64 * unit).collect();
        let is_exact = self.prices.iter().all(|price| *price < 1 << EXACT);
        let sums = parallel::map(parts.len(), |i| {
            let few = columns.contenders(parts[i].clone(), &natural, is_exact);
            let mut few = few.iter().flatten();
            parts[i].clone().try_fold(0, |sum, group| add(sum, self.cheapest(columns, group, few.next())?))
        });
        for part in sums {
            sum = add(sum, part?)?;
        }
        Ok(Bound { numerator: sum, shift: self.shift })
    }

    /// The part of the dual function that no column enters.
    fn constant(&self, rows: &Rows, levels: &[Level]) -> Result<i128, SelectionError> {
        let mut left: Vec<i128> = levels.iter().map(|level| i128::from(level.unit_cost) << self.shift).collect();
        let mut sum = 0i128;
        for (row, &price) in self.prices.iter().enumerate() {
            let price = i128::from(price);
            sum = sum.checked_sub(price * i128::from(rows.fixed[row])).ok_or(SelectionError::Overflow)?;
            if let Some(level) = rows.level[row] {
                let level = level as usize;
                left[level] = left[level]
                    .checked_sub(price * i128::from(rows.slope[row]))
                    .filter(|&left| left >= 0)
                    .ok_or(SelectionError::Overpriced { level })?;
            }
        }
        for (left, level) in left.iter().zip(levels) {
            sum = left
                .checked_mul(i128::from(level.least))
                .and_then(|part| sum.checked_add(part))
                .ok_or(SelectionError::Overflow)?;
        }
        Ok(sum)
    }

    /// The least reduced cost of a group's columns, times `2^shift`; where it is known to be among a few, of those.
    fn cheapest<C: Columns>(&self, columns: &C, group: usize, few: Option<&Vec<u32>>) -> Result<i128, SelectionError> {
        let mut least: Option<i128> = None;
        let mut fault = None;
        let mut see = |key: u32, cost: i64, entries: &[(u32, i64)]| match self.reduced(group, key, cost, entries) {
            Ok(value) => least = Some(least.map_or(value, |least| least.min(value))),
            Err(error) => fault = fault.or(Some(error)),
        };
        match few {
            Some(keys) if !keys.is_empty() => keys.iter().for_each(|key| columns.column(group, *key, &mut see)),
            _ => columns.visit(group, &mut see),
        }
        match fault {
            Some(error) => Err(error),
            None => least.ok_or(SelectionError::EmptyGroup { group }),
        }
    }

    /// A column's cost plus the price of what it uses, times `2^shift`.
    fn reduced(&self, group: usize, key: u32, cost: i64, entries: &[(u32, i64)]) -> Result<i128, SelectionError> {
        let mut value = i128::from(cost) << self.shift;
        for &(row, amount) in entries {
            let price = match self.prices.get(row as usize) {
                Some(&price) if amount >= 0 => price,
                _ => return Err(SelectionError::Column { group, key }),
            };
            value = value.checked_add(i128::from(price) * i128::from(amount)).ok_or(SelectionError::Overflow)?;
        }
        Ok(value)
    }

    /// Rounds float prices down to multiples of `2^-shift`, and lowers those of each level's rows
    /// until they cost no more than the level. What is not a positive number becomes 0.
    ///
    /// Falls back to prices of 0, which are always admissible, where the sums do not fit.
    pub(super) fn round(prices: &[f64], shift: u32, rows: &Rows, levels: &[Level]) -> Self {
        let unit = 2f64.powi(shift as i32);
        let mut prices: Vec<i64> = prices
            .iter()
            .map(|&price| {
                // The cast truncates, turns NaN into 0 and saturates; 2^62 leaves room for sums.
                ((price.max(0.0) * unit) as i64).min(1 << 62)
            })
            .collect();
        for (k, level) in levels.iter().enumerate() {
            let budget = i128::from(level.unit_cost) << shift;
            let members = || (0..rows.len()).filter(|&r| rows.level[r] == Some(k as u32));
            let total =
                members().try_fold(0i128, |sum, r| sum.checked_add(i128::from(prices[r]) * i128::from(rows.slope[r])));
            if total.is_some_and(|total| total <= budget) {
                continue;
            }
            for r in members().filter(|&r| rows.slope[r] > 0).collect::<Vec<_>>() {
                // Rounding down each share keeps their sum within the budget.
                prices[r] = total
                    .and_then(|total| Some(i128::from(prices[r]).checked_mul(budget)? / total))
                    .map_or(0, |price| price as i64);
            }
        }
        Self { shift, prices }
    }
}
