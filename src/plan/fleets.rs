//! Strategies where pairs are many: the same stages, each by means whose cost grows with the pairs only where a
//! scan of columns does.

use super::{
    bounds::Bounds,
    draft::{Draft, goal_of},
    scan,
    selection::Selection,
    strategies::Start,
};
use crate::{
    lp::{NO_KEY, Relaxation},
    model::{Ms, Strategy},
    schedule::{Choice, Instance, NONE, Room},
    search::{Goal, fleet::Packing, ranks},
};

/// Agents of each unit that the descent tries.
const LISTED: usize = 20;

/// Deals that a descent looks at, per unit.
const DEALS: u64 = 800;

/// Share of the bound by which levels may exceed it: agents take whole units.
const SLACK: f64 = 0.005;

/// Units sent to faster agents, one after the other.
const HASTENED: u32 = 20;

/// Rounds of list scheduling from one rank.
const ROUNDS: u32 = 3;

/// True where an instance has too many pairs to look at each of them often.
pub fn is_fleet(inst: &Instance<'_>) -> bool {
    inst.agents.len() > 64 && inst.pairs() > scan::MANY_PAIRS
}

impl<'i> Start<'i> {
    /// Least cost: the relaxation's cheapest agents with room, then descent.
    pub fn fleet_by_cost(&self, selection: &Selection<'i>, found: Option<&Relaxation>, bounds: &Bounds) -> Draft<'i> {
        let Some(found) = found else { return self.timed(&self.placed.room, Strategy::CostOptimized, bounds) };
        let lists = Lists::new(selection, &found.prices);
        let units = self.inst.units.len() as u64;
        let fallback = &self.placed.room;
        let mut packing = Packing::by_lists(self.inst, fallback, &lists.order, &lists.rows, f64::INFINITY);
        packing.descend(&lists.rows, DEALS * units);
        self.timed(&packing.room, Strategy::CostOptimized, bounds)
    }

    /// Least greatest utilization, then least spread: units go where the relaxation has them, below a level a little
    /// above its bound; what found no place there comes down agent by agent.
    pub fn fleet_by_load(&self, selection: &Selection<'i>, found: Option<&Relaxation>, bounds: &Bounds) -> Draft<'i> {
        let floor = bounds.utilization.0 * (1.0 + SLACK);
        let mut packing = match found {
            Some(found) => {
                let lists = Lists::new(selection, &found.prices);
                let mut out = Packing::by_lists(self.inst, &self.placed.room, &lists.order, &lists.rows, floor);
                out.set_cap(f64::INFINITY);
                out
            }
            None => Packing::new(self.inst, &self.placed.room),
        };
        for _ in 0..3 {
            packing.lower_peak(floor, DEALS / 4 * self.inst.units.len() as u64);
            packing.narrow(packing.peak().max(floor), 3);
        }
        self.timed(&packing.room, Strategy::LoadBalanced, bounds)
    }
}

impl<'i> Start<'i> {
    /// Best times: list scheduling by slack, again and again with the ranks of those that came late raised.
    pub fn fleet_by_time(&self, strategy: Strategy, bounds: &mut Bounds) -> Draft<'i> {
        let inst = self.inst;
        let goal = goal_of(inst, strategy);
        let finish = &self.heads.finish;
        let through = ranks::through(inst, finish);
        let room = self.fleet_work(&through, bounds);
        if strategy == Strategy::DeadlineAware {
            return self.squeaky(&room, &goal, &[ranks::least_slack(inst, finish)], None);
        }
        self.squeaky(&room, &goal, &[through, ranks::upward(inst)], Some(bounds.makespan.0))
    }

    /// The makespan's bound; and room in which the units of the longest paths stand where the work relaxation has them.
    fn fleet_work(&self, rank: &[f64], bounds: &mut Bounds) -> Room<'i> {
        let (selection, found) = self.relax_makespan(self.units(), bounds);
        let Some(found) = found else { return self.placed.room.clone() };
        let mut lists = Lists::new(&selection, &found.prices);
        let highest = |u: u32| self.inst.units.row(u as usize).iter().map(|t| rank[*t as usize]).fold(0.0, f64::max);
        lists.order.sort_by(|a, b| highest(*b).total_cmp(&highest(*a)).then(a.cmp(b)));
        Packing::by_lists(self.inst, &self.placed.room, &lists.order, &lists.rows, f64::INFINITY).room
    }

