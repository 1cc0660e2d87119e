//! Short cycles through given arcs, by given lengths.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::component::Component;

/// Length of an arc that no cycle may use.
pub(super) const CLOSED: u64 = u64::MAX;

/// Room for the search of cycles, used again and again.
#[derive(Debug)]
pub(super) struct Cycles<'c> {
    component: &'c Component,
    distance: Vec<u64>,
    came: Vec<u32>,
    touched: Vec<u32>,
}

impl<'c> Cycles<'c> {
    pub fn new(component: &'c Component) -> Self {
        let n = component.vertices();
        Self { component, distance: vec![u64::MAX; n], came: vec![0; n], touched: Vec::new() }
    }

    /// The shortest cycle through an arc, if it is shorter than `below`: its arcs in order of travel. Lengths
    /// are whole numbers so that ties are the same everywhere (Dijkstra 1959, O(m log n)).
    pub fn through(&mut self, arc: u32, length: &[u64], below: u64, work: &mut u64) -> Option<Vec<u32>> {
        let (end, start, _) = self.component.arcs[arc as usize];
        let room = below.checked_sub(length[arc as usize]).filter(|r| *r > 0)?;
        for v in self.touched.drain(..) {
            self.distance[v as usize] = u64::MAX;
        }
        let mut heap = BinaryHeap::from([Reverse((0_u64, start))]);
        self.distance[start as usize] = 0;
        self.touched.push(start);
        let mut walked = 0;
        while let Some(Reverse((d, v))) = heap.pop() {
            if v == end {
                *work = work.saturating_sub(walked / 1000);
                return Some(self.path(arc, start, end));
            }
            if d > self.distance[v as usize] {
                continue;
            }
            for next in &self.component.out[v as usize] {
                walked += 1;
                let to = self.component.arcs[*next as usize].1;
                let Some(far) = d.checked_add(length[*next as usize]).filter(|far| *far < room) else { continue };
                if far < self.distance[to as usize] {
                    if self.distance[to as usize] == u64::MAX {
                        self.touched.push(to);
                    }
                    self.distance[to as usize] = far;
                    self.came[to as usize] = *next;
                    heap.push(Reverse((far, to)));
                }
            }
        }
        *work = work.saturating_sub(walked / 1000);
        None
    }

    fn path(&self, arc: u32, start: u32, end: u32) -> Vec<u32> {
        let (mut out, mut v) = (Vec::new(), end);
        while v != start {
            out.push(self.came[v as usize]);
            v = self.component.arcs[self.came[v as usize] as usize].0;
        }
        out.push(arc);
        out.reverse();
        out
    }
}
