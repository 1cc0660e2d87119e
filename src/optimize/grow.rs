//! `--grow`: when each capability runs out as load grows, and the agents to add so that all work is placed in the time
//! of today.

use std::collections::BTreeMap;

use super::{
    bottlenecks,
    lab::{Lab, Trial},
    measure::Metrics,
    opportunities::agents,
    report::GrowthRow,
    scale::scale,
    scene::Scene,
};
use crate::{
    error::Error,
    input::Scenario,
    model::{AgentIx, Quantities, SkillIx},
    parallel,
    patch::Op,
};

/// Times that agents are added for what still binds.
const ROUNDS: usize = 8;
/// Agents added for one bottleneck at a time.
const MOST: usize = 64;

/// How far a makespan may be off for the rounding of times.
const NOISE: f64 = 1e-6;

/// Copies of an agent.
#[derive(Debug, Clone, Copy)]
struct Copies {
    model: AgentIx,
    count: usize,
}

/// Plans every growth.
///
/// # Errors
///
/// A fault of the planner.
pub fn run(lab: &Lab, scene: &Scene<'_>, start: &Trial, factors: &[f64]) -> Result<Vec<GrowthRow>, Error> {
    parallel::map(factors.len(), |i| grow(lab, scene, start, factors[i])).into_iter().collect()
}

fn grow(lab: &Lab, scene: &Scene<'_>, start: &Trial, factor: f64) -> Result<GrowthRow, Error> {
    let scenario = Scenario { load: factor, duration: factor, ..Scenario::default() };
    let mut ops = Vec::new();
    scale(scene, &scenario, &mut ops);
    let carry = |ops: &[Op], from: &Trial| -> Result<Option<Trial>, Error> { lab.replan(ops, from) };
    let Some(grown) = carry(&ops, start)? else {
        return Ok(row(factor, start, BTreeMap::new()));
    };
    let capabilities = capabilities(scene, factor);
    let mut out = row(factor, &grown, capabilities);
    let within = unavoidable(scene, &grown).max(start.metrics.makespan);
    out.within = within;
    let enough = |m: &Metrics| m.unplaced_tasks <= start.metrics.unplaced_tasks && m.makespan <= within * (1.0 + NOISE);
    // Copies of each agent that are added, in the order in which they were found to be missing.
    let mut added: Vec<Copies> = Vec::new();
    let with = |added: &[Copies], from: &Trial| -> Result<Option<Trial>, Error> {
        let each = |c: &Copies| (1..=c.count).filter_map(|n| agents::copy(scene, c.model, n)).collect::<Vec<_>>();
        let copies = added.iter().flat_map(each).flat_map(|change| change.ops);
        lab.replan(&ops.iter().cloned().chain(copies).collect::<Vec<Op>>(), from)
    };
    let mut at = grown;
    for _ in 0..ROUNDS {
        if enough(&at.metrics) {
            break;
        }
        let Some((model, count)) = lack(scene, &at, within) else { break };
        let known = added.clone();
        match added.iter_mut().find(|a| a.model == model) {
            Some(known) => known.count += count,
            None => added.push(Copies { model, count }),
        }
        let trial = with(&added, &at)?;
        let worth = |m: &Metrics| (m.unplaced_tasks, m.makespan);
        let Some(trial) = trial.filter(|t| worth(&t.metrics) < worth(&at.metrics)) else {
            added = known;
            break;
        };
        at = trial;
    }
    out.enough = enough(&at.metrics);
    if out.enough {
        at = fewer(scene, &mut added, at, |added, from| Ok(with(added, from)?.filter(|t| enough(&t.metrics))))?;
    }
    for Copies { model, count } in &added {
        let agent = scene.snapshot().agent(*model);
        let kind = agent.kind.map_or_else(|| agent.id.clone(), |k| scene.snapshot().names.kinds[k.at()].clone());
        *out.add.entry(kind).or_insert(0) += count;
        out.add_cost += agent.cost_fixed * *count as f64;
        out.with_them = Some(at.metrics);
    }
    Ok(out)
}

/// Seconds that no further agent makes shorter: chains of tasks, links, shared resources.
fn unavoidable(scene: &Scene<'_>, grown: &Trial) -> f64 {
    let q = Quantities::new(&grown.snapshot);
    let found = bottlenecks::find(&Scene::new(scene.document, &q, &grown.plan, grown.metrics));
    found.iter().filter(|b| b.agents.is_empty() || b.link.is_some()).map(|b| b.bound).fold(0.0, f64::max)
}

