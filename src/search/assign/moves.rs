//! The moves of an assignment: a unit to another agent, or two that change places; tried, and undone where
//! they cost too much.

use super::{Aim, Assignment, energy::MISSING};
use crate::schedule::Choice;

/// One unit's move: to an agent, or out.
pub(super) type Step = (u32, Option<Choice>);

impl Assignment<'_> {
    pub(super) fn step(&mut self, limit: f64) -> bool {
        let u = self.pick();
        let Some(c) = self.draw(u) else { return false };
        if !self.room.fits_apart(u, c.agent) {
            return false;
        }
        let Some(old) = self.choice[u] else { return self.place(u, c, limit) };
        if old.agent == c.agent {
            return false;
        }
        let there = &self.members[c.agent as usize];
        if there.is_empty() || self.rng.one_in(2) {
            return self.attempt(&[(u as u32, Some(c))], limit);
        }
        let v = there[self.rng.below(there.len())] as usize;
        let Some(back) = self.inst.unit_choice(v, old.agent) else { return false };
        if !self.room.fits_apart(v, old.agent) && !self.inst.apart.row(v).contains(&(u as u32)) {
            return false;
        }
        self.attempt(&[(u as u32, Some(c)), (v as u32, Some(back))], limit)
    }

    /// Puts a missing unit on an agent; where it has no room, another goes elsewhere, or out.
    fn place(&mut self, u: usize, c: Choice, limit: f64) -> bool {
        let there = &self.members[c.agent as usize];
        if self.room.fits(u, &c) || there.is_empty() {
            return self.attempt(&[(u as u32, Some(c))], limit);
        }
        let v = there[self.rng.below(there.len())] as usize;
        let away = if self.rng.one_in(4) { None } else { self.draw(v).filter(|a| a.agent != c.agent) };
        let away = away.filter(|a| self.room.fits(v, a));
        self.attempt(&[(v as u32, away), (u as u32, Some(c))], limit)
    }

    fn pick(&mut self) -> usize {
        if !self.missing.is_empty() && self.rng.one_in(2) {
            return self.missing[self.rng.below(self.missing.len())] as usize;
        }
        if matches!(self.aim, Aim::Peak { .. }) && !self.members[self.top].is_empty() && self.rng.one_in(4) {
            return self.members[self.top][self.rng.below(self.members[self.top].len())] as usize;
        }
        let spread = matches!(self.aim, Aim::Spread { .. });
        if !spread && !self.restless.is_empty() && !self.rng.one_in(32) {
            return self.restless[self.rng.below(self.restless.len())] as usize;
        }
        self.rng.below(self.choice.len())
    }

    /// An agent to try: mostly of the shortlist, now and then any.
    fn draw(&mut self, unit: usize) -> Option<Choice> {
        if matches!(self.aim, Aim::Spread { .. }) {
            return self.draw_emptiest(unit);
        }
        let short = &self.shortlist[unit];
        if !short.is_empty() && !self.rng.one_in(32) {
            return Some(short[self.rng.below(short.len())]);
        }
        let row = self.inst.unit_choices(unit);
        if row.width() == 0 { None } else { row.at(self.rng.below(row.width())) }
    }

    /// Of a few agents drawn the one that stands lowest.
    fn draw_emptiest(&mut self, unit: usize) -> Option<Choice> {
        let row = self.inst.unit_choices(unit);
        if row.width() == 0 {
            return None;
        }
        let drawn: [Option<Choice>; 3] = std::array::from_fn(|_| row.at(self.rng.below(row.width())));
        drawn.into_iter().flatten().min_by(|a, b| self.level[a.agent as usize].total_cmp(&self.level[b.agent as usize]))
    }

    fn attempt(&mut self, steps: &[Step], limit: f64) -> bool {
        let old: Vec<Step> = steps.iter().map(|(u, _)| (*u, self.choice[*u as usize])).collect();
        let delta = self.apply(steps);
        if delta <= limit {
            self.energy += delta;
            return true;
        }
        self.apply(&old);
        false
    }

    /// Carries steps out and returns the change of energy. Units may overflow their agents, at a price.
    pub(super) fn apply(&mut self, steps: &[Step]) -> f64 {
        let mut delta = 0.0;
        for (unit, new) in steps {
            let u = *unit as usize;
            let old = std::mem::replace(&mut self.choice[u], *new);
            if let Some(old) = old {
                delta -= self.cost_energy(u, &old);
                self.overlong -= self.excess(u, &old);
                self.cost -= old.cost;
                self.room.give(u, &old);
                self.work[old.agent as usize] -= old.work;
                delta += self.relevel(old.agent as usize);
                leave(&mut self.members[old.agent as usize], &mut self.slot, u);
            } else {
                delta -= MISSING * self.weight[u];
                leave(&mut self.missing, &mut self.slot, u);
            }
            if let Some(new) = new {
                delta += self.cost_energy(u, new);
                self.overlong += self.excess(u, new);
                self.cost += new.cost;
                self.room.take(u, new);
                self.work[new.agent as usize] += new.work;
                delta += self.relevel(new.agent as usize);
                join(&mut self.members[new.agent as usize], &mut self.slot, u);
            } else {
                delta += MISSING * self.weight[u];
                join(&mut self.missing, &mut self.slot, u);
            }
            if !self.inst.unit_uses.row(u).is_empty() {
                let now = self.room.shared_overflow();
                delta += self.shared_penalty * (now - self.shared_over);
                self.shared_over = now;
            }
        }
        delta
    }
}

fn leave(list: &mut Vec<u32>, slot: &mut [u32], unit: usize) {
    let at = slot[unit] as usize;
    list.swap_remove(at);
    if let Some(moved) = list.get(at) {
        slot[*moved as usize] = at as u32;
    }
}

fn join(list: &mut Vec<u32>, slot: &mut [u32], unit: usize) {
    slot[unit] = list.len() as u32;
    list.push(unit as u32);
}
