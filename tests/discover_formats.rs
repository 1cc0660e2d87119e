//! Each kind of foreign source through the binary, by a real file: who is found and what is known of them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Kind and real file, beside the repository; own fixtures where no real file may be kept.
const SAMPLES: [(&str, &str); 19] = [
    ("agent_md", "formats/claude-agents/team-lead.md"),
    ("backstage", "formats/backstage/artist-lookup-component.yaml"),
    ("compose", "formats/compose/agents-adk-sock-shop-compose.yaml"),
    ("consul", "formats/consul/health-service-redis.json"),
    ("crewai", "fixtures/import/crew-agents.yaml"),
    ("crewai", "fixtures/import/crew-tasks.yaml"),
    ("jaeger", "formats/jaeger/genaiTestTrace.json"),
    ("jaeger", "formats/jaeger/dependencies-small.json"),
    ("kagent", "formats/kagent/server-everything-agent.yaml"),
    ("kubernetes", "formats/k8s/troubleshoot-pods-message-pod-crashloop-backoff.json"),
    ("kubernetes", "formats/k8s/k9s-node.json"),
    ("langgraph", "formats/langgraph/open_deep_research-langgraph.json"),
    ("mcp", "formats/mcp/servers-repo.mcp.json"),
    ("ms_agent", "formats/ms-agent-framework/CustomerSupport.yaml"),
    ("nomad", "formats/nomad/node-read.json"),
    ("otlp", "formats/otlp/trace.json"),
    ("prometheus", "formats/prometheus/query-matrix.json"),
    ("prometheus", "formats/prometheus/targets.json"),
    ("prometheus_sd", "formats/prometheus/file_sd-valid.yml"),
];

fn real() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/data", "../../shared/data"].iter().map(|up| root.join(up)).find(|p| p.is_dir());
    if found.is_none() {
        eprintln!("skipped: no ../shared/data beside the repository");
    }
    found
}

fn discover(kind: &str, file: &Path) -> (i32, Value) {
    let from = format!("{kind}={}", file.display());
    let out = Command::new(env!("CARGO_BIN_EXE_orch"))
        .args(["discover", "-q", "--format", "json", "--from", &from])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    (out.status.code().unwrap(), serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {said}")))
}

/// The words of a list, or the keys of a mapping.
fn words(value: &Value) -> String {
    let list = value.as_array().into_iter().flatten();
    let list: Vec<&str> = list.map(|v| v.as_str().or(v["address"].as_str()).unwrap_or("?")).collect();
    let keys: Vec<&str> = value.as_object().into_iter().flat_map(|o| o.keys()).map(String::as_str).collect();
    [list, keys].concat().join(" ")
}

fn picture(report: &Value) -> String {
    let mut out = String::new();
    for (id, agent) in report["discovered_agents"].as_object().unwrap() {
        let measured = &agent["performance_metrics"];
        let _ = write!(
            out,
            "  {id}: {} {}",
            agent["discovery_method"].as_str().unwrap(),
            agent["status"].as_str().unwrap()
        );
        for (name, value) in [
            ("can", words(&agent["capabilities"])),
            ("at", words(&agent["integration_interfaces"])),
            ("needs", words(&agent["required_services"])),
            ("ms", ["p50", "p95", "p99"].map(|q| measured["response_time_ms"][q].to_string()).join("/")),
            ("errors", measured["error_rate"].to_string()),
            ("up", measured["availability"].to_string()),
        ] {
            if !["", "null", "null/null/null"].contains(&value.as_str()) {
                let _ = write!(out, "; {name} {value}");
            }
        }
        out.push('\n');
    }
    for finding in report["findings"].as_array().unwrap() {
        let _ = writeln!(out, "  {} {}", finding["code"].as_str().unwrap(), finding["message"].as_str().unwrap());
    }
    out
}

#[test]
fn every_kind_by_a_real_file() {
    let Some(data) = real() else { return };
    let mut out = String::new();
    for (kind, file) in SAMPLES {
        let path = if file.starts_with("fixtures") { PathBuf::from(file) } else { data.join(file) };
        let (status, report) = discover(kind, &path);
        assert_eq!(status, 0, "{kind} {file}");
        let _ = writeln!(out, "{kind} {file}\n{}", picture(&report));
    }
    insta::assert_snapshot!(out.replace(data.to_str().unwrap(), "…"));
}

#[test]
fn a_wrong_kind_is_one_error_and_loses_nothing_of_the_others() {
    let Some(data) = real() else { return };
    let from = |kind: &str, file: &str| format!("{kind}={}", data.join(file).display());
    let out = Command::new(env!("CARGO_BIN_EXE_orch"))
        .args(["discover", "-q", "--format", "json", "--from", &from("nomad", "formats/consul/health-node.json")])
        .args(["--from", &from("langgraph", "formats/langgraph/open_deep_research-langgraph.json")])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["discovery_errors"].as_array().unwrap().len(), 1, "{report:#}");
    assert!(report["discovered_agents"].as_object().unwrap().contains_key("Deep Researcher"));
}
