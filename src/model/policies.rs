//! How the user wants judgements made.

use super::Ms;

/// Weights of the hybrid strategy's terms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of the cost.
    pub cost: f64,
    /// Of the greatest utilization.
    pub max_utilization: f64,
    /// Of the makespan.
    pub makespan: f64,
    /// Of the weighted tardiness.
    pub weighted_tardiness: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { cost: 0.25, max_utilization: 0.25, makespan: 0.25, weighted_tardiness: 0.25 }
    }
}

/// Utilizations beyond which an agent is named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// At or above: a bottleneck.
    pub bottleneck: f64,
    /// At or below: underutilized.
    pub underutilized: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { bottleneck: 0.9, underutilized: 0.3 }
    }
}

/// One step of an escalation ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Escalation {
    /// Name of the level.
    pub level: String,
    /// After how long.
    pub after: Ms,
    /// Who is told.
    pub targets: Vec<String>,
    /// How often it repeats.
    pub repeats: u32,
}

/// Everything under `policies`.
#[derive(Debug, Clone, PartialEq)]
pub struct Policies {
    /// Weights of the hybrid strategy.
    pub weights: Weights,
    /// Durations count expected retries.
    pub expected_retries: bool,
    /// Utilization thresholds.
    pub thresholds: Thresholds,
    /// Service level for resolving a conflict, ms.
    pub resolve_within: Option<Ms>,
    /// Escalation ladder.
    pub escalation: Vec<Escalation>,
    /// Whether hard dependencies may be cut.
    pub allow_dependency_breaking: bool,
    /// Whether readers may read snapshots.
    pub snapshot_reads: bool,
    /// Most money for changes (`optimize`).
    pub budget_money: Option<f64>,
    /// Most changes (`optimize`).
    pub budget_changes: Option<u32>,
    /// Kinds of change allowed (`optimize`); `None` is all.
    pub budget_kinds: Option<Vec<String>>,
    /// Weights of stakeholders, by name.
    pub stakeholder_weights: Vec<(String, f64)>,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            expected_retries: true,
            thresholds: Thresholds::default(),
            resolve_within: None,
            escalation: Vec::new(),
            allow_dependency_breaking: false,
            snapshot_reads: false,
            budget_money: None,
            budget_changes: None,
            budget_kinds: None,
            stakeholder_weights: Vec::new(),
        }
    }
}
