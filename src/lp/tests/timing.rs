//! Timings of large made-up selections: `cargo test --release --lib timing -- --ignored --nocapture`.

use crate::lp::{Columns, Effort, Level, Rows, relax};

/// Tasks on agents, generated: cost and three amounts from a hash of task and agent.
struct Fleet {
    tasks: usize,
    agents: u32,
    choices: u32,
    dimensions: u32,
    costly: bool,
}

fn mix(mut x: u64) -> u64 {
    // SplitMix64 (Steele, Lea and Flood 2014).
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

impl Columns for Fleet {
    fn groups(&self) -> usize {
        self.tasks
    }

    fn visit(&self, group: usize, see: &mut impl FnMut(u32, i64, &[(u32, i64)])) {
        let first = mix(group as u64) % u64::from(self.agents);
        let mut entries = vec![(0, 0); self.dimensions as usize];
        for c in 0..self.choices {
            let agent = (first as u32 + c) % self.agents;
            let h = mix(group as u64 * 65_536 + u64::from(agent));
            let size = 50 + mix(group as u64 + 7) % 100;
            for (d, entry) in entries.iter_mut().enumerate() {
                let amount = size * (50 + (h >> (8 * d) & 127)) / 100;
                *entry = (agent * self.dimensions + d as u32, amount as i64);
            }
            // Fast agents are dear, as in the hard GAP types.
            let cost = 1000 + (h >> 40) % 500 - 2 * (h & 127);
            see(agent, if self.costly { cost as i64 } else { 0 }, &entries);
        }
    }
}

/// One row for each agent and dimension: a tight limit, or a share of the makespan.
fn limits(fleet: &Fleet) -> (Rows, Vec<Level>) {
    let mut rows = Rows::default();
    let need = fleet.tasks as i64 * 110 / i64::from(fleet.agents);
    for _ in 0..fleet.agents * fleet.dimensions {
        if fleet.costly {
            rows.push_fixed(need * 85 / 100);
        } else {
            rows.push(0, 1, Some(0));
        }
    }
    let levels = if fleet.costly { vec![] } else { vec![Level { unit_cost: 1000, least: 0 }] };
    (rows, levels)
}

#[expect(clippy::disallowed_methods, reason = "measuring time is what this is for")]
fn time(name: &str, fleet: &Fleet, effort: &Effort) {
    let (rows, levels) = limits(fleet);
    let start = std::time::Instant::now();
    let found = relax(fleet, &rows, &levels, effort).unwrap();
    let split = found.fractions.iter().filter(|f| f.len() > 1).count();
    eprintln!(
        "{name}: {:?} {} {:.1}, split {split}, levels {:?}",
        start.elapsed(),
        found.method,
        found.bound.floor_f64(),
        found.levels
    );
}

#[test]
#[ignore = "takes long; prints timings"]
fn timing() {
    for (tasks, agents, choices, dimensions) in [
        (100, 5, 5, 1),
        (400, 20, 20, 1),
        (1600, 80, 80, 1),
        (2000, 100, 100, 3),
        (10_000, 50, 50, 1),
        (10_000, 500, 300, 3),
    ] {
        for costly in [true, false] {
            let fleet = Fleet { tasks, agents, choices, dimensions, costly };
            let name = format!("{tasks} x {choices} x {dimensions}, costly {costly}");
            time(&name, &fleet, &Effort::default());
            for iterations in [300, 1000] {
                let effort = Effort { rounds: 0, iterations, ..Effort::default() };
                time("   ascent alone", &fleet, &effort);
            }
        }
    }
}
