//! All shortest paths from one vertex, and what depends on them: the inner loops of Brandes (2001).

use std::{cmp::Reverse, collections::BinaryHeap};

const UNSEEN: u64 = u64::MAX;

/// A graph of one block in compressed rows, with how much lies behind each vertex.
#[derive(Debug, Default)]
pub struct Rows {
    /// Where each vertex's arcs begin.
    pub offsets: Vec<u32>,
    /// Where they lead.
    pub targets: Vec<u32>,
    /// How long they are; empty where each is 1 long.
    pub lengths: Vec<u64>,
    /// Vertices at or behind each vertex.
    pub reach: Vec<f64>,
}

impl Rows {
    /// Number of vertices.
    pub fn vertices(&self) -> usize {
        self.reach.len()
    }

    fn row(&self, v: u32) -> std::ops::Range<usize> {
        self.offsets[v as usize] as usize..self.offsets[v as usize + 1] as usize
    }
}

/// A number of paths, which may be too large for a float.
pub trait Count: Copy {
    /// No path.
    const NONE: Self;
    /// One path.
    const ONE: Self;
    /// Both together.
    fn plus(self, other: Self) -> Self;
    /// True where figures computed with it can be trusted.
    fn is_sound(self) -> bool;
    /// `x` over this number.
    fn share(self, x: f64) -> Self;
    /// This share times a number of paths.
    fn times(self, paths: Self) -> f64;
}

/// Counts beyond this have reciprocals that lose digits.
const SOUND: f64 = 1e290;

impl Count for f64 {
    const NONE: Self = 0.0;
    const ONE: Self = 1.0;

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn is_sound(self) -> bool {
        self < SOUND
    }

    fn share(self, x: f64) -> Self {
        x / self
    }

    fn times(self, paths: Self) -> f64 {
        self * paths
    }
}

/// A float with an exponent of its own: `part · 2^power`, `part` 0 or in [1, 2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wide {
    part: f64,
    power: i32,
}

impl Wide {
    fn of(x: f64, power: i32) -> Self {
        if x == 0.0 {
            return Self::NONE;
        }
        let (half, e) = libm::frexp(x);
        Self { part: 2.0 * half, power: power + e - 1 }
    }
}

impl Count for Wide {
    const NONE: Self = Self { part: 0.0, power: 0 };
    const ONE: Self = Self { part: 1.0, power: 0 };

    fn plus(self, other: Self) -> Self {
        if self.part == 0.0 {
            return other;
        }
        if other.part == 0.0 {
            return self;
        }
        let (large, small) = if self.power >= other.power { (self, other) } else { (other, self) };
        let lag = (large.power - small.power).min(1000);
        Self::of(large.part + libm::ldexp(small.part, -lag), large.power)
    }

    fn is_sound(self) -> bool {
        true
    }

    fn share(self, x: f64) -> Self {
        Self::of(x / self.part, -self.power)
    }

    fn times(self, paths: Self) -> f64 {
        libm::ldexp(self.part * paths.part, self.power.saturating_add(paths.power))
    }
}

/// What a search from one vertex needs, used again for the next.
#[derive(Debug)]
pub struct Scratch<C> {
    far: Vec<u64>,
    hops: Vec<u32>,
    paths: Vec<C>,
    /// Dependency of a vertex and what lies behind it, over its number of paths.
    share: Vec<C>,
    order: Vec<u32>,
    heap: BinaryHeap<Reverse<(u64, u32)>>,
}

impl<C> Default for Scratch<C> {
    fn default() -> Self {
        let (far, hops, order) = (Vec::new(), Vec::new(), Vec::new());
        Self { far, hops, paths: Vec::new(), share: Vec::new(), order, heap: BinaryHeap::new() }
    }
}

