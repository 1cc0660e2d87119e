//! How a fleet does under a plan: one figure a name, on the model's definitions alone.

use serde::Serialize;

use super::stranded::{self, Stranded};
use crate::{
    model::{AgentIx, Ms, Plan, Quantities, TaskIx, seconds},
    schedule::{Loads, Utilization, balance, components},
};

/// What a plan is worth. Seconds, money and shares of 1; means are over placed tasks, balance is over the agents that
/// the batch can touch, idle ones included.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct Metrics {
    /// Placed tasks.
    pub placed_tasks: usize,
    /// Tasks without a place.
    pub unplaced_tasks: usize,
    /// Σ priority of placed tasks.
    pub priority_placed: f64,
    /// Latest finish.
    pub makespan: f64,
    /// Mean of finish − release.
    pub mean_flow_time: f64,
    /// Mean of start − the moment at which release and inputs were there.
    pub mean_waiting: f64,
    /// Σ priority · tardiness.
    pub weighted_tardiness: f64,
    /// Placed tasks that finish after their deadline.
    pub late_tasks: usize,
    /// Those of the placed tasks with a deadline, as a share; null without deadlines.
    pub late_share: Option<f64>,
    /// Placed tasks per hour of makespan; null where that is 0.
    pub throughput_per_hour: Option<f64>,
    /// Σ cost of placed tasks.
    pub cost: f64,
    /// Σ `cost_fixed` of touched agents.
    pub cost_fixed: f64,
    /// Both.
    pub cost_total: f64,
    /// Touched agents.
    pub agents: usize,
    /// Σ load / Σ capacity of touched agents; null where none has a capacity.
    pub utilization_efficiency: Option<f64>,
    /// Greatest utilization.
    pub max_utilization: f64,
    /// Mean utilization.
    pub mean_utilization: f64,
    /// Standard deviation of utilization over its mean.
    pub coefficient_of_variation: f64,
    /// Jain's index of utilization.
    pub jain_index: f64,
    /// Share of what is provisioned that is not used (model.md, section 4).
    pub waste: Option<f64>,
    /// Share of free capacity that no kind of task of the batch can use; null without capacities.
    pub stranded_capacity: Option<f64>,
    /// Share of free capacity that a task of the batch drawn at random cannot use (Weng et al., ATC 2023).
    pub fragmentation: Option<f64>,
    /// Mean share of the makespan that the slots of touched agents work.
    pub busy_share: f64,
    /// Longest chain of precedences as placed, transfers counted, over the makespan.
    pub critical_path_share: f64,
    /// Time of transfers between agents and of staging, over that and processing.
    pub transfer_share: f64,
}

/// A named figure, and which way it is better.
pub struct Named {
    /// Its key.
    pub name: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// Less is better.
    pub less: bool,
    /// Reads it.
    pub of: fn(&Metrics) -> Option<f64>,
}

/// What a figure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Money.
    Money,
    /// A share of 1.
    Share,
    /// A plain number.
    Number,
}

const fn named(name: &'static str, unit: Unit, less: bool, of: fn(&Metrics) -> Option<f64>) -> Named {
    Named { name, unit, less, of }
}

/// Every figure that changes are judged, aimed and compared by.
pub const METRICS: &[Named] = &[
    named("unplaced_tasks", Unit::Number, true, |m| Some(m.unplaced_tasks as f64)),
    named("priority_placed", Unit::Number, false, |m| Some(m.priority_placed)),
    named("makespan", Unit::Seconds, true, |m| Some(m.makespan)),
    named("weighted_tardiness", Unit::Number, true, |m| Some(m.weighted_tardiness)),
    named("late_tasks", Unit::Number, true, |m| Some(m.late_tasks as f64)),
    named("late_share", Unit::Share, true, |m| m.late_share),
    named("mean_flow_time", Unit::Seconds, true, |m| Some(m.mean_flow_time)),
    named("mean_waiting", Unit::Seconds, true, |m| Some(m.mean_waiting)),
    named("throughput_per_hour", Unit::Number, false, |m| m.throughput_per_hour),
    named("cost", Unit::Money, true, |m| Some(m.cost)),
    named("cost_fixed", Unit::Money, true, |m| Some(m.cost_fixed)),
    named("cost_total", Unit::Money, true, |m| Some(m.cost_total)),
    named("agents", Unit::Number, true, |m| Some(m.agents as f64)),
    named("utilization_efficiency", Unit::Share, false, |m| m.utilization_efficiency),
    named("max_utilization", Unit::Share, true, |m| Some(m.max_utilization)),
    named("mean_utilization", Unit::Share, false, |m| Some(m.mean_utilization)),
    named("coefficient_of_variation", Unit::Number, true, |m| Some(m.coefficient_of_variation)),
    named("jain_index", Unit::Number, false, |m| Some(m.jain_index)),
    named("waste", Unit::Share, true, |m| m.waste),
    named("stranded_capacity", Unit::Share, true, |m| m.stranded_capacity),
    named("fragmentation", Unit::Share, true, |m| m.fragmentation),
    named("busy_share", Unit::Share, false, |m| Some(m.busy_share)),
    named("critical_path_share", Unit::Share, false, |m| Some(m.critical_path_share)),
    named("transfer_share", Unit::Share, true, |m| Some(m.transfer_share)),
];

