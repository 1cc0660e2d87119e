//! What to look at next, each with the figures it rests on. No gain is claimed: none was computed.

use std::collections::BTreeMap;

use super::{
    MAX_AGENTS, Options,
    report::{Evidence, LoadBalancing, Predictions, Recommendation},
};
use crate::{
    model::{Ms, NEVER, ResourceIx, SkillIx, TaskIx},
    plan::{Effort, Solution},
    report::{clock, number, percent, plural},
    schedule::Instance,
};

/// Most recommendations of one kind: the gravest.
const MAX_OF_A_KIND: usize = 5;
/// A shared resource that is full this share of the time is worth naming.
const OFTEN_FULL: f64 = 0.1;
/// A budget used up to this share is worth naming.
const NEARLY_USED: f64 = 0.9;
/// A gap above this share of the bound is worth a longer search.
const OPEN_GAP: f64 = 0.05;

/// What a plan gives reason to look at, the gravest kind first.
pub fn recommend(
    inst: &Instance<'_>,
    solution: &Solution,
    balance: &LoadBalancing,
    forecast: &Predictions,
    options: Options<'_>,
) -> Vec<Recommendation> {
    let mut out = Vec::new();
    out.extend(unplaced(inst, solution));
    out.extend(unavoidably_late(inst, forecast));
    out.extend(bottlenecks(inst, solution, balance));
    out.extend(full_resources(inst, solution));
    out.extend(single_providers(inst));
    out.extend(idle(inst, solution, balance));
    out.extend(open_gap(solution, options));
    out
}

fn first<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    ids.take(MAX_AGENTS).map(str::to_owned).collect()
}

/// Tasks without a place, counted by reason.
fn unplaced(inst: &Instance<'_>, solution: &Solution) -> Option<Recommendation> {
    let tasks = || solution.unassigned.iter().map(|(t, _)| inst.q.snapshot.task(*t).id.as_str());
    let mut by_reason: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (_, reasons) in &solution.unassigned {
        let mut codes: Vec<&'static str> = reasons.iter().map(|r| r.code).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *by_reason.entry(code).or_default() += 1;
        }
    }
    let (top, count) = by_reason.iter().max_by_key(|(code, n)| (**n, std::cmp::Reverse(**code)))?;
    let message = match solution.unassigned.len() {
        1 => format!("1 task has no place: `{top}`"),
        n => format!("{n} tasks have no place; `{top}` holds for {count} of them: begin there"),
    };
    let evidence = by_reason.iter().map(|(code, n)| (*code, Evidence::Count(*n))).collect();
    Some(Recommendation { code: "unplaced_tasks", message, agents: Vec::new(), tasks: first(tasks()), evidence })
}

/// Late tasks that miss their deadline on every agent, even with nothing else running.
pub fn hopeless(inst: &Instance<'_>, forecast: &Predictions) -> Vec<TaskIx> {
    let find = |l: &super::LateTask| inst.q.snapshot.find_task(&l.task);
    let mut late: Vec<TaskIx> = forecast.late_tasks.iter().filter_map(find).collect();
    let earliest = earliest_finishes(inst, &late);
    late.retain(|t| earliest[t.at()] > inst.deadline[t.at()]);
    late
}

/// Late tasks that would be late even if nothing else ran.
fn unavoidably_late(inst: &Instance<'_>, forecast: &Predictions) -> Option<Recommendation> {
    let s = inst.q.snapshot;
    let late: Vec<TaskIx> = forecast.late_tasks.iter().filter_map(|l| s.find_task(&l.task)).collect();
    let earliest = earliest_finishes(inst, &late);
    let hopeless: Vec<&TaskIx> = late.iter().filter(|t| earliest[t.at()] > inst.deadline[t.at()]).collect();
    let worst = hopeless.iter().map(|t| earliest[t.at()] - inst.deadline[t.at()]).max()?;
    let message = format!(
        "{} of {} late tasks miss their deadline on every agent, even with nothing else running (by up to {}): \
         move the deadline, or shorten the chain before it",
        hopeless.len(),
        late.len(),
        clock(crate::model::seconds(worst)),
    );
    let evidence = BTreeMap::from([
        ("late", Evidence::Count(late.len())),
        ("unavoidable", Evidence::Count(hopeless.len())),
        ("worst_seconds", Evidence::Figure(crate::model::seconds(worst))),
    ]);
    let tasks = first(hopeless.iter().map(|t| s.task(**t).id.as_str()));
    Some(Recommendation { code: "unavoidably_late", message, agents: Vec::new(), tasks, evidence })
}

