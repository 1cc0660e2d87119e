//! Packing where dimensions are several and demand exceeds what is offered: the units that take most for
//! their priority stay out, the others go the scarcest dimension first to the agent whose room is of the
//! likest shape (vector packing by dot product: Panigrahy, Talwar, Uyeda, Wieder 2011).

use super::{
    classes::alike,
    place::{missing_weight, possible_units, weight},
};
use crate::{
    schedule::{Choice, Instance, UNLIMITED},
    search::assign::{Aim, Assignment},
};

/// What units ask for and agents offer, as shares of all that is offered.
struct Shares<'i> {
    inst: &'i Instance<'i>,
    /// All that is offered, by dimension: load first, then the budgets; 0 where it is not limited.
    offered: Vec<f64>,
    /// Demand over offer, by dimension.
    scarcity: Vec<f64>,
    /// What each unit asks for.
    asked: Vec<Vec<(u32, f64)>>,
}

impl<'i> Shares<'i> {
    fn new(inst: &'i Instance<'i>, units: &[u32]) -> Self {
        let dims = 1 + inst.q.snapshot.names.dims.len();
        let mut offered = vec![0.0; dims];
        if inst.agents.iter().all(|a| a.room < UNLIMITED) {
            offered[0] = inst.agents.iter().map(|a| a.room.max(0) as f64).sum();
        }
        for o in inst.offered.items().iter().filter(|o| o.is_budget) {
            offered[1 + o.dim as usize] += o.amount as f64;
        }
        let mut out = Self { inst, scarcity: vec![0.0; dims], asked: vec![Vec::new(); inst.units.len()], offered };
        for u in units {
            out.asked[*u as usize] = out.ask(*u as usize);
            for (d, x) in &out.asked[*u as usize] {
                out.scarcity[*d as usize] += x;
            }
        }
        out
    }

    fn ask(&self, unit: usize) -> Vec<(u32, f64)> {
        let load = self.inst.unit_choices(unit).iter().next().map_or(0, |c| c.load);
        let budgets = self.inst.unit_demand.row(unit).iter().map(|(dim, x)| (1 + dim, *x as f64));
        let all = std::iter::once((0, load as f64)).chain(budgets);
        let share = |(d, x): (u32, f64)| (self.offered[d as usize] > 0.0).then(|| (d, x / self.offered[d as usize]));
        all.filter_map(share).collect()
    }

    fn total(&self, unit: u32) -> f64 {
        self.asked[unit as usize].iter().map(|a| a.1).sum()
    }

    fn scarcest(&self, unit: u32) -> f64 {
        let at = (0..self.scarcity.len()).max_by(|a, b| self.scarcity[*a].total_cmp(&self.scarcity[*b])).unwrap_or(0);
        self.asked[unit as usize].iter().find(|a| a.0 as usize == at).map_or(0.0, |a| a.1)
    }

    /// How unlike the agent's room is to what the unit asks for: less the cosine of the two, dimensions
    /// weighed by scarcity.
    fn unlikeness(&self, a: &Assignment<'i>, unit: usize, c: &Choice) -> f64 {
        let agent = c.agent as usize;
        let left = |d: usize| {
            if d == 0 {
                return a.room.load[agent] as f64;
            }
            self.inst.offer_of(agent, d as u32 - 1).map_or(0.0, |(at, _)| a.room.budget[at] as f64)
        };
        let (mut dot, mut square) = (0.0, 0.0);
        for d in (0..self.offered.len()).filter(|d| self.offered[*d] > 0.0) {
            let room = left(d) / self.offered[d] * self.scarcity[d];
            square += room * room;
            if let Some((_, x)) = self.asked[unit].iter().find(|x| x.0 as usize == d) {
                dot += room * x * self.scarcity[d];
            }
        }
        -dot / square.sqrt().max(1e-300)
    }
}

