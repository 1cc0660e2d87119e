//! Generalised assignment by branch and bound: the groups' choices are relaxed with prices, agents' knapsacks
//! solved exactly, pairs that cannot be in a better plan fixed (Fisher, Jaikumar, Van Wassenhove 1986; Posta,
//! Ferland, Michelon 2012). All in integers: what it proves needs no trust in rounding.

mod branch;
mod knapsack;
mod node;

pub use branch::{Outcome, Problem, solve};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_small_problem_is_solved_to_its_optimum() {
        let mut state = 7u64;
        let mut draw = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        for _ in 0..200 {
            let (agents, groups) = (2 + draw(2) as usize, 2 + draw(6) as usize);
            let pair = |d: &mut dyn FnMut(u64) -> u64| (d(8) > 0).then(|| (d(30) as i64, 1 + d(9) as i64));
            let pairs: Vec<_> = (0..agents * groups).map(|_| pair(&mut draw)).collect();
            let room: Vec<i64> = (0..agents).map(|_| 5 + draw(15) as i64).collect();
            let problem = Problem { agents, pairs, room };
            let optimum = brute(&problem, 0, &mut problem.room.clone());
            let outcome = solve(&problem, &vec![10.0; groups], 1_000, 1 << 30);
            let outcome = outcome.as_ref();
            assert!(outcome.is_none_or(|o| o.complete && o.bound == optimum.unwrap_or(1_000)), "{optimum:?}");
        }
    }

    fn brute(p: &Problem, group: usize, room: &mut Vec<i64>) -> Option<i64> {
        if group * p.agents == p.pairs.len() {
            return Some(0);
        }
        let mut best = None;
        for a in 0..p.agents {
            if let Some((cost, size)) = p.pairs[group * p.agents + a].filter(|x| x.1 <= room[a]) {
                room[a] -= size;
                let rest = brute(p, group + 1, room).map(|rest| rest + cost);
                room[a] += size;
                best = [best, rest].into_iter().flatten().min();
            }
        }
        best
    }
}
