//! How detectors make conflicts: a draft gathers who takes part, then gets its id and severity.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{
    Scene,
    cases::{Case, Holder},
    conflict::{Conflict, Evidence, Subtype},
    place::{Place, Thing},
    severity::{self, Blocked},
};
use crate::model::{AgentIx, Ms, TaskIx};

/// A conflict in the making.
#[derive(Debug)]
pub struct Draft {
    subtype: Subtype,
    key: Vec<String>,
    message: String,
    agents: Vec<AgentIx>,
    tasks: Vec<TaskIx>,
    others: Vec<String>,
    evidence: Vec<Evidence>,
    causes: Vec<Thing>,
    blocked: Blocked,
    at: Ms,
}

impl Draft {
    /// A conflict of a subtype between the things that `key` names: with the subtype they make its id, so it
    /// names what conflicts and nothing that a partial settlement changes.
    pub fn new<S: Into<String>>(
        subtype: Subtype,
        key: impl IntoIterator<Item = S>,
        message: impl Into<String>,
    ) -> Self {
        let mut key: Vec<String> = key.into_iter().map(Into::into).collect();
        key.sort_unstable();
        Self {
            subtype,
            key,
            message: message.into(),
            agents: Vec::new(),
            tasks: Vec::new(),
            others: Vec::new(),
            evidence: Vec::new(),
            causes: Vec::new(),
            blocked: Blocked::AtRisk,
            at: 0,
        }
    }

    /// Tasks it affects.
    pub fn tasks(mut self, tasks: impl IntoIterator<Item = TaskIx>) -> Self {
        self.tasks.extend(tasks);
        self
    }

    /// Agents it affects.
    pub fn agents(mut self, agents: impl IntoIterator<Item = AgentIx>) -> Self {
        self.agents.extend(agents);
        self
    }

    /// Holders it affects: tasks, agents, or else by name.
    pub fn holders<'h>(mut self, holders: impl IntoIterator<Item = &'h Holder>) -> Self {
        for h in holders {
            self.tasks.extend(h.task);
            self.agents.extend(h.agent);
            if h.task.is_none() && h.agent.is_none() {
                self.others.push(h.id.clone());
            }
        }
        self
    }

    /// Anything else that takes part, by id.
    pub fn other(mut self, id: impl Into<String>) -> Self {
        self.others.push(id.into());
        self
    }

    /// A fact, with its place.
    pub fn fact(mut self, place: impl Into<Place>, fact: impl Into<String>) -> Self {
        self.evidence.push(Evidence::new(place, fact));
        self
    }

    /// Things of which any one could have prevented it.
    pub fn causes(mut self, causes: impl IntoIterator<Item = Thing>) -> Self {
        self.causes.extend(causes);
        self
    }

    /// What it blocks, and from when (ms after now; before it is now).
    pub fn weighs(mut self, blocked: Blocked, at: Ms) -> Self {
        self.blocked = blocked;
        self.at = at;
        self
    }

    /// The conflict.
    pub fn build(mut self, scene: &Scene<'_>, case: Case) -> Conflict {
        sort(&mut self.tasks);
        sort(&mut self.agents);
        sort(&mut self.others);
        sort(&mut self.causes);
        let severity = severity::of(scene, self.blocked, self.at, &self.tasks, &self.agents);
        Conflict {
            id: id(self.subtype, &self.key),
            subtype: self.subtype,
            severity,
            message: self.message,
            agents: self.agents,
            tasks: self.tasks,
            others: self.others,
            evidence: self.evidence,
            case,
            causes: self.causes,
        }
    }
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

/// The first 16 hexadecimal digits of a hash: among a million conflicts no two are likely to share them.
fn id(subtype: Subtype, key: &[String]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(subtype.name());
    for part in key {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut out = String::from("c-");
    for byte in hasher.finalize().iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}
