//! Tabu search on critical paths (Glover 1989; Nowicki, Smutnicki 1996; Zhang, Li, Guan, Rao 2007): the
//! best estimated move is made even where it makes things worse, and what it gives up may not come back for a
//! while.

use super::{
    block::Path,
    graph::{Graph, Kept},
    memory::Memory,
    moves::{Kind, Move, Moves},
};
use crate::{model::Ms, search::Rng};

/// What a step costs beside what the graph counts.
const STEP: u64 = 60;

/// Steps between two looks at a limit on time.
const LOOK: u64 = 256;

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

/// A search's state beside the graph.
#[derive(Debug)]
pub(super) struct Tabu {
    memory: Memory,
    path: Path,
    moves: Moves,
    ties: Vec<usize>,
}

impl Tabu {
    /// A search over `tasks` tasks in sequences on `agents` agents.
    pub fn new(tasks: usize, agents: usize) -> Self {
        Self { memory: Memory::new(tasks, agents), path: Path::default(), moves: Moves::default(), ties: Vec::new() }
    }

    /// Searches from the graph as it stands; `best` is the best schedule met.
    pub fn search(&mut self, graph: &mut Graph<'_, '_>, best: &mut Kept, rng: &mut Rng, limits: &Limits) {
        graph.keep(best);
        self.memory.forget();
        let (mut step, mut since) = (0u64, 0);
        while since < limits.stall && graph.work_done < limits.work && best.makespan > limits.floor {
            step += 1;
            if step.is_multiple_of(LOOK) && graph.shop.inst.limit.is_over() {
                return;
            }
            self.path.draw(graph, rng);
            self.moves.find(graph, &self.path, &self.memory);
            graph.work_done += STEP;
            let Some(from) = self.make(graph, best.makespan, rng) else { return };
            self.memory.advance(rng);
            self.forbid(&from.0, from.1);
            since += 1;
            if graph.makespan() < best.makespan {
                graph.keep(best);
                since = 0;
            }
        }
    }

    /// Makes the best move that is allowed and says what agent its task left; `None` where there is none.
    fn make(&mut self, graph: &mut Graph<'_, '_>, best: Ms, rng: &mut Rng) -> Option<(Move, u32)> {
        while !self.moves.all.is_empty() {
            let i = self.pick(best, rng);
            let found = self.moves.all.swap_remove(i);
            let from = graph.agent[found.task as usize];
            if graph.insert(found.task, &found.to, found.after) {
                return Some((found, from));
            }
        }
        None
    }

    /// The least estimate among moves that are not tabu, or that promise a new best; else any move.
    fn pick(&mut self, best: Ms, rng: &mut Rng) -> usize {
        let mut least = Ms::MAX;
        self.ties.clear();
        for (i, m) in self.moves.all.iter().enumerate() {
            if m.estimate > least || (m.is_tabu && m.estimate >= best) {
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

    /// What a move gave up may not come back for a while.
    fn forbid(&mut self, made: &Move, from: u32) {
        match made.kind {
            Kind::Forward(low, high) => {
                for t in &self.path.tasks[low + 1..=high] {
                    self.memory.bar(made.task, *t);
                }
            }
            Kind::Backward(low, high) => {
                for t in &self.path.tasks[low..high] {
                    self.memory.bar(*t, made.task);
                }
            }
            Kind::Elsewhere => self.memory.bar_from(made.task, from),
        }
    }
}
