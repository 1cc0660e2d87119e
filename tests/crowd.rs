//! Large tasks that no agent can hold two of bound the makespan and the greatest utilization, and the certificate says
//! which.

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

/// False where verify says that the certificate itself cannot be read, does not hold or proves less.
fn is_believed(text: &str, plan: &Value) -> bool {
    !codes(text, plan).iter().any(|code| ["ORCH640", "ORCH641", "ORCH642"].contains(code))
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
    assert!(!is_believed(&roomy, &plan), "it proves what is not true");
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
        assert!(!is_believed(TWO, &broken), "{tasks} and {bound} are believed");
    }
}

/// Either agent could hold either task, none both: the better of the two ways fills `small` to 0.65, while shares of tasks
/// could even out at 13.1 of 21.
const FULL: &str = "version: 1
agents:
- {id: small, capacity: 10}
- {id: wide, capacity: 11}
tasks:
- {id: a, estimated_load: 6.5, duration: 10}
- {id: b, estimated_load: 6.6, duration: 10}
";

#[test]
fn two_that_do_not_fit_together_fill_two_agents() {
    let plan = planned(&read_text(FULL, ".yaml"), Strategy::LoadBalanced);
    assert_eq!(
        plan["certificate"],
        json!({"method": "crowd", "proves": "max_utilization", "bound": 0.65, "tasks": ["a", "b"]}),
        "{plan}"
    );
    assert_eq!(plan["objective"]["value"], 0.65);
    assert_eq!(codes(FULL, &plan), Vec::<&str>::new());
    let wider = FULL.replace("{id: wide, capacity: 11", "{id: wide, capacity: 14");
    assert!(!is_believed(&wider, &plan), "it proves what is not true");
    for broken in [json!({"bound": 0.66}), json!({"proves": "makespan"}), json!({"proves": "cost"})] {
        let mut other = plan.clone();
        for (key, value) in broken.as_object().unwrap() {
            other["certificate"][key] = value.clone();
        }
        assert!(!is_believed(FULL, &other), "{broken} is believed");
    }
}
