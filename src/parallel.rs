//! Independent jobs on the machine's threads, with answers that do not depend on how many there are.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// Threads at most where jobs read more than they reckon: beyond these they wait for memory.
const MOST: usize = 8;

/// Threads that the machine offers this process.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The answers of jobs `0..count`, in their order. Each job sees only what it is given, so neither the number of
/// threads nor their order can show in an answer.
pub fn map<T: Send>(count: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    map_on(threads().min(MOST), count, || (), |(), i| job(i))
}

/// As [`map`], on so many threads, each of which brings its own `scratch` for one job after the other. A job must
/// leave nothing in it that a later job could tell.
pub fn map_on<T: Send, S>(
    threads: usize,
    count: usize,
    scratch: impl Fn() -> S + Sync,
    job: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    let threads = threads.min(count);
    if threads <= 1 {
        let mut own = scratch();
        return (0..count).map(|i| job(&mut own, i)).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
    let work = || {
        let mut own = scratch();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= count {
                return;
            }
            let answer = job(&mut own, i);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((i, answer));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
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
        for threads in [1, 2, 3, 16] {
            let sums = super::map_on(threads, parts.len(), || (), |(), i| parts[i].clone().sum::<usize>());
            assert_eq!(sums.iter().sum::<usize>(), 999 * 1000 / 2);
            assert_eq!(sums[1], (7..14).sum::<usize>());
        }
    }
}
