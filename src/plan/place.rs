//! First of all: as much as possible is placed, whatever the times.

use super::{
    bounds,
    certify::Named,
    merge, pack,
    selection::{Price, Selection},
    solution::Effort,
};
use crate::{
    lp::{self, Columns, Relaxation, gcd},
    parallel,
    schedule::{Choice, Instance, Scale, UNLIMITED},
    search::assign::{Aim, Assignment, Measure},
};

/// Ejections in a row that may gain nothing while missing units look for a place.
pub fn patience(inst: &Instance<'_>, effort: Effort) -> u64 {
    match effort {
        Effort::Quick => 200,
        Effort::Standard => (3_000_000 / inst.units.len().max(1) as u64).clamp(1_000, 10_000),
        Effort::High => 20_000,
    }
}

/// An assignment that places as much priority as is found: the greatest units first, each where most is
/// left; where some find no room also in other orders, by the shape of what is left, then by ejections.
pub fn everything<'i>(inst: &'i Instance<'i>, effort: Effort) -> Assignment<'i> {
    let aim = Aim::Peak { measure: Measure::Utilization, bound: 0.0 };
    if !super::fleets::is_fleet(inst) {
        return greedy(inst, aim, effort);
    }
    let sampled = sampled(inst, aim);
    if !possible_but_missing(inst, &sampled) {
        return sampled;
    }
    let annealed = annealed(inst, aim, sampled, effort);
    if !possible_but_missing(inst, &annealed) {
        return annealed;
    }
    let greedy = greedy(inst, aim, effort);
    if missing_weight(inst, &greedy) < missing_weight(inst, &annealed) { greedy } else { annealed }
}

/// The best of greedy packings by several orders and rules, completed by ejections.
fn greedy<'i>(inst: &'i Instance<'i>, aim: Aim, effort: Effort) -> Assignment<'i> {
    let size: Vec<f64> = (0..inst.units.len()).map(|u| size(inst, u)).collect();
    let by = |key: &dyn Fn(u32) -> f64| {
        let mut order = possible_units(inst);
        order.sort_by(|a, b| key(*b).total_cmp(&key(*a)).then(a.cmp(b)));
        order
    };
    let by_size = by(&|u| size[u as usize]);
    let mut best = packed(inst, aim, &by_size);
    if possible_but_missing(inst, &best) {
        let by_weight = by(&|u| weight(inst, u));
        let by_density = by(&|u| weight(inst, u) / size[u as usize].max(1e-9));
        let others: [&(dyn Fn() -> Assignment<'i> + Sync); 6] = [
            &|| best_fit(inst, aim, &by_size),
            &|| packed(inst, aim, &by_weight),
            &|| best_fit(inst, aim, &by_weight),
            &|| packed(inst, aim, &by_density),
            &|| best_fit(inst, aim, &by_density),
            &|| pack::by_shape(inst, aim),
        ];
        for other in parallel::map(others.len(), |i| others[i]()) {
            if missing_weight(inst, &other) < missing_weight(inst, &best) {
                best = other;
            }
        }
        best.set_aim(aim);
        best.eject(patience(inst, effort));
    }
    best.close_over_precedence();
    best
}

/// The better of an assignment and of one by annealing, which ejections complete.
fn annealed<'i>(inst: &'i Instance<'i>, aim: Aim, other: Assignment<'i>, effort: Effort) -> Assignment<'i> {
    let packing = super::fleets::packed(inst);
    let mut out = Assignment::new(inst, aim);
    for u in 0..inst.units.len() {
        if let Some(c) = inst.unit_choice(u, packing.room.agent[u]) {
            out.put(u, &c);
        }
    }
    if possible_but_missing(inst, &out) {
        out.eject(patience(inst, effort));
    }
    out.close_over_precedence();
    if missing_weight(inst, &out) <= missing_weight(inst, &other) { out } else { other }
}

/// Agents that a unit of a fleet is offered.
const OFFERED: usize = 24;

/// Packs the greatest loads first, each where most is left among a few agents evenly spread, or among all where
/// none of those has room (the power of a few choices: Azar, Broder, Karlin, Upfal 1999). O(units · [`OFFERED`]).
fn sampled<'i>(inst: &'i Instance<'i>, aim: Aim) -> Assignment<'i> {
    let mut out = Assignment::new(inst, aim);
    let greatest = |u: &u32| {
        let row = inst.unit_choices(*u as usize);
        row.iter().next().map_or(0, |c| c.load)
    };
    let mut order: Vec<(i64, u32)> = (0..inst.units.len() as u32).map(|u| (greatest(&u), u)).collect();
    order.sort_by_key(|(load, u)| (std::cmp::Reverse(*load), *u));
    for (rank, u) in order.iter().map(|o| o.1 as usize).enumerate() {
        let row = inst.unit_choices(u);
        // Few agents can hold the greatest.
        let offered = if rank < order.len() / 8 { usize::MAX } else { OFFERED };
        let mut few = row.spread(lp::place(u, row.width()), offered);
        let fullness = |c: &Choice| (out.room.fits(u, c)).then(|| out.fullness(u, c));
        let best = |row: &mut dyn Iterator<Item = Choice>| {
            let open = row.filter_map(|c| Some((fullness(&c)?, c)));
            open.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.agent.cmp(&b.1.agent))).map(|o| o.1)
        };
        if let Some(c) = best(&mut few).or_else(|| best(&mut row.iter())) {
            out.put(u, &c);
        }
    }
    out.close_over_precedence();
    out
}

/// Units that some agent could hold alone.
pub fn possible_units(inst: &Instance<'_>) -> Vec<u32> {
    (0..inst.units.len() as u32).filter(|u| !inst.unit_choices(*u as usize).is_empty()).collect()
}

