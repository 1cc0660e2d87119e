//! Graphs: numbers in, numbers out; nothing here knows agents or tasks.

pub mod feedback;