/// Takes back what is not needed, the dearest first, by halves.
fn fewer(
    scene: &Scene<'_>,
    added: &mut Vec<Copies>,
    mut at: Trial,
    enough: impl Fn(&[Copies], &Trial) -> Result<Option<Trial>, Error>,
) -> Result<Trial, Error> {
    let price = |a: AgentIx| scene.snapshot().agent(a).cost_fixed;
    added.sort_by(|a, b| price(b.model).total_cmp(&price(a.model)).then(a.model.cmp(&b.model)));
    for i in 0..added.len() {
        // What was enough stays known: `low` is too few, or was not tried.
        let (mut low, mut high) = (0, added[i].count);
        while low < high {
            let middle = usize::midpoint(low, high);
            let mut less = added.clone();
            less[i].count = middle;
            match enough(&less, &at)? {
                Some(trial) => (at, high) = (trial, middle),
                None => low = middle + 1,
            }
        }
        added[i].count = high;
    }
    added.retain(|a| a.count > 0);
    Ok(at)
}

fn row(factor: f64, trial: &Trial, capabilities: BTreeMap<String, f64>) -> GrowthRow {
    let mut over: Vec<(f64, String)> =
        capabilities.iter().filter(|c| *c.1 > 1.0).map(|(c, x)| (*x, c.clone())).collect();
    over.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let full_at = capabilities.iter().filter(|c| *c.1 > 0.0).map(|(c, x)| (c.clone(), factor / x)).collect();
    GrowthRow {
        factor,
        metrics: trial.metrics,
        capabilities,
        run_out: over.into_iter().map(|c| c.1).collect(),
        full_at,
        within: trial.metrics.makespan,
        enough: false,
        add: BTreeMap::new(),
        add_cost: 0.0,
        with_them: None,
    }
}

/// Load that asks for each capability over the room of its holders; 0 where some holder has no limit.
fn capabilities(scene: &Scene<'_>, factor: f64) -> BTreeMap<String, f64> {
    let s = scene.snapshot();
    let mut asked: BTreeMap<SkillIx, f64> = BTreeMap::new();
    for task in &s.tasks {
        task.requires.iter().for_each(|(k, _)| *asked.entry(*k).or_default() += factor * task.estimated_load);
    }
    let room = |k: SkillIx| -> f64 {
        let holders = s.agents.iter().filter(|a| a.status.takes_tasks() && a.skills.iter().any(|x| x.0 == k));
        holders.map(|a| a.capacity.map_or(f64::INFINITY, |c| (c - a.current_load).max(0.0))).sum()
    };
    let share = |load: f64, room: f64| if room > 0.0 { load / room } else { 1e9 };
    asked.into_iter().map(|(k, load)| (s.names.skills[k.at()].clone(), share(load, room(k)))).collect()
}

/// The agent to copy, and how often, for the group that holds the grown plan up most.
fn lack(scene: &Scene<'_>, at: &Trial, span: f64) -> Option<(AgentIx, usize)> {
    let q = Quantities::new(&at.snapshot);
    let grown = Scene::new(scene.document, &q, &at.plan, at.metrics);
    let found = bottlenecks::find(&grown);
    let mut groups = found.iter().filter(|b| !b.agents.is_empty() && b.link.is_none());
    let binds =
        |b: &&bottlenecks::Bottleneck| at.metrics.unplaced_tasks == 0 || b.unplaced_priority > 0.0 || b.bound > span;
    let group = groups.find(binds).or_else(|| found.iter().find(|b| !b.agents.is_empty() && b.link.is_none()))?;
    // Copies are of agents that the document has.
    let agents: Vec<AgentIx> = group.agents.iter().filter_map(|id| scene.snapshot().find_agent(id)).collect();
    let model = agents::model(scene, &agents)?;
    let slots = group.evidence.get("slots").copied().unwrap_or(1.0);
    let wide = f64::from(scene.snapshot().agent(model).slots.max(1));
    let short = if span > 0.0 { (group.bound / span - 1.0).max(0.0) * slots / wide } else { 0.0 };
    let load = group.evidence.get("load").copied().unwrap_or(0.0);
    let room: f64 = agents.iter().filter_map(|a| scene.snapshot().agent(*a).capacity).sum();
    let own = scene.snapshot().agent(model).capacity.unwrap_or(f64::INFINITY);
    let held = if own > 0.0 { ((load - 0.9 * room) / own).max(0.0) } else { 0.0 };
    let count = libm::ceil(short.max(held).max(1.0)).min(MOST as f64) as usize;
    Some((model, count))
}
