//! From the settlement to the report.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use sha2::{Digest, Sha256};

use super::{
    Op, Options, Scene,
    conflict::{Conflict, Severity, Subtype},
    describe::describe,
    escalation, findings, impact,
    locate::{Locator, section},
    place::Thing,
    potential, prevention,
    report::{ConflictRow, EvidenceRow, Outcome, Report, State, StrategyRow, Summary},
    rounds::{Applied, Settled, reduced},
};
use crate::{
    error::Finding,
    input::document::Section,
    model::{Snapshot, seconds},
};

/// Composes the report. `ops` lead from the input to the settled snapshot.
pub fn compose(
    locator: &Locator<'_>,
    settled: &Settled,
    ops: &[Op],
    warnings: &[Finding],
    options: Options<'_>,
) -> Report {
    let snapshot = locator.snapshot;
    let plan = options.plan.map(|p| &p.plan);
    let outcomes: BTreeMap<String, Outcome> =
        settled.initial.iter().map(|c| (c.id.clone(), outcome(snapshot, settled, c))).collect();
    let known: BTreeSet<&str> = settled.initial.iter().map(|c| c.id.as_str()).collect();
    let uncovered = settled.applied.values().filter(|a| !known.contains(a.conflict.id.as_str()));
    let mut report = Report {
        format_version: 1,
        resolution_id: id(snapshot, options),
        resolution_timestamp: snapshot.as_of.map(|t| t.to_string()),
        summary: summary(settled, &outcomes, ops.len()),
        detected_conflicts: settled.initial.iter().map(|c| (c.id.clone(), row(locator, c))).collect(),
        resolution_strategies: strategies(snapshot, settled),
        resolution_outcomes: outcomes,
        uncovered_conflicts: uncovered.map(|a| (a.conflict.id.clone(), row(locator, &a.conflict))).collect(),
        system_impact_assessment: impact::assess(
            (snapshot, plan, &settled.initial),
            (&settled.working.snapshot, settled.working.plan.as_ref(), &settled.left),
        ),
        prevention_recommendations: prevention::recommend(snapshot, plan, &settled.initial),
        conflict_potential_analysis: potential::analyse(&Scene::new(snapshot, plan), &settled.initial),
        findings: Vec::new(),
        snapshot_sha256: snapshot.sha256.clone(),
        version: env!("CARGO_PKG_VERSION"),
        deterministic: true,
    };
    let order: Vec<&str> = settled.initial.iter().map(|c| c.id.as_str()).collect();
    let places: Vec<_> = settled.initial.iter().map(|c| findings::place(locator, c)).collect();
    report.findings = findings::collect(&report, &order, &places, warnings);
    report
}

