//! Input facts that can stand in the way of a task, and how the snapshot looks without one of them.

use super::places::Places;
use crate::{
    input::document::Section,
    model::{
        AgentIx, AgentStatus, DataIx, Dependency, DimIx, Ms, ResourceIx, SkillIx, Snapshot, State, TaskIx, seconds,
    },
    report::{Place, clock, number},
};

/// Agents up to which each agent's facts are taken one by one; beyond, alike facts are one.
const FEW: usize = 32;

/// Ids that one sentence lists.
const NAMED: usize = 4;

/// A fact of the input. Agents are several where alike facts are taken as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The task is due.
    Deadline(TaskIx),
    /// The task takes time.
    Duration(TaskIx),
    /// The task may not start sooner.
    Release(TaskIx),
    /// The task waits for another.
    Depends(TaskIx, TaskIx),
    /// The task asks for a capability.
    Requires(TaskIx, SkillIx),
    /// The task may run on one agent only.
    Pinned(TaskIx),
    /// The task may run on listed agents only.
    Allowed(TaskIx),
    /// The task may not run on listed agents.
    Forbidden(TaskIx),
    /// The task is a load.
    Load(TaskIx),
    /// The task demands an amount of its agent.
    Demand(TaskIx, DimIx),
    /// The task uses a shared resource.
    Uses(TaskIx, ResourceIx),
    /// The task reads data.
    Reads(TaskIx, DataIx),
    /// The task shares its agent with another.
    Together(TaskIx, TaskIx),
    /// The task shares no agent with another.
    Apart(TaskIx, TaskIx),
    /// It runs already, on an agent.
    Runs(usize),
    /// Agents take no tasks.
    Status(Vec<AgentIx>, AgentStatusKey),
    /// Agents lack a capability, or have too little of it.
    Skill(Vec<AgentIx>, SkillIx),
    /// Agents hold at most so much.
    Capacity(Vec<AgentIx>),
    /// Agents have at most so many tasks.
    MaxTasks(Vec<AgentIx>),
    /// Agents offer at most so much of a dimension, or none.
    Dimension(Vec<AgentIx>, DimIx),
    /// Agents come later.
    From(Vec<AgentIx>),
    /// Agents are open at times only.
    Windows(Vec<AgentIx>),
    /// A shared resource is of some size.
    Shared(ResourceIx),
}

/// A status by its rank, so that facts have an order.
pub type AgentStatusKey = u8;

/// The tasks that a task's place depends on: itself, its companions, what they wait for.
pub fn closure(s: &Snapshot, t: TaskIx) -> Vec<TaskIx> {
    let mut beside = vec![Vec::new(); s.tasks.len()];
    for a in s.task_ixs() {
        for b in &s.task(a).together {
            beside[a.at()].push(*b);
            beside[b.at()].push(a);
        }
    }
    let (mut seen, mut open) = (vec![false; s.tasks.len()], vec![t]);
    while let Some(t) = open.pop() {
        if !std::mem::replace(&mut seen[t.at()], true) {
            open.extend(s.task(t).depends_on.iter().filter(|d| !d.soft).map(|d| d.task));
            open.extend(&beside[t.at()]);
        }
    }
    s.task_ixs().filter(|t| seen[t.at()]).collect()
}

/// The snapshot with these tasks alone, in order; indices of tasks are positions in the list.
pub fn focus(s: &Snapshot, tasks: &[TaskIx]) -> Snapshot {
    let new = |t: TaskIx| tasks.binary_search(&t).ok().map(TaskIx::of);
    let mut out = Snapshot { tasks: Vec::new(), history: Vec::new(), state: State::default(), ..s.clone() };
    for t in tasks {
        let mut task = s.task(*t).clone();
        let kept = |d: &Dependency| new(d.task).map(|task| Dependency { task, ..*d });
        task.depends_on = task.depends_on.iter().filter_map(kept).collect();
        task.together = task.together.iter().filter_map(|o| new(*o)).collect();
        task.apart = task.apart.iter().filter_map(|o| new(*o)).collect();
        out.tasks.push(task);
    }
    out.state.running.clone_from(&s.state.running);
    for row in &mut out.state.running {
        row.task_ix = row.task_ix.and_then(new);
    }
    out
}

