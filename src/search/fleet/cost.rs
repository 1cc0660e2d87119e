//! Construction by lists, each unit on the first agent of its list that has room or that others make way on; and descent
//! of the cost: a unit goes where it costs less; where it has no room there, it changes places with another, or another
//! goes on to a third agent.

use super::Packing;
use crate::schedule::{Choice, Instance, NONE, Room};

/// Agents that are cleared for a unit, guests that are moved off each, and agents beyond their lists that those try.
const CLEARED: usize = 8;
const GUESTS: usize = 8;
const ELSEWHERE: usize = 48;

/// Agents on which units are forced, in all.
const FORCED: usize = 64;

/// What a unit's gain asks of another.
#[derive(Debug, Clone, Copy)]
enum Deal {
    /// Nothing: there is room.
    Shift,
    /// The guest goes to an agent.
    Eject(usize, Choice),
}

impl<'i> Packing<'i> {
    /// Units in order each on the cheapest agent of its list that has room beside those already there; those that
    /// find none go where `fallback` has them, which stays reserved until their turn.
    pub fn by_lists(inst: &'i Instance<'i>, fallback: &Room<'i>, order: &[u32], lists: &[Vec<Choice>]) -> Self {
        let mut out = Self::new(inst, fallback);
        let mut settled = vec![false; inst.units.len()];
        for unit in order.iter().map(|u| *u as usize) {
            settled[unit] = true;
            for (i, c) in lists[unit].iter().enumerate() {
                if c.agent == out.at[unit].agent {
                    break;
                }
                if out.fits(unit, c) || i < CLEARED && out.clear(unit, c, &settled, lists) {
                    out.lift(unit);
                    out.put(unit, *c);
                    break;
                }
            }
        }
        out
    }

    /// Units on the agents that `wanted` has for them, in order; those that find no room there go, last first, where
    /// they or others that make way for them find some; who finds none has no agent.
    pub fn seated(inst: &'i Instance<'i>, order: &[u32], wanted: &[Option<Choice>], lists: &[Vec<Choice>]) -> Self {
        let mut out = Self::new(inst, &Room::new(inst));
        let mut over = Vec::new();
        for unit in order.iter().map(|u| *u as usize) {
            match wanted[unit].filter(|c| out.fits(unit, c)) {
                Some(c) => out.put(unit, c),
                None => over.push(unit),
            }
        }
        let mut settled = vec![false; inst.units.len()];
        let mut tries = FORCED;
        for unit in over.into_iter().rev() {
            settled[unit] = true;
            match out.place_for(unit, &settled, lists) {
                Some(c) => out.put(unit, c),
                None => settled[unit] = out.force(unit, &settled, lists, &mut tries),
            }
        }
        out
    }

    /// Seats a unit on one of the first agents that could hold it, whoever is there: those whose turn has not come and who
    /// find no room beside it look for another place. False, and nothing is changed, where one of them finds none or
    /// no `tries` are left.
    fn force(&mut self, unit: usize, settled: &[bool], lists: &[Vec<Choice>], tries: &mut usize) -> bool {
        let inst = self.inst;
        inst.unit_choices(unit).iter().take(*tries).any(|c| {
            *tries -= 1;
            let before = self.clone();
            let mut guests = self.members[c.agent as usize].clone();
            guests.retain(|g| !settled[*g as usize]);
            let mut lifted: Vec<(usize, Choice)> =
                guests.iter().map(|g| (*g as usize, self.lift(*g as usize))).collect();
            let is_in = self.fits(unit, &c);
            if is_in {
                self.put(unit, c);
            }
            lifted.sort_by_key(|(g, own)| (std::cmp::Reverse(own.load), *g));
            let done = is_in
                && lifted.into_iter().all(|(g, own)| {
                    let to = if self.fits(g, &own) { Some(own) } else { self.place_for(g, settled, lists) };
                    to.map(|to| self.put(g, to)).is_some()
                });
            if !done {
                *self = before;
            }
            done
        })
    }

    /// Where a unit finds room: on its list, if only others make way, or on any agent.
    fn place_for(&mut self, unit: usize, settled: &[bool], lists: &[Vec<Choice>]) -> Option<Choice> {
        let (inst, own) = (self.inst, &lists[unit]);
        let c = own.iter().find(|c| self.fits(unit, c)).copied();
        let c = c.or_else(|| own.iter().find(|c| self.clear(unit, c, settled, lists)).copied());
        let c = c.or_else(|| inst.unit_choices(unit).iter().find(|c| self.fits(unit, c)));
        c.or_else(|| inst.unit_choices(unit).iter().find(|c| self.clear(unit, c, settled, lists)))
    }

