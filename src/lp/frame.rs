//! The rows and levels in floating point, each in a unit that brings its numbers to about one.

use super::certificate::{Certificate, EXACT};
use super::selection::{Columns, Level, Rows, Sample, SelectionError, check_rows};
use crate::parallel;

/// Groups that one job measures.
const PART: usize = 1_024;

/// Magnitudes met in one pass over all columns.
#[derive(Debug, Clone)]
struct Extent {
    /// Greatest |cost| of a column.
    cost: f64,
    /// Greatest sum of a column's amounts.
    amounts: f64,
    /// Per row, the sum of squares and the number of its positive amounts.
    squares: Vec<(f64, f64)>,
}

/// Rows and levels in units of their own: amounts are divided by `unit[row]`, prices multiplied.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// Unit of each row, > 0.
    pub unit: Vec<f64>,
    /// What each row offers whatever its level.
    pub fixed: Vec<f64>,
    /// What a unit of the level adds to each row.
    pub slope: Vec<f64>,
    /// Level of each row of positive slope.
    pub level: Vec<Option<usize>>,
    /// The rows of positive slope of each level.
    pub members: Vec<Vec<usize>>,
    /// Cost of a unit of each level.
    pub unit_cost: Vec<f64>,
    /// Least value of each level.
    pub least: Vec<f64>,
    /// Number of columns.
    pub columns: usize,
    extent: Extent,
}

impl Frame {
    /// Checks the whole problem and measures it in one pass. O(entries).
    ///
    /// # Errors
    /// What is wrong with the rows, the levels or the first faulty column.
    pub fn new<C: Columns>(columns: &C, rows: &Rows, levels: &[Level]) -> Result<Self, SelectionError> {
        check_rows(rows, levels)?;
        let (extent, count) = measure(columns, rows.len())?;
        let slope_of = |r: usize| rows.slope_of(r) as f64;
        let typical: Vec<f64> =
            extent.squares.iter().map(|&(sum, n)| if n > 0.0 { (sum / n).sqrt() } else { 1.0 }).collect();
        let mut members = vec![Vec::new(); levels.len()];
        let mut level = vec![None; rows.len()];
        for (r, level) in level.iter_mut().enumerate() {
            if let Some(k) = rows.level[r].filter(|_| rows.slope[r] > 0) {
                members[k as usize].push(r);
                *level = Some(k as usize);
            }
        }
        let mut unit = typical.clone();
        for rows in &members {
            // One unit of the level for all its rows: a fast and a slow row must stay comparable.
            let sum: f64 = rows.iter().map(|&r| typical[r] / slope_of(r)).sum();
            let common = sum / rows.len().max(1) as f64;
            for &r in rows {
                unit[r] = common * slope_of(r);
            }
        }
        Ok(Self {
            fixed: (0..rows.len()).map(|r| rows.fixed[r] as f64 / unit[r]).collect(),
            slope: (0..rows.len()).map(|r| slope_of(r) / unit[r]).collect(),
            level,
            members,
            unit_cost: levels.iter().map(|level| level.unit_cost as f64).collect(),
            least: levels.iter().map(|level| level.least as f64).collect(),
            columns: count,
            unit,
            extent,
        })
    }

    /// The frame of a share of the groups: what rows offer and what levels cost shrinks with it, so that prices
    /// stay.
    pub fn share(&self, share: f64) -> Self {
        let shrunk = |of: &[f64]| of.iter().map(|x| x * share).collect();
        Self {
            fixed: shrunk(&self.fixed),
            slope: shrunk(&self.slope),
            unit_cost: shrunk(&self.unit_cost),
            columns: (self.columns as f64 * share) as usize,
            ..self.clone()
        }
    }

    /// With other least values of the levels.
    pub fn raised(&self, least: Vec<f64>) -> Self {
        Self { least, ..self.clone() }
    }

