//! A critical path and its blocks: the stretches of it that one agent works off without a pause. No plan
//! is shorter unless some block gets another first or last task, or a task goes elsewhere (Grabowski,
//! Nowicki, Zdrzałka 1986).

use super::graph::Graph;
use crate::{schedule::NONE, search::Rng};

/// A critical path, first task first.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// The tasks.
    pub tasks: Vec<u32>,
    /// First and last position of each block.
    pub blocks: Vec<(usize, usize)>,
}

impl Path {
    /// Draws one of the critical paths. O(path + arcs into it).
    pub fn draw(&mut self, graph: &mut Graph<'_, '_>, rng: &mut Rng) {
        self.tasks.clear();
        self.blocks.clear();
        let makespan = graph.makespan();
        let last = |e: &&(u32, u32)| e.1 != NONE && graph.finish(e.1 as usize) == makespan;
        let many = graph.ends.iter().filter(last).count();
        if many == 0 {
            return;
        }
        let pick = rng.below(many);
        let mut at = graph.ends.iter().filter(last).nth(pick).map_or(NONE, |e| e.1);
        while at != NONE {
            self.tasks.push(at);
            at = binding(graph, at, rng);
        }
        self.tasks.reverse();
        graph.work_done += self.tasks.len() as u64 + graph.ends.len() as u64 / 4;
        let mut first = 0;
        for i in 1..=self.tasks.len() {
            if i == self.tasks.len() || graph.before[self.tasks[i] as usize] != self.tasks[i - 1] {
                self.blocks.push((first, i - 1));
                first = i;
            }
        }
    }
}

/// One of the tasks whose finish keeps `t` from starting sooner; [`NONE`] where none does.
fn binding(graph: &Graph<'_, '_>, t: u32, rng: &mut Rng) -> u32 {
    let (head, before) = (graph.head[t as usize], graph.before[t as usize]);
    let on_agent = before != NONE && graph.finish(before as usize) == head;
    let input = graph.arcs_into(t as usize).find(|(p, lag)| graph.finish(*p as usize) + lag == head);
    match input {
        Some((p, _)) if !on_agent || rng.one_in(2) => p,
        _ if on_agent => before,
        _ => NONE,
    }
}
