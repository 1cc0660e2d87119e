//! Reading a snapshot, seen from outside: formats, several files, overlays, tables, order and hash.

use std::{fs, path::PathBuf};

use orch::{
    error::{Error, Finding, Severity},
    input::{Command, Input, Request, inspect, read},
    model::Location,
};
use tempfile::TempDir;

/// A folder with files in it.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().expect("a temporary folder"));
        for (name, text) in files {
            let path = folder.path(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("written");
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn request(&self, names: &[&str]) -> Request {
        let files = names.iter().map(|n| self.path(n)).collect();
        Request { files, ..Request::default() }
    }

    fn read(&self, names: &[&str]) -> Input {
        read(&self.request(names)).unwrap_or_else(|error| panic!("{error}"))
    }

    fn codes(&self, names: &[&str]) -> Vec<&'static str> {
        problems(&self.request(names)).iter().map(|f| f.code).collect()
    }
}

fn problems(request: &Request) -> Vec<Finding> {
    match read(request) {
        Err(Error::Input(findings)) => findings,
        Ok(input) => panic!("no problem was found: {:?}", input.warnings),
        Err(other) => panic!("{other}"),
    }
}

const FULL_YAML: &str = include_str!("../fixtures/full.yaml");
const FULL_JSON: &str = include_str!("../fixtures/full.json");

/// A snapshot without the places that formats differ in.
fn placeless(input: Input) -> orch::model::Snapshot {
    let mut snapshot = input.snapshot;
    snapshot.files.clear();
    let gone = Location::default();
    for agent in &mut snapshot.agents {
        agent.location = gone;
        agent.depends_on.iter_mut().for_each(|d| d.1 = gone);
    }
    snapshot.tasks.iter_mut().for_each(|t| t.location = gone);
    snapshot.network.links.iter_mut().for_each(|l| l.location = gone);
    for service in &mut snapshot.network.services {
        service.location = gone;
        service.depends_on.iter_mut().for_each(|d| d.1 = gone);
    }
    snapshot.network.data.iter_mut().for_each(|d| d.location = gone);
    snapshot.network.resources.iter_mut().for_each(|r| r.location = gone);
    let state = &mut snapshot.state;
    state.running.iter_mut().for_each(|r| r.location = gone);
    state.allocations.iter_mut().chain(&mut state.holds).for_each(|h| h.location = gone);
    state.waits.iter_mut().for_each(|w| w.location = gone);
    state.directives.iter_mut().for_each(|d| d.location = gone);
    state.objectives.iter_mut().for_each(|o| o.location = gone);
    state.accesses.iter_mut().for_each(|a| a.location = gone);
    snapshot
}

#[test]
fn yaml_and_json_of_one_document_mean_the_same() {
    let folder = Folder::with(&[("a.yaml", FULL_YAML), ("a.json", FULL_JSON)]);
    let (yaml, json) = (folder.read(&["a.yaml"]), folder.read(&["a.json"]));
    assert_eq!((&yaml.baseline, &yaml.discovery), (&json.baseline, &json.discovery));
    assert!(yaml.baseline.is_some() && yaml.discovery.is_some());
    assert_eq!(placeless(yaml), placeless(json));
}

#[test]
fn content_tells_the_format_not_the_name() {
    let folder = Folder::with(&[("a.json", FULL_YAML), ("a.yaml", FULL_JSON)]);
    assert_eq!(folder.read(&["a.json"]).snapshot.sha256, folder.read(&["a.yaml"]).snapshot.sha256);
}

#[test]
fn every_section_of_the_full_example_arrives() {
    let snapshot = Folder::with(&[("a.yaml", FULL_YAML)]).read(&["a.yaml"]).snapshot;
    let (network, state) = (&snapshot.network, &snapshot.state);
    assert!(!network.links.is_empty() && !network.services.is_empty());
    assert!(!network.data.is_empty() && !network.resources.is_empty());
    assert!(!state.running.is_empty() && !state.allocations.is_empty() && !state.holds.is_empty());
    assert!(!state.waits.is_empty() && !state.directives.is_empty());
    assert!(!state.objectives.is_empty() && !state.accesses.is_empty());
    assert!(!snapshot.history.is_empty() && !snapshot.policies.escalation.is_empty());
    let task = &snapshot.tasks[0];
    assert_eq!(task.labels["note"], "${HOME} is plain text");
    assert_eq!((task.release, task.deadline), (1_500, Some(7_200_000)));
    assert_eq!(task.estimates_by_agent[0].1.load, Some(4.0), "a row stands over the task's own figure");
    assert_eq!(task.estimates_by_agent[0].1.cost, Some(1.5), "what a row leaves out stays");
}

