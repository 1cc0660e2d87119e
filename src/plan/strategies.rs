//! The five strategies: how each comes to its draft.

use super::{
    bounds::{self, Bounds},
    budget::Budget,
    draft::{Draft, goal_of},
    heads::Heads,
    selection::{Price, Selection},
};
use crate::{
    lp::{Ranked, Ranking, Relaxation},
    model::Strategy,
    schedule::{Choice, Instance},
    search::{
        Goal,
        assign::{Aim, Assignment, Measure},
    },
};

/// Agents per unit beside the cheapest that the search mostly tries.
const SHORTLIST: f64 = 1.5;

/// First and last temperature of a search over assignments, in units of the mean cost of a unit.
const HOT: f64 = 0.02;
const COLD: f64 = 5e-4;

/// What the strategies start from.
pub struct Start<'i> {
    /// The instance.
    pub inst: &'i Instance<'i>,
    /// Earliest moments.
    pub heads: &'i Heads,
    /// An assignment that places as much as was found.
    pub placed: Assignment<'i>,
    /// Work allowed.
    pub budget: Budget,
}

impl<'i> Start<'i> {
    fn units(&self) -> Vec<u32> {
        bounds::placed_units(&self.placed.room.agent)
    }

    /// Bounds anew for the units that the plan holds in the end, where they are not those that the
    /// assignment held: a unit that found no time must not weigh in a bound.
    pub fn bound_again(&self, strategy: Strategy, units: Vec<u32>, bounds: &mut Bounds) {
        if units == self.units() {
            return;
        }
        let effort = bounds::effort(self.inst, None);
        match strategy {
            Strategy::CostOptimized => {
                let selection = Selection::new(self.inst, units, Price::Cost);
                bounds.cost = bounds::cost(self.inst, selection.units(), bounds::relax(&selection, &effort).as_ref());
            }
            Strategy::LoadBalanced => {
                let selection = Selection::new(self.inst, units, Price::Nothing).with_utilization(|_| 1);
                let found = bounds::relax(&selection, &effort);
                bounds.utilization = bounds::utilization(self.inst, &selection, found.as_ref());
            }
            _ => {
                let path = bounds::path(self.inst, self.heads, &units);
                let selection = Selection::new(self.inst, units, Price::Nothing).with_makespan(1, path);
                bounds.makespan = bounds::makespan(path, bounds::relax(&selection, &effort).as_ref());
            }
        }
    }

