//! Assignments of many units to many agents, feasible throughout: a relaxation rounded by
//! annealing, or construction by prices, then strict descent by
//! shifts, swaps and ejections over short lists (the neighbourhoods of Yagiura, Ibaraki, Glover 2004), and levelling
//! of utilization. Where [`super::assign`] wanders, this only descends: its cost grows with what it changes.

mod block;
mod clear;
mod cost;
mod hasten;
mod level;
mod temper;
#[cfg(test)]
mod tests;

use crate::schedule::{Choice, Instance, NONE, Room};
pub use hasten::hasten;
pub use temper::{Offers, Tempering};

/// Which agent each unit has, and what that leaves.
#[derive(Debug, Clone)]
pub struct Packing<'i> {
    inst: &'i Instance<'i>,
    /// Room left; its `agent` is the assignment.
    pub room: Room<'i>,
    /// The choice of each unit; its agent is [`NONE`] where it has none.
    at: Vec<Choice>,
    /// Units on each agent.
    members: Vec<Vec<u32>>,
    /// Place of each unit among its agent's.
    slot: Vec<u32>,
    /// Level that no agent may exceed by taking a unit.
    cap: f64,
    /// Changes made, and when each agent changed last.
    clock: u64,
    changed: Vec<u64>,
}

/// No choice.
const NOWHERE: Choice = Choice { agent: NONE, work: 0, load: 0, cost: 0 };

impl<'i> Packing<'i> {
    /// The assignment of a room.
    pub fn new(inst: &'i Instance<'i>, room: &Room<'i>) -> Self {
        let mut out = Self {
            inst,
            room: Room::new(inst),
            at: vec![NOWHERE; inst.units.len()],
            members: vec![Vec::new(); inst.agents.len()],
            slot: vec![0; inst.units.len()],
            cap: f64::INFINITY,
            clock: 0,
            changed: vec![0; inst.agents.len()],
        };
        for unit in 0..inst.units.len() {
            if let Some(c) = inst.unit_choice(unit, room.agent[unit]) {
                out.put(unit, c);
            }
        }
        out
    }

    /// True where all of some units have agents.
    pub fn holds(&self, units: &[u32]) -> bool {
        units.iter().all(|u| self.at[*u as usize].agent != NONE)
    }

    /// Scaled cost of all assigned units.
    pub fn cost(&self) -> i64 {
        self.at.iter().map(|c| c.cost).sum()
    }

    /// Lets no unit lift an agent above a level from now on.
    pub fn set_cap(&mut self, cap: f64) {
        self.cap = cap;
    }

    fn fits(&self, unit: usize, c: &Choice) -> bool {
        self.room.fits(unit, c)
            && (self.cap == f64::INFINITY || self.inst.gauge.with(self.inst, &self.room, unit, c) <= self.cap)
    }

    fn put(&mut self, unit: usize, c: Choice) {
        let there = &mut self.members[c.agent as usize];
        self.slot[unit] = there.len() as u32;
        there.push(unit as u32);
        self.room.take(unit, &c);
        self.at[unit] = c;
        self.touch(c.agent);
    }

    fn lift(&mut self, unit: usize) -> Choice {
        let c = std::mem::replace(&mut self.at[unit], NOWHERE);
        self.room.give(unit, &c);
        let (there, at) = (&mut self.members[c.agent as usize], self.slot[unit] as usize);
        there.swap_remove(at);
        if let Some(moved) = there.get(at) {
            self.slot[*moved as usize] = at as u32;
        }
        self.touch(c.agent);
        c
    }

    fn touch(&mut self, agent: u32) {
        self.clock += 1;
        self.changed[agent as usize] = self.clock;
    }

    /// True where `unit` would fit on the choice's agent if `guest` left it.
    fn fits_without(&mut self, unit: usize, c: &Choice, guest: usize) -> bool {
        let theirs = self.at[guest];
        if self.room.load[c.agent as usize] + theirs.load < c.load {
            return false;
        }
        self.room.give(guest, &theirs);
        let fits = self.fits(unit, c);
        self.room.take(guest, &theirs);
        fits
    }
}
