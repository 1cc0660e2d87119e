//! Same snapshot, options and version: same bytes, in any process, with any number of threads; and the
//! order of the file changes nothing but line numbers.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use support::{
    places::without_places,
    random::{Shape, shuffled, snapshot},
};

const STRATEGIES: [&str; 5] = ["cost_optimized", "load_balanced", "performance_optimized", "deadline_aware", "hybrid"];

/// A snapshot with every kind of section, on disk for the time of a test.
struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, document: &Value) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, serde_json::to_string_pretty(document).unwrap()).unwrap();
        path
    }
}

fn orch(arguments: &[&str]) -> (Option<i32>, Vec<u8>) {
    let out = Command::new(env!("CARGO_BIN_EXE_orch")).args(arguments).output().unwrap();
    let code = out.status.code();
    assert!(matches!(code, Some(0 | 1)), "{arguments:?}: {code:?} {}", String::from_utf8_lossy(&out.stderr));
    (code, out.stdout)
}

fn distribute(path: &Path, strategy: &str, more: &[&str]) -> Vec<u8> {
    let path = path.to_str().unwrap();
    let mut arguments = vec!["distribute", path, "--strategy", strategy, "--format", "json"];
    arguments.extend(more);
    orch(&arguments).1
}

#[test]
fn two_processes_give_the_same_bytes() {
    let fixture = Fixture::new();
    for seed in 0..6 {
        let path = fixture.write("snapshot.json", &snapshot(seed, Shape { tasks: 30, agents: 6 }));
        for strategy in STRATEGIES {
            let (first, second) = (distribute(&path, strategy, &[]), distribute(&path, strategy, &[]));
            assert!(first == second, "seed {seed}, {strategy}: two runs differ");
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let help = String::from_utf8(orch(&["distribute", "--help"]).1).unwrap();
    if !help.contains("--threads") {
        eprintln!("no --threads yet: one thread is all there is");
        return;
    }
    let fixture = Fixture::new();
    let path = fixture.write("snapshot.json", &snapshot(11, Shape { tasks: 40, agents: 6 }));
    for strategy in STRATEGIES {
        let one = distribute(&path, strategy, &["--threads", "1"]);
        for threads in ["2", "8"] {
            let more = distribute(&path, strategy, &["--threads", threads]);
            assert!(one == more, "{strategy}: {threads} threads differ from one");
        }
    }
}

#[test]
fn the_order_of_the_file_changes_nothing_but_places() {
    let fixture = Fixture::new();
    for seed in 20..26 {
        let document = snapshot(seed, Shape { tasks: 25, agents: 5 });
        let path = fixture.write("snapshot.json", &document);
        for strategy in STRATEGIES {
            let straight = without_places(serde_json::from_slice(&distribute(&path, strategy, &[])).unwrap());
            // The same name, since a report may name its file.
            fixture.write("snapshot.json", &shuffled(&document, seed + 1));
            let mixed = without_places(serde_json::from_slice(&distribute(&path, strategy, &[])).unwrap());
            fixture.write("snapshot.json", &document);
            assert!(straight == mixed, "seed {seed}, {strategy}: shuffled input gives another report");
        }
    }
}
