//! The rules that settlements rest on: numbers in, numbers out, each from one paper.
//!
//! | file | rule | source |
//! |---|---|---|
//! | [`banker`] | is there an order in which everybody can finish? | Dijkstra 1965; Coffman et al. 1971 |
//! | [`compromise`] | the order that contradicts the least weight of wishes | Kemeny 1959 |
//! | [`fairness`] | weighted dominant resource fairness | Ghodsi et al. 2011 |
//! | [`hitting`] | the cheapest set that meets every set | Reiter 1987 |
//! | [`inheritance`] | priorities of those that others wait for | Sha, Rajkumar, Lehoczky 1990 |
//! | [`standing`] | weights between which an outcome stands | parametric search |
//! | [`topsis`] | alternatives by their distance to the ideal | Hwang, Yoon 1981 |
//! | [`victims`] | the cheapest holders whose end sets all others free | implicit hitting sets |
//! | [`weights`] | weights from ranks alone | Barron, Barrett 1996 |

pub mod banker;
pub mod compromise;
pub mod fairness;
pub mod hitting;
pub mod inheritance;
pub mod standing;
pub mod topsis;
pub mod victims;
pub mod weights;
