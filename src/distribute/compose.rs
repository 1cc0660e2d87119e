//! From the engine's solution to the report: each section read off the plan, indices turned into ids.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{
    MAX_AGENTS, Options, balance,
    baseline::Baselines,
    findings, predictions, recommendations,
    report::{
        AssignmentRow, BaselineComparison, BaselineRow, ComponentsReport, ObjectiveReport, PlacementReport, ReasonRow,
        Report, Unassigned,
    },
    shortages,
};
use crate::{
    error::Finding,
    model::{DataIx, Plan, Quantities, Snapshot, Strategy, TaskIx, seconds},
    plan::{Objective, Reason, Shortage, Solution},
    schedule::{Components, Instance, Loads, Utilization, components},
};

/// Puts the report together.
pub fn compose(
    inst: &Instance<'_>,
    solution: &Solution,
    baselines: &Baselines,
    warnings: &[Finding],
    options: Options<'_>,
) -> Report {
    let q = inst.q;
    let s = q.snapshot;
    let loads = Loads::of(q, &solution.plan);
    let used = Utilization::measure(q, &loads);
    let balance = balance::measure(q, solution, &loads, &used);
    let forecast = predictions::predict(q, solution, &used);
    let shortages = shortages::find(q, solution);
    let unassigned_tasks = unassigned(s, solution, &shortages);
    Report {
        format_version: 1,
        distribution_id: identity(s, options),
        distribution_timestamp: s.as_of.map(|at| at.to_string()),
        task_batch_size: s.tasks.len(),
        distribution_strategy: options.strategy.name(),
        current_loads: s.agents.iter().map(|a| (a.id.clone(), a.current_load)).collect(),
        capability_matches: matches(q),
        agent_assignments: assignments(q, &solution.plan),
        findings: findings::collect(inst, &unassigned_tasks, &forecast, warnings, options.strategy),
        unassigned_tasks,
        objective: objective(&solution.objective),
        certificate: solution.certificate.clone(),
        optimization_recommendations: recommendations::recommend(inst, solution, &balance, &forecast, options),
        load_balancing_metrics: balance,
        baseline_comparison: BaselineComparison {
            round_robin: beside(q, &baselines.round_robin, solution),
            greedy: beside(q, &baselines.greedy, solution),
        },
        replanning: None,
        performance_predictions: forecast,
        snapshot_sha256: s.sha256.clone(),
        version: env!("CARGO_PKG_VERSION"),
        deterministic: !options.limit.is_set(),
    }
}

/// SHA-256 over everything that can change the answer, as hexadecimal.
fn identity(s: &Snapshot, options: Options<'_>) -> String {
    let now = s.as_of.map_or_else(String::new, |at| at.to_string());
    let from = options.previous.map_or_else(String::new, |p| format!("{:?} {:?}", p.plan, options.limits));
    let parts = ["orch", "distribute", &s.sha256, &now, options.strategy.name(), options.effort.name(), &from];
    let digest = Sha256::digest(parts.join("\n").trim_end().as_bytes());
    let hex = |half: u8| char::from_digit(u32::from(half), 16);
    digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).flatten().collect()
}

/// Task → number of eligible agents. Tasks of one class that read the same data are counted once.
fn matches(q: &Quantities<'_>) -> BTreeMap<String, usize> {
    let mut known: BTreeMap<(u32, &[DataIx]), usize> = BTreeMap::new();
    let mut out = BTreeMap::new();
    for t in q.snapshot.task_ixs() {
        let task = q.snapshot.task(t);
        let count = known.entry((q.class(t), &task.reads)).or_insert_with(|| q.offers(t).count());
        out.insert(task.id.clone(), *count);
    }
    out
}

fn assignments(q: &Quantities<'_>, plan: &Plan) -> BTreeMap<String, Vec<AssignmentRow>> {
    let s = q.snapshot;
    let row = |(t, p): (crate::model::TaskIx, crate::model::Placement)| {
        let offer = q.on(t, p.agent);
        AssignmentRow {
            task: s.task(t).id.clone(),
            start: seconds(p.start),
            finish: seconds(p.finish),
            load: offer.map_or(0.0, |o| o.load),
            cost: offer.map_or(0.0, |o| o.cost),
        }
    };
    let by_agent = plan.by_agent(s.agents.len());
    s.agents.iter().zip(by_agent).map(|(a, rows)| (a.id.clone(), rows.into_iter().map(row).collect())).collect()
}

fn unassigned(s: &Snapshot, solution: &Solution, shortages: &[Shortage]) -> BTreeMap<String, Unassigned> {
    let row = |r: &Reason| ReasonRow {
        code: r.code,
        message: r.message.clone(),
        count: r.agents.len(),
        agents: r.agents.iter().take(MAX_AGENTS).map(|a| s.agent(*a).id.clone()).collect(),
    };
    let reasons = |id: &str, why: &[Reason]| why.iter().map(row).chain(shortages::reason(shortages, id)).collect();
    let entry = |(t, why): &(TaskIx, Vec<Reason>)| {
        let id = &s.task(*t).id;
        (id.clone(), Unassigned { reasons: reasons(id, why) })
    };
    solution.unassigned.iter().map(entry).collect()
}

fn four(c: &Components) -> ComponentsReport {
    ComponentsReport {
        cost: c.cost,
        max_utilization: c.max_utilization,
        makespan: c.makespan,
        weighted_tardiness: c.weighted_tardiness,
    }
}

fn objective(o: &Objective) -> ObjectiveReport {
    let terms = || o.terms.iter().filter(|_| o.strategy == Strategy::Hybrid);
    ObjectiveReport {
        strategy: o.strategy.name(),
        name: o.strategy.component(),
        value: o.value,
        bound: o.bound.as_ref().map(|b| b.value),
        bound_method: o.bound.as_ref().map(|b| b.method),
        gap_absolute: o.gap_absolute(),
        gap: o.gap(),
        proven_optimal: o.proven_optimal,
        components: four(&o.components),
        placement: PlacementReport {
            value: o.placement.value,
            bound: o.placement.bound,
            proven_optimal: o.placement.proven_optimal,
            certificate: o.placement.certificate.clone(),
        },
        status: o.status.name(),
        weights: terms().map(|t| (t.component, t.weight)).collect(),
        references: terms().map(|t| (t.component, t.reference)).collect(),
        dropped_terms: terms().filter(|t| t.dropped).map(|t| t.component).collect(),
    }
}

fn beside(q: &Quantities<'_>, plan: &Plan, solution: &Solution) -> BaselineRow {
    let c = components(q, plan);
    BaselineRow {
        placed: c.placed,
        priority_placed: c.priority_placed,
        late_tasks: c.late_tasks,
        components: four(&c),
        improvement: (c.makespan > 0.0).then(|| 1.0 - solution.objective.components.makespan / c.makespan),
    }
}
