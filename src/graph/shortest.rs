//! All shortest paths from one vertex, and what depends on them: the inner loops of Brandes (2001).

use super::{counts::Count, queue::Queue, rows::Rows};

const UNSEEN: u64 = u64::MAX;

/// What a search from one vertex needs, used again for the next.
#[derive(Debug)]
pub struct Scratch<C> {
    hops: Vec<u32>,
    far: Vec<u64>,
    paths: Vec<C>,
    /// Dependency of a vertex and what lies behind it, over its number of paths.
    share: Vec<C>,
    /// Shares of the level in hand.
    fresh: Vec<C>,
    depends: Vec<f64>,
    order: Vec<u32>,
    /// Vertices of which some may not be reached yet.
    unseen: Vec<u32>,
    /// Where each level, or each vertex's row of `before`, ends.
    ends: Vec<u32>,
    /// Vertices from which each vertex of `order` is reached.
    before: Vec<u32>,
    queue: Queue,
}

impl<C> Default for Scratch<C> {
    fn default() -> Self {
        Self {
            hops: Vec::new(),
            far: Vec::new(),
            paths: Vec::new(),
            share: Vec::new(),
            fresh: Vec::new(),
            depends: Vec::new(),
            order: Vec::new(),
            unseen: Vec::new(),
            ends: Vec::new(),
            before: Vec::new(),
            queue: Queue::default(),
        }
    }
}

/// Empties a list and fills it with `n` equal values.
fn fill<T: Copy>(list: &mut Vec<T>, n: usize, with: T) {
    list.clear();
    list.resize(n, with);
}