    /// Whether prices leave most of what each level costs unspent: the levels are then at their least values, and no
    /// prices prove more than these.
    pub fn is_slack(&self, prices: &[f64]) -> bool {
        let spent = |rows: &Vec<usize>| rows.iter().map(|r| self.slope[*r] * prices[*r]).sum::<f64>();
        !self.members.is_empty()
            && self.members.iter().zip(&self.unit_cost).all(|(rows, cost)| spent(rows) < 0.5 * cost)
    }

    /// Moves prices to the nearest admissible ones: ≥ 0, and no level's rows dearer than the level.
    ///
    /// Euclidean projection onto `{y ≥ 0, Σ slope·y ≤ unit_cost}`, level by level, by sorting
    /// (Held, Wolfe and Crowder 1974). O(rows log rows).
    pub fn project(&self, prices: &mut [f64]) {
        for price in prices.iter_mut() {
            *price = price.max(0.0);
        }
        for (rows, &budget) in self.members.iter().zip(&self.unit_cost) {
            let total: f64 = rows.iter().map(|&r| self.slope[r] * prices[r]).sum();
            if total <= budget {
                continue;
            }
            let ratio = |r: usize| prices[r] / self.slope[r];
            let mut order = rows.clone();
            order.sort_by(|&a, &b| ratio(b).total_cmp(&ratio(a)).then(a.cmp(&b)));
            let (mut spent, mut weight, mut cut) = (0.0, 0.0, 0.0);
            for r in order {
                spent += self.slope[r] * prices[r];
                weight += self.slope[r] * self.slope[r];
                let next = (spent - budget) / weight;
                if next > ratio(r) {
                    break;
                }
                cut = next;
            }
            let mut total = 0.0;
            for &r in rows {
                prices[r] = (prices[r] - cut * self.slope[r]).max(0.0);
                total += self.slope[r] * prices[r];
            }
            if total > budget {
                // Cancellation after a giant step: exact arithmetic would end on the budget.
                for &r in rows {
                    prices[r] *= budget / total;
                }
            }
        }
    }

    /// The part of the dual function that no column enters.
    pub fn constant(&self, prices: &[f64]) -> f64 {
        let mut sum = 0.0;
        let mut left = self.unit_cost.clone();
        for (r, &price) in prices.iter().enumerate() {
            sum -= price * self.fixed[r];
            if let Some(k) = self.level[r] {
                left[k] -= price * self.slope[r];
            }
        }
        let raised: f64 = left.iter().zip(&self.least).map(|(left, t)| left * t).sum();
        sum + raised
    }

    /// Prices in cost per unit of the caller's rows.
    pub fn natural(&self, prices: &[f64]) -> Vec<f64> {
        prices.iter().zip(&self.unit).map(|(y, u)| y / u).collect()
    }

    /// A size that objective values can be expected to have, > 0.
    pub fn magnitude(&self) -> f64 {
        let raised = self.unit_cost.iter().zip(&self.members);
        let level = raised.map(|(cost, rows)| {
            let slope = rows.iter().map(|&r| self.slope[r]).fold(0.0, f64::max);
            if slope > 0.0 { cost / slope } else { 0.0 }
        });
        level.fold(self.extent.cost.max(1e-9), f64::max)
    }

    /// The level values that fit the given amounts per row (in row units).
    pub fn levels_for(&self, load: &[f64]) -> Vec<f64> {
        let need = |&r: &usize| (load[r] - self.fixed[r]) / self.slope[r];
        self.members.iter().zip(&self.least).map(|(rows, &least)| rows.iter().map(need).fold(least, f64::max)).collect()
    }

