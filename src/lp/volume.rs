//! The volume algorithm: prices by deflected subgradients, and the average of the choices made.

use super::frame::Frame;
use super::pool::{Choice, Pool, Priced};
use super::selection::Columns;
use crate::limit::Limit;

/// Where the ascent ended.
#[derive(Debug, Clone)]
pub(super) struct Ascent {
    /// The best prices found, in row units.
    pub prices: Vec<f64>,
    /// The dual function there, up to rounding, over all columns.
    pub value: f64,
    /// The columns in play at the end.
    pub pool: Pool,
    /// Weight of each of the pool's columns in the averaged choice; about 1 in all per group.
    pub weights: Vec<f64>,
    /// Amounts per row of the averaged choice, in row units.
    pub load: Vec<f64>,
}

/// How much work the ascent may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    /// Steps.
    pub iterations: u32,
    /// Columns of each group kept between passes over all columns.
    pub width: usize,
    /// A value that some selection reaches, to aim the steps at.
    pub known: Option<f64>,
    /// When to end with the best prices so far.
    pub limit: Limit,
}

/// Maximises the dual function from the prices `start`.
///
/// Steps by Polyak's rule along the residual of an exponential average of the choices made
/// (Held and Karp 1971; Barahona and Anbil 2000, The volume algorithm). Between passes over all
/// columns only each group's cheapest few are priced. O(iterations · entries kept + passes · entries).
pub(super) fn ascend<C: Columns>(columns: &C, frame: &Frame, start: Vec<f64>, work: Work) -> Ascent {
    let mut state = State::new(columns, frame, start, work);
    let (mut until, mut interval) = (FIRST_INTERVAL, FIRST_INTERVAL);
    let mut restarts = RESTARTS;
    for step in 0..work.iterations {
        if step % LOOK == 0 && work.limit.is_over() {
            break;
        }
        if !state.pool.complete && step == until {
            state.refresh(columns, work.width);
            interval += interval / 2;
            until += interval;
        }
        if !state.step(work.known) {
            if state.pool.complete || restarts == 0 {
                break;
            }
            // What has settled on the columns in play need not have on all of them.
            restarts -= 1;
            state.refresh(columns, work.width);
            state.factor = 0.01;
        }
    }
    state.finish(columns, work.width)
}

/// Steps between two looks at the limit.
const LOOK: u32 = 8;
/// Steps before the first renewal of the columns in play: prices move most at the start.
const FIRST_INTERVAL: u32 = 12;
/// Steps without gain before the step length shrinks.
const PATIENCE: u32 = 6;
/// Times that a settled ascent is taken up again with renewed columns.
const RESTARTS: u32 = 3;
/// The ascent stops when the step factor has shrunk below this.
const LEAST_FACTOR: f64 = 1e-5;

struct State<'a> {
    frame: &'a Frame,
    pool: Pool,
    /// Prices the steps start from, and the dual function there over the pool.
    centre: Vec<f64>,
    centre_value: f64,
    /// The best prices whose value over all columns is known.
    best: Vec<f64>,
    best_value: f64,
    /// Averaged choice: weight of column j is `weights[j] · scale`.
    weights: Vec<f64>,
    scale: f64,
    load: Vec<f64>,
    trial: Vec<f64>,
    picks: Vec<usize>,
    picked_load: Vec<f64>,
    factor: f64,
    target: f64,
    share: f64,
    failures: u32,
    steps: u32,
}

impl<'a> State<'a> {
    fn new<C: Columns>(columns: &C, frame: &'a Frame, mut start: Vec<f64>, work: Work) -> Self {
        frame.project(&mut start);
        let choice = Choice { width: work.width, keep: None, improving: None };
        let Priced { value, pool, .. } = Pool::price(columns, frame, &start, choice);
        let mut picks = vec![0; pool.groups()];
        let mut load = vec![0.0; start.len()];
        pool.choose(&start, &mut picks, &mut load);
        let mut weights = vec![0.0; pool.key.len()];
        for &j in &picks {
            weights[j] = 1.0;
        }
        Self {
            frame,
            pool,
            centre_value: value,
            best: start.clone(),
            best_value: value,
            weights,
            scale: 1.0,
            picked_load: load.clone(),
            load,
            trial: start.clone(),
            centre: start,
            picks,
            factor: 1.0,
            target: f64::NEG_INFINITY,
            share: 0.3,
            failures: 0,
            steps: 0,
        }
    }

    /// One step; false when the prices have settled.
    fn step(&mut self, known: Option<f64>) -> bool {
        self.steps += 1;
        let direction = self.direction();
        let length: f64 = direction.iter().map(|v| v * v).sum();
        if length <= f64::MIN_POSITIVE || self.factor < LEAST_FACTOR {
            return false;
        }
        self.aim(known);
        let ahead = (self.target - self.centre_value).max(0.0);
        let step = (self.factor * ahead / length).min(self.stride(&direction));
        for (trial, (centre, v)) in self.trial.iter_mut().zip(self.centre.iter().zip(&direction)) {
            *trial = centre + step * v;
        }
        self.frame.project(&mut self.trial);
        let value =
            self.frame.constant(&self.trial) + self.pool.choose(&self.trial, &mut self.picks, &mut self.picked_load);
        self.average();
        if value > self.centre_value {
            let gain = value - self.centre_value;
            // A long step that keeps its promise asks for a longer one.
            if gain > 0.1 * step * length {
                self.factor = (self.factor * 1.3).min(2.0);
            }
            self.centre_value = value;
            self.centre.copy_from_slice(&self.trial);
            self.failures = 0;
        } else {
            self.failures += 1;
            if self.failures >= PATIENCE {
                self.failures = 0;
                self.factor *= 0.5;
                self.share = (self.share * 0.98).max(1e-3);
            }
        }
        true
    }