/// Every fact that could stand in the way of the focused tasks, the tasks' own first.
pub fn all(s: &Snapshot) -> Vec<Fact> {
    let mut out = Vec::new();
    for t in s.task_ixs() {
        let task = s.task(t);
        out.extend(task.deadline.map(|_| Fact::Deadline(t)));
        out.extend(task.requires.iter().map(|r| Fact::Requires(t, r.0)));
        out.extend(task.pinned.map(|_| Fact::Pinned(t)));
        out.extend(task.allowed.as_ref().map(|_| Fact::Allowed(t)));
        out.extend((!task.forbidden.is_empty()).then_some(Fact::Forbidden(t)));
        out.extend(task.demand.iter().map(|d| Fact::Demand(t, d.0)));
        out.extend(task.uses.iter().map(|u| Fact::Uses(t, u.0)));
        out.extend(task.reads.iter().map(|d| Fact::Reads(t, *d)));
        out.extend(task.together.iter().filter(|o| **o != t).map(|o| Fact::Together(t, *o)));
        out.extend(task.apart.iter().map(|o| Fact::Apart(t, *o)));
        out.extend(task.depends_on.iter().filter(|d| !d.soft).map(|d| Fact::Depends(t, d.task)));
        out.extend((task.release > 0).then_some(Fact::Release(t)));
        out.push(Fact::Duration(t));
        out.push(Fact::Load(t));
    }
    out.extend((0..s.state.running.len()).filter(|i| s.state.running[*i].task_ix.is_some()).map(Fact::Runs));
    out.extend((0..s.network.resources.len()).map(|r| Fact::Shared(ResourceIx::of(r))));
    let mut own: Vec<Fact> = s.agent_ixs().flat_map(|a| of_agent(s, a)).collect();
    own.sort_by_key(|f| std::mem::discriminant(f) != std::mem::discriminant(&Fact::Status(Vec::new(), 0)));
    if s.agents.len() > FEW {
        own = alike(own);
    }
    out.extend(own);
    out
}

/// What an agent keeps tasks away by, as far as some task of the snapshot meets it.
fn of_agent(s: &Snapshot, a: AgentIx) -> Vec<Fact> {
    let agent = s.agent(a);
    let mut out = Vec::new();
    let one = || vec![a];
    if !agent.status.takes_tasks() {
        out.push(Fact::Status(one(), agent.status as u8));
    }
    let mut skills: Vec<SkillIx> = Vec::new();
    let mut dims: Vec<DimIx> = Vec::new();
    for task in &s.tasks {
        for (skill, least) in &task.requires {
            let has = agent.skills.iter().find(|k| k.0 == *skill).is_some_and(|k| k.1 >= *least);
            if !has && !skills.contains(skill) {
                skills.push(*skill);
            }
        }
        dims.extend(task.demand.iter().map(|d| d.0));
    }
    dims.sort_unstable();
    dims.dedup();
    skills.sort_unstable();
    out.extend(skills.into_iter().map(|k| Fact::Skill(one(), k)));
    out.extend(dims.into_iter().map(|d| Fact::Dimension(one(), d)));
    out.extend(agent.capacity.map(|_| Fact::Capacity(one())));
    out.extend(agent.max_tasks.map(|_| Fact::MaxTasks(one())));
    out.extend((!agent.windows.is_empty()).then(|| Fact::Windows(one())));
    out.extend((agent.available_from > 0).then(|| Fact::From(one())));
    out
}

/// The agents of a fact, if it is about agents.
fn agents(fact: &mut Fact) -> Option<&mut Vec<AgentIx>> {
    match fact {
        Fact::Status(a, _)
        | Fact::Skill(a, _)
        | Fact::Capacity(a)
        | Fact::MaxTasks(a)
        | Fact::Dimension(a, _)
        | Fact::From(a)
        | Fact::Windows(a) => Some(a),
        _ => None,
    }
}

