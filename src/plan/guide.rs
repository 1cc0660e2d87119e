//! What a relaxation tells the search: which agents are worth trying for each unit, and where to start.

use super::selection::Selection;
use crate::{
    lp::Relaxation,
    schedule::{Choice, Instance},
    search::assign::{Aim, Assignment, Prices},
};

/// Agents listed per unit, at most.
pub const RANKED: usize = 12;

/// Agents per unit beside the cheapest that the search mostly tries.
const SHORTLIST: f64 = 1.5;

/// The agents of each unit by what they cost at the relaxation's prices beyond the cheapest.
#[derive(Debug)]
pub struct Guide<'s, 'i> {
    inst: &'i Instance<'i>,
    selection: &'s Selection<'i>,
    found: &'s Relaxation,
    prices: Prices,
}

impl<'s, 'i> Guide<'s, 'i> {
    /// Reads the prices off a relaxation.
    pub fn new(inst: &'i Instance<'i>, selection: &'s Selection<'i>, found: &'s Relaxation) -> Self {
        Self { inst, selection, found, prices: selection.prices(&found.prices) }
    }

    /// The `count` cheapest agents of a unit with what they cost; of equals those that stand lower first, so
    /// that ties spread (by index they overloaded one agent many times over).
    fn cheapest(&self, unit: usize, count: usize) -> Vec<(f64, Choice)> {
        let priced = |c: Choice| (self.prices.of(self.inst, unit, &c), c);
        let mut row: Vec<(f64, Choice)> = self.inst.unit_choices(unit).iter().map(priced).collect();
        let salt = |c: &Choice| (u64::from(c.agent) ^ ((unit as u64) << 20)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let order = |a: &(f64, Choice), b: &(f64, Choice)| a.0.total_cmp(&b.0).then(salt(&a.1).cmp(&salt(&b.1)));
        if row.len() > count {
            row.select_nth_unstable_by(count, order);
            row.truncate(count);
        }
        row.sort_unstable_by(order);
        row
    }

    /// Tells a search its prices and shortlists.
    pub fn prefer(&self, assignment: &mut Assignment<'_>) {
        let units = self.selection.units();
        let ranked: Vec<_> = units.iter().map(|u| self.cheapest(*u as usize, RANKED)).collect();
        prefer(assignment, units, &ranked);
        assignment.price(self.prices.clone());
    }

    /// An assignment after the relaxation: where the linear programme gave a vertex, each unit on the agent
    /// that holds most of it, the surest first; else, and where that has no room, on the cheapest agent that
    /// has, the greatest regret first.
    pub fn rounded(&self, aim: Aim) -> Assignment<'i> {
        let mut out = Assignment::new(self.inst, aim);
        let units = self.selection.units();
        let vertex = self.is_vertex();
        for g in self.order() {
            let unit = units[g] as usize;
            let split =
                self.found.fractions[g].iter().filter(|_| vertex).filter_map(|f| self.selection.choice(g, f.key));
            let fits = |c: &Choice| out.room.fits(unit, c);
            let near = split.chain(self.cheapest(unit, RANKED).into_iter().map(|r| r.1)).find(fits);
            let found = near.or_else(|| self.cheapest(unit, usize::MAX).into_iter().map(|r| r.1).find(fits));
            if let Some(c) = found {
                out.put(unit, &c);
            }
        }
        out.repair(|unit, count| self.ranked(unit, count));
        out
    }

    /// An assignment after the relaxation that places what `from` places: units move to their cheapest agents
    /// one by one, the greatest regret first, and those whose turn has not come make way.
    pub fn settled(&self, from: &Assignment<'i>) -> Assignment<'i> {
        let mut out = from.clone();
        let order: Vec<u32> = self.order().into_iter().map(|g| self.selection.units()[g]).collect();
        out.settle(&order, |unit, count| self.ranked(unit, count));
        out
    }

    fn ranked(&self, unit: usize, count: usize) -> Vec<Choice> {
        self.cheapest(unit, count).into_iter().map(|r| r.1).collect()
    }

    fn is_vertex(&self) -> bool {
        self.found.method == "LP relaxation" && !self.found.fractions.is_empty()
    }

    /// Groups in the order in which they are to choose: the surest of the linear programme first, else those
    /// that lose most by not getting their cheapest agent, and the large before the small.
    fn order(&self) -> Vec<usize> {
        let units = self.selection.units();
        let sure = |g: usize| match self.cheapest(units[g] as usize, 2).as_slice() {
            _ if self.is_vertex() => self.found.fractions[g].first().map_or(0.0, |f| f.weight),
            [first, second] => (second.0 - first.0) / self.prices.mean + size(self.inst, units[g]),
            _ => f64::INFINITY,
        };
        let mut order: Vec<(f64, usize)> = (0..units.len()).map(|g| (sure(g), g)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        order.into_iter().map(|o| o.1).collect()
    }
}

/// Tells a search the shortlists of units, each ranked by what its agents charge, cut where the next step up is larger
/// than most: a good plan uses few other agents, since what units cost above their cheapest adds up to the plan's gap
/// (Yagiura, Ibaraki, Glover 2006, section 4.3).
pub fn prefer(assignment: &mut Assignment<'_>, units: &[u32], ranked: &[Vec<(f64, Choice)>]) {
    let excess = |row: &[(f64, Choice)], i: usize| row[i].0 - row[0].0;
    let mut steps: Vec<f64> = ranked.iter().flat_map(|row| (1..row.len()).map(|i| excess(row, i))).collect();
    steps.sort_by(f64::total_cmp);
    let cut = steps.get((SHORTLIST * units.len() as f64) as usize).copied().unwrap_or(f64::INFINITY);
    for (unit, row) in units.iter().zip(ranked) {
        let near = (0..row.len()).filter(|i| excess(row, *i) <= cut).map(|i| row[i].1);
        assignment.prefer(*unit as usize, near.collect());
    }
}

/// How much of its agents a unit takes, relative to their room: large units are placed while there is some.
fn size(inst: &Instance<'_>, unit: u32) -> f64 {
    let row = inst.unit_choices(unit as usize);
    let share = |c: Choice| c.load as f64 / (inst.agents[c.agent as usize].room as f64).max(1.0);
    row.iter().take(16).map(share).sum::<f64>() / row.width().clamp(1, 16) as f64
}
