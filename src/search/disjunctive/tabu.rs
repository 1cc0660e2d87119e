//! Tabu search on critical paths (Glover 1989; Nowicki, Smutnicki 1996; Zhang, Li, Guan, Rao 2007): the
//! best estimated move is made even where it makes things worse, and the sequence that it broke may not come
//! back for a while.

use super::{
    block::Path,
    graph::{Graph, Kept},
    moves::{Move, Moves},
};
use crate::{model::Ms, search::Rng};

/// Places for broken sequences; a power of two far above the longest tenure.
const PLACES: usize = 4_096;

/// When a search ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Steps without a better schedule.
    pub stall: u64,
    /// Elementary steps in all, as the graph counts them.
    pub work: u64,
    /// No schedule is shorter.
    pub floor: Ms,
}

/// Memory of the search.
#[derive(Debug)]
pub(super) struct Tabu {
    /// Broken sequences, each with the step until which it may not come back.
    broken: Vec<(u64, u64)>,
    step: u64,
    /// Least tenure and how much more is drawn.
    tenure: (u64, usize),
    path: Path,
    moves: Moves,
    ties: Vec<usize>,
}

impl Tabu {
    /// A memory that suits `tasks` tasks in sequences on `agents` agents: tenures of Zhang et al. (2007).
    pub fn new(tasks: usize, agents: usize) -> Self {
        let length = tasks.div_ceil(agents.max(1));
        let least = 10 + length / agents.max(1);
        let more = if length <= 2 * agents { 2 * least / 5 } else { least / 2 };
        Self {
            broken: vec![(0, 0); PLACES],
            step: 1,
            tenure: (least as u64, more + 1),
            path: Path::default(),
            moves: Moves::default(),
            ties: Vec::new(),
        }
    }

    /// Searches from the graph as it stands; `best` is the best schedule met.
    pub fn search(&mut self, graph: &mut Graph<'_, '_>, best: &mut Kept, rng: &mut Rng, limits: &Limits) {
        graph.keep(best);
        // What was broken in another search is no matter in this one.
        self.step += 1_000;
        let mut since = 0;
        while since < limits.stall && graph.work_done < limits.work && best.makespan > limits.floor {
            self.path.draw(graph, rng);
            self.moves.find(graph, &self.path);
            let Some(made) = self.make(graph, best.makespan, rng) else { return };
            self.forbid(made.breaks, rng);
            self.step += 1;
            since += 1;
            if graph.makespan() < best.makespan {
                graph.keep(best);
                since = 0;
            }
        }
    }

    /// Makes the best move that is allowed; `None` where there is none at all.
    fn make(&mut self, graph: &mut Graph<'_, '_>, best: Ms, rng: &mut Rng) -> Option<Move> {
        while !self.moves.all.is_empty() {
            let i = self.pick(best, rng);
            let found = self.moves.all.swap_remove(i);
            if graph.insert(found.task, &found.to, found.after) {
                return Some(found);
            }
        }
        None
    }

    /// The least estimate among moves that are not tabu, or that promise a new best; else any move.
    fn pick(&mut self, best: Ms, rng: &mut Rng) -> usize {
        let mut least = Ms::MAX;
        self.ties.clear();
        for (i, m) in self.moves.all.iter().enumerate() {
            if m.estimate > least || (m.estimate >= best && self.is_tabu(m.makes)) {
                continue;
            }
            if m.estimate < least {
                least = m.estimate;
                self.ties.clear();
            }
            self.ties.push(i);
        }
        if self.ties.is_empty() { rng.below(self.moves.all.len()) } else { self.ties[rng.below(self.ties.len())] }
    }

    fn is_tabu(&self, sequence: u64) -> bool {
        let (broken, until) = self.broken[sequence as usize % PLACES];
        broken == sequence && until > self.step
    }

    fn forbid(&mut self, sequence: u64, rng: &mut Rng) {
        let until = self.step + self.tenure.0 + rng.below(self.tenure.1) as u64;
        self.broken[sequence as usize % PLACES] = (sequence, until);
    }
}
