//! The smallest set of input facts that together make a task impossible, or late: `QuickXplain` (Junker 2004).
//!
//! The question is put to a snapshot of the task, its companions and what they wait for, with only some facts
//! left in; agents never stand in each other's way. What is impossible so is impossible in every plan. Taking a
//! fact away never makes a task less possible, so that the set found is minimal: without any one of its facts
//! the task is possible (as far as these tasks alone are concerned).

use super::facts::{self, Fact};
use crate::{
    model::{Ms, Quantities, Snapshot, TaskIx},
    plan,
};

/// Looks at pairs of task and agent that the search may take.
const WORK: usize = 40_000_000;

/// Facts that together make it impossible.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Indices of the facts.
    pub facts: Vec<usize>,
    /// Taking any one away makes it possible; false where the work allowed ended first.
    pub minimal: bool,
}

/// What is asked of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// That some plan places it.
    Placed,
    /// That some plan finishes it by its deadline.
    OnTime,
}

/// A question about a task of a focused snapshot.
pub struct Asked<'s> {
    /// The focused snapshot.
    pub snapshot: &'s Snapshot,
    /// The task in it.
    pub task: TaskIx,
    /// What is asked.
    pub question: Question,
    /// Every fact that may be taken away.
    pub facts: &'s [Fact],
    work: usize,
}

impl<'s> Asked<'s> {
    /// A question with all its work still allowed.
    pub fn new(snapshot: &'s Snapshot, task: TaskIx, question: Question, facts: &'s [Fact]) -> Self {
        Self { snapshot, task, question, facts, work: WORK }
    }

    /// The smallest set of facts, in their order; `None` where the task is possible, or impossible for reasons
    /// that are none of the facts.
    pub fn conflict(&mut self) -> Option<Conflict> {
        let all: Vec<usize> = (0..self.facts.len()).collect();
        if self.possible(&all) || !self.possible(&[]) {
            return None;
        }
        let mut facts = self.explain(&[], false, &all);
        facts.sort_unstable();
        Some(Conflict { facts, minimal: self.work > 0 })
    }

    /// The minimal conflict among `open`, given `kept` (Junker's QX). Once the work is used up, all of them.
    fn explain(&mut self, kept: &[usize], grew: bool, open: &[usize]) -> Vec<usize> {
        if self.work == 0 {
            return open.to_vec();
        }
        if grew && !self.possible(kept) {
            return Vec::new();
        }
        if open.len() == 1 {
            return open.to_vec();
        }
        let (first, second) = open.split_at(open.len() / 2);
        let later = self.explain(&[kept, first].concat(), !first.is_empty(), second);
        let mut out = self.explain(&[kept, &later].concat(), !later.is_empty(), first);
        out.extend(later);
        out
    }

    /// True where the answer is yes with these facts alone.
    pub fn possible(&mut self, kept: &[usize]) -> bool {
        self.work = self.work.saturating_sub(self.snapshot.tasks.len() * self.snapshot.agents.len() + 1_000);
        let mut left = vec![false; self.facts.len()];
        for i in kept {
            left[*i] = true;
        }
        let mut snapshot = self.snapshot.clone();
        let gone = self.facts.iter().zip(left).filter(|(_, left)| !left);
        gone.for_each(|(fact, _)| facts::without(&mut snapshot, fact));
        answers(&snapshot, self.task, self.question)
    }
}

/// True where a task of a snapshot can be as asked, agents never standing in each other's way.
pub fn answers(s: &Snapshot, t: TaskIx, question: Question) -> bool {
    match (earliest(s, t), question) {
        (None, _) => false,
        (Some(_), Question::Placed) => true,
        (Some(finish), Question::OnTime) => s.task(t).deadline.is_none_or(|due| finish <= due),
    }
}

/// The earliest finish of a task, agents never standing in each other's way.
pub fn earliest(s: &Snapshot, t: TaskIx) -> Option<Ms> {
    plan::earliest(&Quantities::new(s))[t.at()]
}