const PARTS: [(&str, &str); 3] = [
    (
        "base.yaml",
        "version: 1\nas_of: 2026-01-05T09:00:00Z\ninclude: [parts/tasks.yaml]\nagents:\n  - {id: b}\n  - {id: a, speed: 2}\n",
    ),
    ("parts/tasks.yaml", "tasks: # comment\n  - {id: t2, depends_on: [t1]}\n  - {id: t1}\nestimates: rows.csv\n"),
    ("parts/rows.csv", "task,agent,load,cost,duration\nt1,a,2,,90\n\"t2\",b,,1.5,1m 30s\n"),
];

#[test]
fn includes_and_tables_are_relative_to_the_file_that_names_them() {
    let snapshot = Folder::with(&PARTS).read(&["base.yaml"]).snapshot;
    assert_eq!(snapshot.files.len(), 3);
    assert_eq!(snapshot.agents.len(), 2);
    let duration = |t: usize| snapshot.tasks[t].estimates_by_agent[0].1.duration_ms;
    assert_eq!((duration(0), duration(1)), (Some(90_000.0), Some(90_000.0)));
    assert_eq!(snapshot.tasks[0].location, Location { file: 1, line: 3, column: 5 });
}

#[test]
fn order_of_files_and_entries_changes_no_hash() {
    let folder = Folder::with(&PARTS);
    let one = "version: 1\nas_of: 2026-01-05T10:00:00+01:00\nagents: [{id: a, speed: 2.0}]\ntasks: [{id: t1}]\n\
               estimates: [{task: t2, agent: b, cost: 1.5, duration: 90}]\n";
    let two = "{\"agents\": [{\"id\": \"b\"}], \"tasks\": [{\"id\": \"t2\", \"depends_on\": [{\"task\": \"t1\"}]}],\
               \"estimates\": [{\"task\": \"t1\", \"agent\": \"a\", \"load\": 2, \"duration\": \"90s\"}]}";
    fs::write(folder.path("one.yaml"), one).expect("written");
    fs::write(folder.path("two.json"), two).expect("written");
    let expected = folder.read(&["base.yaml"]).snapshot.sha256;
    assert_eq!(folder.read(&["one.yaml", "two.json"]).snapshot.sha256, expected);
    let later = Request { now: Some("2026-01-05T09:00:01Z".to_owned()), ..folder.request(&["base.yaml"]) };
    assert_ne!(read(&later).map(|i| i.snapshot.sha256).ok(), Some(expected));
}

#[test]
fn overlays_set_fields_of_agents_defined_elsewhere() {
    let overlay = "overlay:\n  agents:\n    a: {speed: 3, performance_metrics: {error_rate: 0.1}}\n";
    let folder = Folder::with(&[PARTS[0], PARTS[1], PARTS[2], ("measured.yaml", overlay)]);
    let snapshot = folder.read(&["base.yaml", "measured.yaml"]).snapshot;
    assert_eq!(snapshot.agents[0].speed, 3.0);
    assert_eq!(snapshot.agents[0].metrics.error_rate, Some(0.1));
    fs::write(folder.path("measured.yaml"), "overlay: {agents: {c: {}}}").expect("written");
    assert_eq!(folder.codes(&["base.yaml", "measured.yaml"]), ["ORCH030"]);
}

#[test]
fn nothing_outside_the_root_is_read() {
    let folder = Folder::with(&[
        ("in/a.yaml", "version: 1\ninclude: ../b.yaml\nagents: [{id: a}]\ntasks: [{id: t}]\n"),
        ("in/c.yaml", "version: 1\nagents: [{id: a}]\ntasks: [{id: t}]\nestimates: link.csv\n"),
        ("b.yaml", "{}"),
        ("rows.csv", "task,agent,load\n"),
    ]);
    assert_eq!(folder.codes(&["in/a.yaml"]), ["ORCH008"]);
    let wider = Request { root: Some(folder.path("")), ..folder.request(&["in/a.yaml"]) };
    assert!(read(&wider).is_ok());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path("rows.csv"), folder.path("in/link.csv")).expect("linked");
        assert_eq!(folder.codes(&["in/c.yaml"]), ["ORCH008"]);
    }
}

#[test]
fn a_diamond_of_includes_is_read_once_and_a_circle_is_told() {
    let folder = Folder::with(&[
        ("a.yaml", "version: 1\ninclude: [b.yaml, c.yaml]\n"),
        ("b.yaml", "include: d.yaml\n"),
        ("c.yaml", "include: d.yaml\n"),
        ("d.yaml", "agents: [{id: a}]\ntasks: [{id: t}]\n"),
        ("x.yaml", "version: 1\nagents: [{id: a}]\ntasks: [{id: t}]\ninclude: [y.yaml]\n"),
        ("y.yaml", "include: [x.yaml]\n"),
    ]);
    assert_eq!(folder.read(&["a.yaml"]).snapshot.agents.len(), 1);
    assert_eq!(folder.codes(&["x.yaml"]), ["ORCH009"]);
}

