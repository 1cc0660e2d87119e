//! The five strategies: how each comes to its draft.

use super::{
    bounds::{self, Bounds},
    budget::Budget,
    draft::{Draft, goal_of},
    fleets,
    grounds::{Grounds, Relaxed},
    guide::Guide,
    heads::Heads,
    prove,
    selection::Selection,
};
use crate::{
    lp::Relaxation,
    model::Strategy,
    parallel,
    schedule::{Instance, NONE, Room},
    search::{
        Goal,
        anneal::Floor,
        assign::{Aim, Assignment, Measure},
        dynasearch,
    },
};

/// Tasks up to which the hybrid strategy looks at every other strategy's draft.
const FEW: usize = 1_000;

/// First and last temperature of a search over assignments, in units of the mean cost of a unit.
pub(super) const HOT: f64 = 0.02;
pub(super) const COLD: f64 = 5e-4;

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
    /// The units that the assignment places.
    pub fn units(&self) -> Vec<u32> {
        bounds::placed_units(&self.placed.room.agent)
    }

    /// What its bounds rest on.
    pub fn grounds(&self) -> Grounds<'i> {
        Grounds { inst: self.inst, heads: self.heads, earlier: None }
    }

    /// Least cost, then makespan.
    pub fn by_cost(&self, bounds: &mut Bounds) -> Draft<'i> {
        let (selection, found) = self.grounds().relax_cost(self.units(), bounds);
        if fleets::is_fleet(self.inst) {
            return self.fleet_by_cost(&selection, found.as_ref(), bounds);
        }
        let own = self.cheapest(&selection, found.as_ref(), bounds);
        if !fleets::is_crew(self.inst) {
            return own;
        }
        let other = self.fleet_by_cost(&selection, found.as_ref(), bounds);
        own.or_by(other, |d| d.cost() as f64, self.inst, &goal_of(self.inst, Strategy::CostOptimized))
    }

    fn cheapest(&self, selection: &Selection<'i>, found: Option<&Relaxation>, bounds: &mut Bounds) -> Draft<'i> {
        let aim = Aim::Cost { bound: bounds.cost.0 };
        let mut assignment = self.improved(&self.placed, selection, found, aim);
        if let Some(found) = found.filter(|_| assignment.cost() > bounds.cost.0) {
            let least = selection.prices(&found.prices).least;
            let proven = prove::least_cost(self.inst, selection.units(), &least, &mut assignment, self.budget.tables);
            if let Some(proven) = proven.filter(|proven| proven.0 > bounds.cost.0) {
                let (bound, method, knapsacks) = proven;
                bounds.cost = (bound, method);
                (bounds.prices.cost, bounds.prices.knapsacks) = (None, Some(knapsacks));
            }
        }
        self.timed(&assignment.room, Strategy::CostOptimized, bounds)
    }

    /// Least greatest utilization, then variance, then makespan.
    pub fn by_load(&self, bounds: &mut Bounds) -> Draft<'i> {
        let (selection, found) = self.grounds().relax_load(self.units(), bounds);
        if fleets::is_fleet(self.inst) {
            return self.fleet_by_load(&selection, found.as_ref(), bounds);
        }
        let own = self.level(&selection, found.as_ref(), bounds);
        if !fleets::is_crew(self.inst) {
            return own;
        }
        let other = self.fleet_by_load(&selection, found.as_ref(), bounds);
        let peak = |d: &Draft<'i>| self.inst.gauge.peak(self.inst, &d.room);
        own.or_by(other, peak, self.inst, &goal_of(self.inst, Strategy::LoadBalanced))
    }

    fn level(&self, selection: &Selection<'i>, found: Option<&Relaxation>, bounds: &Bounds) -> Draft<'i> {
        let measure = Measure::Utilization;
        let mut level = self.placed.clone();
        level.set_aim(Aim::Spread { measure, cap: level.peak() });
        level.anneal(self.budget.assignment, 1e-3, 1e-7, 5);
        let aim = Aim::Peak { measure, bound: bounds.utilization.0 };
        let mut assignment = if level.is_strict() {
            // With many agents an even spread is the better start, and excess over prices no guide to peaks.
            level.set_aim(aim);
            level.anneal(self.budget.assignment / 2, HOT, COLD, 6);
            level
        } else {
            self.improved(&level, selection, found, aim)
        };
        assignment.set_aim(Aim::Spread { measure, cap: assignment.peak() });
        assignment.anneal(self.budget.assignment / 2, 1e-4, 1e-7, 5);
        self.timed(&assignment.room, Strategy::LoadBalanced, bounds)
    }

    /// The better of the assignment that everything was placed by and the relaxation's, improved.
    fn improved(
        &self,
        from: &Assignment<'i>,
        selection: &Selection<'i>,
        found: Option<&Relaxation>,
        aim: Aim,
    ) -> Assignment<'i> {
        let mut best = from.clone();
        best.set_aim(aim);
        let guide = found.map(|found| Guide::new(self.inst, selection, found));
        if let Some(guide) = &guide {
            let mut rounded = if best.is_strict() { guide.settled(&best) } else { guide.rounded(aim) };
            rounded.set_aim(aim);
            if rounded.value() < best.value() {
                best = rounded;
            }
            guide.prefer(&mut best);
        }
        best.anneal(self.budget.assignment / 2, HOT, COLD, 3);
        if best.missing().len() > self.placed.missing().len() {
            best = from.clone();
            best.set_aim(aim);
            best.anneal(self.budget.assignment, HOT, COLD, 4);
        }
        best.reoptimise(self.budget.assignment, 7);
        best
    }

    /// Times for a finished assignment: its agents stay unless some task finds no time there.
    pub fn timed(&self, room: &Room<'i>, strategy: Strategy, bounds: &Bounds) -> Draft<'i> {
        let goal = goal_of(self.inst, strategy);
        let mut draft = Draft::keeping(self.inst, room, &goal);
        let stuck = draft.sequence.total().missing > 0.0;
        let goal = if stuck { Goal { cost: 1e3, ..goal } } else { goal };
        draft.improve(self.inst, &goal, &self.budget.shared(), stuck, &self.floor(bounds));
        draft
    }

    /// Least weighted sum: the best of the other strategies' drafts, improved as such.
    pub fn by_all(&self, bounds: &mut Bounds) -> Draft<'i> {
        let is_fleet = fleets::is_fleet(self.inst);
        let relaxed = self.relax_all(is_fleet, bounds);
        let drafts = if is_fleet { Vec::new() } else { self.by_each(&relaxed, bounds) };
        let placed: Vec<bool> = self.inst.unit_of.iter().map(|u| self.placed.room.agent[*u as usize] != NONE).collect();
        let goal = Goal::of(self.inst, Strategy::Hybrid, bounds.references(self.inst, &placed));
        let fleet = || self.fleet_by_all(&goal, &relaxed[0].0, relaxed[0].1.as_ref(), bounds);
        if is_fleet {
            return fleet();
        }
        let mut best = Draft::choosing(self.inst, &self.placed.room, &goal);
        for draft in drafts.into_iter().chain(fleets::is_crew(self.inst).then(fleet)) {
            best = best.or(draft, self.inst, &goal);
        }
        best.improve(self.inst, &goal, &self.budget.halved(), true, &self.floor(bounds));
        best
    }

    /// The relaxations of makespan, cost and load, one after the other where each is large.
    fn relax_all(&self, are_large: bool, bounds: &mut Bounds) -> Vec<Relaxed<'i>> {
        let relax = |i: usize, own: &mut Bounds| match i {
            0 => self.grounds().relax_makespan(self.units(), own),
            1 => self.grounds().relax_cost(self.units(), own),
            _ => self.grounds().relax_load(self.units(), own),
        };
        if are_large { (0..3).map(|i| relax(i, bounds)).collect() } else { learning(bounds, 3, relax) }
    }

    /// The other strategies' drafts, at a part of the budget each; of a large batch the first alone.
    fn by_each(&self, relaxed: &[Relaxed<'i>], bounds: &mut Bounds) -> Vec<Draft<'i>> {
        let fast = Start { budget: self.budget.shared(), placed: self.placed.clone(), ..*self };
        let of = |k: usize| (&relaxed[k].0, relaxed[k].1.as_ref());
        let (work, cost, load) = (of(0), of(1), of(2));
        learning(bounds, if self.inst.tasks() <= FEW { 4 } else { 1 }, |i, own| match i {
            0 => fast.timely(Strategy::PerformanceOptimized, work, None, own),
            1 => fast.cheapest(cost.0, cost.1, own),
            2 => fast.level(load.0, load.1, own),
            _ => fast.timely(Strategy::DeadlineAware, work, None, own),
        })
    }

    /// What no schedule of the placed units can beat, as far as it is known before the search.
    fn floor(&self, bounds: &Bounds) -> Floor {
        let late = |t: usize| self.inst.weight[t] * (self.heads.finish[t] - self.inst.deadline[t]).max(0) as f64;
        let is_placed = |t: &usize| self.placed.room.agent[self.inst.unit_of[*t] as usize] != NONE;
        Floor { makespan: bounds.makespan.0, tardiness: (0..self.inst.tasks()).filter(is_placed).map(late).sum() }
    }

    /// Best times: makespan or weighted tardiness first.
    pub fn by_time(&self, strategy: Strategy, bounds: &mut Bounds) -> Draft<'i> {
        let (selection, found) = self.grounds().relax_makespan(self.units(), bounds);
        let fleet = || self.fleet_by_time(strategy, &selection, found.as_ref(), bounds);
        if fleets::is_fleet(self.inst) {
            return fleet();
        }
        let start = fleets::is_crew(self.inst).then(fleet);
        self.timely(strategy, (&selection, found.as_ref()), start, bounds)
    }

    /// Best times, from `start` where that is better than what is found without it.
    fn timely(
        &self,
        strategy: Strategy,
        (selection, found): (&Selection<'i>, Option<&Relaxation>),
        start: Option<Draft<'i>>,
        bounds: &Bounds,
    ) -> Draft<'i> {
        let goal = goal_of(self.inst, strategy);
        let bound = bounds.makespan.0 as f64;
        let aim = Aim::Peak { measure: Measure::Work, bound };
        let level = self.improved(&self.placed, selection, found, aim);
        let draft = Draft::better(self.inst, &level.room, &goal);
        let draft = start.into_iter().fold(draft, |draft, start| draft.or(start, self.inst, &goal));
        let mut draft = self.shortened(aim, draft, (strategy, &goal), bounds);
        // Where the schedule is as short as its assignment, nothing but tie-breaks depends on the order.
        let is_level = (draft.sequence.total().makespan as f64) <= level.peak();
        let budget = if goal.is_makespan() && is_level { self.budget.shared() } else { self.budget };
        draft.improve(self.inst, &goal, &budget, true, &self.floor(bounds));
        if strategy == Strategy::DeadlineAware && dynasearch::applies(self.inst) {
            draft.reorder(self.inst, &goal, &self.budget);
        }
        draft
    }
}

/// Jobs side by side, each from the same bounds; what each learns of them is learnt.
fn learning<T: Send>(bounds: &mut Bounds, count: usize, job: impl Fn(usize, &mut Bounds) -> T + Sync) -> Vec<T> {
    let known = &*bounds;
    let found = parallel::map(count, |i| {
        let mut own = known.clone();
        (job(i, &mut own), own)
    });
    let learn = |(answer, own)| {
        bounds.learn(own);
        answer
    };
    found.into_iter().map(learn).collect()
}
