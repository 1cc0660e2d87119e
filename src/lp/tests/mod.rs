//! Tests of the relaxation: published instances, tiny oracles, and (ignored) timings.

mod properties;
mod published;
mod timing;
