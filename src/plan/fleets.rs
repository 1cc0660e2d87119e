//! Strategies where pairs are many: the same stages, each by means whose cost grows with the pairs only where a
//! scan of columns does.

use super::{
    bounds::{self, Bounds},
    draft::Draft,
    guide::{RANKED, prefer},
    lists::Lists,
    place, scan,
    selection::{Price, Selection},
    strategies::Start,
};
use crate::{
    lp::Relaxation,
    model::Strategy,
    schedule::{Instance, Room},
    search::{
        assign::{Aim, Assignment},
        fleet::{Offers, Packing, Tempering},
    },
};

/// Agents of each unit that the descent tries.
pub(super) const LISTED: usize = 40;

/// Further ones where levels count, spread over all: loads are often the same everywhere, and the prices then send all
/// units to the same agents.
const SPREAD: usize = 16;

/// Deals that a descent looks at, per unit: after patient annealing, and else, where there is more to gain.
const DEALS: u64 = 50;
const MORE_DEALS: u64 = 1_000;

/// Deals beyond which units get few.
const MOST_DEALS: u64 = 20_000_000;

/// Nodes of the search that looks at a few agents at a time, per change that a search over assignments may try.
const REOPTIMISED: u64 = 4;

/// Exchanges that levelling looks at, per unit and round.
const EXCHANGES: u64 = 1_000;

/// Times that the peak is lowered, and levels narrowed below it, at most: what moved then makes way again.
const TURNS: u32 = 6;

/// Changes that a rounding tries, per unit: where costs count, where levels or room do, and of however many units.
const TRIES: u64 = 500;
const LEVEL_TRIES: u64 = 400;
const FEW_TRIES: u64 = 100;

/// Changes beyond which units get few tries: many on an agent round well.
const MOST_TRIES: u64 = 12_000_000;

/// Share of the relaxation's bound by which levels may exceed it: agents take whole units. And share of that again by which
/// a rounding may: with less room it ends with more that is overfull.
const SLACK: f64 = 0.005;
const MARGIN: f64 = 0.01;

/// Agents, and pairs, from which searches by lists find what those over all pairs may miss.
const SOME_AGENTS: usize = 21;
const SOME_PAIRS: usize = 5_000;

/// True where an instance has too many pairs to look at each of them often.
pub fn is_fleet(inst: &Instance<'_>) -> bool {
    inst.agents.len() > 64 && inst.pairs() > scan::MANY_PAIRS
}

/// True where drafts are made by the means of fleets too.
pub fn is_crew(inst: &Instance<'_>) -> bool {
    inst.agents.len() >= SOME_AGENTS && inst.pairs() >= SOME_PAIRS
}

impl<'i> Start<'i> {
    /// Least cost: the relaxation's cheapest agents, rounded.
    pub fn fleet_by_cost(&self, selection: &Selection<'i>, found: Option<&Relaxation>, bounds: &Bounds) -> Draft<'i> {
        let Some(found) = found else { return self.timed(&self.placed.room, Strategy::CostOptimized, bounds) };
        let (mut packing, lists, is_annealed) = self.rounded(selection, found, 0.0, TRIES);
        let units = self.inst.units.len() as u64;
        let is_patient = is_annealed && TRIES * units <= MOST_TRIES;
        packing.descend(&lists.rows, if is_patient { DEALS * units } else { MOST_DEALS.min(MORE_DEALS * units) });
        let room = self.reoptimised(&packing, selection, found, &lists, bounds);
        self.timed(&room, Strategy::CostOptimized, bounds)
    }

    /// Where units cost less once a few agents at a time are looked at with all that they hold.
    fn reoptimised(
        &self,
        packing: &Packing<'i>,
        selection: &Selection<'i>,
        found: &Relaxation,
        lists: &Lists,
        bounds: &Bounds,
    ) -> Room<'i> {
        let (inst, units) = (self.inst, selection.units());
        let mut out = Assignment::new(inst, Aim::Cost { bound: bounds.cost.0 });
        out.adopt((0..).zip(packing.room.agent.iter().copied()));
        let mut prices = selection.charges(&found.guide);
        prices.least = vec![f64::INFINITY; inst.units.len()];
        let mut ranked = Vec::with_capacity(units.len());
        for u in units.iter().map(|u| *u as usize) {
            let row: Vec<_> = lists.rows[u].iter().take(RANKED).map(|c| (prices.of(inst, u, c), *c)).collect();
            prices.least[u] = row.iter().map(|r| r.0).fold(f64::INFINITY, f64::min);
            ranked.push(row);
        }
        prefer(&mut out, units, &ranked);
        out.price(prices);
        out.reoptimise_apart(REOPTIMISED * self.budget.assignment, 9);
        if packing.holds(units) && !out.missing().is_empty() { packing.room.clone() } else { out.room }
    }

