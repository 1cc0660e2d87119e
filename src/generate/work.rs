//! Tasks in workflows, drawn together with a simple plan of them that everything is then sized by.
//!
//! The plan takes stages in turn, each task to the next able agent, behind what that agent has. Durations and
//! transfers are taken at their longest, so its starts stay feasible whatever path data takes.

use super::{Value, fleet::Fleet};
use crate::search::Rng;

/// A kind of task: name, skill, mean seconds, mean load, thousands of tokens.
struct Kind(&'static str, &'static str, usize, usize, usize);

const PLAN: Kind = Kind("plan-work", "plan", 400, 5, 12);
const IMPLEMENT: Kind = Kind("implement", "code", 900, 12, 40);
const FIX: Kind = Kind("fix-bug", "debug", 600, 8, 30);
const REVIEW: Kind = Kind("review-change", "review", 300, 4, 20);
const AUDIT: Kind = Kind("audit-security", "security", 700, 8, 35);
const TEST: Kind = Kind("unit-test", "test", 240, 4, 6);
const BROWSE: Kind = Kind("browser-test", "browse", 500, 6, 8);
const SEARCH: Kind = Kind("find-sources", "search", 240, 4, 18);
const REASON: Kind = Kind("compare-options", "reason", 500, 7, 25);
const WRITE: Kind = Kind("write-docs", "write", 300, 4, 15);
const TRANSLATE: Kind = Kind("translate", "translate", 180, 3, 22);
const EMBED: Kind = Kind("embed-corpus", "embed", 500, 10, 0);
const TRAIN: Kind = Kind("fine-tune", "train", 1500, 30, 0);

/// Workflows, stage by stage.
const FLOWS: &[&[&Kind]] = &[
    &[&PLAN, &IMPLEMENT, &IMPLEMENT, &TEST, &REVIEW, &AUDIT, &BROWSE, &WRITE, &TRANSLATE],
    &[&TEST, &FIX, &TEST, &REVIEW],
    &[&SEARCH, &SEARCH, &REASON, &WRITE, &TRANSLATE, &TRANSLATE],
    &[&SEARCH, &EMBED, &TRAIN, &BROWSE, &REASON, &WRITE],
    &[&IMPLEMENT, &TEST],
];

/// A task that is placed in the generator's own plan.
struct Placed {
    id: String,
    agent: usize,
    finish: usize,
}

/// A workflow on its way.
struct Flow {
    stages: &'static [&'static Kind],
    done: Vec<Placed>,
}

/// What the work adds to the snapshot.
pub struct Work {
    /// Rows of tasks.
    pub tasks: Vec<Value>,
    /// Rows of shared resources.
    pub resources: Vec<Value>,
}

/// Draws `count` tasks.
pub fn draw(fleet: &mut Fleet, count: usize, rng: &mut Rng) -> Work {
    let mut flows = Vec::new();
    let mut total = 0;
    while total < count {
        let stages = FLOWS[rng.below(FLOWS.len())];
        let stages = &stages[..stages.len().min(count - total)];
        total += stages.len();
        flows.push(Flow { stages, done: Vec::new() });
    }
    let mut next = Turns::default();
    let mut out = Work { tasks: Vec::with_capacity(count), resources: Vec::new() };
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let deepest = flows.iter().map(|f| f.stages.len()).max().unwrap_or(0);
    for stage in 0..deepest {
        for (i, flow) in flows.iter_mut().enumerate().filter(|(_, f)| stage < f.stages.len()) {
            out.tasks.push(task(fleet, flow, i + 1, &mut next, &mut starts, rng));
        }
    }
    if !starts.is_empty() {
        let capacity = busiest_minute(&mut starts);
        let row =
            [("id", Value::text("llm-kilotokens")), ("capacity", Value::from(capacity)), ("per", Value::text("60s"))];
        out.resources.push(Value::map(row));
    }
    out
}

