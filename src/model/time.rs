//! Time inside is whole milliseconds after `as_of`; it is rounded once, after the whole formula.

/// A moment or a duration in whole milliseconds; moments count from `as_of`.
pub type Ms = i64;

/// Later than every moment that a plan can use (about 35,000 years).
pub const NEVER: Ms = 1 << 50;

/// Rounds a duration, transfer or release in milliseconds up, forgiving binary noise below 1e-6 ms.
pub fn up(ms: f64) -> Ms {
    if ms >= NEVER as f64 {
        return NEVER;
    }
    // Plain instructions: every pair of task and agent comes here.
    let exact = ms - 1e-6;
    let down = exact as Ms;
    down + Ms::from(down as f64 != exact && exact > 0.0)
}

/// Rounds a deadline in milliseconds down, forgiving binary noise below 1e-6 ms.
pub fn down(ms: f64) -> Ms {
    if ms >= NEVER as f64 { NEVER } else { libm::floor(ms + 1e-6) as Ms }
}

/// Milliseconds as the seconds that reports print.
pub fn seconds(ms: Ms) -> f64 {
    ms as f64 / 1000.0
}

/// The moment that [`seconds`] made seconds of.
pub fn of_seconds(seconds: f64) -> Ms {
    libm::round(seconds * 1000.0) as Ms
}
