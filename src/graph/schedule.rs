//! The critical path method: early and late starts, slack, longest paths, on graphs whose cycles are condensed.

use super::{Condensation, Directed};

/// Later than every moment.
const NEVER: i64 = i64::MAX / 4;

/// What is done, in whole units of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Activity {
    /// How long it takes.
    pub duration: i64,
    /// Before when it cannot start.
    pub release: i64,
    /// By when it has to be done.
    pub deadline: Option<i64>,
}

/// The network of activities: arcs lead from what comes before to what comes after.
///
/// Critical path method (Kelley and Walker 1959): one pass forwards for the early starts, one backwards for the late
/// ones, O(n + m). The members of a cycle count as one activity that takes as long as all of them together, may
/// start at the latest release and is due at the earliest deadline among them.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    /// The network without cycles.
    pub condensed: Condensation,
    after: Vec<Vec<u32>>,
}

/// Early and late starts by component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Times {
    /// Earliest start.
    pub early: Vec<i64>,
    /// Latest start that keeps every deadline after it, and the end of the whole where none is after it.
    pub late: Vec<i64>,
    /// Latest start that keeps every deadline after it; `None` where there is none.
    pub due: Vec<Option<i64>>,
    /// Earliest end of the whole.
    pub end: i64,
}

impl Schedule {
    /// Lays a network out.
    pub fn new(network: &Directed) -> Self {
        let condensed = network.condensed();
        let n = condensed.members.len();
        let mut after = vec![Vec::new(); n];
        for (a, b) in &condensed.arcs {
            after[*a as usize].push(*b);
        }
        Self { condensed, after }
    }

    /// The activities of the components.
    pub fn merged(&self, activities: &[Activity]) -> Vec<Activity> {
        let sum = |members: &Vec<u32>| {
            let all = members.iter().map(|v| activities[*v as usize]);
            all.reduce(|a, b| Activity {
                duration: a.duration.saturating_add(b.duration),
                release: a.release.max(b.release),
                deadline: [a.deadline, b.deadline].into_iter().flatten().min(),
            })
        };
        self.condensed.members.iter().map(|m| sum(m).unwrap_or_default()).collect()
    }

    /// Early and late starts of merged activities.
    pub fn times(&self, merged: &[Activity]) -> Times {
        let n = merged.len();
        let mut early: Vec<i64> = merged.iter().map(|a| a.release.max(0)).collect();
        for c in 0..n {
            let done = early[c].saturating_add(merged[c].duration).min(NEVER);
            self.after[c].iter().for_each(|d| early[*d as usize] = early[*d as usize].max(done));
        }
        let end = (0..n).map(|c| early[c].saturating_add(merged[c].duration)).max().unwrap_or(0);
        let mut due: Vec<Option<i64>> =
            merged.iter().map(|a| a.deadline.map(|d| d.saturating_sub(a.duration))).collect();
        for c in (0..n).rev() {
            let soonest = self.after[c].iter().filter_map(|d| due[*d as usize]).min();
            let soonest = soonest.map(|d| d.saturating_sub(merged[c].duration));
            due[c] = [due[c], soonest].into_iter().flatten().min();
        }
        let mut late = vec![NEVER; n];
        for c in (0..n).rev() {
            let next = self.after[c].iter().map(|d| late[*d as usize]).min().unwrap_or(end);
            late[c] = next.saturating_sub(merged[c].duration).min(due[c].unwrap_or(NEVER));
        }
        Times { early, late, due, end }
    }

    /// The longest path of each connected part of the network, by the sum of its durations, longest first, then by
    /// first component: its components in order.
    pub fn longest(&self, merged: &[Activity]) -> Vec<(i64, Vec<u32>)> {
        let n = merged.len();
        let mut far: Vec<i64> = merged.iter().map(|a| a.duration).collect();
        let mut from = vec![None; n];
        let mut part: Vec<u32> = (0..n as u32).collect();
        for c in 0..n {
            for d in &self.after[c] {
                let (d, total) = (*d as usize, far[c].saturating_add(merged[*d as usize].duration));
                if total > far[d] || (from[d].is_none() && total == far[d]) {
                    far[d] = total;
                    from[d] = Some(c as u32);
                }
                let (a, b) = (root(&mut part, c as u32), root(&mut part, d as u32));
                part[a.max(b) as usize] = a.min(b);
            }
        }
        let mut best: Vec<Option<u32>> = vec![None; n];
        for c in 0..n as u32 {
            let slot = &mut best[root(&mut part, c) as usize];
            if slot.is_none_or(|b| far[c as usize] > far[b as usize]) {
                *slot = Some(c);
            }
        }
        let path = |end: u32| {
            let mut path: Vec<u32> = std::iter::successors(Some(end), |c| from[*c as usize]).collect();
            path.reverse();
            (far[end as usize], path)
        };
        let mut out: Vec<(i64, Vec<u32>)> = best.into_iter().flatten().map(path).collect();
        out.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        out
    }

    /// These components and all that come after one of them, in order.
    pub fn downstream(&self, from: &[u32]) -> Vec<u32> {
        let mut seen = vec![false; self.after.len()];
        let mut left = from.to_vec();
        let mut out = Vec::new();
        while let Some(c) = left.pop() {
            if !std::mem::replace(&mut seen[c as usize], true) {
                out.push(c);
                left.extend(&self.after[c as usize]);
            }
        }
        out.sort_unstable();
        out
    }
}

fn root(part: &mut [u32], mut at: u32) -> u32 {
    while part[at as usize] != at {
        part[at as usize] = part[part[at as usize] as usize];
        at = part[at as usize];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(duration: i64) -> Activity {
        Activity { duration, ..Activity::default() }
    }

    #[test]
    fn slack_is_late_less_early() {
        // 0 (3) → 2 (2), 1 (1) → 2, and 3 (4) alone.
        let s = Schedule::new(&Directed::new(4, [(0, 2), (1, 2)]));
        assert_eq!(s.condensed.members, [[0], [1], [3], [2]]);
        let merged = s.merged(&[activity(3), activity(1), activity(2), activity(4)]);
        let t = s.times(&merged);
        assert_eq!((t.early.as_slice(), t.late.as_slice(), t.end), (&[0, 0, 0, 3][..], &[0, 2, 1, 3][..], 5));
        assert_eq!(s.longest(&merged), [(5, vec![0, 3]), (4, vec![2])]);
    }

    #[test]
    fn deadlines_make_slack_negative_and_cycles_are_one() {
        let s = Schedule::new(&Directed::new(3, [(0, 1), (1, 0), (1, 2)]));
        let mut rows = [activity(3), activity(4), activity(5)];
        rows[2].deadline = Some(10);
        let merged = s.merged(&rows);
        let t = s.times(&merged);
        assert_eq!((t.early.as_slice(), t.late.as_slice()), (&[0, 7][..], &[-2, 5][..]));
        assert_eq!(t.due, [Some(-2), Some(5)]);
        assert_eq!(s.longest(&merged), [(12, vec![0, 1])]);
        assert_eq!(s.downstream(&[0]), [0, 1]);
    }
}
