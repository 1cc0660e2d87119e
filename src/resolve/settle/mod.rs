//! Remedies, each in a file of its own, in the order in which they are asked.

use super::strategy::Remedy;

/// Every remedy.
pub const REMEDIES: &[Remedy] = &[];