    /// The longest step that keeps prices in scale: a residual near zero asks for giant ones, which
    /// would cost the certificate its digits.
    fn stride(&self, direction: &[f64]) -> f64 {
        let size = self.frame.magnitude();
        let dearest = self.centre.iter().fold(0.0, |a: f64, &p| a.max(p));
        let widest = direction.iter().fold(0.0, |a: f64, v| a.max(v.abs()));
        let room = (size + dearest).min((1e6 * size - dearest).max(0.0));
        room / widest.max(f64::MIN_POSITIVE)
    }

    /// The residual of the averaged choice, where a price can follow it.
    fn direction(&self) -> Vec<f64> {
        let frame = self.frame;
        let raised = self.raised(&self.load);
        let mut direction: Vec<f64> = (0..self.load.len())
            .map(|r| {
                let level = frame.level[r].map_or(0.0, |k| frame.slope[r] * raised[k]);
                self.load[r] - frame.fixed[r] - level
            })
            .collect();
        for (v, &price) in direction.iter_mut().zip(&self.centre) {
            if price <= 0.0 && *v < 0.0 {
                *v = 0.0;
            }
        }
        direction
    }

    /// Level values that leave the residual without a part that the projection would undo.
    fn raised(&self, load: &[f64]) -> Vec<f64> {
        let frame = self.frame;
        let mut raised = frame.least.clone();
        for (k, rows) in frame.members.iter().enumerate() {
            let (mut spent, mut sum, mut weight) = (0.0, 0.0, 0.0);
            for &r in rows {
                spent += frame.slope[r] * self.centre[r];
                if self.centre[r] > 0.0 {
                    sum += frame.slope[r] * (load[r] - frame.fixed[r]);
                    weight += frame.slope[r] * frame.slope[r];
                }
            }
            if weight > 0.0 && spent >= frame.unit_cost[k] * (1.0 - 1e-9) {
                raised[k] = raised[k].max(sum / weight);
            }
        }
        raised
    }

    /// Sets the value that the steps aim at: the known one, or one a little ahead.
    fn aim(&mut self, known: Option<f64>) {
        if let Some(known) = known.filter(|&known| known > self.centre_value) {
            self.target = known;
            return;
        }
        let scale = self.centre_value.abs().max(self.frame.magnitude());
        if self.target < self.centre_value + 0.01 * scale {
            self.target = self.centre_value + 0.05 * scale;
        }
    }

    /// Moves the averaged choice towards the latest, by the share that shortens the residual most.
    fn average(&mut self) {
        let raised = self.raised(&self.load);
        let latest = self.raised(&self.picked_load);
        let (mut dot, mut square) = (0.0, 0.0);
        for r in 0..self.load.len() {
            let level = |t: &[f64]| self.frame.level[r].map_or(0.0, |k| self.frame.slope[r] * t[k]);
            let old = self.load[r] - self.frame.fixed[r] - level(&raised);
            let new = self.picked_load[r] - self.frame.fixed[r] - level(&latest);
            dot += old * (old - new);
            square += (old - new) * (old - new);
        }
        let best = if square > 0.0 { dot / square } else { 0.0 };
        let share = best.clamp(self.share / 10.0, self.share);
        for (load, new) in self.load.iter_mut().zip(&self.picked_load) {
            *load += share * (new - *load);
        }
        self.scale *= 1.0 - share;
        for &j in &self.picks {
            self.weights[j] += share / self.scale;
        }
        if self.scale < 1e-100 {
            self.rescale();
        }
    }

    fn rescale(&mut self) {
        for weight in &mut self.weights {
            *weight *= self.scale;
        }
        self.scale = 1.0;
    }

    /// Prices all columns at the centre and renews the columns in play.
    fn refresh<C: Columns>(&mut self, columns: &C, width: usize) {
        self.rescale();
        let stays: Vec<bool> = self.weights.iter().map(|&w| w >= 0.02).collect();
        let choice = Choice { width, keep: Some((&self.pool, &stays)), improving: None };
        let priced = Pool::price(columns, self.frame, &self.centre, choice);
        self.weights = priced.origin.iter().map(|from| from.map_or(0.0, |j| self.weights[j])).collect();
        self.pool = priced.pool;
        self.centre_value = priced.value;
        if priced.value > self.best_value {
            self.best_value = priced.value;
            self.best.copy_from_slice(&self.centre);
        } else {
            // The columns in play promised what the others do not keep: back, with shorter steps.
            self.centre_value = self.best_value;
            self.centre.copy_from_slice(&self.best);
            self.factor *= 0.5;
        }
    }

    fn finish<C: Columns>(mut self, columns: &C, width: usize) -> Ascent {
        self.rescale();
        if self.pool.complete {
            if self.centre_value > self.best_value {
                (self.best_value, self.best) = (self.centre_value, self.centre);
            }
        } else {
            self.refresh(columns, width);
        }
        Ascent { prices: self.best, value: self.best_value, pool: self.pool, weights: self.weights, load: self.load }
    }
}
