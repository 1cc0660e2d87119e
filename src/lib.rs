//! orch: a deterministic batch planner for fleets of AI agents.

pub mod cli;
pub mod distribute;
pub mod error;
pub mod generate;
pub mod input;
pub mod lp;
pub mod model;
pub mod plan;
pub mod report;
pub mod schedule;
pub mod search;
