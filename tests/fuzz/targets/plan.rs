//! Fuzzes the drill of the same name.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drills::plan(bytes));
