//! The whole report: agents, services, who needs whom, and what is wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use sha2::{Digest, Sha256};

use super::{
    compose::{Member, is_agent, members, response_times},
    emit,
    figures::times_of,
    findings,
    picture::Picture,
    report::{CapabilityMatrix, DependencyRow, ErrorRow, Report, SourceRow, UnmatchedRow},
};
use crate::{
    error::Finding,
    report::{FindingRow, snapshot::to_json},
};

/// Makes the report. `warnings` are the reader's.
pub fn assemble(picture: &Picture<'_>, warnings: &[Finding]) -> Report {
    let members = members(picture);
    let ids: BTreeMap<usize, &str> = members.iter().map(|m| (m.index, m.id())).collect();
    let dependencies = dependencies(picture, &ids);
    let mut needed: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut needing: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for row in &dependencies {
        needed.entry(&row.from).or_default().insert(row.to.clone());
        needing.entry(&row.to).or_default().insert(row.from.clone());
    }
    let list = |of: &BTreeMap<&str, BTreeSet<String>>, id: &str| of.get(id).into_iter().flatten().cloned().collect();
    let (agents, services): (Vec<&Member<'_>>, Vec<&Member<'_>>) = members.iter().partition(|m| is_agent(m));
    let agents = agents.iter().map(|m| (m.id().to_owned(), m.agent(picture, list(&needed, m.id()))));
    let services = services.iter().map(|m| {
        let (to, from) = (list(&needed, m.id()), list(&needing, m.id()));
        (m.id().to_owned(), m.service(picture, to, from))
    });
    let mut report = Report {
        format_version: 1,
        discovery_id: String::new(),
        discovery_timestamp: picture.clock.text(0),
        timestamp_assumed: picture.clock.assumed,
        sources: sources(picture, &members),
        discovered_agents: agents.collect(),
        discovered_services: services.collect(),
        discovery_errors: errors(picture),
        capability_matrix: matrix(&members),
        dependencies,
        unmatched: unmatched(picture),
        findings: all_findings(picture, &members, warnings),
        snapshot_sha256: picture.input.snapshot.sha256.clone(),
        version: env!("CARGO_PKG_VERSION"),
        deterministic: true,
    };
    report.discovery_id = identity(&report);
    report
}

/// SHA-256 over what is believed, without the places where it stands.
fn identity(report: &Report) -> String {
    let mut text = format!(
        "orch discover {} {}\n",
        report.snapshot_sha256,
        report.discovery_timestamp.as_deref().unwrap_or_default()
    );
    text += &to_json(&emit::whole(report).document());
    for (id, agent) in &report.discovered_agents {
        let figures = (&agent.health, &agent.performance_metrics);
        // Writing to text cannot fail.
        let _ = writeln!(text, "{id} {} {} {figures:?}", agent.status, agent.discovery_method);
    }
    let digest = Sha256::digest(text.as_bytes());
    let hex = |half: u8| char::from_digit(u32::from(half), 16);
    digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).flatten().collect()
}

fn sources(picture: &Picture<'_>, members: &[Member<'_>]) -> Vec<SourceRow> {
    let row = |(i, feed): (usize, &super::feeds::Feed<'_>)| SourceRow {
        id: feed.id.to_owned(),
        kind: feed.kind.to_owned(),
        method: feed.method.name(),
        mode: feed.method.mode().name(),
        files: feed.files,
        records: feed.observations.len(),
        subjects: members.iter().filter(|m| m.entity.records.iter().any(|r| r.feed == i)).count(),
        unmatched: picture.fleet.unmatched.iter().filter(|u| u.record.feed == i).count(),
        errors: picture.input.gathered.errors.iter().filter(|e| e.source == feed.id).count(),
    };
    picture.feeds.iter().enumerate().map(row).collect()
}

fn errors(picture: &Picture<'_>) -> Vec<ErrorRow> {
    let row = |e: &crate::input::SourceError| {
        let known = e.finding.location.line > 0;
        ErrorRow {
            source: e.source.clone(),
            kind: e.kind,
            code: e.finding.code,
            message: e.finding.message.clone(),
            file: e.finding.file.clone(),
            line: known.then_some(e.finding.location.line),
            column: known.then_some(e.finding.location.column),
        }
    };
    picture.input.gathered.errors.iter().map(row).collect()
}

