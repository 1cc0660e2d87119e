//! Unsafe states: the cheapest holders give back what they hold and queue, so that the banker finds an order for
//! the rest (Dijkstra 1965).

use super::{
    super::{
        Proposal, Scene,
        cases::Holder,
        change::Change,
        phrases::listed,
        place::{Claim, Thing},
        rules::{banker::Bank, victims},
    },
    outline::Outline,
    victims::{WORK, cost},
};
use crate::model::{HoldMode, ResourceIx, TaskIx};

/// What the tasks hold and may still need, of resources that come back.
struct Customers {
    resources: Vec<ResourceIx>,
    capacity: Vec<f64>,
    held: Vec<Vec<f64>>,
    need: Vec<Vec<f64>>,
}

impl Customers {
    fn new(scene: &Scene<'_>, tasks: &[TaskIx], claims: &[Claim]) -> Self {
        let mut resources: Vec<ResourceIx> = claims.iter().map(|c| scene.claim(*c).resource).collect();
        resources.extend(tasks.iter().flat_map(|t| scene.snapshot.task(*t).uses.iter().map(|u| u.0)));
        resources.sort_unstable();
        resources.dedup();
        // Budgets and rates are nobody's to give back.
        let of = |r: &ResourceIx| &scene.snapshot.network.resources[r.at()];
        resources.retain(|r| of(r).capacity.is_some() && of(r).per.is_none());
        let capacity: Vec<f64> = resources.iter().map(|r| of(r).capacity.unwrap_or(0.0)).collect();
        let at = |r: ResourceIx| resources.binary_search(&r).ok();
        let mut held = vec![vec![0.0; resources.len()]; tasks.len()];
        for hold in claims.iter().map(|c| scene.claim(*c)) {
            let place = hold.task.and_then(|t| tasks.binary_search(&t).ok()).zip(at(hold.resource));
            if let Some((t, r)) = place {
                held[t][r] += if hold.mode == HoldMode::Exclusive { capacity[r] } else { hold.amount };
            }
        }
        let need = tasks.iter().enumerate().map(|(t, task)| {
            let mut row = vec![0.0; resources.len()];
            for (r, most) in &scene.snapshot.task(*task).uses {
                if let Some(r) = at(*r) {
                    row[r] = f64::max(most - held[t][r], 0.0);
                }
            }
            row
        });
        let need = need.collect();
        Self { resources, capacity, held, need }
    }

    /// The bank once some have ended; everyone outside can finish, so that only what the others hold is missing.
    fn bank(&self, ended: &[bool]) -> Bank {
        let keep = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
            rows.iter().zip(ended).map(|(row, e)| if *e { vec![0.0; row.len()] } else { row.clone() }).collect()
        };
        let held = keep(&self.held);
        let free = |r: usize| self.capacity[r] - held.iter().map(|h| h[r]).sum::<f64>();
        Bank { free: (0..self.capacity.len()).map(free).collect(), need: keep(&self.need), held }
    }
}

/// The settlement of an unsafe state of these tasks with these claims.
pub fn proposal(scene: &Scene<'_>, tasks: &[TaskIx], claims: &[Claim], outline: Outline) -> Proposal {
    let customers = Customers::new(scene, tasks, claims);
    let holders: Vec<Holder> = tasks.iter().map(|t| scene.holder(&scene.snapshot.task(*t).id)).collect();
    let costs: Vec<u64> = holders.iter().map(|h| cost(scene, h, claims)).collect();
    let stuck = |ended: &[bool]| customers.bank(ended).complete().stuck.iter().map(|p| *p as u32).collect();
    // A question to the bank costs n² r.
    let each = tasks.len().pow(2).saturating_mul(customers.resources.len()).max(1) as u64;
    let mut work = WORK.min(1_000_000_000 / each);
    let found = victims::cheapest(tasks.len(), |h| costs[h as usize], stuck, &mut work);
    let mut ended = vec![false; tasks.len()];
    for h in &found.holders {
        ended[*h as usize] = true;
    }
    let safe = customers.bank(&ended).complete().order;
    let order: Vec<&str> = safe.iter().filter(|p| !ended[**p]).map(|p| holders[*p].id.as_str()).collect();
    let names: Vec<&str> = found.holders.iter().map(|h| holders[*h as usize].id.as_str()).collect();
    let gone = |c: &&Claim| scene.claim(**c).task.is_some_and(|t| tasks.binary_search(&t).is_ok_and(|i| ended[i]));
    outline
        .param("safe_order", order.clone())
        .param("queued", names.clone())
        .param("proven_minimal", found.proven_minimal)
        .expect(format!(
            "the rest can finish in the order {}, then {} are served",
            listed(order),
            listed(names.iter().copied())
        ))
        .steps(names.iter().map(|id| format!("take back what `{id}` holds; it queues for all that it needs")))
        .criterion("an order exists in which every announced need is served (Dijkstra's banker)")
        .changes(claims.iter().filter(gone).map(|c| Change::DropClaim(*c)).collect::<Vec<_>>())
        .touches(customers.resources.iter().map(|r| Thing::Resource(*r)))
        .done()
}
