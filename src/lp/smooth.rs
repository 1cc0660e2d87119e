//! Prices by smoothing: each group spreads over its columns by an entropy, so that loads answer prices
//! gradually and every row can take a Newton step of its own at once.
//!
//! The smoothed dual of an assignment is what Sinkhorn's balancing ascends row by row (Cuturi 2013);
//! smoothing a non-smooth dual and sharpening it step by step is Nesterov's (2005). Here all rows step
//! together by the diagonal of the Hessian, damped, and the temperature falls from round to round. It
//! settles in tens of passes where subgradients need thousands: groups that choose all or nothing make
//! loads jump. Where groups are many, a share of them with the same share of what rows offer has nearly the same
//! prices at a fraction of the cost: the first rounds look at a few, the last at all.

use super::field::Field;
use super::frame::Frame;
use super::pool::{Choice, Pool, Priced};
use super::selection::{Columns, Sample, place};

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

/// The best prices met, by the true dual function over all columns.
/// O(rounds · (pricing + steps · entries in play)).
pub(super) fn ascend<C: Columns>(columns: &C, frame: &Frame, start: Vec<f64>, width: usize) -> Vec<f64> {
    let mut climb = Climb { best: (f64::NEG_INFINITY, start.clone()), prices: start, temperature: None, width };
    frame.project(&mut climb.prices);
    let mut stride = (columns.groups() as f64 / (crate::parallel::knob("FEW", FEW as f64) * frame.unit.len() as f64).max(1.0)) as usize; crate::parallel::lap(&format!("rows {} groups {} stride {stride}", frame.unit.len(), columns.groups()));
    let rounds = |first: bool| if first { crate::parallel::knob("ROUNDS", ROUNDS as f64) as u32 } else { crate::parallel::knob("MORE", MORE as f64) as u32 };
    let mut first = true;
    while stride > 1 {
        let few = Share { columns, stride };
        climb.climb(&few, &frame.share(few.groups() as f64 / columns.groups() as f64), rounds(first));
        (first, stride) = (false, stride / 4);
    }
    climb.best.0 = f64::NEG_INFINITY;
    climb.climb(columns, frame, rounds(first));
    climb.best.1
}

/// The ascent under way.
struct Climb {
    prices: Vec<f64>,
    temperature: Option<f64>,
    /// The best value and its prices.
    best: (f64, Vec<f64>),
    /// Columns of each group that are taken up.
    width: usize,
}

impl Climb {
    /// Some rounds, cooling on.
    fn climb<C: Columns>(&mut self, columns: &C, frame: &Frame, rounds: u32) {
        let all = Choice { width: usize::MAX, keep: None, improving: None };
        let sample = Pool::price(&Sample(columns), frame, &self.prices, all).pool;
        let stays = vec![true; sample.key.len()];
        let mut temperature = self.temperature.unwrap_or_else(|| crate::parallel::knob("PHOT", HOT) * spread(&sample, &self.prices));
        for round in 0..=rounds {
            let renewed = Choice { width: self.width, keep: Some((&sample, &stays)), improving: None };
            let Priced { value, pool, .. } = Pool::price(columns, frame, &self.prices, renewed);
            crate::parallel::lap(&format!("  round {round} value {value} temp {temperature}"));if value > self.best.0 {
                self.best = (value, self.prices.clone());
            }
            if temperature <= 0.0 || round == rounds {
                break;
            }
            Field::new(&pool, &sample, frame, &self.prices, temperature).climb(&mut self.prices, temperature);
            temperature *= crate::parallel::knob("COOLING", COOLING);
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
