//! The fields of the file, one file per section: what each is called, its type, default and range.
//!
//! To add a field: ask for it in the section's reader (that alone makes it known), store it in the
//! model's struct, and add it to `digest.rs`, which does not compile until every field is named.

pub mod agent;
pub mod estimates;
pub mod network;
pub mod policies;
pub mod sources;
pub mod state;
pub mod task;
pub mod words;
