//! Figures of a sample that a few wild values cannot spoil.

/// What makes the median absolute deviation of normal values their standard deviation.
pub const SIGMA: f64 = 1.4826;

/// A sample in ascending order; values that are no numbers are left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Sorts values.
    pub fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().filter(|x| x.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values, ascending.
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The quantile of a share in [0, 1], between neighbours in proportion (Hyndman and Fan 1996, type 7); `None`
    /// without values.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let at = share * (self.0.len().checked_sub(1)? as f64);
        let low = at as usize;
        let high = (low + 1).min(self.0.len() - 1);
        Some(self.0[low] + (at - low as f64) * (self.0[high] - self.0[low]))
    }

    /// The median.
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }

    /// Median absolute deviation from the median (Hampel 1974).
    pub fn mad(&self) -> Option<f64> {
        let middle = self.median()?;
        Self::new(self.0.iter().map(|x| (x - middle).abs())).median()
    }

    /// A robust standard deviation: [`SIGMA`] · MAD; where more than half of the values are equal, the mean absolute
    /// deviation · 1.2533 (Iglewicz and Hoaglin 1993). 0 where all are equal.
    pub fn spread(&self) -> Option<f64> {
        let mad = self.mad()?;
        if mad > 0.0 {
            return Some(SIGMA * mad);
        }
        let middle = self.median()?;
        Some(1.2533 * self.0.iter().map(|x| (x - middle).abs()).sum::<f64>() / self.0.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        let s = Sample::new([4.0, 1.0, f64::NAN, 3.0, 2.0]);
        assert_eq!(
            (s.median(), s.quantile(0.25), s.quantile(1.0), s.mad()),
            (Some(2.5), Some(1.75), Some(4.0), Some(1.0))
        );
        assert_eq!(Sample::default().median(), None);
    }

    #[test]
    fn one_wild_value_moves_nothing() {
        let s = Sample::new([10.0, 11.0, 9.0, 10.5, 1e9]);
        assert_eq!((s.median(), s.mad()), (Some(10.5), Some(0.5)));
        assert_eq!(Sample::new([7.0, 7.0, 7.0]).spread(), Some(0.0));
    }
}