    /// Moves units whose turn has not come off an agent, until `unit` fits; all back where it does not.
    fn clear(&mut self, unit: usize, c: &Choice, settled: &[bool], lists: &[Vec<Choice>]) -> bool {
        let movable = |g: &u32| !settled[*g as usize];
        let mut guests: Vec<u32> = self.members[c.agent as usize].iter().copied().filter(movable).collect();
        // The likeliest in size first.
        guests.sort_by_key(|g| ((self.at[*g as usize].load - c.load).abs(), *g));
        let mut moved: Vec<(usize, Choice)> = Vec::new();
        for guest in guests.into_iter().take(GUESTS).map(|g| g as usize) {
            if self.fits(unit, c) {
                return true;
            }
            let elsewhere = |x: &&Choice| x.agent != c.agent && self.fits(guest, x);
            let to = lists[guest].iter().find(elsewhere).copied();
            let others = || self.inst.unit_choices(guest).after(c.agent).take(ELSEWHERE);
            let to = to.or_else(|| others().find(|x| elsewhere(&x)));
            if let Some(to) = to {
                moved.push((guest, self.lift(guest)));
                self.put(guest, to);
            }
        }
        let fits = self.fits(unit, c);
        if !fits {
            for (guest, back) in moved.into_iter().rev() {
                self.lift(guest);
                self.put(guest, back);
            }
        }
        fits
    }

    /// Descends until no unit gains, or `work` deals were looked at. Units are looked at again when an agent of
    /// their list has changed.
    pub fn descend(&mut self, lists: &[Vec<Choice>], mut work: u64) {
        let mut seen = vec![0u64; self.at.len()];
        let least = |list: &Vec<Choice>| list.iter().map(|c| c.cost).min().unwrap_or(i64::MAX / 4);
        let cheapest: Vec<i64> = lists.iter().map(least).collect();
        loop {
            let before = self.clock;
            for unit in 0..self.at.len() {
                let own = self.at[unit];
                if own.agent == NONE || work == 0 {
                    continue;
                }
                let stale = |c: &Choice| self.changed[c.agent as usize] > seen[unit];
                if seen[unit] > 0 && !stale(&own) && !lists[unit].iter().any(stale) {
                    continue;
                }
                seen[unit] = self.clock.max(1);
                if let Some((c, deal)) = self.best_deal(unit, lists, &cheapest, &mut work) {
                    self.carry_out(unit, c, deal);
                }
            }
            if self.clock == before || work == 0 {
                return;
            }
        }
    }

    /// The deal that saves most when the unit goes somewhere cheaper.
    fn best_deal(
        &mut self,
        unit: usize,
        lists: &[Vec<Choice>],
        cheapest: &[i64],
        work: &mut u64,
    ) -> Option<(Choice, Deal)> {
        let own = self.at[unit];
        let mut best = (0, None);
        for c in &lists[unit] {
            let gain = own.cost - c.cost;
            if c.agent == own.agent || gain <= best.0 || !self.room.fits_apart(unit, c.agent) {
                continue;
            }
            if self.fits(unit, c) {
                best = (gain, Some((*c, Deal::Shift)));
                continue;
            }
            for i in 0..self.members[c.agent as usize].len() {
                let guest = self.members[c.agent as usize][i] as usize;
                *work = work.saturating_sub(1);
                let theirs = self.at[guest];
                // Even its cheapest agent would cost the guest more than is gained, or it makes too little room.
                if gain + theirs.cost - cheapest[guest] <= best.0
                    || self.room.load[c.agent as usize] + theirs.load < c.load
                {
                    continue;
                }
                if let Some((saved, to)) = self.way_out(unit, c, guest, gain, best.0, lists) {
                    best = (saved, Some((*c, Deal::Eject(guest, to))));
                }
            }
        }
        best.1
    }

    /// Where a guest can go so that the deal saves more than `least`: the agent that the unit leaves, or one of
    /// the guest's list with room.
    fn way_out(
        &mut self,
        unit: usize,
        c: &Choice,
        guest: usize,
        gain: i64,
        least: i64,
        lists: &[Vec<Choice>],
    ) -> Option<(i64, Choice)> {
        let (own, theirs) = (self.at[unit], self.at[guest]);
        let saves = |to: &Choice| gain + theirs.cost - to.cost;
        let mut best: Option<(i64, Choice)> = None;
        let mut checked = false;
        let better = |to: &Choice, best: &Option<(i64, Choice)>| saves(to) > best.map_or(least, |b| b.0);
        for to in &lists[guest] {
            if to.agent == c.agent || to.agent == own.agent || !better(to, &best) || !self.fits(guest, to) {
                continue;
            }
            if !checked && !self.fits_without(unit, c, guest) {
                return None;
            }
            checked = true;
            best = Some((saves(to), *to));
        }
        if let Some(to) = self.inst.unit_choice(guest, own.agent).filter(|to| better(to, &best))
            && self.fits_without(guest, &to, unit)
            && (checked || self.fits_without(unit, c, guest))
        {
            best = Some((saves(&to), to));
        }
        best
    }

    fn carry_out(&mut self, unit: usize, c: Choice, deal: Deal) {
        self.lift(unit);
        if let Deal::Eject(guest, to) = deal {
            self.lift(guest);
            self.put(guest, to);
        }
        self.put(unit, c);
    }
}
