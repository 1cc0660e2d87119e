//! Whether an agent lives: a lease on its heartbeats, judged from `as_of` alone.
//!
//! With a history of arrivals, the accrual detector of Hayashibara, Défago, Yared and Katayama (*The φ accrual
//! failure detector*, 2004): φ(t) = −log₁₀ P(a heartbeat comes later than t), arrivals taken as normal. φ = 1 is
//! wrong once in ten, φ = 8 once in a hundred million. Without one, whole intervals that passed without a
//! heartbeat are counted.

use serde::Serialize;

use super::{clock::Clock, feeds::Feed, fleet::Record};
use crate::{input::observe::Fact, model::Ms};

/// Gaps between heartbeats from which their history decides.
const MIN_GAPS: usize = 5;
/// φ from which an agent is suspect.
const PHI_SUSPECT: f64 = 3.0;
/// φ from which it is dead, as in Cassandra and Akka.
const PHI_DEAD: f64 = 8.0;
/// Missed intervals from which an agent is suspect, and dead.
const MISSED: (f64, f64) = (1.0, 3.0);
/// Least standard deviation of gaps, as a share of their mean: no clock ticks that evenly.
const LEAST_SPREAD: f64 = 0.1;

/// What its heartbeats say of an agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema, Default)]
pub struct Health {
    /// `alive`, `suspect`, `dead`, or `unknown` without a heartbeat or an interval.
    pub state: &'static str,
    /// What decided: `phi_accrual`, `missed_intervals`, `ttl`; null where nothing could.
    pub decided_by: Option<&'static str>,
    /// Heartbeats that are known.
    pub heartbeats: usize,
    /// The latest one, RFC 3339; null where there is none, or no `as_of`.
    pub last_heartbeat: Option<String>,
    /// Seconds from it to `as_of`; 0 where it is later.
    pub silent_for: Option<f64>,
    /// Seconds between heartbeats: as stated, else the median gap.
    pub interval: Option<f64>,
    /// Whole intervals that passed without one.
    pub missed_intervals: Option<u64>,
    /// φ; null without a history of arrivals.
    pub phi: Option<f64>,
}

/// The heartbeats of one agent.
struct Beats {
    /// Moments, ascending, each once.
    at: Vec<Ms>,
    interval_ms: Option<f64>,
    ttl_ms: Option<f64>,
    missed: (f64, f64),
}

/// Judges the heartbeats of an agent. The second figure is how far the latest is ahead of `as_of`, ms.
pub fn health(records: &[Record<'_>], feeds: &[Feed<'_>], clock: &Clock) -> (Health, Option<Ms>) {
    let beats = beats(records, feeds, clock);
    let Some(last) = beats.at.last().copied() else { return (Health { state: "unknown", ..Health::default() }, None) };
    let silent = (-last).max(0) as f64;
    let gaps: Vec<f64> = beats.at.windows(2).map(|w| (w[1] - w[0]) as f64).collect();
    let median = crate::model::robust::Sample::new(gaps.iter().copied()).median();
    let interval = beats.interval_ms.or(median).filter(|i| *i > 0.0);
    let missed = interval.map(|i| libm::floor(silent / i));
    let phi = (gaps.len() >= MIN_GAPS).then(|| phi(silent, &gaps));
    let verdict = |dead: bool, suspect: bool| {
        if dead {
            "dead"
        } else if suspect {
            "suspect"
        } else {
            "alive"
        }
    };
    let (state, decided_by) = match (beats.ttl_ms, phi, missed) {
        (Some(ttl), _, _) if silent > ttl => ("dead", Some("ttl")),
        (_, Some(phi), _) => (verdict(phi >= PHI_DEAD, phi >= PHI_SUSPECT), Some("phi_accrual")),
        (_, None, Some(n)) => (verdict(n >= beats.missed.1, n >= beats.missed.0), Some("missed_intervals")),
        (Some(_), None, None) => ("alive", Some("ttl")),
        (None, None, None) => ("unknown", None),
    };
    let health = Health {
        state,
        decided_by,
        heartbeats: beats.at.len(),
        last_heartbeat: clock.text(last),
        silent_for: Some(silent / 1000.0),
        interval: interval.map(|i| i / 1000.0),
        missed_intervals: missed.map(|m| m as u64),
        phi: phi.map(|p| libm::round(p * 1e6) / 1e6),
    };
    (health, (last > 0).then_some(last))
}

fn beats(records: &[Record<'_>], feeds: &[Feed<'_>], clock: &Clock) -> Beats {
    let mut out = Beats { at: Vec::new(), interval_ms: None, ttl_ms: None, missed: MISSED };
    for record in records {
        let rules = feeds[record.feed].rules;
        for said in &record.observation.facts {
            let Fact::Heartbeat(beat) = &said.fact else { continue };
            out.at.extend(beat.last.iter().chain(&beat.arrivals).filter_map(|m| clock.ms(*m)));
            // Where records differ, the longest stated interval: nobody is declared dead for another's haste.
            let longest = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::max);
            out.interval_ms = longest(out.interval_ms, beat.interval_ms.or(rules.interval_ms));
            out.ttl_ms = longest(out.ttl_ms, beat.ttl_ms);
            out.missed.0 = rules.suspect_after.unwrap_or(out.missed.0);
            out.missed.1 = rules.dead_after.unwrap_or(out.missed.1);
        }
    }
    out.at.sort_unstable();
    out.at.dedup();
    out
}

/// φ of a silence, from the gaps between earlier heartbeats.
pub fn phi(silent: f64, gaps: &[f64]) -> f64 {
    let n = gaps.len() as f64;
    let mean = gaps.iter().sum::<f64>() / n;
    let variance = gaps.iter().map(|g| (g - mean) * (g - mean)).sum::<f64>() / n;
    let spread = libm::sqrt(variance).max(LEAST_SPREAD * mean).max(f64::MIN_POSITIVE);
    let z = (silent - mean) / spread;
    let later = 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
    if later > 1e-300 {
        return -libm::log10(later).min(0.0);
    }
    // Far out in the tail: P(Z > z) → e^(−z²/2) / (z √(2π)).
    let ln = 0.5 * z * z + libm::log(z * libm::sqrt(2.0 * std::f64::consts::PI));
    (ln / std::f64::consts::LN_10).min(1e6)
}

#[cfg(test)]
mod tests {
    use super::phi;

    #[test]
    fn phi_is_minus_the_logarithm_of_being_late() {
        // Gaps of mean 10 and standard deviation 1; quantiles of the normal distribution.
        let gaps = [9.0, 11.0, 9.0, 11.0, 9.0, 11.0];
        for (z, p) in
            [(0.0, 0.5), (1.281_551_565_544_6, 0.1), (3.090_232_306_167_8, 1e-3), (5.612_001_244_174_79, 1e-8)]
        {
            let expected = -libm::log10(p);
            assert!((phi(10.0 + z, &gaps) - expected).abs() < 1e-6, "{z}");
        }
        assert!(phi(10.0 + 37.0, &gaps) < phi(10.0 + 37.6, &gaps) && phi(10.0 + 38.5, &gaps) < phi(10.0 + 60.0, &gaps));
        assert!(phi(0.0, &gaps) < 1e-9);
        assert!(phi(1e9, &[1.0; 6]).is_finite());
    }
}
