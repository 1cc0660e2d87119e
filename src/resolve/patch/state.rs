//! Changes of rows of the state.

use serde_json::{Value, json};

use super::{
    super::apply::{Origins, Rows},
    diff::Differ,
};
use crate::{
    input::document::Section,
    model::{Hold, HoldMode, Ms, NEVER, Snapshot, seconds},
    patch::{Op, number},
};

/// Rows that changed, went or came.
pub fn state(d: &mut Differ<'_>, origins: &Origins) {
    claims(d, Section::Allocations, &origins.allocations);
    claims(d, Section::Holds, &origins.holds);
    d.rows(Section::Waits, d.before.state.waits.len(), &origins.waits);
    running(d);
    directives(d, &origins.directives);
    objectives(d, &origins.objectives);
    accesses(d, &origins.accesses);
}

fn claims(d: &mut Differ<'_>, section: Section, origins: &Rows) {
    let list = |s: &Snapshot| -> Vec<Hold> {
        if section == Section::Holds { s.state.holds.clone() } else { s.state.allocations.clone() }
    };
    let (old, new) = (list(d.before), list(d.after));
    d.rows(section, old.len(), origins);
    let mode = |h: &Hold| Value::from(if h.mode == HoldMode::Exclusive { "exclusive" } else { "shared" });
    let end = |at: Value, until: Ms| (until < NEVER).then_some(at);
    for (h, origin) in new.iter().zip(origins) {
        let resource = || Value::String(d.after.network.resources[h.resource.at()].id.clone());
        let Some(o) = origin.map(|o| o as usize) else {
            let mut row = json!({
                "holder": h.holder, "resource": resource(), "amount": number(h.amount),
                "since": number(seconds(h.since)), "mode": mode(h),
            });
            if let (Value::Object(fields), true) = (&mut row, h.until < NEVER) {
                fields.insert("until".into(), number(seconds(h.until)));
            }
            let path = format!("/{}/-", section.keys().join("/"));
            d.new.push(Op::Add { path, value: row });
            continue;
        };
        let was = &old[o];
        if was.resource != h.resource {
            let value = resource();
            d.set(section, o, "resource", Some(value));
        }
        if was.amount != h.amount {
            d.set(section, o, "amount", Some(number(h.amount)));
        }
        if was.since != h.since {
            let at = d.moment(section, o, "since", h.since);
            d.set(section, o, "since", Some(at));
        }
        if was.until != h.until {
            let at = d.moment(section, o, "until", h.until);
            d.set(section, o, "until", end(at, h.until));
        }
        if was.mode != h.mode {
            d.set(section, o, "mode", Some(mode(h)));
        }
    }
}

fn running(d: &mut Differ<'_>) {
    let (before, after) = (d.before, d.after);
    for (i, (old, new)) in before.state.running.iter().zip(&after.state.running).enumerate() {
        if old.agent != new.agent {
            let id = after.agent(new.agent).id.clone();
            d.set(Section::Running, i, "agent", Some(Value::String(id)));
        }
    }
}

fn directives(d: &mut Differ<'_>, origins: &Rows) {
    let (before, after) = (d.before, d.after);
    d.rows(Section::Directives, before.state.directives.len(), origins);
    for (x, o) in after.state.directives.iter().zip(origins).filter_map(|(x, o)| Some((x, (*o)? as usize))) {
        let was = &before.state.directives[o];
        if was.order != x.order {
            let ids = x.order.iter().map(|t| Value::String(after.task(*t).id.clone())).collect();
            d.set(Section::Directives, o, "order", Some(Value::Array(ids)));
        }
        if was.priority != x.priority {
            d.set(Section::Directives, o, "priority", x.priority.map(|p| number(p.1)));
        }
    }
}

fn objectives(d: &mut Differ<'_>, origins: &Rows) {
    let (before, after) = (&d.before.state, &d.after.state);
    d.rows(Section::Objectives, before.objectives.len(), origins);
    for (g, o) in after.objectives.iter().zip(origins).filter_map(|(g, o)| Some((g, (*o)? as usize))) {
        if before.objectives[o].target != g.target {
            d.set(Section::Objectives, o, "target", Some(number(g.target)));
        }
    }
}

fn accesses(d: &mut Differ<'_>, origins: &Rows) {
    let (before, after) = (&d.before.state, &d.after.state);
    d.rows(Section::Accesses, before.accesses.len(), origins);
    for (a, o) in after.accesses.iter().zip(origins).filter_map(|(a, o)| Some((a, (*o)? as usize))) {
        let was = &before.accesses[o];
        if was.from != a.from {
            let at = d.moment(Section::Accesses, o, "from", a.from);
            d.set(Section::Accesses, o, "from", Some(at));
        }
        if was.until != a.until {
            let at = d.moment(Section::Accesses, o, "until", a.until);
            d.set(Section::Accesses, o, "until", (a.until < NEVER).then_some(at));
        }
        if was.version != a.version {
            d.set(Section::Accesses, o, "version", a.version.map(Value::from));
        }
    }
}
