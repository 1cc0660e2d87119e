//! What is left behind when writing fails or is cut off: the old file whole, and nothing else.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    io::Read,
    os::unix::{fs::PermissionsExt, process::ExitStatusExt},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use signal_hook::consts::{SIGINT, SIGTERM};
use tempfile::TempDir;

const SNAPSHOT: &str = "examples/minimal.yaml";

fn command(args: &[&str]) -> Command {
    let mut out = Command::new(env!("CARGO_BIN_EXE_orch"));
    out.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::piped());
    out
}

fn names(folder: &Path) -> Vec<String> {
    let mut out: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    out.sort();
    out
}

/// A folder with a file that is to survive.
fn home() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan.json").to_str().unwrap().to_owned();
    fs::write(&path, "precious").unwrap();
    (folder, path)
}

#[test]
fn a_full_disk_ends_in_2_and_leaves_the_old_file() {
    if !Path::new("/dev/full").exists() {
        return eprintln!("no /dev/full here: skipped");
    }
    let (folder, path) = home();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let as_json = format!("json={path}");
    let out = command(&["distribute", SNAPSHOT, "-o", &as_json]).stdout(full).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot write to standard output"), "{said}");
    let out = command(&["distribute", SNAPSHOT, "-o", &as_json, "-o", "csv=/dev/full"]).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious", "neither file is written where one cannot be");
    assert_eq!(names(folder.path()), ["plan.json"]);
}

#[test]
fn a_closed_pipe_is_no_error_in_any_format() {
    for format in ["table", "json", "html", "markdown"] {
        let args = ["distribute", "fixtures/large/fleet-12x100.yaml", "--effort", "quick", "-q", "-f", format];
        let mut child = command(&args).stdout(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdout.take().unwrap();
        pipe.read_exact(&mut [0; 10]).unwrap();
        drop(pipe);
        let out = child.wait_with_output().unwrap();
        assert!(out.status.code().is_some_and(|c| c <= 1), "{format}: {:?}", out.status);
        assert_eq!(String::from_utf8_lossy(&out.stderr), "", "{format}");
    }
}

#[test]
fn a_folder_that_may_not_be_written_is_told_before_the_work() {
    let (folder, path) = home();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write everywhere.
    if fs::write(folder.path().join("probe"), "").is_err() {
        let out = command(&["distribute", SNAPSHOT, "-o", &path]).output().unwrap();
        assert_eq!(out.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&out.stderr).contains("cannot write"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let out = command(&["distribute", SNAPSHOT, "-o", "/proc/plan.json"]).output().unwrap();
    assert_eq!(out.status.code(), Some(2), "no file can be made there by anyone");
}

#[test]
fn an_interrupted_run_leaves_the_old_file_and_nothing_else() {
    for signal in [SIGINT, SIGTERM] {
        let (folder, path) = home();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (as_json, into_pipe) = (format!("json={path}"), format!("csv={}", pipe.display()));
        let args = ["distribute", SNAPSHOT, "-o", &as_json, "-o", &into_pipe];
        let mut child = command(&args).stdout(Stdio::null()).spawn().unwrap();
        // Nobody reads the pipe, so the run waits between writing the file beside its target and renaming it.
        let begun = || names(folder.path()).iter().any(|n| n.starts_with(".orch-"));
        for _ in 0..3000 {
            // It comes and goes once before the work; what stays is the one that is being written.
            if begun() {
                thread::sleep(Duration::from_millis(50));
                if begun() {
                    break;
                }
            }
            thread::sleep(Duration::from_millis(10));
        }
        assert!(begun(), "the run did not get as far as writing");
        signal_to(&child, signal);
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(signal), "it ends as the signal would have ended it");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        assert_eq!(names(folder.path()), ["pipe", "plan.json"], "no temporary file stays");
    }
}

#[test]
fn a_run_interrupted_at_work_leaves_nothing() {
    let (folder, path) = home();
    let args = ["distribute", "fixtures/large/fleet-40x1000.json", "--effort", "high", "-q", "-o", &path];
    let mut child = command(&args).spawn().unwrap();
    thread::sleep(Duration::from_millis(300));
    signal_to(&child, SIGTERM);
    assert_eq!(child.wait().unwrap().signal(), Some(SIGTERM));
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(folder.path()).len()), ("precious", 1));
}

/// Every command, and what it writes goes to standard output or to `-o`.
fn everything(folder: &Path) -> Vec<Vec<String>> {
    let plan = folder.join("of-a-plan.json").to_str().unwrap().to_owned();
    assert!(command(&["distribute", SNAPSHOT, "-q", "-f", "json", "-o", &plan]).status().unwrap().success());
    let all: [&[&str]; 15] = [
        &["diff", SNAPSHOT, "examples/tasks.yaml"],
        &["discover", "fixtures/discover/contradictions.yaml"],
        &["distribute", SNAPSHOT],
        &["map", "fixtures/small/map.yaml"],
        &["validate", SNAPSHOT],
        &["generate", "--tasks", "3", "--agents", "2"],
        &["import", "fixtures/import/argo-steps.yaml"],
        &["optimize", "fixtures/small/ten-tasks.yaml", "--effort", "quick"],
        &["resolve", "fixtures/conflicts/races.yaml"],
        &["schema", "snapshot"],
        &["completions", "bash"],
        &["man"],
        &["verify", SNAPSHOT, &plan],
        &["explain", "examples/tasks.yaml", "billing-audit", "--effort", "quick"],
        &["simulate", "examples/tasks.yaml", "--runs", "5", "--effort", "quick"],
    ];
    all.iter().map(|row| row.iter().map(|word| (*word).to_owned()).collect()).collect()
}

#[test]
fn every_command_ends_in_2_where_nothing_can_be_written() {
    if !Path::new("/dev/full").exists() {
        return eprintln!("no /dev/full here: skipped");
    }
    let (folder, path) = home();
    for words in everything(folder.path()) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let out = command(&words).stdout(full).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        assert!(String::from_utf8_lossy(&out.stderr).contains("cannot write to standard output"), "{words:?}");
        for nowhere in ["/proc/orch.out", "/dev/full", folder.path().join("missing/out").to_str().unwrap()] {
            let out = command(&[&words[..], &["-o", nowhere]].concat()).output().unwrap();
            assert_eq!(out.status.code(), Some(2), "{words:?} to {nowhere}");
            assert!(out.stdout.is_empty(), "{words:?} to {nowhere}");
        }
    }
    assert_eq!(fs::read_to_string(path).unwrap(), "precious");
    assert_eq!(names(folder.path()), ["of-a-plan.json", "plan.json"]);
}

#[test]
fn a_pipe_that_is_closed_at_once_is_no_error_of_any_command() {
    let (folder, _) = home();
    for words in everything(folder.path()) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut child = command(&words).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let out = child.wait_with_output().unwrap();
        assert!(out.status.code().is_some_and(|c| c <= 1), "{words:?}: {:?}", out.status);
        assert!(!String::from_utf8_lossy(&out.stderr).contains("cannot write"), "{words:?}");
    }
}

fn signal_to(child: &std::process::Child, signal: i32) {
    let sent = Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status().unwrap();
    assert!(sent.success());
}
