//! The report of `verify` as plain data.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::{FindingRow, Place};

/// Whether a plan is sound, its figures true, its bound proven.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of the normalised snapshot and the plan's claims.
    pub verification_id: String,
    /// `as_of`, RFC 3339; null where every moment is relative.
    pub verification_timestamp: Option<String>,
    /// No rule is broken, and every figure is as the plan says.
    pub sound: bool,
    /// Tasks that the plan places.
    pub placed: usize,
    /// Tasks that it does not.
    pub unplaced: usize,
    /// Everything that is wrong, rule by rule.
    pub violations: Vec<Violation>,
    /// The plan's worth as recomputed.
    pub objective: Worth,
    /// What the certificate proves.
    pub certificate: Verdict,
    /// What is proven of how much can be placed; its bound lies above.
    pub placement: Verdict,
    /// What the user is told about.
    pub findings: Vec<FindingRow>,
    /// SHA-256 of the normalised snapshot.
    pub snapshot_sha256: String,
    /// Version of orch.
    pub version: &'static str,
}

/// Something wrong, with its places on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Violation {
    /// Stable code.
    pub code: &'static str,
    /// Stable word.
    pub name: &'static str,
    /// One sentence with the ids and numbers.
    pub message: String,
    /// The task concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The agent concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The shared resource concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Where the plan says so.
    pub plan: Option<Place>,
    /// Where the snapshot says otherwise.
    pub snapshot: Vec<Place>,
}

/// What a plan is worth.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Worth {
    /// All four components, recomputed.
    pub components: BTreeMap<&'static str, f64>,
    /// Σ priority of placed tasks, recomputed.
    pub priority_placed: f64,
    /// Placed tasks that finish after their deadline.
    pub late_tasks: usize,
    /// The objective's name, where the plan claims one.
    pub name: Option<String>,
    /// Its value, recomputed.
    pub value: Option<f64>,
    /// Its bound, as claimed.
    pub bound: Option<f64>,
}

/// What became of the certificate.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Verdict {
    /// `proven`, `partly` (some part has to be believed), `none` (nothing to check), `refuted`, or `absent`.
    pub status: &'static str,
    /// How it argues.
    pub method: Option<&'static str>,
    /// The component.
    pub proves: Option<&'static str>,
    /// The bound that it proves, recomputed; null where it does not.
    pub bound: Option<f64>,
    /// Parts of a composed bound that have to be believed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub believed: Vec<&'static str>,
}
