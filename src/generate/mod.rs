//! `orch generate`: snapshots of believable fleets, the same bytes for the same arguments.
//!
//! Every snapshot has a plan that places all tasks and keeps all deadlines: the generator runs the tasks
//! through the fleet as it draws them (`work`), and sizes capacities, budgets, rates and deadlines by what that
//! simple plan needs. Linear in agents plus tasks, but for sorting the starts once.

mod fleet;
mod work;

use crate::{report::snapshot::Value, search::Rng};

/// What the user may choose.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Number of agents, at least 1.
    pub agents: usize,
    /// Number of tasks, at least 1.
    pub tasks: usize,
    /// Any number; another one gives another fleet.
    pub seed: u64,
}

/// Draws a snapshot.
///
/// ```
/// use orch::{generate, report::snapshot};
///
/// let drawn = generate::run(generate::Options { agents: 3, tasks: 10, seed: 7 });
/// assert!(snapshot::to_yaml(&drawn, snapshot::ROWS).starts_with("version: 1"));
/// ```
pub fn run(options: Options) -> Value {
    let mut rng = Rng::new(options.seed);
    let mut fleet = fleet::draw(options.agents.max(1), &mut rng);
    let work = work::draw(&mut fleet, options.tasks.max(1), &mut rng);
    let agents = fleet.agents.iter().map(|a| a.row(&fleet.zones)).collect();
    Value::map([
        ("version", Value::from(1)),
        ("as_of", Value::text("2026-01-05T09:00:00Z")),
        ("agents", Value::List(agents)),
        (
            "network",
            Value::map([
                ("links", Value::List(fleet.links.iter().map(|l| l.row(&fleet.zones)).collect())),
                ("data", Value::List(fleet.data.iter().map(|d| d.row(&fleet.zones)).collect())),
                ("resources", Value::List(work.resources)),
            ]),
        ),
        ("tasks", Value::List(work.tasks)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::snapshot::{ROWS, to_json, to_yaml};

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let draw = |seed| to_yaml(&run(Options { agents: 9, tasks: 40, seed }), ROWS);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn sizes_are_as_asked_for() {
        for (agents, tasks) in [(1, 1), (1, 30), (3, 1), (50, 400)] {
            let json = to_json(&run(Options { agents, tasks, seed: 1 }));
            let doc: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(doc["agents"].as_array().unwrap().len(), agents);
            assert_eq!(doc["tasks"].as_array().unwrap().len(), tasks);
        }
    }
}
