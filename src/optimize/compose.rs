//! From what was tried to the report: indices turned into ids, figures set side by side.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{
    Current, Options,
    bottlenecks::Bottleneck,
    findings,
    judge::{Judge, figure},
    measure::{METRICS, Metrics},
    past,
    propose::Proposal,
    report::{
        AgentPart, BottleneckRow, CriticalAgent, FrontierRow, Implemented, Improvement, Opportunity, Performance,
        Report, Simulated, SimulatedPlan, TargetRow, TypePart, word,
    },
    scene::Scene,
};
use crate::{
    input::Input,
    model::{robust::Sample, seconds},
    plan,
    schedule::simulation::{Runs, Tally},
};

/// Bottlenecks that are told.
const MOST: usize = 10;

/// Puts the report together.
pub fn compose(
    scene: &Scene<'_>,
    current: &Current,
    found: &[Bottleneck],
    proposal: &Proposal,
    judge: &Judge,
    (input, options): (&Input, &Options<'_>),
) -> Report {
    let s = scene.snapshot();
    let after = proposal.after.as_ref().map_or(judge.before, |t| t.metrics);
    let kinds = s.policies.budget_kinds.as_deref();
    Report {
        format_version: 1,
        optimization_id: identity(input, options, current),
        optimization_timestamp: s.as_of.map(|at| at.to_string()),
        strategy: options.strategy.name(),
        effort: options.effort.name(),
        current_plan: current.source,
        performance_metrics: performance(scene),
        bottleneck_analysis: bottlenecks(scene, found, proposal),
        critical_agents: critical(scene),
        optimization_opportunities: opportunities(proposal, judge),
        implemented_optimizations: implemented(proposal, current),
        performance_improvements: METRICS
            .iter()
            .map(|m| (m.name, improvement(&judge.before, &after, m.name)))
            .collect(),
        targets: targets(judge, &after, found),
        frontier: frontier(proposal),
        simulation: None,
        what_if: Vec::new(),
        growth: Vec::new(),
        n_minus: Vec::new(),
        findings: findings::collect(&after, judge, current, kinds, &input.warnings),
        snapshot_sha256: s.sha256.clone(),
        version: env!("CARGO_PKG_VERSION"),
        deterministic: !options.limit.is_set(),
    }
}

/// SHA-256 over everything that can change the answer, as hexadecimal.
fn identity(input: &Input, options: &Options<'_>, current: &Current) -> String {
    let s = &input.snapshot;
    let now = s.as_of.map_or_else(String::new, |at| at.to_string());
    let targets: Vec<&str> = options.targets.iter().map(|t| t.text.as_str()).collect();
    let plan = options.plan.map_or_else(String::new, |_| format!("{:?}", current.plan));
    let parts = ["orch", "optimize", &s.sha256, &now, options.strategy.name(), options.effort.name(), &plan];
    let digest = Sha256::digest(parts.into_iter().chain(targets).collect::<Vec<_>>().join("\n").as_bytes());
    let hex = |half: u8| char::from_digit(u32::from(half), 16);
    digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).flatten().collect()
}

/// Two plans under simulation.
pub fn simulated(runs: Runs, before: &Tally, after: &Tally) -> Simulated {
    let row = |tally: &Tally| {
        let spans: Vec<f64> = tally.makespans.iter().map(|ms| seconds(*ms)).collect();
        let sample = Sample::new(spans.iter().copied());
        let n = spans.len().max(1) as f64;
        SimulatedPlan {
            makespan_mean: spans.iter().sum::<f64>() / n,
            makespan_p50: sample.quantile(0.5).unwrap_or(0.0),
            makespan_p95: sample.quantile(0.95).unwrap_or(0.0),
            deadlines_missed: tally.missed.iter().map(|m| f64::from(*m)).sum::<f64>() / n,
        }
    };
    Simulated { runs: runs.count, seed: runs.seed, before: row(before), after: row(after) }
}

fn performance(scene: &Scene<'_>) -> Performance {
    let s = scene.snapshot();
    let mut cost = vec![0.0; s.agents.len()];
    for (t, p) in scene.plan.placed() {
        cost[p.agent.at()] += scene.q.on(t, p.agent).map_or(0.0, |o| o.cost);
    }
    let (mut by_agent, mut by_type) = (BTreeMap::new(), BTreeMap::<String, TypePart>::new());
    for (a, utilization) in &scene.used.of {
        let part = AgentPart {
            utilization: *utilization,
            busy_share: scene.busy(*a),
            load: scene.loads.load[a.at()],
            tasks: scene.count[a.at()],
            cost: cost[a.at()],
        };
        by_agent.insert(scene.agent(*a), part);
        if let Some(kind) = s.agent(*a).kind {
            let row = by_type.entry(s.names.kinds[kind.at()].clone()).or_default();
            row.agents += 1;
            row.utilization += part.utilization;
            row.busy_share += part.busy_share;
            row.load += part.load;
            row.tasks += part.tasks;
            row.cost += part.cost;
        }
    }
    for row in by_type.values_mut() {
        row.utilization /= row.agents as f64;
        row.busy_share /= row.agents as f64;
    }
    Performance { fleet: scene.metrics, by_agent, by_type, history: past::measure(s) }
}

