//! Escalation on a simulated clock: who is told when, if a conflict stays open from now on.

use serde::Serialize;

use crate::model::{Escalation, Ms, Policies, seconds};

/// Most events of one level that are told.
const MAX_REPEATS: u32 = 20;

/// Somebody is told.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Event {
    /// Seconds after `as_of`.
    pub at: f64,
    /// The level.
    pub level: String,
    /// Who is told.
    pub targets: Vec<String>,
    /// Which repetition it is, from 0.
    pub repeat: u32,
}

/// The events of `policies.escalation` before `settled` (or for good), in order of time: each level begins `after` the
/// detection, and is told again `repeats` times, as long after each other. Without a ladder one level,
/// `operator`, at the service level.
pub fn events(policies: &Policies, service_level: Ms, settled: Option<Ms>) -> Vec<Event> {
    let plain = [Escalation { level: "operator".into(), after: service_level, targets: Vec::new(), repeats: 0 }];
    let ladder = if policies.escalation.is_empty() { &plain[..] } else { &policies.escalation };
    let mut out: Vec<(Ms, usize, Event)> = Vec::new();
    for (rank, step) in ladder.iter().enumerate() {
        // A level without a delay is not told over and over at one moment.
        let repeats = if step.after > 0 { step.repeats.min(MAX_REPEATS) } else { 0 };
        for repeat in 0..=repeats {
            let at = step.after * (Ms::from(repeat) + 1);
            if settled.is_none_or(|done| at < done) {
                let targets = step.targets.clone();
                out.push((at, rank, Event { at: seconds(at), level: step.level.clone(), targets, repeat }));
            }
        }
    }
    out.sort_by_key(|(at, rank, _)| (*at, *rank));
    out.into_iter().map(|(_, _, event)| event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder() -> Policies {
        let step = |level: &str, after: Ms, repeats: u32| Escalation {
            level: level.into(),
            after,
            targets: vec![format!("{level}-desk")],
            repeats,
        };
        Policies { escalation: vec![step("one", 60_000, 2), step("two", 120_000, 0)], ..Policies::default() }
    }

    #[test]
    fn levels_climb_and_repeat() {
        let told: Vec<(f64, String)> = events(&ladder(), 0, None).into_iter().map(|e| (e.at, e.level)).collect();
        let expected = [(60.0, "one"), (120.0, "one"), (120.0, "two"), (180.0, "one")];
        assert_eq!(told, expected.map(|(at, level)| (at, level.to_owned())));
    }

    #[test]
    fn what_is_settled_in_time_escalates_no_further() {
        assert_eq!(events(&ladder(), 0, Some(90_000)).len(), 1);
        assert!(events(&Policies::default(), 120_000, Some(90_000)).is_empty());
        assert_eq!(events(&Policies::default(), 120_000, None)[0].at, 120.0);
    }
}
