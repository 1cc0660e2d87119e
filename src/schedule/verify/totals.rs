//! What may not be exceeded over the whole plan: `max_tasks`, capacity, budgets.

use super::{Code, TOLERANCE, Violation};
use crate::model::{AgentIx, DimIx, Placement, Plan, Quantities, ResourceIx, TaskIx};

/// Checks every total.
pub(super) fn check(q: &Quantities<'_>, plan: &Plan, out: &mut Vec<Violation>) {
    for (i, rows) in plan.by_agent(q.snapshot.agents.len()).iter().enumerate() {
        agent(q, AgentIx::of(i), rows, out);
    }
    shared_budgets(q, plan, out);
}

fn agent(q: &Quantities<'_>, a: AgentIx, rows: &[(TaskIx, Placement)], out: &mut Vec<Violation>) {
    if rows.is_empty() {
        return;
    }
    let agent = q.snapshot.agent(a);
    let mut broken = |code, message| out.push(Violation::new(code, message).of_agent(a));
    if let Some(most) = agent.max_tasks.filter(|most| rows.len() > *most as usize) {
        broken(Code::OverMaxTasks, format!("`{}` has {} tasks, may have {most}", agent.id, rows.len()));
    }
    if let Some(capacity) = agent.capacity {
        let added: f64 = rows.iter().filter_map(|(t, _)| q.on(*t, a)).map(|offer| offer.load).sum();
        let load = agent.current_load + added;
        if load > capacity + TOLERANCE {
            broken(Code::OverCapacity, format!("`{}` is loaded with {load} of {capacity}", agent.id));
        }
    }
    for (dim, budget) in &agent.budget {
        let used: f64 = rows.iter().map(|(t, _)| demand(q, *t, *dim)).sum();
        if used > budget + TOLERANCE {
            let name = q.snapshot.names.dims.get(dim.at()).map_or("", String::as_str);
            broken(Code::OverBudget, format!("`{}` uses up {used} `{name}` of a budget of {budget}", agent.id));
        }
    }
}

/// What a task demands in a dimension; 0 where it demands nothing.
pub(super) fn demand(q: &Quantities<'_>, t: TaskIx, dim: DimIx) -> f64 {
    let demand = &q.snapshot.task(t).demand;
    demand.binary_search_by_key(&dim, |d| d.0).map_or(0.0, |i| demand[i].1)
}

fn shared_budgets(q: &Quantities<'_>, plan: &Plan, out: &mut Vec<Violation>) {
    let resources = &q.snapshot.network.resources;
    let mut used = vec![0.0; resources.len()];
    for (t, _) in plan.placed() {
        for (r, amount) in &q.snapshot.task(t).uses {
            used[r.at()] += amount;
        }
    }
    for (i, (resource, used)) in resources.iter().zip(used).enumerate() {
        if let Some(budget) = resource.budget.filter(|budget| used > budget + TOLERANCE) {
            let message = format!("the plan uses up {used} of a budget of {budget} of `{}`", resource.id);
            out.push(Violation::new(Code::OverSharedBudget, message).of_resource(ResourceIx::of(i)));
        }
    }
}
