//! The relaxation of a selection problem: a proven bound, prices, and how the LP splits groups.

use super::certificate::{Bound, Certificate};
use super::common::Common;
use super::frame::Frame;
use super::generate::generate;
use super::pool::Pool;
use super::selection::{Columns, Level, Rows, SelectionError};
use super::smooth;
use super::volume::{self, Ascent, Work};
use crate::limit::Limit;

/// How much work [`relax`] may do; counts of work, never seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Subgradient steps before the linear programme.
    pub iterations: u32,
    /// Columns of each group that most steps look at; 0 lets the size decide (8 to 32).
    pub width: usize,
    /// Rounds of column generation; 0 leaves the linear programme out.
    pub rounds: u32,
    /// Columns in the linear programme, at most, not counting groups with one column in play.
    pub lp_columns: usize,
    /// Rows beyond which the linear programme is left out: its cost grows with their cube.
    pub lp_rows: usize,
    /// Columns in groups that the interior point splits, up to which a vertex is asked for.
    pub vertex_columns: usize,
    /// A value that some selection reaches, in units of cost, if one is known.
    pub known: Option<f64>,
    /// When to end with what is proven by then.
    pub limit: Limit,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            iterations: 500,
            width: 0,
            rounds: 12,
            lp_columns: 20_000,
            lp_rows: 600,
            vertex_columns: 8_000,
            known: None,
            limit: Limit::default(),
        }
    }
}

/// The part of a group that the relaxation gives to one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fraction {
    /// Key of the column.
    pub key: u32,
    /// Its weight, in (0, 1]; the weights of a group sum to 1.
    pub weight: f64,
}

/// What [`relax`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Relaxation {
    /// The proven lower bound.
    pub bound: Bound,
    /// What proves it.
    pub certificate: Certificate,
    /// `"LP relaxation"` where the linear programme gave the prices and closed on the bound (within
    /// 1e-6), else `"Lagrangian dual"`.
    pub method: &'static str,
    /// Price of each row, in cost per unit of the row: the certificate's, as floats.
    pub prices: Vec<f64>,
    /// Prices that tell rows apart better where those that prove most are the same for many; else the same.
    pub guide: Vec<f64>,
    /// For each group the columns of positive weight, heaviest first.
    pub fractions: Vec<Vec<Fraction>>,
    /// Value of each level in the relaxation.
    pub levels: Vec<f64>,
}

/// Bounds the selection problem from below, and says how its relaxation would choose.
///
/// The volume algorithm (Barahona and Anbil 2000) finds good prices; where the size allows, column
/// generation over a restricted linear programme (Dantzig and Wolfe 1960) makes them optimal. The
/// bound is then recomputed in integers, so that no solver need be trusted. Deterministic.
///
/// # Errors
/// [`SelectionError`] where the problem is ill-formed or has an empty group, or where even prices
/// of 0 overflow 128 bits. A solver that fails is not an error.
pub fn relax<C: Columns>(
    columns: &C,
    rows: &Rows,
    levels: &[Level],
    effort: &Effort,
) -> Result<Relaxation, SelectionError> {
    let frame = Frame::new(columns, rows, levels)?;
    let work = Work {
        iterations: effort.iterations,
        width: width(&frame, columns.groups(), effort.width),
        known: effort.known,
        limit: effort.limit,
    };
    let common = (frame.columns > MANY_COLUMNS).then(|| Common::new(columns, rows.len()));
    let open = common.as_ref().map_or_else(|| frame.clone(), |common| common.without(&frame));
    let (mut start, mut guide, mut work) = (starting_prices(&open), None, work);
    if let Some(common) = &common {
        let raised = open.raised(common.least(&frame));
        let ascended = smooth::ascend(columns, &raised, start, &work);
        guide = Some(open.natural(&ascended.1));
        if raised.is_slack(&ascended.1) {
            (start, work.iterations) = (vec![0.0; rows.len()], 0);
        } else {
            start = smooth::even(columns, &open, ascended);
        }
    }
    let ascent = volume::ascend(columns, &open, start, work);
    let mut found = Found::of(&open, ascent);
    if effort.rounds > 0 && rows.len() <= effort.lp_rows {
        generate(columns, &open, effort, &mut found);
    }
    if let Some((value, prices)) = common.and_then(|common| common.on_one_row(columns, &frame, found.value)) {
        (found.value, found.prices, found.by_programme) = (value, prices, false);
    }
    let mut out = found.certify(columns, rows, levels, &frame)?;
    if let Some(guide) = guide {
        out.guide = guide;
    }
    Ok(out)
}

