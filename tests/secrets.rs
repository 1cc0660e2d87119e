//! Nothing secret leaves: canaries in every format, and every output searched for them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

/// Stands wherever a format could hold a secret. It has no shape that gives it away: what hides it must know the
/// place, not the word.
const CANARY: &str = "canarybird";

/// A file per source kind: name and text.
const FILES: &[(&str, &str, &str)] = &[
    (
        "a2a",
        "card.json",
        r#"{"name": "a2a-agent", "description": "token=canarybird", "url": "https://u:canarybird@a.example/x?key=canarybird#canarybird",
        "provider": {"organization": "o", "url": "https://canarybird@o.example"}, "documentationUrl": "https://u:canarybird@d.example/?t=canarybird",
        "securitySchemes": {"k": {"apiKey": "canarybird"}}, "skills": [{"id": "s", "name": "s", "tags": ["t"]}]}"#,
    ),
    (
        "mcp_registry",
        "server.json",
        r#"{"name": "mcp-agent", "description": "password: canarybird", "version": "1", "repository": {"url": "https://u:canarybird@g.example/r"},
        "packages": [{"registryType": "npm", "identifier": "https://u:canarybird@n.example/p?t=canarybird", "environmentVariables": [{"name": "API_KEY", "value": "canarybird", "default": "canarybird"}],
        "packageArguments": [{"value": "canarybird"}]}], "remotes": [{"type": "sse", "url": "https://u:canarybird@r.example/?k=canarybird", "headers": [{"name": "Authorization", "value": "Bearer canarybird"}]}]}"#,
    ),
    (
        "registry",
        "registry.json",
        r#"[{"id": "r1", "type": "x", "api_key": "canarybird", "endpoint": "http://u:canarybird@e.example", "integration_points": ["amqp://u:canarybird@q.example/v"],
        "required_services": ["postgres://u:canarybird@db.example/d?password=canarybird"], "labels": {"auth-token": "canarybird", "note": "Authorization: Basic canarybird"},
        "resource_requirements": {"db_password": "canarybird"}, "status": "password=canarybird", "depends_on": ["redis://:canarybird@cache.example"]}]"#,
    ),
    (
        "heartbeats",
        "beats.json",
        r#"[{"agent": "r1", "time": "token=canarybird", "labels": {"password": "canarybird"}}]"#,
    ),
    (
        "announcements",
        "announcements.json",
        r#"[{"agent": "r1", "capabilities": ["code"], "url": "http://u:canarybird@n.example"}]"#,
    ),
    (
        "broadcasts",
        "broadcasts.json",
        r#"[{"agent": "r1", "status": "secret=canarybird", "error_rate": "token=canarybird"}]"#,
    ),
    (
        "traffic",
        "traffic.json",
        r#"[{"from": "http://u:canarybird@f.example", "to": "http://u:canarybird@t.example?key=canarybird", "calls": 1}]"#,
    ),
    (
        "compose",
        "compose.yaml",
        "services:\n  web:\n    image: u/web\n    command: [run, --token, canarybird]\n    environment:\n      API_KEY: canarybird\n      PLAIN: canarybird\n      DATABASE_URL: postgres://u:canarybird@db:5432/x?sslpassword=canarybird\n    labels: {secret: canarybird}\n    depends_on: [db]\n  db:\n    image: postgres\n    environment: [POSTGRES_PASSWORD=canarybird, OTHER=canarybird]\n",
    ),
    (
        "mcp",
        ".mcp.json",
        r#"{"mcpServers": {"m": {"command": "npx", "args": ["--api-key", "canarybird", "-e", "X=canarybird"], "env": {"TOKEN": "canarybird", "PLAIN": "canarybird"}},
        "h": {"type": "http", "url": "https://u:canarybird@h.example/?k=canarybird", "headers": {"Authorization": "Bearer canarybird", "X-Own": "canarybird"}}}}"#,
    ),
    (
        "kubernetes",
        "pods.json",
        r#"{"kind": "PodList", "apiVersion": "v1", "items": [{"kind": "Pod", "metadata": {"name": "p", "annotations": {"password": "canarybird"}}, "spec": {"containers": [{"name": "c", "image": "i",
        "args": ["--password=canarybird"], "env": [{"name": "PLAIN", "value": "canarybird"}, {"name": "URL", "value": "redis://:canarybird@cache:6379/0"}]}]}, "status": {"phase": "Running"}}]}"#,
    ),
    (
        "jaeger",
        "traces.json",
        r#"{"data": [{"traceID": "1", "spans": [{"traceID": "1", "spanID": "2", "operationName": "token=canarybird", "startTime": 1767603600000000, "duration": 5, "processID": "p",
        "tags": [{"key": "http.url", "value": "http://u:canarybird@x.example/?k=canarybird"}, {"key": "span.kind", "value": "client"}, {"key": "peer.service", "value": "peer"}, {"key": "db.statement", "value": "canarybird"}]}],
        "processes": {"p": {"serviceName": "traced", "tags": [{"key": "password", "value": "canarybird"}]}}}]}"#,
    ),
    (
        "prometheus",
        "query.json",
        r#"{"status": "success", "data": {"resultType": "vector", "result": [{"metric": {"__name__": "up", "job": "r1", "token": "canarybird", "instance": "x:1"}, "value": [1767603600, "1"]}]}}"#,
    ),
    (
        "prometheus_sd",
        "sd.json",
        r#"[{"targets": ["x.example:80"], "labels": {"__param_token": "canarybird", "password": "canarybird"}}]"#,
    ),
    (
        "crewai",
        "agents.yaml",
        "researcher:\n  role: r\n  goal: g\n  backstory: password=canarybird\n  api_key: canarybird\n",
    ),
    (
        "agent_md",
        "agent.md",
        "---\nname: helper\ndescription: token=canarybird\ntools: Read\n---\nAuthorization: Bearer canarybird\n",
    ),
    (
        "consul",
        "health.json",
        r#"[{"Node": {"Node": "n", "Address": "1.1.1.1", "Meta": {"token": "canarybird"}}, "Service": {"ID": "s", "Service": "s", "Tags": ["password=canarybird"], "Meta": {"secret": "canarybird"}, "Port": 1},
        "Checks": [{"CheckID": "c", "Status": "passing", "Output": "token=canarybird"}]}]"#,
    ),
];

