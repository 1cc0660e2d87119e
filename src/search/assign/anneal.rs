//! Annealing of an assignment (Kirkpatrick, Gelatt, Vecchi 1983), overflow allowed at a price that oscillates.

use super::{Assignment, moves::Step};
use crate::{schedule::Choice, search::Rng};

/// Changes between two looks at the temperature and the price of overflow.
const ROUND: u64 = 256;

impl Assignment<'_> {
    /// Anneals for `attempts` changes from temperature `hot` to `cold` (in units of the mean cost, or of the
    /// peak's power) and keeps the best feasible assignment met.
    pub fn anneal(&mut self, attempts: u64, hot: f64, cold: f64, seed: u64) {
        if self.choice.is_empty() || self.inst.agents.len() < 2 && self.missing.is_empty() {
            return;
        }
        self.rng = Rng::new(seed);
        self.set_aim(self.aim);
        self.lower_target();
        let mut best = (self.value(), self.choice.clone());
        let cooling = libm::log(cold / hot);
        let mut temperature = hot;
        let round = ROUND.max(2 * self.level.len() as u64);
        for i in 0..attempts {
            if i.is_multiple_of(round) {
                temperature = hot * libm::exp(cooling * i as f64 / attempts as f64);
                self.top = self.highest();
                if i.is_multiple_of(64 * round) {
                    self.centre_on_mean();
                    self.relevel_all();
                }
                self.oscillate();
            }
            if i.is_multiple_of(round) && (self.is_settled(best.0) || self.inst.limit.is_over()) {
                break;
            }
            let limit = -temperature * libm::log(self.rng.unit());
            let moved = self.step(limit);
            if (if self.strict { i % round == round - 1 } else { moved }) && self.is_feasible() {
                let value = self.value();
                if value < best.0 - 1e-9 {
                    best = (value, self.choice.clone());
                    self.lower_target();
                }
            }
        }
        if !self.strict || !self.is_feasible() || self.value() > best.0 {
            self.restore(&best.1);
        }
    }

    /// Strategic oscillation (Glover 1977): the price of overflow rises where there is some, else falls.
    fn oscillate(&mut self) {
        let natural = 2.0 * self.choice.len() as f64 / self.level.len() as f64;
        for (penalty, over) in self.penalty.iter_mut().zip(&self.over) {
            let factor = if *over > 0.0 { 1.2 } else { 0.95 };
            *penalty = (*penalty * factor).clamp(natural * 0.05, natural * 1e4);
        }
        self.shared_penalty *= if self.shared_over > 0.0 { 1.2 } else { 0.95 };
        self.energy = self.whole_energy();
    }

    pub(super) fn restore(&mut self, choices: &[Option<Choice>]) {
        let differing: Vec<u32> =
            (0..choices.len()).filter(|u| self.choice[*u] != choices[*u]).map(|u| u as u32).collect();
        let out: Vec<Step> =
            differing.iter().filter(|u| self.choice[**u as usize].is_some()).map(|u| (*u, None)).collect();
        let back: Vec<Step> =
            differing.iter().filter(|u| choices[**u as usize].is_some()).map(|u| (*u, choices[*u as usize])).collect();
        self.energy += self.apply(&out) + self.apply(&back);
    }
}
