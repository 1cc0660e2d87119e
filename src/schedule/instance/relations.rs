//! How tasks hang together: units that share an agent, units apart, the order of precedence.

use crate::{model::Quantities, schedule::Csr};

/// Units: the connected components of `together`, by their first task.
pub(super) fn units(q: &Quantities<'_>) -> (Vec<u32>, Csr<u32>) {
    let n = q.snapshot.tasks.len();
    let mut root: Vec<u32> = (0..n as u32).collect();
    for (t, task) in q.snapshot.tasks.iter().enumerate() {
        for other in &task.together {
            let (a, b) = (find(&mut root, t as u32), find(&mut root, other.0));
            root[a.max(b) as usize] = a.min(b);
        }
    }
    let mut members: Vec<Vec<u32>> = Vec::new();
    let mut unit_of = vec![0; n];
    for t in 0..n {
        let r = find(&mut root, t as u32) as usize;
        if r == t {
            unit_of[t] = members.len() as u32;
            members.push(vec![t as u32]);
        } else {
            unit_of[t] = unit_of[r];
            members[unit_of[r] as usize].push(t as u32);
        }
    }
    (unit_of, Csr::collect(members))
}

/// The representative of a task's component, halving the path on the way (Tarjan, van Leeuwen 1984).
fn find(root: &mut [u32], mut t: u32) -> u32 {
    while root[t as usize] != t {
        root[t as usize] = root[root[t as usize] as usize];
        t = root[t as usize];
    }
    t
}

/// Units that must not share an agent; a unit apart from itself can never be placed and keeps the mark.
pub(super) fn apart(q: &Quantities<'_>, unit_of: &[u32], units: usize) -> Csr<u32> {
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); units];
    for (t, task) in q.snapshot.tasks.iter().enumerate() {
        for other in &task.apart {
            let (a, b) = (unit_of[t], unit_of[other.at()]);
            rows[a as usize].push(b);
            rows[b as usize].push(a);
        }
    }
    for row in &mut rows {
        row.sort_unstable();
        row.dedup();
    }
    Csr::collect(rows)
}

/// Tasks, predecessors first, of equals by id (Kahn 1962). Tasks on a cycle are left out.
pub(super) fn topological(preds: &Csr<(u32, f64)>, succs: &Csr<(u32, f64)>) -> Vec<u32> {
    let n = preds.len();
    let mut open: Vec<u32> = (0..n).map(|t| preds.row(t).len() as u32).collect();
    let mut ready: std::collections::BTreeSet<u32> = (0..n as u32).filter(|t| open[*t as usize] == 0).collect();
    let mut out = Vec::with_capacity(n);
    while let Some(t) = ready.pop_first() {
        out.push(t);
        for (next, _) in succs.row(t as usize) {
            open[*next as usize] -= 1;
            if open[*next as usize] == 0 {
                ready.insert(*next);
            }
        }
    }
    out
}
