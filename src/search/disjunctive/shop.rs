//! The tasks of a disjunctive graph: who must precede whom, from when, and where each can go.

use crate::{
    model::Ms,
    schedule::{Choice, Csr, Instance, NONE, Room, UNLIMITED},
};

/// What does not change while a search over sequences runs. Tasks are numbered anew, without those that
/// are not placed.
#[derive(Debug)]
pub(super) struct Shop<'i> {
    /// The instance.
    pub inst: &'i Instance<'i>,
    /// The instance's number of each task.
    pub tasks: Vec<u32>,
    /// Earliest starts, by task.
    pub release: Vec<Ms>,
    /// First free moment, by agent.
    pub opens: Vec<Ms>,
    /// Possible agents, by task.
    choices: Csr<Choice>,
    /// Predecessors; an arc's number is its place among all of them.
    pub preds: Csr<u32>,
    /// Successors, each with the number of its arc.
    pub succs: Csr<(u32, u32)>,
    /// MB along each arc.
    mb: Vec<f64>,
    /// Nothing takes time on its way.
    pub is_free: bool,
    /// No agent and no budget limits what is assigned.
    pub is_roomy: bool,
    /// Tasks that may change their agent alone and have where to go.
    pub movable: Vec<bool>,
}

impl<'i> Shop<'i> {
    /// Numbers the tasks of `order`.
    pub fn new(inst: &'i Instance<'i>, order: &[u32]) -> Self {
        let mut number = vec![NONE; inst.tasks()];
        let mut tasks = order.to_vec();
        tasks.sort_unstable();
        for (i, t) in tasks.iter().enumerate() {
            number[*t as usize] = i as u32;
        }
        let arcs = |t: &u32| inst.preds.row(*t as usize).iter().filter(|p| number[p.0 as usize] != NONE);
        let preds = Csr::collect(tasks.iter().map(|t| arcs(t).map(|p| number[p.0 as usize])));
        let mb = tasks.iter().flat_map(arcs).map(|p| p.1).collect();
        let mut after: Vec<Vec<(u32, u32)>> = vec![Vec::new(); tasks.len()];
        for t in 0..tasks.len() {
            for (i, p) in preds.row(t).iter().enumerate() {
                after[*p as usize].push((t as u32, (preds.begin(t) + i) as u32));
            }
        }
        let mut opens: Vec<Ms> = inst.agents.iter().map(|a| a.from).collect();
        for (agent, until) in &inst.reserved.slots {
            opens[agent.at()] = opens[agent.at()].max(*until);
        }
        let choices = Csr::collect(tasks.iter().map(|t| inst.choices(*t as usize).iter()));
        let alone = |t: u32| inst.units.row(inst.unit_of[t as usize] as usize).len() == 1;
        Self {
            release: tasks.iter().map(|t| inst.release[*t as usize]).collect(),
            succs: Csr::collect(after),
            movable: (0..tasks.len()).map(|i| choices.row(i).len() > 1 && alone(tasks[i])).collect(),
            choices,
            is_free: inst.q.transfers.is_free(),
            is_roomy: is_roomy(inst),
            inst,
            tasks,
            opens,
            preds,
            mb,
        }
    }

    /// Number of tasks.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Possible agents of a task.
    pub fn choices(&self, t: usize) -> &[Choice] {
        self.choices.row(t)
    }

    /// The choice of a task on an agent that it can go to.
    pub fn choice(&self, t: usize, agent: u32) -> Option<Choice> {
        let row = self.choices.row(t);
        row.binary_search_by_key(&agent, |c| c.agent).ok().map(|i| row[i])
    }

    /// The unit of a task.
    pub fn unit(&self, t: usize) -> usize {
        self.inst.unit_of[self.tasks[t] as usize] as usize
    }

    /// What an arc takes between two agents.
    pub fn lag(&self, arc: usize, from: u32, to: u32) -> Ms {
        if self.is_free { 0 } else { self.inst.transfer(from, to, self.mb[arc]) }
    }

    /// Whether a unit fits on an agent beside what is there.
    pub fn fits(&self, room: &Room<'_>, t: usize, c: &Choice) -> bool {
        self.is_roomy || room.fits(self.unit(t), c)
    }
}

/// True where any unit fits anywhere.
fn is_roomy(inst: &Instance<'_>) -> bool {
    inst.agents.iter().all(|a| a.room >= UNLIMITED && a.max_tasks == u32::MAX)
        && inst.offered.items().iter().all(|o| !o.is_budget)
        && (0..inst.units.len()).all(|u| inst.apart.row(u).is_empty())
}

/// Pairs of tasks and agents beyond which too little could be tried.
const MANY: usize = 1_000_000;

/// True where the sequences of tasks on agents that do one thing at a time are all there is to decide,
/// beside the agents: no windows, nothing held in amounts while tasks run, nothing that runs already; and
/// where they matter to the makespan at all.
pub fn applies(inst: &Instance<'_>) -> bool {
    let plain = |t: usize| {
        inst.uses.row(t).iter().all(|(r, _)| inst.shared[*r as usize].capacity >= UNLIMITED) && inst.runs_until[t] < 0
    };
    let waits = |t: usize| !inst.preds.row(t).is_empty() || inst.release[t] > 0;
    inst.offered.items().iter().all(|o| o.is_budget)
        && (0..inst.tasks()).any(waits)
        && inst.pairs() <= MANY
        && inst.agents.iter().all(|a| a.slots == 1 && a.windows.is_empty())
        && (0..inst.tasks()).all(plain)
}
