//! What a report measures beside its objective: balance, predictions, and what it is better by than the baselines.

use std::collections::BTreeMap;

use super::{
    case::{About, Case},
    codes,
    figures::compare,
};
use crate::{
    model::seconds,
    schedule::{Loads, Utilization, balance, components},
};

/// Measures by the keys that lead to them.
type Measures = BTreeMap<Vec<String>, f64>;

/// Measures that a plan has for each agent.
const BY_AGENT: [&str; 3] = ["agent_loads", "agent_utilization", "agent_completion"];

/// Checks every measure that the plan tells. The baselines themselves are not made again: an improvement is
/// checked against the baseline that the plan names.
pub fn check(case: &mut Case<'_>) {
    let claimed = case.claimed;
    if claimed.measures.is_empty() {
        return;
    }
    let mut truth = Measures::new();
    balances(case, &mut truth);
    predictions(case, &mut truth);
    improvements(case, &mut truth);
    for (keys, claim) in &claimed.measures {
        if let Some(truth) = truth.get(keys) {
            compare(case, codes::WRONG_MEASURE, &told(keys), claim, *truth);
        } else if keys.get(1).is_none_or(|k| BY_AGENT.contains(&k.as_str())) {
            let message = format!("the plan tells {}, of which there is none", told(keys));
            case.tell(codes::WRONG_MEASURE, message, Some(claim), About::default());
        }
    }
}

/// A measure in words: `jain_index`, `agent_loads of a1`, `the improvement over greedy`.
fn told(keys: &[String]) -> String {
    match keys {
        [_, baseline, measure] if measure == "improvement" => format!("the improvement over {baseline}"),
        [_, measure, of] => format!("{measure} of `{of}`"),
        _ => keys.last().cloned().unwrap_or_default(),
    }
}

fn put(out: &mut Measures, keys: &[&str], value: f64) {
    out.insert(keys.iter().map(|k| (*k).to_owned()).collect(), value);
}

fn balances(case: &Case<'_>, out: &mut Measures) {
    let (q, section) = (case.q, "load_balancing_metrics");
    let loads = Loads::of(q, &case.plan);
    let used = Utilization::measure(q, &loads);
    for (agent, load) in q.snapshot.agents.iter().zip(&loads.load) {
        put(out, &[section, "agent_loads", &agent.id], *load);
    }
    for (a, u) in &used.of {
        put(out, &[section, "agent_utilization", &q.snapshot.agent(*a).id], *u);
    }
    let shares =
        [("utilization_efficiency", balance::efficiency(q, &loads, &used)), ("waste", balance::waste(q, &used))];
    let figures = [
        ("load_distribution_variance", Some(used.variance())),
        ("coefficient_of_variation", Some(balance::variation(&used))),
        ("jain_index", Some(balance::jain(&used))),
    ];
    for (name, value) in figures.into_iter().chain(shares) {
        // A number in place of null is as wrong as another number.
        put(out, &[section, name], value.unwrap_or(f64::INFINITY));
    }
    put(out, &["performance_predictions", "mean_utilization"], used.mean());
}

fn predictions(case: &Case<'_>, out: &mut Measures) {
    let (s, section) = (case.q.snapshot, "performance_predictions");
    let mut done: Vec<Option<i64>> = vec![None; s.agents.len()];
    let mut busy = vec![0.0; s.agents.len()];
    let (mut placed, mut deadlines, mut kept, mut retries, mut clean) = (0.0, 0.0, 0.0, 0.0, 1.0);
    for (t, p) in case.plan.placed() {
        let (task, agent) = (s.task(t), s.agent(p.agent));
        done[p.agent.at()] = done[p.agent.at()].max(Some(p.finish));
        busy[p.agent.at()] += seconds(p.finish.saturating_sub(p.start));
        placed += 1.0;
        if let Some(due) = task.deadline {
            deadlines += 1.0;
            kept += f64::from(u8::from(p.finish <= due));
        }
        let error = agent.metrics.error_rate.unwrap_or(0.0);
        retries += error / (1.0 - error);
        clean *= 1.0 - error;
    }
    for (agent, done) in s.agents.iter().zip(done) {
        if let Some(ms) = done {
            put(out, &[section, "agent_completion", &agent.id], seconds(ms));
        }
    }
    let makespan = components(case.q, &case.plan).makespan;
    let touched: Vec<usize> = case.q.touched().iter().enumerate().filter(|(_, t)| **t).map(|(a, _)| a).collect();
    let share = |a: &usize| busy[*a] / f64::from(s.agents[*a].slots.max(1)) / makespan;
    let shares: f64 = touched.iter().map(share).sum();
    let figures = [
        ("mean_busy_share", if makespan > 0.0 { shares / touched.len().max(1) as f64 } else { 0.0 }),
        ("makespan", makespan),
        ("throughput_per_hour", placed * 3600.0 / makespan),
        ("deadlines", deadlines),
        ("deadlines_kept", kept),
        ("expected_retries", retries),
        ("failure_free_probability", clean),
    ];
    for (name, value) in figures {
        put(out, &[section, name], value);
    }
}

fn improvements(case: &Case<'_>, out: &mut Measures) {
    let makespan = components(case.q, &case.plan).makespan;
    let section = "baseline_comparison";
    for baseline in ["round_robin", "greedy"] {
        let keys = [section, baseline, "components", "makespan"].map(str::to_owned);
        if let Some(other) = case.claimed.measures.get(keys.as_slice()) {
            put(out, &[section, baseline, "improvement"], 1.0 - makespan / other.value);
        }
    }
}
