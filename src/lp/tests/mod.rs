//! Tests of the relaxation: published instances, tiny oracles, and (ignored) timings.

mod published;
mod timing;
