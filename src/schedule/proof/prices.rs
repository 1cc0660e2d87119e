//! Prices as a proof: the dual function at whole-number prices, evaluated in 128-bit integers from the model's
//! definitions (Geoffrion 1974, Lagrangean relaxation for integer programming). O(pairs of task and agent).

use super::{
    Fault, Prices, Units,
    certificate::Component,
    ground::{Ground, gcd, holds, lifted},
};
use crate::{
    model::{AgentIx, DimIx, Ms, Offer, TaskIx},
    parallel,
    schedule::Utilization,
};

/// Groups whose cheapest agents are one job.
const PART: usize = 256;

/// Prices by index, with what integers stand for.
struct Priced<'a, 'q> {
    g: &'a Ground<'q>,
    proves: Component,
    units: &'a Units,
    shift: u32,
    load: Vec<i128>,
    level: Vec<i128>,
    tasks: Vec<i128>,
    work: Vec<i128>,
    budget: Vec<Vec<(DimIx, i128)>>,
    level_budget: Vec<Vec<(DimIx, i128)>>,
    resources: Vec<Vec<(DimIx, i128)>>,
    shared_budget: Vec<i128>,
    shared: Vec<i128>,
    dimension: Vec<f64>,
    resource: Vec<f64>,
}

/// The bound that prices prove, in the component's unit; of the placement, what has to stay out.
pub(super) fn bound(
    g: &Ground<'_>,
    proves: Component,
    shift: u32,
    units: &Units,
    prices: &Prices,
) -> Result<f64, Fault> {
    let priced = Priced::new(g, proves, shift, units, prices)?;
    let sum = Sum::of(&priced, &groups(g))?;
    match proves {
        Component::Cost => {
            let least = add(sum.least, -priced.offered()?)?;
            let up = (least >> shift) + i128::from(least & ((1 << shift) - 1) != 0);
            let step = i128::from(sum.step.max(1));
            Ok(add(up, step - 1)?.div_euclid(step) as f64 * step as f64 / units.cost)
        }
        Component::Placement => {
            let least = add(sum.least, -priced.offered()?)?.max(0);
            let up = (least >> shift) + i128::from(least & ((1 << shift) - 1) != 0);
            let step = i128::from(sum.step.max(1));
            Ok((add(up, step - 1)?.div_euclid(step) * step) as f64 / units.priority)
        }
        Component::Makespan => {
            let known = g.heads().into_iter().filter(|f| *f < crate::model::NEVER).max().unwrap_or(0);
            let (at_zero, per) = priced.makespan(known)?;
            let least = add(add(sum.least, -priced.offered()?)?, -at_zero)?;
            let by_prices = if per > 0 { least.div_euclid(per) + i128::from(least.rem_euclid(per) > 0) } else { 0 };
            let step = g.step();
            Ok(lifted(known.max(by_prices.clamp(0, i128::from(crate::model::NEVER)) as Ms), step) as f64 / 1000.0)
        }
        Component::MaxUtilization => {
            let (at_zero, per) = priced.utilization()?;
            let least = add(add(sum.least, -priced.offered()?)?, -at_zero)?;
            Ok(if per > 0 && least > 0 { least as f64 / per as f64 } else { 0.0 })
        }
        _ => Err(Fault::malformed(format!("prices prove nothing about {}", proves.name()))),
    }
}

/// Placed tasks that share an agent: the components of `together`.
pub(super) fn groups(g: &Ground<'_>) -> Vec<Vec<TaskIx>> {
    let mut known = vec![false; g.placed.len()];
    let s = g.q.snapshot;
    let mut beside = vec![Vec::new(); g.placed.len()];
    for t in s.task_ixs() {
        for o in &s.task(t).together {
            beside[t.at()].push(*o);
            beside[o.at()].push(t);
        }
    }
    let mut out = Vec::new();
    for t in s.task_ixs().filter(|t| g.is_placed(*t)) {
        let mut group = Vec::new();
        let mut open = vec![t];
        while let Some(t) = open.pop() {
            if !std::mem::replace(&mut known[t.at()], true) {
                group.push(t);
                open.extend(&beside[t.at()]);
            }
        }
        if !group.is_empty() {
            out.push(group);
        }
    }
    out
}

/// What groups pay at least, and what all their costs are multiples of.
#[derive(Clone, Copy)]
struct Sum {
    least: i128,
    step: i64,
}

