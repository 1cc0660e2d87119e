//! What a plan says of its worth, beside what it is worth.

use super::{
    case::{About, Case},
    codes::{self, Kind},
    report::Worth,
};
use crate::{
    input::claimed::{Told, Worth as Claims},
    model::Strategy,
    report::number,
    schedule::components,
};

/// Relative and absolute difference up to which figures are the same: the noise of sums and printing.
const TOLERANCE: f64 = 1e-6;

/// True where a claim and the truth differ by more than noise.
pub fn differ(claimed: f64, truth: f64) -> bool {
    (claimed - truth).abs() > TOLERANCE * truth.abs().max(1.0) || !claimed.is_finite()
}

/// Checks every figure; returns what the plan is worth.
pub fn check(case: &mut Case<'_>) -> Worth {
    rows(case);
    let c = components(case.q, &case.plan);
    let four = [
        ("cost", c.cost),
        ("max_utilization", c.max_utilization),
        ("makespan", c.makespan),
        ("weighted_tardiness", c.weighted_tardiness),
    ];
    let mut out = Worth {
        components: four.into_iter().collect(),
        priority_placed: c.priority_placed,
        late_tasks: c.late_tasks,
        name: None,
        value: None,
        bound: None,
    };
    let claimed = case.claimed;
    if let Some(batch) = claimed.batch.as_ref().filter(|b| b.value != case.q.snapshot.tasks.len() as f64) {
        let message = format!("the plan is of {} tasks, the snapshot has {}", batch.value, case.q.snapshot.tasks.len());
        case.tell(codes::OTHER_SNAPSHOT, message, Some(batch), About::default());
    }
    let Some(objective) = &claimed.objective else { return out };
    let claims = &objective.value;
    for (name, row) in &claims.components {
        if let Some(truth) = out.components.get(name.as_str()) {
            compare(case, codes::WRONG_COMPONENT, name, row, *truth);
        } else {
            let message = format!("`{name}` is no component of an objective");
            case.tell(codes::WRONG_COMPONENT, message, Some(row), About::default());
        }
    }
    out.value = value(case, objective, &out);
    out.name = claims.name.as_ref().map(|n| n.value.clone());
    out.bound = claims.figures.get("bound").map(|b| b.value);
    if let (Some(claim), Some(truth)) = (claims.figures.get("value"), out.value) {
        compare(case, codes::WRONG_OBJECTIVE, "the objective", claim, truth);
    }
    bound(case, claims);
    out
}

/// Tells a claim that differs from the truth.
pub fn compare(case: &mut Case<'_>, kind: Kind, what: &str, claim: &Told<f64>, truth: f64) {
    if differ(claim.value, truth) {
        let short = [claim.value, truth].map(|x| number(x, 6));
        let message = match &short {
            _ if !truth.is_finite() => format!("the plan says {what} is {}, there is none", short[0]),
            [said, is] if said != is => format!("the plan says {what} is {said}, it is {is}"),
            _ => format!("the plan says {what} is {}, it is {truth}", claim.value),
        };
        case.tell(kind, message, Some(claim), About::default());
    }
}

/// Load and cost of each row.
fn rows(case: &mut Case<'_>) {
    let (claimed, q) = (case.claimed, case.q);
    for t in q.snapshot.task_ixs() {
        let Some((p, i)) = case.plan.placements[t.at()].zip(case.row_of[t.at()]) else { continue };
        let Some(offer) = q.on(t, p.agent) else { continue };
        for (name, claim, truth) in
            [("load", &claimed.rows[i].load, offer.load), ("cost", &claimed.rows[i].cost, offer.cost)]
        {
            if let Some(claim) = claim.as_ref().filter(|c| differ(c.value, truth)) {
                let (task, agent) = (&q.snapshot.task(t).id, &q.snapshot.agent(p.agent).id);
                let message =
                    format!("the plan says the {name} of `{task}` on `{agent}` is {}, it is {truth}", claim.value);
                let about = About { task: Some(t), agent: Some(p.agent), resource: None };
                case.tell(codes::WRONG_ROW, message, Some(claim), about);
            }
        }
    }
}