/// Measures a plan; sums run by task id.
pub fn measure(q: &Quantities<'_>, plan: &Plan) -> Metrics {
    let s = q.snapshot;
    let c = components(q, plan);
    let loads = Loads::of(q, plan);
    let used = Utilization::measure(q, &loads);
    let times = Times::of(q, plan);
    let fixed = used.of.iter().map(|(a, _)| s.agent(*a).cost_fixed).sum::<f64>();
    let due = plan.placed().filter(|(t, _)| s.task(*t).deadline.is_some()).count();
    let Stranded { stranded, fragmentation } = stranded::measure(q, plan, &loads, &used);
    let n = c.placed.max(1) as f64;
    Metrics {
        placed_tasks: c.placed,
        unplaced_tasks: s.tasks.len() - c.placed,
        priority_placed: c.priority_placed,
        makespan: c.makespan,
        mean_flow_time: seconds(times.flow) / n,
        mean_waiting: seconds(times.waiting) / n,
        weighted_tardiness: c.weighted_tardiness,
        late_tasks: c.late_tasks,
        late_share: (due > 0).then(|| c.late_tasks as f64 / due as f64),
        throughput_per_hour: (c.makespan > 0.0).then(|| c.placed as f64 * 3600.0 / c.makespan),
        cost: c.cost,
        cost_fixed: fixed,
        cost_total: c.cost + fixed,
        agents: used.of.len(),
        utilization_efficiency: balance::efficiency(q, &loads, &used),
        max_utilization: used.greatest(),
        mean_utilization: used.mean(),
        coefficient_of_variation: balance::variation(&used),
        jain_index: balance::jain(&used),
        waste: balance::waste(q, &used),
        stranded_capacity: stranded,
        fragmentation,
        busy_share: busy(q, plan, &used, c.makespan),
        critical_path_share: if c.makespan > 0.0 { seconds(times.chain) / c.makespan } else { 0.0 },
        transfer_share: times.moved as f64 / (times.moved + times.worked).max(1) as f64,
    }
}

/// Time that the slots of each agent work, ms.
pub fn worked(q: &Quantities<'_>, plan: &Plan) -> Vec<Ms> {
    let mut out = vec![0; q.snapshot.agents.len()];
    for (_, p) in plan.placed() {
        out[p.agent.at()] += p.finish - p.start;
    }
    out
}

/// The share of a span that an agent's slots work.
pub fn share_of(q: &Quantities<'_>, a: AgentIx, worked: Ms, makespan: f64) -> f64 {
    let slots = f64::from(q.snapshot.agent(a).slots.max(1));
    if makespan > 0.0 { seconds(worked) / slots / makespan } else { 0.0 }
}

fn busy(q: &Quantities<'_>, plan: &Plan, used: &Utilization, makespan: f64) -> f64 {
    let worked = worked(q, plan);
    let sum: f64 = used.of.iter().map(|(a, _)| share_of(q, *a, worked[a.at()], makespan)).sum();
    sum / used.of.len().max(1) as f64
}

/// Sums over tasks, ms.
#[derive(Default)]
struct Times {
    flow: Ms,
    waiting: Ms,
    chain: Ms,
    moved: Ms,
    worked: Ms,
}

impl Times {
    fn of(q: &Quantities<'_>, plan: &Plan) -> Self {
        let mut out = Self::default();
        let mut order: Vec<_> = plan.placed().collect();
        order.sort_by_key(|(t, p)| (p.start, p.finish, *t));
        let mut chain = vec![0; q.snapshot.tasks.len()];
        for (t, p) in order {
            let task = q.snapshot.task(t);
            let (mut ready, mut longest) = (task.release.max(0), 0);
            for d in task.depends_on.iter().filter(|d| !d.soft) {
                let Some(from) = plan.placements[d.task.at()] else { continue };
                let moved = q.transfer(from.agent, p.agent, d.data_mb).unwrap_or(0);
                out.moved += moved;
                ready = ready.max(from.finish + moved);
                longest = longest.max(chain[d.task.at()] + moved);
            }
            let length = p.finish - p.start;
            let staging = staging(q, t, p.agent).min(length);
            chain[t.at()] = longest + length;
            out.chain = out.chain.max(chain[t.at()]);
            out.waiting += (p.start - ready).max(0);
            out.flow += p.finish - task.release.max(0);
            out.moved += staging;
            out.worked += length - staging;
        }
        out
    }
}

/// Ms of a task's processing time that its data take to come.
pub fn staging(q: &Quantities<'_>, t: TaskIx, a: AgentIx) -> Ms {
    let ms = q.staging(q.snapshot.task(t), a);
    if ms.is_finite() { crate::model::up(ms) } else { 0 }
}
