//! Puts the snapshot into its one order: names sorted and renumbered, every list by what it is about.

use super::names::Directory;
use crate::model::{DimIx, KindIx, Node, SkillIx, Snapshot, Task, Who, ZoneIx};

/// Where each number goes, by kind of name.
struct Places {
    skills: Vec<u32>,
    dims: Vec<u32>,
    kinds: Vec<u32>,
    zones: Vec<u32>,
}

impl Places {
    fn skills(&self, rows: &mut [(SkillIx, f64)]) {
        for (skill, _) in rows.iter_mut() {
            skill.0 = self.skills[skill.at()];
        }
        rows.sort_by_key(|(s, _)| *s);
    }

    fn dims(&self, rows: &mut [(DimIx, f64)]) {
        for (dim, _) in rows.iter_mut() {
            dim.0 = self.dims[dim.at()];
        }
        rows.sort_by_key(|(d, _)| *d);
    }

    fn kind(&self, kind: Option<KindIx>) -> Option<KindIx> {
        kind.map(|k| KindIx(self.kinds[k.at()]))
    }

    fn node(&self, node: Node) -> Node {
        match node {
            Node::Zone(z) => Node::Zone(ZoneIx(self.zones[z.at()])),
            agent @ Node::Agent(_) => agent,
        }
    }

    fn who(&self, rows: &mut Vec<Who>) {
        for who in rows.iter_mut() {
            who.kind = self.kind(who.kind);
        }
        rows.sort_unstable();
        rows.dedup();
    }
}

/// Sorts everything whose order means nothing.
pub fn sort(snapshot: &mut Snapshot, names: Directory) {
    let (skills, skill_places) = names.skills.into_inner().sorted();
    let (dims, dim_places) = names.dims.into_inner().sorted();
    let (kinds, kind_places) = names.kinds.into_inner().sorted();
    let (zones, zone_places) = names.zones.into_inner().sorted();
    snapshot.names = crate::model::Names { skills, dims, kinds, zones };
    let places = Places { skills: skill_places, dims: dim_places, kinds: kind_places, zones: zone_places };
    for agent in &mut snapshot.agents {
        places.skills(&mut agent.skills);
        places.dims(&mut agent.resources);
        places.dims(&mut agent.budget);
        agent.kind = places.kind(agent.kind);
        agent.zone = agent.zone.map(|z| ZoneIx(places.zones[z.at()]));
        sort_set(&mut agent.reads);
        sort_set(&mut agent.writes);
        agent.integration_points.sort_unstable();
        agent.depends_on.sort();
        agent.depends_on.dedup_by(|a, b| a.0 == b.0);
    }
    mirror(&mut snapshot.tasks, |t| &mut t.together);
    mirror(&mut snapshot.tasks, |t| &mut t.apart);
    for task in &mut snapshot.tasks {
        sort_task(task, &places);
    }
    sort_network(snapshot, &places);
    sort_state(snapshot);
}

fn sort_set<T: Ord>(set: &mut Vec<T>) {
    set.sort_unstable();
    set.dedup();
}

/// Makes a relation between tasks hold both ways.
fn mirror(tasks: &mut [Task], list: impl Fn(&mut Task) -> &mut Vec<crate::model::TaskIx>) {
    let mut pairs = Vec::new();
    for (i, task) in tasks.iter_mut().enumerate() {
        pairs.extend(list(task).iter().map(|other| (*other, crate::model::TaskIx::of(i))));
    }
    for (to, from) in pairs {
        list(&mut tasks[to.at()]).push(from);
    }
}

fn sort_task(task: &mut Task, places: &Places) {
    places.skills(&mut task.requires);
    places.dims(&mut task.demand);
    task.kind = places.kind(task.kind);
    if let Some(allowed) = &mut task.allowed {
        places.who(allowed);
    }
    places.who(&mut task.forbidden);
    task.uses.sort_by_key(|(r, _)| *r);
    sort_set(&mut task.reads);
    sort_set(&mut task.writes);
    sort_set(&mut task.together);
    sort_set(&mut task.apart);
    // Two entries for one predecessor are one: hard before soft, with the larger output.
    task.depends_on.sort_by(|a, b| (a.task, a.soft).cmp(&(b.task, b.soft)).then(b.data_mb.total_cmp(&a.data_mb)));
    task.depends_on.dedup_by_key(|d| d.task);
    task.missing.sort();
    task.missing.dedup_by(|a, b| a.0 == b.0);
    task.estimates_by_agent.sort_by_key(|(a, _)| *a);
    for (kind, _) in &mut task.estimates_by_kind {
        kind.0 = places.kinds[kind.at()];
    }
    task.estimates_by_kind.sort_by_key(|(k, _)| *k);
}

fn sort_network(snapshot: &mut Snapshot, places: &Places) {
    let network = &mut snapshot.network;
    for link in &mut network.links {
        link.from = places.node(link.from);
        link.to = places.node(link.to);
    }
    network.links.sort_by(|a, b| {
        (a.from, a.to, a.directed)
            .cmp(&(b.from, b.to, b.directed))
            .then(a.latency_ms.total_cmp(&b.latency_ms))
            .then(a.bandwidth_mbps.total_cmp(&b.bandwidth_mbps))
    });
    for set in &mut network.data {
        set.home = set.home.map(|h| places.node(h));
    }
    for service in &mut network.services {
        service.depends_on.sort();
        service.depends_on.dedup_by(|a, b| a.0 == b.0);
    }
}

/// Every field but the location takes part: what still is equal hashes the same in any order.
fn sort_state(snapshot: &mut Snapshot) {
    let state = &mut snapshot.state;
    state.running.sort_by(|a, b| (&a.task, a.agent, a.until).cmp(&(&b.task, b.agent, b.until)));
    for holds in [&mut state.allocations, &mut state.holds] {
        holds.sort_by(|a, b| {
            (a.resource, a.since, a.until, &a.holder, a.mode as u8)
                .cmp(&(b.resource, b.since, b.until, &b.holder, b.mode as u8))
                .then(a.amount.total_cmp(&b.amount))
        });
    }
    state.waits.sort_by(|a, b| {
        (&a.holder, &a.target, a.since, a.mode as u8)
            .cmp(&(&b.holder, &b.target, b.since, b.mode as u8))
            .then(a.amount.total_cmp(&b.amount))
    });
    state.directives.sort_by(|a, b| {
        let task = |d: &crate::model::Directive| d.priority.map(|p| p.0);
        let figures = |d: &crate::model::Directive| [d.weight, d.priority.map(|p| p.1)].map(|x| x.unwrap_or(-1.0));
        let ([w, p], [v, q]) = (figures(a), figures(b));
        (&a.stakeholder, &a.order, task(a))
            .cmp(&(&b.stakeholder, &b.order, task(b)))
            .then(w.total_cmp(&v))
            .then(p.total_cmp(&q))
    });
    state
        .objectives
        .sort_by(|a, b| (a.agent, &a.metric).cmp(&(b.agent, &b.metric)).then(a.target.total_cmp(&b.target)));
    state.accesses.sort_by(|a, b| {
        (a.data, a.from, a.until, &a.holder, a.mode as u8, a.version).cmp(&(
            b.data,
            b.from,
            b.until,
            &b.holder,
            b.mode as u8,
            b.version,
        ))
    });
    snapshot.history.sort_by(|a, b| {
        (&a.agent, &a.metric, a.time).cmp(&(&b.agent, &b.metric, b.time)).then(a.value.total_cmp(&b.value))
    });
}
