//! Who calls whom, and who says to need whom: the edges between agents and services.

use std::collections::BTreeMap;

use super::{
    clock::Clock,
    feeds::Feed,
    figures::too_old,
    fleet::{Fleet, Kind, Origin},
};
use crate::{
    input::observe::{Calls, Fact, Latency, Place, redact},
    model::Ms,
};

/// Calls from one to another, as one source saw them, added up.
#[derive(Debug)]
pub struct Edge<'g> {
    /// The caller, by position in the fleet.
    pub from: usize,
    /// The called one.
    pub to: usize,
    /// The source.
    pub feed: usize,
    /// How many.
    pub calls: f64,
    /// How many failed, where known of any.
    pub errors: Option<f64>,
    /// Response times with the calls behind them.
    pub latencies: Vec<(&'g Latency, f64)>,
    /// MB moved, where known.
    pub data_mb: Option<f64>,
    /// The latest.
    pub last: Option<Ms>,
    /// Where the first of them stands.
    pub place: &'g Place,
}

/// A stated need.
#[derive(Debug, Clone, Copy)]
pub struct Need<'g> {
    /// Who needs.
    pub from: usize,
    /// Who is needed.
    pub to: usize,
    /// The source.
    pub feed: usize,
    /// Where it stands.
    pub place: &'g Place,
    /// True where nobody but this one speaks of the needed one.
    pub unknown: bool,
}

/// Edges of both sorts.
#[derive(Debug, Default)]
pub struct Edges<'g> {
    /// By caller, called one and source.
    pub calls: Vec<Edge<'g>>,
    /// By who needs and who is needed.
    pub needs: Vec<Need<'g>>,
}

/// Resolves what is called and needed; what nobody else names is a service.
pub fn edges<'g>(fleet: &mut Fleet<'g>, feeds: &[Feed<'g>], clock: &Clock) -> Edges<'g> {
    let mut calls: BTreeMap<(usize, usize, usize), Edge<'g>> = BTreeMap::new();
    let mut needs: BTreeMap<(usize, usize), Need<'g>> = BTreeMap::new();
    let known = fleet.entities.len();
    for from in 0..known {
        for record in fleet.entities[from].records.clone() {
            let feed = &feeds[record.feed];
            for said in &record.observation.facts {
                let (name, address, call) = match &said.fact {
                    Fact::Calls(c) => (&c.to, false, Some(c)),
                    Fact::DependsOn(name) => (name, false, None),
                    Fact::RequiresService(name) => (name, true, None),
                    _ => continue,
                };
                let last = call.and_then(|c| c.last).or(record.observation.time).and_then(|m| clock.ms(m));
                if call.is_some() && too_old(last, feed.rules.window_ms) {
                    continue;
                }
                let found = if address { fleet.resolve_address(feed, name) } else { fleet.resolve(feed, name) };
                let to = found.unwrap_or_else(|| {
                    fleet.create(service_id(name, address), Kind::Service, Origin::Seen, record.feed)
                });
                if to == from {
                    continue;
                }
                if let Some(call) = call {
                    let key = (from, to, record.feed);
                    let edge = calls.entry(key).or_insert_with(|| Edge::new(key, &said.place));
                    edge.add(call, last);
                } else {
                    let need = Need { from, to, feed: record.feed, place: &said.place, unknown: to >= known };
                    needs.entry((from, to)).or_insert(need);
                }
            }
        }
    }
    Edges { calls: calls.into_values().collect(), needs: needs.into_values().collect() }
}

/// What an unknown service is called: by its name, or by the host of its address, which several addresses may share.
fn service_id(name: &str, address: bool) -> String {
    if !address || !name.contains("://") {
        return name.to_owned();
    }
    let host = redact::host(name);
    let bare = host.rsplit_once(':').map_or(host, |(bare, _)| bare);
    let number = bare.starts_with('[') || bare.chars().all(|c| c.is_ascii_digit() || c == '.');
    let own = if number || bare == "localhost" { host } else { bare };
    if own.is_empty() { name.to_owned() } else { own.to_owned() }
}

impl<'g> Edge<'g> {
    fn new((from, to, feed): (usize, usize, usize), place: &'g Place) -> Self {
        Self { from, to, feed, calls: 0.0, errors: None, latencies: Vec::new(), data_mb: None, last: None, place }
    }

    fn add(&mut self, call: &'g Calls, last: Option<Ms>) {
        self.calls += call.calls;
        let sum = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(|x, y| x + y);
        self.errors = sum(self.errors, call.errors);
        self.data_mb = sum(self.data_mb, call.data_mb);
        self.last = self.last.max(last);
        let l = &call.latency;
        if l.p50.is_some() || l.p95.is_some() || l.p99.is_some() || !l.samples.is_empty() {
            self.latencies.push((l, call.calls));
        }
    }
}
