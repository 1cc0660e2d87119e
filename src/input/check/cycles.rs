//! Circles of hard dependencies.

use super::{Subject, listed};
use crate::{
    input::codes,
    model::{Task, TaskIx},
};

/// Tasks that wait for each other in a circle; soft dependencies close none.
pub fn check_orch040_cycle(subject: &Subject<'_, '_>) {
    let tasks = &subject.snapshot().tasks;
    for cycle in cycles(tasks) {
        let place = &subject.built.tasks[cycle[0].at()];
        let ids: Vec<&str> = cycle.iter().chain(&cycle[..1]).map(|t| tasks[t.at()].id.as_str()).collect();
        let message = format!("tasks wait for each other in a circle: {}", listed(ids.into_iter(), " → "));
        subject.tell(&codes::CYCLE, place.depends_on, ("tasks", place.index, "depends_on"), message);
    }
}

fn before(task: &Task) -> impl Iterator<Item = TaskIx> + '_ {
    task.depends_on.iter().filter(|d| !d.soft).map(|d| d.task)
}

/// At least one cycle of every strongly connected component, each from its least task on, in the
/// direction of work: what is left of a topological sort (Kahn 1962) is walked backwards, O(n + m).
fn cycles(tasks: &[Task]) -> Vec<Vec<TaskIx>> {
    let left = unsorted(tasks);
    // 0: not walked; else the number of the walk that came by.
    let mut walk_of = vec![0_u32; tasks.len()];
    let mut out = Vec::new();
    for start in 0..tasks.len() {
        let walk = start as u32 + 1;
        let mut path = Vec::new();
        let mut next = Some(TaskIx::of(start)).filter(|t| left[t.at()]);
        while let Some(t) = next.filter(|t| walk_of[t.at()] == 0) {
            walk_of[t.at()] = walk;
            path.push(t);
            next = before(&tasks[t.at()]).find(|p| left[p.at()]);
        }
        if let Some(first) = next.filter(|t| walk_of[t.at()] == walk).and_then(|t| path.iter().position(|p| *p == t)) {
            let mut cycle = path.split_off(first);
            cycle.reverse();
            let least = (0..cycle.len()).min_by_key(|i| cycle[*i]).unwrap_or(0);
            cycle.rotate_left(least);
            out.push(cycle);
        }
    }
    out
}

/// The tasks that no topological order can hold: those on a circle, and those behind one.
fn unsorted(tasks: &[Task]) -> Vec<bool> {
    let mut waits: Vec<usize> = tasks.iter().map(|t| before(t).count()).collect();
    let mut after: Vec<Vec<u32>> = vec![Vec::new(); tasks.len()];
    for (i, task) in tasks.iter().enumerate() {
        before(task).for_each(|p| after[p.at()].push(i as u32));
    }
    let mut ready: Vec<usize> = (0..tasks.len()).filter(|i| waits[*i] == 0).collect();
    while let Some(i) = ready.pop() {
        for next in &after[i] {
            let next = *next as usize;
            waits[next] -= 1;
            if waits[next] == 0 {
                ready.push(next);
            }
        }
    }
    waits.into_iter().map(|n| n > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::{TaskIx, cycles};
    use crate::model::{Dependency, Task};

    fn tasks(edges: &[(u32, u32, bool)], n: usize) -> Vec<Task> {
        let mut out = vec![Task::default(); n];
        for (before, after, soft) in edges {
            out[*after as usize].depends_on.push(Dependency { task: TaskIx(*before), data_mb: 0.0, soft: *soft });
        }
        out
    }

    #[test]
    fn each_circle_is_told_once_from_its_least_task() {
        let found = cycles(&tasks(
            &[(2, 0, false), (0, 1, false), (1, 2, false), (2, 3, false), (5, 4, false), (4, 5, false)],
            6,
        ));
        assert_eq!(found, [vec![TaskIx(0), TaskIx(1), TaskIx(2)], vec![TaskIx(4), TaskIx(5)]]);
    }

    #[test]
    fn soft_edges_close_no_circle() {
        assert!(cycles(&tasks(&[(0, 1, false), (1, 0, true)], 2)).is_empty());
    }
}
