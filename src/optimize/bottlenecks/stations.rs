//! Groups of agents that alone can do some of the work: one agent, the holders of a capability, a type.
//!
//! For a group, the work that only its agents can do over the rate of its slots bounds the makespan from below
//! (fractional assignment to uniform machines); the load that only they can hold over their capacity says what finds
//! no place. Groups are the sets of eligible agents that the batch has, the holders of each capability and the types:
//! O(groups · classes · agents / 64).

use std::collections::{BTreeMap, BTreeSet};

use super::{Bottleneck, MAX_IDS, Relief};
use crate::{
    model::{AgentIx, SkillIx, TaskIx},
    optimize::{opportunities::slots, scene::Scene},
    report::{clock, number as text, plural},
};

/// Most groups that are looked at, the smallest first.
const MAX_GROUPS: usize = 2_000;
/// Most groups that are told.
const MAX_TOLD: usize = 20;

/// Agents as bits.
type Set = Vec<u64>;

/// What a class of tasks asks of its agents.
#[derive(Default)]
struct Class {
    set: Set,
    tasks: Vec<TaskIx>,
    /// Σ nominal duration, ms; the least processing where estimates or data stand over the formula.
    nominal: f64,
    fixed: f64,
    load: f64,
}

/// Groups by what they must do.
pub fn find(scene: &Scene<'_>) -> Vec<Bottleneck> {
    let classes = classes(scene);
    let mut groups: Vec<Set> = classes.iter().map(|c| c.set.clone()).chain(kinds(scene)).collect();
    groups.sort_by_key(|g| (size(g), g.clone()));
    groups.dedup();
    groups.truncate(MAX_GROUPS);
    let mut found: Vec<(f64, f64, Set, Vec<usize>)> = Vec::new();
    let mut known: BTreeSet<Set> = BTreeSet::new();
    for group in groups {
        let inside: Vec<usize> = (0..classes.len()).filter(|c| within(&classes[*c].set, &group)).collect();
        // Agents that none of this work can use are no part of what is short.
        let group = union(inside.iter().map(|c| &classes[*c].set), group.len());
        if !inside.is_empty() && known.insert(group.clone()) {
            let (bound, over) = demand(scene, &classes, &group, &inside);
            found.push((over, bound, group, inside));
        }
    }
    // Of groups that bind as much, the smallest says it best.
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)).then(size(&a.2).cmp(&size(&b.2))));
    found.truncate(MAX_TOLD);
    found.into_iter().map(|(over, bound, group, inside)| tell(scene, &classes, &group, &inside, bound, over)).collect()
}

fn classes(scene: &Scene<'_>) -> Vec<Class> {
    let s = scene.snapshot();
    let words = s.agents.len().div_ceil(64);
    let mut out: Vec<Class> = (0..scene.q.classes()).map(|_| Class::default()).collect();
    for t in s.task_ixs() {
        let task = s.task(t);
        let class = &mut out[scene.q.class(t) as usize];
        if class.set.is_empty() {
            class.set = vec![0; words];
            scene
                .q
                .members(scene.q.class(t))
                .iter()
                .for_each(|m| class.set[m.agent.at() / 64] |= 1 << (m.agent.at() % 64));
        }
        class.tasks.push(t);
        class.load += task.estimated_load;
        if scene.q.is_plain(t) {
            class.nominal += task.duration_ms;
        } else {
            class.fixed += scene.q.offers(t).map(|o| o.processing).min().unwrap_or(0) as f64;
        }
    }
    out.retain(|c| size(&c.set) > 0);
    out
}

/// The agents of each type that take tasks.
fn kinds(scene: &Scene<'_>) -> Vec<Set> {
    let s = scene.snapshot();
    let mut out: BTreeMap<u32, Set> = BTreeMap::new();
    for (i, agent) in s.agents.iter().enumerate().filter(|(_, a)| a.status.takes_tasks()) {
        if let Some(kind) = agent.kind {
            out.entry(kind.0).or_insert_with(|| vec![0; s.agents.len().div_ceil(64)])[i / 64] |= 1 << (i % 64);
        }
    }
    out.into_values().collect()
}