/// Earliest finishes of tasks and what they wait for, each on its best agent, nothing else running.
fn earliest_finishes(inst: &Instance<'_>, of: &[TaskIx]) -> Vec<Ms> {
    let mut wanted = vec![false; inst.tasks()];
    for t in of {
        wanted[t.at()] = true;
    }
    for t in inst.topological.iter().rev().map(|t| *t as usize).filter(|_| !of.is_empty()) {
        if wanted[t] {
            inst.preds.row(t).iter().for_each(|(p, _)| wanted[*p as usize] = true);
        }
    }
    let mut out = vec![0; inst.tasks()];
    for t in inst.topological.iter().map(|t| *t as usize) {
        if wanted[t] {
            let inputs = inst.preds.row(t).iter().map(|(p, _)| out[*p as usize]).fold(inst.release[t], Ms::max);
            out[t] = NEVER;
            // Rounding may let a later one take 1 ms less.
            for c in inst.choices(t).by_speed() {
                if inputs + c.work > out[t] + 1 {
                    break;
                }
                out[t] = out[t].min(inputs.max(inst.agents[c.agent as usize].from) + c.work);
            }
        }
    }
    out
}

/// Agents near their limits, or on every critical path.
fn bottlenecks(inst: &Instance<'_>, solution: &Solution, balance: &LoadBalancing) -> Vec<Recommendation> {
    let s = inst.q.snapshot;
    let critical = |id: &str| s.find_agent(id).is_some_and(|a| solution.critical_agents.contains(&a));
    let mut rows: Vec<(f64, &String)> =
        balance.bottleneck_agents.iter().map(|id| (balance.agent_utilization[id], id)).collect();
    rows.sort_by(|a, b| critical(b.1).cmp(&critical(a.1)).then(b.0.total_cmp(&a.0)).then(a.1.cmp(b.1)));
    let held = |used: f64| match balance.utilization_measure {
        "share" => format!("is at {} of its limits", percent(used, 1)),
        _ => format!("holds a load of {}", number(used, 2)),
    };
    let row = |on_path: bool, message: String, rows: &[(f64, &String)]| {
        let evidence = BTreeMap::from([
            ("on_every_critical_path", Evidence::Word(if on_path { "yes" } else { "no" }.into())),
            ("utilization", Evidence::Figure(rows.iter().map(|r| r.0).fold(0.0, f64::max))),
        ]);
        let agents = first(rows.iter().map(|r| r.1.as_str()));
        Recommendation { code: "bottleneck_agent", message, agents, tasks: Vec::new(), evidence }
    };
    let (paths, full) = rows.split_at(rows.partition_point(|r| critical(r.1)));
    let all = match paths {
        [] => None,
        [(used, id)] => Some(format!("agent `{id}` lies on every critical path and {}", held(*used))),
        several => Some(format!("{} lie on every critical path", named(several))),
    };
    let all = all.map(|who| {
        let work = if paths.len() == 1 { "its work there does" } else { "the work of each there does" };
        row(true, format!("{who}: this plan ends sooner only if {work}"), paths)
    });
    let one = |r: &(f64, &String)| {
        let message = format!("agent `{}` {}: more capacity or budget there gives the plan room", r.1, held(r.0));
        row(false, message, &[*r])
    };
    all.into_iter().chain(full.iter().map(one)).take(MAX_OF_A_KIND).collect()
}

