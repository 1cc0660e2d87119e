//! What the network says that cannot be meant.

use std::collections::{BTreeMap, BTreeSet};

use super::Subject;
use crate::input::codes;

/// A link end or a home that is neither an agent nor a zone that anything else is in.
pub fn check_orch036_lonely_zone(subject: &Subject<'_, '_>) {
    let snapshot = subject.snapshot();
    let zones: BTreeSet<&str> =
        snapshot.agents.iter().filter_map(|a| a.zone).map(|z| snapshot.names.zones[z.at()].as_str()).collect();
    let known = |name: &str| zones.contains(name) || snapshot.find_agent(name).is_some();
    let mut ends: BTreeMap<&str, u32> = BTreeMap::new();
    for row in &subject.built.links {
        for end in &row.ends {
            *ends.entry(&end.value).or_default() += 1;
        }
    }
    let tell = |at, place, name: &str| {
        let message = format!("`{name}` is no agent, and nothing else is in such a zone");
        subject.tell(&codes::LONELY_ZONE, at, place, message);
    };
    for row in &subject.built.links {
        for (end, field) in row.ends.iter().zip(["from", "to"]) {
            if !known(&end.value) && ends[&*end.value] == 1 {
                tell(end.at, ("network.links", row.index, field), &end.value);
            }
        }
    }
    for (index, home) in &subject.built.homes {
        if !known(&home.value) && !ends.contains_key(&*home.value) {
            tell(home.at, ("network.data", *index, "home"), &home.value);
        }
    }
}

/// A link over which nothing can move.
pub fn check_orch042_zero_bandwidth(subject: &Subject<'_, '_>) {
    for row in subject.built.links.iter().filter(|row| row.link.bandwidth_mbps == 0.0) {
        let message = format!("the link from `{}` to `{}` has no bandwidth", row.ends[0].value, row.ends[1].value);
        subject.tell(&codes::ZERO_BANDWIDTH, row.bandwidth, ("network.links", row.index, "bandwidth_mbps"), message);
    }
}

/// A shared resource that limits nothing.
pub fn check_orch044_no_limit(subject: &Subject<'_, '_>) {
    for (resource, place) in subject.snapshot().network.resources.iter().zip(&subject.built.resources) {
        if resource.capacity.is_none() && resource.budget.is_none() {
            let message = format!("the resource `{}` has neither capacity nor budget", resource.id);
            subject.tell(&codes::NO_LIMIT, place.at, ("network.resources", place.index, ""), message);
        }
    }
}

/// A rate without an amount.
pub fn check_orch053_per_without_capacity(subject: &Subject<'_, '_>) {
    for (resource, place) in subject.snapshot().network.resources.iter().zip(&subject.built.resources) {
        if resource.per.is_some() && resource.capacity.is_none() && resource.budget.is_some() {
            let message = format!("the resource `{}` has `per` but no capacity", resource.id);
            subject.tell(&codes::PER_WITHOUT_CAPACITY, place.at, ("network.resources", place.index, "per"), message);
        }
    }
}
