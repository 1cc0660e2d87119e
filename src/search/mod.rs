//! Search: construction, neighbourhoods and improvement under a budget of work.

pub mod anneal;
pub mod assign;
pub mod construct;
pub mod critical;
pub mod disjunctive;
pub mod dynasearch;
pub mod fleet;
mod goal;
pub mod project;
pub mod ranks;
mod rng;
mod score;
mod sequence;

pub use goal::{Goal, Tally};
pub use rng::Rng;
pub use score::{Score, Toll};
pub use sequence::{Sequence, tails};
