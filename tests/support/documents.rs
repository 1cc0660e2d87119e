//! Random documents for proptest.

use proptest::strategy::Strategy as Random;
use serde_json::Value;

use super::random::{Shape, snapshot};

/// A document that a failing test prints in one line.
#[derive(Clone)]
pub struct Document(pub Value);

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A document of up to `tasks` tasks, by a seed, so that a failure shrinks to few tasks and agents.
pub fn documents(tasks: usize) -> impl Random<Value = Document> {
    (0..u64::MAX, 1..=tasks, 1..=8usize)
        .prop_map(|(seed, tasks, agents)| Document(snapshot(seed, Shape { tasks, agents })))
}
