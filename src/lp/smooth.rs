//! Prices by smoothing: each group spreads over its columns by an entropy, so that loads answer prices
//! gradually and every row can take a Newton step of its own at once.
//!
//! The smoothed dual of an assignment is what Sinkhorn's balancing ascends row by row (Cuturi 2013);
//! smoothing a non-smooth dual and sharpening it step by step is Nesterov's (2005). Here all rows step
//! together by the diagonal of the Hessian, damped, and the temperature falls from round to round. It
//! settles in tens of passes where subgradients need thousands: groups that choose all or nothing make
//! loads jump. Where groups are many, a share of them with the same share of what rows offer has nearly the same
//! prices at a fraction of the cost: the first rounds look at a few, the last at all.

use super::common::value;
use super::field::Field;
use super::frame::Frame;
use super::pool::{Choice, Pool, Priced};
use super::selection::{Columns, Sample, place};
use super::volume::Work;

/// Groups per row that the first rounds look at: with fewer, rows of the share differ too much from those of all.
const FEW: usize = 4;
/// Rounds, each with a temperature and the columns that are cheapest at the prices: of the first groups looked at,
/// and of each larger share.
const ROUNDS: u32 = 10;
const MORE: u32 = 4;
/// First temperature, as a share of what columns cost above their group's cheapest on average.
const HOT: f64 = 0.1;
/// What is left of the temperature after a round.
const COOLING: f64 = 0.7;

/// The best prices met, after what the true dual function over all columns is there.
/// O(rounds · (pricing + steps · entries in play)).
pub(super) fn ascend<C: Columns>(columns: &C, frame: &Frame, start: Vec<f64>, work: &Work) -> (f64, Vec<f64>) {
    let mut climb = Climb { best: (f64::NEG_INFINITY, start.clone()), prices: start, temperature: None, work };
    frame.project(&mut climb.prices);
    let mut stride = columns.groups() / (FEW * frame.unit.len()).max(1);
    let rounds = |first: bool| if first { ROUNDS } else { MORE };
    let mut first = true;
    while stride > 1 && !work.limit.is_over() {
        let few = Share { columns, stride };
        climb.climb(&few, &frame.share(few.groups() as f64 / columns.groups() as f64), rounds(first));
        (first, stride) = (false, stride / 4);
        if frame.is_slack(&climb.prices) {
            // Levels stay at their least values: all groups would prove no more, and prices of some tell rows apart.
            return (f64::NEG_INFINITY, climb.prices);
        }
    }
    climb.best.0 = f64::NEG_INFINITY;
    climb.climb(columns, frame, rounds(first));
    climb.best
}

/// Shares of the mean price of a level's rows from which a row counts as dear.
const DEAR: [f64; 4] = [0.8, 0.5, 0.25, 0.1];

/// The better of some prices and of those that spread each level's cost evenly over its dear rows: where a part of the
/// rows must take what the others cannot, even prices prove what that part holds on average, and ascents are slow to
/// even them out. O(pricing).
pub(super) fn even<C: Columns>(columns: &C, frame: &Frame, known: (f64, Vec<f64>)) -> Vec<f64> {
    if frame.members.iter().all(Vec::is_empty) {
        return known.1;
    }
    let value = |prices: &[f64]| value(columns, frame, prices);
    let prices = known.1.clone();
    let mut best = known;
    let mut tried: Vec<Vec<f64>> = Vec::new();
    for share in DEAR {
        let mut trial = prices.clone();
        for (rows, cost) in frame.members.iter().zip(&frame.unit_cost) {
            let offers = |r: &usize| frame.slope[*r] * frame.unit[*r];
            let mean =
                rows.iter().map(|r| prices[*r] * frame.slope[*r]).sum::<f64>() / rows.iter().map(offers).sum::<f64>();
            let is_dear = |r: &&usize| prices[**r] >= share * mean * frame.unit[**r];
            let dear: f64 = rows.iter().filter(is_dear).map(offers).sum();
            for r in rows {
                trial[*r] = if is_dear(&r) && dear > 0.0 { cost * frame.unit[*r] / dear } else { 0.0 };
            }
        }
        frame.project(&mut trial);
        // Most shares mark the same rows.
        if tried.contains(&trial) {
            continue;
        }
        let found = value(&trial);
        if found > best.0 {
            best = (found, trial.clone());
        }
        tried.push(trial);
    }
    best.1
}

/// The ascent under way.
struct Climb<'w> {
    prices: Vec<f64>,
    temperature: Option<f64>,
    /// The best value and its prices.
    best: (f64, Vec<f64>),
    /// Columns of each group that are taken up, and when to end.
    work: &'w Work,
}

impl Climb<'_> {
    /// Some rounds, cooling on.
    fn climb<C: Columns>(&mut self, columns: &C, frame: &Frame, rounds: u32) {
        let all = Choice { width: usize::MAX, keep: None, improving: None };
        let sample = Pool::price(&Sample(columns), frame, &self.prices, all).pool;
        let mut temperature = self.temperature.unwrap_or_else(|| HOT * spread(&sample, &self.prices));
        for round in 0..=rounds {
            let renewed = Choice { width: self.work.width, keep: None, improving: None };
            let Priced { value, pool, .. } = Pool::price(columns, frame, &self.prices, renewed);
            if value > self.best.0 {
                self.best = (value, self.prices.clone());
            }
            let is_slack = round >= MORE && frame.is_slack(&self.prices);
            if temperature <= 0.0 || round == rounds || is_slack || self.work.limit.is_over() {
                break;
            }
            Field::new(&pool, &sample, frame, &self.prices, temperature).climb(&mut self.prices, temperature);
            temperature *= COOLING;
        }
        self.temperature = Some(temperature);
    }
}

/// Every so many of the groups.
struct Share<'c, C> {
    columns: &'c C,
    stride: usize,
}

impl<C: Columns> Share<'_, C> {
    /// The group that stands for its neighbours: not always the first, lest it be of the same kind every time.
    fn group(&self, share: usize) -> usize {
        let first = share * self.stride;
        (first + place(share, self.stride)).min(self.columns.groups() - 1)
    }
}

impl<C: Columns> Columns for Share<'_, C> {
    fn groups(&self) -> usize {
        self.columns.groups().div_ceil(self.stride)
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        self.columns.visit(self.group(group), see);
    }

    fn sample(&self, group: usize, count: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        self.columns.sample(self.group(group), count, see);
    }

    fn breadth(&self, group: usize) -> usize {
        self.columns.breadth(self.group(group))
    }

    fn column(&self, group: usize, key: u32, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        self.columns.column(self.group(group), key, see);
    }

    fn nearest(&self, groups: &[u32], prices: &[f64], width: usize) -> Option<Vec<u32>> {
        let theirs: Vec<u32> = groups.iter().map(|g| self.group(*g as usize) as u32).collect();
        self.columns.nearest(&theirs, prices, width)
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
