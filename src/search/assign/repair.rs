//! Repair of an assignment: room for missing units by moving others off; units whose predecessors are
//! missing go too.

use super::{Assignment, moves::Step};
use crate::schedule::Choice;

/// Agents that a missing unit may try to clear, and units it may move off each.
const EVICTED_AGENTS: usize = 24;
const EVICTED_UNITS: usize = 8;
/// Agents that a unit in its turn may try.
const SETTLED_AGENTS: usize = 8;

impl Assignment<'_> {
    /// Finds room for missing units, the largest first, by moving others off the agents that `ranked` names
    /// for them, best first.
    pub fn repair(&mut self, ranked: impl Fn(usize, usize) -> Vec<Choice>) {
        let mut lost: Vec<u32> = self.missing.clone();
        let size = |u: &u32| self.inst.unit_choices(*u as usize).iter().map(|c| c.load).max().unwrap_or(0);
        lost.sort_by_key(|u| (std::cmp::Reverse(size(u)), *u));
        for u in lost.into_iter().map(|u| u as usize) {
            for c in ranked(u, EVICTED_AGENTS) {
                if self.make_room(u, &c, &ranked, &|_| true) {
                    self.put(u, &c);
                    break;
                }
            }
        }
    }

    /// Moves the units in order each to the best agent that `ranked` names for it and that has room, or can be
    /// cleared of units whose turn has not come. Nothing is ever without a place, so what was placed stays so.
    pub fn settle(&mut self, order: &[u32], ranked: impl Fn(usize, usize) -> Vec<Choice>) {
        let mut settled = vec![false; self.choice.len()];
        for u in order.iter().map(|u| *u as usize) {
            settled[u] = true;
            let Some(old) = self.choice[u] else { continue };
            for c in ranked(u, SETTLED_AGENTS) {
                if c.agent == old.agent {
                    break;
                }
                if self.room.fits(u, &c) || self.make_room(u, &c, &ranked, &|g| !settled[g as usize]) {
                    self.apply(&[(u as u32, Some(c))]);
                    break;
                }
            }
        }
    }

    /// Moves units off an agent, those of the likeliest size first, until `unit` fits; all back where it does not.
    fn make_room(
        &mut self,
        unit: usize,
        c: &Choice,
        ranked: &impl Fn(usize, usize) -> Vec<Choice>,
        movable: &dyn Fn(u32) -> bool,
    ) -> bool {
        let mut guests = self.members[c.agent as usize].clone();
        guests.retain(|g| movable(*g));
        let load = |u: u32| self.choice[u as usize].map_or(0, |c| c.load);
        guests.sort_by_key(|g| ((load(*g) - c.load).abs(), *g));
        let mut moved: Vec<Step> = Vec::new();
        for g in guests.into_iter().take(EVICTED_UNITS) {
            if self.room.fits(unit, c) {
                break;
            }
            let old = self.choice[g as usize];
            self.apply(&[(g, None)]);
            let elsewhere = ranked(g as usize, EVICTED_AGENTS);
            let new = elsewhere.into_iter().find(|x| x.agent != c.agent && self.room.fits(g as usize, x));
            self.apply(&[(g, new.or(old))]);
            if new.is_some() {
                moved.push((g, old));
            }
        }
        let fits = self.room.fits(unit, c);
        if !fits {
            moved.reverse();
            self.apply(&moved);
        }
        fits
    }

    /// Units that are missing or follow a missing one.
    pub(super) fn lost(&self) -> Vec<bool> {
        let inst = self.inst;
        let mut lost: Vec<bool> = self.choice.iter().map(Option::is_none).collect();
        let mut more = true;
        while more {
            more = false;
            for t in inst.topological.iter().map(|t| *t as usize) {
                let unit = inst.unit_of[t] as usize;
                if !lost[unit] && inst.preds.row(t).iter().any(|(p, _)| lost[inst.unit_of[*p as usize] as usize]) {
                    lost[unit] = true;
                    // What follows a companion may have had its turn.
                    more |= inst.units.row(unit).len() > 1;
                }
            }
        }
        lost
    }

    /// Takes out every unit that follows a missing one.
    pub fn close_over_precedence(&mut self) {
        let lost = self.lost();
        let orphan = |u: &usize| self.choice[*u].is_some() && lost[*u];
        let out: Vec<Step> = (0..self.choice.len()).filter(orphan).map(|u| (u as u32, None)).collect();
        self.energy += self.apply(&out);
    }
}
