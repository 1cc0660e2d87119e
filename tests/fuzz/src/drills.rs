//! What each fuzz target does with bytes: anything but a panic will do, and what is said beside. `tests/seeds.rs`
//! runs the same over every committed seed.

mod mutate;

use std::{cell::RefCell, path::Path};

use orch::{
    discover, distribute,
    error::Error,
    explain, import,
    input::{
        self, Command, Input, Request, baseline_plan, claimed::read_claimed, observe, read_written, render::render,
    },
    map,
    model::{Snapshot, Strategy},
    optimize,
    plan::Effort,
    report::{
        Format, Setting, Show, Style, ValidationReport,
        snapshot::{READABLE, to_json, to_yaml},
        write,
    },
    resolve,
    schedule::simulation::Runs,
    simulate, verify as proof,
};
use tempfile::NamedTempFile;

/// What is done with bytes.
pub type Drill = fn(&[u8]);

/// Every target, by name.
pub const DRILLS: [(&str, Drill); 6] = [
    ("commands", commands),
    ("plan", plan),
    ("snapshot", snapshot),
    ("sources", sources),
    ("verify", verify),
    ("workflows", workflows),
];

/// Strategies, to choose one by a byte.
const STRATEGIES: [Strategy; 5] = [
    Strategy::CostOptimized,
    Strategy::LoadBalanced,
    Strategy::PerformanceOptimized,
    Strategy::DeadlineAware,
    Strategy::Hybrid,
];

/// Snapshots that plans are read beside: every field, edges of every kind, one of each bound's kind.
const SNAPSHOTS: [&str; 4] = [
    include_str!("../../../fixtures/full.yaml"),
    include_str!("../../../fixtures/small/ten-tasks.yaml"),
    include_str!("../../../fixtures/small/heft.yaml"),
    include_str!("snapshots/tight.yaml"),
];

/// A snapshot, YAML or JSON, is read and checked; its findings can be shown in every way.
pub fn snapshot(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let request = Request { discovered: Some(text.to_owned()), command: Command::Validate, ..Request::default() };
    let (_, findings) = input::inspect(&request).expect("no moment is given");
    let shown = render(&findings, text.len() % 2 == 0);
    assert!(shown.len() < 1 << 20, "the messages are longer than anybody reads");
    let report = ValidationReport::new(&findings);
    serde_json::to_string(&report).expect("a report has its JSON");
}

/// A plan is read by each command that reads one.
pub fn plan(bytes: &[u8]) {
    in_file(bytes, |file| {
        let _ = read_claimed(file).map(|claimed| claimed.rows.len());
        if let Ok(written) = read_written(file) {
            let report = orch::diff::run(&written, &written).expect("a file is comparable with itself");
            assert!(report.same(), "a file differs from itself");
        }
    });
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(value) = input::tree_of(text) {
        let full = &planned()[0].0;
        let _ = baseline_plan(&value, &full.snapshot);
    }
}

/// A plan is verified: the bytes themselves, or a sound plan with changes that the bytes choose.
pub fn verify(bytes: &[u8]) {
    let [choice, strategy, rest @ ..] = bytes else { return };
    let (input, plans) = &planned()[usize::from(choice >> 1) % SNAPSHOTS.len()];
    if choice & 1 == 0 {
        return judge(&input.snapshot, rest);
    }
    let mut plan = plans[usize::from(*strategy) % plans.len()].clone();
    mutate::mutate(&mut plan, rest);
    judge(&input.snapshot, plan.to_string().as_bytes());
}

fn judge(snapshot: &Snapshot, plan: &[u8]) {
    in_file(plan, |file| match read_claimed(file) {
        Ok(claimed) => {
            let report = proof::run(snapshot, &claimed, &[]);
            shown(&proof::Shown { report: &report, snapshot, claimed: &claimed }, plan.len());
        }
        Err(Error::Input(findings)) => assert!(!findings.is_empty(), "refused without a word"),
        Err(other) => panic!("{other}"),
    });
}

/// A file of another system is read as the kind that its first byte chooses, then joined as `discover` does.
pub fn sources(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let adapter = observe::ADAPTERS[usize::from(*choice) % observe::ADAPTERS.len()];
    in_file(rest, |file| {
        let from = vec![input::From { adapter, path: file.to_owned() }];
        let now = Some("2026-01-05T09:00:00Z".to_owned());
        let request = Request { from, now, command: Command::Discover, ..Request::default() };
        let input = input::read(&request).expect("what is wrong with a source stops no discovery");
        let report = discover::run(&input);
        let emit = if rest.len() % 2 == 0 { discover::Emit::Snapshot } else { discover::Emit::Overlay };
        let document = discover::fragment(&report, emit, discover::Links::Auto).fragment.document();
        same_in_both(&to_json(&document), &to_yaml(&document, READABLE));
    });
}