/// Packs each unit where least is left, which keeps whole agents free for the large ones.
fn best_fit<'i>(inst: &'i Instance<'i>, aim: Aim, order: &[u32]) -> Assignment<'i> {
    let mut out = Assignment::new(inst, aim);
    out.pack(order, |a, u, c| -a.fullness(u, c));
    out
}

fn packed<'i>(inst: &'i Instance<'i>, aim: Aim, order: &[u32]) -> Assignment<'i> {
    let mut out = Assignment::new(inst, aim);
    let works = inst.gauge.by_load;
    out.pack(order, |a, u, c| if works { (a.work[c.agent as usize] + c.work) as f64 } else { a.fullness(u, c) });
    out
}

/// The share that a unit takes of its agents, on average, at its tightest dimension.
fn size(inst: &Instance<'_>, u: usize) -> f64 {
    let row = inst.unit_choices(u);
    let share = |c: Choice| {
        let a = c.agent as usize;
        let room = inst.agents[a].room;
        let mut top = if room < UNLIMITED { c.load as f64 / (room as f64).max(1.0) } else { 0.0 };
        for (dim, x) in inst.unit_demand.row(u) {
            if let Some((_, o)) = inst.offer_of(a, *dim)
                && o.is_budget
            {
                top = f64::max(top, *x as f64 / (o.amount as f64).max(1.0));
            }
        }
        top
    };
    // Few agents make a unit as hard to place as size does.
    row.mean(share) + 1.0 / (row.width().max(1) as f64)
}

/// True where a unit that could be placed alone is missing.
pub fn possible_but_missing(inst: &Instance<'_>, a: &Assignment<'_>) -> bool {
    a.missing().iter().any(|u| !inst.unit_choices(*u as usize).is_empty())
}

/// Σ priority of the missing units' tasks.
pub fn missing_weight(inst: &Instance<'_>, a: &Assignment<'_>) -> f64 {
    a.missing().iter().flat_map(|u| inst.units.row(*u as usize)).map(|t| inst.weight[*t as usize] + 1e-4).sum()
}

/// Tasks that no plan can place: those without an agent even alone, their companions and followers.
pub fn impossible(inst: &Instance<'_>) -> Vec<bool> {
    let mut out = vec![true; inst.tasks()];
    for t in &inst.topological {
        let unit = inst.unit_of[*t as usize] as usize;
        out[*t as usize] = inst.unit_choices(unit).is_empty() || inst.apart.row(unit).contains(&(unit as u32));
    }
    let mut changed = true;
    while changed {
        changed = false;
        for t in inst.topological.iter().map(|t| *t as usize) {
            let unit = inst.units.row(inst.unit_of[t] as usize);
            let gone = inst.preds.row(t).iter().any(|(p, _)| out[*p as usize]) || unit.iter().any(|o| out[*o as usize]);
            if gone && !out[t] {
                out[t] = true;
                changed = true;
            }
        }
    }
    out
}

/// Σ priority of a unit's tasks.
pub fn weight(inst: &Instance<'_>, unit: u32) -> f64 {
    inst.units.row(unit as usize).iter().map(|t| inst.weight[*t as usize]).sum()
}

/// The most priority that any plan can place: all that is possible, or less by the packing relaxation, in
/// which every unit may also stay out at the price of its priority; with the prices that prove it.
pub fn bound(inst: &Instance<'_>, impossible: &[bool]) -> (f64, Option<Named>) {
    let all: f64 = (0..inst.tasks()).filter(|t| !impossible[*t]).map(|t| inst.weight[t]).sum();
    let leaving = Leaving::possible(inst, impossible);
    // What stays out sums to a multiple of what all priorities are multiples of.
    let step = leaving.weights.iter().fold(0, |g, w| gcd(g, *w)).max(1);
    let least = |f: &Relaxation| (f.bound.ceil().max(0) + step - 1).div_euclid(step) * step;
    let Some(found) = leaving.relax() else { return (all, None) };
    let prices = Named::of(&leaving.selection, &found.certificate).map(|p| p.per_priority(leaving.scale.factor()));
    let out = least(&found);
    (all - leaving.scale.back(out as f64), prices.filter(|_| out > 0))
}

/// A selection in which each unit may also be left out.
pub struct Leaving<'i> {
    inst: &'i Instance<'i>,
    /// The selection.
    pub selection: Selection<'i>,
    weights: Vec<i64>,
    /// Scale of what is left out.
    pub scale: Scale,
}

impl<'i> Leaving<'i> {
    /// Of all that some plan could place.
    pub fn possible(inst: &'i Instance<'i>, impossible: &[bool]) -> Self {
        let possible = |u: &u32| inst.units.row(*u as usize).iter().all(|t| !impossible[*t as usize]);
        Self::new(inst, (0..inst.units.len() as u32).filter(possible).collect())
    }

    fn new(inst: &'i Instance<'i>, units: Vec<u32>) -> Self {
        let all: f64 = inst.weight.iter().sum();
        let scale = Scale::for_largest(all.max(1.0), 6);
        let weights = units.iter().map(|u| scale.floor(weight(inst, *u))).collect();
        Self { inst, selection: Selection::new(inst, units, Price::Nothing), weights, scale }
    }

    fn relax(&self) -> Option<Relaxation> {
        merge::relax(self.inst, self, &self.selection, &bounds::effort(self.inst, None))
    }
}

impl Columns for Leaving<'_> {
    fn groups(&self) -> usize {
        self.selection.groups()
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        self.selection.visit(group, see);
        see(u32::MAX, self.weights[group], &[]);
    }
}
