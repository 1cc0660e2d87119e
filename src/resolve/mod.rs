//! `orch resolve`: every conflict found, most of them settled, each settlement checked.
//!
//! ```text
//! scene     the snapshot with lookups made once
//! detect/   one file per detector               → conflicts (`conflict`, `cases`, `draft`, `severity`)
//! settle/   one file per remedy                 → proposals (`strategy`) of changes (`change`)
//! apply     changes onto a copy of the snapshot
//! ```

mod apply;
mod cases;
mod change;
mod conflict;
mod detect;
mod draft;
mod place;
pub mod rules;
mod scene;
mod settle;
mod severity;
mod strategy;

pub use apply::Working;
pub use cases::{Bond, Carried, Case, Clash, Holder, Need, Pool};
pub use change::Change;
pub use conflict::{Conflict, Evidence, Severity, Subtype, Type};
pub use detect::{DETECTORS, Detector, detect};
pub use place::{Claim, ClaimList, Place, Thing};
pub use scene::{RESOLVE_WITHIN, Scene};
pub use settle::REMEDIES;
pub use strategy::{Permissions, Proposal, Remedy, Strategy};
