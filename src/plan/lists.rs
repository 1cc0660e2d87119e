//! Candidate lists: the agents that each unit tries first, so that what is tried does not grow with the fleet.

use super::{scan, selection::Selection};
use crate::{
    lp::{self, NO_KEY},
    schedule::{Choice, Room},
};

/// The agents that a relaxation's prices make cheapest for each unit, by unit, and the order in which units choose.
#[derive(Debug)]
pub struct Lists {
    /// Choices by unit, the cheapest first.
    pub rows: Vec<Vec<Choice>>,
    /// Units, those first that should choose first.
    pub order: Vec<u32>,
}

impl Lists {
    /// The `count` cheapest agents of each unit; units that lose most by not getting their cheapest choose first.
    pub fn new(selection: &Selection<'_>, prices: &[f64], count: usize) -> Self {
        let (inst, units) = (selection.inst, selection.units());
        let all: Vec<u32> = (0..units.len() as u32).collect();
        let keys = scan::nearest(selection, &all, prices, count);
        let charged = selection.charges(prices);
        let mut rows = vec![Vec::new(); inst.units.len()];
        let mut order: Vec<(f64, u32)> = Vec::with_capacity(units.len());
        for (unit, keys) in units.iter().zip(keys.chunks(count)) {
            let u = *unit as usize;
            let known = keys.iter().filter(|k| **k != NO_KEY);
            let row: Vec<Choice> = known.filter_map(|k| inst.unit_choice(u, *k)).collect();
            let price = |i: usize| row.get(i).map_or(f64::MAX, |c| charged.of(inst, u, c));
            order.push((price(1) - price(0), *unit));
            rows[u] = row;
        }
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        Self { rows, order: order.into_iter().map(|o| o.1).collect() }
    }

    /// Adds about `count` agents that are spread evenly over all, from a place that differs between units.
    pub fn spread(&mut self, selection: &Selection<'_>, count: usize) {
        for unit in selection.units().iter().map(|u| *u as usize) {
            let (all, row) = (selection.inst.unit_choices(unit), &mut self.rows[unit]);
            let place = lp::place(unit, all.width());
            let mut spread: Vec<Choice> = all.spread(place, count).collect();
            if row.len() + spread.len() < count.min(all.width()) / 2 {
                // Few of those have room for it.
                let open: Vec<Choice> = all.iter().collect();
                let count = count.min(open.len());
                spread = (0..count).map(|i| open[(place + i * open.len() / count) % open.len()]).collect();
            }
            for c in spread {
                if row.iter().all(|other| other.agent != c.agent) {
                    row.push(c);
                }
            }
        }
    }

    /// Drops choices that alone lift their agent above `level` (a utilization); where that leaves few, the `count`
    /// cheapest of those that do not stand for them, or of all where there is none.
    pub fn keep_below(&mut self, selection: &Selection<'_>, prices: &[f64], level: f64, count: usize) {
        let inst = selection.inst;
        let (empty, charged) = (Room::new(inst), selection.charges(prices));
        for unit in selection.units().iter().map(|u| *u as usize) {
            let is_below = |c: &Choice| inst.gauge.with(inst, &empty, unit, c) <= level;
            let row = &mut self.rows[unit];
            row.retain(is_below);
            if row.len() >= count / 2 {
                continue;
            }
            let all = inst.unit_choices(unit);
            let mut open: Vec<Choice> = all.iter().filter(is_below).collect();
            if open.is_empty() {
                open = all.iter().collect();
            }
            *row = least(open.into_iter().map(|c| (charged.of(inst, unit, &c), c)), count);
        }
    }
}

/// The `count` choices of least score, the least first, of equals the one of the first agent.
pub fn least(scored: impl Iterator<Item = (f64, Choice)>, count: usize) -> Vec<Choice> {
    let mut scored: Vec<(f64, Choice)> = scored.collect();
    let order = |a: &(f64, Choice), b: &(f64, Choice)| a.0.total_cmp(&b.0).then(a.1.agent.cmp(&b.1.agent));
    if scored.len() > count {
        scored.select_nth_unstable_by(count, order);
        scored.truncate(count);
    }
    scored.sort_unstable_by(order);
    scored.into_iter().map(|s| s.1).collect()
}