impl Sum {
    fn of(priced: &Priced<'_, '_>, groups: &[Vec<TaskIx>]) -> Result<Self, Fault> {
        let parts = parallel::parts(groups.len(), PART);
        let sums = parallel::map(parts.len(), |i| {
            let mut sum = Self { least: 0, step: 0 };
            groups[parts[i].clone()].iter().try_for_each(|group| sum.take(priced, group)).map(|()| sum)
        });
        let mut out = Self { least: 0, step: 0 };
        for part in sums {
            let part = part?;
            out = Self { least: add(out.least, part.least)?, step: gcd(out.step, part.step) };
        }
        Ok(out)
    }

    /// The cheapest agent that can have the whole group.
    fn take(&mut self, priced: &Priced<'_, '_>, group: &[TaskIx]) -> Result<(), Fault> {
        let mut paid: Vec<(AgentIx, i128, i128)> = Vec::new();
        for (i, t) in group.iter().enumerate() {
            let mut own = Vec::with_capacity(paid.len());
            for o in priced.g.options(*t) {
                let (cost, price) = priced.of(*t, &o)?;
                if i == 0 {
                    own.push((o.agent, cost, price));
                } else if let Ok(at) = paid.binary_search_by_key(&o.agent, |p| p.0) {
                    own.push((o.agent, add(paid[at].1, cost)?, add(paid[at].2, price)?));
                }
            }
            paid = own;
        }
        paid.retain(|p| holds(priced.g.q, group, p.0));
        if priced.proves == Component::Placement {
            return self.leave(priced, group, paid.iter().map(|p| p.2).min());
        }
        let Some(least) = paid.iter().map(|p| p.2).min() else {
            let id = &priced.g.q.snapshot.task(group[0]).id;
            return Err(Fault::broken(format!("no agent could have `{id}` with what goes together with it")));
        };
        self.least = add(self.least, least)?;
        for (_, cost, _) in paid {
            self.step = gcd(self.step, i64::try_from(cost).unwrap_or(1));
        }
        Ok(())
    }

    /// What the group pays at its cheapest agent, or the priority that it loses outside.
    fn leave(&mut self, priced: &Priced<'_, '_>, group: &[TaskIx], least: Option<i128>) -> Result<(), Fault> {
        let priority: f64 = group.iter().map(|t| priced.g.q.snapshot.task(*t).priority).sum();
        let lost = taken(priority, priced.units.priority);
        let outside = times(lost, 1 << priced.shift)?;
        self.least = add(self.least, least.map_or(outside, |paid| paid.min(outside)))?;
        self.step = gcd(self.step, i64::try_from(lost).unwrap_or(1));
        Ok(())
    }
}

impl<'a, 'q> Priced<'a, 'q> {
    fn new(g: &'a Ground<'q>, proves: Component, shift: u32, units: &'a Units, prices: &Prices) -> Result<Self, Fault> {
        let s = g.q.snapshot;
        let timed = !prices.work.is_empty() || !prices.resources.is_empty() || !prices.shared.is_empty();
        let levelled = !prices.level.is_empty() || !prices.level_budget.is_empty();
        if timed && proves != Component::Makespan || levelled && proves != Component::MaxUtilization {
            return Err(Fault::broken(format!("some of the prices prove nothing about {}", proves.name())));
        }
        if shift > 60 || shift > 0 && !matches!(proves, Component::Cost | Component::Placement) {
            return Err(Fault::malformed(format!("a shift of {shift} is none of such prices")));
        }
        let unit = |x: f64| if x.is_finite() && x > 0.0 && x <= 1e12 { Ok(x) } else { Err(bad_unit(x)) };
        let priority = if proves == Component::Placement { units.priority } else { 1.0 };
        [units.cost, units.load, units.task, priority].into_iter().try_for_each(|x| unit(x).map(|_| ()))?;
        let agent = |list| by_agent(g, list);
        let dims = |list| by_dimension(g, list);
        Ok(Self {
            g,
            proves,
            units,
            shift,
            load: agent(&prices.load)?,
            level: agent(&prices.level)?,
            tasks: agent(&prices.tasks)?,
            work: agent(&prices.work)?,
            budget: dims(&prices.budget)?,
            level_budget: dims(&prices.level_budget)?,
            resources: dims(&prices.resources)?,
            shared_budget: by_resource(g, &prices.shared_budget)?,
            shared: by_resource(g, &prices.shared)?,
            dimension: named(&s.names.dims, &units.dimensions, unit)?,
            resource: named(
                &s.network.resources.iter().map(|r| r.id.clone()).collect::<Vec<_>>(),
                &units.resources,
                unit,
            )?,
        })
    }

