//! What a fragment of a snapshot says, typed: one row per agent, task, link, service and data set.
//!
//! Field names, meanings and units are those of model.md, section 2; what is absent is left out.

use std::collections::BTreeMap;

use super::Value;

/// A fragment of a snapshot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fragment {
    /// RFC 3339.
    pub as_of: Option<String>,
    /// `agents`.
    pub agents: Vec<AgentRow>,
    /// `tasks`.
    pub tasks: Vec<TaskRow>,
    /// `network.links`.
    pub links: Vec<LinkRow>,
    /// `network.services`.
    pub services: Vec<ServiceRow>,
    /// `network.data`.
    pub data: Vec<DataRow>,
    /// `overlay.agents`: fields of agents that are defined elsewhere.
    pub overlay: Vec<AgentRow>,
}

/// One of `agents[]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgentRow {
    /// `id`.
    pub id: String,
    /// `type`.
    pub kind: Option<String>,
    /// `capabilities`, with proficiency in (0, 1] where it is known.
    pub capabilities: BTreeMap<String, Option<f64>>,
    /// `status`.
    pub status: Option<&'static str>,
    /// Single figures by field name (`capacity`, `slots`, `speed`, `cost_per_hour` …).
    pub figures: BTreeMap<&'static str, f64>,
    /// `resources`.
    pub resources: BTreeMap<String, f64>,
    /// `budget`.
    pub budget: BTreeMap<String, f64>,
    /// `zone`.
    pub zone: Option<String>,
    /// `performance_metrics`.
    pub metrics: Metrics,
    /// `resource_requirements`.
    pub resource_requirements: BTreeMap<String, String>,
    /// `integration_points`.
    pub integration_points: Vec<String>,
    /// `depends_on`: agents or services.
    pub depends_on: Vec<String>,
    /// `reads`: data sets.
    pub reads: Vec<String>,
    /// `writes`: data sets.
    pub writes: Vec<String>,
    /// `labels`.
    pub labels: BTreeMap<String, String>,
}

/// `performance_metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Metrics {
    /// `response_time_ms.p50`.
    pub p50: Option<f64>,
    /// `response_time_ms.p95`.
    pub p95: Option<f64>,
    /// `response_time_ms.p99`.
    pub p99: Option<f64>,
    /// `throughput_per_min`.
    pub throughput_per_min: Option<f64>,
    /// `error_rate`, in [0, 1).
    pub error_rate: Option<f64>,
    /// `availability`, in (0, 1].
    pub availability: Option<f64>,
}

/// One of `tasks[]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskRow {
    /// `id`.
    pub id: String,
    /// `type`.
    pub kind: Option<String>,
    /// `requires`: capabilities.
    pub requires: Vec<String>,
    /// `duration`, seconds.
    pub duration: Option<f64>,
    /// `priority`.
    pub priority: Option<f64>,
    /// `deadline`, seconds after `as_of`.
    pub deadline: Option<f64>,
    /// `depends_on`.
    pub depends_on: Vec<DependencyRow>,
    /// `reads`: data sets.
    pub reads: Vec<String>,
    /// `pinned_agent`.
    pub pinned_agent: Option<String>,
    /// `labels`.
    pub labels: BTreeMap<String, String>,
}

/// One of a task's `depends_on`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DependencyRow {
    /// `task`.
    pub task: String,
    /// `data_mb`; 0 is left out.
    pub data_mb: f64,
}

/// One of `network.links[]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LinkRow {
    /// `from`: agent or zone.
    pub from: String,
    /// `to`: agent or zone.
    pub to: String,
    /// `latency_ms`.
    pub latency_ms: Option<f64>,
    /// `bandwidth_mbps`.
    pub bandwidth_mbps: Option<f64>,
    /// `directed`; false is left out.
    pub directed: bool,
}

/// One of `network.services[]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceRow {
    /// `id`.
    pub id: String,
    /// `depends_on`: agents or services.
    pub depends_on: Vec<String>,
    /// `status`.
    pub status: Option<String>,
}

/// One of `network.data[]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataRow {
    /// `id`.
    pub id: String,
    /// `size_mb`.
    pub size_mb: f64,
    /// `home`: agent or zone.
    pub home: Option<String>,
}

impl Fragment {
    /// The document, each list by id, so that the order of what it was made from cannot show.
    pub fn document(&self) -> Value {
        let network = Value::map([
            ("links", rows(&self.links, |l| (&l.from, &l.to), LinkRow::value)),
            ("services", rows(&self.services, |s| (&s.id, &s.id), ServiceRow::value)),
            ("data", rows(&self.data, |d| (&d.id, &d.id), DataRow::value)),
        ]);
        let mut overlay: Vec<&AgentRow> = self.overlay.iter().collect();
        overlay.sort_by(|a, b| a.id.cmp(&b.id));
        let overlay = Value::map(overlay.iter().map(|a| (a.id.as_str(), Value::map(a.fields()))));
        Value::map([
            ("version", Value::from(1)),
            ("as_of", self.as_of.clone().into()),
            ("agents", rows(&self.agents, |a| (&a.id, &a.id), AgentRow::value)),
            ("network", network),
            ("tasks", rows(&self.tasks, |t| (&t.id, &t.id), TaskRow::value)),
            ("overlay", Value::map([("agents", overlay)])),
        ])
    }
}

