//! Column generation: the restricted programme, priced over all columns until none improves it.

use super::frame::Frame;
use super::master::{self, Method, Solved};
use super::pool::{Choice, Pool};
use super::relax::{Effort, Found};
use super::selection::Columns;

/// Columns that a group may gain in one round.
const GAIN: usize = 4;
/// Relative distance of bound and restricted programme at which the two are taken to agree.
const AGREED: f64 = 1e-7;

/// Weight up to which an interior point's column counts as unused.
const WEIGHTLESS: f64 = 1e-5;

/// Column generation: solves the restricted programme, prices all columns at its duals, repeats.
pub(super) fn generate<C: Columns>(columns: &C, frame: &Frame, effort: &Effort, found: &mut Found) {
    if found.settled(frame) {
        return;
    }
    let mut pool = shortlist(effort, found);
    let mut penalty = penalty(frame, &found.prices);
    let mut reached = None;
    for _ in 0..effort.rounds {
        if effort.limit.is_over() {
            break;
        }
        let Some(solved) = master::solve(&pool, frame, penalty, Method::Interior) else {
            return;
        };
        let mut prices = solved.prices.clone();
        frame.project(&mut prices);
        let scale = solved.size.max(f64::MIN_POSITIVE);
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
        reached = Some(solved.value);
        found.adopt(&pool, &solved);
        if !strained && (agreed || priced.added == 0) {
            break;
        }
        pool = priced.pool;
        if pool.open() > effort.lp_columns {
            break;
        }
    }
    if let Some(value) = reached.filter(|_| !effort.limit.is_over()) {
        sharpen(frame, effort, penalty, value, found);
    }
}

impl Found {
    /// Whether each group's cheapest column together fit and reach the bound: then that choice is
    /// an optimum of the programme (and of the selection), and becomes the primal side.
    fn settled(&mut self, frame: &Frame) -> bool {
        let mut picks = vec![0; self.pool.groups()];
        let mut load = vec![0.0; frame.unit.len()];
        self.pool.choose(&self.prices, &mut picks, &mut load);
        let levels = frame.levels_for(&load);
        let slack = |r: usize| {
            let level = frame.level[r].map_or(0.0, |k| frame.slope[r] * levels[k]);
            frame.fixed[r] + level - load[r]
        };
        let fits = (0..load.len()).all(|r| slack(r) >= -1e-9 * (1.0 + frame.fixed[r].abs()));
        let chosen: f64 = picks.iter().map(|&j| self.pool.cost[j]).sum();
        let raised: f64 = levels.iter().zip(&frame.unit_cost).map(|(t, g)| t * g).sum();
        if !fits || chosen + raised > self.value + 1e-9 * self.value.abs() {
            return false;
        }
        self.weights.fill(0.0);
        for j in picks {
            self.weights[j] = 1.0;
        }
        self.levels = levels;
        self.by_programme = true;
        true
    }

    /// Takes over the primal side of a solved programme.
    fn adopt(&mut self, pool: &Pool, solved: &Solved) {
        self.pool = pool.clone();
        self.weights.clone_from(&solved.weights);
        self.levels.clone_from(&solved.levels);
    }
}

/// Replaces the interior point by a vertex of the face it lies in, which splits at most one group
/// per row: only the columns that weigh something take part, so that most groups are decided.
fn sharpen(frame: &Frame, effort: &Effort, penalty: f64, value: f64, found: &mut Found) {
    let stays: Vec<bool> = found.weights.iter().map(|&w| w > WEIGHTLESS).collect();
    let pool = found.pool.subset(&stays);
    let whole = |g: usize| !pool.columns(g).is_empty();
    if pool.open() > effort.vertex_columns || !(0..pool.groups()).all(whole) {
        return;
    }
    let solved = master::solve(&pool, frame, penalty, Method::Vertex);
    if let Some(solved) = solved.filter(|solved| solved.value <= value + 1e-5 * solved.size) {
        found.adopt(&pool, &solved);
    }
}

/// The pool for the first restricted programme: each group's cheapest column, those in use, and the
/// next nearest to being cheapest, of all groups, up to a quarter of what the programme may hold.
fn shortlist(effort: &Effort, found: &Found) -> Pool {
    // Half for the columns, half for the cheapest of their groups and for those still to come.
    let room = effort.lp_columns / 4;
    let pool = &found.pool;
    let mut gaps = Vec::with_capacity(pool.key.len());
    for g in 0..pool.groups() {
        let reduced: Vec<f64> = pool.columns(g).map(|j| pool.reduced(j, &found.prices)).collect();
        let least = reduced.iter().copied().fold(f64::INFINITY, f64::min);
        gaps.extend(reduced.iter().map(|value| value - least));
    }
    // Every group has a column of gap 0, which takes no room as long as it stays alone.
    let mut sorted: Vec<f64> = gaps.iter().copied().filter(|&gap| gap > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let cut = match sorted.get(room) {
        Some(&cut) => cut,
        None => f64::INFINITY,
    };
    let stays: Vec<bool> =
        gaps.iter().zip(&found.weights).map(|(&gap, &weight)| gap <= 0.0 || gap < cut || weight > 0.1).collect();
    pool.subset(&stays)
}

/// A penalty per row unit that prices in reach of the best ones stay below.
fn penalty(frame: &Frame, prices: &[f64]) -> f64 {
    let dearest = prices.iter().fold(0.0, |a: f64, &p| a.max(p));
    (10.0 * dearest).max(frame.magnitude())
}