/// Draws the next stage of a workflow and runs it in the generator's own plan.
fn task(
    fleet: &mut Fleet,
    flow: &mut Flow,
    number: usize,
    next: &mut Turns,
    starts: &mut Vec<(usize, usize)>,
    rng: &mut Rng,
) -> Value {
    let stage = flow.done.len();
    let Kind(name, skill, seconds, load, ktokens) = flow.stages[stage];
    let scale = |mean: usize, rng: &mut Rng| (mean * (50 + rng.below(101))).div_ceil(100);
    let (nominal, load) = (scale(*seconds, rng), scale(*load, rng));
    let tokens = 1000 * scale(*ktokens, rng);
    let mut agent = next.able(fleet, skill);
    let together = flow.done.last().filter(|p| rng.one_in(12) && fleet.agents[p.agent].proficiency(skill).is_some());
    agent = together.map_or(agent, |p| p.agent);
    let mut rows = vec![("requires", requires(skill, rng)), ("estimated_load", Value::from(load))];
    rows.push(("duration", Value::from(nominal)));
    rows.push(("priority", Value::from(1 + rng.below(5))));
    let mut ready = 0.0f64;
    rows.push(("depends_on", dependencies(fleet, flow, &mut ready, rng)));
    if tokens > 0 {
        rows.push((
            "demand",
            Value::map([("tokens", Value::from(tokens)), ("memory_gb", Value::from(1 << rng.below(4)))]),
        ));
    }
    let rate = if tokens > 0 && rng.one_in(2) { tokens / 4000 } else { 0 };
    if rate > 0 {
        rows.push(("uses", Value::map([("llm-kilotokens", Value::from(rate))])));
    }
    let mut work = fleet.agents[agent].time(nominal, skill);
    if rng.one_in(15) {
        let data = &fleet.data[rng.below(fleet.data.len())];
        work += fleet.slowest_transfer(data.size_mb());
        rows.push(("reads", Value::texts([&data.id])));
    }
    if let Some(last) = together {
        rows.push(("together", Value::texts([&last.id])));
    } else if let Some(last) = flow.done.last().filter(|p| p.agent != agent && rng.one_in(6)) {
        rows.push(("apart", Value::texts([&last.id])));
    }
    let (start, finish) = run(fleet, agent, ready, work);
    if rate > 0 {
        starts.push((start, rate));
    }
    fleet.agents[agent].load += load;
    fleet.agents[agent].tokens += tokens;
    if stage + 1 == flow.stages.len() || rng.one_in(8) {
        let due = finish * (105 + rng.below(60)) / 100;
        rows.push(("deadline", Value::from(due)));
    }
    let id = format!("flow-{number:05}-{}-{name}", stage + 1);
    flow.done.push(Placed { id: id.clone(), agent, finish });
    let head = [("id", Value::text(id)), ("type", Value::text(*name))];
    Value::map(head.into_iter().chain(rows))
}

fn requires(skill: &str, rng: &mut Rng) -> Value {
    if rng.one_in(4) { Value::map([(skill, Value::from(0.6))]) } else { Value::texts([skill]) }
}

/// Dependencies on the stage before, sometimes on the one before that; raises `ready` to their arrival.
fn dependencies(fleet: &Fleet, flow: &Flow, ready: &mut f64, rng: &mut Rng) -> Value {
    let mut rows = Vec::new();
    let before = flow.done.iter().rev().take(if rng.one_in(5) { 2 } else { 1 });
    for p in before {
        let mb = if rng.one_in(2) { 1 + rng.below(80) } else { 0 };
        *ready = ready.max(p.finish as f64 + fleet.slowest_transfer(mb));
        rows.push(match mb {
            0 => Value::text(&p.id),
            mb => Value::map([("task", Value::text(&p.id)), ("data_mb", Value::from(mb))]),
        });
    }
    Value::List(rows)
}

/// Runs work on the agent's first free slot; whole seconds, rounded up.
fn run(fleet: &mut Fleet, agent: usize, ready: f64, work: f64) -> (usize, usize) {
    let slots = &mut fleet.agents[agent].slots;
    let slot = (0..slots.len()).min_by_key(|i| slots[*i]).unwrap_or(0);
    let start = slots[slot].max(libm::ceil(ready) as usize);
    let finish = start + libm::ceil(work) as usize;
    slots[slot] = finish;
    (start, finish)
}

/// The greatest amount held at once where each is held for a minute from its start, and a tenth more.
fn busiest_minute(starts: &mut [(usize, usize)]) -> usize {
    starts.sort_unstable();
    let (mut first, mut held, mut peak) = (0, 0, 0);
    for (at, amount) in starts.iter() {
        while starts[first].0 + 60 <= *at {
            held -= starts[first].1;
            first += 1;
        }
        held += amount;
        peak = peak.max(held);
    }
    peak + peak.div_ceil(10)
}

/// Whose turn it is among the agents with a skill.
#[derive(Default)]
struct Turns {
    of: Vec<(&'static str, Vec<usize>, usize)>,
}

impl Turns {
    fn able(&mut self, fleet: &Fleet, skill: &'static str) -> usize {
        let at = self.of.iter().position(|t| t.0 == skill).unwrap_or_else(|| {
            self.of.push((skill, fleet.able(skill), 0));
            self.of.len() - 1
        });
        let (_, agents, turn) = &mut self.of[at];
        *turn += 1;
        agents.get((*turn - 1) % agents.len().max(1)).copied().unwrap_or(0)
    }
}
