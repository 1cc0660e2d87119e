//! `agents[]`.

use super::super::{
    fields::Fields,
    path::Path,
    scalars::Range,
    sources::Pos,
    tree::{Kind, Node},
    values::{Context, Text},
};
use crate::model::{Agent, AgentStatus, DimIx, Ms, PerformanceMetrics, ResponseTime, SkillIx, down, up};

const STATUSES: &[(&str, AgentStatus)] = &[
    ("active", AgentStatus::Active),
    ("idle", AgentStatus::Idle),
    ("busy", AgentStatus::Busy),
    ("draining", AgentStatus::Draining),
    ("offline", AgentStatus::Offline),
    ("failed", AgentStatus::Failed),
];

/// Where the fields of an agent stand that checks speak of.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgentPlaces {
    /// Position in the merged list.
    pub index: u32,
    /// `budget`.
    pub budget: Pos,
    /// `performance_metrics`.
    pub metrics: Pos,
}

/// Reads one agent.
pub fn read<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<(Agent, AgentPlaces)> {
    let location = cx.location(node.at);
    let mut f = Fields::open(cx, node, path)?;
    let places = AgentPlaces { index: 0, budget: f.place("budget"), metrics: f.place("performance_metrics") };
    let id = f.required_name("id");
    let agent = Agent {
        kind: f.name("type").map(|t| cx.names.kind(&t.value)),
        skills: skills(cx, &f.shares("capabilities", 1.0, Range::SHARE)),
        status: f.word("status", STATUSES).unwrap_or_default(),
        capacity: f.number("capacity", Range::AMOUNT),
        current_load: f.number("current_load", Range::AMOUNT).unwrap_or(0.0),
        slots: f.whole("slots", Range::SLOTS).map_or(1, |n| n as u32),
        resources: dims(cx, &f.amounts("resources")),
        budget: dims(cx, &f.amounts("budget")),
        max_tasks: f.whole("max_tasks", Range::COUNT).map(|n| n as u32),
        speed: f.number("speed", Range::SPEED).unwrap_or(1.0),
        cost_per_task: f.number("cost_per_task", Range::AMOUNT).unwrap_or(0.0),
        cost_per_load: f.number("cost_per_load", Range::AMOUNT).unwrap_or(0.0),
        cost_per_hour: f.number("cost_per_hour", Range::AMOUNT).unwrap_or(0.0),
        cost_fixed: f.number("cost_fixed", Range::AMOUNT).unwrap_or(0.0),
        zone: f.name("zone").map(|z| cx.names.zone(&z.value)),
        available_from: f.moment("available_from").map_or(0, |m| up(m.value).max(0)),
        windows: windows(&mut f),
        metrics: f
            .take("performance_metrics")
            .map(|n| metrics(cx, n, &path.field("performance_metrics")))
            .unwrap_or_default(),
        resource_requirements: f.labels("resource_requirements"),
        integration_points: f.list("integration_points", Context::loose_text).into_iter().map(owned).collect(),
        depends_on: needs(&mut f),
        reads: f.list("reads", |cx, node, path| cx.find_data(&cx.name(node, path)?, path)),
        writes: f.list("writes", |cx, node, path| cx.find_data(&cx.name(node, path)?, path)),
        labels: f.labels("labels"),
        id: id.map(owned).unwrap_or_default(),
        location,
    };
    f.finish();
    Some((agent, places))
}

/// The text without its place.
pub fn owned(text: Text<'_>) -> String {
    text.value.into_owned()
}

/// Numbers of capabilities.
pub fn skills(cx: &Context<'_, '_>, rows: &[(Text<'_>, f64)]) -> Vec<(SkillIx, f64)> {
    rows.iter().map(|(name, share)| (cx.names.skill(&name.value), *share)).collect()
}

/// Numbers of dimensions.
pub fn dims(cx: &Context<'_, '_>, rows: &[(Text<'_>, f64)]) -> Vec<(DimIx, f64)> {
    rows.iter().map(|(name, amount)| (cx.names.dim(&name.value), *amount)).collect()
}

/// `depends_on` of agents and services: ids of agents or services, kept as written.
pub fn needs(f: &mut Fields<'_, '_, '_>) -> Vec<(String, crate::model::Location)> {
    f.list("depends_on", |cx, node, path| {
        let name = cx.name(node, path)?;
        cx.expect_agent_or_service(&name, path);
        let location = cx.location(name.at);
        Some((owned(name), location))
    })
}

fn windows(f: &mut Fields<'_, '_, '_>) -> Vec<(Ms, Ms)> {
    let mut out = f.list("available", |cx, node, path| {
        let span = node.span(cx.sources());
        let ends = match node.kind {
            Kind::List(ends) if ends.len() == 2 => ends,
            _ => {
                let message = "expected a window [from, until]";
                cx.problems.add(&super::super::codes::WRONG_TYPE, span, path, message);
                return None;
            }
        };
        let mut ends = ends.into_iter().enumerate().map(|(i, end)| cx.moment(&end, &path.item(i)).map(|m| m.value));
        let (from, until) = (ends.next()??, ends.next()??);
        if until < from {
            cx.problems.add(&super::super::codes::REVERSED_WINDOW, span, path, "the window ends before it begins");
            return None;
        }
        Some((up(from), down(until)))
    });
    out.sort_unstable();
    out
}

fn metrics<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> PerformanceMetrics {
    let Some(mut f) = Fields::open(cx, node, path) else { return PerformanceMetrics::default() };
    let out = PerformanceMetrics {
        response_time_ms: f
            .take("response_time_ms")
            .and_then(|n| response_time(cx, n, &path.field("response_time_ms"))),
        throughput_per_min: f.number("throughput_per_min", Range::AMOUNT),
        error_rate: f.number("error_rate", Range::RATE),
        availability: f.number("availability", Range::SHARE),
    };
    f.finish();
    out
}

/// Quantiles, a list of samples, or one number that stands for the median.
fn response_time<'t>(cx: &Context<'_, 't>, node: Node<'t>, path: &Path<'_>) -> Option<ResponseTime> {
    match node.kind {
        Kind::Number(_) => {
            Some(ResponseTime { p50: Some(cx.number(&node, path, Range::AMOUNT)?), ..ResponseTime::default() })
        }
        Kind::List(items) => {
            let samples = items.iter().enumerate().filter_map(|(i, n)| cx.number(n, &path.item(i), Range::AMOUNT));
            Some(ResponseTime { samples: samples.collect(), ..ResponseTime::default() })
        }
        _ => {
            let mut f = Fields::open(cx, node, path)?;
            let out = ResponseTime {
                p50: f.number("p50", Range::AMOUNT),
                p95: f.number("p95", Range::AMOUNT),
                p99: f.number("p99", Range::AMOUNT),
                samples: f.list("samples", |cx, node, path| cx.number(&node, path, Range::AMOUNT)),
            };
            f.finish();
            Some(out)
        }
    }
}
