//! The cheapest columns of a group at given prices, equals in an order that spreads them.

use super::selection::{Columns, Rows};

/// A column and what it costs at the prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Key of the column.
    pub key: u32,
    /// Reduced cost: its cost plus the price of the amounts it uses.
    pub reduced: f64,
    /// The sum of its amounts, each relative to what its row offers.
    pub share: f64,
}

/// Ranks columns by reduced cost at the prices and levels of a relaxation.
#[derive(Debug, Clone)]
pub struct Ranking {
    prices: Vec<f64>,
    offer: Vec<f64>,
}

/// Reduced costs are equal when they agree in this many parts of the terms they sum up: prices are
/// rounded, and columns that tie in truth must not be told apart by it.
const PARTS: f64 = 1e9;

impl Ranking {
    /// Ranks at `prices` (cost per unit of each row) where the levels have the values `levels`;
    /// missing prices and levels count as 0.
    pub fn new(rows: &Rows, prices: &[f64], levels: &[f64]) -> Self {
        let at = |list: &[f64], i: usize| list.get(i).copied().unwrap_or(0.0);
        let offer = (0..rows.len())
            .map(|r| {
                let level = rows.level[r].map_or(0.0, |k| at(levels, k as usize));
                let offered = rows.fixed[r] as f64 + rows.slope_of(r) as f64 * level;
                offered.max(1.0)
            })
            .collect();
        Self { prices: (0..rows.len()).map(|r| at(prices, r)).collect(), offer }
    }

    /// The `count` cheapest columns of `group`, ascending by reduced cost, then by the smaller
    /// share of what their rows offer, then by key. O(columns · log columns).
    ///
    /// Entries of rows that are not there are passed over.
    pub fn cheapest<C: Columns>(&self, columns: &C, group: usize, count: usize) -> Vec<Ranked> {
        let mut all = Vec::new();
        let mut size = f64::MIN_POSITIVE;
        columns.visit(group, &mut |key, cost, entries| {
            let ranked = self.rank(key, cost, entries);
            let cost = cost as f64;
            size = size.max(cost.abs()).max((ranked.reduced - cost).abs());
            all.push(ranked);
        });
        let step = size / PARTS;
        let order = |a: &Ranked, b: &Ranked| {
            let rounded = |x: &Ranked| (x.reduced / step).round();
            rounded(a).total_cmp(&rounded(b)).then(a.share.total_cmp(&b.share)).then(a.key.cmp(&b.key))
        };
        if count < all.len() {
            all.select_nth_unstable_by(count, order);
            all.truncate(count);
        }
        all.sort_by(order);
        all
    }

    /// The reduced cost and share of one column.
    pub fn rank(&self, key: u32, cost: i64, entries: &[(u32, i64)]) -> Ranked {
        let (mut reduced, mut share) = (cost as f64, 0.0);
        for &(row, amount) in entries {
            let row = row as usize;
            if row < self.prices.len() {
                reduced += self.prices[row] * amount as f64;
                share += amount as f64 / self.offer[row];
            }
        }
        Ranked { key, reduced, share }
    }
}
