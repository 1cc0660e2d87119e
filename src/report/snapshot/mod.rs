//! Snapshots as documents: what `generate`, `import` and `discover --emit` print, and `include:` reads back.
//!
//! [`Fragment`] mirrors the sections of model.md, section 2, as far as a command can fill them; [`Value`] is
//! the document it becomes, and [`to_yaml`] and [`to_json`] are its two forms.

mod fragment;
mod value;
mod write;

pub use fragment::{AgentRow, DataRow, DependencyRow, Fragment, LinkRow, Metrics, ServiceRow, TaskRow};
pub use value::Value;
pub use write::{READABLE, ROWS, to_json, to_yaml};
