//! Hostile files end in a located error, within seconds and within memory that their size justifies.

use std::{
    fmt::Write,
    fs,
    time::{Duration, Instant},
};

use orch::{
    error::{Error, Finding},
    input::{Request, read, render},
};
use proptest::prelude::*;
use tempfile::TempDir;

/// Generous, for a busy machine and a test build; the release binary needs a tenth of it.
const LIMIT: Duration = Duration::from_secs(30);

fn problems_of(bytes: &[u8]) -> Vec<Finding> {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("hostile");
    fs::write(&file, bytes).expect("written");
    #[expect(clippy::disallowed_methods, reason = "the test is about how long reading takes")]
    let started = Instant::now();
    let found = match read(&Request { files: vec![file], ..Request::default() }) {
        Err(Error::Input(findings)) => findings,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was read"),
    };
    assert!(started.elapsed() < LIMIT, "it took {:?}", started.elapsed());
    assert!(render::render(&found, true).len() < 200_000, "the message is as long as the file");
    found
}

fn first(bytes: &[u8]) -> (&'static str, u32) {
    let finding = &problems_of(bytes)[0];
    (finding.code, finding.location.line)
}

#[test]
fn alias_bombs_stop_early() {
    let mut nested = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
    for (name, before) in ('b'..='j').zip('a'..) {
        writeln!(nested, "{name}: &{name} [{}]", vec![format!("*{before}"); 9].join(",")).expect("written");
    }
    assert_eq!(first(nested.as_bytes()).0, "ORCH007");
    let mut long = format!("version: 1\nx: &x \"{}\"\ntasks:\n", "long\\ttext ".repeat(10_000));
    for i in 0..20_000 {
        writeln!(long, "  - {{id: t{i}, labels: {{a: *x}}}}").expect("written");
    }
    assert_eq!(first(long.as_bytes()).0, "ORCH007");
    assert_eq!(first(b"a: &a [*a]\n"), ("ORCH007", 1));
}

#[test]
fn merge_bombs_stop_early() {
    let fields: Vec<String> = (0..1000).map(|i| format!("k{i}: {i}")).collect();
    let mut text = format!("version: 1\nm: &m {{{}}}\ntasks:\n", fields.join(", "));
    for i in 0..20_000 {
        writeln!(text, "  - {{<<: *m, id: t{i}}}").expect("written");
    }
    assert_eq!(first(text.as_bytes()).0, "ORCH007");
}

#[test]
fn deep_nesting_overflows_no_stack() {
    let n = 100_000;
    for text in [
        "[".repeat(n),
        format!("{{\"a\": {}1{}}}", "[".repeat(n), "]".repeat(n)),
        "{\"a\":".repeat(n),
        "- ".repeat(n) + "x",
        format!("a: {}", "{b: ".repeat(n)),
        (0..2000).fold(String::new(), |text, i| text + &" ".repeat(i) + "a:\n"),
    ] {
        assert_eq!(first(text.as_bytes()).0, "ORCH006", "{}", &text[..20]);
    }
}

#[test]
fn long_scalars_are_told_not_printed() {
    let long = "x".repeat(20_000_000);
    for text in [
        format!("version: 1\nagents: [{{id: \"{long}\"}}]\ntasks: [{{id: t}}]\n"),
        format!("version: 1\nagents:\n  - id: {long}\ntasks: [{{id: t}}]\n"),
        format!("{{\"version\": 1,\n\"agents\": [{{\"id\": \"{long}\"}}], \"tasks\": [{{\"id\": \"t\"}}]}}"),
    ] {
        assert!(problems_of(text.as_bytes()).iter().any(|f| f.code == "ORCH025" && f.location.line > 1));
    }
}

#[test]
fn broken_bytes_and_second_documents_are_located() {
    assert_eq!(first(b"version: 1\nagents:\n  - id: caf\xe9\n"), ("ORCH004", 3));
    assert_eq!(first(b"{\"version\": 1,\n\"x\": \"\xff\"}"), ("ORCH004", 2));
    assert_eq!(first(b"version: 1\n---\nversion: 1\n"), ("ORCH005", 3));
    assert_eq!(first(b"{\"version\": 1}\n{\"version\": 1}\n"), ("ORCH005", 2));
    assert_eq!(first(b"version: 1\n\x00\n"), ("ORCH001", 2));
    assert_eq!(first(b"").0, "ORCH014");
    assert_eq!(first("\u{feff}version: 3\nagents: [{id: a}]\ntasks: [{id: t}]\n".as_bytes()).0, "ORCH012");
}

#[test]
fn what_is_no_file_is_told() {
    let folder = TempDir::new().expect("a temporary folder");
    for file in [folder.path().to_path_buf(), folder.path().join("gone")] {
        let Err(Error::Input(found)) = read(&Request { files: vec![file], ..Request::default() }) else {
            panic!("it was read")
        };
        assert_eq!((found.len(), found[0].code), (1, "ORCH002"));
    }
}

#[test]
fn a_file_beyond_the_limit_is_refused_by_size() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("large");
    let file = fs::File::create(&path).expect("created");
    file.set_len((256 << 20) + 1).expect("a sparse file");
    let Err(Error::Input(found)) = read(&Request { files: vec![path], ..Request::default() }) else {
        panic!("it was read")
    };
    assert_eq!(found[0].code, "ORCH003");
}

#[test]
fn too_many_files_are_refused() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut text = String::from("version: 1\nagents: [{id: a}]\ntasks: [{id: t}]\ninclude:\n");
    for i in 0..1000 {
        fs::write(folder.path().join(format!("{i}.yaml")), "{}").expect("written");
        writeln!(text, "  - {i}.yaml").expect("written");
    }
    let path = folder.path().join("all.yaml");
    fs::write(&path, text).expect("written");
    let Err(Error::Input(found)) = read(&Request { files: vec![path], ..Request::default() }) else {
        panic!("it was read")
    };
    assert_eq!(found[0].code, "ORCH027");
}

#[test]
fn more_problems_than_are_kept_are_counted() {
    let mut text = String::from("version: 1\nagents: [{id: a}]\ntasks:\n");
    for i in 0..3000 {
        writeln!(text, "  - {{id: t{i}, depends_on: [q{i}]}}").expect("written");
    }
    let found = problems_of(text.as_bytes());
    assert_eq!(found.last().map(|f| (f.code, f.message.as_str())), Some(("ORCH099", "2000 more problems")));
    assert!(render::render(&found, false).contains("… and 901 more"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// A snapshot with pieces cut, doubled or replaced never makes the reader panic.
    #[test]
    fn mangled_snapshots_are_read_or_refused(
        json in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, "[-0-9a-z:,\\[\\]{}\"'#&*!|>%@ \n.é]{0,4}"), 1..6),
    ) {
        let full = if json { include_str!("../fixtures/full.json") } else { include_str!("../fixtures/full.yaml") };
        let mut text: Vec<char> = full.chars().collect();
        for (at, len, new) in edits {
            let at = at.index(text.len());
            text.splice(at..(at + len).min(text.len()), new.chars());
        }
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("mangled");
        fs::write(&file, text.into_iter().collect::<String>()).expect("written");
        if let Err(Error::Input(found)) = read(&Request { files: vec![file], ..Request::default() }) {
            prop_assert!(!render::render(&found, false).is_empty());
        }
    }
}
