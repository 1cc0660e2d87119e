//! `--what-if`: scenarios as edits of the document, each planned as `distribute` plans where that is not too much work.

use super::{
    cheapest::{plans, weight},
    lab::{Lab, Trial, solve},
    opportunities::agents,
    report::ScenarioRow,
    scale::scale,
    scene::Scene,
};
use crate::{
    error::Error,
    input::{
        Scenario,
        document::{Item, Section, Value as Typed},
    },
    parallel,
    patch::{Op, number},
    plan::{self, Effort},
};

/// How versions are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As `distribute` plans, at this effort.
    Anew(Effort),
    /// From the plan of today or a schedule made at once, by moving what no longer fits and what pays.
    Carried,
}

impl Way {
    /// The best way in which so many versions can be planned: by the effort asked for, quickly, or from today's plan.
    pub fn of(lab: &Lab, tasks: usize, versions: usize) -> Self {
        let asked = lab.request.effort;
        let quick = plans(lab, tasks) as u64 * weight(asked) / weight(Effort::Quick);
        match versions {
            n if n <= plans(lab, tasks) => Self::Anew(asked),
            n if n as u64 <= quick => Self::Anew(Effort::Quick),
            _ => Self::Carried,
        }
    }

    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anew(Effort::Quick) => "anew, quick",
            Self::Anew(Effort::Standard) => "anew, standard",
            Self::Anew(Effort::High) => "anew, high",
            Self::Carried => "from today's plan, or at once",
        }
    }

    /// Plans a version; `Err` is what the reader finds wrong with it.
    ///
    /// # Errors
    ///
    /// A fault of the planner.
    pub fn plan(self, lab: &Lab, ops: &[Op], from: &Trial) -> Result<Result<Trial, String>, Error> {
        let version = match lab.version(ops) {
            Ok(version) => version,
            Err(problem) => return Ok(Err(problem)),
        };
        let trial = match self {
            Self::Anew(effort) => solve(version, &plan::Request { effort, ..lab.request })?,
            Self::Carried => lab.carry_far(version, from)?,
        };
        Ok(Ok(trial))
    }
}

/// Plans every scenario, and the fleet as it is in the same way.
///
/// # Errors
///
/// A fault of the planner.
pub fn run(lab: &Lab, scene: &Scene<'_>, start: &Trial, scenarios: &[Scenario]) -> Result<Vec<ScenarioRow>, Error> {
    if scenarios.is_empty() {
        return Ok(Vec::new());
    }
    let today = Scenario { name: "as it is".into(), ..Scenario::default() };
    let scenarios: Vec<&Scenario> = std::iter::once(&today).chain(scenarios).collect();
    let way = Way::of(lab, scene.snapshot().tasks.len(), scenarios.len());
    let one = |i: usize| -> Result<ScenarioRow, Error> {
        let scenario = scenarios[i];
        let mut row =
            ScenarioRow { name: scenario.name.clone(), changes: 0, planned: way.name(), metrics: None, problem: None };
        match ops(scene, scenario) {
            Err(problem) => row.problem = Some(problem),
            Ok(ops) => {
                row.changes = ops.len();
                match way.plan(lab, &ops, start)? {
                    Err(problem) => row.problem = Some(problem),
                    Ok(trial) => row.metrics = Some(trial.metrics),
                }
            }
        }
        Ok(row)
    };
    parallel::map(scenarios.len(), one).into_iter().collect()
}

/// The edits of a scenario.
fn ops(scene: &Scene<'_>, w: &Scenario) -> Result<Vec<Op>, String> {
    let s = scene.snapshot();
    let agent = |id: &String| s.find_agent(id).ok_or_else(|| format!("there is no agent `{id}`"));
    let mut out = Vec::new();
    scale(scene, w, &mut out);
    for (id, seconds) in &w.deadlines {
        let t = s.find_task(id).ok_or_else(|| format!("there is no task `{id}`"))?;
        out.extend(scene.set(Section::Tasks, t.at(), "deadline", number(*seconds)));
    }
    for id in &w.lose {
        out.extend(scene.set(Section::Agents, agent(id)?.at(), "status", "offline".into()));
    }
    let mut copies = 0;
    for (like, count) in &w.add {
        let model = agent(like)?;
        for _ in 0..*count {
            copies += 1;
            out.extend(agents::copy(scene, model, copies).into_iter().flat_map(|c| c.ops));
        }
    }
    cut(scene, w, &mut out)?;
    Ok(out)
}

/// Takes links out, the last first, so that places stay true.
fn cut(scene: &Scene<'_>, w: &Scenario, out: &mut Vec<Op>) -> Result<(), String> {
    let links = scene.document.root.get("network").and_then(|n| n.get("links")).map_or(&[][..], Item::items);
    let end = |item: &Item, name: &str| match item.get(name).map(|i| &i.value) {
        Some(Typed::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let mut gone: Vec<usize> = Vec::new();
    for (a, b) in &w.cut {
        let is = |l: &Item| {
            [(end(l, "from"), end(l, "to")), (end(l, "to"), end(l, "from"))].contains(&(a.clone(), b.clone()))
        };
        let found: Vec<usize> = (0..links.len()).filter(|i| is(&links[*i])).collect();
        if found.is_empty() {
            return Err(format!("there is no link between `{a}` and `{b}`"));
        }
        gone.extend(found);
    }
    gone.sort_unstable();
    gone.dedup();
    out.extend(gone.into_iter().rev().map(|i| Op::Remove { path: format!("/network/links/{i}") }));
    Ok(())
}
