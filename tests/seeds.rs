//! What fuzzing found, and numbers at the edges: never a panic, and every plan verifies.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

#[path = "fuzz/src/drills.rs"]
mod drills;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

#[test]
fn every_seed_passes_its_drill() {
    for (name, drill) in drills::DRILLS {
        let Ok(folder) = fs::read_dir(fuzz().join("seeds").join(name)) else { continue };
        let mut seeds: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        seeds.sort();
        for seed in seeds {
            eprintln!("{}", seed.display());
            drill(&fs::read(&seed).unwrap());
        }
    }
}

#[test]
fn every_target_has_its_drill() {
    let mut targets: Vec<String> = fs::read_dir(fuzz().join("targets"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    targets.sort();
    assert_eq!(targets, drills::DRILLS.map(|d| d.0));
}

/// Numbers where 32 or 64 bits, or the exact integers of a float, end, and those that a field allows at most.
const EDGES: [f64; 18] = [
    2_147_483_647.0,
    2_147_483_648.0,
    4_294_967_295.0,
    4_294_967_296.0,
    9_007_199_254_740_992.0,
    9_007_199_254_740_994.0,
    9_223_372_036_854_775_807.0,
    18_446_744_073_709_551_616.0,
    1e15,
    1e9,
    1e6,
    3_155_760_000.0,
    1e300,
    1e-300,
    5e-324,
    -1.0,
    -2_147_483_648.0,
    0.0,
];

/// Pointers of every number and duration.
fn figures(value: &Value, here: &str, out: &mut Vec<String>) {
    let text = |t: &str| t.ends_with(['s', 'm', 'h', 'd']) && t.starts_with(|c: char| c.is_ascii_digit());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(k, v)| figures(v, &format!("{here}/{k}"), out)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, v)| figures(v, &format!("{here}/{i}"), out)),
        Value::Number(_) => out.push(here.to_owned()),
        Value::String(t) if text(t) => out.push(here.to_owned()),
        _ => {}
    }
}

#[test]
fn numbers_at_the_edge_end_in_a_plan_that_verifies_or_in_a_word() {
    let text = fs::read_to_string(fuzz().join("src/snapshots/tight.yaml")).unwrap();
    let tight: Value = serde_yaml::from_str(&text).unwrap();
    let mut places = Vec::new();
    figures(&tight, "", &mut places);
    assert!(places.len() > 50, "{places:?}");
    let mut choice = 0_u8;
    for place in places {
        for edge in EDGES {
            // Every choice is five strategies times eight commands, most of which plan.
            choice = (choice + 7) % 40;
            let mut snapshot = tight.clone();
            *snapshot.pointer_mut(&place).unwrap() = json!(edge);
            eprintln!("{place} {edge} {choice}");
            drills::commands(&[&[choice], snapshot.to_string().as_bytes()].concat());
        }
    }
}