/// The first agents of several, by name.
fn named(rows: &[(f64, &String)]) -> String {
    let few: Vec<String> = rows.iter().take(MAX_OF_A_KIND).map(|r| format!("`{}`", r.1)).collect();
    match rows.len().saturating_sub(few.len()) {
        0 => format!("agents {}", few.join(", ")),
        more => format!("agents {} and {more} more", few.join(", ")),
    }
}

/// Shared resources that are often full, or nearly used up.
fn full_resources(inst: &Instance<'_>, solution: &Solution) -> Vec<Recommendation> {
    let s = inst.q.snapshot;
    let mut users: Vec<Vec<(TaskIx, f64)>> = vec![Vec::new(); s.network.resources.len()];
    for (t, _) in solution.plan.placed() {
        s.task(t).uses.iter().filter(|(_, x)| *x > 0.0).for_each(|(r, x)| users[r.at()].push((t, *x)));
    }
    let mut out = Vec::new();
    for (r, users) in users.iter().enumerate().filter(|(_, u)| !u.is_empty()) {
        let resource = &s.network.resources[r];
        let (peak, full) = occupancy(inst, solution, ResourceIx::of(r), users);
        let total: f64 = users.iter().map(|(_, x)| x).sum();
        let mut evidence = BTreeMap::from([("resource", Evidence::Word(resource.id.clone()))]);
        let mut said = Vec::new();
        if let Some(capacity) = resource.capacity.filter(|_| full >= OFTEN_FULL) {
            evidence.insert("capacity", Evidence::Figure(capacity));
            evidence.insert("peak", Evidence::Figure(peak));
            evidence.insert("full_share_of_makespan", Evidence::Figure(full));
            said.push(format!("has no room for a further use during {} of the plan", percent(full, 1)));
        }
        if let Some(budget) = resource.budget.filter(|b| total >= NEARLY_USED * b) {
            evidence.insert("budget", Evidence::Figure(budget));
            evidence.insert("used", Evidence::Figure(total));
            said.push(format!("is used up to {} of {}", number(total, 2), number(budget, 2)));
        }
        if !said.is_empty() {
            let message =
                format!("shared resource `{}` {}: a higher limit gives the plan room", resource.id, said.join(" and "));
            let tasks = first(users.iter().map(|(t, _)| s.task(*t).id.as_str()));
            out.push(Recommendation { code: "binding_resource", message, agents: Vec::new(), tasks, evidence });
        }
    }
    out.truncate(MAX_OF_A_KIND);
    out
}

/// Peak use of a resource, and the share of the makespan with no room for the least use of it.
fn occupancy(inst: &Instance<'_>, solution: &Solution, r: ResourceIx, users: &[(TaskIx, f64)]) -> (f64, f64) {
    let resource = &inst.q.snapshot.network.resources[r.at()];
    let least = users.iter().map(|u| u.1).fold(f64::INFINITY, f64::min);
    let end = solution.plan.placed().map(|(_, p)| p.finish).max().unwrap_or(0);
    let mut events: Vec<(Ms, f64)> = Vec::with_capacity(2 * users.len());
    for (t, amount) in users {
        if let Some(p) = solution.plan.placements[t.at()] {
            events.push((p.start, *amount));
            events.push((resource.per.map_or(p.finish, |per| p.start + per).min(end), -amount));
        }
    }
    events.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (mut level, mut peak, mut full) = (0.0, 0.0f64, 0);
    for (i, (at, change)) in events.iter().enumerate() {
        level += change;
        peak = peak.max(level);
        let next = events.get(i + 1).map_or(end, |e| e.0);
        if resource.capacity.is_some_and(|c| level + least > c + 1e-9) {
            full += next - at;
        }
    }
    (peak, if end > 0 { full as f64 / end as f64 } else { 0.0 })
}