#[test]
fn what_stops_a_plan_does_not_stop_other_commands() {
    let text =
        "version: 1\nagents: [{id: a}]\ntasks:\n  - {id: t1, depends_on: [t2, gone]}\n  - {id: t2, depends_on: [t1]}\n";
    let folder = Folder::with(&[("a.yaml", text), ("empty.yaml", "version: 1\nagents: [{id: a}]\n")]);
    assert_eq!(folder.codes(&["a.yaml"]), ["ORCH040", "ORCH031"]);
    assert_eq!(folder.codes(&["empty.yaml"]), ["ORCH049"]);
    for command in [Command::Resolve, Command::Map, Command::Discover] {
        let input = read(&Request { command, ..folder.request(&["a.yaml"]) }).unwrap_or_else(|e| panic!("{e}"));
        assert!(input.warnings.iter().all(|f| f.severity == Severity::Warning));
        assert_eq!(input.warnings.len(), 2);
        assert_eq!(input.snapshot.tasks[0].depends_on.len(), 1, "the dead reference is dropped");
        assert!(read(&Request { command, ..folder.request(&["empty.yaml"]) }).is_ok());
    }
}

#[test]
fn all_problems_of_all_files_are_told_at_once() {
    let folder = Folder::with(&[
        ("a.yaml", "version: 1\nagents: [{id: a, sped: 2}]\ntasks: [{id: t, priority: high, uses: {x: 1}}]\n"),
        ("b.json", "{\"tasks\": [{\"id\": 3, \"deadline\": true}]}"),
        ("c.yaml", "tasks: [\n"),
    ]);
    let found = problems(&folder.request(&["a.yaml", "b.json", "c.yaml", "none.yaml"]));
    let codes: Vec<&str> = found.iter().map(|f| f.code).collect();
    for code in ["ORCH001", "ORCH002", "ORCH013", "ORCH014", "ORCH023", "ORCH032"] {
        assert!(codes.contains(&code), "{code} is missing: {codes:?}");
    }
    let paths: Vec<&str> = found.iter().map(|f| f.path.as_str()).collect();
    assert!(paths.contains(&"tasks[1].deadline") && paths.contains(&"agents[0].sped"));
}

#[test]
fn locations_count_characters_on_long_lines() {
    let pad = "é".repeat(5000);
    let text = format!(
        "{{\"version\": 1, \"agents\": [{{\"id\": \"{pad}\"}}],\n \"tasks\": [{{\"id\": \"t\", \"priority\": -1}}]}}"
    );
    let folder = Folder::with(&[("a.json", &text), ("b.json", &text.replace('\n', ""))]);
    let at = |name| {
        problems(&folder.request(&[name])).iter().map(|f| (f.location.line, f.location.column)).collect::<Vec<_>>()
    };
    assert_eq!(at("a.json"), [(2, 36)]);
    assert_eq!(at("b.json"), [(1, 5074)]);
}

#[test]
fn now_stands_over_as_of_and_absolute_moments_need_one() {
    let text = "version: 1\nagents: [{id: a}]\ntasks: [{id: t, release: 2026-01-05T10:00:00Z}]\n";
    let folder = Folder::with(&[("a.yaml", text)]);
    assert_eq!(folder.codes(&["a.yaml"]), ["ORCH020"]);
    let request = Request { now: Some("2026-01-05T09:00:00Z".to_owned()), ..folder.request(&["a.yaml"]) };
    assert_eq!(read(&request).map(|i| i.snapshot.tasks[0].release).ok(), Some(3_600_000));
    assert!(read(&Request { now: Some("yesterday".to_owned()), ..request }).is_err());
}

#[test]
fn inspect_gives_the_snapshot_along_with_its_errors() {
    let folder = Folder::with(&[("a.yaml", "version: 1\nagents: [{id: a}]\ntasks: [{id: t, priority: -1}]\n")]);
    let request = Request { command: Command::Validate, ..folder.request(&["a.yaml"]) };
    let (input, findings) = inspect(&request).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(input.map(|i| i.snapshot.tasks.len()), Some(1));
    assert_eq!(findings.len(), 1);
    let shown = input_excerpt(&findings[0]);
    assert_eq!(shown, "-1");
}

fn input_excerpt(finding: &Finding) -> &str {
    let excerpt = finding.excerpt.as_ref().expect("an excerpt");
    &excerpt.text[excerpt.start..excerpt.end]
}
