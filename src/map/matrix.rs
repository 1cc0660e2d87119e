//! Agents × capabilities, and what the batch asks for beside what there is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::work::Work;
use crate::model::{Agent, AgentIx, SkillIx, Snapshot};

/// `capability_matrix`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CapabilityMatrix {
    /// Agent → capability → proficiency. Every agent is there.
    pub agents: BTreeMap<String, BTreeMap<String, f64>>,
    /// Capability → who has it, and what is asked of it.
    pub capabilities: BTreeMap<String, Capability>,
}

/// Supply and demand of one capability.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Capability {
    /// Agents that have it.
    pub providers: usize,
    /// Those of them that take tasks now.
    pub available_providers: usize,
    /// Load that these may still take; null where one of them limits nothing.
    pub supply: Option<f64>,
    /// Load of the tasks that require it, each on the agent where it weighs least.
    pub demand: f64,
    /// Tasks that require it.
    pub tasks: usize,
    /// `demand` / `supply`; null where either has no limit or nothing is asked.
    pub pressure: Option<f64>,
    /// Proficiency of the best available provider; null without one.
    pub best_proficiency: Option<f64>,
    /// Highest proficiency that a task asks for; null where none does.
    pub asked_proficiency: Option<f64>,
}

impl Capability {
    /// Load beyond what its providers can take; 0 where there is none.
    pub fn shortfall(&self) -> f64 {
        self.supply.map_or(0.0, |supply| (self.demand - supply).max(0.0))
    }
}

/// Agents that have each capability, by id.
pub fn providers(s: &Snapshot) -> Vec<Vec<AgentIx>> {
    let mut out = vec![Vec::new(); s.names.skills.len()];
    for a in s.agent_ixs() {
        s.agent(a).skills.iter().for_each(|(skill, _)| out[skill.at()].push(a));
    }
    out
}

/// Sets supply beside demand.
pub fn matrix(work: &Work<'_>) -> CapabilityMatrix {
    let s = work.q.snapshot;
    let name = |skill: &SkillIx| s.names.skills[skill.at()].clone();
    let row = |a: &Agent| (a.id.clone(), a.skills.iter().map(|(k, q)| (name(k), *q)).collect());
    let mut demand = vec![(0.0, 0_usize, None::<f64>); s.names.skills.len()];
    for (task, load) in s.tasks.iter().zip(&work.load) {
        for (skill, least) in &task.requires {
            let slot = &mut demand[skill.at()];
            *slot = (slot.0 + load, slot.1 + 1, Some(slot.2.map_or(*least, |x| x.max(*least))));
        }
    }
    let capabilities = providers(s).into_iter().zip(demand).zip(0..).map(|((all, (demand, tasks, asked)), i)| {
        let up: Vec<&Agent> = all.iter().map(|a| s.agent(*a)).filter(|a| a.status.takes_tasks()).collect();
        let room = |a: &&Agent| a.capacity.map(|c| (c - a.current_load).max(0.0));
        let supply = up.iter().map(room).sum::<Option<f64>>();
        let own = |a: &&Agent| a.skills.binary_search_by_key(&SkillIx(i), |k| k.0).map_or(0.0, |at| a.skills[at].1);
        let capability = Capability {
            providers: all.len(),
            available_providers: up.len(),
            supply,
            demand,
            tasks,
            pressure: supply.filter(|s| *s > 0.0 && tasks > 0).map(|s| demand / s),
            best_proficiency: up.iter().map(own).reduce(f64::max),
            asked_proficiency: asked,
        };
        (name(&SkillIx(i)), capability)
    });
    CapabilityMatrix { agents: s.agents.iter().map(row).collect(), capabilities: capabilities.collect() }
}
