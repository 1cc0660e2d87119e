//! Utilization of agents while units are assigned: model.md section 3, read off the room that is left.

use super::{Choice, Instance, Room};
use crate::model::Quantities;

/// What the utilization of each agent is measured against.
#[derive(Debug, Clone, Default)]
pub struct Gauge {
    /// Some touched agent limits nothing: the measure is load for all.
    pub by_load: bool,
    /// Touched agents, by id.
    pub touched: Vec<u32>,
    /// Scaled capacity for load, by agent; 0 where there is none.
    capacity: Vec<f64>,
    /// Scaled load held before the plan, by agent.
    base: Vec<f64>,
}

impl Gauge {
    /// Reads the measures off a snapshot; `scale` turns loads into the instance's integers.
    pub fn new(q: &Quantities<'_>, scale: super::Scale) -> Self {
        let agents = &q.snapshot.agents;
        let touched: Vec<u32> = q.touched().iter().enumerate().filter(|(_, t)| **t).map(|(a, _)| a as u32).collect();
        let limits = |a: &u32| agents[*a as usize].capacity.is_some() || !agents[*a as usize].budget.is_empty();
        Self {
            by_load: !touched.iter().all(limits),
            touched,
            capacity: agents.iter().map(|a| scale.floor(a.capacity.unwrap_or(0.0)) as f64).collect(),
            base: agents.iter().map(|a| scale.demand(a.current_load) as f64).collect(),
        }
    }

    /// Utilization of an agent (or its load, where that is the measure).
    pub fn of(&self, inst: &Instance<'_>, room: &Room<'_>, agent: usize) -> f64 {
        self.level(inst, room, agent, 0, |_| 0)
    }

    /// The same with a unit added on the choice's agent.
    pub fn with(&self, inst: &Instance<'_>, room: &Room<'_>, unit: usize, c: &Choice) -> f64 {
        self.level(inst, room, c.agent as usize, c.load, |dim| asked(inst, unit, dim))
    }

    /// The same with another unit taken off that agent first: `gone`, and its choice there.
    pub fn instead(
        &self,
        inst: &Instance<'_>,
        room: &Room<'_>,
        (unit, c): (usize, &Choice),
        (gone, theirs): (usize, &Choice),
    ) -> f64 {
        let more = |dim| asked(inst, unit, dim) - asked(inst, gone, dim);
        self.level(inst, room, c.agent as usize, c.load - theirs.load, more)
    }

    fn level(&self, inst: &Instance<'_>, room: &Room<'_>, agent: usize, more: i64, asked: impl Fn(u32) -> i64) -> f64 {
        let load = self.base[agent] + (inst.agents[agent].room - room.load[agent] + more) as f64;
        if self.by_load {
            return inst.load_scale.back(load);
        }
        let mut top = if self.capacity[agent] > 0.0 { load / self.capacity[agent] } else { 0.0 };
        let begin = inst.offered.begin(agent);
        for (i, offered) in inst.offered.row(agent).iter().enumerate() {
            if offered.is_budget && offered.amount > 0 {
                let used = offered.amount - room.budget[begin + i] + asked(offered.dim);
                top = f64::max(top, used as f64 / offered.amount as f64);
            }
        }
        top
    }

    /// Scaled capacity for load; 0 where there is none.
    pub fn scaled_capacity(&self, agent: usize) -> f64 {
        self.capacity[agent]
    }

    /// Scaled load held before the plan.
    pub fn scaled_base(&self, agent: usize) -> f64 {
        self.base[agent]
    }

    /// True where the batch can touch the agent.
    pub fn is_touched(&self, agent: usize) -> bool {
        self.touched.binary_search(&(agent as u32)).is_ok()
    }

    /// The greatest over touched agents.
    pub fn peak(&self, inst: &Instance<'_>, room: &Room<'_>) -> f64 {
        self.touched.iter().map(|a| self.of(inst, room, *a as usize)).fold(0.0, f64::max)
    }
}

/// What a unit asks of a dimension.
fn asked(inst: &Instance<'_>, unit: usize, dim: u32) -> i64 {
    inst.unit_demand.row(unit).iter().find(|d| d.0 == dim).map_or(0, |d| d.1)
}
