//! Moves on a critical path and what each would come to, estimated without carrying it out.

use super::{block::Path, graph::Graph, memory::Memory};
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, NONE},
};

/// One task put elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    /// The task.
    pub task: u32,
    /// Where it goes.
    pub to: Choice,
    /// The task that it comes behind there; [`NONE`] to be first.
    pub after: u32,
    /// Estimate of the longest path that it makes.
    pub estimate: Ms,
    /// What it changes.
    pub kind: Kind,
    /// It would bring back what was given up a short while ago.
    pub is_tabu: bool,
}

/// What a move changes; positions are on the path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// The task at the first position goes behind that at the last.
    Forward(usize, usize),
    /// The task at the last position goes before that at the first.
    Backward(usize, usize),
    /// The task leaves its agent.
    Elsewhere,
}

/// The moves of one step.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// All that were found.
    pub all: Vec<Move>,
    heads: Vec<Ms>,
}

impl Moves {
    /// Finds the moves on a path.
    pub fn find(&mut self, graph: &mut Graph<'_, '_>, path: &Path, memory: &Memory) {
        self.all.clear();
        let makespan = graph.makespan();
        for (first, last) in &path.blocks {
            self.within(graph, path, (*first, *last), makespan, memory);
        }
        for t in &path.tasks {
            if graph.shop.movable[*t as usize] {
                self.elsewhere(graph, *t, memory);
            }
        }
    }

    /// N7 (Zhang, Li, Guan, Rao 2007): a task of the block goes to its begin or end, or its first or last
    /// inside. Of a block that begins or ends the plan, that end does not matter.
    fn within(&mut self, graph: &mut Graph<'_, '_>, path: &Path, block: (usize, usize), makespan: Ms, memory: &Memory) {
        let (low, high) = block;
        if low == high {
            return;
        }
        let (first, last) = (path.tasks[low] as usize, path.tasks[high] as usize);
        let begins = graph.head[first] <= graph.shop.opens[graph.agent[first] as usize];
        let ends = graph.finish(last) >= makespan;
        for i in low..high {
            if !ends || (i == low && !begins) {
                self.forward(graph, path, (i, high), memory);
            }
            if i > low && !begins {
                self.forward(graph, path, (low, i), memory);
            }
        }
        for i in low + 1..=high {
            if !begins || (i == high && !ends) {
                self.backward(graph, path, (low, i), memory);
            }
            if i < high && !ends {
                self.backward(graph, path, (i, high), memory);
            }
        }
    }

    /// The first of a stretch goes behind its last (Balas, Vazacopoulos 1998). O(stretch).
    fn forward(&mut self, graph: &mut Graph<'_, '_>, path: &Path, span: (usize, usize), memory: &Memory) {
        let stretch = &path.tasks[span.0..=span.1];
        let (u, v) = (stretch[0] as usize, stretch[stretch.len() - 1] as usize);
        let blocked = |s: &(u32, u32)| s.0 as usize == v || !graph.has_no_path(s.0 as usize, v);
        if graph.shop.succs.row(u).iter().any(blocked) {
            return;
        }
        let agent = graph.agent[u];
        let rest = &stretch[1..];
        self.heads.clear();
        let mut free = graph.free_after(graph.before[u], agent);
        for t in rest.iter().map(|t| *t as usize) {
            let head = free.max(graph.input[t]);
            self.heads.push(head);
            free = head + graph.work[t];
        }
        let head = free.max(graph.input[u]);
        let mut after = graph.work[u] + graph.output[u].max(graph.rest_from(graph.after[v]));
        let mut estimate = head + after;
        for (t, head) in rest.iter().zip(&self.heads).rev() {
            after = graph.work[*t as usize] + graph.output[*t as usize].max(after);
            estimate = estimate.max(head + after);
        }
        let is_tabu = rest.iter().any(|t| memory.bars(*t, u as u32));
        self.push(graph, u, v as u32, estimate, Kind::Forward(span.0, span.1), is_tabu);
    }

