//! Best times where pairs are many: rounds of list scheduling, steered by the work relaxation.

use super::{
    bounds::Bounds,
    draft::{Draft, goal_of},
    fleets::{LISTED, levelled},
    lists::Lists,
    selection::Selection,
    strategies::Start,
};
use crate::{
    lp::Relaxation,
    model::{Ms, Strategy},
    parallel,
    schedule::Room,
    search::{Goal, Score, Toll, fleet::Packing, ranks},
};

/// Agents of each unit that stand for all where deadlines count: further ones are too slow for what is due.
const FAST: usize = 20;

/// Share of the makespan's bound by which work may exceed it: agents also wait.
const WORK_MARGIN: f64 = 0.05;

/// Share of the makespan's bound beyond which an assignment by work is scheduled too.
const FAR: f64 = 0.2;

/// Elementary steps spent on shortening late chains, in a round.
const HASTENED: u64 = 4_000_000;

/// Share of the bound by which makespans may exceed it before another round is worth its time.
const NEAR: f64 = 0.02;

/// Rounds of list scheduling.
const ROUNDS: u32 = 4;

/// What the rounds are for.
struct Course<'c> {
    goal: &'c Goal,
    /// What no makespan beats; without it, due moments count.
    horizon: Option<Ms>,
    toll: Option<Toll>,
}

impl<'i> Start<'i> {
    /// Best times: list scheduling by slack, again and again with the ranks of those that came late raised.
    pub fn fleet_by_time(
        &self,
        strategy: Strategy,
        selection: &Selection<'i>,
        found: Option<&Relaxation>,
        bounds: &Bounds,
    ) -> Draft<'i> {
        let inst = self.inst;
        let goal = &goal_of(inst, strategy);
        let finish = &self.heads.finish;
        let through = ranks::through(inst, finish);
        let count = if strategy == Strategy::DeadlineAware { FAST } else { LISTED };
        let room = self.room_at(&through, count, selection, &selection.even_work());
        if strategy == Strategy::DeadlineAware {
            let course = Course { goal, horizon: None, toll: None };
            return self.squeaky(&room, &course, vec![ranks::least_slack(inst, finish)]);
        }
        let horizon = bounds.makespan.0;
        let toll = found.and_then(|found| Toll::new(inst, selection.charges(&found.guide)));
        let course = Course { goal, horizon: Some(horizon), toll };
        let best = self.squeaky(&room, &course, vec![through.clone(), ranks::upward(inst)]);
        match found {
            Some(found) if best.sequence.total().makespan as f64 > horizon as f64 * (1.0 + FAR) => {
                let level = horizon as f64 * (1.0 + WORK_MARGIN);
                let packing = levelled(selection, found, level);
                let draft = packing.map(|packing| Draft::kept(inst, packing.room, &through));
                let draft = draft.map(|draft| draft.hastened(inst, goal, Some(horizon), HASTENED));
                draft.into_iter().fold(best, |best, draft| best.or(draft, inst, goal))
            }
            _ => best,
        }
    }

    /// Least weighted sum: chains first, then the ranks of the late raised.
    pub fn fleet_by_all(
        &self,
        goal: &Goal,
        selection: &Selection<'i>,
        found: Option<&Relaxation>,
        bounds: &Bounds,
    ) -> Draft<'i> {
        let through = ranks::through(self.inst, &self.heads.finish);
        let room = match found {
            Some(found) => self.room_at(&through, LISTED, selection, &found.guide),
            None => self.placed.room.clone(),
        };
        let course = Course { goal, horizon: Some(bounds.makespan.0), toll: None };
        self.squeaky(&room, &course, vec![through])
    }

    /// Room in which units stand on one of the `count` agents that are cheapest at these prices, those of the longest
    /// paths first.
    fn room_at(&self, rank: &[f64], count: usize, selection: &Selection<'i>, prices: &[f64]) -> Room<'i> {
        let mut lists = Lists::new(selection, prices, count);
        let highest = |u: u32| self.inst.units.row(u as usize).iter().map(|t| rank[*t as usize]).fold(0.0, f64::max);
        lists.order.sort_by(|a, b| highest(*b).total_cmp(&highest(*a)).then(a.cmp(b)));
        Packing::by_lists(self.inst, &self.placed.room, &lists.order, &lists.rows).room
    }

    /// The best of the room as it stands and of some rounds of list scheduling by each rank, the late chains of each
    /// shortened, the ranks of what came late raised after each. The first round decides by the first rank whether a
    /// toll serves: where chains bind and not work, it does not.
    fn squeaky(&self, room: &Room<'i>, course: &Course<'_>, ranks: Vec<Vec<f64>>) -> Draft<'i> {
        let (inst, goal) = (self.inst, course.goal);
        let mut ranks = ranks.into_iter().map(|rank| Turn { rank, toll: None });
        let mut turns: Vec<Turn<'_>> = match &course.toll {
            Some(toll) => ranks.next().into_iter().flat_map(|t| [t.clone(), Turn { toll: Some(toll), ..t }]).collect(),
            None => ranks.by_ref().collect(),
        };
        let mut best = (f64::INFINITY, Draft::keeping(inst, room, goal));
        best.0 = best.1.energy(inst, goal);
        let hastened = |draft: Draft<'i>| draft.hastened(inst, goal, course.horizon, HASTENED);
        for _ in 0..ROUNDS {
            let drafts = parallel::map(turns.len(), |i| {
                let score = Score::new(inst, goal, turns[i].toll);
                let draft = Draft::ranked(inst, room, &score, &turns[i].rank);
                // Where work binds, no chain alone is late.
                let draft = if turns[i].toll.is_some() { draft } else { hastened(draft) };
                (draft.energy(inst, goal), draft)
            });
            let is_there = drafts.iter().any(|(_, draft)| is_there(draft, course.horizon));
            for (turn, (_, draft)) in turns.iter_mut().zip(&drafts) {
                turn.rank = ranks::blamed(inst, &turn.rank, &draft.sequence, course.horizon);
            }
            if let Some(other) = ranks.next() {
                turns.swap_remove(usize::from(drafts[0].0 > drafts[1].0) ^ 1);
                let toll = turns[0].toll;
                turns.extend(std::iter::once(other).chain(ranks.by_ref()).map(|turn| Turn { toll, ..turn }));
            }
            best = drafts.into_iter().fold(best, |best, draft| if draft.0 < best.0 { draft } else { best });
            if is_there {
                break;
            }
        }
        if turns.iter().any(|turn| turn.toll.is_some()) { hastened(best.1) } else { best.1 }
    }
}

/// What one list schedule of a round goes by.
#[derive(Clone)]
struct Turn<'c> {
    rank: Vec<f64>,
    toll: Option<&'c Toll>,
}

/// True where further rounds would gain little: all is placed, and in time or nearly as short as can be.
fn is_there(draft: &Draft<'_>, horizon: Option<Ms>) -> bool {
    let total = draft.sequence.total();
    let near = |h: Ms| total.makespan as f64 <= (1.0 + NEAR) * h as f64;
    total.missing == 0.0 && horizon.map_or(total.tardiness <= 0.0, near)
}
