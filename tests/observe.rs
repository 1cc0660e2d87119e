//! What the files of other systems say, field by field, beside tables made by hand from the files; and every file
//! under every kind.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use orch::{
    error::Severity,
    input::observe::{ADAPTERS, Calls, Fact, Latency, Moment, Observation, Subject, Trial, Trials, try_text},
};

/// The real files beside the repository; `None`, and a word, where they are not there.
fn real() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/data", "../../shared/data"].iter().map(|up| root.join(up)).find(|p| p.is_dir());
    if found.is_none() {
        eprintln!("skipped: no ../shared/data beside the repository");
    }
    found
}

fn trial(kind: &str, file: &Path) -> Trial {
    let text = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
    try_text(kind, file.to_str().unwrap(), &text).unwrap()
}

fn moment(at: Moment) -> String {
    match at {
        Moment::Unix(ms) => jiff::Timestamp::from_millisecond(ms).unwrap().to_string(),
        Moment::After(ms) => format!("{ms} ms"),
    }
}

fn amount(x: Option<f64>) -> String {
    x.map_or_else(|| "?".into(), |x| format!("{}", (x * 1000.0).round() / 1000.0))
}

fn latency(l: &Latency) -> String {
    format!("{}/{}/{} ms of {}", amount(l.p50), amount(l.p95), amount(l.p99), amount(l.count))
}

fn trials(t: &Trials) -> String {
    t.share.map_or_else(|| format!("{}/{}", amount(t.hits), amount(t.trials)), |s| format!("share {s}"))
}

fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Type(t) => format!("type {t}"),
        Fact::Info(name, text) => format!("{name}: {}", text.chars().take(40).collect::<String>()),
        Fact::Capability(c) => format!("can {} ({})", c.name, c.evidence),
        Fact::Status(s, word) => format!("{s:?} ({word})").to_lowercase(),
        Fact::Heartbeat(h) => format!("beat {}", h.last.map_or_else(|| "?".into(), moment)),
        Fact::Latency(l) => format!("took {}", latency(l)),
        Fact::Throughput(x) => format!("{x}/min"),
        Fact::Errors(t) => format!("errors {}", trials(t)),
        Fact::Availability(t) => format!("up {}", trials(t)),
        Fact::Figure(f, x) => format!("{} {x}", f.name()),
        Fact::Resource(name, x) | Fact::Budget(name, x) => format!("has {name} {x}"),
        Fact::ResourceRequirement(name, text) => format!("asks {name} {text}"),
        Fact::Zone(z) => format!("zone {z}"),
        Fact::Endpoint(e) if e.protocol.is_empty() => format!("at {}", e.address),
        Fact::Endpoint(e) => format!("at {} by {}", e.address, e.protocol),
        Fact::Label(key, value) => format!("{key}={value}"),
        Fact::DependsOn(n) => format!("after {n}"),
        Fact::RequiresService(n) => format!("needs {n}"),
        Fact::Calls(c) => calls(c),
        Fact::Reads(n) => format!("reads {n}"),
        Fact::Writes(n) => format!("writes {n}"),
        Fact::Requirement(t) => format!("must {t}"),
        Fact::Series(s) => format!("{} x{}", s.metric, s.points.len()),
    }
}

fn calls(c: &Calls) -> String {
    let times = if c.latency.p50.is_some() { format!(" {}", latency(&c.latency)) } else { String::new() };
    let errors = c.errors.map_or_else(String::new, |e| format!(" {e} failed"));
    format!("calls {} x{}{errors}{times}", c.to, c.calls)
}

fn line(o: &Observation) -> String {
    let subject = match o.subject {
        Subject::Agent => "agent",
        Subject::Service => "service",
        Subject::Party => "party",
    };
    let time = o.time.map_or_else(String::new, |t| format!(" @ {}", moment(t)));
    let facts: Vec<String> = o.facts.iter().map(|s| fact(&s.fact)).collect();
    format!("{subject} {}{time} | {}", o.name, facts.join("; "))
}