fn id(snapshot: &Snapshot, options: Options<'_>) -> String {
    let mut hasher = Sha256::new();
    hasher.update("resolve\0");
    hasher.update(&snapshot.sha256);
    hasher.update([u8::from(options.allow_breaking), u8::from(options.plan.is_some())]);
    for (t, p) in options.plan.iter().flat_map(|p| p.plan.placed()) {
        for n in [i64::from(t.0), i64::from(p.agent.0), p.start, p.finish] {
            hasher.update(n.to_le_bytes());
        }
    }
    let mut out = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn row(locator: &Locator<'_>, c: &Conflict) -> ConflictRow {
    let s = locator.snapshot;
    ConflictRow {
        kind: c.subtype.kind().name(),
        subtype: c.subtype.name(),
        severity: c.severity.name(),
        message: c.message.clone(),
        affected_agents: c.agents.iter().map(|a| s.agent(*a).id.clone()).collect(),
        affected_tasks: c.tasks.iter().map(|t| s.task(*t).id.clone()).collect(),
        involved: c.others.clone(),
        evidence: c
            .evidence
            .iter()
            .map(|e| {
                let found = locator.find(&e.place);
                let (line, column) = (found.at.map(|at| at.0), found.at.map(|at| at.1));
                EvidenceRow { fact: e.fact.clone(), path: found.path, file: found.file, line, column }
            })
            .collect(),
    }
}

fn strategies(snapshot: &Snapshot, settled: &Settled) -> BTreeMap<String, StrategyRow> {
    let mut out = BTreeMap::new();
    for (id, a) in &settled.applied {
        let proposed = a.proposal.proposed.iter().map(|c| describe(snapshot, c)).collect();
        let (strategy, changes) = (a.proposal.strategy.clone(), a.edits.clone());
        out.insert(id.clone(), StrategyRow { strategy, changes, proposed_changes: proposed });
    }
    for (id, (proposal, proposed)) in &settled.open {
        let (strategy, proposed_changes) = (proposal.strategy.clone(), proposed.clone());
        out.insert(id.clone(), StrategyRow { strategy, changes: Vec::new(), proposed_changes });
    }
    out
}

fn state(c: &Conflict) -> State {
    State { severity: c.severity.name(), size: c.case.size() }
}

fn outcome(snapshot: &Snapshot, settled: &Settled, c: &Conflict) -> Outcome {
    let level = settled.service_level;
    let left = settled.left.iter().find(|l| l.id == c.id);
    let applied = settled.applied.get(&c.id);
    let open = settled.open.get(&c.id).map(|o| &o.0);
    let (word, reason) = match (left, applied) {
        (None, Some(_)) => ("resolved", String::new()),
        (None, None) => ("resolved", by_others(settled, c)),
        (Some(l), Some(a)) if reduced(c, l) => {
            let why = a.proposal.escalate.clone();
            ("reduced", why.unwrap_or_else(|| "what is left is for a person to decide".into()))
        }
        (Some(_), _) => {
            let why = open.and_then(|p| p.escalate.clone());
            ("escalated", why.unwrap_or_else(|| "no sound rule settles it; a person has to decide".into()))
        }
    };
    let takes = applied.map(|a| a.proposal.takes).or_else(|| left.is_none().then(|| settled.slowest()));
    let settled_at = takes.filter(|_| word == "resolved");
    Outcome {
        outcome: word,
        reason,
        before: state(c),
        after: left.map(state),
        round: applied.map(|a| a.round + 1),
        estimated_seconds: takes.map(seconds),
        service_level_seconds: seconds(level),
        within_service_level: settled_at.is_some_and(|t| t <= level),
        also_touched: applied.map(|a| touched(snapshot, a)).unwrap_or_default(),
        escalation: escalation::events(&snapshot.policies, level, settled_at),
    }
}

/// Which settlements made a conflict go that was not settled itself.
fn by_others(settled: &Settled, c: &Conflict) -> String {
    let shares = |a: &&Applied| {
        let k = &a.conflict;
        k.tasks.iter().any(|t| c.tasks.binary_search(t).is_ok())
            || k.agents.iter().any(|x| c.agents.binary_search(x).is_ok())
            || k.others.iter().any(|o| c.others.binary_search(o).is_ok())
    };
    let ids: Vec<&str> = settled.applied.values().filter(shares).map(|a| a.conflict.id.as_str()).take(5).collect();
    if ids.is_empty() { "gone with the other settlements".into() } else { format!("gone with {}", ids.join(", ")) }
}

fn touched(s: &Snapshot, a: &Applied) -> Vec<String> {
    let mut out: BTreeSet<String> = BTreeSet::new();
    for thing in &a.proposal.touches {
        let (list, row) = section(*thing);
        out.extend(match list {
            Section::Agents => s.agents.get(row).map(|x| x.id.clone()),
            Section::Tasks => s.tasks.get(row).map(|x| x.id.clone()),
            Section::Services => s.network.services.get(row).map(|x| x.id.clone()),
            Section::Data => s.network.data.get(row).map(|x| x.id.clone()),
            Section::Resources => s.network.resources.get(row).map(|x| x.id.clone()),
            _ => None,
        });
    }
    let part = |t: &Thing| match t {
        Thing::Agent(x) => a.conflict.agents.contains(x),
        Thing::Task(x) => a.conflict.tasks.contains(x),
        _ => false,
    };
    for thing in a.proposal.touches.iter().filter(|t| part(t)) {
        let _ = match thing {
            Thing::Agent(x) => out.remove(&s.agent(*x).id),
            Thing::Task(x) => out.remove(&s.task(*x).id),
            _ => false,
        };
    }
    for other in &a.conflict.others {
        out.remove(other);
    }
    out.into_iter().collect()
}

fn summary(settled: &Settled, outcomes: &BTreeMap<String, Outcome>, changes: usize) -> Summary {
    let count = |word: &str| outcomes.values().filter(|o| o.outcome == word).count();
    let by_severity = |s: &Severity| (s.name(), settled.initial.iter().filter(|c| c.severity == *s).count());
    let mut by_subtype: BTreeMap<&'static str, [usize; 4]> = BTreeMap::new();
    for subtype in Subtype::ALL {
        let own = settled.initial.iter().filter(|c| c.subtype == *subtype);
        let ends: Vec<&str> = own.map(|c| outcomes[&c.id].outcome).collect();
        if !ends.is_empty() {
            let of = |word: &str| ends.iter().filter(|e| **e == word).count();
            by_subtype.insert(subtype.name(), [ends.len(), of("resolved"), of("reduced"), of("escalated")]);
        }
    }
    Summary {
        conflicts: settled.initial.len(),
        resolved: count("resolved"),
        reduced: count("reduced"),
        escalated: count("escalated"),
        by_severity: Severity::ALL.iter().map(by_severity).collect(),
        by_subtype,
        left: settled.left.len(),
        changes,
        rounds: settled.rounds,
        attempts: settled.attempts,
    }
}
