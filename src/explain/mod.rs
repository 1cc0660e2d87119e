//! `orch explain`: why a task is where it is, when it is, and not elsewhere; what would help it.
//!
//! `agents` sets every agent beside the task, `moving` plans again with the task there, `conflict` finds the
//! smallest set of input facts that makes it impossible or late, `shortage` the tasks that together need more
//! than there is, `repair` what would help, each change confirmed by planning again.

mod agents;
pub mod conflict;
mod document;
pub mod facts;
mod moving;
mod pictures;
mod places;
mod repair;
mod report;
mod show;
mod timing;

pub use document::document;
pub use places::Places;
pub use report::{AgentRow, Condition, ConflictRow, FactRow, Moving, OfferRow, PlacementRow, Repair, Report};

use sha2::{Digest, Sha256};

use agents::Beside;
use conflict::{Asked, Question};
use facts::Fact;
use moving::Base;
use repair::Trouble;

use crate::{
    error::Error,
    input::{self, Input, Previous, document::Section},
    model::{Plan, Quantities, Snapshot, Strategy, TaskIx, seconds},
    plan::{self, Effort, Limits, Request, Shortage, Term},
    report::FindingRow,
    schedule::{Components, Instance, components, verify},
};

/// Agents for which the plan is made again; where tasks are many, fewer.
const REPLANNED: usize = 6;

/// Tasks beyond which planning again is dear.
const MANY: usize = 2_000;

/// What the user may choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'p> {
    /// What the plan is to be best at.
    pub strategy: Strategy,
    /// How much work the plan may cost.
    pub effort: Effort,
    /// The one agent to look at.
    pub agent: Option<&'p str>,
    /// The plan to explain; without one, a plan is made.
    pub previous: Option<&'p Previous>,
}