impl<C: Count> Scratch<C> {
    /// Adds to `into`, vertex by vertex, the dependency of `source` on it times what lies behind `source`. False
    /// (and nothing added) where there are too many paths for this kind of number.
    pub fn depend(&mut self, rows: &Rows, source: u32, into: &mut [f64]) -> bool {
        let n = rows.vertices();
        self.paths.clear();
        self.paths.resize(n, C::NONE);
        self.share.clear();
        self.share.resize(n, C::NONE);
        self.order.clear();
        self.paths[source as usize] = C::ONE;
        if rows.lengths.is_empty() {
            self.hops(rows, source)
        } else {
            self.lengths(rows, source)
        }
        if !self.paths.iter().all(|p| p.is_sound()) {
            return false;
        }
        let weight = rows.reach[source as usize];
        if rows.lengths.is_empty() {
            self.gather_hops(rows, weight, into);
        } else {
            self.gather_lengths(rows, weight, into);
        }
        true
    }

    /// Breadth first: O(n + m).
    fn hops(&mut self, rows: &Rows, source: u32) {
        self.hops.clear();
        self.hops.resize(rows.vertices(), u32::MAX);
        self.hops[source as usize] = 0;
        self.order.push(source);
        let mut next = 0;
        while let Some(&v) = self.order.get(next) {
            next += 1;
            let (beyond, paths) = (self.hops[v as usize] + 1, self.paths[v as usize]);
            for w in &rows.targets[rows.row(v)] {
                let at = *w as usize;
                if self.hops[at] == u32::MAX {
                    self.hops[at] = beyond;
                    self.order.push(*w);
                    self.paths[at] = paths;
                } else if self.hops[at] == beyond {
                    self.paths[at] = self.paths[at].plus(paths);
                }
            }
        }
    }

    /// Backwards over the order of the search; the source itself, which is first, depends on nobody here.
    fn gather_hops(&mut self, rows: &Rows, weight: f64, into: &mut [f64]) {
        for &v in self.order[1..].iter().rev() {
            let beyond = self.hops[v as usize] + 1;
            let mut depends = 0.0;
            let paths = self.paths[v as usize];
            for w in &rows.targets[rows.row(v)] {
                if self.hops[*w as usize] == beyond {
                    depends += self.share[*w as usize].times(paths);
                }
            }
            into[v as usize] += weight * depends;
            self.share[v as usize] = paths.share(rows.reach[v as usize] + depends);
        }
    }

    /// By length (Dijkstra 1959): O(m · log n).
    fn lengths(&mut self, rows: &Rows, source: u32) {
        self.far.clear();
        self.far.resize(rows.vertices(), UNSEEN);
        self.far[source as usize] = 0;
        self.heap.clear();
        self.heap.push(Reverse((0, source)));
        while let Some(Reverse((far, v))) = self.heap.pop() {
            // A vertex comes up once at its distance: lengths are above 0, and only shorter ones are pushed.
            if far > self.far[v as usize] {
                continue;
            }
            self.order.push(v);
            let paths = self.paths[v as usize];
            let row = rows.row(v);
            for (w, length) in rows.targets[row.clone()].iter().zip(&rows.lengths[row]) {
                let (at, there) = (*w as usize, far + length);
                if there < self.far[at] {
                    self.far[at] = there;
                    self.paths[at] = paths;
                    self.heap.push(Reverse((there, *w)));
                } else if there == self.far[at] {
                    self.paths[at] = self.paths[at].plus(paths);
                }
            }
        }
    }

    fn gather_lengths(&mut self, rows: &Rows, weight: f64, into: &mut [f64]) {
        for &v in self.order[1..].iter().rev() {
            let far = self.far[v as usize];
            let mut depends = 0.0;
            let paths = self.paths[v as usize];
            let row = rows.row(v);
            for (w, length) in rows.targets[row.clone()].iter().zip(&rows.lengths[row]) {
                if self.far[*w as usize] == far + length {
                    depends += self.share[*w as usize].times(paths);
                }
            }
            into[v as usize] += weight * depends;
            self.share[v as usize] = paths.share(rows.reach[v as usize] + depends);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Wide};

    #[test]
    fn wide_numbers_reckon_as_floats_do() {
        let three = Wide::ONE.plus(Wide::ONE).plus(Wide::ONE);
        assert_eq!(three.share(6.0).times(three), 6.0);
        let mut large = Wide::ONE;
        for _ in 0..5000 {
            large = large.plus(large);
        }
        assert_eq!(large.plus(Wide::ONE), large);
        assert_eq!(large.share(8.0).times(large), 8.0);
        assert_eq!(Wide::ONE.plus(large), large);
    }
}
