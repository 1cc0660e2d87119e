//! The reader against one written anew for tests: the same document, the same snapshot, as JSON and as YAML.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use orch::model::Snapshot;
use support::{
    plain,
    published::{family, folder},
    random::{Shape, shuffled, snapshot},
    read::{read, read_text},
};

/// A snapshot's lines without places and what hangs on the text.
fn lines(snapshot: &Snapshot) -> Vec<String> {
    let mut plain = snapshot.clone();
    plain.files.clear();
    plain.sha256.clear();
    plain.as_of = None;
    let text = format!("{plain:#?}");
    let place = |line: &&str| !["file: ", "line: ", "column: "].iter().any(|p| line.trim_start().starts_with(p));
    text.lines().filter(place).map(str::to_string).collect()
}

fn same(name: &str, ours: &Snapshot, other: &Snapshot) {
    let (ours, other) = (lines(ours), lines(other));
    let differ = ours.iter().zip(&other).position(|(a, b)| a != b).or((ours.len() != other.len()).then_some(0));
    if let Some(at) = differ {
        let around = |l: &[String]| l[at.saturating_sub(12)..(at + 4).min(l.len())].join("\n");
        panic!("{name}: the reader gives\n{}\nexpected\n{}", around(&ours), around(&other));
    }
}

#[test]
fn random_documents_are_read_as_they_are_meant() {
    for seed in 0..150 {
        let document = snapshot(seed, Shape { tasks: 12, agents: 4 });
        let read_json = read(&document);
        same(&format!("seed {seed}"), &read_json, &plain::read(&document));
        let yaml = read_text(&serde_yaml::to_string(&document).unwrap(), ".yaml");
        same(&format!("seed {seed} as YAML"), &yaml, &read_json);
        assert_eq!(yaml.sha256, read_json.sha256, "seed {seed}: the hash is of the meaning");
        let mixed = read(&shuffled(&document, seed));
        same(&format!("seed {seed} shuffled"), &mixed, &read_json);
        assert_eq!(mixed.sha256, read_json.sha256, "seed {seed}: order does not matter");
    }
}

#[test]
fn published_documents_are_read_as_they_are_meant() {
    let Some(folder) = folder() else {
        eprintln!("no published instances beside the repository (../shared/data): nothing checked");
        return;
    };
    for name in ["gap", "heft", "mixed", "rcpsp", "wt", "fjsp"] {
        for instance in family(&folder, name) {
            same(&instance.name, &read(&instance.document), &plain::read(&instance.document));
        }
    }
}
