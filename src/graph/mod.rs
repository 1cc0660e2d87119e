//! Graphs: numbers in, numbers out; nothing here knows agents or tasks.
//!
//! | file | what it finds | source |
//! |---|---|---|
//! | [`Undirected`] | a simple graph in compressed rows | |
//! | [`Cuts`] | articulation points, bridges, blocks, what a loss cuts off | Hopcroft, Tarjan 1973 |
//! | [`betweenness`] | exact betweenness on all cores | Brandes 2001, block by block |
//! | [`communities`] | clusters of high modularity | Leiden: Traag, Waltman, van Eck 2019 |
//! | [`Directed`] | strong components, layers, dominators | petgraph: Kosaraju; Cooper, Harvey, Kennedy 2001 |
//! | [`shortage`] | whether supplies fit into rooms, or a set that cannot | Dinic 1970, by petgraph |
//! | [`Schedule`] | early and late starts, slack, longest paths | CPM: Kelley, Walker 1959 |
//! | [`feedback`] | least arcs to drop so that no cycle is left | Baharev et al. 2021 |
//!
//! petgraph does what it does without recursion and in an order that can be pinned down: strong components
//! and dominators. Its rows of adjacency lists and hash maps are too slow for betweenness, its own cuts know
//! no blocks and no sizes, and it has no communities; these are written here on flat arrays of `u32`.
//! Nothing recurses: chains of any length are fine. Sums of floats run in a fixed order.

mod betweenness;
mod communities;
mod counts;
mod cuts;
mod directed;
pub mod feedback;
mod flow;
mod queue;
mod rows;
mod schedule;
mod shortest;
mod undirected;

pub use betweenness::{betweenness, betweenness_on};
pub use communities::{Communities, communities, modularity};
pub use cuts::{Block, Cuts};
pub use directed::{Condensation, Directed};
pub use flow::{Shortage, shortage};
pub use schedule::{Activity, Schedule, Times};
pub use undirected::Undirected;
