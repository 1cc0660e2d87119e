//! The columns kept in memory: the cheapest few of each group at some prices, in floating point.

use super::frame::Frame;
use super::selection::{Columns, NO_KEY};
use crate::parallel;

/// Widths from which all columns are looked at: hardly any would be left out.
const MANY: usize = 1_000;

/// Groups that one job prices.
const PART: usize = 1_024;

/// Some columns of every group, group after group, amounts in row units.
#[derive(Debug, Clone, Default)]
pub(super) struct Pool {
    /// Columns `start[g]..start[g + 1]` belong to group g.
    pub start: Vec<usize>,
    /// Key of each column.
    pub key: Vec<u32>,
    /// Cost of each column.
    pub cost: Vec<f64>,
    /// Entries `first[j]..first[j + 1]` belong to column j.
    pub first: Vec<usize>,
    /// Row and amount of each entry.
    pub entry: Vec<(u32, f64)>,
    /// Whether no column of any group was left out.
    pub complete: bool,
}

/// What pricing all columns found.
#[derive(Debug, Clone)]
pub(super) struct Priced {
    /// The dual function at the prices, up to rounding.
    pub value: f64,
    /// Columns taken that the earlier pool did not keep.
    pub added: usize,
    /// The columns kept and taken.
    pub pool: Pool,
    /// For each column of the pool, its index in the earlier pool, if it was there.
    pub origin: Vec<Option<usize>>,
}

/// Which columns a pricing pass takes over and takes up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'a> {
    /// At most this many columns of each group are taken up.
    pub width: usize,
    /// The earlier pool, and which of its columns stay.
    pub keep: Option<(&'a Pool, &'a [bool])>,
    /// Only take up columns that beat every kept column of their group by more than this.
    pub improving: Option<f64>,
}

impl Pool {
    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.start.len().saturating_sub(1)
    }

    /// The columns of group `g`.
    pub fn columns(&self, g: usize) -> std::ops::Range<usize> {
        self.start[g]..self.start[g + 1]
    }

    /// Number of columns in groups that have more than one.
    pub fn open(&self) -> usize {
        let sizes = self.start.windows(2).map(|pair| pair[1] - pair[0]);
        sizes.filter(|&size| size > 1).sum()
    }

    /// The entries of column `j`.
    pub fn entries(&self, j: usize) -> &[(u32, f64)] {
        &self.entry[self.first[j]..self.first[j + 1]]
    }

    /// Cost of column `j` plus the price of what it uses.
    pub fn reduced(&self, j: usize, prices: &[f64]) -> f64 {
        self.entries(j).iter().fold(self.cost[j], |sum, &(r, a)| sum + prices[r as usize] * a)
    }

    /// The cheapest column of each group at the prices into `picks`, its amounts summed over
    /// `load`; returns the sum of the least reduced costs. O(entries of the pool).
    pub fn choose(&self, prices: &[f64], picks: &mut [usize], load: &mut [f64]) -> f64 {
        load.fill(0.0);
        let mut total = 0.0;
        for (g, pick) in picks.iter_mut().enumerate() {
            let mut least = f64::INFINITY;
            for j in self.columns(g) {
                let value = self.reduced(j, prices);
                if value < least {
                    (least, *pick) = (value, j);
                }
            }
            total += least;
            for &(r, a) in self.entries(*pick) {
                load[r as usize] += a;
            }
        }
        total
    }

    /// The columns that `stays` marks, of every group.
    pub fn subset(&self, stays: &[bool]) -> Self {
        let mut out = Builder::new(0, self.groups());
        for group in 0..self.groups() {
            out.keep(group, &[], Some((self, stays)));
            out.close();
        }
        out.pool
    }

    /// Prices every column and builds the pool of those that `choice` keeps and takes up.
    ///
    /// O(entries + columns · log width), one pass, group by group on all threads.
    pub fn price<C: Columns>(columns: &C, frame: &Frame, prices: &[f64], choice: Choice) -> Priced {
        let natural = frame.natural(prices);
        let all: Vec<u32> = (0..columns.groups() as u32).collect();
        let nearest = if choice.width < MANY { columns.nearest(&all, &natural, choice.width) } else { None };
        let pass = Pass { columns, frame, prices, natural, choice, nearest };
        let parts = parallel::parts(columns.groups(), PART);
        let priced = parallel::map(parts.len(), |i| pass.part(parts[i].clone()));
        let mut out = Priced { value: frame.constant(prices), added: 0, pool: Pool::of_no_group(), origin: Vec::new() };
        out.pool.complete = true;
        // In the order of the parts, so that the sum does not depend on the threads.
        for part in priced {
            out.value += part.value;
            out.added += part.added;
            out.origin.extend(part.origin);
            out.pool.append(&part.pool);
        }
        out
    }

    /// A pool to which groups are added.
    fn of_no_group() -> Self {
        Self { start: vec![0], first: vec![0], ..Self::default() }
    }

    /// Adds the groups of another pool.
    fn append(&mut self, other: &Self) {
        let (columns, entries) = (self.key.len(), self.entry.len());
        self.start.extend(other.start[1..].iter().map(|j| j + columns));
        self.first.extend(other.first[1..].iter().map(|e| e + entries));
        self.key.extend_from_slice(&other.key);
        self.cost.extend_from_slice(&other.cost);
        self.entry.extend_from_slice(&other.entry);
        self.complete &= other.complete;
    }
}

/// One look at all columns at some prices.
struct Pass<'a, C> {
    columns: &'a C,
    frame: &'a Frame,
    prices: &'a [f64],
    /// The prices in the units of the caller's rows.
    natural: Vec<f64>,
    choice: Choice<'a>,
    /// The keys to look at, where the columns name them.
    nearest: Option<Vec<u32>>,
}

