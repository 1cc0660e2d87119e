//! Prices by smoothing: each group spreads over its columns by an entropy, so that loads answer prices
//! gradually and every row can take a Newton step of its own at once.
//!
//! The smoothed dual of an assignment is what Sinkhorn's balancing ascends row by row (Cuturi 2013);
//! smoothing a non-smooth dual and sharpening it step by step is Nesterov's (2005). Here all rows step
//! together by the diagonal of the Hessian, damped, and the temperature falls from round to round. It
//! settles in tens of passes where subgradients need thousands: groups that choose all or nothing make
//! loads jump.

use super::frame::Frame;
use super::pool::{Choice, Pool, Priced};
use super::selection::Columns;

/// Columns of each group that stand for all of them while prices are far off.
const SAMPLE: u64 = 32;
/// Rounds on the sample, each with a temperature.
const ROUNDS: u32 = 10;
/// Rounds on the columns that are cheapest at the prices, each with a renewal.
const RENEWALS: u32 = 5;
/// Steps within a round.
const STEPS: u32 = 8;
/// What is left of the temperature after a round.
const COOLING: f64 = 0.65;
/// Share of the Newton step that is taken: rows answer each other's steps.
const DAMPING: f64 = 0.6;

/// The best prices met, by the true dual function over all columns.
/// O(renewals · entries + rounds · steps · entries in play).
pub(super) fn ascend<C: Columns>(columns: &C, frame: &Frame, start: Vec<f64>, width: usize) -> Vec<f64> {
    let all = Choice { width: usize::MAX, keep: None, improving: None };
    let mut prices = start.clone();
    frame.project(&mut prices);
    let mut pool = Pool::price(&Sample(columns), frame, &prices, all).pool;
    let mut temperature = 0.3 * spread(&pool, &prices);
    let mut weights = vec![0.0; pool.key.len()];
    let mut best = (f64::NEG_INFINITY, start);
    for round in 0..ROUNDS + RENEWALS {
        if temperature <= 0.0 {
            break;
        }
        for _ in 0..STEPS {
            Answer::new(&pool, frame, &prices, temperature, &mut weights).step(frame, &mut prices);
            frame.project(&mut prices);
        }
        if round + 1 >= ROUNDS || round % 3 == 2 {
            let stays = vec![true; weights.len()];
            let renewed = Choice { width, keep: Some((&pool, &stays)), improving: None };
            let Priced { value, pool: next, .. } = Pool::price(columns, frame, &prices, renewed);
            pool = next;
            weights = vec![0.0; pool.key.len()];
            if value > best.0 {
                best = (value, prices.clone());
            }
        }
        temperature *= COOLING;
    }
    best.1
}

/// About [`SAMPLE`] columns of every group, the same each time: with many groups every row meets many.
struct Sample<'c, C>(&'c C);

impl<C: Columns> Columns for Sample<'_, C> {
    fn groups(&self) -> usize {
        self.0.groups()
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        let mut count = 0;
        self.0.visit(group, &mut |_, _, _| count += 1);
        let mut i = (group as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) % count.max(1);
        self.0.visit(group, &mut |key, cost, entries| {
            // Evenly spread, from a place that differs between groups.
            i += SAMPLE;
            if count <= SAMPLE || i >= count {
                i -= count.min(i);
                see(key, cost, entries);
            }
        });
    }
}

/// What columns cost above their group's cheapest, on average: the natural temperature.
fn spread(pool: &Pool, prices: &[f64]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for g in 0..pool.groups() {
        let reduced = |j| pool.reduced(j, prices);
        let least = pool.columns(g).map(reduced).fold(f64::INFINITY, f64::min);
        for j in pool.columns(g) {
            sum += reduced(j) - least;
            count += 1.0;
        }
    }
    sum / f64::max(count, 1.0)
}

/// How the groups spread at some prices and temperature.
struct Answer {
    load: Vec<f64>,
    /// How fast each row's load falls as its price rises.
    slack: Vec<f64>,
}

impl Answer {
    fn new(pool: &Pool, frame: &Frame, prices: &[f64], temperature: f64, weights: &mut [f64]) -> Self {
        let rows = frame.unit.len();
        let mut out = Self { load: vec![0.0; rows], slack: vec![1e-12; rows] };
        for g in 0..pool.groups() {
            let mut least = f64::INFINITY;
            for j in pool.columns(g) {
                weights[j] = pool.reduced(j, prices);
                least = least.min(weights[j]);
            }
            let mut sum = 0.0;
            for j in pool.columns(g) {
                weights[j] = libm::exp((least - weights[j]) / temperature);
                sum += weights[j];
            }
            for j in pool.columns(g) {
                weights[j] /= sum;
                let x = weights[j];
                for &(r, a) in pool.entries(j) {
                    out.load[r as usize] += a * x;
                    // A floor keeps rows that nobody wavers about from giant steps.
                    out.slack[r as usize] += a * a * (x * (1.0 - x)).max(2e-3) / temperature;
                }
            }
        }
        out
    }

    /// One damped Newton step of every row; rows of a level share its cost.
    fn step(&self, frame: &Frame, prices: &mut [f64]) {
        let moved =
            |r: usize, price: f64, offer: f64| f64::max(0.0, price + DAMPING * (self.load[r] - offer) / self.slack[r]);
        for (r, price) in prices.iter_mut().enumerate().filter(|(r, _)| frame.level[*r].is_none()) {
            *price = moved(r, *price, frame.fixed[r]);
        }
        for (k, rows) in frame.members.iter().enumerate() {
            let spent = |level: f64| -> f64 {
                rows.iter()
                    .map(|r| frame.slope[*r] * moved(*r, prices[*r], frame.fixed[*r] + frame.slope[*r] * level))
                    .sum()
            };
            let level = level_where(frame.least[k], frame.unit_cost[k], spent);
            for r in rows {
                prices[*r] = moved(*r, prices[*r], frame.fixed[*r] + frame.slope[*r] * level);
            }
        }
    }
}

/// The level from `least` on at which rows that fall with it spend `budget`, by doubling and halving.
fn level_where(least: f64, budget: f64, spent: impl Fn(f64) -> f64) -> f64 {
    if spent(least) <= budget {
        return least;
    }
    let (mut low, mut width) = (least, least.abs().max(1.0));
    while spent(low + width) > budget && width < 1e300 {
        low += width;
        width *= 2.0;
    }
    let mut high = low + width;
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if spent(middle) > budget { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
