//! Things of a snapshot by index, for evidence and changes: what reports turn into paths and lines.

use crate::model::{AgentIx, DataIx, ResourceIx, ServiceIx, TaskIx};

/// One of the two lists of claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimList {
    /// `state.allocations`.
    Allocations,
    /// `state.holds`.
    Holds,
}

/// A row of `state.allocations` or `state.holds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Which list.
    pub list: ClaimList,
    /// Position in it.
    pub row: usize,
}

/// A thing of the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// `agents[]`.
    Agent(AgentIx),
    /// `tasks[]`.
    Task(TaskIx),
    /// `network.services[]`.
    Service(ServiceIx),
    /// `network.data[]`.
    Data(DataIx),
    /// `network.resources[]`.
    Resource(ResourceIx),
    /// `state.allocations[]` or `state.holds[]`.
    Claim(Claim),
    /// `state.running[]`.
    Running(usize),
    /// `state.waits[]`.
    Wait(usize),
    /// `state.directives[]`.
    Directive(usize),
    /// `state.objectives[]`.
    Objective(usize),
    /// `state.accesses[]`.
    Access(usize),
    /// A placement of the given plan.
    Placement(TaskIx),
}

/// A thing, or a field of it, or one entry of a list field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The thing.
    pub thing: Thing,
    /// Name of the field; empty for the whole thing.
    pub field: &'static str,
    /// Id of an entry of that field (`depends_on`, `reads`, …); empty for the whole field.
    pub entry: String,
}

impl From<Thing> for Place {
    fn from(thing: Thing) -> Self {
        Self { thing, field: "", entry: String::new() }
    }
}

impl Thing {
    /// A field of the thing.
    pub fn field(self, field: &'static str) -> Place {
        Place { thing: self, field, entry: String::new() }
    }

    /// An entry of a list field of the thing.
    pub fn entry(self, field: &'static str, entry: impl Into<String>) -> Place {
        Place { thing: self, field, entry: entry.into() }
    }
}
