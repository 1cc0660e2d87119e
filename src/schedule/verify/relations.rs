//! What tasks demand of each other: precedence with transfers, together, apart.

use super::{Code, Violation};
use crate::model::{Placement, Plan, Quantities, TaskIx, seconds};

/// Checks every relation between tasks.
pub(super) fn check(q: &Quantities<'_>, plan: &Plan, out: &mut Vec<Violation>) {
    for (t, p) in plan.placed() {
        precedence(q, plan, t, p, out);
    }
    together(q, plan, out);
    apart(q, plan, out);
}

/// Each hard predecessor is placed, and its output is there at the start.
fn precedence(q: &Quantities<'_>, plan: &Plan, t: TaskIx, p: Placement, out: &mut Vec<Violation>) {
    let id = &q.snapshot.task(t).id;
    for dependency in q.snapshot.task(t).depends_on.iter().filter(|d| !d.soft) {
        let before = &q.snapshot.task(dependency.task).id;
        let mut broken = |code, message| out.push(Violation::new(code, message).of_task(t).of_agent(p.agent));
        let Some(first) = plan.placements[dependency.task.at()] else {
            broken(Code::MissingPredecessor, format!("`{id}` is placed, its predecessor `{before}` is not"));
            continue;
        };
        match q.transfer(first.agent, p.agent, dependency.data_mb) {
            None => {
                let (from, to) = (&q.snapshot.agent(first.agent).id, &q.snapshot.agent(p.agent).id);
                broken(Code::NoPath, format!("`{id}` needs the output of `{before}`: no path from `{from}` to `{to}`"));
            }
            Some(transfer) => {
                let there = first.finish.saturating_add(transfer);
                if p.start < there {
                    let (start, there) = (seconds(p.start), seconds(there));
                    let message = format!("`{id}` starts at {start} s, the output of `{before}` is there at {there} s");
                    broken(Code::BeforeInput, message);
                }
            }
        }
    }
}

/// Each group that `together` connects is on one agent whole, or nowhere. One violation per group.
fn together(q: &Quantities<'_>, plan: &Plan, out: &mut Vec<Violation>) {
    let mut groups = Groups::new(q.snapshot.tasks.len());
    for t in q.snapshot.task_ixs() {
        for o in &q.snapshot.task(t).together {
            groups.join(t.at(), o.at());
        }
    }
    let agent = |t: usize| plan.placements[t].map(|p| p.agent);
    let mut told = vec![false; q.snapshot.tasks.len()];
    for t in 0..told.len() {
        let root = groups.root(t);
        if agent(t) != agent(root) && !std::mem::replace(&mut told[root], true) {
            let place = |t| agent(t).map_or("nowhere".into(), |a| format!("on `{}`", q.snapshot.agent(a).id));
            let (a, b) = (&q.snapshot.tasks[root].id, &q.snapshot.tasks[t].id);
            let message = format!("`{a}` is {}, `{b}` that belongs together with it is {}", place(root), place(t));
            out.push(Violation::new(Code::NotTogether, message).of_task(TaskIx::of(root)));
        }
    }
}

/// Disjoint sets with path halving (Tarjan and van Leeuwen 1984); the root is a set's least member.
struct Groups(Vec<usize>);

impl Groups {
    fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Tasks apart are on different agents, whichever of them says so. One violation per pair.
fn apart(q: &Quantities<'_>, plan: &Plan, out: &mut Vec<Violation>) {
    let mut pairs = Vec::new();
    for (t, p) in plan.placed() {
        for o in &q.snapshot.task(t).apart {
            if *o != t && plan.placements[o.at()].is_some_and(|other| other.agent == p.agent) {
                pairs.push((t.min(*o), t.max(*o), p.agent));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    for (t, o, a) in pairs {
        let id = |t| &q.snapshot.task(t).id;
        let message = format!("`{}` and `{}` must be apart, both are on `{}`", id(t), id(o), q.snapshot.agent(a).id);
        out.push(Violation::new(Code::NotApart, message).of_task(t).of_agent(a));
    }
}
