//! Dual prices as users read them: what one unit more saves by the strategy's relaxation, how far, and what planning
//! again with it gives.

use serde::Serialize;

use super::{
    bottlenecks::Bottleneck,
    choose::Chooser,
    judge::figure,
    lab::{Lab, Trial},
    measure::Metrics,
    opportunities::skills,
    scene::Scene,
};
use crate::{
    error::Error,
    input::document::Section,
    model::{AgentIx, Quantities, SkillIx, Snapshot},
    parallel,
    patch::{Op, number, pointer, put},
    plan::duals::{Component, Dual, Duals, Limit, duals, unit},
    report::{clock, money, number as text},
};

/// Prices told of each relaxation.
const EACH: usize = 3;
/// Capabilities whose teaching is priced, and pupils of each.
const TAUGHT: [usize; 2] = [2, 2];
/// Prices told in all, by the pairs of agent and task: each is planned again.
const TOLD: [(usize, usize); 3] = [(20_000, 16), (2_000_000, 6), (usize::MAX, 3)];
/// Share of the relaxation's value that a unit has to save to be told.
const LEAST: f64 = 1e-4;
/// Share of a figure below which what planning again saves is noise.
const NOISE: f64 = 1e-6;

/// A dual price.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DualPrice {
    /// What falls: `priority_unplaced`, `cost`, `max_utilization`, `makespan` (seconds) or `weighted_tardiness`.
    pub component: &'static str,
    /// What it is the price of: `capacity`, `slots`, `max_tasks`, `budget`, `resources`, `shared_budget`,
    /// `shared_capacity`, `rate`, `deadline` (seconds) or `capability` (one task).
    pub limit: &'static str,
    /// The agent that it is of.
    pub agent: Option<String>,
    /// The dimension, shared resource, task or capability that it is of.
    pub name: Option<String>,
    /// One sentence, for a unit that is worth telling.
    pub message: String,
    /// By how much the relaxation falls for one unit more, at the margin.
    pub price: f64,
    /// Units up to which it falls at this price; null where that was not looked for.
    pub up_to: Option<f64>,
    /// It may fall so beyond: this is as far as was looked.
    pub beyond: bool,
    /// Where the price is from: a solved programme (`LP relaxation`), or prices that prove a bound (`Lagrangian dual`).
    pub method: &'static str,
    /// Units more that were planned again.
    pub units: f64,
    /// What they save by the price.
    pub predicted: f64,
    /// What they saved when the batch was planned again by the quick planner; null where they cannot be had.
    pub replanned: Option<f64>,
    /// They saved something.
    pub confirmed: bool,
}

/// A price with what leads to it.
struct Row {
    price: DualPrice,
    ops: Vec<Op>,
    /// Share of the relaxation's value that the units save.
    share: f64,
}

/// The dearest prices of the strategy's relaxations, those that save most first, each planned again.
///
/// # Errors
///
/// A fault of the planner.
pub fn find(
    chooser: &Chooser<'_>,
    scene: &Scene<'_>,
    found: &[Bottleneck],
    start: &Trial,
) -> Result<Vec<DualPrice>, Error> {
    let lab = chooser.lab;
    let q = Quantities::new(&start.snapshot);
    let lessons = lessons(lab, scene, found);
    let versions: Vec<Quantities<'_>> = lessons.iter().map(|l| Quantities::new(&l.version)).collect();
    let prices = duals(&q, lab.request.strategy, &start.plan, &versions.iter().collect::<Vec<_>>());
    let mut rows: Vec<Row> = Vec::new();
    for of in &prices {
        let mut own: Vec<Row> = of.rows.iter().filter_map(|dual| row(scene, of, dual)).collect();
        own.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.price.message.cmp(&b.price.message)));
        rows.extend(own.into_iter().take(EACH));
        let gains = lessons.iter().zip(&of.offers).filter(|(_, gain)| **gain > 0.0);
        rows.extend(gains.map(|(lesson, gain)| taught(scene, of, lesson, *gain)));
    }
    rows.retain(|r| r.share >= LEAST);
    // What places more comes before all else.
    let places = |r: &Row| r.price.component == Component::Placement.name();
    rows.sort_by(|a, b| places(b).cmp(&places(a)).then(b.share.total_cmp(&a.share)));
    let pairs = start.snapshot.agents.len() * start.snapshot.tasks.len();
    rows.truncate(TOLD.iter().find(|t| pairs <= t.0).map_or(0, |t| t.1));
    let trials =
        parallel::map(
            rows.len(),
            |i| if rows[i].ops.is_empty() { Ok(None) } else { chooser.again(&rows[i].ops, start) },
        );
    let mut out = Vec::new();
    for (mut row, trial) in rows.into_iter().zip(trials) {
        if let Some(trial) = trial? {
            let saved = of(&start.metrics, row.price.component) - of(&trial.metrics, row.price.component);
            row.price.replanned = Some(saved);
            row.price.confirmed = saved > NOISE * of(&start.metrics, row.price.component).abs();
        }
        out.push(row.price);
    }
    Ok(out)
}

