//! `--n-minus 1`: what is late or has no place when one agent is lost, for each agent.

use super::{
    lab::{Lab, Trial},
    report::LossRow,
    scene::Scene,
    whatif::Way,
};
use crate::{
    error::Error,
    input::document::Section,
    model::{AgentIx, Plan, Snapshot, TaskIx},
    parallel,
};

/// Plans without each agent that the batch can touch, from the plan of today; the worst loss first.
///
/// # Errors
///
/// A fault of the planner.
pub fn run(lab: &Lab, scene: &Scene<'_>, start: &Trial) -> Result<Vec<LossRow>, Error> {
    let agents: Vec<AgentIx> = scene.used.of.iter().map(|u| u.0).collect();
    let way = Way::of(lab, scene.snapshot().tasks.len(), agents.len() + 1);
    // What is lost is told against the fleet as it is, planned in the same way.
    let whole = if way == Way::Carried { None } else { way.plan(lab, &[], start)?.ok() };
    let today = whole.as_ref().unwrap_or(start);
    let one = |i: usize| loss(lab, scene, today, (agents[i], way));
    let mut rows: Vec<LossRow> = parallel::map(agents.len(), one).into_iter().collect::<Result<_, Error>>()?;
    rows.sort_by(|a, b| {
        let worse = (b.problem.is_some(), b.unplaced.len()).cmp(&(a.problem.is_some(), a.unplaced.len()));
        let time = b.weighted_tardiness.total_cmp(&a.weighted_tardiness).then(b.makespan.total_cmp(&a.makespan));
        worse.then(b.late.len().cmp(&a.late.len())).then(time).then_with(|| a.agent.cmp(&b.agent))
    });
    Ok(rows)
}

fn loss(lab: &Lab, scene: &Scene<'_>, start: &Trial, (a, way): (AgentIx, Way)) -> Result<LossRow, Error> {
    let mut row = LossRow {
        agent: scene.agent(a),
        unplaced: Vec::new(),
        late: Vec::new(),
        makespan: 0.0,
        weighted_tardiness: 0.0,
        planned: way.name(),
        problem: None,
    };
    let op = scene.set(Section::Agents, a.at(), "status", "offline".into());
    let trial = match way.plan(lab, op.as_slice(), start)? {
        Ok(trial) => trial,
        Err(problem) => {
            row.problem = Some(problem);
            return Ok(row);
        }
    };
    // Tasks keep their places, so those of both plans are the same.
    let ids = |is: &dyn Fn(&Snapshot, &Plan, TaskIx) -> bool| -> Vec<String> {
        let s = scene.snapshot();
        let now = |t: &TaskIx| is(&trial.snapshot, &trial.plan, *t) && !is(&start.snapshot, &start.plan, *t);
        s.task_ixs().filter(now).map(|t| s.task(t).id.clone()).collect()
    };
    row.unplaced = ids(&|_, plan, t| plan.placements[t.at()].is_none());
    row.late = ids(&|s, plan, t| match (plan.placements[t.at()], s.task(t).deadline) {
        (Some(p), Some(due)) => p.finish > due,
        _ => false,
    });
    row.makespan = trial.metrics.makespan;
    row.weighted_tardiness = trial.metrics.weighted_tardiness;
    Ok(row)
}