/// Runs orch and gives back all that it prints.
fn printed(folder: &Path, args: &[String]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_orch")).args(args).current_dir(folder).output().unwrap();
    assert!(out.status.code().is_some_and(|c| c < 3), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap()
}

#[test]
fn no_canary_leaves() {
    let folder = TempDir::new().unwrap();
    let mut all = Vec::new();
    for (kind, name, text) in FILES {
        fs::write(folder.path().join(name), text).unwrap();
        all.extend(["--from".to_owned(), format!("{kind}={name}")]);
    }
    let now = ["--now".to_owned(), "2026-01-05T09:00:00Z".to_owned()];
    let forms: [&[&str]; 4] = [
        &["--format", "json"],
        &["--format", "table"],
        &["--emit", "snapshot"],
        &["--emit", "overlay", "--format", "json"],
    ];
    let mut wrong = Vec::new();
    let mut search = |what: &str, args: &[String]| {
        let text = printed(folder.path(), args);
        let hits: Vec<&str> = text.lines().filter(|l| l.contains(CANARY)).collect();
        if !hits.is_empty() {
            wrong.push(format!("{what}: {}", hits.join("\n    ")));
        }
        text
    };
    for form in forms {
        let form: Vec<String> = form.iter().map(ToString::to_string).collect();
        let base = [vec!["discover".to_owned()], now.to_vec(), form].concat();
        for (kind, name, _) in FILES {
            let from = vec!["--from".to_owned(), format!("{kind}={name}")];
            let text = search(kind, &[base.clone(), from].concat());
            assert!(!text.contains("could not be read"), "{kind} is not read: {text}");
        }
        search("all together", &[base.clone(), all.clone()].concat());
    }
    // Read as something else, a file is one error, which shows nothing of it either.
    for (kind, name, _) in FILES {
        for other in ["a2a", "compose", "traffic"] {
            let args = ["discover", "--from", &format!("{other}={name}")].map(str::to_owned);
            search(&format!("{kind} as {other}"), &args);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn excerpts_of_snapshots_hide_secrets() {
    let folder = TempDir::new().unwrap();
    let text = "version: 1\nagents:\n  - {id: a, labels: {password: canarybird}, typo: 'http://u:canarybird@x/?k=canarybird'}\n\
                sources:\n  - {kind: heartbeats, typo: x, records: [{agent: a, token: canarybird}]}\n";
    fs::write(folder.path().join("bad.yaml"), text).unwrap();
    for command in ["validate", "distribute", "discover"] {
        let text = printed(folder.path(), &[command.to_owned(), "bad.yaml".to_owned()]);
        assert!(text.contains("typo") && !text.contains(CANARY), "{text}");
    }
}
