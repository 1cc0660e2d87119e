//! Clearing: a unit too large for any agent's slack goes where several smaller ones make way, each to an agent
//! that has slack for it (ejection trees; Glover 1996).

use super::Packing;
use crate::schedule::{Choice, NONE};

/// Agents that a unit tries to clear, and guests that may leave one.
const AGENTS: usize = 32;
const GUESTS: usize = 24;

impl Packing<'_> {
    /// Moves a unit off `top` so that it and all that make way for it stand at `target` at most; false, and
    /// nothing is changed, where that is not found.
    pub(super) fn make_way(&mut self, top: u32, target: f64, level: &mut [f64], work: &mut u64) -> bool {
        let mut units: Vec<usize> = self.members[top as usize].iter().map(|u| *u as usize).collect();
        units.sort_by_key(|u| (std::cmp::Reverse(self.at[*u].load), *u));
        for unit in units {
            for to in self.clearable(unit, top, target, work) {
                if self.clear_for(unit, to, target, level, work) {
                    return true;
                }
                if *work == 0 {
                    return false;
                }
            }
        }
        false
    }

    /// Moves a unit to one of the agents that do it fastest, a tenth faster than where it is at least; others make
    /// way, to its old agent too. False, and nothing is changed, where none can be cleared.
    pub fn hasten(&mut self, unit: usize) -> bool {
        let (inst, own) = (self.inst, self.at[unit]);
        if own.agent == NONE {
            return false;
        }
        let faster = |c: &Choice| c.agent != own.agent && c.work + own.work / 10 < own.work;
        let apart = |c: &Choice| self.room.fits_apart(unit, c.agent);
        let mut fast: Vec<Choice> = inst.unit_choices(unit).iter().filter(|c| faster(c) && apart(c)).collect();
        fast.sort_by_key(|c| (c.work, c.agent));
        let (mut level, mut work) = (vec![0.0; inst.agents.len()], u64::MAX);
        fast.into_iter().take(AGENTS).any(|to| self.clear_for(unit, to, f64::INFINITY, &mut level, &mut work))
    }

    /// Agents on which the unit could stand below `target` beside what cannot leave, those first where it would
    /// take the least share.
    fn clearable(&self, unit: usize, top: u32, target: f64, work: &mut u64) -> Vec<Choice> {
        let inst = self.inst;
        let share = |c: &Choice| {
            let agent = c.agent as usize;
            let capacity = inst.gauge.scaled_capacity(agent).max(1.0);
            (inst.gauge.scaled_base(agent) + c.load as f64) / capacity
        };
        let others = inst.unit_choices(unit).iter().filter(|c| c.agent != top && self.room.fits_apart(unit, c.agent));
        let mut out: Vec<(f64, Choice)> = others.map(|c| (share(&c), c)).filter(|c| c.0 <= target).collect();
        *work = work.saturating_sub(inst.unit_choices(unit).width() as u64);
        out.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.agent.cmp(&b.1.agent)));
        out.truncate(AGENTS);
        out.into_iter().map(|c| c.1).collect()
    }

    /// Sends guests away from the choice's agent, the largest that have a place first, until the unit fits; all
    /// back where it does not.
    fn clear_for(&mut self, unit: usize, to: Choice, target: f64, level: &mut [f64], work: &mut u64) -> bool {
        let own = self.lift(unit);
        let mut guests: Vec<usize> = self.members[to.agent as usize].iter().map(|u| *u as usize).collect();
        guests.sort_by_key(|g| (std::cmp::Reverse(self.at[*g].load), *g));
        let mut moved: Vec<(usize, Choice)> = Vec::new();
        for guest in guests.into_iter().take(GUESTS) {
            if self.stands_with(unit, &to) <= target && self.room.fits(unit, &to) {
                break;
            }
            let theirs = self.lift(guest);
            let away = self.elsewhere(guest, to.agent, target, work);
            self.put(guest, away.unwrap_or(theirs));
            if away.is_some() {
                moved.push((guest, theirs));
            }
        }
        let fits = self.stands_with(unit, &to) <= target && self.room.fits(unit, &to);
        let touched: Vec<u32> = moved.iter().map(|m| self.at[m.0].agent).chain([own.agent, to.agent]).collect();
        if fits {
            self.put(unit, to);
        } else {
            for (guest, theirs) in moved.into_iter().rev() {
                self.lift(guest);
                self.put(guest, theirs);
            }
            self.put(unit, own);
        }
        for a in touched {
            level[a as usize] = self.stands(a as usize);
        }
        fits
    }

    fn stands_with(&self, unit: usize, c: &Choice) -> f64 {
        self.inst.gauge.with(self.inst, &self.room, unit, c)
    }

    /// The agent with room on which a unit stands lowest, at `target` at most; where there is no target, the one that
    /// does it fastest: times count then.
    fn elsewhere(&self, unit: usize, not: u32, target: f64, work: &mut u64) -> Option<Choice> {
        let row = self.inst.unit_choices(unit);
        *work = work.saturating_sub(row.width() as u64);
        let open = row.iter().filter(|c| c.agent != not && self.room.fits(unit, c));
        let worth = |c: &Choice| if target < f64::INFINITY { self.stands_with(unit, c) } else { c.work as f64 };
        let stand = open.map(|c| (worth(&c), c)).filter(|s| s.0 <= target);
        stand.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.agent.cmp(&b.1.agent))).map(|s| s.1)
    }
}
