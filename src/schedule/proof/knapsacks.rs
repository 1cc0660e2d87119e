//! Prices of tasks as a proof of a cost: whatever a task earns, each agent takes the tasks that earn most within its
//! capacity, a knapsack in whole numbers (Fisher, Jaikumar, Van Wassenhove 1986; Bellman 1957). What all tasks
//! earn, less what agents gain at best, is what no plan costs less than. O(tasks · capacity) per agent.

use std::collections::BTreeMap;

use super::{
    Fault, Units,
    ground::{Ground, gcd, holds},
    prices::{add, bad_unit, given, groups, taken, too_large},
};
use crate::model::{AgentIx, TaskIx};

/// Entries of tables that a check fills, at most: about a second.
const ENTRIES: i128 = 400_000_000;

/// What one price or cost may be, so that sums of a million fit 64 bits.
const DEAREST: i128 = 1 << 42;

/// A group on an agent.
struct Item {
    size: i128,
    profit: i64,
}

/// The bound that prices of tasks prove: `2^shift` times integers per unit of cost, rounded up to what costs can
/// sum to.
pub(super) fn bound(g: &Ground<'_>, shift: u32, units: &Units, prices: &BTreeMap<String, i64>) -> Result<f64, Fault> {
    if shift > 30 {
        return Err(Fault::malformed(format!("a shift of {shift} is none of such prices")));
    }
    for x in [units.cost, units.load] {
        if !(x.is_finite() && x > 0.0 && x <= 1e12) {
            return Err(bad_unit(x));
        }
    }
    let s = g.q.snapshot;
    let mut earns = vec![0i128; s.tasks.len()];
    for (id, price) in prices {
        let t = s.find_task(id).ok_or_else(|| Fault::unknown("task", id))?;
        earns[t.at()] = i128::from(*price);
    }
    let mut items: Vec<Vec<Item>> = s.agents.iter().map(|_| Vec::new()).collect();
    let (mut sum, mut step) = (0i128, 0i64);
    for group in groups(g) {
        let price = group.iter().try_fold(0, |sum, t| add(sum, earns[t.at()]))?;
        sum = add(sum, price)?;
        let pairs = pairs(g, &group, units)?;
        if pairs.is_empty() {
            let id = &s.task(group[0]).id;
            return Err(Fault::broken(format!("no agent could have `{id}` with what goes together with it")));
        }
        for (a, cost, size) in pairs {
            step = gcd(step, i64::try_from(cost).map_err(|_| too_large())?);
            let profit = price - (cost << shift);
            if cost.abs() > DEAREST || profit.abs() > DEAREST {
                return Err(too_large());
            }
            if profit > 0 {
                items[a.at()].push(Item { size, profit: profit as i64 });
            }
        }
    }
    let mut left = ENTRIES;
    for (agent, items) in s.agents.iter().zip(&items) {
        let room = agent.capacity.map(|c| given((c - agent.current_load).max(0.0), units.load));
        sum = add(sum, -i128::from(best(items, room, &mut left)?))?;
    }
    let up = (sum >> shift) + i128::from(sum & ((1 << shift) - 1) != 0);
    let step = i128::from(step.max(1));
    Ok(((up + step - 1).div_euclid(step) * step) as f64 / units.cost)
}

/// Agents that could have the whole group, with its integer cost and load there.
fn pairs(g: &Ground<'_>, group: &[TaskIx], units: &Units) -> Result<Vec<(AgentIx, i128, i128)>, Fault> {
    let mut out: Vec<(AgentIx, i128, i128)> = Vec::new();
    for (i, t) in group.iter().enumerate() {
        let mut own = Vec::new();
        for o in g.options(*t) {
            let (cost, load) = (taken(o.cost, units.cost), taken(o.load, units.load));
            if i == 0 {
                own.push((o.agent, cost, load));
            } else if let Ok(at) = out.binary_search_by_key(&o.agent, |p| p.0) {
                own.push((o.agent, add(out[at].1, cost)?, add(out[at].2, load)?));
            }
        }
        out = own;
    }
    out.retain(|p| holds(g.q, group, p.0));
    Ok(out)
}

/// The greatest profit within the room.
fn best(items: &[Item], room: Option<i128>, left: &mut i128) -> Result<i64, Fault> {
    let all = items.iter().try_fold(0i64, |sum, i| sum.checked_add(i.profit)).ok_or_else(too_large)?;
    let sizes = items.iter().try_fold(0, |sum, i| add(sum, i.size))?;
    let Some(room) = room.filter(|room| sizes > *room) else { return Ok(all) };
    let step = items.iter().fold(0, |g, i| gcd(g, i64::try_from(i.size).unwrap_or(1))).max(1);
    let width = room / i128::from(step) + 1;
    *left -= width * (items.len() as i128 + 1);
    if *left < 0 {
        return Err(Fault::broken("its knapsacks are too large to be recomputed".into()));
    }
    let mut value = vec![0i64; width as usize];
    for item in items {
        let size = item.size / i128::from(step);
        for at in (size..width).rev() {
            let with = value[(at - size) as usize] + item.profit;
            let here = &mut value[at as usize];
            *here = (*here).max(with);
        }
    }
    Ok(value.last().copied().unwrap_or(0))
}
