//! The relaxation of a selection problem: a proven bound, prices, and how the LP splits groups.

use super::certificate::{Bound, Certificate};
use super::frame::Frame;
use super::master::{self, Method, Solved};
use super::pool::{Choice, Pool, Priced};
use super::selection::{Columns, Level, Rows, SelectionError};
use super::volume::{self, Ascent, Work};

/// How much work [`relax`] may do; counts of work, never seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Subgradient steps before the linear programme.
    pub iterations: u32,
    /// Columns of each group that most steps look at; 0 lets the size decide (8 to 32).
    pub width: usize,
    /// Rounds of column generation; 0 leaves the linear programme out.
    pub rounds: u32,
    /// Columns in the linear programme, at most.
    pub lp_columns: usize,
    /// Rows beyond which the linear programme is left out: its cost grows with their cube.
    pub lp_rows: usize,
    /// Columns up to which a vertex is asked for besides an interior point.
    pub vertex_columns: usize,
    /// A value that some selection reaches, in units of cost, if one is known.
    pub known: Option<f64>,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            iterations: 300,
            width: 0,
            rounds: 12,
            lp_columns: 40_000,
            lp_rows: 500,
            vertex_columns: 2_000,
            known: None,
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
    };
    let ascent = volume::ascend(columns, &frame, starting_prices(&frame), work);
    let mut found = Found::of(&frame, ascent);
    if effort.rounds > 0 && rows.len() <= effort.lp_rows {
        generate(columns, &frame, effort, &mut found);
    }
    found.certify(columns, rows, levels, &frame)
}

/// Columns of each group to keep: all of them where they are few, else as memory suggests.
fn width(frame: &Frame, groups: usize, wanted: usize) -> usize {
    if wanted > 0 {
        wanted
    } else if frame.columns <= 20_000 {
        frame.columns
    } else {
        (1_000_000 / groups.max(1)).clamp(8, 32)
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
struct Found {
    prices: Vec<f64>,
    value: f64,
    pool: Pool,
    weights: Vec<f64>,
    levels: Vec<f64>,
    by_programme: bool,
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
        let mut certificate = frame.certificate(&self.prices, rows, levels);
        let bound = match certificate.bound(columns, rows, levels) {
            Ok(bound) => bound,
            Err(SelectionError::Overflow) => {
                // Prices of 0 prove less, but they always prove something.
                certificate = frame.certificate(&vec![0.0; rows.len()], rows, levels);
                certificate.bound(columns, rows, levels)?
            }
            Err(error) => return Err(error),
        };
        let unit = 2f64.powi(-(certificate.shift as i32));
        Ok(Relaxation {
            bound,
            method: if self.by_programme { "LP relaxation" } else { "Lagrangian dual" },
            prices: certificate.prices.iter().map(|&p| p as f64 * unit).collect(),
            certificate,
            fractions: (0..self.pool.groups()).map(|g| self.split(g)).collect(),
            levels: self.levels,
        })
    }

    /// The columns of group `g` that weigh something, heaviest first.
    fn split(&self, g: usize) -> Vec<Fraction> {
        let range = self.pool.columns(g);
        let top = self.weights[range.clone()].iter().fold(0.0, |a: f64, &w| a.max(w));
        let cut = if top > 0.0 { 1e-4 * top } else { -1.0 };
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

/// Columns that a group may gain in one round.
const GAIN: usize = 4;
/// Relative distance of bound and restricted programme at which the two are taken to agree.
const AGREED: f64 = 1e-7;

/// Column generation: solves the restricted programme, prices all columns at its duals, repeats.
fn generate<C: Columns>(columns: &C, frame: &Frame, effort: &Effort, found: &mut Found) {
    let Some(mut pool) = shortlist(columns, frame, effort, found) else {
        return;
    };
    let mut penalty = penalty(frame, &found.prices);
    for _ in 0..effort.rounds {
        let Some(solved) = master::solve(&pool, frame, penalty, Method::Interior) else {
            return;
        };
        let mut prices = solved.prices.clone();
        frame.project(&mut prices);
        let scale = solved.value.abs().max(f64::MIN_POSITIVE);
        let stays: Vec<bool> = vec![true; pool.key.len()];
        let choice = Choice {
            width: GAIN,
            keep: Some((&pool, &stays)),
            improving: Some(AGREED * 0.1 * scale / pool.groups().max(1) as f64),
        };
        let priced = Pool::price(columns, frame, &prices, choice);
        let strained = solved.excess > 1e-6;
        if strained {
            penalty *= 10.0;
        }
        if priced.value > found.value {
            (found.value, found.prices) = (priced.value, prices);
        }
        let agreed = found.value >= solved.value - AGREED * scale;
        if !strained && found.value >= solved.value - 1e-6 * scale {
            found.by_programme = true;
        }
        found.adopt(&pool, &solved);
        if !strained && (agreed || priced.added == 0) {
            break;
        }
        pool = priced.pool;
        if pool.key.len() > effort.lp_columns {
            break;
        }
    }
    if found.pool.key.len() <= effort.vertex_columns {
        sharpen(frame, penalty, found);
    }
}

impl Found {
    /// Takes over the primal side of a solved programme.
    fn adopt(&mut self, pool: &Pool, solved: &Solved) {
        self.pool = pool.clone();
        self.weights.clone_from(&solved.weights);
        self.levels.clone_from(&solved.levels);
    }
}

/// Replaces the interior point by a vertex, which splits fewer groups.
fn sharpen(frame: &Frame, penalty: f64, found: &mut Found) {
    if let Some(solved) = master::solve(&found.pool, frame, penalty, Method::Vertex) {
        let pool = std::mem::take(&mut found.pool);
        found.adopt(&pool, &solved);
    }
}

/// The pool for the first restricted programme: each group's cheapest column, those in use, and the
/// next nearest to being cheapest, of all groups, up to half of what the programme may hold.
fn shortlist<C: Columns>(columns: &C, frame: &Frame, effort: &Effort, found: &Found) -> Option<Pool> {
    let room = effort.lp_columns / 2;
    let pool = &found.pool;
    let mut gaps = Vec::with_capacity(pool.key.len());
    for g in 0..pool.groups() {
        let reduced: Vec<f64> = pool.columns(g).map(|j| pool.reduced(j, &found.prices)).collect();
        let least = reduced.iter().copied().fold(f64::INFINITY, f64::min);
        gaps.extend(reduced.iter().map(|value| value - least));
    }
    let mut sorted = gaps.clone();
    sorted.sort_by(f64::total_cmp);
    let cut = match sorted.get(room) {
        Some(&cut) => cut,
        None => f64::INFINITY,
    };
    let stays: Vec<bool> =
        gaps.iter().zip(&found.weights).map(|(&gap, &weight)| gap <= 0.0 || gap < cut || weight > 0.1).collect();
    let choice = Choice { width: 0, keep: Some((pool, &stays)), improving: None };
    let Priced { pool, .. } = Pool::price(columns, frame, &found.prices, choice);
    Some(pool)
}

/// A penalty per row unit that prices in reach of the best ones stay below.
fn penalty(frame: &Frame, prices: &[f64]) -> f64 {
    let dearest = prices.iter().fold(0.0, |a: f64, &p| a.max(p));
    (10.0 * dearest).max(frame.magnitude())
}
