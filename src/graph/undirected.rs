//! A simple undirected graph in compressed rows: what cuts, betweenness and communities read.

/// Finest step of a length, in parts of the unit it is given in: 1 ns where it is given in ms.
const STEPS: f64 = 1e6;
/// Lengths of paths stay below this many steps.
const LONGEST: f64 = (1_u64 << 62) as f64;

/// A simple undirected graph with whole lengths. Each edge stands in two rows.
#[derive(Debug, Clone, Default)]
pub struct Undirected {
    offsets: Vec<u32>,
    targets: Vec<u32>,
    /// Of each arc; empty where every edge is 1 long.
    lengths: Vec<u64>,
    edges: Vec<(u32, u32)>,
}

impl Undirected {
    /// The graph of `vertices` vertices with these edges, each 1 long; loops are left out, parallel edges merged.
    pub fn new(vertices: usize, edges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        Self::from_rows(vertices, edges.into_iter().map(|(a, b)| (a, b, 1)).collect(), false)
    }

    /// As [`Self::new`], with a length above 0 for each edge; of parallel edges the shortest counts.
    ///
    /// Lengths are rounded to a millionth of their unit (coarser where paths could become too long for 64 bits), so
    /// that equally long paths are equal whatever the order in which their edges are summed.
    pub fn with_lengths(vertices: usize, edges: &[(u32, u32, f64)]) -> Self {
        let most = edges.iter().map(|e| e.2).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let scale = STEPS.min(LONGEST / most / (vertices as f64 + 1.0));
        let whole = |x: f64| (libm::round(x * scale) as u64).max(1);
        let rows: Vec<(u32, u32, u64)> = edges.iter().map(|&(a, b, x)| (a, b, whole(x))).collect();
        let common = rows.iter().fold(0, |d, row| divisor(d, row.2)).max(1);
        Self::from_rows(vertices, rows.into_iter().map(|(a, b, x)| (a, b, x / common)).collect(), true)
    }

    /// Lays rows of (end, end, length) out.
    pub(super) fn from_rows(vertices: usize, mut rows: Vec<(u32, u32, u64)>, measured: bool) -> Self {
        for row in &mut rows {
            *row = (row.0.min(row.1), row.0.max(row.1), row.2);
        }
        rows.retain(|row| row.0 != row.1);
        rows.sort_unstable();
        rows.dedup_by_key(|row| (row.0, row.1));
        let mut offsets = vec![0_u32; vertices + 1];
        for row in &rows {
            offsets[row.0 as usize + 1] += 1;
            offsets[row.1 as usize + 1] += 1;
        }
        for v in 0..vertices {
            offsets[v + 1] += offsets[v];
        }
        let mut next = offsets.clone();
        let mut targets = vec![0; 2 * rows.len()];
        let mut lengths = vec![0; if measured { 2 * rows.len() } else { 0 }];
        // First what is smaller than the row's vertex, then what is larger: both come in order.
        for (from, to) in [(1, 0), (0, 1)] {
            for row in &rows {
                let ends = [row.0, row.1];
                let at = &mut next[ends[from] as usize];
                targets[*at as usize] = ends[to];
                if measured {
                    lengths[*at as usize] = row.2;
                }
                *at += 1;
            }
        }
        Self { offsets, targets, lengths, edges: rows.into_iter().map(|row| (row.0, row.1)).collect() }
    }

    /// Number of vertices.
    pub fn vertices(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Edges, smaller end first, in order.
    pub fn edges(&self) -> &[(u32, u32)] {
        &self.edges
    }

    /// Neighbours of a vertex, in order.
    pub fn neighbours(&self, v: u32) -> &[u32] {
        &self.targets[self.arcs(v)]
    }

    /// Number of neighbours.
    pub fn degree(&self, v: u32) -> usize {
        self.arcs(v).len()
    }

    /// Positions of a vertex's arcs among all.
    pub(super) fn arcs(&self, v: u32) -> std::ops::Range<usize> {
        self.offsets[v as usize] as usize..self.offsets[v as usize + 1] as usize
    }

    /// Where an arc leads.
    pub(super) fn target(&self, arc: usize) -> u32 {
        self.targets[arc]
    }

    /// True where edges have lengths of their own.
    pub(super) fn is_measured(&self) -> bool {
        !self.lengths.is_empty()
    }

    /// Lengths of a vertex's arcs, in steps; empty where every edge is 1 long.
    pub(super) fn lengths(&self, v: u32) -> &[u64] {
        if self.is_measured() { &self.lengths[self.arcs(v)] } else { &[] }
    }

    /// Length of an arc, in steps.
    pub(super) fn length(&self, arc: usize) -> u64 {
        self.lengths.get(arc).copied().unwrap_or(1)
    }
}

/// Greatest common divisor (Euclid).
fn divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::Undirected;

    #[test]
    fn loops_go_and_parallel_edges_merge() {
        let g = Undirected::new(4, [(1, 0), (0, 1), (2, 2), (2, 1)]);
        assert_eq!(g.edges(), [(0, 1), (1, 2)]);
        assert_eq!((g.neighbours(1), g.degree(3)), (&[0, 2][..], 0));
    }

    #[test]
    fn the_shortest_of_parallel_edges_counts_and_lengths_are_whole() {
        let g = Undirected::with_lengths(3, &[(0, 1, 0.5), (1, 0, 0.2), (1, 2, 0.3)]);
        assert_eq!(g.lengths(1), [2, 3]);
        let huge = Undirected::with_lengths(2, &[(0, 1, 1e15)]);
        assert!(huge.lengths(0)[0] >= 1);
    }

    #[test]
    fn no_vertex_is_fine() {
        assert_eq!(Undirected::new(0, []).vertices(), 0);
        assert_eq!(Undirected::default().vertices(), 0);
    }
}
