//! Linear programmes over selections: relaxations, duals and certified bounds.
//!
//! A *selection problem* chooses exactly one column out of every group at least cost, where each
//! row limits the sum of the chosen columns' amounts, and *levels* widen rows at a price:
//!
//! `min Σ cost(chosen) + Σ_k unit_cost_k · T_k` subject to `Σ amounts in r ≤ fixed_r + slope_r · T_k(r)`
//!
//! Generalised assignment, min-max load, unrelated machines and time-bucketed tardiness are all
//! selections. [`relax`] bounds one from below; [`Certificate`] proves the bound in integers.
//! Numbers in, numbers out: nothing here knows agents or tasks.

pub mod assignment;
mod certificate;
mod common;
pub mod cover;
mod divisor;
mod field;
mod frame;
mod generate;
mod master;
mod pool;
mod rank;
mod relax;
mod selection;
mod smooth;
mod volume;
mod write;

pub use certificate::{Bound, Certificate};
pub use divisor::gcd;
pub use rank::{Ranked, Ranking};
pub use relax::{Effort, Fraction, Relaxation, proven, relax};
pub use selection::{Columns, Level, NO_KEY, Rows, SelectionError, Table, place};
pub use write::{Naming, escaped, write};

#[cfg(test)]
mod tests;