/// The objective's value as it should be; `None` where the plan does not say which objective it has.
fn value(case: &mut Case<'_>, objective: &Told<Claims>, worth: &Worth) -> Option<f64> {
    let claims = &objective.value;
    let strategy = claims.strategy.as_ref().and_then(|s| Strategy::ALL.into_iter().find(|k| k.name() == s.value));
    if let Some(unknown) = claims.strategy.as_ref().filter(|_| strategy.is_none()) {
        let message = format!("there is no strategy `{}`", unknown.value);
        case.tell(codes::WRONG_OBJECTIVE, message, Some(unknown), About::default());
    }
    let strategy = strategy?;
    if let Some(name) = claims.name.as_ref().filter(|n| n.value != strategy.component()) {
        let message = format!("the objective of {} is {}, not `{}`", strategy.name(), strategy.component(), name.value);
        case.tell(codes::WRONG_OBJECTIVE, message, Some(name), About::default());
    }
    match strategy {
        Strategy::Hybrid => hybrid(case, objective, worth),
        _ => worth.components.get(strategy.component()).copied(),
    }
}

/// Σ weight · component / reference: the weights are the snapshot's, the references the plan's own.
fn hybrid(case: &mut Case<'_>, objective: &Told<Claims>, worth: &Worth) -> Option<f64> {
    let claims = &objective.value;
    let w = case.q.snapshot.policies.weights;
    let weights = [
        ("cost", w.cost),
        ("max_utilization", w.max_utilization),
        ("makespan", w.makespan),
        ("weighted_tardiness", w.weighted_tardiness),
    ];
    let mut sum = 0.0;
    for (name, weight) in weights {
        if let Some(claim) = claims.weights.get(name) {
            compare(case, codes::WRONG_OBJECTIVE, &format!("the weight of {name}"), claim, weight);
        }
        let Some(reference) = claims.references.get(name) else {
            let message = format!("the reference of {name} is missing, so the objective cannot be recomputed");
            case.tell(codes::WRONG_OBJECTIVE, message, Some(objective), About::default());
            return None;
        };
        if reference.value > 0.0 {
            sum += weight * worth.components[name] / reference.value;
        }
    }
    Some(sum)
}

/// Value, bound, gap and proof must fit each other.
fn bound(case: &mut Case<'_>, claims: &Claims) {
    let figure = |name: &str| claims.figures.get(name);
    let mut wrong = |message: String, at: &Told<f64>| {
        case.tell(codes::CONTRADICTION, message, Some(at), About::default());
    };
    let mut met = false;
    if let (Some(value), Some(bound)) = (figure("value"), figure("bound")) {
        let (v, b) = (value.value, bound.value);
        met = !differ(b, v);
        if b > v && !met {
            wrong(format!("the bound {b} lies above the value {v}"), bound);
        }
        if let Some(gap) = figure("gap_absolute").filter(|g| differ(g.value, v - b)) {
            wrong(format!("the gap is {}, not {}", v - b, gap.value), gap);
        }
        let share = if b == 0.0 { 0.0 } else { (v - b) / b.abs() };
        if let Some(gap) = figure("gap").filter(|g| differ(g.value, share) || b == 0.0 && v > b && !met) {
            wrong(format!("the relative gap is {share}, not {}", gap.value), gap);
        }
    }
    let proven = claims.proven.as_ref();
    if let Some(claim) = proven.filter(|p| p.value) {
        if !met {
            let message = "the plan is called proven optimal, but its value is not its bound".into();
            case.tell(codes::CONTRADICTION, message, Some(claim), About::default());
        } else if claims.placement_proven.as_ref().is_some_and(|p| !p.value) {
            let message = "the plan is called proven optimal, but it is not proven that none places more".into();
            case.tell(codes::CONTRADICTION, message, Some(claim), About::default());
        }
    }
    if let Some(status) = &claims.status {
        let known = ["optimal", "feasible", "limit"].contains(&status.value.as_str());
        let fits = proven.is_none_or(|p| p.value == (status.value == "optimal"));
        if !known || !fits {
            let message = format!("the status `{}` is not that of such a plan", status.value);
            case.tell(codes::CONTRADICTION, message, Some(status), About::default());
        }
    }
}
