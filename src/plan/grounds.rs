//! What bounds rest on: the relaxations of the strategies' objectives, anew or at the prices of an earlier plan.

use super::{
    bounds::{self, Bounds},
    certify::Named,
    crowd::{Subject, crowd},
    earlier::Earlier,
    energetic,
    heads::Heads,
    lattice,
    selection::{LEVEL_COST, Price, Selection},
    sequencing::Sequencing,
};
use crate::{
    lp::{self, Relaxation},
    model::{Strategy, of_seconds, seconds},
    schedule::Instance,
};

/// A relaxation beside the units and rows that it is of.
pub type Relaxed<'i> = (Selection<'i>, Option<Relaxation>);

/// What bounds rest on.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'i> {
    /// The instance.
    pub inst: &'i Instance<'i>,
    /// Earliest moments.
    pub heads: &'i Heads,
    /// What proved the bounds of an earlier plan, where that is to do again.
    pub earlier: Option<&'i Earlier>,
}

impl<'i> Grounds<'i> {
    /// Bounds anew for the units that the plan holds in the end, where they are not those that the
    /// assignment held: a unit that found no time must not weigh in a bound.
    pub fn bound_again(&self, strategy: Strategy, known: &[u32], units: Vec<u32>, bounds: &mut Bounds) {
        if units == known {
            return;
        }
        self.relax(strategy, units, bounds);
    }

    /// Every bound that a strategy's objective is set beside, for these units.
    pub fn relax(&self, strategy: Strategy, units: Vec<u32>, bounds: &mut Bounds) {
        let all = strategy == Strategy::Hybrid;
        if all || strategy == Strategy::CostOptimized {
            self.relax_cost(units.clone(), bounds);
        }
        if all || strategy == Strategy::LoadBalanced {
            self.relax_load(units.clone(), bounds);
        }
        if all || strategy == Strategy::PerformanceOptimized {
            self.relax_makespan(units, bounds);
        }
    }

    /// The assignment relaxation.
    pub fn relax_cost(&self, units: Vec<u32>, bounds: &mut Bounds) -> Relaxed<'i> {
        let selection = Selection::new(self.inst, units, Price::Cost);
        let found = self.relaxation(Strategy::CostOptimized, &selection);
        bounds.cost = bounds::cost(self.inst, selection.units(), found.as_ref());
        bounds.prices.cost = found.as_ref().and_then(|f| Named::of(&selection, &f.certificate));
        (selection, found)
    }

    /// The min-max relaxation.
    pub fn relax_load(&self, units: Vec<u32>, bounds: &mut Bounds) -> Relaxed<'i> {
        let selection = Selection::new(self.inst, units, Price::Nothing).with_utilization(LEVEL_COST);
        let found = self.relaxation(Strategy::LoadBalanced, &selection);
        bounds.utilization = bounds::utilization(self.inst, &selection, found.as_ref());
        bounds.prices.full = crowd(self.inst, &Subject::Utilization, selection.units(), bounds.utilization.0);
        if let Some(crowd) = &bounds.prices.full {
            bounds.utilization = (crowd.level, "crowd");
        }
        bounds.prices.utilization = found.as_ref().and_then(|f| Named::of(&selection, &f.certificate));
        (selection, found)
    }

    /// The relaxation of work over slots and amounts.
    pub fn relax_makespan(&self, units: Vec<u32>, bounds: &mut Bounds) -> Relaxed<'i> {
        let path = bounds::path(self.inst, self.heads, &units);
        let sequencing = Sequencing::new(self.inst, self.heads, &units);
        let selection = Selection::new(self.inst, units, Price::Nothing).with_makespan(LEVEL_COST, path);
        let found = self.relaxation(Strategy::PerformanceOptimized, &selection);
        let step = lattice::step(self.inst);
        let known = sequencing.makespan(bounds::makespan(path, found.as_ref()), step);
        let energetic = energetic::makespan(self.inst, self.heads, selection.units(), known.0, step);
        bounds.makespan = if energetic > known.0 { (energetic, "energetic reasoning") } else { known };
        let subject = Subject::makespan(self.inst, self.heads, selection.units());
        bounds.prices.crowd = crowd(self.inst, &subject, selection.units(), seconds(bounds.makespan.0));
        if let Some(crowd) = &bounds.prices.crowd {
            bounds.makespan = (of_seconds(crowd.level), "crowd");
        }
        bounds.prices.makespan = found.as_ref().and_then(|f| Named::of(&selection, &f.certificate));
        (selection, found)
    }

    /// The relaxation behind a strategy's bound; at an earlier plan's prices without fractions, and nothing where that
    /// plan's bound had none.
    fn relaxation(&self, strategy: Strategy, selection: &Selection<'i>) -> Option<Relaxation> {
        match self.earlier.and_then(|earlier| earlier.of(strategy)) {
            None => bounds::relax(self.inst, selection),
            Some(proven) => {
                let prices = proven.prices.as_ref()?.rows(selection);
                lp::proven(selection, &selection.rows, &selection.levels, &prices).ok()
            }
        }
    }
}
