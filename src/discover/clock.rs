//! The time of a discovery: every moment of every source in milliseconds after one `as_of`.

use jiff::Timestamp;

use super::feeds::Feed;
use crate::{
    input::observe::{Fact, Moment, Observation},
    model::Ms,
};

/// What moments count from.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The moment itself; `None` where all that is known is relative.
    pub as_of: Option<Timestamp>,
    /// True where nobody gave it, and it is the latest moment of all sources.
    pub assumed: bool,
}

impl Clock {
    /// The given `as_of`, or else the latest moment that any source knows.
    pub fn new(as_of: Option<Timestamp>, feeds: &[Feed<'_>]) -> Self {
        if as_of.is_some() {
            return Self { as_of, assumed: false };
        }
        let all = feeds.iter().flat_map(|f| f.observations);
        let latest = all.flat_map(moments).filter_map(|m| if let Moment::Unix(ms) = m { Some(ms) } else { None }).max();
        let as_of = latest.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        Self { as_of, assumed: as_of.is_some() }
    }

    /// Milliseconds after `as_of`, negative before it.
    pub fn ms(&self, moment: Moment) -> Option<Ms> {
        match moment {
            Moment::After(ms) => Some(ms),
            Moment::Unix(ms) => self.as_of.map(|at| ms - at.as_millisecond()),
        }
    }

    /// A moment as RFC 3339; `None` where there is no `as_of`.
    pub fn text(&self, ms: Ms) -> Option<String> {
        let at = self.as_of?.as_millisecond().checked_add(ms)?;
        Timestamp::from_millisecond(at).ok().map(|t| t.to_string())
    }
}

/// Every moment of an observation.
fn moments(observation: &Observation) -> Vec<Moment> {
    let mut out: Vec<Moment> = observation.time.into_iter().collect();
    for said in &observation.facts {
        match &said.fact {
            Fact::Heartbeat(beat) => out.extend(beat.last.iter().chain(&beat.arrivals)),
            Fact::Calls(calls) => out.extend(calls.last),
            Fact::Series(series) => out.extend(series.points.iter().filter_map(|p| p.0)),
            _ => {}
        }
    }
    out
}