    /// Least cost, then makespan.
    pub fn by_cost(&self, bounds: &mut Bounds) -> Draft<'i> {
        let selection = Selection::new(self.inst, self.units(), Price::Cost);
        let found = bounds::relax(&selection, &bounds::effort(self.inst, None));
        bounds.cost = bounds::cost(self.inst, selection.units(), found.as_ref());
        let assignment = self.improved(&selection, found.as_ref(), Aim::Cost);
        self.timed(&assignment, Strategy::CostOptimized)
    }

    /// Least greatest utilization, then variance, then makespan.
    pub fn by_load(&self, bounds: &mut Bounds) -> Draft<'i> {
        let selection = Selection::new(self.inst, self.units(), Price::Nothing).with_utilization(|_| 1);
        let found = bounds::relax(&selection, &bounds::effort(self.inst, None));
        bounds.utilization = bounds::utilization(self.inst, &selection, found.as_ref());
        let measure = Measure::Utilization;
        let aim = Aim::Peak { measure, bound: bounds.utilization.0 };
        let mut assignment = self.improved(&selection, found.as_ref(), aim);
        assignment.set_aim(Aim::Spread { measure, cap: assignment.peak() });
        assignment.anneal(self.budget.assignment, 1e-4, 1e-7, 5);
        self.timed(&assignment, Strategy::LoadBalanced)
    }

    /// The better of the assignment that everything was placed by and the relaxation's, improved.
    fn improved(&self, selection: &Selection<'i>, found: Option<&Relaxation>, aim: Aim) -> Assignment<'i> {
        let mut best = self.placed.clone();
        best.set_aim(aim);
        let lists = found.map(|found| shortlists(selection, found));
        if let Some(found) = found {
            let mut rounded = self.rounded(selection, found, aim);
            rounded.set_aim(aim);
            if rounded.missing().len() <= best.missing().len() || rounded.energy < best.energy {
                best = rounded;
            }
        }
        for (unit, list) in lists.into_iter().flatten() {
            best.prefer(unit as usize, list);
        }
        best.anneal(self.budget.assignment, HOT, COLD, 3);
        if best.missing().len() > self.placed.missing().len() {
            best = self.placed.clone();
            best.set_aim(aim);
            best.anneal(self.budget.assignment, HOT, COLD, 4);
        }
        best
    }

    /// Each unit on the agent that the relaxation gives most of it, the surest first; the rest packed.
    fn rounded(&self, selection: &Selection<'i>, found: &Relaxation, aim: Aim) -> Assignment<'i> {
        let mut out = Assignment::new(self.inst, aim);
        let mut order: Vec<usize> = (0..selection.units().len()).collect();
        let sure = |g: &usize| found.fractions[*g].first().map_or(0.0, |f| f.weight);
        order.sort_by(|a, b| sure(b).total_cmp(&sure(a)).then(a.cmp(b)));
        let mut rest = Vec::new();
        for g in order {
            let unit = selection.units()[g];
            let fits = |f: &crate::lp::Fraction| selection.choice(g, f.key).filter(|c| out.room.fits(unit as usize, c));
            match found.fractions[g].iter().find_map(fits) {
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

    /// Times for a finished assignment: its agents stay unless some task finds no time there.
    fn timed(&self, assignment: &Assignment<'i>, strategy: Strategy) -> Draft<'i> {
        let goal = goal_of(self.inst, strategy);
        let mut draft = Draft::keeping(self.inst, &assignment.room, &goal);
        let stuck = draft.sequence.total().missing > 0.0;
        let goal = if stuck { Goal { cost: 1e3, ..goal } } else { goal };
        draft.improve(self.inst, &goal, &self.budget, stuck, f64::NEG_INFINITY);
        draft
    }

    /// Best times: makespan or weighted tardiness first.
    pub fn by_time(&self, strategy: Strategy, bounds: &mut Bounds) -> Draft<'i> {
        let goal = goal_of(self.inst, strategy);
        let units = self.units();
        let path = bounds::path(self.inst, self.heads, &units);
        let selection = Selection::new(self.inst, units, Price::Nothing).with_makespan(1, path);
        let found = bounds::relax(&selection, &bounds::effort(self.inst, None));
        bounds.makespan = bounds::makespan(path, found.as_ref());
        let bound = found.as_ref().map_or(0.0, |f| f.bound.floor_f64());
        let aim = Aim::Peak { measure: Measure::Work, bound };
        let level = self.improved(&selection, found.as_ref(), aim);
        let kept = Draft::keeping(self.inst, &level.room, &goal);
        let chosen = Draft::choosing(self.inst, &level.room, &goal);
        let mut draft = if kept.energy(self.inst, &goal) <= chosen.energy(self.inst, &goal) { kept } else { chosen };
        draft.improve(self.inst, &goal, &self.budget, true, f64::NEG_INFINITY);
        draft
    }
}

/// The agents of each unit that cost least at the relaxation's prices, cut where the next step up is larger
/// than most: on average [`SHORTLIST`] beside the cheapest. A good plan uses few others, since what a unit
/// costs above its cheapest agent adds up to the plan's gap (Yagiura, Ibaraki, Glover 2006, section 4.3).
fn shortlists(selection: &Selection<'_>, found: &Relaxation) -> Vec<(u32, Vec<(f64, Choice)>)> {
    let ranking = Ranking::new(&selection.rows, &found.prices, &found.levels);
    let ranked: Vec<_> = (0..selection.units().len()).map(|g| ranking.cheapest(selection, g, 12)).collect();
    let excess = |row: &[Ranked], i: usize| row[i].reduced - row[0].reduced;
    let mut steps: Vec<f64> = ranked.iter().flat_map(|row| (1..row.len()).map(|i| excess(row, i))).collect();
    steps.sort_by(f64::total_cmp);
    let cut = steps.get((SHORTLIST * ranked.len() as f64) as usize).copied().unwrap_or(f64::INFINITY);
    let mean = (ranked.iter().filter_map(|r| r.first()).map(|r| r.reduced).sum::<f64>() / ranked.len().max(1) as f64)
        .max(1e-12);
    let list = |(g, row): (usize, &Vec<Ranked>)| {
        let near = (0..row.len()).filter(|i| excess(row, *i) <= cut);
        // Relative to what a unit costs on average.
        let listed = |i: usize| Some((excess(row, i) / mean, selection.choice(g, row[i].key)?));
        (selection.units()[g], near.filter_map(listed).collect())
    };
    ranked.iter().enumerate().map(list).collect()
}
