//! Levelling: agents that stand high give units away until none of them can come lower, then the spread of all
//! levels is narrowed below the peak that was reached.

use super::Packing;
use crate::schedule::{Choice, NONE};

/// Share of the floor at which those who make way may stand.
const NEAR: f64 = 1.02;

/// A unit that leaves an agent, and who takes its place.
struct Exchange {
    unit: usize,
    to: Choice,
    back: Option<(usize, Choice)>,
}

impl Packing<'_> {
    /// Utilization of an agent (or its load, where that is the measure); 0 where the batch cannot touch it.
    pub(super) fn stands(&self, agent: usize) -> f64 {
        if self.inst.gauge.is_touched(agent) { self.inst.gauge.of(self.inst, &self.room, agent) } else { 0.0 }
    }

    /// The highest level.
    pub fn peak(&self) -> f64 {
        self.inst.gauge.peak(self.inst, &self.room)
    }

    /// Lowers the peak towards `floor`, agent by agent from the top, while `work` lasts: a unit goes where the
    /// higher of the two agents then stands lowest, changes places with a smaller one, or several make way for it.
    pub fn lower_peak(&mut self, floor: f64, mut work: u64) {
        let touched = self.inst.gauge.touched.clone();
        let mut level: Vec<f64> = (0..self.inst.agents.len()).map(|a| self.stands(a)).collect();
        while work > 0 {
            let Some(top) =
                touched.iter().copied().max_by(|a, b| level[*a as usize].total_cmp(&level[*b as usize]).then(b.cmp(a)))
            else {
                return;
            };
            if level[top as usize] <= floor {
                return;
            }
            let Some(Exchange { unit, to, back }) = self.relief(top, &level, &mut work) else {
                // Near the floor if that can be had, else anywhere lower.
                let high = level[top as usize] * (1.0 - 1e-9);
                let targets = [floor * NEAR, f64::midpoint(floor, high), high];
                if !targets.iter().any(|t| *t <= high && self.make_way(top, *t, &mut level, &mut work)) {
                    return;
                }
                continue;
            };
            let own = self.lift(unit);
            if let Some((guest, c)) = back {
                self.lift(guest);
                self.put(guest, c);
            }
            self.put(unit, to);
            for a in [own.agent, to.agent] {
                level[a as usize] = self.stands(a as usize);
            }
        }
    }

    /// The best exchange that leaves both agents lower than the top one stands: unit, where to, and who comes back.
    fn relief(&mut self, top: u32, level: &[f64], work: &mut u64) -> Option<Exchange> {
        let inst = self.inst;
        let mut best = (level[top as usize] * (1.0 - 1e-9), None);
        for unit in self.members[top as usize].clone().into_iter().map(|u| u as usize) {
            let own = self.at[unit];
            self.room.give(unit, &own);
            let without = self.stands(top as usize);
            for c in inst.unit_choices(unit).iter().filter(|c| c.agent != top) {
                *work = work.saturating_sub(1);
                if level[c.agent as usize] >= best.0 || without >= best.0 {
                    continue;
                }
                let there = inst.gauge.with(inst, &self.room, unit, &c);
                if there.max(without) < best.0 && self.room.fits(unit, &c) {
                    best = (there.max(without), Some(Exchange { unit, to: c, back: None }));
                }
            }
            self.room.take(unit, &own);
        }
        if best.1.is_some() {
            return best.1;
        }
        self.exchange(top, level, work)
    }

    /// The same by a change of places.
    fn exchange(&mut self, top: u32, level: &[f64], work: &mut u64) -> Option<Exchange> {
        let inst = self.inst;
        let mut best = (level[top as usize] * (1.0 - 1e-9), None);
        for unit in self.members[top as usize].clone().into_iter().map(|u| u as usize) {
            let own = self.at[unit];
            for c in inst.unit_choices(unit).iter().filter(|c| c.agent != top) {
                for i in 0..self.members[c.agent as usize].len() {
                    *work = work.saturating_sub(1);
                    let guest = self.members[c.agent as usize][i] as usize;
                    let theirs = self.at[guest];
                    let there = inst.gauge.instead(inst, &self.room, (unit, &c), (guest, &theirs));
                    if there >= best.0 {
                        continue;
                    }
                    let Some(back) = inst.unit_choice(guest, top) else { continue };
                    let stands = there.max(inst.gauge.instead(inst, &self.room, (guest, &back), (unit, &own)));
                    if stands < best.0 && self.may_change((unit, &own, &c), (guest, &theirs, &back)) {
                        best = (stands, Some(Exchange { unit, to: c, back: Some((guest, back)) }));
                    }
                    if *work == 0 {
                        return best.1;
                    }
                }
            }
            if best.1.is_some() {
                break;
            }
        }
        best.1
    }

    /// True where two units, each with the choice that it has and the one that it would have, have room in each other's
    /// place.
    fn may_change(&mut self, one: (usize, &Choice, &Choice), other: (usize, &Choice, &Choice)) -> bool {
        let both = [one, other];
        for (unit, from, _) in both {
            self.room.give(unit, from);
        }
        let fits = both.iter().all(|(unit, _, to)| self.room.fits(*unit, to));
        for (unit, from, _) in both {
            self.room.take(unit, from);
        }
        fits
    }

    /// Lowers the variance of levels by shifts, none above `cap`, for at most `sweeps` rounds over all units.
    pub fn narrow(&mut self, cap: f64, sweeps: u32) {
        let inst = self.inst;
        let mut level: Vec<f64> = (0..inst.agents.len()).map(|a| self.stands(a)).collect();
        let touched = inst.gauge.touched.len().max(1) as f64;
        for _ in 0..sweeps {
            let before = self.clock;
            let mean = inst.gauge.touched.iter().map(|a| level[*a as usize]).sum::<f64>() / touched;
            let off = |level: f64| (level - mean) * (level - mean);
            for unit in 0..self.at.len() {
                let own = self.at[unit];
                // Only what leaves an agent above the mean can narrow the spread by much.
                if own.agent == NONE || level[own.agent as usize] <= mean {
                    continue;
                }
                self.room.give(unit, &own);
                let without = self.stands(own.agent as usize);
                let stays = off(level[own.agent as usize]) - off(without);
                let mut best = (1e-12, None);
                for c in inst.unit_choices(unit).iter() {
                    let now = level[c.agent as usize];
                    // What it adds there is at most what an empty mean would take.
                    if c.agent == own.agent || now >= level[own.agent as usize] {
                        continue;
                    }
                    let there = inst.gauge.with(inst, &self.room, unit, &c);
                    let gain = stays - (off(there) - off(now));
                    if gain > best.0 && there <= cap && self.room.fits(unit, &c) {
                        best = (gain, Some(c));
                    }
                }
                self.room.take(unit, &own);
                if let Some(c) = best.1 {
                    self.lift(unit);
                    self.put(unit, c);
                    for a in [own.agent, c.agent] {
                        level[a as usize] = self.stands(a as usize);
                    }
                }
            }
            if self.clock == before {
                return;
            }
        }
    }
}
