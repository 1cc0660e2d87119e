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
use crate::parallel;

/// Columns of each group that stand for all that are not among its cheapest.
const SAMPLE: usize = 16;
/// Rounds, each with a temperature and the columns that are cheapest at the prices.
const ROUNDS: i32 = 18;
/// Steps within a round.
const STEPS: u32 = 18;
/// First temperature, as a share of what columns cost above their group's cheapest on average.
const HOT: f64 = 0.1;
/// What is left of the temperature after a round.
const COOLING: f64 = 0.82;
/// Share of the Newton step that is taken: rows answer each other's steps.
const DAMPING: f64 = 0.5;
/// The longest step of a price, in temperatures: beyond that the answer is another one.
const REACH: f64 = 0.5;
/// Groups whose answer is one job.
const PART: usize = 2_048;

/// The best prices met, by the true dual function over all columns.
/// O(rounds · (pricing + steps · entries in play)).
pub(super) fn ascend<C: Columns>(columns: &C, frame: &Frame, start: Vec<f64>, width: usize) -> Vec<f64> {
    let all = Choice { width: usize::MAX, keep: None, improving: None };
    let mut prices = start.clone();
    frame.project(&mut prices);
    let sample = Pool::price(&Sample(columns), frame, &prices, all).pool;
    let stays = vec![true; sample.key.len()];
    let mut temperature = HOT * spread(&sample, &prices);
    let mut best = (f64::NEG_INFINITY, start);
    for round in 0..=ROUNDS {
        let renewed = Choice { width, keep: Some((&sample, &stays)), improving: None };
        let Priced { value, pool, .. } = Pool::price(columns, frame, &prices, renewed);
        if value > best.0 {
            best = (value, prices.clone());
        }
        if temperature <= 0.0 || round == ROUNDS {
            break;
        }
        let field = Field::new(&pool, &sample, frame, &prices);
        field.climb(&mut prices, temperature);
        temperature *= COOLING;
    }
    best.1
}

/// The columns in play: the cheapest few of each group, and a sample that stands for all others.
struct Field<'p> {
    pool: &'p Pool,
    frame: &'p Frame,
    /// How many columns each one stands for.
    stands_for: Vec<f64>,
}

impl<'p> Field<'p> {
    /// Those of the sample that cost more than the cheapest columns taken up share what is left out.
    fn new(pool: &'p Pool, sample: &Pool, frame: &'p Frame, prices: &[f64]) -> Self {
        let mut stands_for = vec![1.0; pool.key.len()];
        let mean = frame.columns as f64 / pool.groups().max(1) as f64;
        for g in 0..pool.groups() {
            let columns = pool.columns(g);
            let first_taken = columns.start + sample.columns(g).len();
            let reach = (first_taken..columns.end).map(|j| pool.reduced(j, prices)).fold(f64::NEG_INFINITY, f64::max);
            let far: Vec<usize> = (columns.start..first_taken).filter(|j| pool.reduced(*j, prices) > reach).collect();
            let left_out = (mean - (columns.len() - far.len()) as f64).max(1.0);
            for j in &far {
                stands_for[*j] = (left_out / far.len() as f64).max(1.0);
            }
        }
        Self { pool, frame, stands_for }
    }

    /// Steps at one temperature, with momentum that is dropped where it leads downhill (Nesterov 1983; `O'Donoghue`,
    /// Candès 2015): prices of many agents must often rise together, which single steps are slow at.
    fn climb(&self, prices: &mut Vec<f64>, temperature: f64) {
        let frame = self.frame;
        let mut before = prices.clone();
        let mut pace = 1.0f64;
        for _ in 0..STEPS {
            let next_pace = 0.5 * (1.0 + libm::sqrt(1.0 + 4.0 * pace * pace));
            let momentum = (pace - 1.0) / next_pace;
            let mut ahead: Vec<f64> = prices.iter().zip(&before).map(|(p, b)| p + momentum * (p - b)).collect();
            frame.project(&mut ahead);
            let answer = self.answer(&ahead, temperature);
            let mut next = ahead.clone();
            answer.step(frame, &mut next, temperature);
            frame.project(&mut next);
            let uphill: f64 =
                (0..next.len()).map(|r| answer.slack[r] * (next[r] - ahead[r]) * (next[r] - prices[r])).sum();
            pace = if uphill < 0.0 { 1.0 } else { next_pace };
            before = std::mem::replace(prices, next);
        }
    }

    /// How all groups spread.
    fn answer(&self, prices: &[f64], temperature: f64) -> Answer {
        let rows = self.frame.unit.len();
        let parts = parallel::parts(self.pool.groups(), PART);
        let answers = parallel::map(parts.len(), |i| self.part(parts[i].clone(), prices, temperature));
        // In the order of the parts, so that the sums do not depend on the threads.
        answers.into_iter().fold(Answer { load: vec![0.0; rows], slack: vec![1e-12; rows] }, |mut sum, part| {
            sum.load.iter_mut().zip(part.load).for_each(|(sum, x)| *sum += x);
            sum.slack.iter_mut().zip(part.slack).for_each(|(sum, x)| *sum += x);
            sum
        })
    }

    /// The answer of some groups.
    fn part(&self, groups: std::ops::Range<usize>, prices: &[f64], temperature: f64) -> Answer {
        let (pool, rows) = (self.pool, self.frame.unit.len());
        let mut out = Answer { load: vec![0.0; rows], slack: vec![0.0; rows] };
        let mut weights: Vec<f64> = Vec::new();
        for g in groups {
            let columns = pool.columns(g);
            weights.clear();
            weights.extend(columns.clone().map(|j| pool.reduced(j, prices)));
            let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
            let mut sum = 0.0;
            for (weight, count) in weights.iter_mut().zip(&self.stands_for[columns.clone()]) {
                *weight = count * exp((least - *weight) / temperature);
                sum += *weight;
            }
            for (j, weight) in columns.zip(&weights) {
                let x = weight / sum;
                for &(r, a) in pool.entries(j) {
                    out.load[r as usize] += a * x;
                    // A floor keeps rows that nobody wavers about from giant steps.
                    out.slack[r as usize] += a * a * (x * (1.0 - x) + 2e-3) / temperature;
                }
            }
        }
        out
    }
}

/// About [`SAMPLE`] columns of every group, the same each time: with many groups every row meets many.
struct Sample<'c, C>(&'c C);

impl<C: Columns> Columns for Sample<'_, C> {
    fn groups(&self) -> usize {
        self.0.groups()
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        self.0.sample(group, SAMPLE, see);
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
    /// One damped Newton step of every row; rows of a level share its cost.
    fn step(&self, frame: &Frame, prices: &mut [f64], temperature: f64) {
        let reach = REACH * temperature;
        let moved = |r: usize, price: f64, offer: f64| {
            f64::max(0.0, price + (DAMPING * (self.load[r] - offer) / self.slack[r]).clamp(-reach, reach))
        };
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

/// `e^x` for x ≤ 0 to about 1e-7: a power of two by its bits, the rest by its series. The same on any machine.
fn exp(x: f64) -> f64 {
    let y = x * std::f64::consts::LOG2_E;
    if y < -60.0 {
        return 0.0;
    }
    let whole = (y - 0.5) as i64;
    let f = (y - whole as f64) * std::f64::consts::LN_2;
    let series =
        1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f * (1.0 / 720.0))))));
    series * f64::from_bits(((1023 + whole) as u64) << 52)
}
