//! What `--emit` prints: the settled snapshot and the patch as documents.

use super::Resolution;
use crate::{patch, report::snapshot::Value};

impl Resolution {
    /// The settled snapshot.
    pub fn snapshot(&self) -> Value {
        patch::document(&self.settled)
    }

    /// The patch, one operation an item.
    pub fn patch(&self) -> Value {
        patch::operations(&self.operations)
    }
}
