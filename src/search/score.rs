//! What list scheduling judges agents by.

use super::{Goal, assign::Prices};
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, Instance},
};

/// What agents charge for work that others need more, beside how well they serve the goal: choosing the agent that
/// finishes first fills those that can do what few can with what all can, and their own work then comes late.
#[derive(Debug, Clone)]
pub struct Toll {
    prices: Prices,
    /// Milliseconds of makespan for a unit of the prices.
    rate: f64,
}

impl Toll {
    /// From a relaxation's prices, by their proportions: a ms of work in any slot costs a ms of makespan on average over
    /// all slots. `None` where no work has a price.
    pub fn new(inst: &Instance<'_>, prices: Prices) -> Option<Self> {
        let slots: f64 = inst.agents.iter().map(|a| f64::from(a.slots)).sum();
        let priced: f64 = inst.agents.iter().zip(&prices.work).map(|(a, price)| f64::from(a.slots) * price).sum();
        let rate = slots / priced;
        (priced > 0.0 && rate.is_finite()).then_some(Self { prices, rate })
    }
}

/// What an agent is judged by: how it serves the goal, and its toll.
#[derive(Debug, Clone, Copy)]
pub struct Score<'g, 'i> {
    inst: &'i Instance<'i>,
    goal: &'g Goal,
    toll: Option<&'g Toll>,
}

impl<'g, 'i> Score<'g, 'i> {
    /// By the goal, and by a toll where there is one.
    pub fn new(inst: &'i Instance<'i>, goal: &'g Goal, toll: Option<&'g Toll>) -> Self {
        Self { inst, goal, toll }
    }

    /// Of a task's choice that starts at `start`; the less the better.
    pub(super) fn at(&self, t: usize, c: &Choice, start: Ms) -> f64 {
        self.of(t, c, start.saturating_add(c.work).min(NEVER))
    }

    /// Of a task's choice that ends at `finish`; the less the better.
    pub(super) fn of(&self, t: usize, c: &Choice, finish: Ms) -> f64 {
        let (inst, goal) = (self.inst, self.goal);
        let charged = |toll: &Toll| toll.rate * toll.prices.of(inst, inst.unit_of[t] as usize, c);
        goal.makespan * (finish as f64 + self.toll.map_or(0.0, charged))
            + goal.tardiness * inst.weight[t] * (finish - inst.deadline[t]).max(0) as f64
            + goal.cost * c.cost as f64
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
mod tests {
    use super::{Score, Toll};
    use crate::{
        model::{Ms, Quantities, Strategy},
        schedule::{Instance, Room, probe},
        search::{Goal, assign::Prices, construct},
    };

    /// The makespan of a list schedule where an expert's work costs `price` and that of others nothing.
    fn makespan(price: f64) -> Option<Ms> {
        let snapshot = probe::snapshot(
            "agents:
- {id: expert, capacity: 20, capabilities: [any, rare], speed: 2}
- {id: other, capacity: 20, capabilities: [any]}
tasks:
- {id: common, estimated_load: 1, requires: [any], duration: 60}
- {id: rare, estimated_load: 1, requires: [rare], duration: 80}
",
        );
        let q = Quantities::new(&snapshot);
        let inst = Instance::new(&q);
        let goal = Goal::of(&inst, Strategy::PerformanceOptimized, [0.0; 4]);
        let none = vec![0.0; 2];
        let prices = Prices { load: none.clone(), work: vec![price, 0.0], task: none.clone(), ..Prices::default() };
        let toll = Toll::new(&inst, prices);
        let score = Score::new(&inst, &goal, toll.as_ref());
        let mut room = Room::new(&inst);
        for unit in 0..2 {
            room.take(unit, &inst.unit_choice(unit, 0).unwrap());
        }
        let schedule = construct::choose_agents(&inst, &mut room, vec![0, 1], &score);
        (schedule.total().missing == 0.0 && toll.is_some() == (price > 0.0)).then(|| schedule.total().makespan)
    }

    #[test]
    fn an_agent_that_charges_is_left_to_those_who_need_it() {
        assert_eq!(makespan(0.0), Some(70_000));
        // A ms in one slot of two then costs 2 ms: 30 s of work there count 90 s, on the other agent 60 s.
        assert_eq!(makespan(3.0), Some(60_000));
        assert_eq!(makespan(3e9), makespan(3.0));
    }
}
