//! How groups spread over the columns in play at some prices and temperature, and the step that prices take in answer.

use super::frame::Frame;
use super::pool::Pool;
use crate::parallel;

/// Steps within a round.
const STEPS: u32 = 30;
/// Share of the Newton step that is taken: rows answer each other's steps.
const DAMPING: f64 = 0.5;
/// The longest step of a price, in temperatures: beyond that the answer is another one.
const REACH: f64 = 0.4;
/// Temperatures above a group's cheapest column beyond which a column stays out of a round.
const FAR: f64 = 250.0;
/// Share of a group below which a column counts as not chosen.
const DUST: f32 = 1e-6;
/// How much every column wavers at least.
const FLOOR: f64 = 2e-3;
/// Groups whose answer is one job.
const PART: usize = 1_024;

/// The columns in play: the cheapest few of each group, and a sample that stands for all others.
pub(super) struct Field<'p> {
    frame: &'p Frame,
    /// Columns `start[g]..start[g + 1]` belong to group g.
    start: Vec<u32>,
    cost: Vec<f64>,
    /// How many columns each one stands for.
    stands_for: Vec<f32>,
    /// Entries `first[j]..first[j + 1]` belong to column j.
    first: Vec<u32>,
    entry: Vec<(u32, f32)>,
    /// Σ amount² of each row's entries.
    squares: Vec<f64>,
}

impl<'p> Field<'p> {
    /// Those of the sample that cost more than the cheapest columns taken up share what is left out.
    pub fn new(pool: &Pool, sample: &Pool, frame: &'p Frame, prices: &[f64], temperature: f64) -> Self {
        let mut out = Self {
            frame,
            start: vec![0],
            cost: Vec::new(),
            stands_for: Vec::new(),
            first: vec![0],
            entry: Vec::new(),
            squares: vec![0.0; frame.unit.len()],
        };
        let mean = frame.columns as f64 / pool.groups().max(1) as f64;
        let mut taken: Vec<(usize, f64)> = Vec::new();
        let mut sampled: Vec<(usize, f64)> = Vec::new();
        for g in 0..pool.groups() {
            let is_new = |j: &usize| sample.columns(g).all(|other| sample.key[other] != pool.key[*j]);
            sampled.clear();
            sampled.extend(sample.columns(g).map(|j| (j, sample.reduced(j, prices))));
            taken.clear();
            taken.extend(pool.columns(g).filter(is_new).map(|j| (j, pool.reduced(j, prices))));
            let least = sampled.iter().chain(&taken).map(|c| c.1).fold(f64::INFINITY, f64::min);
            let reach = taken.iter().map(|c| c.1).fold(f64::NEG_INFINITY, f64::max);
            let far = sampled.iter().filter(|c| c.1 > reach).count();
            let left_out = (mean - (sampled.len() + taken.len() - far) as f64).max(1.0);
            let share = (left_out / far.max(1) as f64).max(1.0);
            let in_play = |c: &&(usize, f64)| c.1 <= least + FAR * temperature;
            for (j, reduced) in sampled.iter().filter(in_play) {
                out.push(sample, *j, if *reduced > reach { share } else { 1.0 });
            }
            for (j, _) in taken.iter().filter(in_play) {
                out.push(pool, *j, 1.0);
            }
            out.start.push(out.cost.len() as u32);
        }
        out
    }

    fn push(&mut self, pool: &Pool, j: usize, stands_for: f64) {
        self.cost.push(pool.cost[j]);
        self.stands_for.push(stands_for as f32);
        for (r, x) in pool.entries(j) {
            self.entry.push((*r, *x as f32));
            self.squares[*r as usize] += x * x;
        }
        self.first.push(self.entry.len() as u32);
    }

    fn entries(&self, j: usize) -> &[(u32, f32)] {
        &self.entry[self.first[j] as usize..self.first[j + 1] as usize]
    }

    fn groups(&self) -> usize {
        self.start.len() - 1
    }

    /// Steps at one temperature, with momentum that is dropped where it leads downhill (Nesterov 1983; `O'Donoghue`,
    /// Candès 2015): prices of many agents must often rise together, which single steps are slow at.
    pub fn climb(&self, prices: &mut Vec<f64>, temperature: f64) {
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
        let parts = parallel::parts(self.groups(), PART);
        let answers = parallel::map(parts.len(), |i| self.part(parts[i].clone(), prices, temperature));
        // A floor keeps rows that nobody wavers about from giant steps.
        let floor = self.squares.iter().map(|x| FLOOR * x / temperature + 1e-12).collect();
        // In the order of the parts, so that the sums do not depend on the threads.
        answers.into_iter().fold(Answer { load: vec![0.0; rows], slack: floor }, |mut sum, part| {
            sum.load.iter_mut().zip(part.load).for_each(|(sum, x)| *sum += x);
            sum.slack.iter_mut().zip(part.slack).for_each(|(sum, x)| *sum += x);
            sum
        })
    }

    /// The answer of some groups.
    fn part(&self, groups: std::ops::Range<usize>, prices: &[f64], temperature: f64) -> Answer {
        let rows = self.frame.unit.len();
        let mut out = Answer { load: vec![0.0; rows], slack: vec![0.0; rows] };
        // Finite, so that the cheapest column of a group counts at any temperature.
        let per_temperature = (1.0 / temperature).min(1e300);
        let (mut reduced, mut weights): (Vec<f64>, Vec<f32>) = (Vec::new(), Vec::new());
        for g in groups {
            let columns = self.start[g] as usize..self.start[g + 1] as usize;
            let paid = |sum, &(r, a): &(u32, f32)| sum + prices[r as usize] * f64::from(a);
            reduced.clear();
            reduced.extend(columns.clone().map(|j| self.entries(j).iter().fold(self.cost[j], paid)));
            let least = reduced.iter().copied().fold(f64::INFINITY, f64::min);
            weights.clear();
            let counts = &self.stands_for[columns.clone()];
            weights.extend(
                reduced.iter().zip(counts).map(|(r, count)| count * exp(((least - r) * per_temperature) as f32)),
            );
            let sum: f32 = weights.iter().sum();
            let dust = DUST * sum;
            for (j, weight) in columns.zip(&weights).filter(|(_, weight)| **weight > dust) {
                let x = f64::from(weight / sum);
                let wavers = x * (1.0 - x) * per_temperature;
                for &(r, a) in self.entries(j) {
                    let a = f64::from(a);
                    out.load[r as usize] += a * x;
                    out.slack[r as usize] += a * a * wavers;
                }
            }
        }
        out
    }
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

/// `e^x` for x ≤ 0 to about 1e-6: a power of two by its bits, the rest by its series, without a branch, so that several
/// are done at once. The same on any machine.
fn exp(x: f32) -> f32 {
    // 1.5 · 2²³: what is added to it is rounded to a whole number, which its last bits then hold.
    const ROUNDS: f32 = 12_582_912.0;
    let y = (x * std::f32::consts::LOG2_E).max(-126.0);
    let whole = y + ROUNDS;
    let f = (y - (whole - ROUNDS)) * std::f32::consts::LN_2;
    let series = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0)))));
    series * f32::from_bits((whole.to_bits() << 23).wrapping_add(1.0f32.to_bits()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn powers_are_near_enough() {
        for i in 0..8_000 {
            let x = -f64::from(i) / 100.0;
            let (own, exact) = (f64::from(super::exp(x as f32)), libm::exp(x));
            assert!((own - exact).abs() <= 1e-5 * exact, "{x}: {own} for {exact}");
        }
        assert!(super::exp(f32::NEG_INFINITY) < 1e-37);
    }
}
