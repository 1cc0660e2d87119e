//! Targets against brute force: every subset of the changes that were found, planned again, on fleets so small that
//! this takes no time.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{io::Write, path::PathBuf};

use super::{Current, Judge, Lab, Options, Proposal, Scene, Target, bottlenecks, current, measure};
use crate::{
    input::{self, Command, Input, Request},
    model::{Quantities, Strategy},
    patch::Workshop,
    plan::{self, Effort},
};

const FLEETS: [&str; 6] =
    ["scarce-skill", "shared-resource", "overloaded-type", "rate-limit", "wasteful", "single-slow-agent"];
const KINDS: &str = "raise_slots, teach_capability, raise_resource, raise_rate_limit, unpin_tasks";

fn read(fleet: &str, kinds: &str) -> Input {
    let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    writeln!(file, "policies: {{budget: {{kinds: [{kinds}]}}}}").unwrap();
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/optimize/{fleet}.yaml"));
    let files = vec![fixture, file.path().to_owned()];
    input::read(&Request { files, command: Command::Optimize, ..Request::default() }).unwrap()
}

/// What the proposal spends and how many changes it makes, and the same of the best subset, where some reaches.
fn both(fleet: &str, target: &str) -> [Option<(f64, usize)>; 2] {
    let input = read(fleet, KINDS);
    let strategy = Strategy::PerformanceOptimized;
    let options = Options { strategy, effort: Effort::Quick, ..Options::default() };
    let q = Quantities::new(&input.snapshot);
    let request = plan::Request { strategy, effort: Effort::Quick, ..plan::Request::default() };
    let lab = Lab { workshop: Workshop::new(&input), request };
    let Current { plan, source, .. } = current(&input, &options, &q, &lab).unwrap();
    let before = measure(&q, &plan);
    let targets: Vec<Target> = vec![target.parse().unwrap()];
    let judge = Judge::new(before, strategy, &input.snapshot.policies, targets);
    let scene = Scene::new(&input.document, &q, &plan, before);
    let found = bottlenecks::find(&scene);
    let proposal = Proposal::make(&lab, &judge, &scene, &found, source).unwrap();
    let price = |set: &[usize]| {
        let sum: f64 = set.iter().map(|i| proposal.changes[*i].cost.unwrap_or(0.0).max(0.0)).sum();
        (sum * 1e6).round() / 1e6
    };
    let after = proposal.after.as_ref().map_or(before, |t| t.metrics);
    let own = judge.reached(&after).then(|| (price(&proposal.set), proposal.set.len()));
    if judge.reached(&before) {
        return [own, Some((0.0, 0))];
    }
    assert!(proposal.cheapest.unwrap().exhaustive, "{fleet}: too many changes to look at them all");
    let may: Vec<usize> =
        (0..proposal.changes.len()).filter(|i| KINDS.contains(proposal.changes[*i].kind.name())).collect();
    assert!(may.len() <= 10, "{fleet}: {} changes", may.len());
    let mut best: Option<(f64, usize)> = None;
    for mask in 0..1usize << may.len() {
        let set: Vec<usize> = may.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, i)| *i).collect();
        let subjects: std::collections::BTreeSet<&String> = set.iter().map(|i| &proposal.changes[*i].subject).collect();
        if subjects.len() < set.len() {
            continue;
        }
        let ops: Vec<_> = set.iter().flat_map(|i| proposal.changes[*i].ops.clone()).collect();
        let Some(trial) = lab.solve(&ops).unwrap() else { continue };
        let own = (price(&set), set.len());
        if judge.is_sound(&trial.metrics) && judge.reached(&trial.metrics) && best.is_none_or(|b| own < b) {
            best = Some(own);
        }
    }
    [own, best]
}

#[test]
fn the_cheapest_set_is_found_or_none_reaches_the_target() {
    let (mut reached, mut not) = (0, 0);
    for fleet in FLEETS {
        for share in [0.9, 0.45, 0.05] {
            let span = match fleet {
                "overloaded-type" | "shared-resource" => 2400.0,
                "rate-limit" => 1260.0,
                _ => 3600.0,
            };
            let target = format!("makespan<={}", span * share);
            let [own, best] = both(fleet, &target);
            assert_eq!(own, best, "{fleet}, {target}");
            *(if own.is_some() { &mut reached } else { &mut not }) += 1;
        }
    }
    assert!(reached > 3 && not > 3, "{reached} reached, {not} not");
}
