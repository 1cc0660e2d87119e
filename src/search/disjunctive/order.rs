//! The topological order of a disjunctive graph, and the heads and tails that follow from it.

use super::graph::Graph;
use crate::schedule::NONE;

/// Marks on tasks that are all wiped at once.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    stamp: u32,
    on: Vec<u32>,
    /// Tasks set aside while the others close up.
    aside: Vec<u32>,
}

impl Marks {
    pub fn new(n: usize) -> Self {
        Self { stamp: 0, on: vec![0; n], aside: Vec::with_capacity(n) }
    }

    fn wipe(&mut self) {
        self.aside.clear();
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.on.fill(0);
            self.stamp = 1;
        }
    }

    fn set(&mut self, t: u32) {
        self.on[t as usize] = self.stamp;
        self.aside.push(t);
    }

    fn has(&self, t: u32) -> bool {
        t != NONE && self.on[t as usize] == self.stamp
    }
}

impl Graph<'_, '_> {
    /// Makes the order topological again after one task was put elsewhere (Pearce, Kelly 2006): what hangs
    /// on the task moves with it, within the span between its old place and its new neighbour's. The first
    /// and last position of that span, or `None`, and nothing is changed, where a cycle closes.
    pub(super) fn reorder(&mut self, t: u32) -> Option<(usize, usize)> {
        let at = self.position[t as usize] as usize;
        let place = |of: u32| (of != NONE).then(|| self.position[of as usize] as usize);
        let (before, after) = (self.before[t as usize], self.after[t as usize]);
        if let Some(to) = place(before).filter(|to| *to > at) {
            return self.raise(at, to).then_some((at, to));
        }
        if let Some(to) = place(after).filter(|to| *to < at) {
            return self.lower(to, at).then_some((to, at));
        }
        Some((at, at))
    }

    /// Moves the task at `from`, and what comes after it, behind the task at `to`.
    fn raise(&mut self, from: usize, to: usize) -> bool {
        self.marks.wipe();
        self.marks.set(self.order[from]);
        for i in from + 1..=to {
            let w = self.order[i];
            let waits = |p: &u32| self.marks.has(*p);
            if waits(&self.before[w as usize]) || self.shop.preds.row(w as usize).iter().any(waits) {
                self.marks.set(w);
            }
        }
        self.work_done += (to - from) as u64;
        if self.marks.has(self.order[to]) {
            return false;
        }
        let mut free = from;
        for i in from..=to {
            let w = self.order[i];
            if !self.marks.has(w) {
                self.settle(w, free);
                free += 1;
            }
        }
        for i in 0..self.marks.aside.len() {
            self.settle(self.marks.aside[i], free + i);
        }
        true
    }

    /// Moves the task at `from`, and what it waits for, before the task at `to`.
    fn lower(&mut self, to: usize, from: usize) -> bool {
        self.marks.wipe();
        self.marks.set(self.order[from]);
        for i in (to..from).rev() {
            let w = self.order[i];
            let holds = |s: u32| self.marks.has(s);
            if holds(self.after[w as usize]) || self.shop.succs.row(w as usize).iter().any(|s| holds(s.0)) {
                self.marks.set(w);
            }
        }
        self.work_done += (from - to) as u64;
        if self.marks.has(self.order[to]) {
            return false;
        }
        let mut free = from;
        for i in (to..=from).rev() {
            let w = self.order[i];
            if !self.marks.has(w) {
                self.settle(w, free);
                free = free.wrapping_sub(1);
            }
        }
        for i in 0..self.marks.aside.len() {
            self.settle(self.marks.aside[i], free - i);
        }
        true
    }

    fn settle(&mut self, t: u32, at: usize) {
        self.order[at] = t;
        self.position[t as usize] = at as u32;
    }

    /// Recomputes the time that a task's arcs take.
    pub(super) fn weigh(&mut self, t: usize) {
        if self.shop.is_free {
            return;
        }
        let begin = self.shop.preds.begin(t);
        for (i, p) in self.shop.preds.row(t).iter().enumerate() {
            self.lag[begin + i] = self.shop.lag(begin + i, self.agent[*p as usize], self.agent[t]);
        }
        for (s, arc) in self.shop.succs.row(t) {
            self.lag[*arc as usize] = self.shop.lag(*arc as usize, self.agent[t], self.agent[*s as usize]);
        }
    }

    /// Heads of the tasks from position `low` on.
    pub(super) fn forward(&mut self, low: usize) {
        self.work_done += (self.order.len() - low) as u64;
        let is_free = self.shop.is_free;
        for t in self.order[low..].iter().map(|t| *t as usize) {
            let mut input = self.shop.release[t];
            let begin = self.shop.preds.begin(t);
            for (i, p) in self.shop.preds.row(t).iter().enumerate() {
                let lag = if is_free { 0 } else { self.lag[begin + i] };
                input = input.max(self.head[*p as usize] + self.work[*p as usize] + lag);
            }
            self.input[t] = input;
            let before = self.before[t];
            self.head[t] = input.max(match before {
                NONE => self.shop.opens[self.agent[t] as usize],
                before => self.head[before as usize] + self.work[before as usize],
            });
        }
    }

    /// Tails of the tasks before position `high`.
    pub(super) fn backward(&mut self, high: usize) {
        self.work_done += high as u64;
        let is_free = self.shop.is_free;
        for t in self.order[..high].iter().rev().map(|t| *t as usize) {
            let mut output = 0;
            for (s, arc) in self.shop.succs.row(t) {
                let lag = if is_free { 0 } else { self.lag[*arc as usize] };
                output = output.max(self.work[*s as usize] + self.tail[*s as usize] + lag);
            }
            self.output[t] = output;
            let after = self.after[t];
            self.tail[t] = output.max(match after {
                NONE => 0,
                after => self.work[after as usize] + self.tail[after as usize],
            });
        }
    }
}