/// A component of a plan; less is better.
fn of(m: &Metrics, component: &str) -> f64 {
    if component == Component::Placement.name() { -m.priority_placed } else { figure(m, component).unwrap_or(0.0) }
}

fn row(scene: &Scene<'_>, of: &Duals, dual: &Dual) -> Option<Row> {
    let s = scene.snapshot();
    let agent = |a| Some(scene.agent(a));
    let dim = |d: crate::model::DimIx| s.names.dims[d.at()].clone();
    let (limit, agent, name) = match dual.limit {
        Limit::Capacity(a) => ("capacity", agent(a), None),
        Limit::Slots(a) => ("slots", agent(a), None),
        Limit::Tasks(a) => ("max_tasks", agent(a), None),
        Limit::Budget(a, d) => ("budget", agent(a), Some(dim(d))),
        Limit::Held(a, d) => ("resources", agent(a), Some(dim(d))),
        Limit::SharedBudget(r) => ("shared_budget", None, Some(s.network.resources[r.at()].id.clone())),
        Limit::Shared(r) => {
            let shared = &s.network.resources[r.at()];
            (if shared.per.is_some() { "rate" } else { "shared_capacity" }, None, Some(shared.id.clone()))
        }
        Limit::Deadline(t) => ("deadline", None, Some(scene.task(t))),
    };
    let have = have(scene, dual.limit)?;
    let units = unit(dual.limit, have);
    let mut price = DualPrice {
        component: of.component.name(),
        limit,
        agent,
        name,
        message: String::new(),
        price: dual.price,
        up_to: dual.up_to.map(|r| r.units),
        beyond: dual.up_to.is_some_and(|r| r.at_least),
        method: of.method,
        units,
        predicted: dual.price * units,
        replanned: None,
        confirmed: false,
    };
    price.message = message(&price);
    let share = price.predicted / of.value.max(1e-9);
    Some(Row { price, ops: vec![more(scene, dual.limit, have + units)?], share })
}

/// How much there is of what limits; `None` where it is not written.
fn have(scene: &Scene<'_>, limit: Limit) -> Option<f64> {
    let s = scene.snapshot();
    let of = |rows: &[(crate::model::DimIx, f64)], d| rows.iter().find(|r| r.0 == d).map(|r| r.1);
    match limit {
        Limit::Capacity(a) => s.agent(a).capacity,
        Limit::Slots(a) => Some(f64::from(s.agent(a).slots)),
        Limit::Tasks(a) => s.agent(a).max_tasks.map(f64::from),
        Limit::Budget(a, d) => of(&s.agent(a).budget, d),
        Limit::Held(a, d) => of(&s.agent(a).resources, d),
        Limit::SharedBudget(r) => s.network.resources[r.at()].budget,
        Limit::Shared(r) => s.network.resources[r.at()].capacity,
        Limit::Deadline(t) => s.task(t).deadline.map(crate::model::seconds),
    }
}

/// The edit that gives so much of it.
fn more(scene: &Scene<'_>, limit: Limit, amount: f64) -> Option<Op> {
    let names = &scene.snapshot().names.dims;
    let set = |section, row, field| scene.set(section, row, field, number(amount));
    let within = |a: crate::model::AgentIx, field: &str, d: crate::model::DimIx| {
        let (index, item) = scene.item(Section::Agents, a.at())?;
        item.get(field)?.get(&names[d.at()])?;
        Some(put(true, pointer(Section::Agents, index, &[field, &names[d.at()]]), number(amount)))
    };
    match limit {
        Limit::Capacity(a) => set(Section::Agents, a.at(), "capacity"),
        Limit::Slots(a) => set(Section::Agents, a.at(), "slots"),
        Limit::Tasks(a) => set(Section::Agents, a.at(), "max_tasks"),
        Limit::Budget(a, d) => within(a, "budget", d),
        Limit::Held(a, d) => within(a, "resources", d),
        Limit::SharedBudget(r) => set(Section::Resources, r.at(), "budget"),
        Limit::Shared(r) => set(Section::Resources, r.at(), "capacity"),
        Limit::Deadline(t) => set(Section::Tasks, t.at(), "deadline"),
    }
}

