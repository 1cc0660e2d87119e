//! Relaxations over classes: units that ask for the same become one group, agents that are the same become
//! one agent with the sum of what they offer. By convexity the relaxation is worth the same, and its prices
//! hold for every member.

use super::{bounds, classes, selection::Selection};
use crate::{
    lp::{self, Columns, Relaxation, Rows},
    schedule::Instance,
};

/// Pairs of unit and agent from which merging is worth a look.
const MANY: usize = 20_000;
/// Pairs of unit class and agent up to which agents are compared.
const COMPARED: usize = 2_000_000;

/// A selection problem whose groups and keys stand for several.
struct Merged<'c, C> {
    columns: &'c C,
    /// A group of each class, and how many it stands for.
    groups: Vec<(usize, i64)>,
    /// Whether a key (an agent) stands for its class; keys beyond do.
    stands: Vec<bool>,
    /// The row that each row is summed into.
    row_of: Vec<u32>,
    rows: Rows,
}

/// Relaxes a selection problem, over classes where that makes it much smaller. `units` are those of the
/// groups, in order; `columns` may add choices that depend on a unit's priority alone.
pub fn relax<C: Columns>(
    inst: &Instance<'_>,
    columns: &C,
    selection: &Selection<'_>,
    effort: &lp::Effort,
) -> Option<Relaxation> {
    if let Some(merged) = Merged::new(inst, columns, selection) {
        let effort = lp::Effort { iterations: bounds::ITERATIONS, ..*effort };
        let mut found = lp::relax(&merged, &merged.rows, &selection.levels, &effort).ok()?;
        found.prices = merged.row_of.iter().map(|r| found.prices[*r as usize]).collect();
        found.guide = merged.row_of.iter().map(|r| found.guide[*r as usize]).collect();
        found.certificate.prices = merged.row_of.iter().map(|r| found.certificate.prices[*r as usize]).collect();
        // Which member takes what is open.
        found.fractions.clear();
        return Some(found);
    }
    lp::relax(columns, &selection.rows, &selection.levels, effort).ok()
}

impl<'c, C: Columns> Merged<'c, C> {
    fn new(inst: &Instance<'_>, columns: &'c C, selection: &Selection<'_>) -> Option<Self> {
        let (units, agents) = (selection.units(), inst.agents.len());
        if units.len() * agents < MANY {
            return None;
        }
        let classes = classes::of_units(inst, units);
        let class_of: Vec<u32> = if classes.len() * agents <= COMPARED {
            let one_each: Vec<u32> = classes.iter().map(|c| units[c[0] as usize]).collect();
            classes::of_agents(inst, &one_each)
        } else {
            (0..agents as u32).collect()
        };
        let kinds = class_of.iter().max().map_or(0, |k| *k as usize + 1);
        if classes.len() * kinds * 4 > units.len() * agents {
            return None;
        }
        let mut first = vec![usize::MAX; kinds];
        let stands: Vec<bool> = (0..agents)
            .map(|a| {
                let seen = &mut first[class_of[a] as usize];
                *seen = (*seen).min(a);
                *seen == a
            })
            .collect();
        let groups = classes.iter().map(|c| (c[0] as usize, c.len() as i64)).collect();
        let mut out = Self { columns, groups, stands, row_of: Vec::new(), rows: Rows::default() };
        let leader: Vec<usize> = class_of.iter().map(|k| first[*k as usize]).collect();
        out.merge_rows(selection, &leader);
        Some(out)
    }

    /// Sums each agent's rows into those of its class.
    fn merge_rows(&mut self, selection: &Selection<'_>, leader: &[usize]) {
        let rows = &selection.rows;
        let mut into: Vec<usize> = (0..rows.len()).collect();
        for (a, first) in leader.iter().enumerate().filter(|(a, first)| a != *first) {
            for (mine, theirs) in selection.rows_of(a).into_iter().zip(selection.rows_of(*first)) {
                into[mine as usize] = theirs as usize;
            }
        }
        self.row_of = vec![u32::MAX; rows.len()];
        for (r, into) in into.into_iter().enumerate() {
            if into == r {
                self.row_of[r] = self.rows.push(rows.fixed[r], rows.slope[r], rows.level[r]);
                continue;
            }
            let at = self.row_of[into];
            self.row_of[r] = at;
            let (fixed, slope) = (&mut self.rows.fixed[at as usize], &mut self.rows.slope[at as usize]);
            *fixed = fixed.saturating_add(rows.fixed[r]).min(crate::schedule::UNLIMITED);
            *slope = slope.saturating_add(rows.slope[r]);
        }
    }
}

impl<C: Columns> Columns for Merged<'_, C> {
    fn groups(&self) -> usize {
        self.groups.len()
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        let (one, count) = self.groups[group];
        let mut summed: Vec<(u32, i64)> = Vec::new();
        self.columns.visit(one, &mut |key, cost, entries| {
            if self.stands.get(key as usize).is_none_or(|stands| *stands) {
                summed.clear();
                summed.extend(entries.iter().map(|(r, x)| (self.row_of[*r as usize], x.saturating_mul(count))));
                see(key, cost.saturating_mul(count), &summed);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

    use std::fmt::Write;

    use super::*;
    use crate::{model::Quantities, plan::selection::Price, schedule::probe};

    #[test]
    fn classes_reach_what_the_programme_is_worth() {
        let mut text = String::from("agents:\n");
        for a in 0..150 {
            let (capacity, cost) = ([30, 50, 70][a % 3], [2, 3, 4][a % 3]);
            writeln!(text, "- {{id: a{a:03}, capacity: {capacity}, cost_per_load: {cost}}}").unwrap();
        }
        text += "tasks:\n";
        for t in 0..300 {
            writeln!(text, "- {{id: t{t:03}, estimated_load: {}}}", [11, 17, 23, 29][t % 4]).unwrap();
        }
        let snapshot = probe::snapshot(&text);
        let q = Quantities::new(&snapshot);
        let inst = Instance::new(&q);
        let selection = Selection::new(&inst, (0..300).collect(), Price::Cost);
        let merged = Merged::new(&inst, &selection, &selection).unwrap();
        assert_eq!((merged.groups(), merged.rows.len()), (4, 3));
        let effort = lp::Effort::default();
        let over_classes = relax(&inst, &selection, &selection, &effort).unwrap();
        let over_all = lp::relax(&selection, &selection.rows, &selection.levels, &effort).unwrap();
        let (a, b) = (over_classes.bound.floor_f64(), over_all.bound.floor_f64());
        // The cheapest agents' 1,500 and 2,500 are filled, the dearest take the other 2,000.
        let worth = inst.cost_scale.floor(18_500.0) as f64;
        assert!((a - worth).abs() < 1e-6 * worth && b <= worth, "{a} and {b}");
        assert_eq!(over_classes.prices.len(), over_all.prices.len());
    }
}