impl<C: Columns> Pass<'_, C> {
    /// The pool and the value of some groups.
    fn part(&self, groups: std::ops::Range<usize>) -> Priced {
        let (choice, columns) = (self.choice, self.columns);
        let mut out = Builder::new(groups.start, groups.len());
        let mut shelf = Shelf::new(choice.width);
        let (mut value, mut added, mut complete) = (0.0, 0, true);
        for group in groups {
            shelf.clear();
            let mut see = |key: u32, cost: i64, entries: &[(u32, i64)]| {
                let paid = |sum, &(row, amount): &(u32, i64)| sum + self.natural[row as usize] * amount as f64;
                shelf.offer(entries.iter().fold(cost as f64, paid), key, cost, entries);
            };
            match &self.nearest {
                Some(keys) => {
                    let row = &keys[group * choice.width..(group + 1) * choice.width];
                    row.iter().filter(|k| **k != NO_KEY).for_each(|k| columns.column(group, *k, &mut see));
                }
                None => columns.visit(group, &mut see),
            }
            value += shelf.least;
            let ceiling = out.keep(group, self.prices, choice.keep);
            let limit = choice.improving.map_or(f64::INFINITY, |by| ceiling - by);
            added += out.take(&shelf, limit, self.frame, choice.keep.map(|keep| keep.0));
            out.close();
            complete &= self.nearest.is_none() && shelf.seen == out.width();
        }
        out.pool.complete = complete;
        Priced { value, added, pool: out.pool, origin: out.origin }
    }
}

/// The cheapest columns of one group seen so far, ascending; equals keep the order they came in.
struct Shelf {
    width: usize,
    seen: usize,
    least: f64,
    cutoff: f64,
    held: Vec<Held>,
}

struct Held {
    reduced: f64,
    key: u32,
    cost: i64,
    entries: Vec<(u32, i64)>,
}

impl Shelf {
    fn new(width: usize) -> Self {
        Self { width, seen: 0, least: f64::INFINITY, cutoff: f64::INFINITY, held: Vec::new() }
    }

    fn clear(&mut self) {
        (self.seen, self.least, self.cutoff) = (0, f64::INFINITY, f64::INFINITY);
        // The buffers of what was held stay for the next group.
        for held in &mut self.held {
            held.reduced = f64::INFINITY;
        }
    }

    fn filled(&self) -> usize {
        self.seen.min(self.width).min(self.held.len())
    }

    fn offer(&mut self, reduced: f64, key: u32, cost: i64, entries: &[(u32, i64)]) {
        let filled = self.filled();
        self.seen += 1;
        self.least = self.least.min(reduced);
        if self.width == 0 || (filled == self.width && reduced >= self.cutoff) {
            return;
        }
        let last = if filled < self.width {
            if self.held.len() == filled {
                self.held.push(Held { reduced, key, cost, entries: Vec::new() });
            }
            filled
        } else {
            self.width - 1
        };
        let held = &mut self.held[last];
        (held.reduced, held.key, held.cost) = (reduced, key, cost);
        held.entries.clear();
        held.entries.extend_from_slice(entries);
        let mut at = last;
        while at > 0 && self.held[at - 1].reduced > reduced {
            self.held.swap(at - 1, at);
            at -= 1;
        }
        if last + 1 == self.width {
            self.cutoff = self.held[last].reduced;
        }
    }
}

/// A pool under construction.
struct Builder {
    /// The first group.
    begin: usize,
    pool: Pool,
    origin: Vec<Option<usize>>,
}

impl Builder {
    fn new(begin: usize, groups: usize) -> Self {
        let mut pool = Pool::of_no_group();
        pool.start.reserve(groups);
        Self { begin, pool, origin: Vec::new() }
    }

    /// Copies the columns that stay; returns the least reduced cost among them, given prices.
    fn keep(&mut self, group: usize, prices: &[f64], keep: Option<(&Pool, &[bool])>) -> f64 {
        let mut least = f64::INFINITY;
        let Some((old, stays)) = keep else {
            return least;
        };
        for j in old.columns(group).filter(|&j| stays[j]) {
            if !prices.is_empty() {
                least = least.min(old.reduced(j, prices));
            }
            self.pool.key.push(old.key[j]);
            self.pool.cost.push(old.cost[j]);
            self.pool.entry.extend_from_slice(old.entries(j));
            self.pool.first.push(self.pool.entry.len());
            self.origin.push(Some(j));
        }
        least
    }

    /// Takes the shelf's columns below `limit` that are not here yet; returns how many.
    fn take(&mut self, shelf: &Shelf, limit: f64, frame: &Frame, old: Option<&Pool>) -> usize {
        let local = self.pool.start.len() - 1;
        let (group, begin) = (self.begin + local, self.pool.start[local]);
        let kept = self.pool.key.len();
        for held in &shelf.held[..shelf.filled()] {
            if held.reduced >= limit || self.pool.key[begin..kept].contains(&held.key) {
                continue;
            }
            self.pool.key.push(held.key);
            self.pool.cost.push(held.cost as f64);
            let scaled = held.entries.iter().map(|&(r, a)| (r, a as f64 / frame.unit[r as usize]));
            self.pool.entry.extend(scaled);
            self.pool.first.push(self.pool.entry.len());
            let find = |old: &Pool| old.columns(group).find(|&j| old.key[j] == held.key);
            self.origin.push(old.and_then(find));
        }
        self.pool.key.len() - kept
    }

    /// Ends the group.
    fn close(&mut self) {
        self.pool.start.push(self.pool.key.len());
    }

    /// Number of columns in the group ended last.
    fn width(&self) -> usize {
        let n = self.pool.start.len();
        self.pool.start[n - 1] - self.pool.start[n - 2]
    }
}
