//! Every command over every file of the wrong kind: status 2, or a sound answer; never a fault of orch.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use orch::input::observe::ADAPTERS;
use tempfile::TempDir;

const FORMATS: [&str; 8] = ["table", "json", "yaml", "markdown", "csv", "github", "sarif", "html"];

/// `FILE` stands for the file; a format is added to those that print a report.
const REPORTS: [&[&str]; 17] = [
    &["validate", "FILE"],
    &["validate", "--each", "FILE"],
    &["distribute", "FILE"],
    &["distribute", "examples/minimal.yaml", "--baseline", "FILE"],
    &["map", "FILE"],
    &["discover", "FILE"],
    &["resolve", "FILE"],
    &["resolve", "examples/minimal.yaml", "--plan", "FILE"],
    &["optimize", "FILE"],
    &["simulate", "FILE"],
    &["simulate", "examples/minimal.yaml", "--plan", "FILE"],
    &["explain", "FILE", "t1"],
    &["explain", "examples/minimal.yaml", "--plan", "FILE", "t1"],
    &["verify", "FILE", "PLAN"],
    &["verify", "examples/minimal.yaml", "FILE"],
    &["diff", "FILE", "examples/minimal.yaml"],
    &["diff", "PLAN", "FILE"],
];

/// Those that print something else.
const OTHERS: [&[&str]; 9] = [
    &["map", "FILE", "--format", "dot"],
    &["map", "FILE", "--format", "mermaid"],
    &["distribute", "FILE", "--write-lp", "LP"],
    &["discover", "FILE", "--emit", "snapshot"],
    &["discover", "FILE", "--emit", "overlay"],
    &["resolve", "FILE", "--emit", "patch"],
    &["optimize", "FILE", "--emit", "snapshot"],
    &["optimize", "examples/minimal.yaml", "--what-if", "FILE"],
    &["import", "FILE"],
];

struct Desk {
    folder: TempDir,
    plan: String,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let plan = folder.path().join("plan.json").to_str().unwrap().to_owned();
        let desk = Self { folder, plan };
        let args = ["distribute", "examples/minimal.yaml", "--output", "PLAN", "--format", "json"].map(str::to_owned);
        assert_eq!(desk.run(&args, Path::new("")), 0);
        desk
    }

    /// Runs a command over a file and gives its status.
    fn run(&self, args: &[String], file: &Path) -> i32 {
        let lp = self.folder.path().join("lp");
        let word = |arg: &String| {
            arg.replace("FILE", file.to_str().unwrap()).replace("PLAN", &self.plan).replace("LP", lp.to_str().unwrap())
        };
        let args: Vec<String> = args.iter().map(word).collect();
        let out = Command::new(env!("CARGO_BIN_EXE_orch"))
            .args(&args)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&out.stderr);
        let status = out.status.code().unwrap_or_else(|| panic!("{args:?}: {told}"));
        assert!(status <= 2, "{args:?} ends in {status}: {told}");
        assert!(status != 2 || (out.stdout.is_empty() && !told.is_empty()), "{args:?} refuses without a word: {told}");
        assert!(!told.contains("Usage:"), "{args:?}: {told}");
        status
    }
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files(&entry, out);
        } else {
            out.push(entry);
        }
    }
}

/// Runs every command over each file, with formats in turn.
fn over(all: &[PathBuf]) {
    let desk = Desk::new();
    let half = all.len() / 2;
    let some = |files: &[PathBuf]| {
        for (i, file) in files.iter().enumerate() {
            for (j, command) in REPORTS.iter().enumerate() {
                let format = ["--format", FORMATS[(i + j) % FORMATS.len()], "-q"];
                let args: Vec<String> = command.iter().chain(&format).map(|s| (*s).to_owned()).collect();
                desk.run(&args, file);
            }
            for command in OTHERS {
                desk.run(&command.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(), file);
            }
            for adapter in ADAPTERS {
                desk.run(&["discover".into(), "-q".into(), "--from".into(), format!("{}=FILE", adapter.kind)], file);
            }
            for format in orch::input::import::FORMATS {
                desk.run(&["import".into(), format!("{}=FILE", format.kind)], file);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| some(&all[half..]));
        some(&all[..half]);
    });
}

#[test]
fn invalid_snapshots() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/invalid"), &mut all);
    assert!(all.len() > 50);
    over(&all);
}

#[test]
fn files_of_other_systems() {
    let Some(data) = support::published::folder() else {
        return eprintln!("no files of other systems beside the repository");
    };
    let mut all = Vec::new();
    files(&data.join("formats"), &mut all);
    assert!(all.len() > 50);
    over(&all);
}
