//! Schedules: the timeline builds them, metrics measure them, verify checks them.

pub mod balance;
mod blocks;
mod csr;
mod gauge;
pub mod instance;
pub mod metrics;
mod passed;
#[cfg(test)]
pub mod probe;
mod profile;
pub mod proof;
mod prospects;
mod reservations;
mod room;
mod scale;
pub mod simulation;
mod timeline;
pub mod verify;

pub use csr::Csr;
pub use gauge::Gauge;
pub use instance::{Choice, Choices, Instance, SharedLimits};
pub use metrics::{Components, Loads, Utilization, components};
pub use prospects::{Gaps, Prospects, Standing};
pub use reservations::{Fixed, Held, Reservations};
pub use room::Room;
pub use scale::{Scale, UNLIMITED};
pub use timeline::{NONE, Places, Timeline};