fn bottlenecks(scene: &Scene<'_>, found: &[Bottleneck], proposal: &Proposal) -> Vec<BottleneckRow> {
    let makespan = scene.metrics.makespan;
    let row = |(i, b): (usize, &Bottleneck)| BottleneckRow {
        kind: b.kind,
        message: b.message.clone(),
        makespan_bound: b.bound,
        share_of_makespan: (makespan > 0.0).then(|| b.bound / makespan),
        unplaced_priority: b.unplaced_priority,
        agents: b.agents.clone(),
        agent_type: b.agent_type.clone(),
        capability: b.capability.clone(),
        resource: b.resource.clone(),
        link: b.link.clone(),
        tasks: b.tasks.clone(),
        evidence: b.evidence.clone(),
        one_unit_more: proposal.confirmed.get(i).cloned().flatten(),
    };
    found.iter().take(MOST).enumerate().map(row).collect()
}

fn critical(scene: &Scene<'_>) -> Vec<CriticalAgent> {
    let agents = plan::critical_agents(scene.q, scene.plan);
    agents.iter().map(|a| CriticalAgent { agent: scene.agent(*a), idle_share: 1.0 - scene.busy(*a) }).collect()
}

/// The name of a change in the report.
fn name(change: usize) -> String {
    format!("change-{}", change + 1)
}

fn opportunities(proposal: &Proposal, judge: &Judge) -> Vec<Opportunity> {
    let start = &proposal.start.metrics;
    let mut rows: Vec<(f64, Opportunity)> = Vec::new();
    for tried in &proposal.alone {
        let change = &proposal.changes[tried.change];
        let row = Opportunity {
            id: name(tried.change),
            kind: change.kind.name(),
            title: change.title.clone(),
            agents: change.agents.clone(),
            tasks: change.tasks.clone(),
            cost: change.cost,
            risk: Some(change.risk),
            risk_reason: change.risk_reason.clone(),
            gain: gain(start, &tried.metrics),
            sound: tried.sound,
            proposed: proposal.set.contains(&tried.change),
        };
        let score = judge.score(&tried.metrics);
        rows.push((1e6 * score.unplaced + 1e3 * score.missed + score.merit, row));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.id.cmp(&b.1.id)));
    let replanned = Opportunity {
        id: "rebalance".into(),
        kind: word(None),
        title: "plan the batch again, with nothing changed".into(),
        agents: Vec::new(),
        tasks: Vec::new(),
        cost: Some(0.0),
        risk: Some(super::Risk::Low),
        risk_reason: "tasks that have not begun change their agents".into(),
        gain: gain(&judge.before, start),
        sound: judge.is_sound(start),
        proposed: proposal.after.is_some(),
    };
    std::iter::once(replanned).chain(rows.into_iter().map(|r| r.1)).collect()
}

/// Figures that differ.
fn gain(before: &Metrics, after: &Metrics) -> BTreeMap<&'static str, f64> {
    let differs = |m: &super::measure::Named| {
        let change = (m.of)(after)? - (m.of)(before)?;
        (change.abs() > 1e-9).then_some((m.name, change))
    };
    METRICS.iter().filter_map(differs).collect()
}

fn implemented(proposal: &Proposal, current: &Current) -> Vec<Implemented> {
    let mut out = Vec::new();
    if proposal.after.is_some() && current.source != "planned" {
        out.push(Implemented {
            id: "rebalance".into(),
            kind: word(None),
            title: "the batch is planned again".into(),
            agents: Vec::new(),
            cost: Some(0.0),
            risk: Some(super::Risk::Low),
            operations: Vec::new(),
        });
    }
    out.extend(proposal.set.iter().map(|i| {
        let change = &proposal.changes[*i];
        Implemented {
            id: name(*i),
            kind: change.kind.name(),
            title: change.title.clone(),
            agents: change.agents.clone(),
            cost: change.cost,
            risk: Some(change.risk),
            operations: change.ops.clone(),
        }
    }));
    out
}

fn improvement(before: &Metrics, after: &Metrics, name: &str) -> Improvement {
    let (before, after) = (figure(before, name), figure(after, name));
    let change = after.zip(before).map(|(a, b)| a - b);
    let change_share = change.zip(before).and_then(|(c, b)| (b != 0.0).then(|| c / b));
    Improvement { before, after, change, change_share }
}

fn targets(judge: &Judge, after: &Metrics, found: &[Bottleneck]) -> Vec<TargetRow> {
    let row = |t: &super::Target| {
        let reached = t.missed(after) == 0.0;
        let worst = found.first().filter(|_| !reached).map(|b| b.message.clone());
        let none = "no change that policies allow brings it nearer".to_owned();
        TargetRow {
            target: t.text.clone(),
            before: figure(&judge.before, t.name),
            after: figure(after, t.name),
            reached,
            prevented_by: (!reached).then(|| worst.unwrap_or(none)),
        }
    };
    judge.targets.iter().map(row).collect()
}

fn frontier(proposal: &Proposal) -> Vec<FrontierRow> {
    let row = |step: &super::choose::Step| {
        let mut kinds = BTreeMap::new();
        step.chosen.iter().for_each(|i| *kinds.entry(proposal.changes[*i].kind.name()).or_insert(0) += 1);
        FrontierRow {
            changes: step.chosen.len(),
            kinds,
            money: step.chosen.iter().filter_map(|i| proposal.changes[*i].cost).sum(),
            makespan: step.metrics.makespan,
            cost_total: step.metrics.cost_total,
            waste: step.metrics.waste,
            weighted_tardiness: step.metrics.weighted_tardiness,
            unplaced_tasks: step.metrics.unplaced_tasks,
        }
    };
    proposal.steps.iter().map(row).collect()
}
