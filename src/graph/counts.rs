//! Numbers of paths, of which there may be more than a float can count.

/// A number of paths, which may be too large for a float.
pub trait Count: Copy {
    /// No path.
    const NONE: Self;
    /// One path.
    const ONE: Self;
    /// Both together.
    fn plus(self, other: Self) -> Self;
    /// True where there is no path.
    fn is_none(self) -> bool;
    /// True where figures computed with it can be trusted.
    fn is_sound(self) -> bool;
    /// `x` over this number.
    fn share(self, x: f64) -> Self;
    /// This share times a number of paths.
    fn times(self, paths: Self) -> f64;
}

/// Counts beyond this have reciprocals that lose digits.
const SOUND: f64 = 1e290;

impl Count for f64 {
    const NONE: Self = 0.0;
    const ONE: Self = 1.0;

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn is_none(self) -> bool {
        self == 0.0
    }

    fn is_sound(self) -> bool {
        self < SOUND
    }

    fn share(self, x: f64) -> Self {
        x / self
    }

    fn times(self, paths: Self) -> f64 {
        self * paths
    }
}

/// A float with an exponent of its own: `part · 2^power`, `part` 0 or in [1, 2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wide {
    part: f64,
    power: i32,
}

impl Wide {
    fn of(x: f64, power: i32) -> Self {
        if x == 0.0 {
            return Self::NONE;
        }
        let (half, e) = libm::frexp(x);
        Self { part: 2.0 * half, power: power + e - 1 }
    }
}

impl Count for Wide {
    const NONE: Self = Self { part: 0.0, power: 0 };
    const ONE: Self = Self { part: 1.0, power: 0 };

    fn plus(self, other: Self) -> Self {
        if self.part == 0.0 {
            return other;
        }
        if other.part == 0.0 {
            return self;
        }
        let (large, small) = if self.power >= other.power { (self, other) } else { (other, self) };
        let lag = (large.power - small.power).min(1000);
        Self::of(large.part + libm::ldexp(small.part, -lag), large.power)
    }

    fn is_none(self) -> bool {
        self.part == 0.0
    }

    fn is_sound(self) -> bool {
        true
    }

    fn share(self, x: f64) -> Self {
        Self::of(x / self.part, -self.power)
    }

    fn times(self, paths: Self) -> f64 {
        libm::ldexp(self.part * paths.part, self.power.saturating_add(paths.power))
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Wide};

    #[test]
    fn wide_numbers_reckon_as_floats_do() {
        let three = Wide::ONE.plus(Wide::ONE).plus(Wide::ONE);
        assert_eq!(three.share(6.0).times(three), 6.0);
        let mut large = Wide::ONE;
        for _ in 0..5000 {
            large = large.plus(large);
        }
        assert_eq!(large.plus(Wide::ONE), large);
        assert_eq!(large.share(8.0).times(large), 8.0);
        assert_eq!(Wide::ONE.plus(large), large);
    }
}
