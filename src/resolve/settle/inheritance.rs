//! Priority inversions and deadlines against priorities: whoever others wait for works at their priority.

use serde_json::json;

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::Case,
        change::Change,
        phrases::{chained, time},
        place::Thing,
    },
    outline::{Outline, name},
};
use crate::{model::TaskIx, report::number};

/// Inversions by inheritance (Sha, Rajkumar, Lehoczky 1990); a task that would be late moves before the other.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    let outline = Outline::new("priority_negotiation").param("negotiation_method", "multi_criteria_decision");
    match &conflict.case {
        Case::Inversion { chain, inherits, .. } => {
            let raised: Vec<(TaskIx, f64)> =
                inherits.iter().copied().filter(|(t, p)| scene.snapshot.task(*t).priority < *p).collect();
            let through = chained(chain.iter().map(|h| h.id.as_str()));
            let row = |(t, p): &(TaskIx, f64)| json!({"task": name(scene, *t), "own": scene.snapshot.task(*t).priority, "inherits": p});
            let told = |(t, p): &(TaskIx, f64)| {
                let own = number(scene.snapshot.task(*t).priority, 3);
                format!(
                    "raise `{}` from {own} to {} until it gives back what is waited for",
                    name(scene, *t),
                    number(*p, 3)
                )
            };
            let proposal = outline
                .param("priority_protocol", "priority_inheritance")
                .param("inherited_priorities", raised.iter().map(row).collect::<Vec<_>>())
                .expect(format!("nothing of middle priority gets between {through}"))
                .steps(raised.iter().map(told))
                .step("let each go back to its own priority afterwards")
                .criterion("along waits no task waits for one that works at a lower priority")
                .changes(raised.iter().map(|(t, p)| Change::SetPriority(*t, *p)))
                .touches(raised.iter().map(|r| Thing::Task(r.0)));
            Some(proposal.done())
        }
        Case::DeadlineAgainstPriority { first, second, directive, late_by, .. } => {
            let (a, b) = (name(scene, *first), name(scene, *second));
            let change = match directive {
                Some(row) => {
                    Change::SetOrder(*row, swapped(&scene.snapshot.state.directives[*row].order, *first, *second))
                }
                None => Change::SetPriority(*second, scene.snapshot.task(*first).priority),
            };
            let step = match directive {
                Some(row) => {
                    let who = &scene.snapshot.state.directives[*row].stakeholder;
                    format!("`{who}` accepts `{b}` before `{a}`")
                }
                None => format!("raise `{b}` to the priority of `{a}`, so that the earlier deadline decides"),
            };
            let proposal = outline
                .param("tie_break", "earliest_deadline_first")
                .param("late_by", super::outline::moment(*late_by))
                .expect(format!("`{b}` goes first and is not {} late", time(*late_by)))
                .step(step)
                .criterion(format!("`{b}` keeps its deadline"))
                .changes([change])
                .agreed_by(1)
                .touches([Thing::Task(*first)]);
            Some(proposal.done())
        }
        _ => None,
    }
}

/// An order with `second` moved right before `first`.
fn swapped(order: &[TaskIx], first: TaskIx, second: TaskIx) -> Vec<TaskIx> {
    let mut out: Vec<TaskIx> = order.iter().copied().filter(|t| *t != second).collect();
    let at = out.iter().position(|t| *t == first).unwrap_or(0);
    out.insert(at, second);
    out
}
