//! Remedies, each in a file of its own, in the order in which they are asked.
//!
//! | strategy type | settles | rule |
//! |---|---|---|
//! | `resource_reallocation` | grave contention, deadlock, overcommitted agents | priority; cheapest victims; load moves |
//! | `resource_scheduling` | other contention, starvation | weighted dominant resource fairness, queues |
//! | `priority_negotiation` | directives, inversions | Kemeny order, TOPSIS, priority inheritance |
//! | `dependency_resolution` | circles, dead needs, placement | least feedback arc set, substitutes |
//! | `performance_optimization` | late deadlines, objectives | shift, throttle, move load |
//! | `data_synchronization` | races, lost updates | cheapest order, snapshot reads, rebase |
//!
//! A new one: a file here with `pub fn propose(…) -> Option<Proposal>` and its line in [`REMEDIES`].

mod calendar;
mod capacity;
mod claims;
mod dead;
mod dependency;
mod inheritance;
mod negotiation;
mod outline;
mod performance;
mod placement;
mod reallocation;
mod replanning;
mod scheduling;
mod serialise;
mod starvation;
mod timing;
mod unsafe_state;
mod updates;
mod victims;

use super::strategy::Remedy;

pub use timing::Timing;

/// Every remedy.
pub const REMEDIES: &[Remedy] = &[
    Remedy { name: "victims", propose: victims::propose },
    Remedy { name: "reallocation", propose: reallocation::propose },
    Remedy { name: "scheduling", propose: scheduling::propose },
    Remedy { name: "starvation", propose: starvation::propose },
    Remedy { name: "capacity", propose: capacity::propose },
    Remedy { name: "negotiation", propose: negotiation::propose },
    Remedy { name: "inheritance", propose: inheritance::propose },
    Remedy { name: "dependency", propose: dependency::propose },
    Remedy { name: "dead", propose: dead::propose },
    Remedy { name: "placement", propose: placement::propose },
    Remedy { name: "move_load", propose: performance::move_load },
    Remedy { name: "performance", propose: performance::propose },
    Remedy { name: "serialise", propose: serialise::propose },
    Remedy { name: "updates", propose: updates::propose },
    Remedy { name: "replanning", propose: replanning::propose },
];
