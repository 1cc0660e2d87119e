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
mod critical;
mod detect;
mod draft;
mod objectives;
mod order;
mod phrases;
mod place;
mod queue;
pub mod rules;
mod scene;
mod settle;
mod severity;
mod strategy;
mod waiting;

pub use apply::Working;
pub use cases::{Bond, Carried, Case, Clash, Holder, Need, Pool};
pub use change::Change;
pub use conflict::{Conflict, Evidence, Severity, Subtype, Type};
pub use critical::{Critical, best_finish};
pub use detect::{DETECTORS, Detector, detect};
pub use objectives::{Ability, Metric, measured};
pub use order::Order;
pub use place::{Claim, ClaimList, Place, Thing};
pub use queue::{erlang_c, response_time};
pub use scene::{RESOLVE_WITHIN, Scene};
pub use settle::REMEDIES;
pub use strategy::{Permissions, Proposal, Remedy, Strategy};
pub use waiting::{WaitGraph, Waiting};
