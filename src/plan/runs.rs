//! Single runs that are too long where they are: levels do not see them, so an assignment that bounds them is searched
//! for, as parametric pruning forbids them in the relaxation of R‖Cmax (Lenstra, Shmoys, Tardos 1990).

use super::{
    bounds::Bounds,
    draft::Draft,
    strategies::{COLD, HOT, Start},
};
use crate::{
    model::{Ms, NEVER, Strategy},
    parallel,
    schedule::NONE,
    search::{Goal, assign::Aim, tails},
};

/// A run is long where, with all that has to come before and after it, it takes this share of the makespan.
const LONG: f64 = 0.9;
/// Makespans aimed at, as shares of the way from the bound to the one there is.
const AIMS: [f64; 4] = [0.0, 0.25, 0.5, 0.75];
/// Times that shorter ones are aimed at.
const ROUNDS: usize = 2;

impl<'i> Start<'i> {
    /// A draft whose runs end in time where one is found that is better.
    pub fn shortened(
        &self,
        aim: Aim,
        mut best: Draft<'i>,
        (strategy, goal): (Strategy, &Goal),
        bounds: &Bounds,
    ) -> Draft<'i> {
        let sides = Sides::new(self, strategy);
        for _ in 0..ROUNDS {
            let now = best.sequence.total().makespan;
            if !sides.are_long(&best, now) {
                break;
            }
            let aims: &[f64] = if strategy == Strategy::DeadlineAware { &AIMS[..1] } else { &AIMS };
            let drafts = parallel::map(aims.len(), |i| {
                let gap = (now - bounds.makespan.0).max(0) as f64;
                let mut level = self.placed.clone();
                level.set_aim(aim);
                level.shorten(sides.longest(bounds.makespan.0 + (aims[i] * gap) as Ms));
                level.anneal(self.budget.assignment / 2, HOT, COLD, 8);
                Draft::better(self.inst, &level.room, goal)
            });
            let mut is_better = false;
            for draft in drafts {
                if draft.energy(self.inst, goal) < best.energy(self.inst, goal) {
                    (best, is_better) = (draft, true);
                }
            }
            if !is_better {
                break;
            }
        }
        best
    }
}

/// A unit of one task that does not run yet.
struct Side {
    task: usize,
    /// Least time before its run and after it.
    before: Ms,
    after: Ms,
    /// When it is due; [`NEVER`] where it is not, or that does not count.
    due: Ms,
}

/// What has to come before and after each unit's run.
struct Sides {
    of: Vec<Option<Side>>,
    /// Due moments count, not the makespan.
    by_due: bool,
}

impl Sides {
    fn new(start: &Start<'_>, strategy: Strategy) -> Self {
        let inst = start.inst;
        let tail = tails(inst, |_| true);
        let by_due = strategy == Strategy::DeadlineAware;
        let of = |u: usize| {
            let [t] = inst.units.row(u) else { return None };
            let task = *t as usize;
            let head = start.heads.finish[task];
            let before = (head - inst.shortest(task)).max(0);
            let due = if by_due { inst.deadline[task] } else { NEVER };
            let waits = inst.runs_until[task] < 0 && head < NEVER;
            waits.then(|| Side { task, before, after: tail[task], due })
        };
        Self { of: (0..inst.units.len()).map(of).collect(), by_due }
    }

    /// True where some run alone is as long as the plan, or late.
    fn are_long(&self, draft: &Draft<'_>, makespan: Ms) -> bool {
        let line = &draft.sequence.timeline;
        self.of.iter().flatten().any(|side| {
            let placed = line.agent[side.task] != NONE;
            let run = side.before + line.finish[side.task] - line.start[side.task];
            placed && if self.by_due { run > side.due } else { (run + side.after) as f64 > LONG * makespan as f64 }
        })
    }

    /// The longest run of each unit in a plan of this makespan.
    fn longest(&self, makespan: Ms) -> Vec<Ms> {
        let most = |side: &Option<Side>| match side {
            Some(side) if !self.by_due => makespan - side.before - side.after,
            Some(side) if side.due < NEVER => side.due - side.before,
            _ => NEVER,
        };
        self.of.iter().map(most).collect()
    }
}