fn union<'s>(sets: impl Iterator<Item = &'s Set>, words: usize) -> Set {
    let mut out = vec![0; words];
    for set in sets {
        out.iter_mut().zip(set).for_each(|(a, b)| *a |= b);
    }
    out
}

fn size(set: &Set) -> u32 {
    set.iter().map(|w| w.count_ones()).sum()
}

fn within(inner: &Set, outer: &Set) -> bool {
    inner.iter().zip(outer).all(|(a, b)| a & !b == 0)
}

fn members(set: &Set) -> Vec<AgentIx> {
    let bits = set.iter().enumerate();
    bits.flat_map(|(w, bits)| (0..64).filter(move |b| bits >> b & 1 == 1).map(move |b| AgentIx::of(64 * w + b)))
        .collect()
}

/// Seconds that the group needs at least, and load that it cannot hold.
fn demand(scene: &Scene<'_>, classes: &[Class], group: &Set, inside: &[usize]) -> (f64, f64) {
    let s = scene.snapshot();
    // Of an agent's divisors the greatest: no class is faster there.
    let mut rate: BTreeMap<AgentIx, f64> = BTreeMap::new();
    let (mut nominal, mut fixed, mut load) = (0.0, 0.0, 0.0);
    for class in inside.iter().map(|c| &classes[*c]) {
        nominal += class.nominal;
        fixed += class.fixed;
        load += class.load;
        for m in scene.q.members(scene.q.class(class.tasks[0])) {
            let own = m.divisor * scene.q.tariff(m.agent).succeeds;
            let known = rate.entry(m.agent).or_insert(0.0);
            *known = known.max(own);
        }
    }
    let slots = |a: &AgentIx| f64::from(s.agent(*a).slots.max(1));
    let all: f64 = rate.iter().map(|(a, r)| slots(a) * r).sum();
    let wide: f64 = rate.keys().map(slots).sum();
    let bound = if all > 0.0 { nominal / all } else { 0.0 } + if wide > 0.0 { fixed / wide } else { 0.0 };
    let room: Option<f64> =
        members(group).iter().map(|a| s.agent(*a).capacity.map(|c| (c - s.agent(*a).current_load).max(0.0))).sum();
    (bound / 1000.0, room.map_or(0.0, |room| (load - room).max(0.0)))
}

fn tell(scene: &Scene<'_>, classes: &[Class], group: &Set, inside: &[usize], bound: f64, over: f64) -> Bottleneck {
    let s = scene.snapshot();
    let agents = members(group);
    let mut tasks: Vec<TaskIx> = inside.iter().flat_map(|c| classes[*c].tasks.iter().copied()).collect();
    tasks.sort_unstable();
    let kind = s.agent(agents[0]).kind.filter(|k| agents.iter().all(|a| s.agent(*a).kind == Some(*k)));
    let live = |a: &&crate::model::Agent| a.status.takes_tasks();
    let whole =
        kind.is_some_and(|k| s.agents.iter().filter(live).filter(|a| a.kind == Some(k)).count() == agents.len());
    let skill = capability(scene, group, &tasks);
    let load: f64 = inside.iter().map(|c| classes[*c].load).sum();
    let mut out = Bottleneck {
        kind: name(scene, &agents, &tasks, whole, skill.is_some()),
        agents: agents.iter().map(|a| scene.agent(*a)).collect(),
        agent_type: kind.map(|k| s.names.kinds[k.at()].clone()),
        capability: skill.map(|k| s.names.skills[k.at()].clone()),
        tasks: tasks.iter().take(MAX_IDS).map(|t| scene.task(*t)).collect(),
        bound,
        ..Bottleneck::default()
    };
    let slots: f64 = agents.iter().map(|a| f64::from(s.agent(*a).slots)).sum();
    let placed = tasks.iter().filter(|t| scene.plan.placements[t.at()].is_some()).count();
    let left: f64 = tasks.iter().filter(|t| scene.plan.placements[t.at()].is_none()).map(|t| s.task(*t).priority).sum();
    if over > 0.0 {
        out.unplaced_priority = left.min(over / load.max(f64::MIN_POSITIVE) * left.max(f64::MIN_POSITIVE));
    }
    let idle = 1.0 - agents.iter().map(|a| scene.busy(*a)).sum::<f64>() / agents.len() as f64;
    out.evidence.extend([
        ("tasks", tasks.len() as f64),
        ("agents", agents.len() as f64),
        ("slots", slots),
        ("load", load),
        ("placed", placed as f64),
        ("idle_share", idle),
        ("throughput_bound_per_hour", if bound > 0.0 { 3600.0 * tasks.len() as f64 / bound } else { 0.0 }),
    ]);
    out.message = message(&out, agents.len(), tasks.len(), slots, over);
    out.relief = slots::raise(scene, &agents, 1)
        .map(|change| Relief { unit: format!("one more slot on {}", plural(agents.len(), "agent")), change });
    out
}

