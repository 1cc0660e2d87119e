//! Schedules: the timeline builds them, metrics measure them, verify checks them.

pub mod metrics;

pub use metrics::{Components, Utilization, components};