    /// Integer cost of a task on an agent; and that plus the prices of what it takes there, times `2^shift`.
    fn of(&self, t: TaskIx, o: &Offer) -> Result<(i128, i128), Fault> {
        let (task, a) = (self.g.q.snapshot.task(t), o.agent.at());
        let cost = if self.proves == Component::Cost { taken(o.cost, self.units.cost) } else { 0 };
        let load = taken(o.load, self.units.load);
        let work = i128::from(o.processing);
        let mut out = times(cost, 1 << self.shift)?;
        out = add(out, times(self.load[a] + self.level[a], load)?)?;
        out = add(out, times(self.tasks[a], self.units.task as i128)?)?;
        out = add(out, times(self.work[a], work)?)?;
        for (dim, x) in &task.demand {
            let amount = taken(*x, self.dimension[dim.at()]);
            let (once, held) =
                (of(&self.budget[a], *dim) + of(&self.level_budget[a], *dim), of(&self.resources[a], *dim));
            out = add(out, times(amount, add(once, times(held, work)?)?)?)?;
        }
        for (r, x) in &task.uses {
            let hold = self.g.q.snapshot.network.resources[r.at()].per.map_or(work, i128::from);
            let amount = taken(*x, self.resource[r.at()]);
            out = add(out, times(amount, add(self.shared_budget[r.at()], times(self.shared[r.at()], hold)?)?)?)?;
        }
        Ok((cost, out))
    }

    /// What is offered over the whole plan, at its price.
    fn offered(&self) -> Result<i128, Fault> {
        let s = self.g.q.snapshot;
        let mut out = 0;
        for (a, agent) in s.agents.iter().enumerate() {
            if self.load[a] > 0 {
                let room = agent.capacity.ok_or_else(|| free("capacity", &agent.id))? - agent.current_load;
                out = add(out, times(self.load[a], given(room.max(0.0), self.units.load))?)?;
            }
            if self.tasks[a] > 0 {
                let most = agent.max_tasks.ok_or_else(|| free("max_tasks", &agent.id))?;
                out = add(out, times(self.tasks[a], i128::from(most) * self.units.task as i128)?)?;
            }
            for (dim, price) in &self.budget[a] {
                let offered = agent.budget.iter().find(|b| b.0 == *dim).ok_or_else(|| free("budget", &agent.id))?;
                out = add(out, times(*price, given(offered.1, self.dimension[dim.at()]))?)?;
            }
        }
        for (r, resource) in s.network.resources.iter().enumerate().filter(|(r, _)| self.shared_budget[*r] > 0) {
            let budget = resource.budget.ok_or_else(|| free("budget", &resource.id))?;
            out = add(out, times(self.shared_budget[r], given(budget, self.resource[r]))?)?;
        }
        Ok(out)
    }

    /// What is offered below a makespan of 0, and per millisecond of it; `known` is proven already.
    fn makespan(&self, known: Ms) -> Result<(i128, i128), Fault> {
        let s = self.g.q.snapshot;
        let (mut at_zero, mut per) = (0, 0);
        for (a, agent) in s.agents.iter().enumerate() {
            let slots = times(self.work[a], i128::from(agent.slots))?;
            per = add(per, slots)?;
            at_zero = add(at_zero, -times(slots, i128::from(agent.available_from.clamp(0, known)))?)?;
            for (dim, price) in &self.resources[a] {
                let offered =
                    agent.resources.iter().find(|r| r.0 == *dim).ok_or_else(|| free("resource", &agent.id))?;
                per = add(per, times(*price, given(offered.1, self.dimension[dim.at()]))?)?;
            }
        }
        for (r, resource) in s.network.resources.iter().enumerate().filter(|(r, _)| self.shared[*r] > 0) {
            let capacity = resource.capacity.ok_or_else(|| free("capacity", &resource.id))?;
            let offered = times(self.shared[r], given(capacity, self.resource[r]))?;
            per = add(per, offered)?;
            at_zero = add(at_zero, times(offered, i128::from(resource.per.unwrap_or(0)))?)?;
        }
        Ok((at_zero, per))
    }

