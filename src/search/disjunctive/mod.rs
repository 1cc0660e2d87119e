//! Sequences on agents that do one thing at a time: tabu search over the disjunctive graph, with path
//! relinking between the best schedules met. Serves job shops, flexible or not, and any precedence with
//! transfers, as long as the sequences are all that times depend on.

mod block;
mod graph;
mod memory;
mod moves;
mod order;
mod relink;
mod shop;
mod tabu;
#[cfg(test)]
mod tests;

use graph::Kept;
pub use relink::Plan;
use relink::Relinking;
pub use shop::applies;

use crate::{
    schedule::{Choice, Instance, NONE},
    search::Sequence,
};

/// Shortens a schedule within the work allowed: tasks by start, each with its agent. Tasks that found no
/// time, and what follows them, keep out.
pub fn improve(inst: &Instance<'_>, sequence: &Sequence<'_>, reassign: bool, plan: Plan) -> (Vec<u32>, Vec<Choice>) {
    let mut order: Vec<u32> = sequence.order.clone();
    let line = &sequence.timeline;
    order.sort_by_key(|t| (line.start[*t as usize], line.finish[*t as usize], sequence.position[*t as usize]));
    let mut choice = sequence.choice.clone();
    if order.len() < 2 || order.iter().any(|t| line.agent[*t as usize] == NONE) {
        return (sequence.order.clone(), choice);
    }
    let mut shop = shop::Shop::new(inst, &order);
    if !reassign {
        shop.movable.fill(false);
    }
    let number = |t: &u32| shop.tasks.binary_search(t).map_or(NONE, |i| i as u32);
    let start = Kept {
        makespan: line.makespan(),
        order: order.iter().map(number).collect(),
        agent: shop.tasks.iter().map(|t| choice[*t as usize].agent).collect(),
        before: vec![NONE; shop.len()],
    };
    let best = Relinking::new(&shop, &start, plan).run(&start);
    for (i, t) in shop.tasks.iter().enumerate() {
        if let Some(c) = inst.choice(*t as usize, best.agent[i]) {
            choice[*t as usize] = c;
        }
    }
    (best.order.iter().map(|i| shop.tasks[*i as usize]).collect(), choice)
}