    /// Least greatest utilization, then least spread: units go where the relaxation has them, below a level a little
    /// above its bound; what found no place there comes down agent by agent.
    pub fn fleet_by_load(&self, selection: &Selection<'i>, found: Option<&Relaxation>, bounds: &Bounds) -> Draft<'i> {
        let relaxed = bounds::utilization(self.inst, selection, found).0 * (1.0 + SLACK);
        let floor = f64::max(relaxed, bounds.utilization.0);
        let mut packing = match found {
            Some(found) => self.rounded(selection, found, floor * (1.0 + MARGIN), LEVEL_TRIES).0,
            None => Packing::new(self.inst, &self.placed.room),
        };
        let mut peak = f64::INFINITY;
        for turn in 0..TURNS {
            packing.lower_peak(floor, EXCHANGES * self.inst.units.len() as u64);
            packing.narrow(packing.peak().max(floor), 2);
            let is_done = packing.peak() <= floor || packing.peak() >= peak;
            if turn > 0 && is_done {
                break;
            }
            peak = packing.peak();
        }
        self.timed(&packing.room, Strategy::LoadBalanced, bounds)
    }

    /// The relaxation's assignment with utilization below `level`, rounded by annealing; where too much is overfull in the
    /// end, by taking turns; and which of them it was.
    fn rounded(
        &self,
        selection: &Selection<'i>,
        found: &Relaxation,
        level: f64,
        tries: u64,
    ) -> (Packing<'i>, Lists, bool) {
        let inst = self.inst;
        let mut lists = Lists::new(selection, &found.guide, LISTED);
        if selection.price == Price::Nothing {
            lists.spread(selection, SPREAD);
            lists.keep_below(selection, &found.guide, level, LISTED);
        }
        let mut annealed = tempered(selection, &lists, &found.guide, level, tries);
        if !annealed.holds(selection.units()) && selection.price == Price::Cost {
            // The cheapest have no room for all.
            lists.spread(selection, LISTED);
            annealed = tempered(selection, &lists, &found.guide, level, tries);
        }
        if annealed.holds(selection.units()) {
            return (annealed, lists, true);
        }
        (Packing::by_lists(inst, &self.placed.room, &lists.order, &lists.rows), lists, false)
    }
}

/// An assignment of nearly all units that some agent could hold, whatever it costs.
pub fn packed<'i>(inst: &'i Instance<'i>) -> Packing<'i> {
    let selection = Selection::new(inst, place::possible_units(inst), Price::Nothing);
    let mut lists = Lists { rows: vec![Vec::new(); inst.units.len()], order: selection.units().to_vec() };
    lists.spread(&selection, LISTED);
    let load = |u: &u32| lists.rows[*u as usize].first().map_or(0, |c| c.load);
    lists.order.sort_by_key(|u| (std::cmp::Reverse(load(u)), *u));
    tempered(&selection, &lists, &vec![0.0; selection.rows.len()], 0.0, LEVEL_TRIES)
}

/// Each unit on an agent of its list, as annealing at these prices with utilization below `level` settles it; where only
/// levels count, what a choice takes of dear agents stands for its cost. Units that find no room have no agent.
fn tempered<'i>(selection: &Selection<'i>, lists: &Lists, prices: &[f64], level: f64, tries: u64) -> Packing<'i> {
    let (inst, units, rows) = (selection.inst, selection.units(), &selection.rows);
    let (mut offers, mut entries) = (Offers::new(), Vec::new());
    let charged = selection.charges(prices);
    for u in units.iter().map(|u| *u as usize) {
        for c in &lists.rows[u] {
            selection.entries(u, c, &mut entries);
            let cost = if selection.price == Price::Cost { c.cost as f64 } else { charged.of(inst, u, c) };
            offers.push(c.agent, cost, &entries);
        }
        offers.close();
    }
    let level = level * selection.per_utilization as f64;
    let mut room: Vec<f64> = (0..rows.len())
        .map(|r| rows.fixed[r] as f64 + if rows.level[r].is_some() { rows.slope[r] as f64 * level } else { 0.0 })
        .collect();
    selection.shared_rows().for_each(|r| room[r as usize] = f64::INFINITY);
    let tempering = Tempering::new(&offers, inst.agents.len(), &room, prices);
    let work = (tries * units.len() as u64).min(MOST_TRIES.max(FEW_TRIES * units.len() as u64));
    let picks = tempering.run(work, inst.limit);
    let mut wanted = vec![None; inst.units.len()];
    for (unit, place) in units.iter().zip(picks) {
        wanted[*unit as usize] = lists.rows[*unit as usize].get(place as usize).copied();
    }
    Packing::seated(inst, &lists.order, &wanted, &lists.rows)
}

/// Each unit where rounding the work relaxation has it, with no agent busy beyond `level` (ms).
pub(super) fn levelled<'i>(selection: &Selection<'i>, found: &Relaxation, level: f64) -> Option<Packing<'i>> {
    let mut lists = Lists::new(selection, &found.guide, LISTED);
    lists.spread(selection, SPREAD);
    let packing = tempered(selection, &lists, &found.guide, level, LEVEL_TRIES);
    packing.holds(selection.units()).then_some(packing)
}
