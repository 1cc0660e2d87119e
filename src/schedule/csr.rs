//! Rows of different lengths in one vector (compressed sparse rows).

/// Rows of `T`, by position.
#[derive(Debug, Clone)]
pub struct Csr<T> {
    offsets: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Csr<T> {
    fn default() -> Self {
        Self { offsets: vec![0], items: Vec::new() }
    }
}

impl<T> Csr<T> {
    /// Builds from an iterator of rows.
    pub fn collect<R: IntoIterator<Item = T>>(rows: impl IntoIterator<Item = R>) -> Self {
        let mut out = Self::default();
        for row in rows {
            out.push(row);
        }
        out
    }

    /// Appends a row.
    pub fn push(&mut self, row: impl IntoIterator<Item = T>) {
        self.items.extend(row);
        self.offsets.push(self.items.len() as u32);
    }

    /// Row `i`.
    pub fn row(&self, i: usize) -> &[T] {
        &self.items[self.offsets[i] as usize..self.offsets[i + 1] as usize]
    }

    /// Where row `i` begins among all items.
    pub fn begin(&self, i: usize) -> usize {
        self.offsets[i] as usize
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// True where there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All items, row after row.
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

impl Csr<(u32, f64)> {
    /// The rows turned round: an item `(j, x)` of row `i` becomes `(i, x)` of row `j`.
    pub fn transposed(&self, rows: usize) -> Self {
        let mut out: Vec<Vec<(u32, f64)>> = vec![Vec::new(); rows];
        for i in 0..self.len() {
            for (j, x) in self.row(i) {
                out[*j as usize].push((i as u32, *x));
            }
        }
        Self::collect(out)
    }
}
