//! What agents say that does not fit together.

use super::Subject;
use crate::input::codes;

/// One dimension under `resources` and under `budget`.
pub fn check_orch043_resource_and_budget(subject: &Subject<'_, '_>) {
    let snapshot = subject.snapshot();
    for (agent, place) in snapshot.agents.iter().zip(&subject.built.agents) {
        let both = |dim| agent.resources.binary_search_by_key(dim, |r| r.0).is_ok();
        for (dim, _) in agent.budget.iter().filter(|(dim, _)| both(dim)) {
            let name = &snapshot.names.dims[dim.at()];
            let message = format!("agent `{}` lists `{name}` both as a resource and as a budget", agent.id);
            subject.tell(&codes::RESOURCE_AND_BUDGET, place.budget, ("agents", place.index, "budget"), message);
        }
    }
}

/// Quantiles of the response time that fall.
pub fn check_orch055_clashing_metrics(subject: &Subject<'_, '_>) {
    for (agent, place) in subject.snapshot().agents.iter().zip(&subject.built.agents) {
        let Some(times) = &agent.metrics.response_time_ms else { continue };
        let given: Vec<f64> = [times.p50, times.p95, times.p99].into_iter().flatten().collect();
        if !given.is_sorted() {
            let message = format!("the response times of agent `{}` do not rise from p50 to p99", agent.id);
            let field = ("agents", place.index, "performance_metrics.response_time_ms");
            subject.tell(&codes::CLASHING_METRICS, place.metrics, field, message);
        }
    }
}
