//! The energy of an assignment: levels as the aim counts them, and what overflow and missing units cost.

use super::{Aim, Assignment, Measure};
use crate::{model::Ms, schedule::Choice};

/// Energy of a missing unit of priority 1, above what any assignment can save.
pub(super) const MISSING: f64 = 1e7;

/// Energy of a run twice as long as it is to be.
const OVERLONG: f64 = 10.0;

impl Assignment<'_> {
    /// Changes the aim and takes the present assignment as the measure of 1.
    pub fn set_aim(&mut self, aim: Aim) {
        self.aim = aim;
        self.target = match aim {
            Aim::Cost { .. } => 1.0,
            Aim::Peak { .. } => self.peak(),
            Aim::Spread { cap, .. } => cap,
        }
        .max(1e-12);
        self.centre_on_mean();
        self.relevel_all();
        self.energy = self.whole_energy();
    }

    /// The highest level of the aim's measure.
    pub fn peak(&self) -> f64 {
        (0..self.level.len()).map(|a| self.raw_level(a)).fold(0.0, f64::max)
    }

    /// True where the best value met is at the aim's bound, so that nothing is left to gain.
    pub(super) fn is_settled(&self, best: f64) -> bool {
        match self.aim {
            Aim::Peak { bound, .. } => best <= bound * (1.0 + 1e-12),
            Aim::Cost { bound } => best <= bound as f64 / self.unit_cost,
            Aim::Spread { .. } => false,
        }
    }

    /// What the aim measures, missing units first.
    pub fn value(&self) -> f64 {
        let missing: f64 = self.missing.iter().map(|u| MISSING * self.weight[*u as usize]).sum();
        match self.aim {
            Aim::Peak { .. } => missing + self.peak() * (1.0 + OVERLONG * self.overlong),
            Aim::Cost { .. } => missing + self.cost as f64 / self.unit_cost,
            Aim::Spread { .. } => self.energy,
        }
    }

    /// True where everything fits; a level above the target does no harm where it is only a wish.
    pub(super) fn is_feasible(&self) -> bool {
        self.shared_over == 0.0 && (self.overfull == 0 || self.strict && self.over.iter().all(|o| *o < 1.0))
    }

    pub(super) fn highest(&self) -> usize {
        (0..self.level.len()).max_by(|a, b| self.raw_level(*a).total_cmp(&self.raw_level(*b))).unwrap_or(0)
    }

    /// After a new best peak agents are to stay a little lower, but never below what is proven.
    pub(super) fn lower_target(&mut self) {
        if let Aim::Peak { bound, .. } = self.aim {
            let peak = self.peak();
            let share = if self.strict { 0.5 } else { 0.1 };
            self.target = (peak - (share * (peak - bound)).max(1e-4 * peak)).max(bound).max(1e-12);
            self.relevel_all();
            self.energy = self.whole_energy();
        }
    }

    pub(super) fn centre_on_mean(&mut self) {
        if matches!(self.aim, Aim::Spread { .. }) {
            let touched = &self.inst.gauge.touched;
            let sum: f64 = touched.iter().map(|a| self.raw_level(*a as usize)).sum();
            self.centre = sum / touched.len().max(1) as f64;
        }
    }

    pub(super) fn relevel_all(&mut self) {
        for a in 0..self.level.len() {
            self.relevel(a);
        }
    }

    pub(super) fn relevel(&mut self, a: usize) -> f64 {
        let (level, over) = self.level_of(a);
        let delta = level - self.level[a] + self.penalty[a] * (over - self.over[a]);
        self.overfull = self.overfull + usize::from(over > 0.0) - usize::from(self.over[a] > 0.0);
        (self.level[a], self.over[a]) = (level, over);
        delta
    }

    pub(super) fn whole_energy(&self) -> f64 {
        self.level.iter().sum::<f64>()
            + self.over.iter().zip(&self.penalty).map(|(o, p)| o * p).sum::<f64>()
            + self.shared_penalty * self.shared_over
            + (0..self.choice.len()).filter_map(|u| self.choice[u].map(|c| self.cost_energy(u, &c))).sum::<f64>()
            + self.missing.iter().map(|u| MISSING * self.weight[*u as usize]).sum::<f64>()
    }

    pub(super) fn raw_level(&self, a: usize) -> f64 {
        let (Aim::Peak { measure, .. } | Aim::Spread { measure, .. }) = self.aim else { return 0.0 };
        if measure == Measure::Utilization {
            return if self.inst.gauge.is_touched(a) { self.inst.gauge.of(self.inst, &self.room, a) } else { 0.0 };
        }
        let agent = &self.inst.agents[a];
        if self.work[a] == 0 { 0.0 } else { agent.from as f64 + self.work[a] as f64 / f64::from(agent.slots) }
    }

    /// What an agent adds to the energy, and the share by which it exceeds what it may hold.
    fn level_of(&self, a: usize) -> (f64, f64) {
        let hard = self.room.overflow(a);
        let over = if self.strict { hard * 1e9 } else { hard };
        match self.aim {
            Aim::Cost { .. } => (0.0, over),
            Aim::Peak { .. } => (0.0, over + (self.raw_level(a) / self.target - 1.0).max(0.0)),
            Aim::Spread { .. } => {
                let raw = self.raw_level(a);
                let off = (raw - self.centre) / self.target;
                (off * off, over + 100.0 * (raw / self.target - 1.0).max(0.0))
            }
        }
    }

    /// Asks for runs no longer than these, ms by unit, before all else where levels are the aim.
    pub fn shorten(&mut self, longest: Vec<Ms>) {
        self.longest = longest;
        let runs = (0..self.choice.len()).filter_map(|u| self.choice[u].map(|c| self.excess(u, &c)));
        self.overlong = runs.sum();
        self.energy = self.whole_energy();
    }

    /// The share by which a unit's run is too long.
    pub(super) fn excess(&self, u: usize, c: &Choice) -> f64 {
        self.longest.get(u).map_or(0.0, |most| (c.work - most).max(0) as f64 / (*most).max(1) as f64)
    }

    /// What a unit adds to the energy: its cost, or what it costs the relaxation beyond its cheapest agent.
    pub(super) fn cost_energy(&self, u: usize, c: &Choice) -> f64 {
        let long = OVERLONG * self.excess(u, c);
        match (self.aim, &self.prices) {
            (Aim::Spread { .. }, _) | (Aim::Peak { .. }, None) => long,
            (Aim::Cost { .. } | Aim::Peak { .. }, Some(prices)) => long + prices.excess(self.inst, u, c),
            (Aim::Cost { .. }, None) => c.cost as f64 / self.unit_cost,
        }
    }
}
