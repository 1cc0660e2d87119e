//! Rows that every choice gives the same.

use crate::lp::{Effort, Level, Rows, Table, relax};

/// A makespan over two agents and a rate that every task takes 12 of; the first agent is twice as fast.
fn problem(tasks: u32, rate: i64) -> (Table, Rows, Vec<Level>) {
    let mut rows = Rows::default();
    let agents = [rows.push(0, 1, Some(0)), rows.push(0, 1, Some(0))];
    let shared = rows.push(0, rate, Some(0));
    let mut table = Table::new();
    for t in 0..tasks {
        table.push_group();
        let work = 10 + i64::from(t % 7);
        table.push_column(0, 0, &[(agents[0], work), (shared, 12)]);
        table.push_column(1, 0, &[(agents[1], 2 * work), (shared, 12)]);
    }
    (table, rows, vec![Level { unit_cost: 1 << 24, least: 0 }])
}

#[test]
fn a_rate_that_binds_proves_the_bound_and_leaves_the_guide_to_tell_agents_apart() {
    // 20,000 columns and more are looked at by smoothed prices.
    let tasks = 12_000;
    let work: i64 = (0..i64::from(tasks)).map(|t| 10 + t % 7).sum();
    for (rate, level) in [(1, 12 * i64::from(tasks)), (3, work * 2 / 3)] {
        let (table, rows, levels) = problem(tasks as u32, rate);
        let found = relax(&table, &rows, &levels, &Effort::default()).unwrap();
        let bound = found.bound.floor_f64() / f64::from(1 << 24);
        assert!(bound <= level as f64 + 1.0 && bound >= 0.999 * level as f64, "{bound} for {level} at {rate}");
        assert_eq!(found.certificate.bound(&table, &rows, &levels).unwrap(), found.bound);
        assert_eq!(found.prices[2] > 0.0, rate == 1, "{:?}", found.prices);
        assert_eq!(found.guide[2], 0.0);
        // A ms of the fast agent is worth two of the other where work binds.
        let ratio = found.guide[0] / found.guide[1];
        assert!(rate == 1 || (1.9..2.1).contains(&ratio), "{ratio}");
    }
}
