//! `orch explain`: the smallest sets of facts are minimal and true, and what it says can be read.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{fs, io::Write};

use assert_cmd::Command;
use orch::{
    explain::{
        self,
        conflict::{Asked, Question},
        facts::{self, Fact},
    },
    input::{self, Request as Reading},
    model::{Quantities, Snapshot, Strategy, TaskIx},
    plan::{Effort, Request, shortage, solve},
};
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};
use support::{
    documents::documents,
    random::{self, Shape},
    read::{read, read_text},
};

/// Runs `orch explain` on a snapshot of a text, beside which nothing else lies.
fn told(text: &str, args: &[&str]) -> (i32, String, String) {
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("snapshot.yaml"), text).unwrap();
    let mut command = Command::cargo_bin("orch").unwrap();
    let out = command.arg("explain").arg("snapshot.yaml").args(args).current_dir(folder.path()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

const NO_GPU: &str = "version: 1
agents:
  - {id: a, capabilities: [code]}
  - {id: b, capabilities: [gpu], status: offline}
  - {id: c, capabilities: [gpu], capacity: 2}
tasks:
  - id: train
    requires: [gpu]
    estimated_load: 3
  - {id: other, requires: [code]}
";

const LATE: &str = "version: 1
agents:
  - {id: a}
  - {id: b, speed: 2}
tasks:
  - {id: build, duration: 60m}
  - id: ship
    duration: 40m
    deadline: 45m
    depends_on: [build]
";

const SHORT: &str = "version: 1
agents:
  - {id: a, capacity: 10, capabilities: [gpu]}
  - {id: b, capacity: 14, capabilities: [gpu]}
  - {id: c, capacity: 99}
tasks:
  - {id: t1, estimated_load: 8, requires: [gpu], priority: 3}
  - {id: t2, estimated_load: 8, requires: [gpu], priority: 3}
  - {id: t3, estimated_load: 8, requires: [gpu], priority: 3}
  - {id: t4, estimated_load: 7, requires: [gpu]}
  - {id: t5, estimated_load: 7}
";

#[test]
fn an_impossible_task_is_told_by_its_facts_and_lines() {
    let (status, out, said) = told(NO_GPU, &["train"]);
    assert_eq!(status, 0, "{said}");
    insta::assert_snapshot!("an_impossible_task", out);
}

#[test]
fn a_late_task_is_told_by_its_facts_and_lines() {
    let (status, out, said) = told(LATE, &["ship", "-s", "deadline_aware"]);
    assert_eq!(status, 0, "{said}");
    insta::assert_snapshot!("a_late_task", out);
}

#[test]
fn a_shortage_names_the_tasks_and_what_there_is_for_them() {
    let (status, out, said) = told(SHORT, &["t4", "-f", "json"]);
    assert_eq!(status, 0, "{said}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let s = &report["shortage"];
    assert_eq!((s["need"].as_f64(), s["offered"].as_f64()), (Some(31.0), Some(24.0)), "{report:#}");
    assert_eq!(s["tasks"], serde_json::json!(["t1", "t2", "t3", "t4"]));
    assert_eq!(report["conflict"], Value::Null);
    let repairs = report["repairs"].as_array().unwrap();
    assert!(!repairs.is_empty() && repairs.iter().all(|r| r["confirmed"] == true), "{repairs:?}");
}

#[test]
fn a_shortage_of_time_names_the_deadline_and_what_would_help() {
    let text = "version: 1
agents:
  - {id: a, capabilities: [gpu]}
  - {id: b, capabilities: [gpu], available_from: 30m}
tasks:
  - {id: t1, duration: 40m, requires: [gpu], deadline: 60m, priority: 3}
  - {id: t2, duration: 40m, requires: [gpu], deadline: 60m}
  - {id: t3, duration: 40m, requires: [gpu], deadline: 60m}
";
    let (_, out, _) = told(text, &["t3", "-s", "deadline_aware", "-f", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let s = &report["shortage"];
    assert_eq!(
        (s["need"].as_f64(), s["offered"].as_f64(), s["before"].as_f64()),
        (Some(7200.0), Some(5400.0), Some(3600.0))
    );
    let repairs: Vec<&str> =
        report["repairs"].as_array().unwrap().iter().map(|r| r["change"].as_str().unwrap()).collect();
    assert_eq!(repairs, ["20m on `t3`'s deadline", "one more agent like `a`"]);
}

#[test]
fn a_placed_task_is_told_with_what_moving_it_costs() {
    let (status, out, said) = told(SHORT, &["t5", "-s", "performance_optimized"]);
    assert_eq!(status, 0, "{said}");
    insta::assert_snapshot!("a_placed_task", out);
    let (_, one, _) = told(SHORT, &["t5", "--agent", "a", "-f", "json"]);
    let report: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(report["agents"].as_array().unwrap().len(), 1);
}

#[test]
fn unknown_names_end_in_2_with_the_nearest() {
    let (status, out, said) = told(SHORT, &["t9"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(said.contains("there is no task `t9`"), "{said}");
    assert!(told(NO_GPU, &["trian"]).2.contains("did you mean `train`"));
    assert_eq!(told(SHORT, &["t1", "--agent", "nobody"]).0, 2);
}

/// 300 cases, each with several tasks: some thousand questions. Or `PROPTEST_CASES`.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(2), ..ProptestConfig::default() }
}

/// Facts beyond which not every subset is tried.
const FEW: usize = 11;

/// The least size of a set of facts that alone makes it impossible, by trying them all.
fn by_brute_force(asked: &mut Asked<'_>, n: usize) -> Vec<u32> {
    let impossible = |asked: &mut Asked<'_>, set: u32| {
        let kept: Vec<usize> = (0..n).filter(|i| set >> i & 1 == 1).collect();
        !asked.possible(&kept)
    };
    let all: Vec<u32> = (0..1u32 << n).filter(|set| impossible(asked, *set)).collect();
    // Those without an impossible proper subset.
    all.iter().copied().filter(|s| !all.iter().any(|o| o != s && o & s == *o)).collect()
}

/// True where nothing runs or is held already: smallest sets do not know of it.
fn is_free(s: &Snapshot) -> bool {
    s.state.running.is_empty() && s.state.holds.is_empty() && s.state.allocations.is_empty()
}

/// True where orch places the task of a snapshot (in time).
fn planned(s: &Snapshot, t: TaskIx, question: Question) -> bool {
    let q = Quantities::new(s);
    let request = Request { strategy: Strategy::DeadlineAware, effort: Effort::Quick, ..Request::default() };
    let plan = solve(&q, &request).unwrap().plan;
    plan.placements[t.at()]
        .is_some_and(|p| question == Question::Placed || s.task(t).deadline.is_none_or(|due| p.finish <= due))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn smallest_sets_of_facts_are_true_minimal_and_what_brute_force_finds(document in documents(6)) {
        let snapshot = read(&document.0);
        for t in snapshot.task_ixs() {
            let tasks = facts::closure(&snapshot, t);
            let own = TaskIx::of(tasks.binary_search(&t).unwrap());
            for question in [Question::Placed, Question::OnTime] {
                let mut focused = facts::focus(&snapshot, &tasks);
                if question == Question::Placed {
                    focused.tasks.iter_mut().for_each(|t| t.deadline = None);
                }
                let all: Vec<Fact> = facts::all(&focused);
                let mut asked = Asked::new(&focused, own, question, &all);
                let Some(conflict) = asked.conflict() else { continue };
                prop_assert!(conflict.minimal);
                prop_assert!(!asked.possible(&conflict.facts), "{:?}", conflict);
                prop_assert!(!planned(&focused, own, question), "planned though {:?}", conflict);
                for gone in &conflict.facts {
                    let rest: Vec<usize> = conflict.facts.iter().copied().filter(|f| f != gone).collect();
                    prop_assert!(asked.possible(&rest), "{:?} without {:?}", conflict, all[*gone]);
                    // Planned for real, with that fact and all that are not of the set taken away.
                    if tasks.len() == 1 && is_free(&snapshot) {
                        let mut freed = focused.clone();
                        (0..all.len()).filter(|f| !rest.contains(f)).for_each(|f| facts::without(&mut freed, &all[f]));
                        prop_assert!(planned(&freed, own, question), "not planned without {:?}", all[*gone]);
                    }
                }
                if all.len() <= FEW {
                    let found = conflict.facts.iter().fold(0u32, |set, f| set | 1 << f);
                    let every = by_brute_force(&mut asked, all.len());
                    prop_assert!(every.contains(&found), "{found:b} not among {every:?}");
                }
            }
        }
    }

    /// What is short is short: no plan places all of its tasks.
    #[test]
    fn no_plan_places_all_of_a_shortage(document in documents(8)) {
        let snapshot = read(&document.0);
        let q = Quantities::new(&snapshot);
        let plan = solve(&q, &Request { effort: Effort::Quick, ..Request::default() }).unwrap().plan;
        for t in snapshot.task_ixs() {
            if let Some(short) = shortage(&q, t, false) {
                let places = |id: &String| plan.placements[snapshot.find_task(id).unwrap().at()].is_some();
                prop_assert!(!short.tasks.iter().all(places), "{}", short.message);
                prop_assert!(short.need > short.offered);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..config() })]

    /// Whatever the snapshot, every task has an explanation that does not contradict itself.
    #[test]
    fn every_task_can_be_explained(document in documents(5)) {
        let mut file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
        file.write_all(document.0.to_string().as_bytes()).unwrap();
        let files = vec![file.path().to_path_buf()];
        let input = input::read(&Reading { files, command: input::Command::Explain, ..Reading::default() }).unwrap();
        for task in &input.snapshot.tasks {
            let options = explain::Options { effort: Effort::Quick, ..explain::Options::default() };
            let report = explain::run(&input, &task.id, options).unwrap();
            prop_assert_eq!(report.agents.len(), input.snapshot.agents.len());
            prop_assert!(report.placement.is_none() || report.agents.iter().filter(|a| a.here).count() == 1);
            prop_assert!(report.placement.is_none() || report.earliest_finish.is_some());
            prop_assert!(report.repairs.iter().all(|r| r.confirmed));
            for fact in report.conflict.iter().flat_map(|c| &c.facts) {
                prop_assert!(fact.place.is_some(), "{} stands nowhere", fact.fact);
            }
            for row in &report.agents {
                prop_assert!(row.eligible || !row.conditions.is_empty(), "{}", row.agent);
            }
        }
    }
}

/// A thousand questions with at most seven facts: what is found is a smallest set by trying every subset.
#[test]
fn brute_force_agrees_on_a_thousand_tiny_cases() {
    let mut agreed = 0;
    for seed in 0.. {
        let shape = Shape { tasks: 1 + (seed % 2) as usize, agents: 1 + (seed / 2 % 2) as usize };
        let mut document = random::snapshot(seed, shape);
        document["state"] = json!({});
        let snapshot = read(&document);
        for (t, question) in snapshot.task_ixs().flat_map(|t| [(t, Question::Placed), (t, Question::OnTime)]) {
            let tasks = facts::closure(&snapshot, t);
            let focused = facts::focus(&snapshot, &tasks);
            let all = facts::all(&focused);
            if all.len() > 7 {
                continue;
            }
            let mut asked = Asked::new(&focused, TaskIx::of(tasks.binary_search(&t).unwrap()), question, &all);
            let every = by_brute_force(&mut asked, all.len());
            // No fact at all may already be too many: then no set of facts is the reason.
            let reasons: Vec<u32> = every.iter().copied().filter(|s| *s > 0).collect();
            let found = asked.conflict().map(|c| c.facts.iter().fold(0u32, |set, f| set | 1 << f));
            match found {
                Some(found) => assert!(reasons.contains(&found), "seed {seed}: {found:b} not among {every:?}"),
                None => assert!(reasons.is_empty(), "seed {seed}: nothing found, but {every:?}"),
            }
            agreed += usize::from(found.is_some());
        }
        if agreed >= 1_000 {
            return;
        }
    }
}

#[test]
fn alike_facts_of_many_agents_are_one() {
    let mut text = String::from("version: 1\nagents:\n");
    for i in 0..60 {
        text.extend(["- {id: a", &i.to_string(), ", capabilities: [code]}\n"]);
    }
    text += "tasks:\n- {id: t, requires: [gpu]}\n";
    let snapshot = read_text(&text, ".yaml");
    let focused = facts::focus(&snapshot, &[TaskIx(0)]);
    let all = facts::all(&focused);
    let found = Asked::new(&focused, TaskIx(0), Question::Placed, &all).conflict().unwrap();
    assert_eq!(found.facts.len(), 2, "{all:?}");
}
