//! A lower bound without linear programming: cycles packed so that no arc carries more than its weight.

use super::{
    component::Component,
    separate::{CLOSED, Cycles},
};

/// What the cycles packed one after the other, the shortest through each arc first, weigh together: each costs at
/// least its share. Only arcs that may have to be dropped limit. O(m² log n), within the work.
pub(super) fn bound(component: &Component, free: &[bool], work: &mut u64) -> i64 {
    let mut room: Vec<i64> = component.arcs.iter().map(|a| a.2).collect();
    let mut length: Vec<u64> = free.iter().map(|f| if *f { 1 << 20 } else { 1 }).collect();
    let mut cycles = Cycles::new(component);
    let share = *work / 4;
    let mut left = share;
    let mut total = 0;
    let candidates: Vec<u32> = (0..free.len() as u32).filter(|a| free[*a as usize]).collect();
    // By the length of the shortest cycle at first, then whatever is left.
    let mut turn: Vec<(u64, u32)> = Vec::new();
    for arc in &candidates {
        let cycle = if left > 0 { cycles.through(*arc, &length, CLOSED, &mut left) } else { None };
        turn.push((cycle.map_or(0, |c| c.iter().map(|a| length[*a as usize]).sum()), *arc));
    }
    turn.sort_unstable();
    for (_, arc) in turn {
        while left > 0 && room[arc as usize] > 0 {
            let Some(cycle) = cycles.through(arc, &length, CLOSED, &mut left) else { break };
            let limits = cycle.iter().filter(|a| free[**a as usize]);
            let amount = limits.map(|a| room[*a as usize]).min().unwrap_or(0);
            total += amount;
            for a in cycle.into_iter().filter(|a| free[*a as usize]) {
                room[a as usize] -= amount;
                if room[a as usize] == 0 {
                    length[a as usize] = CLOSED;
                }
            }
        }
    }
    *work -= share - left;
    total
}
