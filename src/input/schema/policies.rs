//! `policies` and `history`.

use super::{
    super::{fields::Fields, path::Path, scalars::Range, tree::Node, values::Context},
    agent::owned,
};
use crate::model::{Escalation, HistoryRow, Policies, Thresholds, Weights, up};

/// Reads `policies`.
pub fn read<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Policies {
    let plain = Policies::default();
    let Some(mut f) = Fields::open(cx, node, path) else { return plain };
    let weights = f.take("weights").and_then(|n| weights(cx, n, &path.field("weights")));
    let thresholds = f.take("thresholds").and_then(|n| thresholds(cx, n, &path.field("thresholds")));
    let resolve_within = f.take("sla").and_then(|n| resolve_within(cx, n, &path.field("sla")));
    let budget = f.take("budget").map(|n| budget(cx, n, &path.field("budget"))).unwrap_or_default();
    let policies = Policies {
        weights: weights.unwrap_or(plain.weights),
        expected_retries: f.flag("expected_retries").unwrap_or(plain.expected_retries),
        thresholds: thresholds.unwrap_or(plain.thresholds),
        resolve_within,
        escalation: f.list("escalation", escalation),
        allow_dependency_breaking: f.flag("allow_dependency_breaking").unwrap_or(false),
        snapshot_reads: f.flag("snapshot_reads").unwrap_or(false),
        budget_money: budget.money,
        budget_changes: budget.changes,
        budget_kinds: budget.kinds,
        stakeholder_weights: stakeholder_weights(&mut f),
    };
    f.finish();
    policies
}

/// A weight left out keeps its default.
fn weights<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Weights> {
    let plain = Weights::default();
    let mut f = Fields::open(cx, node, path)?;
    let out = Weights {
        cost: f.number("cost", Range::WEIGHT).unwrap_or(plain.cost),
        max_utilization: f.number("max_utilization", Range::WEIGHT).unwrap_or(plain.max_utilization),
        makespan: f.number("makespan", Range::WEIGHT).unwrap_or(plain.makespan),
        weighted_tardiness: f.number("weighted_tardiness", Range::WEIGHT).unwrap_or(plain.weighted_tardiness),
    };
    f.finish();
    Some(out)
}

fn thresholds<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Thresholds> {
    let plain = Thresholds::default();
    let mut f = Fields::open(cx, node, path)?;
    let out = Thresholds {
        bottleneck: f.number("bottleneck", Range::UNIT).unwrap_or(plain.bottleneck),
        underutilized: f.number("underutilized", Range::UNIT).unwrap_or(plain.underutilized),
    };
    f.finish();
    Some(out)
}

fn resolve_within<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<i64> {
    let mut f = Fields::open(cx, node, path)?;
    let out = f.duration("resolve_within").map(up);
    f.finish();
    out
}

#[derive(Default)]
struct Budget {
    money: Option<f64>,
    changes: Option<u32>,
    kinds: Option<Vec<String>>,
}

fn budget<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Budget {
    let Some(mut f) = Fields::open(cx, node, path) else { return Budget::default() };
    let out = Budget {
        money: f.number("money", Range::AMOUNT),
        changes: f.whole("changes", Range::COUNT).map(|n| n as u32),
        kinds: f.has("kinds").then(|| f.list("kinds", Context::name).into_iter().map(owned).collect()),
    };
    f.finish();
    out
}

fn escalation<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<Escalation> {
    let mut f = Fields::open(cx, node, path)?;
    if !f.has("level") {
        f.missing("level");
    }
    let level = f.loose_text("level");
    let after = f.duration("after").map_or(0, up);
    let targets = f.list("targets", Context::name).into_iter().map(owned).collect();
    let repeats = f.whole("repeats", Range::COUNT).map_or(0, |n| n as u32);
    f.finish();
    Some(Escalation { level: owned(level?), after, targets, repeats })
}

fn stakeholder_weights(f: &mut Fields<'_, '_, '_>) -> Vec<(String, f64)> {
    let rows = f.map("stakeholder_weights", |cx, node, path| cx.number(&node, path, Range::WEIGHT));
    let mut out: Vec<(String, f64)> = rows.into_iter().map(|(name, weight)| (owned(name), weight)).collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

/// Reads one row of `history`.
pub fn read_history<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<HistoryRow> {
    let mut f = Fields::open(cx, node, path)?;
    for name in ["time", "value"] {
        if !f.has(name) {
            f.missing(name);
        }
    }
    let time = f.moment("time");
    let agent = f.required_name("agent");
    let metric = f.required_name("metric");
    let value = f.number("value", Range::MEASURE);
    f.finish();
    Some(HistoryRow { time: up(time?.value), agent: owned(agent?), metric: owned(metric?), value: value? })
}