/// The packing that places most, over how many units stay out until the others are through: by bisection.
pub fn by_shape<'i>(inst: &'i Instance<'i>, aim: Aim) -> Assignment<'i> {
    let units = possible_units(inst);
    let shares = Shares::new(inst, &units);
    let mut leaving = units.clone();
    let worth = |u: u32| weight(inst, u) / shares.total(u).max(1e-12);
    leaving.sort_by(|a, b| worth(*a).total_cmp(&worth(*b)).then(a.cmp(b)));
    let mut order = units;
    let key = |u: u32| (shares.scarcest(u), shares.total(u));
    order.sort_by(|a, b| key(*b).partial_cmp(&key(*a)).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(b)));
    let mut best: Option<(f64, Assignment<'i>)> = None;
    let (mut few, mut many) = (0, leaving.len());
    while few < many {
        let out = few + (many - few) / 2;
        let (packed, through) = pack(&shares, aim, &order, &leaving[..out]);
        let missing = missing_weight(inst, &packed);
        if best.as_ref().is_none_or(|b| missing < b.0) {
            best = Some((missing, packed));
        }
        if through { many = out } else { few = out + 1 }
    }
    best.map_or_else(|| Assignment::new(inst, aim), |b| b.1)
}

/// Packs in order all but those that stay out, which come last, the least first; says whether the others
/// all found room.
fn pack<'i>(shares: &Shares<'i>, aim: Aim, order: &[u32], out: &[u32]) -> (Assignment<'i>, bool) {
    let inst = shares.inst;
    let mut stays_out = vec![false; inst.units.len()];
    for u in out {
        stays_out[*u as usize] = true;
    }
    let mut packed = Assignment::new(inst, aim);
    let first: Vec<u32> = order.iter().copied().filter(|u| !stays_out[*u as usize]).collect();
    let mut shelf = Shelf::default();
    let mut through = true;
    for u in &first {
        through &= shelf.put(shares, &mut packed, *u as usize);
    }
    for u in out.iter().rev() {
        shelf.put(shares, &mut packed, *u as usize);
    }
    (packed, through)
}

/// The scores of all agents for the unit at hand; of one alike, only the agent used last is scored anew.
#[derive(Default)]
struct Shelf {
    unit: Option<usize>,
    choices: Vec<Choice>,
    scores: Vec<f64>,
}

impl Shelf {
    /// Puts a unit on the likest agent with room, if there is one.
    fn put<'i>(&mut self, shares: &Shares<'i>, packed: &mut Assignment<'i>, unit: usize) -> bool {
        let score = |packed: &Assignment<'i>, c: &Choice| {
            if packed.room.fits(unit, c) { shares.unlikeness(packed, unit, c) } else { f64::INFINITY }
        };
        let inst = shares.inst;
        let alone = |u: usize| inst.apart.row(u).is_empty() && inst.unit_uses.row(u).is_empty();
        if self.unit.is_none_or(|other| !(alike(inst, other, unit) && alone(other) && alone(unit))) {
            self.choices = inst.unit_choices(unit).iter().collect();
            self.scores = self.choices.iter().map(|c| score(packed, c)).collect();
        }
        self.unit = Some(unit);
        let least = self.scores.iter().copied().fold(f64::INFINITY, f64::min);
        if least == f64::INFINITY {
            return false;
        }
        let Some(at) = self.scores.iter().position(|s| *s <= least) else { return false };
        let c = self.choices[at];
        packed.put(unit, &c);
        self.scores[at] = score(packed, &c);
        true
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

    use super::*;
    use crate::{model::Quantities, schedule::probe, search::assign::Measure};

    #[test]
    fn the_largest_stay_out_and_shapes_match() {
        // Room for either the large one or two of each shape; by size alone a shape blocks the other's agent.
        let snapshot = probe::snapshot(
            "agents:\n- {id: a, budget: {cpu: 8, gpu: 4}}\n- {id: b, budget: {cpu: 4, gpu: 8}}\n\
             tasks:\n- {id: large, demand: {cpu: 4, gpu: 8}}\n\
             - {id: c1, demand: {cpu: 4, gpu: 2}}\n- {id: c2, demand: {cpu: 4, gpu: 2}}\n\
             - {id: g1, demand: {cpu: 2, gpu: 4}}\n- {id: g2, demand: {cpu: 2, gpu: 4}}\n",
        );
        let q = Quantities::new(&snapshot);
        let inst = Instance::new(&q);
        let packed = by_shape(&inst, Aim::Peak { measure: Measure::Utilization, bound: 0.0 });
        let large = snapshot.find_task("large").unwrap();
        assert_eq!(packed.missing(), [inst.unit_of[large.at()]]);
    }
}
