//! Holds the layers of the house: who may import whom, which file may know which crate, how long files are.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rows, top to bottom. A file imports from rows below its own; rooms of one row do not meet.
const ROWS: [&[&str]; 9] = [
    &["cli"],
    &[
        "diff",
        "discover",
        "map",
        "distribute",
        "resolve",
        "optimize",
        "explain",
        "validate",
        "generate",
        "import",
        "simulate",
        "verify",
    ],
    &["plan"],
    &["search"],
    &["schedule", "patch"],
    &["input", "report"],
    &["graph", "lp"],
    &["error"],
    &["model", "limit", "parallel"],
];

/// Crates that one place alone may know.
const KEPT: [(&str, &str); 3] = [("serde_saphyr", "input/yaml.rs"), ("good_lp", "lp/"), ("petgraph", "graph/")];

/// No file is longer.
const MOST_LINES: usize = 400;

struct Source {
    /// Path under `src`, with `/`.
    path: String,
    /// Without comments.
    code: String,
    lines: usize,
}

impl Source {
    /// The top-level module it belongs to; `lib` and `main` for the crate's roots.
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// How many `super` lead from the file to the crate.
    fn depth(&self) -> usize {
        let parts = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        parts.split('/').count()
    }

    /// The top-level modules it names, through `crate::` or through `super::` up to the crate.
    fn imports(&self) -> Vec<&str> {
        let mut out = Vec::new();
        for (at, _) in self.code.match_indices("crate::") {
            if !self.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                out.extend(heads(&self.code[at + "crate::".len()..]));
            }
        }
        let climb = "super::".repeat(self.depth());
        for (at, _) in self.code.match_indices(&climb) {
            out.extend(heads(self.code[at + climb.len()..].trim_start_matches("super::")));
        }
        out.retain(|name| row(name).is_some());
        out
    }
}

/// The first names of a path, of which there are several in `{…}`.
fn heads(path: &str) -> Vec<&str> {
    let name = |s: &'_ str| s.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(s.len());
    let Some(group) = path.strip_prefix('{') else { return vec![&path[..name(path)]] };
    let (mut out, mut depth, mut fresh) = (Vec::new(), 0, true);
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && c.is_alphanumeric() => {
                out.push(&group[i..i + name(&group[i..])]);
                fresh = false;
            }
            _ => {}
        }
    }
    out
}

fn row(room: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&room))
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut out) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code: Vec<&str> = text.lines().map(|l| l.split("//").next().unwrap()).collect();
                let under = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                out.push(Source { path: under, code: code.join("\n"), lines: text.lines().count() });
            }
        }
    }
    out
}

#[test]
fn a_file_imports_from_rows_below_its_own() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|f| !["lib", "main"].contains(&f.room())) {
        let Some(own) = row(file.room()) else {
            wrong.push(format!("{}: the room {:?} has no row here", file.path, file.room()));
            continue;
        };
        for import in file.imports() {
            if import != file.room() && row(import).is_some_and(|other| other <= own) {
                wrong.push(format!("{} imports {import}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_kept_crate_is_known_in_one_place() {
    for file in sources() {
        for (name, place) in KEPT {
            assert!(file.path.starts_with(place) || !file.code.contains(name), "{} names {name}", file.path);
        }
    }
}

#[test]
fn verification_shares_nothing_with_construction() {
    let apart = ["schedule/verify", "schedule/reservations.rs", "schedule/metrics.rs"];
    for file in sources().iter().filter(|f| apart.iter().any(|a| f.path.starts_with(a))) {
        assert!(file.imports().iter().all(|i| *i == "model"), "{} imports more than the model", file.path);
        // Out of its own folder, verify sees the reservations alone.
        let climb = if file.path.ends_with("verify/mod.rs") { "super::" } else { "super::super::" };
        for (at, _) in file.code.match_indices(climb) {
            let seen = heads(&file.code[at + climb.len()..]);
            assert!(seen.iter().all(|s| *s == "Reservations"), "{} sees {seen:?}", file.path);
        }
    }
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|f| f.lines > MOST_LINES)
        .map(|f| format!("{}: {} lines, at most {MOST_LINES}", f.path, f.lines))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn the_scan_sees_what_it_should() {
    let file = |path: &str, code: &str| Source { path: path.into(), code: code.into(), lines: 1 };
    let grouped = file("plan/a.rs", "use crate::{lp::{x, y}, model::Ms, schedule};");
    assert_eq!(grouped.imports(), ["lp", "model", "schedule"]);
    assert_eq!(file("plan/mod.rs", "use super::search::x;").imports(), ["search"]);
    assert_eq!(file("plan/a.rs", "use super::search::x; let y = super::super::cli::z;").imports(), ["cli"]);
    assert_eq!(file("plan/a.rs", "pub(crate) fn f() { crate::report::g() }").imports(), ["report"]);
    assert_eq!(file("plan/a.rs", "use serde_crate::lp;").imports(), [""; 0]);
}
