//! Priorities of those that others wait for.

/// The priority each node works at: its own, or the greatest of those that wait for it, directly or through others
/// (priority inheritance: Sha, Rajkumar, Lehoczky 1990). `waits` are pairs of who waits and for whom. O(m log n).
pub fn inherited(own: &[f64], waits: &[(u32, u32)]) -> Vec<f64> {
    let mut targets: Vec<Vec<u32>> = vec![Vec::new(); own.len()];
    for (waiter, holder) in waits {
        targets[*waiter as usize].push(*holder);
    }
    let mut out = own.to_vec();
    let mut done = vec![false; own.len()];
    // From the highest down, each hands its priority to all it waits for; who has one by then has the greatest.
    let mut turn: Vec<u32> = (0..own.len() as u32).collect();
    turn.sort_by(|a, b| own[*b as usize].total_cmp(&own[*a as usize]).then(a.cmp(b)));
    for start in turn {
        let mut stack = vec![start];
        while let Some(v) = stack.pop() {
            if std::mem::replace(&mut done[v as usize], true) {
                continue;
            }
            out[v as usize] = own[start as usize];
            stack.extend(&targets[v as usize]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::inherited;

    #[test]
    fn the_pathfinders_weather_task_inherits_from_the_bus() {
        // Mars Pathfinder, 1997: the bus task (high) waits for a mutex of the weather task (low); with
        // inheritance the communication task (medium) cannot get between them.
        let found = inherited(&[3.0, 2.0, 1.0], &[(0, 2)]);
        assert_eq!(found, [3.0, 2.0, 3.0]);
        assert!(found[2] > found[1]);
    }

    #[test]
    fn chains_and_circles_hand_it_on() {
        assert_eq!(inherited(&[9.0, 1.0, 5.0, 2.0], &[(0, 1), (1, 2), (2, 3)]), [9.0, 9.0, 9.0, 9.0]);
        assert_eq!(inherited(&[1.0, 4.0, 2.0], &[(0, 1), (1, 2), (2, 0)]), [4.0, 4.0, 4.0]);
    }
}
