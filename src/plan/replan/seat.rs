//! Room for units that lost their agent, where none is left: others make way for them, as few as will do.

use super::super::{
    Earlier,
    lists::least,
    place::{self, missing_weight, possible_but_missing},
    selection::{Price, Selection},
    solution::Effort,
};
use crate::{
    model::Strategy,
    schedule::{Choice, Instance, NONE, Room},
    search::assign::{Aim, Assignment, Measure, Prices},
};

/// What makes an agent worth having for a unit, by the strategy and by what agents hold.
struct Ranking<'i> {
    inst: &'i Instance<'i>,
    /// What agents charge at the earlier plan's prices, where cost counts.
    charges: Option<Prices>,
    /// Utilization of each agent, or work before each ms of a slot.
    held: Vec<f64>,
    strategy: Strategy,
}

/// Seats the units that have no agent but could have one: others are moved off one by one; where that is not enough,
/// by ejections, and where even they leave more out, by all that planning from scratch tries. Who moved and has room at
/// `home` goes back.
pub fn seat<'i>(
    inst: &'i Instance<'i>,
    room: &Room<'i>,
    home: &[u32],
    (strategy, effort): (Strategy, Effort),
    earlier: Option<&Earlier>,
) -> Room<'i> {
    let mut seated = Assignment::new(inst, Aim::Peak { measure: Measure::Utilization, bound: 0.0 });
    for (unit, agent) in room.agent.iter().enumerate().filter(|(_, a)| **a != NONE) {
        if let Some(c) = inst.unit_choice(unit, *agent) {
            seated.put(unit, &c);
        }
    }
    // To agents that are worth most, else to those with most room.
    for strategy in [strategy, Strategy::LoadBalanced] {
        if possible_but_missing(inst, &seated) {
            let ranking = Ranking::new(inst, &seated, strategy, earlier);
            seated.repair(|unit, count| ranking.best(unit, count));
        }
    }
    if possible_but_missing(inst, &seated) {
        seated.eject(place::patience(inst, effort));
    }
    if possible_but_missing(inst, &seated) {
        let other = place::everything(inst, effort);
        if missing_weight(inst, &other) < missing_weight(inst, &seated) {
            seated = other;
        }
    }
    returned(inst, seated.room, home)
}

impl<'i> Ranking<'i> {
    fn new(inst: &'i Instance<'i>, seated: &Assignment<'i>, strategy: Strategy, earlier: Option<&Earlier>) -> Self {
        let prices = earlier.and_then(|e| e.of(Strategy::CostOptimized)).and_then(|proven| proven.prices.as_ref());
        let charges = prices.filter(|_| matches!(strategy, Strategy::CostOptimized | Strategy::Hybrid)).map(|prices| {
            let selection = Selection::new(inst, Vec::new(), Price::Cost);
            selection.charges(&prices.rows(&selection))
        });
        let work = |a: usize| seated.work[a] as f64 / f64::from(inst.agents[a].slots.max(1));
        let held = match strategy {
            Strategy::LoadBalanced => (0..inst.agents.len()).map(|a| inst.gauge.of(inst, &seated.room, a)).collect(),
            _ => (0..inst.agents.len()).map(work).collect(),
        };
        Self { inst, charges, held, strategy }
    }

    /// The agents worth most to a unit, the best first.
    fn best(&self, unit: usize, count: usize) -> Vec<Choice> {
        least(self.inst.unit_choices(unit).iter().map(|c| (self.of(unit, &c), c)), count)
    }

    fn of(&self, unit: usize, c: &Choice) -> f64 {
        match (self.strategy, &self.charges) {
            (Strategy::CostOptimized | Strategy::Hybrid, Some(charges)) => charges.of(self.inst, unit, c),
            (Strategy::CostOptimized, None) => c.cost as f64,
            (Strategy::LoadBalanced, _) => self.held[c.agent as usize],
            _ => self.held[c.agent as usize] + c.work as f64,
        }
    }
}

/// Sends units of another assignment home, one by one, as far as their homes have room.
fn returned<'i>(inst: &'i Instance<'i>, mut room: Room<'i>, home: &[u32]) -> Room<'i> {
    let mut again = true;
    while again {
        again = false;
        for (unit, then) in home.iter().copied().enumerate() {
            let now = room.agent[unit];
            if now == NONE || then == NONE || now == then {
                continue;
            }
            let (Some(here), Some(there)) = (inst.unit_choice(unit, now), inst.unit_choice(unit, then)) else {
                continue;
            };
            room.give(unit, &here);
            let fits = room.fits(unit, &there);
            room.take(unit, if fits { &there } else { &here });
            again |= fits;
        }
    }
    room
}
