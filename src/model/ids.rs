//! Indices that stand for ids inside, and where in the input a thing was written.

/// Defines an index newtype over `u32`.
macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as a position in a vector.
            pub fn at(self) -> usize {
                self.0 as usize
            }

            /// The index of position `i`.
            pub fn of(i: usize) -> Self {
                Self(i as u32)
            }
        }
    )*};
}

index! {
    /// An agent, in the order of ids.
    AgentIx,
    /// A task, in the order of ids.
    TaskIx,
    /// A resource shared by all agents, in the order of ids.
    ResourceIx,
    /// A data set, in the order of ids.
    DataIx,
    /// A service, in the order of ids.
    ServiceIx,
    /// A capability name.
    SkillIx,
    /// A dimension of agents' resources or budgets.
    DimIx,
    /// A type name of agents or tasks.
    KindIx,
    /// A zone name.
    ZoneIx,
}

/// Where something was written: a file of [`super::Snapshot::files`], line and column from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Location {
    /// Position in [`super::Snapshot::files`].
    pub file: u32,
    /// Line, from 1; 0 where the thing was built in memory.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}
