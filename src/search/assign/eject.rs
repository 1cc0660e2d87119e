//! Places for the last missing units by ejection: a unit goes where it puts out those that have been hardest to place
//! least often, these look for places in turn, and everything else moves about meanwhile (Nagata, Bräysy 2009, who so
//! empty the last vehicle of a tour plan).

use super::{Assignment, moves::Step};
use crate::schedule::Choice;

/// Agents that a unit without room looks at.
const AGENTS: usize = 64;
/// Guests of an agent of which two at once may go.
const PAIRED: usize = 12;
/// Moves of others after each ejection.
const SHAKES: usize = 64;

/// The way in for a unit: an agent, and who has to leave it.
struct Entry {
    cost: u64,
    to: Choice,
    out: Vec<u32>,
}

impl Assignment<'_> {
    /// Looks for places for missing units until so many ejections in a row have gained nothing; keeps the assignment that
    /// misses least priority, what follows a missing unit counted with it.
    pub fn eject(&mut self, patience: u64) {
        let heft = self.heft();
        let mut tries = heft.clone();
        let mut pool = self.missing.clone();
        pool.retain(|u| !self.inst.unit_choices(*u as usize).is_empty());
        pool.sort_by_key(|u| (heft[*u as usize], std::cmp::Reverse(*u)));
        let mut lost = self.lost();
        let (mut least, mut best) = (self.sum(&lost), self.choice.clone());
        let mut idle = 0;
        for round in 0u64.. {
            if idle >= patience || round.is_multiple_of(64) && self.inst.limit.is_over() {
                break;
            }
            // What waits for another missing unit gains nothing by a place.
            let Some(next) = pool.iter().rposition(|u| self.leads(*u)) else { break };
            let u = pool.remove(next);
            let unit = u as usize;
            idle += 1;
            if let Some(c) = self.fullest(unit) {
                self.put(unit, &c);
            } else {
                tries[unit] += heft[unit];
                match self.entry(unit, &tries, &lost) {
                    Some(entry) => {
                        let out: Vec<Step> = entry.out.iter().map(|g| (*g, None)).collect();
                        self.apply(&out);
                        self.put(unit, &entry.to);
                        pool.extend(entry.out);
                    }
                    None => pool.insert(0, u),
                }
                self.shake();
            }
            lost = self.lost();
            let missed = self.sum(&lost);
            if missed < least - 1e-9 {
                idle = 0;
                least = missed;
                best.clone_from(&self.choice);
            }
        }
        if self.sum(&self.lost()) > least {
            self.restore(&best);
        }
        self.set_aim(self.aim);
    }

    /// Σ priority of some units.
    fn sum(&self, lost: &[bool]) -> f64 {
        lost.iter().zip(&self.weight).filter(|l| *l.0).map(|l| l.1).sum()
    }

    /// True where all that a unit follows has a place.
    fn leads(&self, unit: u32) -> bool {
        let inst = self.inst;
        let missing =
            |p: u32| inst.unit_of[p as usize] != unit && self.choice[inst.unit_of[p as usize] as usize].is_none();
        inst.units.row(unit as usize).iter().all(|t| inst.preds.row(*t as usize).iter().all(|(p, _)| !missing(*p)))
    }

    /// What hangs on each unit: its priority and that of all that follow it, in hundredths of the mean priority.
    fn heft(&self) -> Vec<u64> {
        let inst = self.inst;
        let mean = self.weight.iter().sum::<f64>() / self.weight.len().max(1) as f64;
        let mut heft = self.weight.clone();
        for t in inst.topological.iter().rev().map(|t| *t as usize) {
            let unit = inst.unit_of[t] as usize;
            for (p, _) in inst.preds.row(t) {
                let before = inst.unit_of[*p as usize] as usize;
                if before != unit {
                    heft[before] += heft[unit];
                }
            }
        }
        heft.iter().map(|h| libm::ceil((100.0 * h / mean.max(1e-12)).min(1e9)).max(1.0) as u64).collect()
    }

    /// Of agents with room for a unit the fullest.
    fn fullest(&self, unit: usize) -> Option<Choice> {
        let open = self.inst.unit_choices(unit).iter().filter(|c| self.room.fits(unit, c));
        let filled = open.map(|c| (self.fullness(unit, &c), c));
        filled.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.agent.cmp(&a.1.agent))).map(|f| f.1)
    }

    /// The agent where a unit gets in by putting out one or two that were tried least often.
    fn entry(&mut self, unit: usize, tries: &[u64], lost: &[bool]) -> Option<Entry> {
        let price = |g: u32| if lost[g as usize] { 0 } else { tries[g as usize] };
        let row = self.inst.unit_choices(unit);
        let first = self.rng.below(row.width().max(1));
        let mut best: Option<Entry> = None;
        for c in row.spread(first, AGENTS) {
            if !self.room.fits_apart(unit, c.agent) {
                continue;
            }
            let mut guests = self.members[c.agent as usize].clone();
            guests.sort_unstable_by_key(|g| (price(*g), *g));
            let most = |best: &Option<Entry>| best.as_ref().map_or(tries[unit], |b| b.cost);
            let cost = |out: &[u32]| out.iter().map(|g| price(*g)).sum::<u64>();
            for g in &guests {
                if cost(&[*g]) >= most(&best) {
                    break;
                }
                if self.fits_without(unit, &c, &[*g]) {
                    best = Some(Entry { cost: cost(&[*g]), to: c, out: vec![*g] });
                    break;
                }
            }
            guests.truncate(PAIRED);
            for (i, g) in guests.iter().enumerate() {
                for h in &guests[..i] {
                    if cost(&[*g, *h]) < most(&best) && self.fits_without(unit, &c, &[*g, *h]) {
                        best = Some(Entry { cost: cost(&[*g, *h]), to: c, out: vec![*g, *h] });
                    }
                }
            }
        }
        best
    }

    /// True where a unit fits on an agent once some of its guests are gone.
    fn fits_without(&mut self, unit: usize, c: &Choice, out: &[u32]) -> bool {
        let freed: i64 = out.iter().filter_map(|g| Some(self.choice[*g as usize]?.load)).sum();
        if c.load > self.room.load[c.agent as usize] + freed {
            return false;
        }
        for g in out {
            if let Some(own) = self.choice[*g as usize] {
                self.room.give(*g as usize, &own);
            }
        }
        let fits = self.room.fits(unit, c);
        for g in out {
            if let Some(own) = self.choice[*g as usize] {
                self.room.take(*g as usize, &own);
            }
        }
        fits
    }

    /// Moves units about where there is room for them, two at once where they change places.
    fn shake(&mut self) {
        for _ in 0..SHAKES {
            let u = self.rng.below(self.choice.len());
            let Some(old) = self.choice[u] else { continue };
            let row = self.inst.unit_choices(u);
            let Some(c) = row.at(self.rng.below(row.width().max(1))).filter(|c| c.agent != old.agent) else { continue };
            if self.room.fits(u, &c) {
                self.apply(&[(u as u32, Some(c))]);
                continue;
            }
            let there = &self.members[c.agent as usize];
            if there.is_empty() {
                continue;
            }
            let v = there[self.rng.below(there.len())] as usize;
            let (Some(own), Some(back)) = (self.choice[v], self.inst.unit_choice(v, old.agent)) else { continue };
            self.apply(&[(u as u32, None), (v as u32, None)]);
            if self.room.fits(u, &c) {
                self.put(u, &c);
                if self.room.fits(v, &back) {
                    self.put(v, &back);
                    continue;
                }
            }
            self.apply(&[(u as u32, Some(old)), (v as u32, Some(own))]);
        }
    }
}
