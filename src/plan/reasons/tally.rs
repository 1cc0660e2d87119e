//! What is found of one task, kind by kind, while its agents are looked at.

use super::why::Why;
use crate::model::{AgentIx, TaskIx};

/// One kind of reason with all it holds for.
#[derive(Debug)]
pub struct Tally {
    /// Which.
    pub why: Why,
    /// Agents it holds for, by id.
    pub agents: Vec<AgentIx>,
    /// Tasks to name: predecessors, companions, those to be apart from.
    pub tasks: Vec<TaskIx>,
    /// What there is where the least is missing, in the unit of the input (spans in seconds).
    pub have: f64,
    /// What is needed there.
    pub need: f64,
}

/// Tallies by kind, few per task.
#[derive(Debug, Default)]
pub struct Found {
    pub tallies: Vec<Tally>,
    /// Entries of agents so far.
    pub told: usize,
}

impl Found {
    pub fn of(&mut self, why: Why) -> &mut Tally {
        let at = self.tallies.iter().position(|t| t.why == why).unwrap_or_else(|| {
            self.tallies.push(Tally { why, agents: Vec::new(), tasks: Vec::new(), have: 0.0, need: 0.0 });
            self.tallies.len() - 1
        });
        &mut self.tallies[at]
    }

    /// The task lacks something whatever the agent.
    pub fn task(&mut self, why: Why, have: f64, need: f64) {
        let tally = self.of(why);
        (tally.have, tally.need) = (have, need);
    }

    /// An agent is ruled out.
    pub fn agent(&mut self, why: Why, a: AgentIx) {
        self.of(why).agents.push(a);
        self.told += 1;
    }

    /// An agent has less than is needed; the numbers of the one that misses least stay.
    pub fn short(&mut self, why: Why, a: AgentIx, have: f64, need: f64) {
        let tally = self.of(why);
        if tally.agents.is_empty() || need - have < tally.need - tally.have {
            (tally.have, tally.need) = (have, need);
        }
        tally.agents.push(a);
        self.told += 1;
    }
}