/// An agent that is taught a capability that binds.
struct Lesson {
    skill: SkillIx,
    pupil: AgentIx,
    ops: Vec<Op>,
    version: Snapshot,
}

/// Capabilities that bind, taught to those with the most time left.
fn lessons(lab: &Lab, scene: &Scene<'_>, found: &[Bottleneck]) -> Vec<Lesson> {
    let names = &scene.snapshot().names.skills;
    let mut asked: Vec<SkillIx> = Vec::new();
    for capability in found.iter().filter_map(|b| b.capability.as_ref()) {
        let skill = names.iter().position(|k| k == capability).map(|k| SkillIx(k as u32));
        asked.extend(skill.filter(|k| !asked.contains(k)));
    }
    let mut out = Vec::new();
    for skill in asked.into_iter().take(TAUGHT[0]) {
        for pupil in skills::pupils(scene, skill).into_iter().take(TAUGHT[1]) {
            let Some(ops) = skills::teach(scene, pupil, skill).map(|change| change.ops) else { continue };
            if let Ok(version) = lab.version(&ops) {
                out.push(Lesson { skill, pupil, ops, version });
            }
        }
    }
    out
}

fn taught(scene: &Scene<'_>, of: &Duals, lesson: &Lesson, gain: f64) -> Row {
    let mut price = DualPrice {
        component: of.component.name(),
        limit: "capability",
        agent: Some(scene.agent(lesson.pupil)),
        name: Some(scene.snapshot().names.skills[lesson.skill.at()].clone()),
        message: String::new(),
        price: gain,
        up_to: None,
        beyond: false,
        method: of.method,
        units: 1.0,
        predicted: gain,
        replanned: None,
        confirmed: false,
    };
    price.message = message(&price);
    Row { share: gain / of.value.max(1e-9), price, ops: lesson.ops.clone() }
}

/// "one more load unit on `gpu-coder` saves 41 s of makespan, up to 6 units".
fn message(p: &DualPrice) -> String {
    let n = if p.units == 1.0 { "one".to_owned() } else { text(p.units, 3) };
    let on = p.agent.as_ref().map_or_else(String::new, |a| format!(" on `{a}`"));
    let name = p.name.as_deref().unwrap_or_default();
    let plural = if p.units == 1.0 { "" } else { "s" };
    let unit = match p.limit {
        "capacity" => format!("{n} more load unit{plural}{on}"),
        "slots" => format!("{n} more slot{plural}{on}"),
        "max_tasks" => format!("{n} more task{plural} allowed{on}"),
        "deadline" => format!("a minute more until the deadline of `{name}`"),
        "capability" => {
            format!("one task that asks for `{name}`, done by `{}`,", p.agent.as_deref().unwrap_or_default())
        }
        "rate" => format!("{n} more of `{name}` within its span"),
        "shared_capacity" => format!("{n} more of `{name}` at a time"),
        _ => format!("{n} more `{name}`{on}"),
    };
    let saves = if p.units == 1.0 || p.limit == "deadline" { "saves" } else { "save" };
    let what = match p.component {
        "makespan" => format!("{} of makespan", clock(p.predicted)),
        "cost" => format!("{} of cost", money(p.predicted)),
        "weighted_tardiness" => format!("{} of weighted tardiness", text(p.predicted, 2)),
        "max_utilization" => format!("{} of the greatest utilization", text(p.predicted, 5)),
        _ => format!("{} of priority without a place", text(p.predicted, 3)),
    };
    let reach = match p.up_to {
        Some(units) if p.beyond => format!(", for {} at least", text(units, 2)),
        Some(units) if units > p.units => format!(", up to {}", text(units, 2)),
        Some(units) if units == p.units => ", no further".to_owned(),
        Some(_) => ", at the margin".to_owned(),
        None => String::new(),
    };
    format!("{unit} {saves} {what}{reach}")
}
