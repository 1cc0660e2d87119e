//! The five strategies: how each comes to its draft.

use super::{
    bounds::{self, Bounds},
    budget::Budget,
    draft::{Draft, goal_of},
    heads::Heads,
    selection::{Price, Selection},
};
use crate::{
    lp::{Ranking, Relaxation},
    model::Strategy,
    schedule::{Choice, Instance},
    search::{
        Goal,
        assign::{Aim, Assignment, Measure},
    },
};

/// Agents per unit that the search mostly tries.
const SHORTLIST: usize = 5;

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
        let aim = |sharpness, cap| Aim::Peak { measure: Measure::Utilization, sharpness, cap };
        let mut assignment = self.improved(&selection, found.as_ref(), aim(32, f64::INFINITY));
        let peak = assignment.peak();
        assignment.set_aim(aim(2, peak));
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
        best.anneal(self.budget.assignment, 0.05, 5e-4, 3);
        if best.missing().len() > self.placed.missing().len() {
            best = self.placed.clone();
            best.set_aim(aim);
            best.anneal(self.budget.assignment, 0.05, 5e-4, 4);
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
            Aim::Peak { .. } => out.pack(&rest, Assignment::fullness),
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
        let aim = Aim::Peak { measure: Measure::Work, sharpness: 32, cap: f64::INFINITY };
        let level = self.improved(&selection, found.as_ref(), aim);
        let kept = Draft::keeping(self.inst, &level.room, &goal);
        let chosen = Draft::choosing(self.inst, &level.room, &goal);
        let mut draft = if kept.energy(self.inst, &goal) <= chosen.energy(self.inst, &goal) { kept } else { chosen };
        draft.improve(self.inst, &goal, &self.budget, true, f64::NEG_INFINITY);
        draft
    }
}

/// The agents of each unit that the relaxation's prices make cheapest.
fn shortlists(selection: &Selection<'_>, found: &Relaxation) -> Vec<(u32, Vec<Choice>)> {
    let ranking = Ranking::new(&selection.rows, &found.prices, &found.levels);
    let list = |(g, unit): (usize, &u32)| {
        let keys = ranking.cheapest(selection, g, SHORTLIST);
        (*unit, keys.iter().filter_map(|r| selection.choice(g, r.key)).collect())
    };
    selection.units().iter().enumerate().map(list).collect()
}