/// Facts that differ in their agents alone, as one.
fn alike(facts: Vec<Fact>) -> Vec<Fact> {
    let mut out: std::collections::BTreeMap<Fact, Vec<AgentIx>> = std::collections::BTreeMap::new();
    for mut fact in facts {
        let own = agents(&mut fact).map(std::mem::take).unwrap_or_default();
        out.entry(fact).or_default().extend(own);
    }
    let back = |(mut fact, own): (Fact, Vec<AgentIx>)| {
        if let Some(list) = agents(&mut fact) {
            *list = own;
        }
        fact
    };
    out.into_iter().map(back).collect()
}

/// Takes a fact out of a snapshot.
pub fn without(s: &mut Snapshot, fact: &Fact) {
    let demanded = |s: &Snapshot, dim: DimIx| -> f64 {
        s.tasks.iter().flat_map(|t| &t.demand).filter(|d| d.0 == dim).map(|d| d.1).sum()
    };
    match fact {
        Fact::Deadline(t) => s.tasks[t.at()].deadline = None,
        Fact::Duration(t) => {
            let task = &mut s.tasks[t.at()];
            task.duration_ms = 0.0;
            task.estimates_by_agent.iter_mut().for_each(|e| e.1.duration_ms = e.1.duration_ms.map(|_| 0.0));
            task.estimates_by_kind.iter_mut().for_each(|e| e.1.duration_ms = e.1.duration_ms.map(|_| 0.0));
        }
        Fact::Load(t) => {
            let task = &mut s.tasks[t.at()];
            task.estimated_load = 0.0;
            task.estimates_by_agent.iter_mut().for_each(|e| e.1.load = e.1.load.map(|_| 0.0));
            task.estimates_by_kind.iter_mut().for_each(|e| e.1.load = e.1.load.map(|_| 0.0));
        }
        Fact::Release(t) => s.tasks[t.at()].release = 0,
        Fact::Depends(t, p) => s.tasks[t.at()].depends_on.retain(|d| d.soft || d.task != *p),
        Fact::Requires(t, k) => s.tasks[t.at()].requires.retain(|r| r.0 != *k),
        Fact::Pinned(t) => s.tasks[t.at()].pinned = None,
        Fact::Allowed(t) => s.tasks[t.at()].allowed = None,
        Fact::Forbidden(t) => s.tasks[t.at()].forbidden.clear(),
        Fact::Demand(t, dim) => s.tasks[t.at()].demand.retain(|d| d.0 != *dim),
        Fact::Uses(t, r) => s.tasks[t.at()].uses.retain(|u| u.0 != *r),
        Fact::Reads(t, d) => s.tasks[t.at()].reads.retain(|o| o != d),
        Fact::Together(t, o) => s.tasks[t.at()].together.retain(|x| x != o),
        Fact::Apart(t, o) => s.tasks[t.at()].apart.retain(|x| x != o),
        Fact::Runs(i) => s.state.running[*i].task_ix = None,
        Fact::Shared(r) => {
            let r = &mut s.network.resources[r.at()];
            (r.capacity, r.budget) = (None, None);
        }
        Fact::Status(list, _) => list.iter().for_each(|a| s.agents[a.at()].status = AgentStatus::Active),
        Fact::Skill(list, skill) => list.iter().for_each(|a| teach(s, *a, *skill)),
        Fact::Capacity(list) => list.iter().for_each(|a| s.agents[a.at()].capacity = None),
        Fact::MaxTasks(list) => list.iter().for_each(|a| s.agents[a.at()].max_tasks = None),
        Fact::From(list) => list.iter().for_each(|a| s.agents[a.at()].available_from = 0),
        Fact::Windows(list) => list.iter().for_each(|a| s.agents[a.at()].windows.clear()),
        Fact::Dimension(list, dim) => {
            let enough = demanded(s, *dim);
            for a in list {
                offer(s, *a, *dim, enough);
            }
        }
    }
}