    /// The last of a stretch goes before its first. O(stretch).
    fn backward(&mut self, graph: &mut Graph<'_, '_>, path: &Path, span: (usize, usize), memory: &Memory) {
        let stretch = &path.tasks[span.0..=span.1];
        let k = stretch.len();
        let (u, v) = (stretch[0] as usize, stretch[k - 1] as usize);
        if k == 2 || graph.shop.preds.row(v).iter().any(|p| *p as usize == u || !graph.has_no_path(u, *p as usize)) {
            return;
        }
        let agent = graph.agent[u];
        let rest = &stretch[..k - 1];
        self.heads.clear();
        let own = graph.free_after(graph.before[u], agent).max(graph.input[v]);
        let mut free = own + graph.work[v];
        for t in rest.iter().map(|t| *t as usize) {
            let head = free.max(graph.input[t]);
            self.heads.push(head);
            free = head + graph.work[t];
        }
        let mut after = graph.rest_from(graph.after[v]);
        let mut estimate = 0;
        for (t, head) in rest.iter().zip(&self.heads).rev() {
            after = graph.work[*t as usize] + graph.output[*t as usize].max(after);
            estimate = estimate.max(head + after);
        }
        estimate = estimate.max(own + graph.work[v] + graph.output[v].max(after));
        let is_tabu = rest.iter().any(|t| memory.bars(v as u32, *t));
        self.push(graph, v, graph.before[u], estimate, Kind::Backward(span.0, span.1), is_tabu);
    }

    fn push(&mut self, graph: &mut Graph<'_, '_>, t: usize, after: u32, estimate: Ms, kind: Kind, is_tabu: bool) {
        let to = Choice { agent: graph.agent[t], work: graph.work[t], load: 0, cost: 0 };
        graph.work_done += self.heads.len() as u64;
        self.all.push(Move { task: t as u32, to, after, estimate, kind, is_tabu });
    }

    /// The task goes to another agent, anywhere between those that finish before it could start and those
    /// that leave less time than it (Mastrolilli, Gambardella 2000): no cycle can close there, and some best
    /// place is among them. O(choices · sequence).
    fn elsewhere(&mut self, graph: &mut Graph<'_, '_>, t: u32, memory: &Memory) {
        let u = t as usize;
        // What its agent comes to without it.
        let (b, a) = (graph.before[u], graph.after[u]);
        let closed = if b != NONE && a != NONE {
            graph.finish(b as usize).max(graph.input[a as usize]) + graph.rest(a as usize)
        } else {
            0
        };
        let unit = graph.shop.unit(u);
        let current = graph.shop.choice(u, graph.agent[u]);
        if !graph.shop.is_roomy
            && let Some(old) = current
        {
            graph.room.give(unit, &old);
        }
        let shop = graph.shop;
        for c in shop.choices(u) {
            if c.agent == graph.agent[u] || !shop.fits(&graph.room, u, c) {
                continue;
            }
            let input = if shop.is_free {
                graph.input[u].max(shop.opens[c.agent as usize])
            } else {
                graph.input_on(u, c.agent)
            };
            let output = if shop.is_free { graph.output[u] } else { graph.output_on(u, c.agent) };
            if input.max(output) >= NEVER {
                continue;
            }
            self.places(graph, t, c, (input, output, closed), memory.bars_from(t, c.agent));
        }
        if !graph.shop.is_roomy
            && let Some(old) = current
        {
            graph.room.take(unit, &old);
        }
    }

    /// The places of a task in one agent's sequence.
    fn places(&mut self, graph: &mut Graph<'_, '_>, t: u32, c: &Choice, around: (Ms, Ms, Ms), is_tabu: bool) {
        let (input, output, closed) = around;
        let mut before = NONE;
        let mut next = graph.ends[c.agent as usize].0;
        let mut steps = 1;
        loop {
            // All before finish in time or leave more time; all after the other way round.
            let late = next == NONE || graph.finish(next as usize) > input;
            let small = next == NONE || graph.rest(next as usize) <= output;
            if late {
                let own = input.max(graph.free_after(before, c.agent)) + c.work + output.max(graph.rest_from(next));
                let estimate = own.max(closed);
                self.all.push(Move { task: t, to: *c, after: before, estimate, kind: Kind::Elsewhere, is_tabu });
                if small {
                    break;
                }
            }
            if next == NONE {
                break;
            }
            before = next;
            next = graph.after[next as usize];
            steps += 1;
        }
        graph.work_done += steps;
    }
}
