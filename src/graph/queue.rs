//! Vertices in the order of their distance.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::rows::Rows;

/// Vertices to settle, nearest first.
///
/// A ring of buckets no wider than the shortest arc, so that those of one bucket cannot lie on each other's paths
/// (Dial 1969; Denardo and Fox 1979); a heap where the longest arc is too many times the shortest.
#[derive(Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<(u64, u32)>>,
    buckets: Vec<Vec<u32>>,
    /// Bits of a length within a bucket.
    shift: u32,
    /// Number of the bucket in hand.
    at: u64,
    waiting: usize,
    settled: Vec<bool>,
}

impl Queue {
    /// Begins a search.
    pub fn start(&mut self, rows: &Rows, source: u32) {
        self.shift = rows.shift;
        self.buckets.resize_with(rows.ring, Vec::new);
        self.settled.clear();
        self.settled.resize(rows.vertices(), false);
        self.at = 0;
        self.push(0, source);
    }

    /// Notes that a vertex is so far away, or less.
    pub fn push(&mut self, far: u64, v: u32) {
        if self.buckets.is_empty() {
            self.heap.push(Reverse((far, v)));
            return;
        }
        let place = (far >> self.shift) as usize & (self.buckets.len() - 1);
        self.buckets[place].push(v);
        self.waiting += 1;
    }

    /// The next vertex at its final distance.
    pub fn next(&mut self, far: &[u64]) -> Option<u32> {
        if self.buckets.is_empty() {
            while let Some(Reverse((_, v))) = self.heap.pop() {
                if !std::mem::replace(&mut self.settled[v as usize], true) {
                    return Some(v);
                }
            }
            return None;
        }
        while self.waiting > 0 {
            let place = self.at as usize & (self.buckets.len() - 1);
            let Some(v) = self.buckets[place].pop() else {
                self.at += 1;
                continue;
            };
            self.waiting -= 1;
            // Entries stay where they were first put; those that were overtaken are settled when they come up.
            if far[v as usize] >> self.shift == self.at && !std::mem::replace(&mut self.settled[v as usize], true) {
                return Some(v);
            }
        }
        None
    }
}
