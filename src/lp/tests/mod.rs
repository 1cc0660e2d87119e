//! Tests of the relaxation: published instances, tiny oracles, and (ignored) timings.

mod common;
mod properties;
mod published;
mod timing;
