//! The hash of what a snapshot means: file order, format, comments and spelling do not change it.
//!
//! The model is sorted, so its fields in a fixed order are a canonical form. Each struct is taken apart
//! whole: a new field does not compile until it is named here.

use std::{collections::BTreeMap, fmt::Write};

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::model::{
    Access, AccessMode, Agent, AgentIx, AgentObjective, AgentStatus, DataIx, DataSet, Dependency, DimIx, Directive,
    Escalation, Estimate, HistoryRow, Hold, HoldMode, KindIx, Link, Location, Names, Network, Node, PerformanceMetrics,
    Policies, ResourceIx, ResponseTime, Running, Service, SharedResource, SkillIx, Snapshot, State, Task, TaskIx,
    Thresholds, Wait, WaitMode, Weights, Who, ZoneIx,
};

/// SHA-256 of a snapshot with the sections that are no part of the model, hexadecimal.
pub fn sha256(snapshot: &Snapshot, baseline: Option<&Value>, sources: Option<&Value>) -> String {
    let mut sink = Sink { hasher: Sha256::new(), buffer: Vec::with_capacity(1 << 16) };
    let Snapshot { as_of, agents, tasks, network, state, policies, history, names, files: _, sha256: _ } = snapshot;
    (as_of, agents, tasks).put(&mut sink);
    (network, state, policies).put(&mut sink);
    (history, names).put(&mut sink);
    (baseline.map(Value::to_string), sources.map(Value::to_string)).put(&mut sink);
    sink.flush();
    let mut out = String::with_capacity(64);
    for byte in sink.hasher.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Gathers small pieces before they are hashed.
struct Sink {
    hasher: Sha256,
    buffer: Vec<u8>,
}

impl Sink {
    fn bytes(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= 1 << 16 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.hasher.update(&self.buffer);
        self.buffer.clear();
    }
}

/// Writes a value's canonical bytes.
trait Canonical {
    fn put(&self, sink: &mut Sink);
}

impl<T: Canonical + ?Sized> Canonical for &T {
    fn put(&self, sink: &mut Sink) {
        (**self).put(sink);
    }
}

impl<T: Canonical> Canonical for [T] {
    fn put(&self, sink: &mut Sink) {
        (self.len() as u64).put(sink);
        for item in self {
            item.put(sink);
        }
    }
}

impl<T: Canonical> Canonical for Vec<T> {
    fn put(&self, sink: &mut Sink) {
        self.as_slice().put(sink);
    }
}

impl<T: Canonical> Canonical for Option<T> {
    fn put(&self, sink: &mut Sink) {
        self.is_some().put(sink);
        if let Some(value) = self {
            value.put(sink);
        }
    }
}

impl<A: Canonical, B: Canonical> Canonical for (A, B) {
    fn put(&self, sink: &mut Sink) {
        self.0.put(sink);
        self.1.put(sink);
    }
}

impl<A: Canonical, B: Canonical, C: Canonical> Canonical for (A, B, C) {
    fn put(&self, sink: &mut Sink) {
        self.0.put(sink);
        self.1.put(sink);
        self.2.put(sink);
    }
}

impl<K: Canonical, V: Canonical> Canonical for BTreeMap<K, V> {
    fn put(&self, sink: &mut Sink) {
        (self.len() as u64).put(sink);
        for entry in self {
            entry.put(sink);
        }
    }
}

impl Canonical for String {
    fn put(&self, sink: &mut Sink) {
        (self.len() as u64).put(sink);
        sink.bytes(self.as_bytes());
    }
}

impl Canonical for f64 {
    fn put(&self, sink: &mut Sink) {
        // Adding 0 makes -0 and 0 the same.
        sink.bytes(&(self + 0.0).to_bits().to_le_bytes());
    }
}

impl Canonical for bool {
    fn put(&self, sink: &mut Sink) {
        sink.bytes(&[u8::from(*self)]);
    }
}

impl Canonical for Location {
    fn put(&self, _: &mut Sink) {}
}

impl Canonical for Timestamp {
    fn put(&self, sink: &mut Sink) {
        sink.bytes(&self.as_nanosecond().to_le_bytes());
    }
}

impl Canonical for Node {
    fn put(&self, sink: &mut Sink) {
        match self {
            Node::Agent(a) => (false, *a).put(sink),
            Node::Zone(z) => (true, *z).put(sink),
        }
    }
}

macro_rules! whole {
    ($($type:ty),*) => {$(
        impl Canonical for $type {
            fn put(&self, sink: &mut Sink) {
                sink.bytes(&self.to_le_bytes());
            }
        }
    )*};
}

macro_rules! index {
    ($($type:ty),*) => {$(
        impl Canonical for $type {
            fn put(&self, sink: &mut Sink) {
                self.0.put(sink);
            }
        }
    )*};
}

macro_rules! word {
    ($($type:ty),*) => {$(
        impl Canonical for $type {
            fn put(&self, sink: &mut Sink) {
                sink.bytes(&[*self as u8]);
            }
        }
    )*};
}

macro_rules! fields {
    ($($type:ident { $($field:ident),* $(,)? })*) => {$(
        impl Canonical for $type {
            fn put(&self, sink: &mut Sink) {
                let Self { $($field),* } = self;
                $($field.put(sink);)*
            }
        }
    )*};
}

whole!(u32, u64, i64);
index!(AgentIx, TaskIx, ResourceIx, DataIx, SkillIx, DimIx, KindIx, ZoneIx);
word!(AgentStatus, HoldMode, WaitMode, AccessMode);

fields! {
    Agent {
        id, kind, skills, status, capacity, current_load, slots, resources, budget, max_tasks, speed, cost_per_task,
        cost_per_load, cost_per_hour, cost_fixed, zone, available_from, windows, metrics, resource_requirements,
        integration_points, depends_on, reads, writes, labels, location,
    }
    PerformanceMetrics { response_time_ms, throughput_per_min, error_rate, availability }
    ResponseTime { p50, p95, p99, samples }
    Task {
        id, kind, requires, estimated_load, duration_ms, priority, complexity, release, deadline, depends_on, missing, uses,
        demand, reads, writes, allowed, forbidden, pinned, together, apart, estimates_by_agent, estimates_by_kind,
        labels, location,
    }
    Dependency { task, data_mb, soft }
    Who { agent, kind }
    Estimate { load, cost, duration_ms }
    Network { links, services, data, resources }
    Link { from, to, latency_ms, bandwidth_mbps, directed, location }
    Service { id, depends_on, status, location }
    DataSet { id, size_mb, home, location }
    SharedResource { id, capacity, per, budget, location }
    State { running, allocations, holds, waits, directives, objectives, accesses }
    Running { task, task_ix, agent, until, location }
    Hold { holder, task, agent, resource, amount, since, until, mode, location }
    Wait { holder, target, resource, amount, since, mode, location }
    Directive { stakeholder, weight, order, priority, location }
    AgentObjective { agent, metric, target, location }
    Access { holder, data, mode, from, until, version, location }
    Policies {
        weights, expected_retries, thresholds, resolve_within, escalation, allow_dependency_breaking, snapshot_reads,
        budget_money, budget_changes, budget_kinds, stakeholder_weights,
    }
    Weights { cost, max_utilization, makespan, weighted_tardiness }
    Thresholds { bottleneck, underutilized }
    Escalation { level, after, targets, repeats }
    HistoryRow { time, agent, metric, value }
    Names { skills, dims, kinds, zones }
}
