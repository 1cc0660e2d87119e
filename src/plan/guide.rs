//! What a relaxation tells the search: which agents are worth trying for each unit, and where to start.

use super::selection::Selection;
use crate::{
    lp::{Ranked, Ranking, Relaxation},
    schedule::{Choice, Instance},
    search::assign::{Aim, Assignment},
};

/// Agents ranked per unit.
const RANKED: usize = 12;

/// Agents per unit beside the cheapest that the search mostly tries.
const SHORTLIST: f64 = 1.5;

/// The agents of each unit by what they cost at the relaxation's prices beyond the cheapest.
#[derive(Debug)]
pub struct Guide<'s, 'i> {
    selection: &'s Selection<'i>,
    found: &'s Relaxation,
    /// By group: excess over the cheapest, relative to what a unit costs on average, and the choice.
    ranked: Vec<Vec<(f64, Choice)>>,
}

impl<'s, 'i> Guide<'s, 'i> {
    /// Ranks every unit's agents: O(columns · log columns).
    pub fn new(selection: &'s Selection<'i>, found: &'s Relaxation) -> Self {
        let ranking = Ranking::new(&selection.rows, &found.prices, &found.levels);
        let rows: Vec<Vec<Ranked>> =
            (0..selection.units().len()).map(|g| ranking.cheapest(selection, g, RANKED)).collect();
        let sum: f64 = rows.iter().filter_map(|r| r.first()).map(|r| r.reduced).sum();
        let mean = (sum / rows.len().max(1) as f64).max(1e-12);
        let excess = |g: usize, row: &[Ranked]| {
            let listed = |r: &Ranked| Some(((r.reduced - row[0].reduced) / mean, selection.choice(g, r.key)?));
            row.iter().filter_map(listed).collect()
        };
        let ranked = rows.iter().enumerate().map(|(g, row)| excess(g, row)).collect();
        Self { selection, found, ranked }
    }

    /// Tells a search its shortlists, cut where the next step up is larger than most: a good plan uses few
    /// other agents, since what units cost above their cheapest adds up to the plan's gap (Yagiura, Ibaraki,
    /// Glover 2006, section 4.3).
    pub fn prefer(&self, assignment: &mut Assignment<'_>) {
        let mut steps: Vec<f64> = self.ranked.iter().flat_map(|row| row.iter().skip(1).map(|r| r.0)).collect();
        steps.sort_by(f64::total_cmp);
        let cut = steps.get((SHORTLIST * self.ranked.len() as f64) as usize).copied().unwrap_or(f64::INFINITY);
        for (unit, row) in self.selection.units().iter().zip(&self.ranked) {
            assignment.prefer(*unit as usize, row.iter().filter(|r| r.0 <= cut).copied().collect());
        }
    }

    /// An assignment after the relaxation: where the linear programme gave a vertex, each unit on the agent
    /// that holds most of it, the surest first; else on its cheapest agent with room, the greatest regret
    /// first. What finds no room so is packed.
    pub fn rounded(&self, inst: &'i Instance<'i>, aim: Aim) -> Assignment<'i> {
        let mut out = Assignment::new(inst, aim);
        let vertex = self.found.method == "LP relaxation";
        let sure = |g: usize| match self.ranked[g].as_slice() {
            _ if vertex => self.found.fractions[g].first().map_or(0.0, |f| f.weight),
            [_, second, ..] => second.0,
            _ => f64::INFINITY,
        };
        let mut order: Vec<usize> = (0..self.selection.units().len()).collect();
        order.sort_by(|a, b| sure(*b).total_cmp(&sure(*a)).then(a.cmp(b)));
        let mut rest = Vec::new();
        for g in order {
            let unit = self.selection.units()[g];
            let split = self.found.fractions[g]
                .iter()
                .filter_map(|f| self.selection.choice(g, f.key))
                .take(if vertex { 8 } else { 0 });
            let mut wanted = split.chain(self.ranked[g].iter().map(|r| r.1));
            match wanted.find(|c| out.room.fits(unit as usize, c)) {
                Some(c) => out.put(unit as usize, &c),
                None => rest.push(unit),
            }
        }
        match aim {
            Aim::Cost => out.pack(&rest, |_, _, c| c.cost as f64),
            _ => out.pack(&rest, Assignment::fullness),
        }
        out
    }
}