/// Agents that alone have capabilities which tasks ask for, those of most tasks first.
fn single_providers(inst: &Instance<'_>) -> Vec<Recommendation> {
    let s = inst.q.snapshot;
    let mut asked = vec![0usize; s.names.skills.len()];
    s.tasks.iter().flat_map(|t| &t.requires).for_each(|(skill, _)| asked[skill.at()] += 1);
    let mut providers: Vec<(usize, usize)> = vec![(0, 0); asked.len()];
    for (a, agent) in s.agents.iter().enumerate().filter(|(_, a)| a.status.takes_tasks()) {
        agent.skills.iter().for_each(|(skill, _)| providers[skill.at()] = (providers[skill.at()].0 + 1, a));
    }
    let mut only: BTreeMap<usize, Vec<SkillIx>> = BTreeMap::new();
    for (i, (n, agent)) in providers.iter().enumerate().filter(|(i, _)| asked[*i] > 0) {
        if *n == 1 {
            only.entry(*agent).or_default().push(SkillIx::of(i));
        }
    }
    let mut rows: Vec<Recommendation> = only.iter().map(|(a, skills)| single_provider(inst, *a, skills)).collect();
    let tasks = |r: &Recommendation| match r.evidence.get("tasks") {
        Some(Evidence::Count(n)) => *n,
        _ => 0,
    };
    rows.sort_by_key(|r| std::cmp::Reverse(tasks(r)));
    rows.truncate(MAX_OF_A_KIND);
    rows
}

fn single_provider(inst: &Instance<'_>, agent: usize, skills: &[SkillIx]) -> Recommendation {
    let s = inst.q.snapshot;
    let asks = |t: &&crate::model::Task| t.requires.iter().any(|(skill, _)| skills.contains(skill));
    let count = s.tasks.iter().filter(asks).count();
    let id = &s.agents[agent].id;
    let names: Vec<&str> = skills.iter().map(|i| s.names.skills[i.at()].as_str()).collect();
    let message = format!(
        "only agent `{id}` has `{}`, which {}",
        names.join("`, `"),
        match count {
            1 => "1 task asks for: without it this has no place".into(),
            n => format!("{} ask for: without it these have no place", plural(n, "task")),
        },
    );
    let evidence = BTreeMap::from([
        ("capabilities", Evidence::Word(names.join(", "))),
        ("providers", Evidence::Count(1)),
        ("tasks", Evidence::Count(count)),
    ]);
    let tasks = first(s.tasks.iter().filter(asks).map(|t| t.id.as_str()));
    Recommendation { code: "single_provider", message, agents: vec![id.clone()], tasks, evidence }
}

/// Agents that could work and get nothing, with what they cost.
fn idle(inst: &Instance<'_>, solution: &Solution, balance: &LoadBalancing) -> Option<Recommendation> {
    let s = inst.q.snapshot;
    let mut works = vec![false; s.agents.len()];
    solution.plan.placed().for_each(|(_, p)| works[p.agent.at()] = true);
    let idle: Vec<_> = s
        .agents
        .iter()
        .zip(&works)
        .filter(|(a, works)| !**works && balance.agent_utilization.contains_key(&a.id))
        .map(|(a, _)| a)
        .collect();
    let fixed: f64 = idle.iter().map(|a| a.cost_fixed).sum();
    let price = if fixed > 0.0 { format!("; their fixed cost is {}", number(fixed, 2)) } else { String::new() };
    let message = format!("no task of this batch goes to {} that could run some{price}", plural(idle.len(), "agent"));
    let evidence = BTreeMap::from([("agents", Evidence::Count(idle.len())), ("cost_fixed", Evidence::Figure(fixed))]);
    let agents = first(idle.iter().map(|a| a.id.as_str()));
    (!idle.is_empty()).then_some(Recommendation { code: "idle_agents", message, agents, tasks: Vec::new(), evidence })
}

/// A gap that a longer search may close, or not.
fn open_gap(solution: &Solution, options: Options<'_>) -> Option<Recommendation> {
    let gap = solution.objective.gap().filter(|g| *g > OPEN_GAP && options.effort != Effort::High)?;
    let message = format!(
        "between the plan and its bound lie {}: --effort high searches longer (the bound may also be loose)",
        percent(gap, 1)
    );
    let evidence = BTreeMap::from([("gap", Evidence::Figure(gap))]);
    Some(Recommendation { code: "open_gap", message, agents: Vec::new(), tasks: Vec::new(), evidence })
}
