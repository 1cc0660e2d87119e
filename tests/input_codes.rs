//! Every diagnostic code has a fixture, and each fixture yields what its comments announce.

use std::{collections::BTreeSet, fs, path::PathBuf};

use orch::{
    error::{Error, Finding},
    input::{Command, Request, codes::CODES, inspect, render},
};

/// Codes whose fixture would be too large to keep, with the test that shows them.
const GENERATED: &[&str] = &["ORCH003", "ORCH027", "ORCH099"];

/// What the JSON fixtures announce, as they cannot carry comments.
const JSON: &[(&str, &str, u32)] = &[
    ("orch001-syntax.json", "ORCH001", 4),
    ("orch013-unknown-field.json", "ORCH013", 7),
    ("orch016-duplicate-key.json", "ORCH016", 7),
    ("orch023-number-as-id.json", "ORCH023", 3),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/invalid")
}

fn fixtures() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the fixtures are there");
    let mut out: Vec<PathBuf> = entries.map(|e| e.expect("readable").path()).collect();
    out.retain(|p| p.extension().is_some_and(|e| e == "yaml" || e == "json"));
    out.sort();
    out
}

fn findings(file: PathBuf) -> Vec<Finding> {
    let request = Request { files: vec![file], root: Some(folder()), command: Command::Validate, ..Request::default() };
    match inspect(&request) {
        Ok((_, findings)) | Err(Error::Input(findings)) => findings,
        Err(other) => panic!("{other}"),
    }
}

fn name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// `(code, file, line)` that a fixture announces.
fn announced(file: &PathBuf) -> BTreeSet<(String, String, u32)> {
    let own = name(&file.display().to_string());
    let text = String::from_utf8_lossy(&fs::read(file).expect("readable")).into_owned();
    let mut out: BTreeSet<(String, String, u32)> =
        JSON.iter().filter(|row| row.0 == own).map(|row| (row.1.to_owned(), own.clone(), row.2)).collect();
    for (i, line) in text.lines().enumerate() {
        if let Some((_, code)) = line.split_once("# <- ") {
            out.insert((code.trim().to_owned(), own.clone(), i as u32 + 1));
        }
        if let Some((_, rest)) = line.split_once("# expect ") {
            let (code, place) = rest.split_once(' ').expect("`# expect CODE FILE:LINE`");
            let (file, line) = place.split_once(':').expect("`FILE:LINE`");
            out.insert((code.to_owned(), file.to_owned(), line.trim().parse().expect("a line")));
        }
    }
    out
}

#[test]
fn each_fixture_yields_exactly_what_it_announces() {
    let mut wrong = Vec::new();
    for file in fixtures() {
        let found: BTreeSet<(String, String, u32)> =
            findings(file.clone()).into_iter().map(|f| (f.code.to_owned(), name(&f.file), f.location.line)).collect();
        let wanted = announced(&file);
        if found != wanted || wanted.is_empty() {
            wrong.push(format!("{}: announced {wanted:?}, found {found:?}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_code_has_a_fixture_named_for_it() {
    let names: Vec<String> = fixtures().iter().map(|f| name(&f.display().to_string())).collect();
    for code in CODES.iter().filter(|c| !GENERATED.contains(&c.id)) {
        let stem = format!("{}-{}", code.id.to_lowercase(), code.name);
        assert!(names.iter().any(|n| n.starts_with(&stem)), "no fixture {stem}");
    }
}

#[test]
fn codes_are_numbered_once_and_in_order() {
    assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
    let names: BTreeSet<&str> = CODES.iter().map(|c| c.name).collect();
    assert_eq!(names.len(), CODES.len());
}

#[test]
fn messages_show_the_value_underlined() {
    for stem in [
        "orch001-syntax.json",
        "orch013-unknown-field.yaml",
        "orch023-number-as-id.yaml",
        "orch040-dependency-cycle.yaml",
        "orch010-bad-csv.yaml",
    ] {
        let mut found = findings(folder().join(stem));
        for finding in &mut found {
            finding.file = name(&finding.file);
        }
        insta::assert_snapshot!(stem.replace('.', "_"), render::render(&found, false));
    }
}
