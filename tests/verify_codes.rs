//! Every code of `orch verify`, each on the smallest plan that deserves it.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{collections::BTreeSet, fs};

use orch::{input::claimed::read_claimed, verify};
use serde_json::json;
use support::read::read_text;

/// A snapshot's lines below its version, a plan, and the codes of its findings in order.
type Case = (&'static str, &'static str, &'static [&'static str]);

const TWO: &str = "agents: [{id: a}, {id: b}]\ntasks: [{id: t, duration: 10}, {id: u, duration: 10}]";
const SOUND: &str = "agent_assignments: {a: [{task: t, start: 0, finish: 10}], b: [{task: u, start: 0, finish: 10}]}";
const ON_A: &str = "agent_assignments: {a: [{task: t, start: 0, finish: 10}, {task: u, start: 10, finish: 20}]}";

const CASES: &[Case] = &[
    (TWO, SOUND, &[]),
    (TWO, "agent_assignments: {a: [{task: x, start: 0}]}", &["ORCH601"]),
    (TWO, "agent_assignments: {x: [{task: t, start: 0}]}", &["ORCH602"]),
    (TWO, "agent_assignments: {a: [{task: t, start: 0}], b: [{task: t, start: 0}]}", &["ORCH603"]),
    (TWO, "{agent_assignments: {a: [{task: t, start: 0}]}, unassigned_tasks: [t, u]}", &["ORCH604"]),
    (TWO, "{agent_assignments: {a: [{task: t, start: 0}]}, unassigned_tasks: {}}", &["ORCH605"]),
    (TWO, "{agent_assignments: {}, snapshot_sha256: abc}", &["ORCH606"]),
    (
        "agents: [{id: a, status: offline}]\ntasks: [{id: t}]",
        "agent_assignments: {a: [{task: t, start: 0}]}",
        &["ORCH610"],
    ),
    (TWO, "agent_assignments: {a: [{task: t, start: 0, finish: 9.999}]}", &["ORCH611"]),
    (TWO, "agent_assignments: {a: [{task: t, start: -1}]}", &["ORCH612", "ORCH613", "ORCH614"]),
    (
        "agents: [{id: a}]\ntasks: [{id: t, release: 5}]",
        "agent_assignments: {a: [{task: t, start: 4.999}]}",
        &["ORCH613"],
    ),
    (
        "agents: [{id: a, available_from: 5}]\ntasks: [{id: t}]",
        "agent_assignments: {a: [{task: t, start: 4}]}",
        &["ORCH614"],
    ),
    (
        "agents: [{id: a, available: [[0, 65]]}]\ntasks: [{id: t}]",
        "agent_assignments: {a: [{task: t, start: 6}]}",
        &["ORCH615"],
    ),
    (
        "agents: [{id: a}]\ntasks: [{id: t}]\nstate: {running: [{task: t, agent: a, until: 9}]}",
        "agent_assignments: {a: [{task: t, start: 5}]}",
        &["ORCH616"],
    ),
    (TWO, "agent_assignments: {a: [{task: t, start: 0}, {task: u, start: 9}]}", &["ORCH617"]),
    ("agents: [{id: a, max_tasks: 1}]\ntasks: [{id: t, duration: 10}, {id: u, duration: 10}]", ON_A, &["ORCH618"]),
    ("agents: [{id: a, capacity: 1.5}]\ntasks: [{id: t, duration: 10}, {id: u, duration: 10}]", ON_A, &["ORCH619"]),
    (
        "agents: [{id: a, slots: 2, resources: {gpu: 1}}]\ntasks: [{id: t, demand: {gpu: 1}}, {id: u, demand: {gpu: 1}}]",
        "agent_assignments: {a: [{task: t, start: 0}, {task: u, start: 0}]}",
        &["ORCH620"],
    ),
    (
        "agents: [{id: a, budget: {tokens: 9}}]\ntasks: [{id: t, duration: 10, demand: {tokens: 5}}, {id: u, duration: 10, demand: {tokens: 5}}]",
        ON_A,
        &["ORCH621"],
    ),
    (
        "agents: [{id: a}]\ntasks: [{id: t}, {id: u, depends_on: [t]}]",
        "agent_assignments: {a: [{task: u, start: 60}]}",
        &["ORCH622"],
    ),
    (
        "agents: [{id: a}, {id: b}]\ntasks: [{id: t}, {id: u, depends_on: [t]}]",
        "agent_assignments: {a: [{task: t, start: 0}], b: [{task: u, start: 59.999}]}",
        &["ORCH623"],
    ),
    (
        "agents: [{id: a}, {id: b}, {id: c}]\ntasks: [{id: t}, {id: u, depends_on: [t]}]\nnetwork: {links: [{from: a, to: c}]}",
        "agent_assignments: {a: [{task: t, start: 0}], b: [{task: u, start: 900}]}",
        &["ORCH624"],
    ),
    (
        "agents: [{id: a}, {id: b}]\ntasks: [{id: t, uses: {r: 1}}, {id: u, uses: {r: 1}}]\nnetwork: {resources: [{id: r, capacity: 1}]}",
        "agent_assignments: {a: [{task: t, start: 0}], b: [{task: u, start: 59}]}",
        &["ORCH625"],
    ),
    (
        "agents: [{id: a}, {id: b}]\ntasks: [{id: t, uses: {r: 1}}, {id: u, uses: {r: 1}}]\nnetwork: {resources: [{id: r, capacity: 1, per: 90s}]}",
        "agent_assignments: {a: [{task: t, start: 0}], b: [{task: u, start: 89}]}",
        &["ORCH626"],
    ),
    (
        "agents: [{id: a}]\ntasks: [{id: t, duration: 10, uses: {r: 2}}, {id: u, duration: 10, uses: {r: 2}}]\nnetwork: {resources: [{id: r, budget: 3}]}",
        ON_A,
        &["ORCH627"],
    ),
    (
        "agents: [{id: a}, {id: b}]\ntasks: [{id: t, duration: 10, together: [u]}, {id: u, duration: 10}]",
        SOUND,
        &["ORCH628"],
    ),
    ("agents: [{id: a}]\ntasks: [{id: t, duration: 10, apart: [u]}, {id: u, duration: 10}]", ON_A, &["ORCH629"]),
    (TWO, "agent_assignments: {a: [{task: t, start: 0, load: 2}]}", &["ORCH630"]),
    (TWO, "agent_assignments: {a: [{task: t, start: 0, cost: 0.1}]}", &["ORCH630"]),
    (TWO, "{agent_assignments: {}, objective: {components: {makespan: 1}}}", &["ORCH631"]),
    (TWO, "{agent_assignments: {}, objective: {strategy: cost_optimized, name: cost, value: 1}}", &["ORCH632"]),
    (TWO, "{agent_assignments: {}, objective: {strategy: wishful}}", &["ORCH632"]),
    (TWO, "{agent_assignments: {}, objective: {placement: {value: 1}}}", &["ORCH633"]),
    (TWO, "{agent_assignments: {}, objective: {value: 0, bound: 1}}", &["ORCH634", "ORCH643"]),
    (TWO, "{agent_assignments: {}, load_balancing_metrics: {jain_index: 0.5}}", &["ORCH635"]),
    (TWO, "{agent_assignments: {}, load_balancing_metrics: 3}", &["ORCH635"]),
    (TWO, "{agent_assignments: {}, certificate: {method: faith}}", &["ORCH640"]),
    (
        TWO,
        "{agent_assignments: {a: [{task: t, start: 0}]}, certificate: {method: critical_path, bound: 10, steps: [{task: x, finish: 10}]}}",
        &["ORCH640"],
    ),
    (
        TWO,
        "{agent_assignments: {a: [{task: t, start: 0}]}, certificate: {method: critical_path, bound: 20, steps: [{task: t, finish: 20}]}}",
        &["ORCH641"],
    ),
    (
        TWO,
        "{agent_assignments: {a: [{task: t, start: 0}]}, certificate: {method: critical_path, bound: 20, steps: [{task: t, finish: 10}]}}",
        &["ORCH642"],
    ),
    (
        TWO,
        "{agent_assignments: {a: [{task: t, start: 0}]}, certificate: {method: none, proves: makespan, bound: 10}}",
        &["ORCH643"],
    ),
    (
        TWO,
        "{agent_assignments: {a: [{task: t, start: 0}]}, certificate: {method: critical_path, bound: 10, steps: [{task: t, finish: 10}]}}",
        &[],
    ),
];

#[test]
fn each_code_on_the_smallest_plan_that_deserves_it() {
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().unwrap();
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for (snapshot, plan, expected) in CASES {
        let snapshot = read_text(&format!("version: 1\n{snapshot}\n"), ".yaml");
        fs::write(file.path(), plan).unwrap();
        let claimed = read_claimed(file.path()).unwrap_or_else(|e| panic!("{e}: {plan}"));
        let report = verify::run(&snapshot, &claimed, &[]);
        let found: Vec<&str> = report.findings.iter().map(|f| f.code).collect();
        if found != *expected {
            wrong.push(format!("{plan}: {found:?}, not {expected:?}: {}", json!(report.findings)));
        }
        for v in &report.violations {
            assert!(v.plan.is_some() || !v.snapshot.is_empty(), "{} stands nowhere", v.message);
        }
        seen.extend(found);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all: BTreeSet<&str> = verify::CODES.iter().map(|c| c[0]).collect();
    assert_eq!(seen, all, "every code has its case");
}