fn message(b: &Bottleneck, agents: usize, tasks: usize, slots: f64, over: f64) -> String {
    let who = match (&b.agent_type, agents) {
        (_, 1) => format!("only `{}`", b.agents[0]),
        (Some(kind), n) => format!("only {n} agents of type `{kind}`"),
        (None, n) => format!("only {n} agents"),
    };
    let what = b.capability.as_ref().map_or_else(String::new, |c| format!(" that ask for `{c}`"));
    let room = if over > 0.0 { format!("; {} of their load has no room", text(over, 2)) } else { String::new() };
    let wide = plural(slots as usize, "slot");
    let work = plural(tasks, "task");
    format!("{who} can do {work}{what}: with {wide} that takes {} at least{room}", clock(b.bound))
}

/// What a group's shortage is called.
fn name(scene: &Scene<'_>, agents: &[AgentIx], tasks: &[TaskIx], whole: bool, skilled: bool) -> &'static str {
    let s = scene.snapshot();
    if let [one] = agents {
        let pinned = tasks.iter().filter(|t| s.task(**t).pinned == Some(*one)).count();
        return if 2 * pinned >= tasks.len() || !skilled { "single_slow_agent" } else { "scarce_skill" };
    }
    if !whole {
        return "scarce_skill";
    }
    let mut others: Vec<u32> = s
        .agent_ixs()
        .filter(|a| s.agent(*a).status.takes_tasks() && agents.binary_search(a).is_err())
        .map(|a| s.agent(a).slots)
        .collect();
    others.sort_unstable();
    let usual = others.get(others.len() / 2).copied().unwrap_or(1);
    if agents.iter().all(|a| s.agent(*a).slots < usual) { "low_slots" } else { "overloaded_type" }
}

/// The capability that the group's tasks ask for and that its agents alone have, where there is one.
fn capability(scene: &Scene<'_>, group: &Set, tasks: &[TaskIx]) -> Option<SkillIx> {
    let s = scene.snapshot();
    let mut asked: BTreeMap<SkillIx, usize> = BTreeMap::new();
    tasks.iter().flat_map(|t| &s.task(*t).requires).for_each(|(k, _)| *asked.entry(*k).or_default() += 1);
    let inside = |a: AgentIx| group[a.at() / 64] >> (a.at() % 64) & 1 == 1;
    let has = |a: AgentIx, k: SkillIx| s.agent(a).skills.binary_search_by_key(&k, |x| x.0).is_ok();
    let own = |k: SkillIx| s.agent_ixs().all(|a| inside(a) || !s.agent(a).status.takes_tasks() || !has(a, k));
    let mut best: Option<(usize, SkillIx)> = None;
    for (k, n) in asked {
        if own(k) && best.is_none_or(|b| n > b.0) {
            best = Some((n, k));
        }
    }
    best.filter(|(n, _)| 2 * n >= tasks.len()).map(|b| b.1)
}
