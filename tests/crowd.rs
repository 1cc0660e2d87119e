//! Large tasks that no agent can hold two of bound the makespan, and the certificate says which.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use orch::model::Strategy;
use serde_json::{Value, json};
use support::{
    plans::{planned, verified},
    read::read_text,
};

/// Both large tasks would end in time on `fast` alone, which holds one of them; `tiny` holds neither.
const TWO: &str = "version: 1
agents:
- {id: fast, capacity: 10, speed: 4, slots: 2}
- {id: slow, capacity: 10, slots: 2}
- {id: tiny, capacity: 5, speed: 9}
tasks:
- {id: a, estimated_load: 6, duration: 100}
- {id: b, estimated_load: 7, duration: 120}
- {id: after, estimated_load: 1, duration: 9, depends_on: [a]}
";

fn codes(text: &str, plan: &Value) -> Vec<&'static str> {
    verified(&read_text(text, ".yaml"), plan).findings.iter().map(|f| f.code).collect()
}

#[test]
fn two_that_do_not_fit_together_need_two_agents() {
    let plan = planned(&read_text(TWO, ".yaml"), Strategy::PerformanceOptimized);
    let certificate = &plan["certificate"];
    assert_eq!((&certificate["method"], &certificate["bound"]), (&json!("crowd"), &json!(101.0)), "{plan}");
    assert_eq!(plan["objective"]["value"], 101.0);
    let report = verified(&read_text(TWO, ".yaml"), &plan);
    assert!(report.sound, "{:?}", report.violations);
    assert_eq!(codes(TWO, &plan), Vec::<&str>::new());
}

#[test]
fn where_they_fit_together_the_certificate_proves_less() {
    let plan = planned(&read_text(TWO, ".yaml"), Strategy::PerformanceOptimized);
    let roomy = TWO.replace("{id: fast, capacity: 10", "{id: fast, capacity: 13");
    assert!(!codes(&roomy, &plan).is_empty(), "it proves what is not true");
    for (tasks, bound) in [
        (json!(["a"]), 101.0),
        (json!(["a", "a"]), 101.0),
        (json!(["a", "nobody"]), 101.0),
        (json!([]), 101.0),
        (json!(["a", "after"]), 101.0),
        (json!(["a", "b"]), 101.001),
    ] {
        let mut broken = plan.clone();
        broken["certificate"] = json!({"method": "crowd", "bound": bound, "tasks": tasks});
        broken["objective"]["bound"] = json!(bound);
        assert!(!codes(TWO, &broken).is_empty(), "{tasks} and {bound} are believed");
    }
}