/// A workflow of another system is read as the kind that its first byte chooses, or as what it looks like.
pub fn workflows(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let kinds = input::import::FORMATS;
    let kind = kinds.get(usize::from(*choice) % (kinds.len() + 1)).map(|f| f.kind);
    let (found, _) = input::import::try_text(kind, "workflow", text);
    let document = import::merge(&found, &import::Options { duration_s: None, machines: true }).document();
    same_in_both(&to_json(&document), &to_yaml(&document, READABLE));
}

/// A small snapshot goes through the commands that plan or map, and a plan verifies.
pub fn commands(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let Ok(input) = read(text, Command::Explain) else { return };
    let s = &input.snapshot;
    if s.tasks.len() > 10 || s.agents.len() > 8 {
        return;
    }
    let strategy = STRATEGIES[usize::from(*choice) % STRATEGIES.len()];
    match usize::from(*choice) / STRATEGIES.len() % 8 {
        0 => shown(&map::run(s, &[], map::Options { losses: true, calls: &[] }), text.len()),
        1 => shown(&resolve::run(&input, &[], resolve::Options::default()).report, text.len()),
        2 => {
            let options = explain::Options { strategy, effort: Effort::Quick, agent: None, previous: None };
            let task = s.tasks.first().map_or("", |t| t.id.as_str());
            answered(explain::run(&input, task, options), text.len());
        }
        3 => {
            let grow = if text.len() % 2 == 0 { vec![2.0] } else { Vec::new() };
            let runs = Some(Runs { count: 5, seed: 1 });
            let options =
                optimize::Options { strategy, effort: Effort::Quick, grow, n_minus: true, runs, ..Default::default() };
            answered(optimize::run(&input, &options).map(|outcome| outcome.report), text.len());
        }
        4 => {
            let runs = Runs { count: 20, seed: 1 };
            let options = simulate::Options { plan: None, against: None, strategy, effort: Effort::Quick, runs };
            answered(simulate::run(&input, options), text.len());
        }
        _ => {
            let options = distribute::Options { strategy, effort: Effort::Quick, ..distribute::Options::default() };
            let report = distribute::run(s, &[], options).expect("the plan verifies");
            let json = serde_json::to_string(&report).expect("a report has its JSON");
            in_file(json.as_bytes(), |file| {
                let claimed = read_claimed(file).expect("a plan of orch is readable");
                let verdict = proof::run(s, &claimed, &[]);
                assert!(verdict.sound, "{:?}", verdict.violations);
            });
        }
    }
}

/// Writes a report; any refusal but a fault of orch will do.
fn answered(report: Result<impl Show, Error>, choice: usize) {
    match report {
        Ok(report) => shown(&report, choice),
        Err(Error::Internal(why)) => panic!("{why}"),
        Err(_) => {}
    }
}

/// Writes a report in one of the formats.
fn shown(report: &dyn Show, choice: usize) {
    let formats: Vec<Format> = Format::ALL.iter().map(|row| row.0).filter(|f| !f.is_drawn()).collect();
    let setting = Setting { style: Style::default(), meaning: |_| None };
    write(formats[choice % formats.len()], report, setting).expect("a report has every format");
}

/// What is written twice says the same.
fn same_in_both(json: &str, yaml: &str) {
    let read = |text: &str| input::tree_of(text).unwrap_or_else(|why| panic!("{why}\n{text}"));
    assert_eq!(read(json), read(yaml), "JSON and YAML differ");
}

fn read(text: &str, command: Command) -> Result<Input, Error> {
    input::read(&Request { discovered: Some(text.to_owned()), command, ..Request::default() })
}

/// The snapshots, each with a plan for each strategy; made once.
fn planned() -> &'static [(Input, Vec<serde_json::Value>)] {
    static PLANNED: std::sync::OnceLock<Vec<(Input, Vec<serde_json::Value>)>> = std::sync::OnceLock::new();
    PLANNED.get_or_init(|| {
        let both = |text: &&str| {
            let input = read(text, Command::Distribute).expect("the snapshots are sound");
            let plans = STRATEGIES.map(|strategy| {
                let options = distribute::Options { strategy, effort: Effort::Quick, ..distribute::Options::default() };
                let report = distribute::run(&input.snapshot, &[], options).expect("the plan verifies");
                serde_json::to_value(&report).expect("a report has its JSON")
            });
            (input, plans.to_vec())
        };
        SNAPSHOTS.iter().map(both).collect()
    })
}

/// Gives the bytes as a file, always the same one.
fn in_file(bytes: &[u8], then: impl FnOnce(&Path)) {
    thread_local! {
        static FILE: RefCell<Option<NamedTempFile>> = const { RefCell::new(None) };
    }
    FILE.with_borrow_mut(|slot| {
        let file = slot.get_or_insert_with(|| NamedTempFile::new().expect("a temporary file"));
        std::fs::write(file.path(), bytes).expect("written");
        then(file.path());
    });
}
