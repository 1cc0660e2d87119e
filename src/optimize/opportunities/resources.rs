//! More of a shared resource, a higher rate, a greater budget.

use crate::optimize::{
    bottlenecks::more,
    change::Change,
    opportunities::{Clues, WORST},
};

/// Twice what binds; of a budget what is missing.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    let scene = clues.scene;
    let resources = &scene.snapshot().network.resources;
    let mut out = Vec::new();
    for b in clues.bottlenecks.iter().take(WORST) {
        let Some(row) = b.resource.as_ref().and_then(|id| resources.iter().position(|r| r.id == *id)) else { continue };
        let resource = &resources[row];
        let change = if b.kind == "budget" {
            let have = resource.budget.unwrap_or(0.0);
            more(scene, row, resource, "budget", have, b.evidence.get("demand").map_or(have, |need| need - have))
        } else {
            let have = resource.capacity.unwrap_or(0.0);
            more(scene, row, resource, "capacity", have, have)
        };
        out.extend(change.map(|c| Change { promise: b.bound + 1e6 * b.unplaced_priority, ..c }));
    }
    out
}