    /// Starts from the best of some ranks, then raises those of what came late (`horizon` is what no makespan
    /// beats; without one, due moments count).
    fn squeaky(&self, room: &Room<'i>, goal: &Goal, starts: &[Vec<f64>], horizon: Option<Ms>) -> Draft<'i> {
        let inst = self.inst;
        let mut best = Draft::keeping(inst, room, goal);
        let mut energy = best.energy(inst, goal);
        for start in starts {
            let mut rank = start.clone();
            for _ in 0..ROUNDS {
                let draft = Draft::ranked(inst, room, goal, &rank);
                rank = ranks::blamed(inst, &rank, &draft.sequence, horizon);
                let now = draft.energy(inst, goal);
                if now < energy {
                    (energy, best) = (now, draft);
                }
                let total = best.sequence.total();
                let is_there = horizon.map_or(total.tardiness <= 0.0, |h| total.makespan <= h);
                if is_there && total.missing == 0.0 {
                    return best;
                }
            }
        }
        self.hastened(best, goal, horizon)
    }

    /// Sends the unit that ends last to a faster agent, again and again as long as that gains.
    fn hastened(&self, mut best: Draft<'i>, goal: &Goal, horizon: Option<Ms>) -> Draft<'i> {
        let inst = self.inst;
        for _ in 0..HASTENED {
            let line = &best.sequence.timeline;
            let over = |t: &usize| line.finish[*t] - horizon.unwrap_or(inst.deadline[*t]);
            let placed = (0..inst.tasks()).filter(|t| line.agent[*t] != NONE);
            let Some(last) = placed.max_by_key(|t| (over(t), *t)).filter(|t| over(t) > 0) else { break };
            let mut packing = Packing::new(inst, &best.room);
            if !packing.hasten(inst.unit_of[last] as usize) {
                break;
            }
            let rank: Vec<f64> = line.start.iter().map(|s| -(*s as f64)).collect();
            let draft = Draft::kept(inst, packing.room, &rank);
            if draft.energy(inst, goal) >= best.energy(inst, goal) {
                break;
            }
            best = draft;
        }
        best
    }

    /// Least weighted sum: chains first, then the ranks of the late raised.
    pub fn fleet_by_all(&self, bounds: &mut Bounds) -> Draft<'i> {
        let inst = self.inst;
        let through = ranks::through(inst, &self.heads.finish);
        let room = self.fleet_work(&through, bounds);
        self.relax_cost(self.units(), bounds);
        self.relax_load(self.units(), bounds);
        let placed: Vec<bool> = inst.unit_of.iter().map(|u| self.placed.room.agent[*u as usize] != NONE).collect();
        let goal = Goal::of(inst, Strategy::Hybrid, bounds.references(inst, &placed));
        self.squeaky(&room, &goal, &[through], Some(bounds.makespan.0))
    }
}

/// The agents that a relaxation's prices make cheapest for each unit, by unit, and the order in which units choose.
struct Lists {
    rows: Vec<Vec<Choice>>,
    order: Vec<u32>,
}

impl Lists {
    /// Units that lose most by not getting their cheapest agent choose first.
    fn new(selection: &Selection<'_>, prices: &[f64]) -> Self {
        let inst = selection.inst;
        let keys = scan::nearest(selection, prices, LISTED);
        let charged = selection.charges(prices);
        let mut rows = vec![Vec::new(); inst.units.len()];
        let mut order: Vec<(f64, u32)> = Vec::with_capacity(selection.units().len());
        for (unit, keys) in selection.units().iter().zip(keys.chunks(LISTED)) {
            let u = *unit as usize;
            let row: Vec<Choice> =
                keys.iter().filter(|k| **k != NO_KEY).filter_map(|k| inst.unit_choice(u, *k)).collect();
            let price = |i: usize| row.get(i).map_or(f64::MAX, |c| charged.of(inst, u, c));
            order.push((price(1) - price(0), *unit));
            rows[u] = row;
        }
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Self { rows, order: order.into_iter().map(|o| o.1).collect() }
    }
}
