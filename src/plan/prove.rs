//! The least cost by enumeration: where a plan is an assignment within capacities, small ones are solved to
//! their optimum, larger ones get the knapsacks' bound; other constraints only make plans dearer.

use super::bounds::Knapsacks;
use crate::{
    lp::{
        assignment::{self, Problem},
        gcd,
    },
    schedule::{Instance, UNLIMITED},
    search::assign::Assignment,
};

/// Pairs of unit and agent up to which it is worth a look.
const PAIRS: usize = 200_000;

/// Improves an assignment of least cost as far as `work` table entries go; returns the scaled bound of its
/// units' cost with the argument, and the prices of the relaxation, which may prove as much. `least` are prices of all units, from the relaxation.
pub fn least_cost(
    inst: &Instance<'_>,
    units: &[u32],
    least: &[f64],
    best: &mut Assignment<'_>,
    work: u64,
) -> Option<(i64, &'static str, Knapsacks)> {
    let agents = inst.agents.len();
    let limited = inst.agents.iter().any(|a| a.room < UNLIMITED);
    if !limited || units.len() * agents > PAIRS {
        return None;
    }
    let choices = |u: &u32| inst.unit_choices(*u as usize).iter();
    let step = units.iter().flat_map(choices).fold(0, |g, c| gcd(g, c.cost)).max(1);
    let mut pairs = vec![None; units.len() * agents];
    for (group, unit) in units.iter().enumerate() {
        for c in choices(unit) {
            pairs[group * agents + c.agent as usize] = Some((c.cost / step, c.load));
        }
    }
    let problem = Problem { agents, pairs, room: inst.agents.iter().map(|a| a.room).collect() };
    let prices: Vec<f64> = units.iter().map(|u| least[*u as usize] / step as f64).collect();
    let found = assignment::solve(&problem, &prices, best.cost() / step, work)?;
    if let Some(agent) = &found.better {
        best.adopt(units.iter().copied().zip(agent.iter().copied()));
    }
    let earned = found.prices.iter().map(|price| price * step);
    let knapsacks = Knapsacks { shift: found.shift, prices: units.iter().copied().zip(earned).collect() };
    Some((found.bound * step, if found.complete { "enumeration" } else { "Lagrangian dual" }, knapsacks))
}
