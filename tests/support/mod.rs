//! What the heavy tests share: random snapshots, brute force, published instances.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod brute;
pub mod clashes;
pub mod documents;
pub mod places;
pub mod plain;
pub mod plans;
pub mod published;
pub mod random;
pub mod read;
pub mod shown;
