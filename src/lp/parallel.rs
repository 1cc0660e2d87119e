//! Independent jobs on the machine's threads, with answers that do not depend on how many there are.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

/// Threads at most: beyond these the jobs here wait for memory.
const MOST: usize = 8;

/// The answers of jobs `0..count`, in their order. Each job sees only what it is given, so neither the number of
/// threads nor their order can show in an answer.
pub fn map<T: Send>(count: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count).min(MOST);
    if threads <= 1 {
        return (0..count).map(job).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
    let work = || {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= count {
                return;
            }
            let answer = job(i);
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((i, answer));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_unstable_by_key(|d| d.0);
    done.into_iter().map(|d| d.1).collect()
}

/// Ranges that split `0..count` into parts of about `size`, whatever the number of threads.
pub fn parts(count: usize, size: usize) -> Vec<std::ops::Range<usize>> {
    (0..count.div_ceil(size.max(1))).map(|i| i * size..((i + 1) * size).min(count)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn answers_come_in_the_order_of_jobs() {
        let parts = super::parts(1000, 7);
        let sums = super::map(parts.len(), |i| parts[i].clone().sum::<usize>());
        assert_eq!(sums.iter().sum::<usize>(), 999 * 1000 / 2);
        assert_eq!(sums[1], (7..14).sum::<usize>());
    }
}
