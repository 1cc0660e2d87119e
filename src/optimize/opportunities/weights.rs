//! Other weights of the hybrid strategy.

use serde_json::json;

use crate::{
    model::{Strategy, Weights},
    optimize::{
        change::{Change, Kind, Risk},
        opportunities::Clues,
    },
    patch::put,
};

/// Weights that lean on one component: cost, greatest utilization, makespan, weighted tardiness.
const LEANS: [(&str, [f64; 4]); 3] = [
    ("cost", [0.55, 0.15, 0.15, 0.15]),
    ("makespan", [0.15, 0.15, 0.55, 0.15]),
    ("weighted tardiness", [0.15, 0.15, 0.15, 0.55]),
];

/// One proposal for each lean.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    if clues.strategy != Strategy::Hybrid {
        return Vec::new();
    }
    let s = clues.scene.snapshot();
    let root = &clues.scene.document.root;
    let known = root.get("policies").is_some();
    let mut out = Vec::new();
    for (lean, [cost, peak, makespan, tardiness]) in LEANS {
        let weights = Weights { cost, max_utilization: peak, makespan, weighted_tardiness: tardiness };
        if weights == s.policies.weights {
            continue;
        }
        let value =
            json!({"cost": cost, "max_utilization": peak, "makespan": makespan, "weighted_tardiness": tardiness});
        let op = if known {
            put(root.get("policies").is_some_and(|p| p.get("weights").is_some()), "/policies/weights".into(), value)
        } else {
            put(false, "/policies".into(), json!({ "weights": value }))
        };
        out.push(Change {
            kind: Kind::ChangeWeights,
            subject: "weights".into(),
            title: format!("let the hybrid strategy lean on {lean}"),
            agents: Vec::new(),
            tasks: Vec::new(),
            ops: vec![op],
            cost: Some(0.0),
            risk: Risk::Low,
            risk_reason: "the other components give way".into(),
            promise: 0.0,
        });
    }
    out
}