/// What a file says of those whose names begin so.
fn said(kind: &str, file: &str, names: &str) -> Option<Vec<String>> {
    let t = trial(kind, &real()?.join(file));
    let errors: Vec<_> = t.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{file} as {kind}: {errors:?}");
    Some(t.observations.iter().filter(|o| o.name.starts_with(names)).map(line).collect())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { out.extend(files(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

/// Which kind a folder's files are of.
const FOLDERS: [(&str, &str); 28] = [
    ("formats/a2a", "a2a"),
    ("formats/backstage", "backstage"),
    ("formats/claude-agents", "agent_md"),
    ("formats/compose", "compose"),
    ("formats/consul", "consul"),
    ("formats/jaeger", "jaeger"),
    ("formats/k8s", "kubernetes"),
    ("formats/kagent", "kagent"),
    ("formats/langgraph", "langgraph"),
    ("formats/mcp/publisher-server.json", "mcp_registry"),
    ("formats/mcp/registry-seed_2025_05_16.json", "mcp_registry"),
    ("formats/mcp/servers-repo.mcp.json", "mcp"),
    ("formats/mcp/valid-with-package.json", "mcp_registry"),
    ("formats/ms-agent-framework", "ms_agent"),
    ("formats/nomad", "nomad"),
    ("formats/otlp", "otlp"),
    ("formats/prometheus/file_sd", "prometheus_sd"),
    ("formats/prometheus/http_sd", "prometheus_sd"),
    ("formats/prometheus/query", "prometheus"),
    ("formats/prometheus/targets", "prometheus"),
    ("traces/bookinfo", "kubernetes"),
    ("traces/online_boutique", "kubernetes"),
    ("traces/jaeger_ui", "jaeger"),
    ("traces/otlp", "otlp"),
    ("agents/a2a", "a2a"),
    ("agents/consul_api", "consul"),
    ("agents/nomad_api", "nomad"),
    ("agents/prometheus_file_sd", "prometheus_sd"),
];
/// Descriptions of formats rather than files of them, and workflows, which `orch import` reads.
const NONE: [&str; 8] = [
    "SOURCES.tsv",
    ".proto",
    "schema.json",
    "formats/argo",
    "formats/github-actions",
    "formats/wfformat",
    "test-cluster-config",
    "test-scheduler-config",
];

/// The kind of a real file.
fn proper(file: &str) -> Option<&'static str> {
    let openb = file.starts_with("cluster/openb_example").then_some("kubernetes");
    FOLDERS.iter().find(|(folder, _)| file.starts_with(folder)).map(|row| row.1).or(openb)
}

#[test]
fn every_file_under_every_kind_says_something_or_gives_one_error() {
    let Some(data) = real() else { return };
    let (mut read, mut taken) = (0, Vec::new());
    for file in ["formats", "traces", "agents", "cluster/openb_example"].iter().flat_map(|f| files(&data.join(f))) {
        let name = file.strip_prefix(&data).unwrap().to_str().unwrap().to_owned();
        let none = NONE.iter().any(|n| name.contains(n));
        for adapter in ADAPTERS {
            let t = trial(adapter.kind, &file);
            let errors: Vec<_> = t.findings.iter().filter(|f| f.severity == Severity::Error).collect();
            let own = proper(&name) == Some(adapter.kind);
            if own && !none {
                assert!(errors.is_empty(), "{name} as {}: {errors:?}", adapter.kind);
                assert!(!t.observations.is_empty() || !t.findings.is_empty(), "{name} says nothing at all");
                read += 1;
            } else if !errors.is_empty() {
                assert!(errors.len() == 1 && t.observations.is_empty(), "{name} as {}: {errors:?}", adapter.kind);
                assert!(["ORCH201", "ORCH202"].contains(&errors[0].code));
            } else {
                let both = [("jaeger", "otlp"), ("otlp", "jaeger")];
                let fine = both.contains(&(proper(&name).unwrap_or_default(), adapter.kind))
                    || none && adapter.kind == "kubernetes";
                // The snapshot's own records are whatever has a name and one of their fields.
                let own = ["registry", "announcements", "broadcasts", "heartbeats"].contains(&adapter.kind);
                if !fine && !own {
                    taken.push(format!("{name} as {}: {:?}", adapter.kind, t.observations.first().map(line)));
                }
            }
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
    assert!(read >= 100, "{read}");
}

/// Compares with a table made by hand: kind, file, names that begin so, and what is said of them.
#[track_caller]
fn table(rows: &[(&str, &str, &str, &[&str])]) {
    for (kind, file, names, expected) in rows {
        let Some(found) = said(kind, file, names) else { return };
        assert_eq!(found, *expected, "{file} as {kind}");
    }
}

#[test]
fn kubernetes_by_hand() {
    table(&[
        (
            "kubernetes",
            "formats/k8s/k9s-node.json",
            "",
            &[
                "party minikube @ 2019-08-31T04:43:11Z | beat 2019-08-31T04:43:11Z; active (ready); has cpu 4; has memory_mb 8256.671744; \
              beta.kubernetes.io/arch=amd64; beta.kubernetes.io/os=linux; kubernetes.io/arch=amd64; kubernetes.io/hostname=minikube; \
              kubernetes.io/os=linux; node-role.kubernetes.io/master=",
            ],
        ),
        (
            "kubernetes",
            "formats/k8s/k9s-pod.json",
            "",
            &[
                "party nginx @ 2019-08-09T05:12:21Z | active (running); restarts: 0; image: nginx:alpine; asks cpu 100m; asks memory 70Mi; at 172.17.0.6:80",
            ],
        ),
        ("kubernetes", "formats/k8s/k9s-svc.json", "", &["party dictionary1 | at dictionary1.default:4001 by http"]),
        (
            "kubernetes",
            "formats/k8s/troubleshoot-pods-message-pod-crashloop-backoff.json",
            "",
            &[
                "party init-demo @ 2023-07-11T03:31:41Z | failed (crashloopbackoff); restarts: 4; image: nginx; at 172.17.0.3:80",
            ],
        ),
        (
            "kubernetes",
            "formats/k8s/troubleshoot-deployments-default.json",
            "kotsadm-operator",
            &["party kotsadm-operator @ 2019-11-07T00:36:34Z | replicas: 1; active (1/1 available); up 1/1; \
              image: localhost:32000/kotsadm-operator:v1.0.1-; asks cpu 100m; asks memory 500Mi; needs http://kotsadm-api:3000; \
              app.kubernetes.io/managed-by=skaffold-v0.41.0"],
        ),
        (
            "kubernetes",
            "cluster/openb_example/test-cluster/pod/gpu-pod-00.yaml",
            "",
            &["party gpu-pod-00 | image: tensorflow:latest; asks cpu 4; asks memory 9216Mi"],
        ),
        (
            "kubernetes",
            "traces/online_boutique/release/kubernetes-manifests.yaml",
            "checkoutservice",
            &[
                "party checkoutservice | image: us-central1-docker.pkg.dev/online-boutiq; asks cpu 100m; asks memory 64Mi; \
                 needs productcatalogservice:3550; needs shippingservice:50051; needs paymentservice:50051; needs emailservice:5000; \
                 needs currencyservice:7000; needs cartservice:7070; app=checkoutservice",
                "party checkoutservice | at checkoutservice:5050 by grpc; app=checkoutservice",
            ],
        ),
    ]);
    let Some(data) = real() else { return };
    let pods = trial("kubernetes", &data.join("formats/k8s/k9s-pod.json"));
    let keys: Vec<(&str, &str)> = pods.observations[0].keys.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let uid = ("uid", "614908ed-415b-4506-8370-e3e36fa8cc13");
    assert_eq!(
        keys,
        [("host", "172.17.0.6:80"), ("ip", "172.17.0.6"), ("namespace", "default"), ("node", "minikube"), uid]
    );
}

#[test]
fn consul_and_nomad_by_hand() {
    table(&[
        (
            "consul",
            "formats/consul/health-node.json",
            "",
            &["party foobar | active (passing)", "party redis | active (passing); tag.primary=true"],
        ),
        (
            "consul",
            "formats/consul/health-service-redis.json",
            "",
            &["party redis | active (passing); tag.primary=true; zone dc1; at 10.1.10.12:8000; redis_version=4.0"],
        ),
        (
            "consul",
            "agents/consul_api/consul_2.json",
            "",
            &["party test | tag.tag1=true", "party other | tag.tag2=true"],
        ),
        (
            "nomad",
            "formats/nomad/node-read.json",
            "",
            &[
                "party mew @ 2019-08-26T10:23:02Z | active (ready); zone dc1; version: 1.1.0; has cpu_mhz 32000; has memory_mb 15803; \
              has disk_mb 7890; driver.docker=healthy; driver.raw_exec=healthy; connect.log_level=info",
            ],
        ),
        (
            "nomad",
            "formats/nomad/nodes-list.json",
            "",
            &[
                "party nomad-4 | active (ready); zone dc1; version: 0.8.0-rc1; driver.java=healthy; driver.docker=healthy; driver.exec=healthy",
            ],
        ),
        (
            "nomad",
            "agents/nomad_api/nomad_1.json",
            "",
            &["party hashicups | tag.metrics=true; zone dc1; at 127.0.0.1:30456"],
        ),
    ]);
}

#[test]
fn prometheus_by_hand() {
    table(&[
        (
            "prometheus",
            "formats/prometheus/query-vector.json",
            "",
            &[
                "party prometheus @ 2015-07-01T20:10:51.781Z | up 1/1; active (up)",
                "party node @ 2015-07-01T20:10:51.781Z | up 0/1; offline (down)",
            ],
        ),
        (
            "prometheus",
            "formats/prometheus/query-matrix.json",
            "node",
            &["party node @ 2015-07-01T20:11:00.781Z | up 1/3; active (up); up x3"],
        ),
        (
            "prometheus",
            "formats/prometheus/targets.json",
            "",
            &[
                "party node_exporter @ 2017-01-17T14:07:44.723Z | active (up); up 1/1; at http://127.0.0.1:9091/metrics by http; \
              instance=127.0.0.1:9091; job=node_exporter",
            ],
        ),
        (
            "prometheus_sd",
            "formats/prometheus/file_sd-valid.yml",
            "",
            &[
                "party localhost:9090 | at localhost:9090; foo=bar",
                "party example.org:443 | at example.org:443; foo=bar",
                "party my.domain | at my.domain",
            ],
        ),
    ]);
}

/// The trace has 57 spans of 10 services; its agents answer once each. Of the seven calls to the gateway six took
/// 850 ms and one 3,900: the 95th percentile lies 0.7 of the way between the last two.
#[test]
fn traces_by_hand() {
    table(&[
        (
            "jaeger",
            "formats/jaeger/genaiTestTrace.json",
            "triage",
            &["agent triage-agent @ 2026-02-02T02:40:42.004Z | took 42000/42000/42000 ms of 1; errors 0/1; \
              can list_dashboards (tool, run 3 times in traces); can search_traces (tool, run 3 times in traces); \
              calls api.example-ai.test x4 0 failed 1750/1750/1750 ms of 4; calls mcp-gateway x7 0 failed 850/2985/3717 ms of 7; \
              calls vector-store x3 0 failed 250/250/250 ms of 3"],
        ),
        (
            "jaeger",
            "formats/jaeger/genaiTestTrace.json",
            "k8s-api",
            &["party k8s-api @ 2026-02-02T02:40:00.127Z | took 80/80/80 ms of 3; errors 1/3"],
        ),
        (
            "jaeger",
            "formats/jaeger/genaiTestTrace.json",
            "mcp",
            &[
                "party mcp-gateway @ 2026-02-02T02:40:03.951Z | took 850/2985/3717 ms of 7; errors 0/7; calls auth-service x7 0 failed 40/40/40 ms of 7; \
              calls metrics-backend x3 0 failed 300/300/300 ms of 3; calls summarizer x1 0 failed 3700/3700/3700 ms of 1; \
              calls trace-store x3 0 failed 500/500/500 ms of 3",
            ],
        ),
        (
            "jaeger",
            "formats/jaeger/ui-flamegraph-testTrace.json",
            "load",
            &[
                "party load-generator @ 2022-08-09T12:55:23.961Z | took 1181.596/1181.596/1181.596 ms of 1; errors 0/1; \
              calls ride-sharing-app x1 0 failed 968.334/968.334/968.334 ms of 1",
            ],
        ),
        (
            "jaeger",
            "formats/jaeger/anonymizer-trace_success.json",
            "",
            &[
                "party 16af988c443cff37 @ 2020-11-12T23:33:02.028Z | took 267.037/267.037/267.037 ms of 1; errors 0/1; \
                 calls 3c220036602f839e x1 1 failed 32.782/32.782/32.782 ms of 1",
                "party 3c220036602f839e @ 2020-11-12T23:33:01.998Z | took 32.782/32.782/32.782 ms of 1; errors 1/1",
            ],
        ),
        ("jaeger", "formats/jaeger/dependencies-small.json", "Service8", &["party Service8 | calls Service6 x30489"]),
        (
            "otlp",
            "formats/otlp/trace.json",
            "",
            &["party my.service @ 2018-12-13T14:51:01Z | took 1000/1000/1000 ms of 1; errors 0/1"],
        ),
        (
            "otlp",
            "formats/otlp/metrics.json",
            "",
            &[
                "party my.service @ 2018-12-13T14:51:00.3Z | my.counter x1",
                "party my.service @ 2018-12-13T14:51:00.3Z | my.gauge x1",
                "party my.service @ 2018-12-13T14:51:00.3Z | my.histogram.mean x1",
                "party my.service @ 2018-12-13T14:51:00.3Z | my.exponential.histogram.mean x1",
            ],
        ),
    ]);
}

#[test]
fn configurations_by_hand() {
    table(&[
        (
            "compose",
            "formats/compose/agents-a2a-compose.yaml",
            "",
            &[
                "party auditor-agent-a2a | after critic-agent-a2a; after reviser-agent-a2a; needs http://critic-agent-a2a:8001; \
                 needs http://reviser-agent-a2a:8001; at auditor-agent-a2a:8080; must secret openai-api-key",
                "party critic-agent-a2a | after mcp-gateway; needs http://mcp-gateway:8811/sse; must secret openai-api-key",
                "party reviser-agent-a2a | after mcp-gateway; needs http://mcp-gateway:8811/sse; must secret openai-api-key",
                "party mcp-gateway | image: docker/mcp-gateway:latest",
            ],
        ),
        (
            "compose",
            "formats/compose/agents-langgraph-compose.yaml",
            "importer",
            &["party importer | after database; needs postgres://database:5432/database"],
        ),
        (
            "mcp",
            "formats/mcp/servers-repo.mcp.json",
            "",
            &[
                "service mcp-docs | type mcp_server; at https://modelcontextprotocol.io/mcp by http",
                "service sequential-thinking | type mcp_server; at stdio:docker by stdio",
            ],
        ),
        (
            "agent_md",
            "formats/claude-agents/team-debugger.md",
            "",
            &[
                "agent team-debugger | description: Hypothesis-driven debugging investigator; model=opus; can Read (tool); can Glob (tool); \
              can Grep (tool); can Bash (tool); can TaskList (tool); can TaskGet (tool); can TaskUpdate (tool); can SendMessage (tool)",
            ],
        ),
        (
            "kagent",
            "formats/kagent/k8sgpt-agent.yaml",
            "",
            &[
                "agent k8sgpt-agent | description: this is k8sgpt agent; kagent.type=Declarative; needs default-model-config; \
              can analyze (tool of MCP server `k8sgpt-mcp-server`); needs k8sgpt-mcp-server",
            ],
        ),
        (
            "langgraph",
            "formats/langgraph/open_deep_research-langgraph.json",
            "",
            &[
                "agent Deep Researcher | type langgraph; source: ./src/open_deep_research/deep_researcher; python_version=3.11; must authentication",
            ],
        ),
        (
            "ms_agent",
            "formats/ms-agent-framework/GetWeather.yaml",
            "",
            &["agent Assistant | description: Helpful assistant; can GetWeather (function tool)"],
        ),
        (
            "ms_agent",
            "formats/ms-agent-framework/DeepResearch.yaml",
            "",
            &["agent ResearchAgent | ", "agent PlannerAgent | ", "agent ManagerAgent | ", "agent SummaryAgent | "],
        ),
        (
            "backstage",
            "formats/backstage/artist-lookup-component.yaml",
            "",
            &[
                "party artist-lookup | description: Artist Lookup; owner: team-a; backstage.type=service; backstage.lifecycle=experimental; \
              backstage.system=artist-engagement-portal; tag.java=true; tag.data=true; after artists-db",
            ],
        ),
    ]);
}

/// What a text of our own says.
fn own(kind: &str, name: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let t = try_text(kind, name, text).unwrap();
    let found = t.findings.iter().map(|f| format!("{} {} {}", f.code, f.location.line, f.message)).collect();
    (t.observations.iter().map(line).collect(), found)
}

#[test]
fn crews_and_records_by_hand() {
    let fixture = |name: &str| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/import").join(name)).unwrap()
    };
    let (agents, found) = own("crewai", "agents.yaml", &fixture("crew-agents.yaml"));
    assert_eq!(
        agents,
        [
            "agent researcher | type Senior analyst for {company}; description: Find what matters; can search (tool); can read_file (tool); needs gpt-4o",
            "agent writer | type Report writer; description: Write what is true and short",
        ]
    );
    assert!(found.is_empty());
    let (agents, found) = own("crewai", "tasks.yaml", &fixture("crew-tasks.yaml"));
    assert_eq!(agents, ["agent researcher | ", "agent researcher | ", "agent writer | after researcher"]);
    assert_eq!(found, ["ORCH204 24 task `check_report` names no agent"]);
    let (agents, _) = own(
        "oasf",
        "record.json",
        r#"{"name": "org/planner", "version": "1.2", "schema_version": "0.7.0", "created_at": "2026-01-05T09:00:00Z",
            "skills": [{"id": 10201, "name": "text_completion"}, "plain"], "domains": [{"name": "travel"}],
            "locators": [{"type": "docker_image", "url": "https://u:p@ghcr.io/org/planner"}]}"#,
    );
    assert_eq!(
        agents,
        [
            "agent org/planner @ 2026-01-05T09:00:00Z | version: 1.2; can text_completion (skill); can plain (skill); domain.travel=true; \
          at https://ghcr.io/org/planner by docker_image"
        ]
    );
}

/// A histogram, a summary and recording rules, with the numbers that `histogram_quantile` gives.
#[test]
fn metrics_of_agents_become_figures() {
    let series = |labels: &str, value: &str| format!(r#"{{"metric": {{{labels}}}, "value": [1767600000, "{value}"]}}"#);
    let bucket = |le: &str, n: &str| {
        series(&format!(r#""__name__": "agent_request_duration_seconds_bucket", "agent": "a", "le": "{le}""#), n)
    };
    let rows = [
        bucket("+Inf", "100"),
        bucket("0.1", "50"),
        bucket("0.5", "90"),
        bucket("1", "100"),
        series(r#""__name__": "agent_latency_ms", "agent": "b", "quantile": "0.95""#, "120"),
        series(r#""__name__": "agent_error_ratio", "agent": "b""#, "0.04"),
        series(r#""__name__": "agent_error_ratio", "agent": "c""#, "7"),
        series(r#""__name__": "agent_requests_per_second", "agent": "b""#, "2"),
        series(r#""__name__": "agent_current_load", "agent": "b""#, "3"),
        series(r#""__name__": "agent_latency_ms", "agent": "b", "quantile": "0.5""#, "NaN"),
    ];
    let text =
        format!(r#"{{"status": "success", "data": {{"resultType": "vector", "result": [{}]}}}}"#, rows.join(",\n"));
    let (said, found) = own("prometheus", "q.json", &text);
    let at = "@ 2026-01-05T08:00:00Z";
    assert_eq!(
        said,
        [
            format!("party b {at} | took ?/120/? ms of ?"),
            format!("party b {at} | errors share 0.04"),
            format!("party c {at} | agent_error_ratio x1"),
            format!("party b {at} | 120/min"),
            format!("party b {at} | current_load 3"),
            "party b | ".to_owned(),
            format!("party a {at} | took 100/750/950 ms of 100"),
        ]
    );
    assert_eq!(found, ["ORCH204 7 7 is no value that `agent_error_ratio` can have"]);
    let otlp = r#"{"resourceMetrics": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "s"}}]},
        "scopeMetrics": [{"metrics": [{"name": "gen_ai.server.request.duration", "unit": "s", "histogram": {"dataPoints": [
        {"timeUnixNano": "1767600000000000000", "explicitBounds": [0.1, 0.5, 1], "bucketCounts": ["50", "40", "10", "0"],
         "attributes": [{"key": "gen_ai.agent.name", "value": {"stringValue": "a"}}]},
        {"explicitBounds": [1], "bucketCounts": ["1"]}]}}]}]}]}"#;
    let (said, found) = own("otlp", "m.json", otlp);
    assert_eq!(said, [format!("agent a {at} | took 100/750/950 ms of 100")]);
    assert_eq!(found, ["ORCH204 5 1 counts do not fit 1 bounds"]);
}

/// Client and server in different services, an id that both share, a client without an other end, nested clients, an
/// agent that another one calls by name.
#[test]
fn spans_are_paired() {
    let span = |id: &str, parent: &str, p: &str, kind: &str, ms: u32, more: &str| {
        let reference = if parent.is_empty() {
            String::new()
        } else {
            format!(r#"{{"refType": "CHILD_OF", "spanID": "{parent}"}}"#)
        };
        format!(
            r#"{{"traceID": "t", "spanID": "{id}", "processID": "{p}", "startTime": 1767600000000000, "duration": {}, "references": [{reference}],
                "tags": [{{"key": "span.kind", "value": "{kind}"}}{more}]}}"#,
            ms * 1000
        )
    };
    let peer = r#", {"key": "peer.service", "value": "db"}"#;
    let agent = r#", {"key": "gen_ai.agent.name", "value": "helper"}"#;
    let error = r#", {"key": "error", "value": true}"#;
    let spans = [
        span("1", "", "a", "server", 100, ""),
        span("2", "1", "a", "client", 40, ""),
        span("3", "2", "b", "server", 30, error),
        // Zipkin's way: the server has the id of its client.
        span("4", "1", "a", "client", 20, ""),
        span("4", "1", "b", "server", 10, ""),
        span("5", "3", "b", "client", 9, peer),
        span("6", "5", "b", "client", 8, peer),
        span("7", "1", "a", "client", 50, agent),
        span("8", "7", "c", "server", 45, agent),
        span("9", "8", "c", "internal", 5, ""),
        span("9", "8", "c", "internal", 5, ""),
    ];
    let text = format!(
        r#"{{"data": [{{"traceID": "t", "processes": {{"a": {{"serviceName": "a"}}, "b": {{"serviceName": "b"}}, "c": {{"serviceName": "c"}}}}, "spans": [{}]}}]}}"#,
        spans.join(",\n")
    );
    let (said, found) = own("jaeger", "t.json", &text);
    let at = |ms: u32| {
        format!(
            "@ 2026-01-05T08:00:00{}Z",
            if ms == 0 { String::new() } else { format!(".{ms:03}").trim_end_matches('0').to_owned() }
        )
    };
    assert_eq!(
        said,
        [
            format!("agent helper {} | took 45/45/45 ms of 1; errors 0/1", at(45)),
            format!(
                "party a {} | took 100/100/100 ms of 1; errors 0/1; calls b x2 1 failed 30/39/39.8 ms of 2; calls helper x1 0 failed 50/50/50 ms of 1",
                at(100)
            ),
            format!("party b {} | took 20/29/29.8 ms of 2; errors 1/2; calls db x1 0 failed 8/8/8 ms of 1", at(30)),
        ]
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("there twice (so with 1 spans)"), "{found:?}");
}

const CANARY: &str = "hunter2";

/// Secrets where real files have them; none may be kept.
#[test]
fn no_secret_is_kept() {
    let files = [
        (
            "compose",
            "services: {a: {image: 'https://u:hunter2@reg/i', environment: [PASSWORD=hunter2, 'DB_URL=postgres://u:hunter2@db/x?k=hunter2', API_KEY=hunter2], command: --token hunter2, labels: {api-token: hunter2}, secrets: [s]}}",
        ),
        (
            "mcp",
            r#"{"mcpServers": {"m": {"command": "/bin/x --token hunter2", "args": ["--key", "hunter2"], "env": {"TOKEN": "hunter2"}},
                    "n": {"url": "https://u:hunter2@h/p?key=hunter2", "headers": {"Authorization": "Bearer hunter2"}}}}"#,
        ),
        (
            "kubernetes",
            r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": {"password": "hunter2"}, "annotations": {"token": "hunter2"}},
                          "spec": {"containers": [{"image": "i", "args": ["--password=hunter2"], "env": [{"name": "SECRET", "value": "hunter2"}, {"name": "A_URL", "value": "amqp://u:hunter2@q:1/v"}]}]}}"#,
        ),
        (
            "prometheus",
            r#"{"status": "success", "data": {"activeTargets": [{"labels": {"job": "j"}, "scrapeUrl": "http://u:hunter2@h/m?token=hunter2", "health": "down", "lastError": "Get http://u:hunter2@h: refused"}]}}"#,
        ),
        (
            "prometheus_sd",
            r#"[{"targets": ["u:hunter2@h:80"], "labels": {"__param_token": "hunter2", "api_key": "hunter2"}}]"#,
        ),
        (
            "jaeger",
            r#"[{"traceID": "t", "spanID": "1", "duration": 1, "tags": [{"key": "span.kind", "value": "client"}, {"key": "http.url", "value": "https://u:hunter2@h/p?k=hunter2"}, {"key": "db.password", "value": "hunter2"}], "process": {"serviceName": "s"}}]"#,
        ),
        (
            "otlp",
            r#"{"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "s"}}]}, "scopeSpans": [{"spans": [{"spanId": "1", "kind": 3, "attributes": [{"key": "url.full", "value": {"stringValue": "https://h/p?k=hunter2"}}, {"key": "enduser.token", "value": {"stringValue": "hunter2"}}]}]}]}]}"#,
        ),
        (
            "consul",
            r#"[{"Node": {"Node": "n", "Address": "1.1.1.1"}, "Service": {"Service": "s", "Meta": {"token": "hunter2"}}, "Checks": [{"CheckID": "c", "Status": "passing", "Output": "password=hunter2"}]}]"#,
        ),
        (
            "nomad",
            r#"{"Name": "n", "Status": "ready", "SchedulingEligibility": "eligible", "Meta": {"api_key": "hunter2"}, "Attributes": {"vault.token": "hunter2"}}"#,
        ),
        (
            "crewai",
            "a: {role: r, goal: 'use token=hunter2', backstory: 'password: hunter2', llm: 'https://u:hunter2@llm/v1'}",
        ),
        ("agent_md", "---\nname: a\ndescription: 'call with Authorization: Bearer hunter2'\n---\napi_key=hunter2"),
        ("langgraph", r#"{"graphs": {"g": "./g.py:g"}, "env": {"OPENAI_API_KEY": "hunter2"}}"#),
        (
            "kagent",
            "apiVersion: kagent.dev/v1alpha2\nkind: RemoteMCPServer\nmetadata: {name: m}\nspec: {url: 'https://u:hunter2@h/p?k=hunter2', headersFrom: [{name: Authorization, value: hunter2}]}",
        ),
        (
            "ms_agent",
            "kind: Prompt\nname: a\ndescription: 'secret=hunter2'\ntools: [{kind: mcp, name: m, url: 'https://u:hunter2@h/p'}]",
        ),
        (
            "oasf",
            r#"{"name": "r", "schema_version": "1", "skills": [], "locators": [{"type": "x", "url": "https://u:hunter2@h/p?k=hunter2"}]}"#,
        ),
        (
            "backstage",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: c, description: 'token=hunter2', annotations: {secret: hunter2}, labels: {password: hunter2}}\nspec: {type: service}",
        ),
    ];
    for (kind, text) in files {
        let name = if kind == "agent_md" { "a.md" } else { "a.yaml" };
        let t = try_text(kind, name, text).unwrap();
        assert!(!t.observations.is_empty(), "{kind}: {:?}", t.findings);
        let messages: Vec<&str> = t.findings.iter().map(|f| f.message.as_str()).collect();
        let all = format!("{:?} {messages:?}", t.observations);
        assert!(!all.contains(CANARY), "{kind}: {all}");
    }
}

/// Cut anywhere, a file says something, or gives one error; and a value of any type may stand anywhere.
#[test]
fn truncated_and_mangled_files_end_in_findings() {
    let Some(data) = real() else { return };
    for (folder, kind) in FOLDERS {
        let parent = data.join(folder);
        let (dir, prefix) = if parent.is_dir() {
            (parent.clone(), String::new())
        } else {
            (parent.parent().unwrap().to_path_buf(), parent.file_name().unwrap().to_str().unwrap().to_owned())
        };
        let file =
            files(&dir).into_iter().find(|f| f.file_name().unwrap().to_str().unwrap().starts_with(&prefix)).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let text: String = text.chars().take(20_000).collect();
        let name = file.to_str().unwrap();
        for part in 0..40 {
            let cut: String = text.chars().take(text.chars().count() * part / 40).collect();
            let t = try_text(kind, name, &cut).unwrap();
            assert!(t.findings.iter().filter(|f| f.severity == Severity::Error).count() <= 1, "{name} cut at {part}");
        }
        for (from, to) in
            [(": {", ": [{"), (": [", ": {\"x\": ["), ("\": \"", "\": [\""), (": \"", ": null, \""), ("- ", "- - ")]
        {
            let _ = try_text(kind, name, &text.replace(from, to));
        }
        for value in ["null", "[]", "{}", "7", "\"x\"", "[null, [], {}]", "true"] {
            let mangled: String = text
                .split(',')
                .enumerate()
                .map(|(i, part)| match part.split_once(": ") {
                    Some((key, _)) if i % 3 == 0 => format!("{key}: {value},"),
                    _ => format!("{part},"),
                })
                .collect();
            let _ = try_text(kind, name, mangled.trim_end_matches(','));
        }
    }
}
