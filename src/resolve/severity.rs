//! How grave a conflict is: what is blocked, how much priority, how soon.
//!
//! Points: 2 where work stands still, 1 where it is put at risk, 0 where it only becomes dearer or slower;
//! 2 where the greatest priority affected is at least ¾ of the snapshot's greatest, 1 from ⅜ on (a conflict
//! of agents alone counts 1); 2 where it bites within the time to resolve (`sla.resolve_within`, 2 minutes by
//! default), 1 within an hour. 5 and 6 points are critical, 4 high, 2 and 3 medium, less is low.

use super::{Scene, conflict::Severity};
use crate::model::{AgentIx, Ms, TaskIx};

/// What a conflict blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocked {
    /// Nothing: things become dearer, slower or less certain.
    Nothing,
    /// Work may fail, be late or be lost.
    AtRisk,
    /// Work stands still, or can never begin.
    Stands,
}

/// An hour, ms.
pub const HOUR: Ms = 3_600_000;

/// The severity of a conflict that blocks so much from `at` on, for these tasks and agents.
pub fn of(scene: &Scene<'_>, blocked: Blocked, at: Ms, tasks: &[TaskIx], agents: &[AgentIx]) -> Severity {
    let priority = |t: &TaskIx| scene.snapshot.task(*t).priority;
    let greatest = scene.top_priority;
    let own = tasks.iter().map(priority).fold(0.0, f64::max);
    let weight = match () {
        () if tasks.is_empty() => u8::from(!agents.is_empty()),
        () if own >= 0.75 * greatest => 2,
        () if own >= 0.375 * greatest => 1,
        () => 0,
    };
    let soon = match at {
        at if at <= scene.resolve_within() => 2,
        at if at <= HOUR => 1,
        _ => 0,
    };
    match blocked as u8 + weight + soon {
        5.. => Severity::Critical,
        4 => Severity::High,
        2..=3 => Severity::Medium,
        _ => Severity::Low,
    }
}
