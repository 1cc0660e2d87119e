//! One agent that does one thing at a time: what its tasks alone take, given their heads and tails.

use std::collections::BinaryHeap;

use crate::model::Ms;

/// A task of the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// Earliest start.
    pub head: Ms,
    /// Processing time.
    pub work: Ms,
    /// Least time from its finish to the end of the plan.
    pub tail: Ms,
}

/// Jackson's preemptive schedule: of the tasks that could run, always the one with the longest tail. Its
/// end is the best that any schedule with interruptions reaches (Jackson 1955; Carlier 1982). O(n log n).
pub fn preemptive(jobs: &[Job]) -> Ms {
    let mut by_head: Vec<Job> = jobs.to_vec();
    by_head.sort_unstable_by_key(|j| j.head);
    let mut ready: BinaryHeap<(Ms, Ms)> = BinaryHeap::new();
    let (mut now, mut next, mut end) = (0, 0, 0);
    while next < by_head.len() || !ready.is_empty() {
        if ready.is_empty() {
            now = now.max(by_head[next].head);
        }
        while next < by_head.len() && by_head[next].head <= now {
            ready.push((by_head[next].tail, by_head[next].work));
            next += 1;
        }
        if let Some((tail, left)) = ready.pop() {
            let until = by_head.get(next).map_or(Ms::MAX, |j| j.head);
            let run = left.min(until - now);
            now += run;
            if run < left {
                ready.push((tail, left - run));
            } else {
                end = end.max(now + tail);
            }
        }
    }
    end
}

/// Raises the heads that a plan of length `end` leaves (edge finding: Carlier, Pinson 1990; in the form of
/// Nuijten 1994, O(n²)): where some tasks cannot all be done in time unless another comes after them, its
/// head is when they can be done. Jobs come and stay in the order of their heads. False where no plan is that
/// short.
pub fn raise_heads(jobs: &mut [Job], end: Ms) -> bool {
    let due = |j: &Job| end - j.tail;
    let mut raised: Vec<Ms> = jobs.iter().map(|j| j.head).collect();
    let mut ends = vec![0; jobs.len()];
    for k in 0..jobs.len() {
        let last = due(&jobs[k]);
        let (mut work, mut done) = (0, Ms::MIN);
        for (i, j) in jobs.iter().enumerate().rev() {
            if due(j) <= last {
                work += j.work;
                done = done.max(j.head + work);
            }
            ends[i] = done;
        }
        if done > last {
            return false;
        }
        let mut before = Ms::MIN / 2;
        for (i, j) in jobs.iter().enumerate() {
            if due(j) <= last {
                before = before.max(j.head + work);
                work -= j.work;
            } else if j.head + work + j.work > last && ends[i] > Ms::MIN {
                raised[i] = raised[i].max(ends[i]);
            }
            if due(j) > last && before + j.work > last {
                raised[i] = raised[i].max(done);
            }
        }
    }
    for (job, head) in jobs.iter_mut().zip(raised) {
        job.head = head;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Rng;

    fn some(rng: &mut Rng, n: usize) -> Vec<Job> {
        let mut draw = |most: usize| rng.below(most) as Ms;
        (0..n).map(|_| Job { head: draw(20), work: 1 + draw(8), tail: draw(20) }).collect()
    }

    /// The shortest schedule without interruptions, and the earliest start of each job in any of length `end`.
    fn tried(jobs: &[Job], end: Ms) -> (Ms, Vec<Ms>) {
        let (mut best, mut first) = (Ms::MAX, vec![Ms::MAX; jobs.len()]);
        let mut order: Vec<usize> = (0..jobs.len()).collect();
        permute(&mut order, 0, &mut |order| {
            let (mut now, mut length, mut starts) = (0, 0, vec![0; order.len()]);
            for i in order {
                starts[*i] = jobs[*i].head.max(now);
                now = starts[*i] + jobs[*i].work;
                length = length.max(now + jobs[*i].tail);
            }
            best = best.min(length);
            if length <= end {
                first.iter_mut().zip(&starts).for_each(|(f, s)| *f = (*f).min(*s));
            }
        });
        (best, first)
    }

    fn permute(order: &mut Vec<usize>, from: usize, see: &mut impl FnMut(&[usize])) {
        if from == order.len() {
            see(order);
        }
        for i in from..order.len() {
            order.swap(from, i);
            permute(order, from + 1, see);
            order.swap(from, i);
        }
    }

    #[test]
    fn carliers_example_takes_at_least_49() {
        let rows = [(10, 5, 7), (13, 6, 26), (11, 7, 24), (20, 4, 21), (30, 3, 8), (0, 6, 17), (30, 2, 0)];
        let jobs = rows.map(|(head, work, tail)| Job { head, work, tail });
        assert_eq!(preemptive(&jobs), 49);
    }

    #[test]
    fn nothing_is_cut_off_that_a_schedule_could_do() {
        let mut rng = Rng::new(3);
        for round in 0..400 {
            let jobs = some(&mut rng, 2 + round % 5);
            let (best, _) = tried(&jobs, Ms::MAX);
            assert!(preemptive(&jobs) <= best);
            for end in best - 3..best + 4 {
                let mut by_head = jobs.clone();
                by_head.sort_unstable_by_key(|j| (j.head, j.tail, j.work));
                let (_, first) = tried(&by_head, end);
                let mut raised = by_head.clone();
                let may = raise_heads(&mut raised, end);
                assert!(may || end < best, "{jobs:?} is done by {best}, not said so of {end}");
                if may && end >= best {
                    assert!(raised.iter().zip(&first).all(|(j, f)| j.head <= *f), "{by_head:?} {raised:?} {end}");
                }
            }
        }
    }
}