/// Gives an agent a capability in full.
pub fn teach(s: &mut Snapshot, a: AgentIx, skill: SkillIx) {
    let skills = &mut s.agents[a.at()].skills;
    match skills.binary_search_by_key(&skill, |k| k.0) {
        Ok(at) => skills[at].1 = 1.0,
        Err(at) => skills.insert(at, (skill, 1.0)),
    }
}

/// Lets an agent offer at least so much of a dimension.
pub fn offer(s: &mut Snapshot, a: AgentIx, dim: DimIx, enough: f64) {
    let agent = &mut s.agents[a.at()];
    let known = agent.resources.iter_mut().chain(&mut agent.budget).find(|r| r.0 == dim);
    if let Some(row) = known {
        row.1 = row.1.max(enough);
    } else {
        let at = agent.resources.partition_point(|r| r.0 < dim);
        agent.resources.insert(at, (dim, enough));
    }
}

/// A moment as the reader sees it.
fn at(ms: Ms) -> String {
    clock(seconds(ms))
}

/// A fact in words, and where it stands. `s` is the focused snapshot, `tasks` its tasks in the whole one.
pub fn told(s: &Snapshot, tasks: &[TaskIx], places: &Places<'_>, fact: &Fact) -> (String, Option<Place>) {
    let id = |t: &TaskIx| format!("`{}`", s.task(*t).id);
    let of = |t: &TaskIx, field: &str| places.find(Section::Tasks, tasks[t.at()].at(), field);
    let skill = |k: &SkillIx| format!("`{}`", s.names.skills[k.at()]);
    let dim = |d: &DimIx| format!("`{}`", s.names.dims[d.at()]);
    let who = |list: &[AgentIx]| who(s, list);
    let on = |list: &[AgentIx], field: &str| list.first().and_then(|a| places.find(Section::Agents, a.at(), field));
    let s_of = |list: &[AgentIx]| if list.len() == 1 { "s" } else { "" };
    match fact {
        Fact::Deadline(t) => {
            (format!("{} is due at {}", id(t), at(s.task(*t).deadline.unwrap_or(0))), of(t, "deadline"))
        }
        Fact::Duration(t) => {
            (format!("{} takes {} at nominal speed", id(t), clock(s.task(*t).duration_ms / 1000.0)), of(t, "duration"))
        }
        Fact::Release(t) => (format!("{} is released at {}", id(t), at(s.task(*t).release)), of(t, "release")),
        Fact::Depends(t, p) => (format!("{} waits for {}", id(t), id(p)), of(t, "depends_on")),
        Fact::Requires(t, k) => {
            let least = s.task(*t).requires.iter().find(|r| r.0 == *k).map_or(0.0, |r| r.1);
            let least = if least > 0.0 { format!(" at {}", number(least, 3)) } else { String::new() };
            (format!("{} requires {}{least}", id(t), skill(k)), of(t, "requires"))
        }
        Fact::Pinned(t) => {
            let agent = s.task(*t).pinned.map_or("", |a| s.agent(a).id.as_str());
            (format!("{} is pinned to `{agent}`", id(t)), of(t, "pinned_agent"))
        }
        Fact::Allowed(t) => (format!("{} may run on its allowed agents only", id(t)), of(t, "allowed_agents")),
        Fact::Forbidden(t) => (format!("{} may not run on its forbidden agents", id(t)), of(t, "forbidden_agents")),
        Fact::Load(t) => {
            (format!("{} is a load of {}", id(t), number(s.task(*t).estimated_load, 3)), of(t, "estimated_load"))
        }
        Fact::Demand(t, d) => {
            let x = s.task(*t).demand.iter().find(|x| x.0 == *d).map_or(0.0, |x| x.1);
            (format!("{} demands {} of {}", id(t), number(x, 3), dim(d)), of(t, "demand"))
        }
        Fact::Uses(t, r) => {
            let x = s.task(*t).uses.iter().find(|x| x.0 == *r).map_or(0.0, |x| x.1);
            let resource = &s.network.resources[r.at()].id;
            (format!("{} uses {} of `{resource}`", id(t), number(x, 3)), of(t, "uses"))
        }
        Fact::Reads(t, d) => (format!("{} reads `{}`", id(t), s.network.data[d.at()].id), of(t, "reads")),
        Fact::Together(t, o) => (format!("{} goes together with {}", id(t), id(o)), of(t, "together")),
        Fact::Apart(t, o) => (format!("{} must be apart from {}", id(t), id(o)), of(t, "apart")),
        Fact::Runs(i) => {
            let row = &s.state.running[*i];
            let text = format!("`{}` runs on `{}`", row.task, s.agent(row.agent).id);
            (text, places.find(Section::Running, *i, ""))
        }
        Fact::Status(list, _) => {
            let status = list.first().map_or("", |a| s.agent(*a).status.name());
            (format!("{} {} {status}", who(list), if list.len() == 1 { "is" } else { "are" }), on(list, "status"))
        }
        Fact::Skill(list, k) => {
            let has = |a: &AgentIx| s.agent(*a).skills.iter().find(|x| x.0 == *k).map(|x| x.1);
            let text = match list.first().and_then(has) {
                Some(q) if list.len() == 1 => format!("{} has {} at {} only", who(list), skill(k), number(q, 3)),
                _ => format!("{} lack{} {}", who(list), s_of(list), skill(k)),
            };
            (text, on(list, "capabilities"))
        }
        Fact::Capacity(list) => {
            let text = match list.as_slice() {
                [a] => {
                    let (capacity, held) = (s.agent(*a).capacity.unwrap_or(0.0), s.agent(*a).current_load);
                    let held = if held > 0.0 { format!(", {} of it held", number(held, 3)) } else { String::new() };
                    format!("{} has a capacity of {}{held}", who(list), number(capacity, 3))
                }
                _ => format!("{} have too little capacity", who(list)),
            };
            (text, on(list, "capacity"))
        }
        Fact::MaxTasks(list) => (format!("{} may have so many tasks only", who(list)), on(list, "max_tasks")),
        Fact::Dimension(list, d) => {
            let has = |a: &AgentIx| {
                let agent = s.agent(*a);
                agent.resources.iter().chain(&agent.budget).find(|r| r.0 == *d).map(|r| r.1)
            };
            let text = match list.first().and_then(has) {
                Some(x) if list.len() == 1 => format!("{} offers {} of {}", who(list), number(x, 3), dim(d)),
                _ => format!("{} offer{} too little {}", who(list), s_of(list), dim(d)),
            };
            (text, on(list, "resources").or_else(|| on(list, "budget")))
        }
        Fact::From(list) => {
            let first = list.iter().map(|a| s.agent(*a).available_from).min().unwrap_or(0);
            (format!("{} come{} at {} at the earliest", who(list), s_of(list), at(first)), on(list, "available_from"))
        }
        Fact::Windows(list) => (format!("{} work{} in windows only", who(list), s_of(list)), on(list, "available")),
        Fact::Shared(r) => {
            let r_at = &s.network.resources[r.at()];
            let amounts = [("capacity", r_at.capacity), ("budget", r_at.budget)];
            let parts: Vec<String> =
                amounts.iter().filter_map(|(name, x)| x.map(|x| format!("a {name} of {}", number(x, 3)))).collect();
            let text = format!("`{}` has {}", r_at.id, parts.join(" and "));
            (text, places.find(Section::Resources, r.at(), ""))
        }
    }
}

/// Agents by their ids, or how many they are.
pub fn who(s: &Snapshot, list: &[AgentIx]) -> String {
    let ids: Vec<String> = list.iter().take(NAMED).map(|a| format!("`{}`", s.agent(*a).id)).collect();
    match list.len() {
        n if n > NAMED => format!("{} and {} more agents", ids.join(", "), n - NAMED),
        _ => ids.join(", "),
    }
}