    /// What is offered below a utilization of 0, and per unit of it.
    fn utilization(&self) -> Result<(i128, i128), Fault> {
        let q = self.g.q;
        let plain = crate::schedule::Loads::new(q);
        let measured = Utilization::measure(q, &plain);
        let (mut at_zero, mut per) = (0, 0);
        for (a, agent) in q.snapshot.agents.iter().enumerate() {
            if self.level[a] > 0 || !self.level_budget[a].is_empty() {
                let touched = measured.of.iter().any(|u| u.0.at() == a);
                if !touched {
                    return Err(Fault::broken(format!("the batch cannot touch `{}`", agent.id)));
                }
            }
            if self.level[a] > 0 {
                let slope = match agent.capacity.filter(|c| *c > 0.0) {
                    _ if measured.by_load => self.units.load as i128,
                    Some(capacity) => given(capacity, self.units.load),
                    None => return Err(free("capacity", &agent.id)),
                };
                per = add(per, times(self.level[a], slope)?)?;
                at_zero = add(at_zero, -times(self.level[a], taken(agent.current_load, self.units.load))?)?;
            }
            for (dim, price) in &self.level_budget[a] {
                let offered = agent.budget.iter().find(|b| b.0 == *dim && b.1 > 0.0 && !measured.by_load);
                let offered = offered.ok_or_else(|| free("budget", &agent.id))?;
                per = add(per, times(*price, given(offered.1, self.dimension[dim.at()]))?)?;
            }
        }
        Ok((at_zero, per))
    }
}

/// An amount that is taken, as an integer: never more than it is.
pub(super) fn taken(amount: f64, unit: f64) -> i128 {
    libm::floor(amount * unit + 1e-4) as i128
}

/// An amount that is offered, as an integer: never less than it is.
pub(super) fn given(amount: f64, unit: f64) -> i128 {
    libm::ceil(amount * unit - 1e-4) as i128
}

fn of(prices: &[(DimIx, i128)], dim: DimIx) -> i128 {
    prices.iter().find(|p| p.0 == dim).map_or(0, |p| p.1)
}

pub(super) fn add(a: i128, b: i128) -> Result<i128, Fault> {
    a.checked_add(b).ok_or_else(too_large)
}

fn times(a: i128, b: i128) -> Result<i128, Fault> {
    a.checked_mul(b).ok_or_else(too_large)
}

pub(super) fn too_large() -> Fault {
    Fault::broken("its sums do not fit 128 bits".into())
}

pub(super) fn bad_unit(x: f64) -> Fault {
    Fault::malformed(format!("{x} is no number of integers per unit"))
}

fn free(what: &str, id: &str) -> Fault {
    Fault::broken(format!("`{id}` has no such limit ({what}): its price proves nothing"))
}

type Named<T> = std::collections::BTreeMap<String, T>;

fn whole(price: i64) -> Result<i128, Fault> {
    if price >= 0 { Ok(price.into()) } else { Err(Fault::broken(format!("the price {price} is negative"))) }
}

fn by_agent(g: &Ground<'_>, list: &Named<i64>) -> Result<Vec<i128>, Fault> {
    let mut out = vec![0; g.q.snapshot.agents.len()];
    for (id, price) in list {
        let a = g.q.snapshot.find_agent(id).ok_or_else(|| Fault::unknown("agent", id))?;
        out[a.at()] = whole(*price)?;
    }
    Ok(out)
}

fn by_dimension(g: &Ground<'_>, list: &Named<Named<i64>>) -> Result<Vec<Vec<(DimIx, i128)>>, Fault> {
    let mut out = vec![Vec::new(); g.q.snapshot.agents.len()];
    let dims = &g.q.snapshot.names.dims;
    for (id, row) in list {
        let a = g.q.snapshot.find_agent(id).ok_or_else(|| Fault::unknown("agent", id))?;
        for (dim, price) in row {
            let at = dims.binary_search(dim).map_err(|_| Fault::unknown("dimension", dim))?;
            out[a.at()].push((DimIx::of(at), whole(*price)?));
        }
    }
    Ok(out)
}

fn by_resource(g: &Ground<'_>, list: &Named<i64>) -> Result<Vec<i128>, Fault> {
    let resources = &g.q.snapshot.network.resources;
    let mut out = vec![0; resources.len()];
    for (id, price) in list {
        let at = resources.binary_search_by(|r| r.id.as_str().cmp(id));
        out[at.map_err(|_| Fault::unknown("shared resource", id))?] = whole(*price)?;
    }
    Ok(out)
}

/// Units by index, 1 where none is given.
fn named(names: &[String], list: &Named<f64>, unit: impl Fn(f64) -> Result<f64, Fault>) -> Result<Vec<f64>, Fault> {
    let mut out = vec![1.0; names.len()];
    for (id, x) in list {
        let at = names.binary_search(id).map_err(|_| Fault::unknown("name", id))?;
        out[at] = unit(*x)?;
    }
    Ok(out)
}
