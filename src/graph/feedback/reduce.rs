//! Arcs that need not be considered: another one, no heavier, lies on every cycle that they lie on.

use super::component::Component;

/// Which arcs may have to be dropped. An arc is dominated where all its cycles pass another arc that is no
/// heavier: without that one it lies between components. Chains shrink to one arc in O(n + m); the rest costs
/// O(m (n + m)) and is left out where that is too much work.
pub(super) fn undominated(component: &Component, work: &mut u64) -> Vec<bool> {
    let mut free = vec![true; component.arcs.len()];
    let weight = |a: u32| component.arcs[a as usize].2;
    for v in 0..component.vertices() {
        for (one, many) in [(&component.into[v], &component.out[v]), (&component.out[v], &component.into[v])] {
            if let [only] = one[..]
                && free[only as usize]
            {
                many.iter().filter(|a| weight(**a) >= weight(only)).for_each(|a| free[*a as usize] = false);
            }
        }
    }
    let each = (component.vertices() + component.arcs.len()) as u64;
    let candidates: Vec<u32> = (0..free.len() as u32).filter(|a| free[*a as usize]).collect();
    let cost = candidates.len() as u64 * each / 1000;
    if cost > *work / 4 {
        return free;
    }
    *work -= cost;
    for arc in candidates {
        if !free[arc as usize] {
            continue;
        }
        let owner = component.without(|a| a == arc);
        for (i, (a, b, w)) in component.arcs.iter().enumerate() {
            if i != arc as usize && owner[*a as usize] != owner[*b as usize] && *w >= weight(arc) {
                free[i] = false;
            }
        }
    }
    free
}
