//! An axis of time or of amounts, with marks at round figures.

use super::svg::Svg;
use crate::report::clock;

/// Round spans, seconds.
const SPANS: [f64; 24] = [
    0.001,
    0.01,
    0.1,
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    3600.0,
    7200.0,
    10_800.0,
    21_600.0,
    43_200.0,
    86_400.0,
    172_800.0,
    604_800.0,
    2_592_000.0,
];

/// A stretch of time on a stretch of the drawing.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    from: f64,
    until: f64,
    left: f64,
    right: f64,
}

impl Axis {
    /// Seconds `from` to `until` between two places of the drawing.
    pub fn new([from, until]: [f64; 2], [left, right]: [f64; 2]) -> Self {
        Self { from, until: if until > from { until } else { from + 1.0 }, left, right }
    }

    /// The last moment.
    pub fn until(&self) -> f64 {
        self.until
    }

    /// The place of a moment.
    pub fn at(&self, moment: f64) -> f64 {
        let share = (moment.clamp(self.from, self.until) - self.from) / (self.until - self.from);
        self.left + share * (self.right - self.left)
    }

    /// Moments at round spans, at most ten or so.
    pub fn marks(&self) -> Vec<f64> {
        let span = self.until - self.from;
        let step = SPANS.into_iter().find(|s| span / s <= 10.0).unwrap_or_else(|| {
            let years = libm::ceil(span / 10.0 / 31_536_000.0);
            years * 31_536_000.0
        });
        let first = libm::ceil(self.from / step) as i64;
        (first..first + 12).map(|i| i as f64 * step).filter(|m| *m <= self.until).collect()
    }

    /// Draws lines at the marks between two heights, with their moments above.
    pub fn draw(&self, svg: &mut Svg, top: f64, bottom: f64) {
        for mark in self.marks() {
            let x = self.at(mark);
            svg.line("grid", [x, top, x, bottom]);
            svg.text("tick", [x, top - 6.0], &clock(mark));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_few() {
        let marks = |until: f64| Axis::new([0.0, until], [0.0, 100.0]).marks();
        assert_eq!(marks(600.0), [0.0, 60.0, 120.0, 180.0, 240.0, 300.0, 360.0, 420.0, 480.0, 540.0, 600.0].to_vec());
        for until in [0.004, 7.0, 59.0, 4000.0, 1e6, 3e9] {
            assert!((2..=12).contains(&marks(until).len()), "{until}: {:?}", marks(until));
        }
    }
}
