//! Amounts as integers, so that adding and taking away in any order gives the same sum.

/// Larger than any amount in use, small enough to add a few of them.
pub const UNLIMITED: i64 = i64::MAX / 8;

/// A power of ten that turns the amounts of one dimension into integers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale(f64);

impl Scale {
    /// The finest scale, up to `digits` decimals, at which `largest` stays exact in an `f64`.
    pub fn for_largest(largest: f64, digits: u32) -> Self {
        let mut factor = libm::pow(10.0, f64::from(digits));
        while factor > 1.0 && largest * factor > 9.0e15 {
            factor /= 10.0;
        }
        Self(factor)
    }

    /// A demand, rounded up: a plan that fits in integers fits in truth.
    pub fn demand(self, amount: f64) -> i64 {
        ceil((amount * self.0 - 1e-4).clamp(0.0, UNLIMITED as f64))
    }

    /// A capacity, or a figure of a bound, rounded down.
    pub fn floor(self, amount: f64) -> i64 {
        -ceil((-(amount * self.0 + 1e-4)).clamp(-(UNLIMITED as f64), UNLIMITED as f64))
    }

    /// Scaled units in one of the input's.
    pub fn factor(self) -> f64 {
        self.0
    }

    /// Back to the unit of the input.
    pub fn back(self, amount: f64) -> f64 {
        amount / self.0
    }
}

/// The least integer not below; plain instructions, where a call of `ceil` would dominate a scan of pairs.
#[inline]
fn ceil(x: f64) -> i64 {
    let down = x as i64;
    down + i64::from(down as f64 != x && x > 0.0)
}
