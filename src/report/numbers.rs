//! Figures as people read them: spans of time, grouped digits, percentages, bars.

/// A number with at most `digits` decimals, trailing zeros dropped, thousands grouped.
pub fn number(x: f64, digits: usize) -> String {
    if !x.is_finite() {
        return x.to_string();
    }
    let text = format!("{:.digits$}", x.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let sign = if x < 0.0 && (whole != "0" || !part.is_empty()) { "-" } else { "" };
    let dot = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{part}", group(whole))
}

/// A count with thousands grouped.
pub fn grouped(n: usize) -> String {
    group(&n.to_string())
}

fn group(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Money, with two decimals.
pub fn money(x: f64) -> String {
    let text = number(x, 2);
    match text.split_once('.') {
        Some((_, part)) if part.len() == 2 => text,
        Some(_) => format!("{text}0"),
        None => format!("{text}.00"),
    }
}

/// A share as a percentage with at most `digits` decimals.
pub fn percent(share: f64, digits: usize) -> String {
    format!("{} %", number(100.0 * share, digits))
}

/// A count with its noun: `1 agent`, `2 agents`, `2 losses`.
pub fn plural(n: usize, noun: &str) -> String {
    let ending = match n {
        1 => "",
        _ if noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {noun}{ending}", grouped(n))
}

/// A span of seconds in the units of the snapshot: `1d 2h`, `1h 5m`, `2m 30s`, `4.25s`. From a minute on to
/// the whole second, for reading; JSON has it exactly.
pub fn clock(seconds: f64) -> String {
    if !seconds.is_finite() {
        return seconds.to_string();
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let step = if seconds.abs() < 60.0 { 1000.0 } else { 1.0 };
    let ms = (libm::round(seconds.abs() * step) * (1000.0 / step)) as u64;
    let (days, hours, minutes) = (ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60);
    let rest = number((ms % 60_000) as f64 / 1000.0, 3);
    let parts = [(days.to_string(), "d"), (hours.to_string(), "h"), (minutes.to_string(), "m"), (rest, "s")];
    let shown: Vec<String> = parts.iter().filter(|(n, _)| n != "0").map(|(n, unit)| format!("{n}{unit}")).collect();
    if shown.is_empty() { "0s".into() } else { format!("{sign}{}", shown.join(" ")) }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).flatten().collect()
}

/// A bar of `width` cells for a share of 1; a share above 1 fills it.
pub fn bar(share: f64, width: usize) -> String {
    let full = libm::round(share.clamp(0.0, 1.0) * width as f64) as usize;
    format!("{}{}", "█".repeat(full), "·".repeat(width - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(number(1_234_567.5, 2), "1,234,567.5");
        assert_eq!(number(-0.0001, 2), "0");
        assert_eq!(number(-12.0, 2), "-12");
        assert_eq!(number(999.999, 2), "1,000");
        assert_eq!(money(3.5), "3.50");
        assert_eq!(money(3.0), "3.00");
        assert_eq!(percent(0.0625, 1), "6.2 %");
    }

    #[test]
    fn spans_use_the_units_of_the_snapshot() {
        assert_eq!(clock(0.0), "0s");
        assert_eq!(clock(90.0), "1m 30s");
        assert_eq!(clock(0.0625), "0.063s");
        assert_eq!(clock(3600.0), "1h");
        assert_eq!(clock(93_784.4), "1d 2h 3m 4s");
        assert_eq!(clock(-61.0), "-1m 1s");
    }

    #[test]
    fn bars_are_as_long_as_asked_for() {
        assert_eq!(bar(0.5, 4), "██··");
        assert_eq!(bar(7.0, 3), "███");
    }
}
