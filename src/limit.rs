//! Limits on the time and the memory that planning may take: the one place that reads a clock, or what the process
//! holds.

use std::time::{Duration, Instant};

use memory_stats::memory_stats;

/// When searches end with the best that they have; never by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// From this moment on.
    end: Option<Instant>,
    /// With more than this in memory, bytes.
    memory: Option<u64>,
}

impl Limit {
    /// From now on for `time`, and as long as the process holds at most `memory` bytes (resident).
    #[allow(clippy::disallowed_methods, reason = "what ends by the clock must read it; the report says so")]
    pub fn new(time: Option<Duration>, memory: Option<u64>) -> Self {
        Self { end: time.and_then(|time| Instant::now().checked_add(time)), memory }
    }

    /// A limit that leaves a share of the time from now on for what follows; the same memory.
    #[allow(clippy::disallowed_methods, reason = "what ends by the clock must read it; the report says so")]
    pub fn part(self, share: f64) -> Self {
        let part = |end: Instant| {
            let now = Instant::now();
            now + end.saturating_duration_since(now).mul_f64(share)
        };
        Self { end: self.end.map(part), ..self }
    }

    /// True where there is a limit at all: the result may depend on the machine.
    pub fn is_set(self) -> bool {
        self != Self::default()
    }

    /// True once the time is over, or the memory used up. Costs a look at the clock, or a question to the system: ask
    /// now and then, not at every step. Where the system does not say what the process holds, it counts as nothing.
    #[allow(clippy::disallowed_methods, reason = "what ends by the clock must read it; the report says so")]
    pub fn is_over(self) -> bool {
        let held = |most: u64| memory_stats().is_some_and(|m| m.physical_mem as u64 > most);
        self.end.is_some_and(|end| Instant::now() >= end) || self.memory.is_some_and(held)
    }
}
