//! Remedies and what they propose: a strategy with its changes, and why where there are none.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Scene, change::Change, conflict::Conflict, place::Thing};
use crate::model::Ms;

/// What remedies may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions {
    /// Hard dependencies may be cut (`policies.allow_dependency_breaking`, `--allow-breaking`).
    pub break_dependencies: bool,
    /// Readers may read a copy (`policies.snapshot_reads`).
    pub snapshot_reads: bool,
    /// Nothing may be changed at all: what conflicts is told.
    pub nothing: bool,
}

impl Permissions {
    /// Nothing may be changed.
    pub fn none() -> Self {
        Self { nothing: true, ..Self::default() }
    }
}

/// How a conflict is settled: the words and figures of the report (names of the seed document).
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Strategy {
    /// `resource_reallocation`, `resource_scheduling`, `priority_negotiation`, `dependency_resolution`, …
    pub strategy_type: &'static str,
    /// The seed's parameter names, and what else decided.
    pub strategy_parameters: BTreeMap<&'static str, Value>,
    /// What is to be expected, in one sentence.
    pub expected_outcome: String,
    /// What is done, step by step.
    pub implementation_steps: Vec<String>,
    /// How to see that it worked.
    pub success_criteria: Vec<String>,
}

/// What a remedy proposes for one conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// How.
    pub strategy: Strategy,
    /// The edits, all or none; empty where the remedy may not act.
    pub changes: Vec<Change>,
    /// Edits that would settle it and that only a person may make (a hard dependency to cut): shown, not
    /// applied; the conflict escalates.
    pub proposed: Vec<Change>,
    /// Why it has to escalate, where it has to.
    pub escalate: Option<String>,
    /// Time that carrying it out takes, at a stated estimate per step.
    pub takes: Ms,
    /// What else it touches, beside what the conflict affects.
    pub touches: Vec<Thing>,
}

/// A way to settle some conflicts. Remedies are asked in the order of the registry; the first proposal whose
/// changes make the conflict go, and bring no new one, stands.
pub struct Remedy {
    /// The strategy type it proposes.
    pub name: &'static str,
    /// A proposal, or `None` where it has nothing to say about the conflict.
    pub propose: fn(&Scene<'_>, &Conflict, Permissions) -> Option<Proposal>,
}
