//! Between which weights an outcome stands.

/// A cost that is linear in one weight: `fixed + slope · weight`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Cost at weight 0.
    pub fixed: f64,
    /// What a unit of the weight adds.
    pub slope: f64,
}

impl Line {
    fn at(self, weight: f64) -> f64 {
        self.fixed + self.slope * weight
    }
}

/// The weights, others equal, at which the outcome of cost `own` is still a cheapest one: `least` gives the line of
/// a cheapest outcome at a weight. An outcome's costs are lines, the least of them is concave, so that it is an
/// interval; each end is found by going to where the cheapest line crosses (Newton; Dinkelbach 1967), which takes
/// as few steps as there are outcomes in between. `None`: however great the weight.
pub fn range(own: Line, now: f64, most: f64, least: impl Fn(f64) -> Line) -> (f64, Option<f64>) {
    let end = |far: f64| {
        let mut at = far;
        for _ in 0..STEPS {
            let other = least(at);
            let slack = 1e-9 * (1.0 + own.at(at).abs());
            let turn = own.slope - other.slope;
            if other.at(at) >= own.at(at) - slack || turn == 0.0 {
                return at;
            }
            let next = (other.fixed - own.fixed) / turn;
            // It never passes the weight at which the outcome is known to be cheapest.
            at = if far < now { next.clamp(at, now) } else { next.clamp(now, at) };
        }
        now
    };
    let high = if now < most { end(most) } else { now };
    (end(0.0), (high < most).then_some(high))
}

/// More crossings than this are not followed; the range is then given as the weight alone.
const STEPS: usize = 64;

#[cfg(test)]
mod tests {
    use super::{Line, range};

    #[test]
    fn a_majority_stands_until_the_other_side_outweighs_it() {
        // Two against one: the outcome of the two contradicts w, the other one 2 + 3.
        let outcomes = [Line { fixed: 0.0, slope: 1.0 }, Line { fixed: 5.0, slope: 0.0 }];
        let least = |w: f64| outcomes.into_iter().min_by(|a, b| a.at(w).total_cmp(&b.at(w))).unwrap();
        assert_eq!(range(outcomes[0], 1.0, 1e6, least), (0.0, Some(5.0)));
        assert_eq!(range(outcomes[1], 7.0, 1e6, least), (5.0, None));
    }
}
