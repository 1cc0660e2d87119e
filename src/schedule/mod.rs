//! Schedules: the timeline builds them, metrics measure them, verify checks them.

pub mod metrics;
pub mod reservations;
pub mod verify;

pub use metrics::{Components, Utilization, components};
pub use reservations::Reservations;
