//! How a remedy writes its proposal, part by part.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::{
    Proposal, Scene, Strategy,
    cases::Holder,
    change::Change,
    place::{Claim, Thing},
};
use crate::model::{AgentIx, Ms, TaskIx, seconds};

/// Time that one edit takes to carry out and to confirm: an estimate, 2 s.
const EDIT: Ms = 2_000;
/// Time that one party takes to agree: an estimate, 15 s.
pub const AGREEMENT: Ms = 15_000;

/// A proposal in the making.
pub struct Outline(Proposal);

impl Outline {
    /// A proposal of a strategy type, with nothing in it.
    pub fn new(strategy_type: &'static str) -> Self {
        let strategy = Strategy {
            strategy_type,
            strategy_parameters: BTreeMap::new(),
            expected_outcome: String::new(),
            implementation_steps: Vec::new(),
            success_criteria: Vec::new(),
        };
        let (changes, proposed, touches) = (Vec::new(), Vec::new(), Vec::new());
        Self(Proposal { strategy, changes, proposed, escalate: None, takes: 0, touches })
    }

    /// A parameter.
    pub fn param(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.strategy.strategy_parameters.insert(name, value.into());
        self
    }

    /// What is to be expected.
    pub fn expect(mut self, outcome: impl Into<String>) -> Self {
        self.0.strategy.expected_outcome = outcome.into();
        self
    }

    /// One step.
    pub fn step(mut self, step: impl Into<String>) -> Self {
        self.0.strategy.implementation_steps.push(step.into());
        self
    }

    /// Steps, the first ones of many.
    pub fn steps(mut self, steps: impl IntoIterator<Item = String>) -> Self {
        const SHOWN: usize = 20;
        let steps: Vec<String> = steps.into_iter().collect();
        let more = steps.len().saturating_sub(SHOWN);
        self.0.strategy.implementation_steps.extend(steps.into_iter().take(SHOWN));
        if more > 0 {
            self = self.step(format!("and {more} more of the kind"));
        }
        self
    }

    /// How to see that it worked.
    pub fn criterion(mut self, criterion: impl Into<String>) -> Self {
        self.0.strategy.success_criteria.push(criterion.into());
        self
    }

    /// Edits.
    pub fn changes(mut self, changes: impl IntoIterator<Item = Change>) -> Self {
        self.0.changes.extend(changes);
        self
    }

    /// Edits that only a person may make, and why.
    pub fn only_proposed(mut self, changes: impl IntoIterator<Item = Change>, why: impl Into<String>) -> Self {
        self.0.proposed.extend(changes);
        self.escalate(why)
    }

    /// Why it has to escalate.
    pub fn escalate(mut self, why: impl Into<String>) -> Self {
        self.0.escalate = Some(why.into());
        self
    }

    /// So many parties have to agree first.
    pub fn agreed_by(mut self, parties: usize) -> Self {
        self.0.takes += AGREEMENT * parties as Ms;
        self
    }

    /// What else it touches.
    pub fn touches(mut self, things: impl IntoIterator<Item = Thing>) -> Self {
        self.0.touches.extend(things);
        self
    }

    /// The proposal.
    pub fn done(mut self) -> Proposal {
        self.0.takes += EDIT * (self.0.changes.len() + self.0.proposed.len()) as Ms;
        self.0.touches.sort_unstable();
        self.0.touches.dedup();
        self.0
    }
}

/// The id of a task.
pub fn name<'s>(scene: &Scene<'s>, t: TaskIx) -> &'s str {
    &scene.snapshot.task(t).id
}

/// Ids of pairs of tasks, for parameters.
pub fn pairs(scene: &Scene<'_>, pairs: &[(TaskIx, TaskIx)]) -> Value {
    pairs.iter().map(|(a, b)| Value::from(vec![name(scene, *a), name(scene, *b)])).collect::<Vec<_>>().into()
}

/// Ids of tasks, for parameters.
pub fn names(scene: &Scene<'_>, tasks: &[TaskIx]) -> Value {
    tasks.iter().map(|t| name(scene, *t)).collect::<Vec<_>>().into()
}

/// A moment or a length of time in seconds, as reports print it; null where it never ends.
pub fn moment(ms: Ms) -> Value {
    if ms >= crate::model::NEVER { Value::Null } else { seconds(ms).into() }
}

/// The priority that a holder acts for: a task's own; of an agent the greatest of what it runs now; else 1.
pub fn priority(scene: &Scene<'_>, holder: &Holder) -> f64 {
    let of = |t: TaskIx| scene.snapshot.task(t).priority;
    let running = |a: AgentIx| {
        let rows = scene.snapshot.state.running.iter().filter(|r| r.agent == a);
        rows.filter_map(|r| r.task_ix).map(of).reduce(f64::max)
    };
    holder.task.map(of).or_else(|| holder.agent.and_then(running)).unwrap_or(1.0)
}

/// The holder of a claim.
pub fn claimant(scene: &Scene<'_>, claim: Claim) -> Holder {
    scene.holder(&scene.claim(claim).holder)
}
