//! What orch is built of: licences that ask for nothing but their text, and no crate twice without a reason.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_json::Value;

/// Licences that a program of any licence may be built with.
const ALLOWED: [&str; 10] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that `Cargo.lock` has in several incompatible versions, for all platforms, and what brings the older ones.
const TWICE: [(&str, &str); 12] = [
    ("foldhash", "petgraph's hash maps"),
    ("getrandom", "jsonschema, in tests"),
    ("hashbrown", "petgraph"),
    ("itertools", "clarabel and bindgen"),
    ("r-efi", "getrandom, on UEFI"),
    ("shlex", "bindgen, for the feature `highs`"),
    ("strsim", "the derive macros of clarabel"),
    ("syn", "the derive macros of clarabel"),
    ("thiserror", "clarabel"),
    ("thiserror-impl", "clarabel"),
    ("web-time", "clarabel, on WebAssembly"),
    ("windows-sys", "console and memory-stats, on Windows"),
];

/// True where an SPDX expression leaves a choice of allowed licences. `/` is an old way to write `OR`.
fn allowed(expression: &str) -> bool {
    let text = expression.replace(" / ", " OR ").replace('/', " OR ");
    let (mut depth, mut cut) = (0, None);
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        // AND binds closer than OR, so an OR outside brackets parts the whole.
        for (word, rank) in [(" OR ", 2), (" AND ", 1)] {
            if depth == 0 && text[i..].starts_with(word) && cut.is_none_or(|(_, _, known)| rank > known) {
                cut = Some((i, word.len(), rank));
            }
        }
    }
    match cut {
        Some((at, length, rank)) => {
            let (left, right) = (allowed(&text[..at]), allowed(&text[at + length..]));
            if rank == 2 { left || right } else { left && right }
        }
        None => match text.trim().strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inner) => allowed(inner),
            None => ALLOWED.contains(&text.trim()),
        },
    }
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    for good in ["MIT", "GPL-3.0 OR MIT", "MIT/GPL-3.0", "(MIT OR GPL-3.0) AND Unicode-3.0", "GPL-3.0 AND X OR Zlib"] {
        assert!(allowed(good), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND GPL-3.0", "GPL-3.0 OR (MIT AND X)"] {
        assert!(!allowed(bad), "{bad}");
    }
}

/// The packages of this machine's build; `None` where cargo cannot tell without a network.
fn packages() -> Option<Vec<Value>> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let version = Command::new(rustc).arg("-vV").output().ok()?;
    let host =
        String::from_utf8(version.stdout).ok()?.lines().find_map(|l| l.strip_prefix("host: ").map(str::to_owned))?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", &host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let metadata: Value = serde_json::from_slice(&out.stdout).ok()?;
    metadata["packages"].as_array().cloned()
}

#[test]
fn every_licence_is_allowed() {
    let Some(packages) = packages() else {
        return eprintln!("cargo metadata cannot be had offline: licences are not checked");
    };
    assert!(packages.len() > 50);
    let wrong: Vec<String> = packages
        .iter()
        .map(|p| (p["name"].as_str().unwrap(), p["license"].as_str().unwrap_or("none")))
        .filter(|(_, licence)| !allowed(licence))
        .map(|(name, licence)| format!("{name}: {licence}"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What semantic versioning keeps apart: the major version, below 1 the minor one.
fn line(version: &str) -> String {
    let mut parts = version.split('.');
    let (major, minor) = (parts.next().unwrap(), parts.next().unwrap());
    if major == "0" { format!("0.{minor}") } else { major.to_owned() }
}

#[test]
fn no_crate_is_there_twice_without_a_reason() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let mut lines: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let field = |key: &str| {
            package.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')).unwrap()
        };
        lines.entry(field("name")).or_default().insert(line(field("version")));
    }
    let twice: Vec<&str> = lines.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| *name).collect();
    assert_eq!(twice, TWICE.map(|t| t.0), "in Cargo.lock | expected");
}
