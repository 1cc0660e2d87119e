//! Clearing: a unit too large for any agent's slack goes where several smaller ones make way, each to an agent
//! that has slack for it (ejection trees; Glover 1996).

use super::{Packing, hasten::Moved};
use crate::schedule::{Choice, NONE};

/// Agents that a unit tries to clear, and guests that may leave one.
const AGENTS: usize = 32;
const GUESTS: usize = 24;

/// Agents that a guest tries to clear in turn.
const DEEPER: usize = 4;

/// How agents are cleared.
struct By<'w> {
    /// Where all who move may stand.
    target: f64,
    /// What an agent is worth to a unit that makes way, least first; infinite where it may not go.
    worth: &'w dyn Fn(&Packing<'_>, usize, &Choice) -> f64,
    /// Agents that are cleared for one another.
    depth: usize,
}

impl Packing<'_> {
    /// Moves a unit off `top` so that it and all that make way for it stand at `target` at most; false, and
    /// nothing is changed, where that is not found.
    pub(super) fn make_way(&mut self, top: u32, target: f64, level: &mut [f64], work: &mut u64) -> bool {
        let mut units: Vec<usize> = self.members[top as usize].iter().map(|u| *u as usize).collect();
        units.sort_by_key(|u| (std::cmp::Reverse(self.at[*u].load), *u));
        let by = By { target, worth: &|p, u, c| p.stands_with(u, c), depth: 1 };
        for unit in units {
            for to in self.clearable(unit, top, target, work) {
                if let Some(moved) = self.clear_for(unit, to, &by, &[], work) {
                    for (unit, old) in moved {
                        for agent in [old.agent, self.at[unit].agent] {
                            level[agent as usize] = self.stands(agent as usize);
                        }
                    }
                    return true;
                }
                if *work == 0 {
                    return false;
                }
            }
        }
        false
    }

    /// Puts a unit on another agent, where others make way for it, each to the agent with room that is worth least; the
    /// units that moved, with the choices that they had. `None`, and nothing is changed, where that is not found while
    /// `work`, the agents looked at, lasts.
    pub(super) fn seat(
        &mut self,
        unit: usize,
        to: Choice,
        worth: &dyn Fn(usize, &Choice) -> f64,
        work: &mut u64,
    ) -> Option<Moved> {
        if self.at[unit].agent == NONE {
            return None;
        }
        let by = By { target: f64::INFINITY, worth: &|_, u, c| worth(u, c), depth: 2 };
        self.clear_for(unit, to, &by, &[], work)
    }

    /// Undoes moves.
    pub(super) fn take_back(&mut self, moved: Moved) {
        for (unit, old) in moved.into_iter().rev() {
            self.lift(unit);
            self.put(unit, old);
        }
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
        out.sort_by(nearest);
        out.truncate(AGENTS);
        out.into_iter().map(|c| c.1).collect()
    }

    /// Sends guests away from the choice's agent, the largest that have a place first, until the unit fits; the units
    /// that moved, or `None`, and all are back, where it does not.
    fn clear_for(&mut self, unit: usize, to: Choice, by: &By<'_>, cleared: &[u32], work: &mut u64) -> Option<Moved> {
        let own = self.lift(unit);
        let mut guests: Vec<usize> = self.members[to.agent as usize].iter().map(|u| *u as usize).collect();
        guests.sort_by_key(|g| (std::cmp::Reverse(self.at[*g].load), *g));
        let fits = |p: &Self| p.stands_with(unit, &to) <= by.target && p.room.fits(unit, &to);
        let cleared = [cleared, &[to.agent]].concat();
        let mut moved: Moved = Vec::new();
        for guest in guests.into_iter().take(GUESTS) {
            if fits(self) || *work == 0 {
                break;
            }
            let theirs = self.lift(guest);
            let away = self.elsewhere(guest, &cleared, by, work);
            self.put(guest, away.unwrap_or(theirs));
            if away.is_some() {
                moved.push((guest, theirs));
            } else if cleared.len() < by.depth {
                moved.extend(self.clear_some(guest, by, &cleared, work));
            }
        }
        if !fits(self) {
            self.take_back(moved);
            self.put(unit, own);
            return None;
        }
        self.put(unit, to);
        moved.push((unit, own));
        Some(moved)
    }

    /// Puts a guest without a place on one of the agents worth least to it, where others make way in turn.
    fn clear_some(&mut self, guest: usize, by: &By<'_>, cleared: &[u32], work: &mut u64) -> Moved {
        *work = work.saturating_sub(self.inst.unit_choices(guest).width() as u64);
        let mut open: Vec<(f64, Choice)> =
            self.open(guest, by, cleared, |p, c| p.room.fits_apart(guest, c.agent)).collect();
        open.sort_by(nearest);
        open.truncate(DEEPER);
        open.into_iter().find_map(|s| self.clear_for(guest, s.1, by, cleared, work)).unwrap_or_default()
    }

    fn stands_with(&self, unit: usize, c: &Choice) -> f64 {
        self.inst.gauge.with(self.inst, &self.room, unit, c)
    }

    /// The agent with room that is worth least to a unit.
    fn elsewhere(&self, unit: usize, cleared: &[u32], by: &By<'_>, work: &mut u64) -> Option<Choice> {
        *work = work.saturating_sub(self.inst.unit_choices(unit).width() as u64);
        self.open(unit, by, cleared, |p, c| p.room.fits(unit, c)).min_by(nearest).map(|s| s.1)
    }

    /// Agents to which a unit may make way, with what they are worth to it.
    fn open<'s>(
        &'s self,
        unit: usize,
        by: &'s By<'_>,
        cleared: &'s [u32],
        suits: impl Fn(&Self, &Choice) -> bool + 's,
    ) -> impl Iterator<Item = (f64, Choice)> + 's {
        let own = self.at[unit].agent;
        let others = self.inst.unit_choices(unit).iter().filter(move |c| c.agent != own && !cleared.contains(&c.agent));
        let worth = others.filter(move |c| suits(self, c)).map(move |c| ((by.worth)(self, unit, &c), c));
        worth.filter(|s| s.0 <= by.target && s.0 < f64::INFINITY)
    }
}

/// Orders agents by what they are worth, then by id.
fn nearest(a: &(f64, Choice), b: &(f64, Choice)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.agent.cmp(&b.1.agent))
}