/// A list's rows, sorted.
fn rows<T>(items: &[T], key: impl Fn(&T) -> (&String, &String), value: impl Fn(&T) -> Value) -> Value {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by(|a, b| key(a).cmp(&key(b)));
    Value::List(sorted.into_iter().map(value).collect())
}

impl AgentRow {
    fn value(&self) -> Value {
        Value::map([("id", Value::from(self.id.as_str()))].into_iter().chain(self.fields()))
    }

    /// Everything but the id.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        let mut out: Vec<(&'static str, Value)> =
            vec![("type", self.kind.clone().into()), ("capabilities", self.skills()), ("status", self.status.into())];
        out.extend(self.figures.iter().map(|(name, x)| (*name, Value::from(*x))));
        out.extend([
            ("resources", amounts(&self.resources)),
            ("budget", amounts(&self.budget)),
            ("zone", self.zone.clone().into()),
            ("performance_metrics", self.metrics.value()),
            ("resource_requirements", texts(&self.resource_requirements)),
            ("integration_points", Value::texts(&self.integration_points)),
            ("depends_on", Value::texts(&self.depends_on)),
            ("reads", Value::texts(&self.reads)),
            ("writes", Value::texts(&self.writes)),
            ("labels", texts(&self.labels)),
        ]);
        out
    }

    /// A list of names where no proficiency is known; else a mapping, in which an unknown one is full.
    fn skills(&self) -> Value {
        if self.capabilities.values().all(Option::is_none) {
            return Value::texts(self.capabilities.keys());
        }
        Value::map(self.capabilities.iter().map(|(name, q)| (name, q.unwrap_or(1.0))))
    }
}

fn amounts(of: &BTreeMap<String, f64>) -> Value {
    Value::map(of.iter().map(|(name, x)| (name, *x)))
}

fn texts(of: &BTreeMap<String, String>) -> Value {
    Value::map(of.iter().map(|(name, text)| (name, text.as_str())))
}

impl Metrics {
    fn value(self) -> Value {
        let response = Value::map([("p50", self.p50), ("p95", self.p95), ("p99", self.p99)]);
        Value::map([
            ("response_time_ms", response),
            ("throughput_per_min", self.throughput_per_min.into()),
            ("error_rate", self.error_rate.into()),
            ("availability", self.availability.into()),
        ])
    }
}

impl TaskRow {
    fn value(&self) -> Value {
        Value::map([
            ("id", Value::from(self.id.as_str())),
            ("type", self.kind.clone().into()),
            ("requires", Value::texts(&self.requires)),
            ("duration", self.duration.into()),
            ("priority", self.priority.into()),
            ("deadline", self.deadline.into()),
            ("depends_on", Value::List(self.depends_on.iter().map(DependencyRow::value).collect())),
            ("reads", Value::texts(&self.reads)),
            ("pinned_agent", self.pinned_agent.clone().into()),
            ("labels", texts(&self.labels)),
        ])
    }
}

impl DependencyRow {
    fn value(&self) -> Value {
        if self.data_mb == 0.0 {
            return Value::from(self.task.as_str());
        }
        Value::map([("task", Value::from(self.task.as_str())), ("data_mb", self.data_mb.into())])
    }
}

impl LinkRow {
    fn value(&self) -> Value {
        Value::map([
            ("from", Value::from(self.from.as_str())),
            ("to", Value::from(self.to.as_str())),
            ("latency_ms", self.latency_ms.into()),
            ("bandwidth_mbps", self.bandwidth_mbps.into()),
            ("directed", self.directed.then_some(true).into()),
        ])
    }
}

impl ServiceRow {
    fn value(&self) -> Value {
        Value::map([
            ("id", Value::from(self.id.as_str())),
            ("depends_on", Value::texts(&self.depends_on)),
            ("status", self.status.clone().into()),
        ])
    }
}

impl DataRow {
    fn value(&self) -> Value {
        Value::map([
            ("id", Value::from(self.id.as_str())),
            ("size_mb", self.size_mb.into()),
            ("home", self.home.clone().into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::snapshot::{READABLE, to_yaml};

    #[test]
    fn a_fragment_is_sorted_and_says_only_what_is_known() {
        let mut b = AgentRow { id: "b".into(), kind: Some("coder".into()), ..AgentRow::default() };
        b.capabilities = [("code".to_owned(), None), ("test".to_owned(), Some(0.5))].into();
        b.figures.insert("slots", 2.0);
        let a = AgentRow { id: "a".into(), metrics: Metrics { p50: Some(120.0), ..Metrics::default() }, ..b.clone() };
        let overlay = AgentRow { id: "c".into(), metrics: a.metrics, ..AgentRow::default() };
        let depends_on = vec![DependencyRow { task: "s".into(), data_mb: 2.5 }];
        let task = TaskRow { id: "t".into(), duration: Some(90.0), depends_on, ..TaskRow::default() };
        let fragment =
            Fragment { agents: vec![b, a], tasks: vec![task], overlay: vec![overlay], ..Fragment::default() };
        let text = "\
version: 1
agents:
  - id: a
    type: coder
    capabilities: {code: 1, test: 0.5}
    slots: 2
    performance_metrics: {response_time_ms: {p50: 120}}
  - {id: b, type: coder, capabilities: {code: 1, test: 0.5}, slots: 2}
tasks:
  - {id: t, duration: 90, depends_on: [{task: s, data_mb: 2.5}]}
overlay:
  agents: {c: {performance_metrics: {response_time_ms: {p50: 120}}}}
";
        assert_eq!(to_yaml(&fragment.document(), READABLE), text);
    }
}
