//! What the columns of a group have in common: rows whose levels do not depend on what is chosen.

use super::frame::Frame;
use super::pool::{Choice, Pool};
use super::selection::Columns;

/// More than columns ever take of a row.
const NO_LIMIT: f64 = 1e18;

/// Columns of each group that are compared.
const COMPARED: usize = 2;

/// What rows are given by each group's columns at least and at most, as far as a few of each tell.
pub(super) struct Common {
    least: Vec<f64>,
    most: Vec<f64>,
}

impl Common {
    /// Compares columns. O(groups · entries).
    pub fn new<C: Columns>(columns: &C, rows: usize) -> Self {
        let mut out = Self { least: vec![0.0; rows], most: vec![0.0; rows] };
        let mut amounts: Vec<(u32, Vec<i64>)> = Vec::new();
        for g in 0..columns.groups() {
            amounts.clear();
            let mut seen = 0;
            columns.sample(g, COMPARED, &mut |_, _, entries| {
                for (row, x) in entries {
                    let at = amounts.iter().position(|of| of.0 == *row).unwrap_or_else(|| {
                        amounts.push((*row, Vec::new()));
                        amounts.len() - 1
                    });
                    amounts[at].1.resize(seen + 1, 0);
                    amounts[at].1[seen] += *x;
                }
                seen += 1;
            });
            for (row, of) in &amounts {
                let least = if of.len() < seen { 0 } else { of.iter().copied().min().unwrap_or(0) };
                out.least[*row as usize] += least as f64;
                out.most[*row as usize] += of.iter().copied().max().unwrap_or(0) as f64;
            }
        }
        out
    }

    /// The problem without the rows of levels that every choice gives the same: what they make of a level is a constant,
    /// and the dual function, linear in what they are priced together, is greatest where one of them or none has all the
    /// price. Prices are then free to tell the other rows apart.
    pub fn without(&self, frame: &Frame) -> Frame {
        let mut out = frame.clone();
        for rows in &mut out.members {
            let (given, open): (Vec<usize>, Vec<usize>) = rows.iter().copied().partition(|r| self.is_given(*r));
            if open.is_empty() {
                continue;
            }
            for r in given {
                (out.level[r], out.fixed[r]) = (None, NO_LIMIT);
            }
            *rows = open;
        }
        out
    }

    /// The least values of the levels, raised to what the rows that every choice gives the same make of them.
    pub fn least(&self, frame: &Frame) -> Vec<f64> {
        let given = |rows: &[usize], least: f64| {
            rows.iter().filter(|r| self.is_given(**r)).map(|r| self.level(frame, *r)).fold(least, f64::max)
        };
        frame.members.iter().zip(&frame.least).map(|(rows, least)| given(rows, *least)).collect()
    }

    fn is_given(&self, r: usize) -> bool {
        self.least[r] > 0.0 && self.least[r] >= self.most[r]
    }

    /// The level at which a row holds what every choice gives it.
    fn level(&self, frame: &Frame, r: usize) -> f64 {
        (self.least[r] / frame.unit[r] - frame.fixed[r]) / frame.slope[r]
    }

    /// Prices that put each level's cost on the one of its rows that is fullest by what every column of a group takes of
    /// it, with what they prove; `None` where that is no more than `known`. O(pricing).
    pub fn on_one_row<C: Columns>(&self, columns: &C, frame: &Frame, known: f64) -> Option<(f64, Vec<f64>)> {
        let mut prices = vec![0.0; frame.unit.len()];
        let mut promises = 0.0;
        for (rows, cost) in frame.members.iter().zip(&frame.unit_cost) {
            let level = |r: usize| self.level(frame, r);
            let fullest = rows.iter().copied().max_by(|a, b| level(*a).total_cmp(&level(*b)).then(b.cmp(a)))?;
            prices[fullest] = cost / frame.slope[fullest];
            promises += cost * level(fullest);
        }
        let proves = if promises > known { value(columns, frame, &prices) } else { promises };
        (proves > known).then_some((proves, prices))
    }
}

/// What the true dual function over all columns is at some prices.
pub(super) fn value<C: Columns>(columns: &C, frame: &Frame, prices: &[f64]) -> f64 {
    Pool::price(columns, frame, prices, Choice { width: 1, keep: None, improving: None }).value
}
