//! README stays true: its commands run, its tables say what the code says.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::{fs, path::Path, process::Command};

use orch::{
    discover, distribute,
    input::{codes, import, observe},
    map, optimize, resolve, simulate, verify,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// Lines of README's `sh` blocks, prompts and comments aside.
fn commands() -> Vec<String> {
    let readme = read("README.md");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|b| b.split("```").next());
    let lines = blocks.flat_map(str::lines).map(str::trim);
    lines.filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn set_up_is_two_commands_and_ci_runs_the_tests_as_readme_does() {
    let set_up: Vec<String> = commands().into_iter().filter(|c| c.starts_with("cargo ")).collect();
    assert_eq!(set_up.len(), 2, "{set_up:?}");
    assert!(set_up[0].starts_with("cargo install --path . --locked && orch distribute examples/tasks.yaml"));
    let ci = read(".ci/run");
    assert_eq!(ci.trim_end().lines().last(), Some(set_up[1].as_str()), ".ci/run ends with README's tests");
}

#[cfg(unix)]
#[test]
fn every_command_of_the_tour_runs() {
    let folder = tempfile::TempDir::new().unwrap();
    // What a command of the tour writes lands beside links to what it reads.
    for entry in ["examples", "fixtures"] {
        std::os::unix::fs::symlink(root().join(entry), folder.path().join(entry)).unwrap();
    }
    let bin = Path::new(env!("CARGO_BIN_EXE_orch")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let install = "cargo install --path . --locked && ";
    let tour: Vec<String> = commands()
        .iter()
        .map(|c| c.strip_prefix(install).unwrap_or(c).to_owned())
        .filter(|c| c.starts_with("orch "))
        .collect();
    assert!(tour.len() >= 5, "{tour:?}");
    for line in tour {
        let out =
            Command::new("sh").args(["-c", &line]).current_dir(folder.path()).env("PATH", &path).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "`{line}` ends in {:?}: {said}", out.status.code());
    }
}

/// The table of diagnostic codes as README must have it, by code.
fn code_table() -> String {
    let mut rows: Vec<String> = Vec::new();
    let row = |cells: [&str; 5]| format!("| {} |\n", cells.join(" | "));
    rows.extend(codes::CODES.iter().map(|c| row([c.id, c.severity.name(), c.commands(), c.meaning, c.remedy])));
    let planned = [
        ("distribute", distribute::CODES),
        ("map", map::CODES),
        ("resolve", resolve::CODES),
        ("optimize", optimize::CODES),
        ("simulate", simulate::CODES),
        ("verify", verify::CODES),
    ];
    for (command, codes) in planned {
        rows.extend(
            codes.iter().map(|[id, severity, meaning]| row([id, severity, command, meaning, "see the message"])),
        );
    }
    let read = [("discover", observe::codes::CODES), ("discover", discover::codes::CODES), ("import", import::CODES)];
    for (command, codes) in read {
        rows.extend(codes.iter().map(|c| row([c.id, c.severity.name(), command, c.meaning, c.remedy])));
    }
    rows.sort();
    format!("| code | severity | commands | meaning | remedy |\n|---|---|---|---|---|\n{}", rows.concat())
}

#[test]
fn the_snapshot_shown_is_an_example() {
    let minimal = read("examples/minimal.yaml");
    let shown: Vec<&str> = minimal.lines().filter(|l| !l.starts_with('#')).collect();
    assert!(read("README.md").contains(&format!("```yaml\n{}\n```\n", shown.join("\n"))));
}

#[test]
fn the_table_of_codes_is_the_code_s_own() {
    assert!(read("README.md").contains(&code_table()), "README needs this table:\n{}", code_table());
}

#[test]
fn no_machine_of_ours_is_named() {
    for file in ["README.md", "CHANGELOG.md", ".ci/run", "examples/tasks.yaml", "fixtures/README.md"] {
        let text = read(file);
        for word in ["/work/", "/root", "/home/", "localhost"] {
            assert!(!text.contains(word), "{file} has {word}");
        }
    }
}