impl<C: Count> Scratch<C> {
    /// Adds to `into`, vertex by vertex, the dependency of `source` on it times what lies behind `source`. False
    /// (and nothing added) where there are too many paths for this kind of number.
    pub fn depend(&mut self, rows: &Rows, source: u32, into: &mut [f64]) -> bool {
        let n = rows.vertices();
        fill(&mut self.paths, n, C::NONE);
        self.paths[source as usize] = C::ONE;
        self.ends.clear();
        if rows.lengths.is_empty() {
            self.hops(rows, source);
        } else {
            self.lengths(rows, source);
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

    /// Breadth first, level by level: O(n + m). From a small level its vertices look ahead; from a large one the vertices
    /// not yet seen look back, which is cheap as only the level in hand has marks that are not 0 (Beamer et al. 2012).
    fn hops(&mut self, rows: &Rows, source: u32) {
        let n = rows.vertices();
        fill(&mut self.hops, n, u32::MAX);
        fill(&mut self.share, n, C::NONE);
        // One place more: the next vertex is written before it is known to be new.
        fill(&mut self.order, n + 1, source);
        self.hops[source as usize] = 0;
        self.unseen.clear();
        let (mut from, mut found) = (0, 1);
        let mut unseen_arcs = rows.targets.len();
        for beyond in 1.. {
            let until = found;
            self.ends.push(until as u32);
            if until == n || from == until {
                break;
            }
            let arcs: usize = self.order[from..until].iter().map(|v| rows.row(*v).len()).sum();
            unseen_arcs -= arcs;
            found = if unseen_arcs < 2 * arcs {
                self.look_back(rows, from..until, beyond)
            } else {
                self.look_ahead(rows, from..until, beyond)
            };
            from = until;
        }
    }

    /// Follows the arcs of a level; nothing branches on where they lead, which no processor guesses.
    fn look_ahead(&mut self, rows: &Rows, level: std::ops::Range<usize>, beyond: u32) -> usize {
        let (hops, paths, order) = (&mut self.hops[..], &mut self.paths[..], &mut self.order[..]);
        let mut found = level.end;
        for i in level {
            let v = order[i];
            let own = paths[v as usize];
            for &w in &rows.targets[rows.row(v)] {
                let at = w as usize;
                let seen = hops[at];
                let new = seen == u32::MAX;
                order[found] = w;
                found += usize::from(new);
                hops[at] = if new { beyond } else { seen };
                let more = if new || seen == beyond { own } else { C::NONE };
                paths[at] = paths[at].plus(more);
            }
        }
        found
    }

    /// Asks each vertex not yet seen how many paths lead to it from a level.
    fn look_back(&mut self, rows: &Rows, level: std::ops::Range<usize>, beyond: u32) -> usize {
        if self.unseen.is_empty() {
            self.unseen.extend(0..rows.vertices() as u32);
        }
        let mut found = level.end;
        for &v in &self.order[level.clone()] {
            self.share[v as usize] = self.paths[v as usize];
        }
        let (hops, paths, order, marks) = (&mut self.hops, &mut self.paths, &mut self.order, &self.share);
        self.unseen.retain(|v| {
            if hops[*v as usize] != u32::MAX {
                return false;
            }
            let count = sum(marks, &rows.targets[rows.row(*v)]);
            if count.is_none() {
                return true;
            }
            hops[*v as usize] = beyond;
            paths[*v as usize] = count;
            order[found] = *v;
            found += 1;
            false
        });
        for &v in &self.order[level] {
            self.share[v as usize] = C::NONE;
        }
        found
    }

    /// Backwards, level by level. Only the level behind has shares that are not 0, so that nobody asks where an arc
    /// leads; the last level depends on nobody, and the source, which is the first, counts for nothing.
    fn gather_hops(&mut self, rows: &Rows, weight: f64, into: &mut [f64]) {
        // All 0 after the search.
        let mut behind = 0..0;
        for level in (1..self.ends.len()).rev() {
            let own = self.ends[level - 1] as usize..self.ends[level] as usize;
            self.fresh.clear();
            for &v in &self.order[own.clone()] {
                let paths = self.paths[v as usize];
                let depends =
                    if behind.is_empty() { 0.0 } else { sum(&self.share, &rows.targets[rows.row(v)]).times(paths) };
                into[v as usize] += weight * depends;
                self.fresh.push(paths.share(rows.reach[v as usize] + depends));
            }
            for &v in &self.order[behind] {
                self.share[v as usize] = C::NONE;
            }
            for (&v, share) in self.order[own.clone()].iter().zip(&self.fresh) {
                self.share[v as usize] = *share;
            }
            behind = own;
        }
    }

    /// By length (Dijkstra 1959). A vertex's row is read once, when it is settled: whoever it is reached from is
    /// settled before.
    fn lengths(&mut self, rows: &Rows, source: u32) {
        fill(&mut self.far, rows.vertices(), UNSEEN);
        self.far[source as usize] = 0;
        self.order.clear();
        self.before.clear();
        self.queue.start(rows, source);
        let (far, paths, before) = (&mut self.far[..], &mut self.paths[..], &mut self.before);
        while let Some(v) = self.queue.next(far) {
            self.order.push(v);
            let own = far[v as usize];
            let row = rows.row(v);
            let mut count = paths[v as usize];
            for (&w, &length) in rows.targets[row.clone()].iter().zip(&rows.lengths[row]) {
                let other = far[w as usize];
                if own + length < other {
                    far[w as usize] = own + length;
                    self.queue.push(own + length, w);
                } else if other + length == own {
                    count = count.plus(paths[w as usize]);
                    before.push(w);
                }
            }
            paths[v as usize] = count;
            self.ends.push(before.len() as u32);
        }
    }

    fn gather_lengths(&mut self, rows: &Rows, weight: f64, into: &mut [f64]) {
        fill(&mut self.depends, rows.vertices(), 0.0);
        for (i, &v) in self.order.iter().enumerate().skip(1).rev() {
            let depends = self.depends[v as usize];
            into[v as usize] += weight * depends;
            let share = self.paths[v as usize].share(rows.reach[v as usize] + depends);
            for &w in &self.before[self.ends[i - 1] as usize..self.ends[i] as usize] {
                self.depends[w as usize] += share.times(self.paths[w as usize]);
            }
        }
    }
}

/// The shares of a row together, in four sums so that none waits for the other.
fn sum<C: Count>(shares: &[C], row: &[u32]) -> C {
    let mut four = [C::NONE; 4];
    let mut chunks = row.chunks_exact(4);
    for chunk in &mut chunks {
        for (one, w) in four.iter_mut().zip(chunk) {
            *one = one.plus(shares[*w as usize]);
        }
    }
    for (one, w) in four.iter_mut().zip(chunks.remainder()) {
        *one = one.plus(shares[*w as usize]);
    }
    four[0].plus(four[1]).plus(four[2].plus(four[3]))
}
