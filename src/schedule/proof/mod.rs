//! Certificates: what proves a plan's bound, and the check of it from the model alone, without any solver.
//!
//! A bound is what no plan that places the same tasks can beat. [`check`] recomputes it from the [`Certificate`]
//! and the model's definitions (eligibility, processing time, load, cost, transfer); nothing that built the plan
//! or found the bound takes part. Sums of prices are whole numbers; moments are whole milliseconds.

mod certificate;
mod crowd;
mod edges;
mod ground;
mod knapsacks;
mod paths;
mod placement;
mod prices;
mod time;

pub use certificate::{Certificate, Component, Late, Prices, Step, Units};

pub use crowd::{Place, crowded};
pub use placement::{most, possible};

use crate::model::{NEVER, Plan, Quantities};
use ground::Ground;

/// How a certificate fails.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// It names what is not there, or cannot be read.
    Malformed(String),
    /// A step of its argument does not hold.
    Broken(String),
    /// It holds, but proves less than it claims.
    Short {
        /// What it proves.
        proven: f64,
        /// What it claims.
        claimed: f64,
    },
}

impl Fault {
    fn malformed(message: String) -> Self {
        Self::Malformed(message)
    }

    fn broken(message: String) -> Self {
        Self::Broken(message)
    }

    fn unknown(noun: &str, id: &str) -> Self {
        Self::Malformed(format!("there is no {noun} `{id}`"))
    }
}

/// What a certificate proves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proof {
    /// The bound as recomputed, in the component's unit.
    pub bound: Option<f64>,
    /// False where the bound, or a part of it, has to be believed.
    pub complete: bool,
}

/// Recomputes the bound of a sound plan from its certificate. O(pairs of task and agent).
///
/// # Errors
///
/// What is wrong with the certificate.
pub fn check(q: &Quantities<'_>, plan: &Plan, certificate: &Certificate) -> Result<Proof, Fault> {
    if certificate.proves() == Component::Placement {
        return Err(Fault::malformed("there is nothing about the objective".into()));
    }
    proven(&Ground::new(q, plan), certificate)
}

/// By how much less than it claims a certificate may prove: the noise of floats, nothing where moments are whole.
pub fn slack(component: Component, claimed: f64) -> f64 {
    let share = if component == Component::Makespan { 1e-9 } else { 1e-6 };
    share * claimed.abs() + 1e-9
}

fn proven(g: &Ground<'_>, certificate: &Certificate) -> Result<Proof, Fault> {
    let (bound, complete) = match certificate {
        Certificate::None { bound, .. } => return Ok(Proof { bound: *bound, complete: false }),
        Certificate::Prices { proves, shift, units, prices, .. } => {
            (prices::bound(g, *proves, *shift, units, prices)?, true)
        }
        Certificate::Knapsacks { shift, units, prices, .. } => (knapsacks::bound(g, *shift, units, prices)?, true),
        Certificate::CriticalPath { steps, .. } => (time::critical_path(g, steps)?, true),
        Certificate::Interval { trial, from, until, resource, agents, tasks, .. } => {
            let (trial, from, until) = (*trial, *from, *until);
            let claim = time::Interval { trial, from, until, resource: resource.as_deref(), agents, tasks };
            (time::interval(g, &claim)?, true)
        }
        Certificate::Crowd { proves, tasks, .. } => (crowd::bound(g, *proves, tasks)?, true),
        Certificate::OneMachine { agent, tasks, .. } => (time::one_machine(g, agent, tasks)?, true),
        Certificate::EdgeFinding { trial, agents, .. } => (edges::bound(g, *trial, agents)?, true),
        Certificate::StartTimes { moment, moments, weight, prices, .. } => {
            (paths::bound(g, *moment, *moments, *weight, prices)?, true)
        }
        Certificate::EarliestFinishes { tasks, .. } => (time::earliest_finishes(g, tasks)?, true),
        Certificate::CurrentLoad { agent, .. } => (current_load(g, agent.as_deref())?, true),
        Certificate::Components { parts, .. } => components(g, parts)?,
    };
    match certificate.bound() {
        Some(claimed) if !claimed.is_finite() || bound < claimed - slack(certificate.proves(), claimed) => {
            Err(Fault::Short { proven: bound, claimed })
        }
        _ => Ok(Proof { bound: Some(bound), complete }),
    }
}

/// The utilization of an agent before the plan.
fn current_load(g: &Ground<'_>, agent: Option<&str>) -> Result<f64, Fault> {
    let Some(id) = agent else { return Ok(0.0) };
    let a = g.q.snapshot.find_agent(id).ok_or_else(|| Fault::unknown("agent", id))?;
    let loads = crate::schedule::Loads::new(g.q);
    let measured = crate::schedule::Utilization::measure(g.q, &loads);
    let own = measured.of.iter().find(|u| u.0 == a);
    own.map(|u| u.1).ok_or_else(|| Fault::broken(format!("the batch cannot touch `{id}`")))
}

/// The hybrid objective's bound: each component's over its reference, which is a bound too.
fn components(g: &Ground<'_>, parts: &[Certificate]) -> Result<(f64, bool), Fault> {
    let order = [Component::Cost, Component::MaxUtilization, Component::Makespan, Component::WeightedTardiness];
    if parts.len() != 4 || parts.iter().zip(order).any(|(p, c)| p.proves() != c) {
        return Err(Fault::malformed("it needs a part for each of the four components, in order".into()));
    }
    let mut complete = true;
    let mut bounds = [0.0; 4];
    for (bound, part) in bounds.iter_mut().zip(parts) {
        complete &= proven(g, part)?.complete;
        // What is claimed is at most what is proven, and it is what the objective divides by.
        *bound = part.bound().filter(|b| b.is_finite()).unwrap_or(0.0);
    }
    let due = |t: &crate::model::TaskIx| {
        let task = g.q.snapshot.task(*t);
        if task.deadline.is_some_and(|d| d < NEVER) { task.priority } else { 0.0 }
    };
    let weight: f64 = g.q.snapshot.task_ixs().filter(|t| g.is_placed(*t)).map(|t| due(&t)).sum();
    let references = [bounds[0], bounds[1], bounds[2], weight * bounds[2]];
    let w = &g.q.snapshot.policies.weights;
    let weights = [w.cost, w.max_utilization, w.makespan, w.weighted_tardiness];
    let terms = (0..4).filter(|i| references[*i] > 0.0);
    Ok((terms.map(|i| weights[i] * bounds[i] / references[i]).sum(), complete))
}