/// What some prices prove, in cost per unit of each row: those of an earlier problem much like this one. Where a level
/// is all that costs, prices count by their proportions. The relaxation comes without fractions. O(columns).
///
/// # Errors
/// As [`relax`].
pub fn proven<C: Columns>(
    columns: &C,
    rows: &Rows,
    levels: &[Level],
    prices: &[f64],
) -> Result<Relaxation, SelectionError> {
    let frame = Frame::new(columns, rows, levels)?;
    let mut prices: Vec<f64> = prices.iter().zip(&frame.unit).map(|(price, unit)| price * unit).collect();
    if let ([members], [cost]) = (&frame.members[..], &frame.unit_cost[..]) {
        let spent: f64 = members.iter().map(|r| frame.slope[*r] * prices[*r]).sum();
        if spent > 0.0 {
            for price in &mut prices {
                *price *= cost / spent;
            }
        }
    }
    let (certificate, bound) = certified(&prices, columns, rows, levels, &frame)?;
    let natural = frame.natural(&prices);
    let levels = frame.least.clone();
    let method = "Lagrangian dual";
    Ok(Relaxation {
        bound,
        certificate,
        method,
        guide: natural.clone(),
        prices: natural,
        fractions: Vec::new(),
        levels,
    })
}

/// Prices in integers and what they prove; those of 0 where sums do not fit: they prove less, but always something.
fn certified<C: Columns>(
    prices: &[f64],
    columns: &C,
    rows: &Rows,
    levels: &[Level],
    frame: &Frame,
) -> Result<(Certificate, Bound), SelectionError> {
    let certificate = frame.certificate(prices, rows, levels);
    match certificate.bound(columns, rows, levels) {
        Err(SelectionError::Overflow) => {
            let certificate = frame.certificate(&vec![0.0; rows.len()], rows, levels);
            certificate.bound(columns, rows, levels).map(|bound| (certificate, bound))
        }
        bound => bound.map(|bound| (certificate, bound)),
    }
}

/// Columns beyond which not all are kept in play, and smoothed prices come first.
const MANY_COLUMNS: usize = 20_000;

/// Columns of each group to keep: all of them where they are few, else as memory suggests.
fn width(frame: &Frame, groups: usize, wanted: usize) -> usize {
    if wanted > 0 {
        wanted
    } else if frame.columns <= MANY_COLUMNS {
        frame.columns
    } else {
        (120_000 / groups.max(1)).clamp(8, 32)
    }
}

/// Prices that share each level's cost evenly between its rows; 0 for the others.
fn starting_prices(frame: &Frame) -> Vec<f64> {
    let mut prices = vec![0.0; frame.unit.len()];
    for (rows, cost) in frame.members.iter().zip(&frame.unit_cost) {
        for &r in rows {
            prices[r] = cost / (frame.slope[r] * rows.len() as f64);
        }
    }
    prices
}

/// The best prices so far, and the primal side that goes with them.
pub(super) struct Found {
    /// The best prices, in row units.
    pub prices: Vec<f64>,
    /// The dual function there, up to rounding.
    pub value: f64,
    /// The columns in play.
    pub pool: Pool,
    /// Weight of each of the pool's columns.
    pub weights: Vec<f64>,
    /// Value of each level.
    pub levels: Vec<f64>,
    /// Whether the linear programme closed on the bound.
    pub by_programme: bool,
}

impl Found {
    fn of(frame: &Frame, ascent: Ascent) -> Self {
        Self {
            levels: frame.levels_for(&ascent.load),
            prices: ascent.prices,
            value: ascent.value,
            pool: ascent.pool,
            weights: ascent.weights,
            by_programme: false,
        }
    }

    /// Computes the bound exactly and gathers the result.
    fn certify<C: Columns>(
        self,
        columns: &C,
        rows: &Rows,
        levels: &[Level],
        frame: &Frame,
    ) -> Result<Relaxation, SelectionError> {
        let (certificate, bound) = certified(&self.prices, columns, rows, levels, frame)?;
        let unit = 2f64.powi(-(certificate.shift as i32));
        let prices: Vec<f64> = certificate.prices.iter().map(|&p| p as f64 * unit).collect();
        Ok(Relaxation {
            bound,
            method: if self.by_programme { "LP relaxation" } else { "Lagrangian dual" },
            guide: prices.clone(),
            prices,
            certificate,
            fractions: (0..self.pool.groups()).map(|g| self.split(g)).collect(),
            levels: self.levels,
        })
    }

    /// The columns of group `g` that weigh something, heaviest first.
    fn split(&self, g: usize) -> Vec<Fraction> {
        let range = self.pool.columns(g);
        let top = self.weights[range.clone()].iter().fold(0.0, |a: f64, &w| a.max(w));
        // An average remembers every choice ever made; a programme only has rounding to forget.
        let dust = if self.by_programme { 1e-4 } else { 0.02 };
        let cut = if top > 0.0 { dust * top } else { -1.0 };
        let kept: Vec<usize> = range.filter(|&j| self.weights[j] > cut).collect();
        let total: f64 = kept.iter().map(|&j| self.weights[j]).sum();
        let share = |j: usize| {
            if total > 0.0 { self.weights[j] / total } else { 1.0 / kept.len() as f64 }
        };
        let mut parts: Vec<Fraction> =
            kept.iter().map(|&j| Fraction { key: self.pool.key[j], weight: share(j) }).collect();
        parts.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.key.cmp(&b.key)));
        parts
    }
}
