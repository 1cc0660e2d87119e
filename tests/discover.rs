//! `orch discover` from outside: real samples of its own formats, sources that disagree, secrets, hostile files.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use support::published::folder;
use tempfile::TempDir;

const NOW: &str = "2026-01-05T09:00:00Z";

fn command(args: &[&str]) -> Command {
    let mut out = Command::new(env!("CARGO_BIN_EXE_orch"));
    out.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    out
}

fn orch(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

/// Runs orch with something on standard input.
fn piped(args: &[&str], text: &[u8]) -> Output {
    let mut child = command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn report(args: &[&str]) -> Value {
    let out = orch(&[args, &["--format", "json", "--quiet"]].concat());
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {}", text(&out.stderr)))
}

/// The report without what changes with the version or the place of the data.
fn settled(mut report: Value) -> Value {
    for key in ["discovery_id", "snapshot_sha256", "version"] {
        report[key] = json!("…");
    }
    let text = report.to_string().replace("../../shared/data/", "").replace("../shared/data/", "");
    serde_json::from_str(&text).unwrap()
}

/// A folder of samples as an argument of `--from`; `None`, and a word about it, where the samples are not there.
fn samples(kind: &str, path: &str) -> Option<String> {
    let Some(folder) = folder() else {
        eprintln!("skipped: the samples are not beside the repository");
        return None;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let up = if folder.starts_with(root.join("../..")) { "../../shared/data" } else { "../shared/data" };
    Some(format!("{kind}={up}/{path}"))
}

fn codes(report: &Value) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        *out.entry(finding["code"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    out
}

#[test]
fn a_table_leads_with_what_is_wrong() {
    let out = orch(&["discover", "fixtures/discover/contradictions.yaml"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let table = text(&out.stdout);
    assert!(table.lines().all(|l| l.chars().count() <= 80), "{table}");
    insta::assert_snapshot!("contradictions_table", table);
}

#[test]
fn what_sources_say_is_joined_field_by_field() {
    let report = settled(report(&["discover", "fixtures/discover/contradictions.yaml"]));
    insta::assert_json_snapshot!("contradictions_json", report);
}

#[test]
fn every_contradiction_has_its_finding() {
    let found = codes(&report(&["discover", "fixtures/discover/contradictions.yaml"]));
    for code in ["204", "205", "211", "212", "213", "214", "215", "216", "217", "218", "220"] {
        assert!(found.contains_key(&format!("ORCH{code}")), "ORCH{code} is not in {found:?}");
    }
    let own = report(&["discover", "--from", "registry=fixtures/discover/registry.json"]);
    assert_eq!(own["timestamp_assumed"], json!(true));
    assert!(codes(&own).contains_key("ORCH210"));
}

#[test]
fn the_policy_is_active_over_passive_newer_over_older() {
    let r = report(&["discover", "fixtures/discover/contradictions.yaml"]);
    let agent = |id: &str| r["discovered_agents"][id].clone();
    let one = agent("coder-1");
    // The broadcast is newer than the registry; what is older of the same source is no disagreement.
    assert_eq!((&one["status"], &one["basic_info"]["zone"]), (&json!("busy"), &json!("us")));
    assert_eq!(one["basic_info"]["current_load"], json!(3.0));
    assert_eq!(one["provenance"]["zone"]["source"], json!("status"));
    assert_eq!(one["provenance"]["zone"]["overruled"], json!(["office"]));
    assert_eq!(one["provenance"]["zone"]["time"], json!("2026-01-05T08:59:40Z"));
    assert_eq!((&one["discovery_method"], &one["health"]["state"]), (&json!("both"), &json!("alive")));
    // Announced is newer than registered.
    let capabilities = agent("coder-2")["capabilities"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(capabilities, ["code", "refactor"]);
    // The lease stands over the registry's word.
    let tester = agent("tester");
    assert_eq!((&tester["health"]["state"], &tester["status"]), (&json!("dead"), &json!("offline")));
    // Active figures beat the snapshot's own; what only the snapshot has stays.
    let by_hand = agent("by-hand");
    assert_eq!((&by_hand["basic_info"]["current_load"], &by_hand["basic_info"]["slots"]), (&json!(1.0), &json!(2.0)));
    // A history of arrivals is judged by φ.
    let lax = agent("lax");
    assert_eq!((&lax["health"]["decided_by"], &lax["health"]["state"]), (&json!("phi_accrual"), &json!("dead")));
}

#[test]
fn calls_add_up_within_their_window() {
    let r = report(&["discover", "fixtures/discover/contradictions.yaml"]);
    let tester = &r["discovered_agents"]["tester"]["performance_metrics"];
    assert_eq!((&tester["requests"], &tester["error_rate"]), (&json!(100.0), &json!(0.02)));
    assert_eq!(tester["response_time_ms"]["p50"], json!(160.0));
    assert_eq!(tester["response_time_ms"]["averaged"], json!(true));
    let low = tester["error_rate_interval"][0].as_f64().unwrap();
    assert!((low - 0.005_502).abs() < 1e-5, "{low}");
    let row = r["dependencies"].as_array().unwrap().iter().find(|d| d["to"] == "tester").unwrap().clone();
    assert_eq!((&row["from"], &row["calls"], &row["basis"]), (&json!("coder-1"), &json!(100.0), &json!("observed")));
    assert_eq!(row["last_seen"], json!("2026-01-05T08:59:00Z"));
    let baseline = &r["discovered_agents"]["by-hand"]["performance_baselines"]["response_time_ms"];
    assert_eq!(
        (&baseline["median"], &baseline["samples"], &baseline["outside"]),
        (&json!(100.0), &json!(5), &json!(1))
    );
    assert_eq!(r["discovered_agents"]["coder-1"]["performance_baselines"]["queue"]["source"], json!("history"));
}

#[test]
fn the_order_of_records_changes_nothing_but_lines() {
    let file = "fixtures/discover/registry.json";
    let rows: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let mut reversed = rows.as_array().unwrap().clone();
    reversed.reverse();
    let folder = TempDir::new().unwrap();
    let write = |name: &str, rows: &Value| {
        let path = folder.path().join(name);
        fs::write(&path, rows.to_string()).unwrap();
        format!("registry={}", path.display())
    };
    let (a, b) = (write("a.json", &rows), write("b.json", &json!(reversed)));
    let emitted = |from: &str| orch(&["discover", "--from", from, "--now", NOW, "--emit", "snapshot"]).stdout;
    assert_eq!(text(&emitted(&a)), text(&emitted(&b)));
    let id = |from: &str| report(&["discover", "--from", from, "--now", NOW])["discovery_id"].clone();
    assert_eq!(id(&a), id(&b));
}

#[test]
fn what_is_emitted_is_read_back() {
    let file = "fixtures/discover/contradictions.yaml";
    let overlay = orch(&["discover", file, "--emit", "overlay"]);
    insta::assert_snapshot!("contradictions_overlay", text(&overlay.stdout));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("measured.yaml");
    fs::write(&path, &overlay.stdout).unwrap();
    let both = orch(&["validate", file, path.to_str().unwrap(), "--fail-on", "ORCH030,ORCH013"]);
    assert_eq!(both.status.code(), Some(0), "{}", text(&both.stdout));
    for format in ["yaml", "json"] {
        let snapshot = orch(&["discover", file, "--emit", "snapshot", "--format", format]);
        let path = folder.path().join("found.yaml");
        fs::write(&path, &snapshot.stdout).unwrap();
        let tasks = folder.path().join("tasks.yaml");
        fs::write(&tasks, "version: 1\ntasks: [{id: t, requires: [refactor]}]\n").unwrap();
        let args = ["distribute", file, path.to_str().unwrap(), tasks.to_str().unwrap(), "--format", "json"];
        let plan: Value = serde_json::from_slice(&orch(&args).stdout).unwrap();
        assert_eq!(plan["agent_assignments"]["coder-2"][0]["task"], json!("t"), "{plan}");
    }
}

#[test]
fn four_systems_become_a_plan() {
    let fleet = "examples/discover/fleet.yaml";
    insta::assert_snapshot!("example_table", text(&orch(&["discover", fleet]).stdout));
    let emitted = orch(&["discover", fleet, "--emit", "snapshot"]);
    insta::assert_snapshot!("example_snapshot", text(&emitted.stdout));
    let valid = piped(&["validate", "-", "examples/discover/trip.yaml"], &emitted.stdout);
    assert_eq!(valid.status.code(), Some(0), "{}", text(&valid.stdout));
    let plan = piped(&["distribute", "-", "examples/discover/trip.yaml", "--format", "json"], &emitted.stdout);
    let plan: Value = serde_json::from_slice(&plan.stdout).unwrap();
    let rows = |agent: &str| plan["agent_assignments"][agent].as_array().map_or(0, Vec::len);
    assert_eq!([rows("Travel Planner"), rows("Flight Booker"), rows("Hotel Booker"), rows("Car Rental")], [2, 1, 1, 0]);
}

#[test]
fn real_agent_cards_are_read() {
    let Some(from) = samples("a2a", "formats/a2a") else { return };
    let report = report(&["discover", "--from", &from, "--now", NOW]);
    insta::assert_json_snapshot!("a2a_samples", settled(report));
}

#[test]
fn a_real_card_field_by_field() {
    let Some(from) = samples("a2a", "formats/a2a/a2a-cli-valid-full.json") else { return };
    let r = report(&["discover", "--from", &from, "--now", NOW]);
    let a = &r["discovered_agents"]["Recipe Agent"];
    let keys = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(a["basic_info"]["id"], "Recipe Agent");
    assert_eq!(a["basic_info"]["description"], "An A2A agent that helps users with recipes and cooking");
    assert_eq!(a["basic_info"]["version"], "1.0.0");
    assert_eq!(a["basic_info"]["protocol_version"], "1.0");
    assert_eq!(a["basic_info"]["provider"], "Example Corp");
    let by_hand =
        ["conversion", "convert", "personalization", "recipes", "recommend", "recommendations", "search", "units"];
    assert_eq!(keys(&a["capabilities"]), by_hand);
    let evidence = &a["capabilities"]["convert"]["evidence"][0];
    assert_eq!((&evidence["evidence"], &evidence["line"]), (&json!("skill \"Convert Measurements\""), &json!(55)));
    let interfaces: Vec<(&str, &str)> = a["integration_interfaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["address"].as_str().unwrap(), i["protocol"].as_str().unwrap()))
        .collect();
    assert_eq!(
        interfaces,
        [("https://recipes.example.com/a2a", "jsonrpc"), ("https://recipes.example.com/a2a/grpc", "grpc")]
    );
    let requirements = json!([
        "authentication bearerAuth",
        "extension https://example.com/extensions/recipe-rating (optional)",
        "input text/plain, application/json",
        "output text/plain, application/json"
    ]);
    assert_eq!(a["integration_requirements"], requirements);
    assert_eq!((&a["status"], &a["discovery_method"]), (&json!("unknown"), &json!("active")));
    assert_eq!(a["basic_info"]["labels"]["a2a.streaming"], "true");
    assert_eq!(a["required_services"], json!([]));
}

#[test]
fn the_real_mcp_registry_field_by_field() {
    let Some(from) = samples("mcp_registry", "formats/mcp/registry-seed_2025_05_16.json") else { return };
    let r = report(&["discover", "--from", &from]);
    // 471 entries, of which 7 have an empty name.
    assert_eq!(r["discovered_agents"].as_object().unwrap().len(), 464);
    assert_eq!(codes(&r)["ORCH205"], 7);
    let a = &r["discovered_agents"]["io.github.21st-dev/magic-mcp"];
    assert_eq!((&a["basic_info"]["type"], &a["basic_info"]["version"]), (&json!("mcp_server"), &json!("0.0.1-seed")));
    assert_eq!(a["basic_info"]["repository"], "https://github.com/21st-dev/magic-mcp");
    assert_eq!(a["last_updated"], "2025-05-16T18:56:49Z");
    assert_eq!(a["integration_interfaces"], json!([{"address": "npm:@21st-dev/magic@0.0.46", "protocol": "stdio"}]));
    assert_eq!(a["integration_requirements"], json!(["environment variable API_KEY (optional)"]));
    let remote = &r["discovered_agents"]["io.github.azure/azure-mcp"]["integration_interfaces"];
    let sse = json!({"address": "http://localhost:5008/sse", "protocol": "sse"});
    assert!(remote.as_array().unwrap().contains(&sse), "{remote}");
}

#[test]
fn both_spellings_of_an_mcp_server_say_the_same() {
    let Some(new) = samples("mcp_registry", "formats/mcp/valid-with-package.json") else { return };
    let r = report(&["discover", "--from", &new]);
    let a = &r["discovered_agents"]["io.github.user/local-weather"];
    assert_eq!(a["basic_info"]["version"], "1.0.0");
    assert_eq!(a["basic_info"]["description"], "Local MCP server distributed as an npm package.");
    let package = json!([{"address": "npm:@modelcontextprotocol/server-weather@1.0.0", "protocol": "stdio"}]);
    assert_eq!(a["integration_interfaces"], package);
    assert_eq!(a["integration_requirements"], json!(["environment variable API_KEY"]));
    let Some(old) = samples("mcp_registry", "formats/mcp/publisher-server.json") else { return };
    insta::assert_json_snapshot!("mcp_publisher", settled(report(&["discover", "--from", &old])));
    // A list of many versions, each wrapped: the latest counts.
    let list = json!({"servers": [
        {"server": {"name": "x/y", "description": "d", "version": "1.9.0", "packages": []}, "_meta": {"io.modelcontextprotocol.registry/official": {"isLatest": false}}},
        {"server": {"name": "x/y", "description": "d", "version": "1.10.0", "remotes": [{"type": "streamable-http", "url": "https://u:hunter2@x.example/mcp?k=hunter2"}]}, "_meta": {"io.modelcontextprotocol.registry/official": {"isLatest": true, "updatedAt": "2025-10-01T00:00:00Z"}}}
    ], "metadata": {"count": 2}});
    let out = piped(&["discover", "--from", "mcp_registry=-", "--format", "json"], list.to_string().as_bytes());
    let r: Value = serde_json::from_slice(&out.stdout).unwrap();
    let a = &r["discovered_agents"]["x/y"];
    assert_eq!((&a["basic_info"]["version"], &a["last_updated"]), (&json!("1.10.0"), &json!("2025-10-01T00:00:00Z")));
    assert_eq!(a["integration_interfaces"][0]["address"], "https://x.example/mcp");
}

#[test]
fn one_failing_source_loses_nothing_of_the_others() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let truncated = fs::read("examples/discover/traces.json").unwrap();
    let files = [
        ("a2a", write("binary.json", &[0x7f, b'E', b'L', b'F', 0, 0xff, 0xfe])),
        ("jaeger", write("truncated.json", &truncated[..truncated.len() / 2])),
        ("a2a", write("beats.json", b"[{\"agent\": \"a\", \"time\": \"-1s\"}]")),
        ("a2a", write("empty.json", b"")),
        ("registry", write("deep.json", "[".repeat(100_000).as_bytes())),
        ("registry", folder.path().join("missing.json").display().to_string()),
        ("registry", folder.path().join("nothing-*.json").display().to_string()),
    ];
    let mut args = vec!["discover".to_owned(), "--from".into(), "registry=fixtures/discover/registry.json".into()];
    for (kind, path) in &files {
        args.extend(["--from".into(), format!("{kind}={path}")]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let out = orch(&[&args[..], &["--format", "json"]].concat());
    assert_eq!(out.status.code(), Some(1), "answered, with errors among the findings");
    let r: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(r["discovered_agents"].as_object().unwrap().len(), 2);
    let errors = r["discovery_errors"].as_array().unwrap();
    assert_eq!(errors.len(), files.len(), "{errors:#?}");
    assert_eq!(errors[2]["message"], "this is not an A2A agent card, or a list of them: it looks like `heartbeats`");
    assert!(text(&out.stderr).contains("7 sources or files could not be read"), "{}", text(&out.stderr));
}

#[test]
fn a_folder_may_hold_other_files_too() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("deeper")).unwrap();
    fs::copy("examples/discover/cards/car-rental.json", folder.path().join("deeper/car.json")).unwrap();
    fs::copy("examples/discover/pods.json", folder.path().join("pods.json")).unwrap();
    fs::write(folder.path().join("README.md"), "# cards").unwrap();
    let from = format!("a2a={}", folder.path().display());
    let r = report(&["discover", "--from", &from, "--now", NOW]);
    assert_eq!(r["discovered_agents"].as_object().unwrap().len(), 1);
    assert_eq!((codes(&r).get("ORCH203"), &r["discovery_errors"]), (Some(&1), &json!([])));
    let from = format!("a2a={}/**/c*.json", folder.path().display());
    assert_eq!(report(&["discover", "--from", &from])["discovered_agents"].as_object().unwrap().len(), 1);
}

#[test]
fn a_hundred_megabytes_of_the_wrong_kind_end_soon() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large.json");
    let mut file = std::io::BufWriter::new(fs::File::create(&path).unwrap());
    file.write_all(b"[{\"agent\": \"a\"}").unwrap();
    for _ in 0..100 {
        file.write_all(format!(", \"{}\"", "x".repeat(1 << 20)).as_bytes()).unwrap();
    }
    file.write_all(b"]").unwrap();
    drop(file);
    for kind in ["a2a", "registry", "traffic"] {
        let r = report(&["discover", "--from", &format!("{kind}={}", path.display())]);
        assert_eq!(r["discovery_errors"][0]["code"], "ORCH202", "{kind}");
    }
}

#[test]
fn wrong_arguments_name_the_remedy() {
    let out = orch(&["discover", "--from", "a2b=x"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("did you mean `a2a`?"), "{}", text(&out.stderr));
    assert_eq!(orch(&["discover"]).status.code(), Some(2));
    let bad = "version: 1\nsources:\n  - {kind: a2a, path: x, joinn: name}\n";
    let out = piped(&["discover", "-"], bad.as_bytes());
    assert_eq!(out.status.code(), Some(2));
    let told = text(&out.stderr);
    assert!(told.contains("ORCH013") && told.contains("did you mean `join`?") && told.contains(":3:"), "{told}");
}