fn matrix(members: &[Member<'_>]) -> CapabilityMatrix {
    let mut out = CapabilityMatrix::default();
    for member in members.iter().filter(|m| is_agent(m)) {
        let own = out.agents.entry(member.id().to_owned()).or_default();
        for (name, proficiency) in member.profile.capabilities() {
            out.capabilities.entry(name.clone()).or_default().push(member.id().to_owned());
            own.insert(name, proficiency.unwrap_or(1.0));
        }
    }
    out
}

/// What was said of one pair.
#[derive(Default)]
struct Pair<'p, 'g> {
    declared: bool,
    calls: Vec<&'p super::calls::Edge<'g>>,
    feeds: BTreeSet<usize>,
}

fn dependencies(picture: &Picture<'_>, ids: &BTreeMap<usize, &str>) -> Vec<DependencyRow> {
    let mut pairs: BTreeMap<(&str, &str), Pair<'_, '_>> = BTreeMap::new();
    for need in &picture.edges.needs {
        let pair = pairs.entry((ids[&need.from], ids[&need.to])).or_default();
        pair.declared = true;
        pair.feeds.insert(need.feed);
    }
    for edge in &picture.edges.calls {
        let pair = pairs.entry((ids[&edge.from], ids[&edge.to])).or_default();
        pair.calls.push(edge);
        pair.feeds.insert(edge.feed);
    }
    pairs.into_iter().map(|((from, to), pair)| dependency(picture, from, to, &pair)).collect()
}

fn dependency(picture: &Picture<'_>, from: &str, to: &str, pair: &Pair<'_, '_>) -> DependencyRow {
    // Two sources that watch the same pair see the same calls: the one that saw more counts.
    let best = pair.calls.iter().max_by(|a, b| a.calls.total_cmp(&b.calls).then(b.feed.cmp(&a.feed)));
    let latency = best.and_then(|e| times_of(&e.latencies));
    DependencyRow {
        from: from.to_owned(),
        to: to.to_owned(),
        basis: match (pair.declared, best.is_some()) {
            (true, true) => "both",
            (true, false) => "declared",
            _ => "observed",
        },
        calls: best.map(|e| e.calls),
        errors: best.and_then(|e| e.errors),
        error_rate: best.and_then(|e| e.errors.map(|x| (x / e.calls).clamp(0.0, 1.0))),
        response_time_ms: latency.as_ref().map(response_times),
        data_mb: best.and_then(|e| e.data_mb).map(|mb| libm::round(mb * 1e6) / 1e6),
        last_seen: best.and_then(|e| e.last).and_then(|ms| picture.clock.text(ms)),
        sources: pair.feeds.iter().map(|f| picture.feeds[*f].id.to_owned()).collect(),
    }
}

fn unmatched(picture: &Picture<'_>) -> Vec<UnmatchedRow> {
    let row = |u: &super::fleet::Unmatched<'_>| {
        let o = u.record.observation;
        let (file, location) = picture.place(&o.place);
        UnmatchedRow {
            source: picture.feeds[u.record.feed].id.to_owned(),
            name: o.name.clone(),
            keys: o.keys.clone(),
            ambiguous: u.ambiguous,
            file,
            line: location.line,
        }
    };
    picture.fleet.unmatched.iter().map(row).collect()
}

/// Errors first, then warnings, then remarks; within a severity by code and message.
fn all_findings(picture: &Picture<'_>, members: &[Member<'_>], warnings: &[Finding]) -> Vec<FindingRow> {
    let mut out: Vec<FindingRow> =
        warnings.iter().chain(&picture.input.gathered.findings).map(FindingRow::new).collect();
    out.extend(findings::collect(picture, members));
    let grave = |f: &FindingRow| ["error", "warning", "info"].iter().position(|s| *s == f.severity);
    out.sort_by(|a, b| {
        let by = grave(a).cmp(&grave(b)).then(a.code.cmp(b.code));
        by.then_with(|| (&a.message, &a.file, a.line, a.column).cmp(&(&b.message, &b.file, b.line, b.column)))
    });
    out
}
