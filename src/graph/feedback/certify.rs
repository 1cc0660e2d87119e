//! Bounds that trust no floating point: prices of cycles, recomputed as a packing in whole numbers.

/// Binary digits after the point of a price.
const SHIFT: u32 = 24;

/// A packing: what it proves, and what each column's limit leaves, both times 2^[`SHIFT`].
#[derive(Debug, Clone)]
pub(super) struct Packing {
    total: i128,
    slack: Vec<i128>,
}

impl Packing {
    /// Makes a packing of prices: where a column's rows carry more than its weight, they are scaled down to it.
    pub fn of(prices: &[f64], rows: &[Vec<u32>], weights: &[i64]) -> Self {
        let unit = f64::from(1_u32 << SHIFT);
        // The cast turns NaN into 0 and saturates; weights are below 2^63 together, so that products fit.
        let price = |p: &f64| ((p.max(0.0) * unit) as i64).min(1 << 62);
        let raw: Vec<i128> = prices.iter().map(|p| i128::from(price(p))).collect();
        let limit = |c: usize| i128::from(weights[c]) << SHIFT;
        let mut load = vec![0_i128; weights.len()];
        let pairs = || rows.iter().zip(&raw);
        pairs().for_each(|(row, p)| row.iter().for_each(|c| load[*c as usize] += p));
        let (mut total, mut used) = (0, vec![0_i128; weights.len()]);
        for (row, p) in pairs() {
            let scaled = |c: &u32| {
                let (load, limit) = (load[*c as usize], limit(*c as usize));
                if load > limit { mul_div(*p, limit, load) } else { *p }
            };
            let fair = row.iter().map(scaled).min().unwrap_or(0);
            total += fair;
            for c in row {
                used[*c as usize] += fair;
            }
        }
        Self { total, slack: (0..weights.len()).map(|c| limit(c) - used[c]).collect() }
    }

    /// The least whole weight of any cover.
    pub fn bound(&self) -> i64 {
        ceil(self.total)
    }

    /// What it proves, as a fraction.
    pub fn value(&self) -> f64 {
        self.total as f64 / f64::from(1_u32 << SHIFT)
    }

    /// The least whole weight of any cover that takes a column.
    pub fn bound_with(&self, column: usize) -> i64 {
        ceil(self.total + self.slack[column])
    }
}

fn ceil(scaled: i128) -> i64 {
    let one = 1_i128 << SHIFT;
    ((scaled + one - 1) >> SHIFT).clamp(0, i128::from(i64::MAX)) as i64
}

/// `a · b / c` rounded down, for a ≤ c, where the product may not fit.
fn mul_div(a: i128, b: i128, c: i128) -> i128 {
    a.checked_mul(b).map_or_else(|| (a / c.max(1)) * b, |product| product / c)
}