/// Explains a task of a plan.
///
/// ```
/// use orch::{explain, input, model::Strategy, plan::Effort};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let files = vec!["examples/tasks.yaml".into()];
/// let input = input::read(&input::Request { files, command: input::Command::Explain, ..input::Request::default() })?;
/// let options = explain::Options { strategy: Strategy::Hybrid, effort: Effort::Quick, agent: None, previous: None };
/// let report = explain::run(&input, "billing-audit", options)?;
/// assert!(report.placement.is_some());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::Io`] where there is no such task or agent, or the plan breaks rules; [`Error::Internal`] where a plan
/// of orch fails its own verification.
pub fn run(input: &Input, task: &str, options: Options<'_>) -> Result<Report, Error> {
    let s = &input.snapshot;
    let t = s.find_task(task).ok_or_else(|| unknown("task", task, s.tasks.iter().map(|t| t.id.as_str())))?;
    let only = match options.agent {
        Some(id) => Some(s.find_agent(id).ok_or_else(|| unknown("agent", id, s.agents.iter().map(|a| a.id.as_str())))?),
        None => None,
    };
    let q = Quantities::new(s);
    let (plan, terms) = planned(&q, options)?;
    let base = Base { snapshot: s, plan: &plan, strategy: options.strategy, terms: &terms };
    let places = Places { snapshot: s, input: Some((&input.document, &input.sources)) };
    let inst = Instance::new(&q);
    let before = components(&q, &plan);
    let placement = plan.placements[t.at()];
    let mut rows = Beside::new(&inst, &plan, t, places).rows(t, placement.map(|p| p.agent));
    if let Some(a) = only {
        rows = vec![rows.swap_remove(a.at())];
    }
    nearest_first(&mut rows, options.strategy);
    let (replanned, candidates) = replan(&base, &before, t, &mut rows)?;
    let late = placement.zip(s.task(t).deadline).is_some_and(|(p, due)| p.finish > due);
    let trouble = trouble(&q, &places, t, &base, late)?;
    Ok(Report {
        format_version: 1,
        explanation_id: identity(s, task, options),
        explanation_timestamp: s.as_of.map(|at| at.to_string()),
        task: task.to_owned(),
        place: places.find(Section::Tasks, t.at(), ""),
        strategy: options.strategy.name(),
        placement: placement.map(|p| placed(&q, t, p)),
        timing: timing::reasons(&q, &places, &plan, t),
        earliest_finish: plan::earliest(&q)[t.at()].map(seconds),
        agents: rows,
        replanned,
        candidates,
        conflict: trouble.conflict,
        shortage: trouble.shortage,
        repairs: trouble.repairs,
        findings: input.warnings.iter().map(FindingRow::new).collect(),
        snapshot_sha256: s.sha256.clone(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

fn unknown<'a>(noun: &str, id: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.take(10_000).collect();
    let near = input::nearest(id, &known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Error::Io(format!("there is no {noun} `{id}` in the snapshot{near}"))
}

/// The plan to explain, and the terms of its hybrid objective.
fn planned(q: &Quantities<'_>, options: Options<'_>) -> Result<(Plan, Vec<Term>), Error> {
    let request = Request { strategy: options.strategy, effort: options.effort, ..Request::default() };
    let Some(previous) = options.previous else {
        let solution = plan::solve(q, &request)?;
        return Ok((solution.plan, solution.objective.terms));
    };
    let broken = verify::violations(q, &previous.plan);
    if let Some(first) = broken.first() {
        let message = format!("the plan does not keep the snapshot's rules ({}); see orch verify", first.message);
        return Err(Error::Io(message));
    }
    let terms = if options.strategy == Strategy::Hybrid {
        let stay = Limits { max_moves: Some(0), stability: None };
        plan::replan(q, &Request { effort: Effort::Standard, ..request }, &previous.plan, None, stay)?.0.objective.terms
    } else {
        Vec::new()
    };
    Ok((previous.plan.clone(), terms))
}

fn placed(q: &Quantities<'_>, t: TaskIx, p: crate::model::Placement) -> PlacementRow {
    let offer = q.on(t, p.agent);
    let due = q.snapshot.task(t).deadline;
    PlacementRow {
        agent: q.snapshot.agent(p.agent).id.clone(),
        start: seconds(p.start),
        finish: seconds(p.finish),
        load: offer.map_or(0.0, |o| o.load),
        cost: offer.map_or(0.0, |o| o.cost),
        tardiness: due.map(|due| seconds((p.finish - due).max(0))),
    }
}

/// Where the task is, then agents that could have it by what the strategy asks of the task alone, then the others.
fn nearest_first(rows: &mut [AgentRow], strategy: Strategy) {
    let key = |r: &AgentRow| {
        let hard = r.conditions.iter().any(|c| c.code != "late");
        let near = r.offer.as_ref().map_or(f64::INFINITY, |o| match strategy {
            Strategy::CostOptimized => o.cost,
            Strategy::LoadBalanced => o.load,
            _ => o.finish.unwrap_or(f64::INFINITY),
        });
        (!r.here, !r.eligible, hard, near)
    };
    rows.sort_by(|a, b| {
        let (x, y) = (key(a), key(b));
        (x.0, x.1, x.2).cmp(&(y.0, y.1, y.2)).then(x.3.total_cmp(&y.3)).then(a.agent.cmp(&b.agent))
    });
}

/// Plans again with the task on the nearest agents; how many, and how many there are.
fn replan(base: &Base<'_>, before: &Components, t: TaskIx, rows: &mut [AgentRow]) -> Result<(usize, usize), Error> {
    let most = if base.snapshot.tasks.len() > MANY { 1 } else { REPLANNED };
    let candidates = rows.iter().filter(|r| r.possible && r.eligible && !r.here).count();
    let mut done = 0;
    for row in rows.iter_mut().filter(|r| r.possible && r.eligible && !r.here).take(most) {
        let Some(a) = base.snapshot.find_agent(&row.agent) else { continue };
        row.moving = Some(base.moved(before, t, a)?);
        done += 1;
    }
    Ok((done, candidates))
}

/// What keeps a task from its place or its deadline.
#[derive(Default)]
struct Found {
    conflict: Option<ConflictRow>,
    shortage: Option<Shortage>,
    repairs: Vec<Repair>,
}

fn trouble(q: &Quantities<'_>, places: &Places<'_>, t: TaskIx, base: &Base<'_>, late: bool) -> Result<Found, Error> {
    let s = q.snapshot;
    let placement = base.plan.placements[t.at()];
    let question = match placement {
        Some(_) if !late => return Ok(Found::default()),
        Some(_) => Question::OnTime,
        None => Question::Placed,
    };
    let tasks = facts::closure(s, t);
    let mut focused = facts::focus(s, &tasks);
    // Where only the place is asked for, no deadline takes part.
    if question == Question::Placed {
        focused.tasks.iter_mut().for_each(|t| t.deadline = None);
    }
    let all: Vec<Fact> = facts::all(&focused);
    let own = TaskIx::of(tasks.binary_search(&t).unwrap_or(0));
    let found = Asked::new(&focused, own, question, &all).conflict();
    let told = |i: &usize| {
        let (fact, place) = facts::told(&focused, &tasks, places, &all[*i]);
        FactRow { fact, place }
    };
    let conflict = found.as_ref().map(|c| ConflictRow {
        rules_out: if question == Question::Placed { "placed" } else { "on_time" },
        facts: c.facts.iter().map(told).collect(),
        proven_minimal: c.minimal,
    });
    let shortage = if found.is_none() { plan::shortage(q, t, late) } else { None };
    let facts: Vec<Fact> = found.map_or_else(Vec::new, |c| c.facts.iter().map(|i| all[*i].clone()).collect());
    let trouble = Trouble {
        snapshot: s,
        places: *places,
        task: t,
        question,
        finish: placement.map(|p| p.finish),
        earliest: plan::earliest(q)[t.at()],
        focus: &tasks,
        conflict: &facts,
        shortage: shortage.as_ref(),
    };
    let repairs = repair::repairs(&trouble, base)?;
    Ok(Found { conflict, shortage, repairs })
}

/// SHA-256 over everything that the answer depends on, as hexadecimal.
fn identity(s: &Snapshot, task: &str, options: Options<'_>) -> String {
    let from = options.previous.map_or_else(String::new, |p| format!("{:?}", p.plan));
    let agent = options.agent.unwrap_or("");
    let parts = ["orch", "explain", &s.sha256, task, agent, options.strategy.name(), options.effort.name(), &from];
    let digest = Sha256::digest(parts.join("\n").as_bytes());
    let hex = |half: u8| char::from_digit(u32::from(half), 16);
    digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).flatten().collect()
}
