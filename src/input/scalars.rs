//! Durations, moments and the ranges that numbers must keep.

use jiff::Timestamp;

/// Greatest duration and greatest distance of a moment from `as_of`: 100 years, in ms.
pub const MAX_MS: f64 = 100.0 * 365.25 * 86_400_000.0;

/// The units of durations, with their length in ms.
const UNITS: &[(&str, f64)] = &[
    ("ms", 1.0),
    ("msec", 1.0),
    ("millisecond", 1.0),
    ("milliseconds", 1.0),
    ("s", 1000.0),
    ("sec", 1000.0),
    ("secs", 1000.0),
    ("second", 1000.0),
    ("seconds", 1000.0),
    ("m", 60_000.0),
    ("min", 60_000.0),
    ("mins", 60_000.0),
    ("minute", 60_000.0),
    ("minutes", 60_000.0),
    ("h", 3_600_000.0),
    ("hr", 3_600_000.0),
    ("hrs", 3_600_000.0),
    ("hour", 3_600_000.0),
    ("hours", 3_600_000.0),
    ("d", 86_400_000.0),
    ("day", 86_400_000.0),
    ("days", 86_400_000.0),
];

/// A closed or half-open range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
    open_low: bool,
    open_high: bool,
}

impl Range {
    /// Loads, costs, amounts, sizes: 0 to 1e15.
    pub const AMOUNT: Self = Self::closed(0.0, 1e15);
    /// Priorities and weights: 0 to 1e9.
    pub const WEIGHT: Self = Self::closed(0.0, 1e9);
    /// Speeds: a millionth to a million.
    pub const SPEED: Self = Self::closed(1e-6, 1e6);
    /// Proficiencies and availabilities: above 0, at most 1.
    pub const SHARE: Self = Self { low: 0.0, high: 1.0, open_low: true, open_high: false };
    /// The least proficiency that a task asks for: 0 to 1.
    pub const LEAST: Self = Self::closed(0.0, 1.0);
    /// Error rates: 0 to below 1.
    pub const RATE: Self = Self { low: 0.0, high: 1.0, open_low: false, open_high: true };
    /// Slots: 1 to a million.
    pub const SLOTS: Self = Self::closed(1.0, 1e6);
    /// Other counts: 0 to a million.
    pub const COUNT: Self = Self::closed(0.0, 1e6);
    /// Measurements: any finite number up to 1e15.
    pub const MEASURE: Self = Self::closed(-1e15, 1e15);
    /// What a plan says of itself: sums and products of amounts, any finite number up to 1e60.
    pub const CLAIM: Self = Self::closed(-1e60, 1e60);
    /// Utilization thresholds: 0 to 1.
    pub const UNIT: Self = Self::closed(0.0, 1.0);
    /// Versions of data.
    pub const VERSION: Self = Self::closed(0.0, 9e15);

    const fn closed(low: f64, high: f64) -> Self {
        Self { low, high, open_low: false, open_high: false }
    }

    /// The limits in the words of JSON Schema.
    pub fn limits(self) -> ((&'static str, f64), (&'static str, f64)) {
        let low = if self.open_low { "exclusiveMinimum" } else { "minimum" };
        let high = if self.open_high { "exclusiveMaximum" } else { "maximum" };
        ((low, self.low), (high, self.high))
    }

    /// True where the number is within.
    pub fn holds(self, n: f64) -> bool {
        let above = if self.open_low { n > self.low } else { n >= self.low };
        let below = if self.open_high { n < self.high } else { n <= self.high };
        above && below
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { low, high, open_low, open_high } = self;
        let number = |n: f64| if n.abs() >= 1e6 { format!("{n:e}") } else { n.to_string() };
        write!(f, "{} {} to ", if *open_low { "above" } else { "from" }, number(*low))?;
        write!(f, "{}{}", if *open_high { "below " } else { "" }, number(*high))
    }
}

/// Exact milliseconds of a duration such as `90s` or `1h 30m`, a `-` before it allowed; `None` where
/// the text is no duration.
pub fn duration_ms(text: &str) -> Option<f64> {
    let text = text.trim();
    let (sign, mut rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_start();
        let letters = tail.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total += number.parse::<f64>().ok()? * length;
        rest = tail.trim_start();
    }
    Some(sign * total)
}

/// How a text fails to be a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadMoment {
    /// It is absolute, and there is no `as_of` to count from.
    NoAsOf,
    /// It is neither RFC 3339 nor a duration.
    Malformed,
}

/// Exact milliseconds after `as_of` of a moment: RFC 3339, or a duration.
///
/// # Errors
///
/// What is wrong with the text.
pub fn moment_ms(text: &str, as_of: Option<Timestamp>) -> Result<f64, BadMoment> {
    if let Some(ms) = duration_ms(text) {
        return Ok(ms);
    }
    let at = timestamp(text).ok_or(BadMoment::Malformed)?;
    let from = as_of.ok_or(BadMoment::NoAsOf)?;
    Ok((at.as_nanosecond() - from.as_nanosecond()) as f64 / 1e6)
}

/// An RFC 3339 moment, `T` and offset required.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let plain = text.as_bytes().get(10) == Some(&b'T') && !text.contains('[');
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_add_up_with_and_without_spaces() {
        assert_eq!(duration_ms("90s"), Some(90_000.0));
        assert_eq!(duration_ms("1h 30m"), Some(5_400_000.0));
        assert_eq!(duration_ms("1h30min"), Some(5_400_000.0));
        assert_eq!(duration_ms("0.5 d"), Some(43_200_000.0));
        assert_eq!(duration_ms("1.5s 250ms"), Some(1750.0));
        assert_eq!(duration_ms("-5m"), Some(-300_000.0));
    }

    #[test]
    fn what_is_no_duration_is_told() {
        for text in ["", "-", "90", "1x", "h", "1h 30", "1..5s", "s90", "1H", "1h,30m", "PT1H", "∞s"] {
            assert_eq!(duration_ms(text), None, "{text}");
        }
    }

    #[test]
    fn moments_are_absolute_or_relative() {
        let as_of = timestamp("2026-01-05T09:00:00Z");
        assert!(as_of.is_some());
        assert_eq!(moment_ms("2026-01-05T10:00:00+01:00", as_of), Ok(0.0));
        assert_eq!(moment_ms("2026-01-05T09:00:01.5Z", as_of), Ok(1500.0));
        assert_eq!(moment_ms("2h", None), Ok(7_200_000.0));
        assert_eq!(moment_ms("2026-01-05T09:00:00Z", None), Err(BadMoment::NoAsOf));
        for text in ["2026-01-05", "2026-01-05 09:00:00Z", "2026-01-05T09:00:00", "2026-13-05T09:00:00Z", "soon"] {
            assert_eq!(moment_ms(text, as_of), Err(BadMoment::Malformed), "{text}");
        }
    }

    #[test]
    fn ranges_say_what_they_hold() {
        assert!(Range::SHARE.holds(1.0) && !Range::SHARE.holds(0.0));
        assert!(Range::RATE.holds(0.0) && !Range::RATE.holds(1.0));
        assert!(!Range::AMOUNT.holds(f64::NAN));
        assert_eq!(Range::RATE.to_string(), "from 0 to below 1");
        assert_eq!(Range::AMOUNT.to_string(), "from 0 to 1e15");
    }
}
