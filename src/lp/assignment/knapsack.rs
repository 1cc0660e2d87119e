//! The 0-1 knapsack in integers, by dynamic programming over its size (Bellman 1957): what an agent earns at
//! the groups' prices, and what it would lose by having to take or leave an item.

/// An item that an agent may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// The group that it belongs to.
    pub group: usize,
    /// Its size.
    pub size: usize,
    /// What it earns; may be negative.
    pub profit: i32,
}

/// The best values of every size after each of a row of items.
struct Table {
    width: usize,
    value: Vec<i32>,
}

impl Table {
    /// Row t + 1 is the best of the first t + 1 items. O(items · size).
    fn new(items: impl ExactSizeIterator<Item = Item>, room: usize) -> Self {
        let width = room + 1;
        let mut value = vec![0; (items.len() + 1) * width];
        for (t, item) in items.enumerate() {
            let (before, after) = value.split_at_mut((t + 1) * width);
            let (before, after) = (&before[t * width..], &mut after[..width]);
            if item.size > room || item.profit <= 0 {
                after.copy_from_slice(before);
                continue;
            }
            after[..item.size].copy_from_slice(&before[..item.size]);
            for (x, (without, with)) in after[item.size..].iter_mut().zip(before[item.size..].iter().zip(before)) {
                *x = (*without).max(*with + item.profit);
            }
        }
        Self { width, value }
    }

    fn row(&self, t: usize) -> &[i32] {
        &self.value[t * self.width..(t + 1) * self.width]
    }
}

/// The greatest profit within the room; tells the groups of the items taken. O(items · size).
pub(super) fn best(items: &[Item], room: usize, mut take: impl FnMut(usize)) -> i64 {
    if items.iter().map(|i| i.size).sum::<usize>() <= room {
        for item in items {
            take(item.group);
        }
        return items.iter().map(|i| i64::from(i.profit)).sum();
    }
    let table = Table::new(items.iter().copied(), room);
    let mut left = room;
    for (t, item) in items.iter().enumerate().rev() {
        if table.row(t + 1)[left] != table.row(t)[left] {
            take(item.group);
            left -= item.size;
        }
    }
    i64::from(table.row(items.len())[room])
}

/// For each item, by how much the greatest profit falls if it is taken (`None` where it is too large), and if
/// it is left. Forwards and backwards tables meet at the item. O(items · size).
pub(super) fn losses(items: &[Item], room: usize) -> Vec<(Option<i64>, i64)> {
    let before = Table::new(items.iter().copied(), room);
    let after = Table::new(items.iter().rev().copied(), room);
    let whole = i64::from(before.row(items.len())[room]);
    let beside = |t: usize, room: usize| {
        let (a, b) = (before.row(t), after.row(items.len() - 1 - t));
        let sums = a[..=room].iter().zip(b[..=room].iter().rev()).map(|(x, y)| x + y);
        i64::from(sums.max().unwrap_or(0))
    };
    let loss = |(t, item): (usize, &Item)| {
        let taken = (item.size <= room).then(|| whole - beside(t, room - item.size) - i64::from(item.profit));
        (taken, whole - beside(t, room))
    };
    items.iter().enumerate().map(loss).collect()
}
