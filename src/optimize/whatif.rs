//! `--what-if`: scenarios as edits of the document, each planned from the plan of today.

use super::{
    lab::{Lab, Trial},
    opportunities::agents,
    report::ScenarioRow,
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
};

/// Plans every scenario.
///
/// # Errors
///
/// A fault of the planner.
pub fn run(lab: &Lab, scene: &Scene<'_>, start: &Trial, scenarios: &[Scenario]) -> Result<Vec<ScenarioRow>, Error> {
    let one = |i: usize| -> Result<ScenarioRow, Error> {
        let scenario = &scenarios[i];
        let mut row = ScenarioRow { name: scenario.name.clone(), changes: 0, metrics: None, problem: None };
        match ops(scene, scenario) {
            Err(problem) => row.problem = Some(problem),
            Ok(ops) => {
                row.changes = ops.len();
                match lab.version(&ops) {
                    Err(problem) => row.problem = Some(problem),
                    Ok(version) => {
                        let trial = lab.carry(version, &start.snapshot, &start.plan, lab.request.strategy)?;
                        row.metrics = Some(trial.metrics);
                    }
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

/// Multiplies loads, durations and prices.
pub fn scale(scene: &Scene<'_>, w: &Scenario, out: &mut Vec<Op>) {
    let s = scene.snapshot();
    let mut times = |section, row, field: &str, x: f64, by: f64| {
        if by != 1.0 && x > 0.0 {
            out.extend(scene.set(section, row, field, number(x * by)));
        }
    };
    for (i, task) in s.tasks.iter().enumerate() {
        times(Section::Tasks, i, "estimated_load", task.estimated_load, w.load);
        times(Section::Tasks, i, "duration", task.duration_ms / 1000.0, w.duration);
    }
    for (i, a) in s.agents.iter().enumerate() {
        times(Section::Agents, i, "cost_per_task", a.cost_per_task, w.prices);
        times(Section::Agents, i, "cost_per_load", a.cost_per_load, w.prices);
        times(Section::Agents, i, "cost_per_hour", a.cost_per_hour, w.prices);
        times(Section::Agents, i, "cost_fixed", a.cost_fixed, w.prices);
    }
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
