//! Files that are being written, so that an interrupted run leaves none behind.
//!
//! A temporary file is removed when its owner is dropped, which a signal does not wait for. So a thread waits for
//! SIGINT, SIGTERM and SIGHUP, removes what is listed here, and then ends the process as the signal would have.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
static WATCH: Once = Once::new();

/// The list. While it is held no signal ends the process, so that several files change their names together.
pub fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    WATCH.call_once(watch);
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn watch() {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        iterator::Signals,
        low_level::emulate_default_handler,
    };
    // Without the thread a signal ends the process as ever, and may leave a file behind.
    let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let list = unfinished();
            for path in list.iter() {
                let _ = std::fs::remove_file(path);
            }
            let _ = emulate_default_handler(signal);
        }
    });
}

#[cfg(not(unix))]
fn watch() {}
