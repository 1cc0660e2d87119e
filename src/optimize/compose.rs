//! From what was tried to the report: indices turned into ids, figures set side by side.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{
    Current, Options,
    bottlenecks::{self, Bottleneck},
    duals::DualPrice,
    findings,
    judge::{Judge, figure},
    measure::{METRICS, Metrics},
    past,
    propose::Proposal,
    report::{
        AgentPart, BottleneckRow, CriticalAgent, FrontierRow, Implemented, Improvement, Opportunity, Performance,
        Report, Simulated, SimulatedPlan, TargetRow, TargetSearch, TypePart, word,
    },
    scene::Scene,
};
use crate::{
    input::Input,
    model::{Quantities, robust::Sample, seconds},
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
        targets: targets(judge, &after, (found, scene), proposal),
        target_search: target_search(proposal, judge, &after),
        frontier: frontier(proposal),
        simulation: None,
        what_if: Vec::new(),
        growth: Vec::new(),
        n_minus: Vec::new(),
        findings: findings::collect(&after, judge, current, kinds, proposal.cut, &input.warnings),
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
    let asked = format!("{:?} {:?} {} {:?}", options.scenarios, options.grow, options.n_minus, options.runs);
    let parts = ["orch", "optimize", &s.sha256, &now, options.strategy.name(), options.effort.name(), &plan, &asked];
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

/// Bottlenecks with the dual prices of what they are about; prices of what is about none of them make rows of their own.
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
        dual_prices: Vec::new(),
    };
    let mut out: Vec<BottleneckRow> = found.iter().take(MOST).enumerate().map(row).collect();
    for price in &proposal.duals {
        match out.iter_mut().find(|b| concerns(price, b)) {
            Some(b) => b.dual_prices.push(price.clone()),
            None => out.push(alone(price)),
        }
    }
    out
}

/// True where a price is of what a bottleneck is about.
fn concerns(price: &DualPrice, b: &BottleneckRow) -> bool {
    let named = price.name.is_some() && (price.name == b.resource || price.name == b.capability);
    let on = price.agent.as_ref().is_some_and(|a| b.agents.contains(a));
    let of_time = price.component == "makespan" && b.makespan_bound > 0.0;
    let of_place = price.component == "priority_unplaced" && b.unplaced_priority > 0.0;
    !b.kind.starts_with(BINDING) && (of_time || of_place) && (named || on)
}

/// What the kinds of rows begin with that a price alone names.
const BINDING: &str = "binding_";

fn alone(price: &DualPrice) -> BottleneckRow {
    let kind = match price.limit {
        "capacity" => "binding_capacity",
        "slots" => "binding_slots",
        "max_tasks" => "binding_max_tasks",
        "budget" => "binding_budget",
        "resources" => "binding_resources",
        "shared_budget" => "binding_shared_budget",
        "shared_capacity" => "binding_shared_capacity",
        "rate" => "binding_rate",
        "deadline" => "binding_deadline",
        _ => "binding_capability",
    };
    let is = |limits: &[&str]| price.name.clone().filter(|_| limits.contains(&price.limit));
    BottleneckRow {
        kind,
        message: price.message.clone(),
        agents: price.agent.iter().cloned().collect(),
        capability: is(&["capability"]),
        resource: is(&["shared_budget", "shared_capacity", "rate"]),
        tasks: is(&["deadline"]).into_iter().collect(),
        dual_prices: vec![price.clone()],
        ..BottleneckRow::default()
    }
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
        rows.push((rank(judge, &tried.metrics), row));
    }
    rows.extend(strategies(proposal, judge));
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

/// The place of a version among others, the best first.
fn rank(judge: &Judge, m: &Metrics) -> f64 {
    let score = judge.score(m);
    1e6 * score.unplaced + 1e3 * score.missed + score.merit
}

/// Plans by other strategies, judged by the one that was asked for; where policies name kinds, they have to name this.
fn strategies(proposal: &Proposal, judge: &Judge) -> Vec<(f64, Opportunity)> {
    let kind = super::Kind::ChangeStrategy.name();
    let allowed = judge.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|k| k == kind));
    let row = |(strategy, metrics): &(crate::model::Strategy, Metrics)| {
        let name = strategy.name();
        let row = Opportunity {
            id: format!("strategy-{name}"),
            kind,
            title: format!("plan with `--strategy {name}`"),
            agents: Vec::new(),
            tasks: Vec::new(),
            cost: Some(0.0),
            risk: Some(super::Risk::Medium),
            risk_reason: "another objective decides; a snapshot names no strategy, so `distribute` has to be told"
                .into(),
            gain: gain(&proposal.start.metrics, metrics),
            sound: judge.is_sound(metrics),
            proposed: false,
        };
        (rank(judge, metrics), row)
    };
    proposal.strategies.iter().filter(|_| allowed).map(row).filter(|r| !r.1.gain.is_empty()).collect()
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

fn targets(
    judge: &Judge,
    after: &Metrics,
    (found, scene): (&[Bottleneck], &Scene<'_>),
    proposal: &Proposal,
) -> Vec<TargetRow> {
    // What binds the nearest version, not the one before it.
    let worst = match proposal.after.as_ref().filter(|_| !judge.reached(after)) {
        Some(t) => {
            let q = Quantities::new(&t.snapshot);
            let nearest = Scene::new(scene.document, &q, &t.plan, t.metrics);
            bottlenecks::find(&nearest).first().map(|b| b.message.clone())
        }
        None => found.first().map(|b| b.message.clone()),
    };
    let none = "no change that policies allow brings it nearer".to_owned();
    let prevents = worst.unwrap_or(none);
    let row = |t: &super::Target| {
        let reached = t.missed(after) == 0.0;
        TargetRow {
            target: t.text.clone(),
            before: figure(&judge.before, t.name),
            after: figure(after, t.name),
            reached,
            prevented_by: (!reached).then(|| prevents.clone()),
            proven_out_of_reach: !reached && proposal.cheapest.is_some_and(|c| c.exhaustive),
        }
    };
    judge.targets.iter().map(row).collect()
}

fn target_search(proposal: &Proposal, judge: &Judge, after: &Metrics) -> Option<TargetSearch> {
    let search = proposal.cheapest?;
    let spent = proposal.set.iter().filter_map(|i| proposal.changes[*i].cost).map(|c| c.max(0.0));
    Some(TargetSearch {
        candidates: search.candidates,
        sets_planned: search.planned,
        money: spent.fold(0.0, |a, b| a + b),
        proven_minimal: search.exhaustive && judge.reached(after),
    })
}

fn frontier(proposal: &Proposal) -> Vec<FrontierRow> {
    let row = |step: &super::choose::Step| {
        let mut kinds = BTreeMap::new();
        step.chosen.iter().for_each(|i| *kinds.entry(proposal.changes[*i].kind.name()).or_insert(0) += 1);
        FrontierRow {
            changes: step.chosen.len(),
            kinds,
            money: step.chosen.iter().filter_map(|i| proposal.changes[*i].cost).fold(0.0, |a, b| a + b),
            makespan: step.metrics.makespan,
            cost_total: step.metrics.cost_total,
            waste: step.metrics.waste,
            weighted_tardiness: step.metrics.weighted_tardiness,
            unplaced_tasks: step.metrics.unplaced_tasks,
        }
    };
    proposal.steps.iter().map(row).collect()
}
