//! The planning engine, callable from every command: a strategy in, a verified plan with its bound out.

mod solution;

pub use solution::{Bound, Effort, Objective, PlacementProof, Reason, Request, Solution, Status, Term};

use crate::{error::Error, model::Quantities};

/// Plans a snapshot.
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification.
pub fn solve(_q: &Quantities<'_>, _request: &Request) -> Result<Solution, Error> {
    Err(Error::Internal("not built yet".into()))
}
