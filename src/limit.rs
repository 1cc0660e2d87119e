//! A limit on the time that planning may take: the one place that reads a clock.

use std::time::{Duration, Instant};

/// The moment at which searches end with the best that they have; none by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit(Option<Instant>);

impl Limit {
    /// From now on for `time`.
    #[allow(clippy::disallowed_methods, reason = "what ends by the clock must read it; the report says so")]
    pub fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }

    /// True where there is a limit at all: the result may depend on the machine.
    pub fn is_set(self) -> bool {
        self.0.is_some()
    }

    /// True once the time is over. Costs a look at the clock: ask now and then, not at every step.
    #[allow(clippy::disallowed_methods, reason = "what ends by the clock must read it; the report says so")]
    pub fn is_over(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }
}