    /// Rounds prices (in row units) to a certificate as fine as 128-bit sums allow.
    pub fn certificate(&self, prices: &[f64], rows: &Rows, levels: &[Level]) -> Certificate {
        let prices = self.natural(prices);
        let dearest = prices.iter().fold(0.0, |a: f64, &p| a.max(p));
        let offered: f64 = prices.iter().zip(&rows.fixed).map(|(p, &f)| p * (f as f64).abs()).sum();
        let raised: f64 = levels.iter().map(|level| level.unit_cost as f64 * (level.least as f64).abs()).sum();
        let costly = levels.iter().map(|l| l.unit_cost as f64);
        let single = costly.fold(dearest, f64::max);
        let groups = self.columns as f64;
        let column = self.extent.cost + dearest * self.extent.amounts;
        let all = groups * column + offered + raised;
        // 2^60 leaves room in an i64 price, 2^120 in an i128 sum, for the rounding done here; where columns are many, equal
        // prices are worth telling from others.
        let exact = if self.columns > MANY_COLUMNS { EXACT as i32 - 1 } else { 60 };
        let shift = (60 - digits(single)).min(exact - digits(dearest)).min(120 - digits(all)).clamp(0, 60);
        Certificate::round(&prices, shift as u32, rows, levels)
    }
}

/// Binary digits before the point: the least d ≥ 1 with `value < 2^d`, from the exponent bits so
/// that no platform's logarithm decides.
fn digits(value: f64) -> i32 {
    let exponent = (value.to_bits() >> 52 & 0x7ff) as i32 - 1023;
    exponent.max(0) + 1
}

/// Columns from which a sample of each group's is measured.
const MANY_COLUMNS: usize = 500_000;
/// What the greatest figures of a sample are taken to be below those of all, as a factor.
const MARGIN: f64 = 16.0;

/// Checks the columns and gathers magnitudes; also counts the columns.
fn measure<C: Columns>(columns: &C, rows: usize) -> Result<(Extent, usize), SelectionError> {
    let breadth: usize = (0..columns.groups()).map(|g| columns.breadth(g)).sum();
    if breadth > MANY_COLUMNS {
        let (mut extent, _) = measure_all(&Sample(columns), rows)?;
        extent.cost *= MARGIN;
        extent.amounts *= MARGIN;
        return Ok((extent, breadth));
    }
    measure_all(columns, rows)
}

/// The same without sampling.
fn measure_all<C: Columns>(columns: &C, rows: usize) -> Result<(Extent, usize), SelectionError> {
    let parts = parallel::parts(columns.groups(), PART);
    let measured = parallel::map(parts.len(), |i| measure_part(columns, rows, parts[i].clone()));
    let mut all = (Extent { cost: 0.0, amounts: 0.0, squares: vec![(0.0, 0.0); rows] }, 0);
    for part in measured {
        let (extent, count) = part?;
        all.0.cost = all.0.cost.max(extent.cost);
        all.0.amounts = all.0.amounts.max(extent.amounts);
        for (sum, square) in all.0.squares.iter_mut().zip(extent.squares) {
            *sum = (sum.0 + square.0, sum.1 + square.1);
        }
        all.1 += count;
    }
    Ok(all)
}

/// The same of some groups.
fn measure_part<C: Columns>(
    columns: &C,
    rows: usize,
    groups: std::ops::Range<usize>,
) -> Result<(Extent, usize), SelectionError> {
    let mut extent = Extent { cost: 0.0, amounts: 0.0, squares: vec![(0.0, 0.0); rows] };
    let mut count = 0;
    for group in groups {
        let (mut fault, before) = (None, count);
        columns.visit(group, &mut |key, cost, entries| {
            count += 1;
            extent.cost = extent.cost.max((cost as f64).abs());
            let mut sum = 0.0;
            for &(row, amount) in entries {
                let Some(square) = extent.squares.get_mut(row as usize).filter(|_| amount >= 0) else {
                    fault = fault.or(Some(SelectionError::Column { group, key }));
                    continue;
                };
                let amount = amount as f64;
                sum += amount;
                square.0 += amount * amount;
                square.1 += f64::from(u8::from(amount > 0.0));
            }
            extent.amounts = extent.amounts.max(sum);
        });
        if let Some(fault) = fault {
            return Err(fault);
        }
        if count == before {
            return Err(SelectionError::EmptyGroup { group });
        }
    }
    Ok((extent, count))
}
