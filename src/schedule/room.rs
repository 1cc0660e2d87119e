//! What is left over the whole plan, whatever the times: load, budgets, task counts, shared budgets,
//! and the agents that `apart` closes.

use super::{
    instance::{Choice, Instance},
    timeline::NONE,
};

/// Room left while units are assigned to agents.
#[derive(Debug, Clone)]
pub struct Room<'i> {
    inst: &'i Instance<'i>,
    /// Scaled load left, by agent.
    pub load: Vec<i64>,
    /// Scaled amounts left, in the order of all offered dimensions.
    pub budget: Vec<i64>,
    /// Tasks left, by agent.
    pub tasks: Vec<i64>,
    /// Scaled shared budgets left.
    pub shared: Vec<i64>,
    /// Agent of each unit; [`NONE`] while it has none.
    pub agent: Vec<u32>,
}

impl<'i> Room<'i> {
    /// All room free.
    pub fn new(inst: &'i Instance<'i>) -> Self {
        Self {
            inst,
            load: inst.agents.iter().map(|a| a.room).collect(),
            budget: inst.offered.items().iter().map(|o| o.amount).collect(),
            tasks: inst.agents.iter().map(|a| i64::from(a.max_tasks)).collect(),
            shared: inst.shared.iter().map(|r| r.budget).collect(),
            agent: vec![NONE; inst.units.len()],
        }
    }

    /// True where the unit fits on the choice's agent beside what is there.
    pub fn fits(&self, unit: usize, c: &Choice) -> bool {
        let a = c.agent as usize;
        let members = self.inst.units.row(unit);
        c.load <= self.load[a]
            && members.len() as i64 <= self.tasks[a]
            && self.fits_apart(unit, c.agent)
            && self.amounts(unit, a).all(|(left, x)| x <= left)
    }

    /// True where no unit that must be apart sits on the agent.
    pub fn fits_apart(&self, unit: usize, agent: u32) -> bool {
        self.inst.apart.row(unit).iter().all(|v| self.agent[*v as usize] != agent && *v as usize != unit)
    }

    /// Each limited amount of a unit on an agent: what is left, and what it takes.
    fn amounts(&self, unit: usize, agent: usize) -> impl Iterator<Item = (i64, i64)> + '_ {
        let budgets = self.inst.unit_demand.row(unit).iter().filter_map(move |(dim, x)| {
            let (at, offered) = self.inst.offer_of(agent, *dim)?;
            offered.is_budget.then(|| (self.budget[at], *x))
        });
        budgets.chain(self.inst.unit_uses.row(unit).iter().map(|(r, x)| (self.shared[*r as usize], *x)))
    }

    /// Shares of its capacities by which an agent is overfull, summed; 0 where everything fits.
    pub fn overflow(&self, agent: usize) -> f64 {
        let over = |left: i64, of: i64| if left < 0 { -(left as f64) / (of as f64).max(1.0) } else { 0.0 };
        let limits = &self.inst.agents[agent];
        let mut sum = over(self.load[agent], limits.room) + over(self.tasks[agent], i64::from(limits.max_tasks));
        let begin = self.inst.offered.begin(agent);
        for (i, offered) in self.inst.offered.row(agent).iter().enumerate() {
            if offered.is_budget {
                sum += over(self.budget[begin + i], offered.amount);
            }
        }
        sum
    }

    /// The same of the shared budgets.
    pub fn shared_overflow(&self) -> f64 {
        let over = |(left, r): (&i64, &super::instance::SharedLimits)| {
            if *left < 0 { -(*left as f64) / (r.budget as f64).max(1.0) } else { 0.0 }
        };
        self.shared.iter().zip(&self.inst.shared).map(over).sum()
    }

    /// Puts a unit on an agent (it need not fit: repair counts the overflow).
    pub fn take(&mut self, unit: usize, c: &Choice) {
        self.agent[unit] = c.agent;
        self.shift(unit, c, -1);
    }

    /// Takes a unit away from its agent.
    pub fn give(&mut self, unit: usize, c: &Choice) {
        self.agent[unit] = NONE;
        self.shift(unit, c, 1);
    }

    fn shift(&mut self, unit: usize, c: &Choice, sign: i64) {
        let a = c.agent as usize;
        self.load[a] += sign * c.load;
        self.tasks[a] += sign * self.inst.units.row(unit).len() as i64;
        for (dim, x) in self.inst.unit_demand.row(unit) {
            if let Some((at, offered)) = self.inst.offer_of(a, *dim)
                && offered.is_budget
            {
                self.budget[at] += sign * x;
            }
        }
        for (r, x) in self.inst.unit_uses.row(unit) {
            self.shared[*r as usize] += sign * x;
        }
    }
}
