//! What may not be exceeded at any moment: slots, agents' resources, shared resources.

use super::{Code, Reservations, TOLERANCE, Violation, totals::demand};
use crate::model::{AgentIx, Ms, Placement, Plan, Quantities, ResourceIx, TaskIx, seconds};

/// Checks every amount in use over time, reservations counted in.
pub(super) fn check(q: &Quantities<'_>, plan: &Plan, reserved: &Reservations, out: &mut Vec<Violation>) {
    let taken = taken_slots(q, plan, reserved);
    for (i, rows) in plan.by_agent(q.snapshot.agents.len()).iter().enumerate() {
        let a = AgentIx::of(i);
        slots(q, a, rows, reserved, &taken[i], out);
        resources(q, a, rows, out);
    }
    shared(q, plan, reserved, out);
}

/// An amount in use for a time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Use {
    from: Ms,
    until: Ms,
    amount: f64,
    /// By the plan, not by what is there already.
    planned: bool,
}

impl Use {
    fn planned(p: Placement, amount: f64) -> Self {
        Self { from: p.start, until: p.finish, amount, planned: true }
    }

    fn reserved(from: Ms, until: Ms, amount: f64) -> Self {
        Self { from, until, amount, planned: false }
    }
}

/// The first moment at which the greatest amount is in use while the plan uses some of it, and that amount.
///
/// A finish frees before a start takes. Nothing in use is exactly 0, however many sums went before.
fn peak(uses: &[Use]) -> Option<(Ms, f64)> {
    let mut events: Vec<(Ms, bool, &Use)> = Vec::with_capacity(2 * uses.len());
    for one in uses.iter().filter(|u| u.amount > 0.0 && u.until > u.from) {
        events.push((one.from, true, one));
        events.push((one.until, false, one));
    }
    events.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.amount.total_cmp(&b.2.amount)));
    let (mut level, mut active, mut planned, mut top) = (0.0, 0usize, 0usize, None);
    for (moment, takes, one) in events {
        let ours = usize::from(one.planned);
        if takes {
            (level, active, planned) = (level + one.amount, active + 1, planned + ours);
        } else {
            (level, active, planned) = (level - one.amount, active - 1, planned - ours);
        }
        if active == 0 {
            level = 0.0;
        }
        if planned > 0 && top.is_none_or(|(_, most)| level > most) {
            top = Some((moment, level));
        }
    }
    top
}

/// By agent, the slots that are taken whatever the plan does: a fixed task's until it has ended.
fn taken_slots(q: &Quantities<'_>, plan: &Plan, reserved: &Reservations) -> Vec<Vec<Use>> {
    let mut out = vec![Vec::new(); q.snapshot.agents.len()];
    for (a, until) in &reserved.slots {
        out[a.at()].push(Use::reserved(0, *until, 1.0));
    }
    for fixed in &reserved.fixed {
        let stays = plan.placements[fixed.task.at()].filter(|p| p.agent == fixed.agent);
        let finish = stays.map_or(0, |p| p.finish);
        out[fixed.agent.at()].push(Use::reserved(0, fixed.until.max(finish), 1.0));
    }
    out
}

fn slots(
    q: &Quantities<'_>,
    a: AgentIx,
    rows: &[(TaskIx, Placement)],
    reserved: &Reservations,
    taken: &[Use],
    out: &mut Vec<Violation>,
) {
    let agent = q.snapshot.agent(a);
    if rows.len() + taken.len() <= agent.slots as usize {
        return;
    }
    // A fixed task's slot is among those taken.
    let free = |t: TaskIx| reserved.fixed(t).is_none_or(|f| f.agent != a);
    let mut uses: Vec<Use> = rows.iter().filter(|(t, _)| free(*t)).map(|(_, p)| Use::planned(*p, 1.0)).collect();
    uses.extend(taken);
    if let Some((at, most)) = peak(&uses).filter(|(_, most)| *most > f64::from(agent.slots) + TOLERANCE) {
        let message =
            format!("`{}` runs {most} tasks at {} s, it has slots for {}", agent.id, seconds(at), agent.slots);
        out.push(Violation::new(Code::OverSlots, message).of_agent(a));
    }
}

fn resources(q: &Quantities<'_>, a: AgentIx, rows: &[(TaskIx, Placement)], out: &mut Vec<Violation>) {
    let agent = q.snapshot.agent(a);
    for (dim, offered) in agent.resources.iter().filter(|_| !rows.is_empty()) {
        let uses: Vec<Use> = rows.iter().map(|(t, p)| Use::planned(*p, demand(q, *t, *dim))).collect();
        if let Some((at, most)) = peak(&uses).filter(|(_, most)| *most > offered + TOLERANCE) {
            let name = q.snapshot.names.dims.get(dim.at()).map_or("", String::as_str);
            let message = format!("`{}` uses {most} `{name}` at {} s, it has {offered}", agent.id, seconds(at));
            out.push(Violation::new(Code::OverResource, message).of_agent(a));
        }
    }
}

fn shared(q: &Quantities<'_>, plan: &Plan, reserved: &Reservations, out: &mut Vec<Violation>) {
    let resources = &q.snapshot.network.resources;
    let mut uses = vec![Vec::new(); resources.len()];
    for (t, p) in plan.placed() {
        for (r, amount) in &q.snapshot.task(t).uses {
            let until = resources[r.at()].per.map_or(p.finish, |per| p.start.saturating_add(per));
            uses[r.at()].push(Use::planned(Placement { finish: until, ..p }, *amount));
        }
    }
    for held in &reserved.held {
        uses[held.resource.at()].push(Use::reserved(held.from, held.until, held.amount));
    }
    for (i, resource) in resources.iter().enumerate() {
        let Some(capacity) = resource.capacity else { continue };
        if let Some((at, most)) = peak(&uses[i]).filter(|(_, most)| *most > capacity + TOLERANCE) {
            let message = format!("{most} of `{}` is in use at {} s, there is {capacity}", resource.id, seconds(at));
            out.push(Violation::new(Code::OverSharedCapacity, message).of_resource(ResourceIx::of(i)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(from: Ms, until: Ms, amount: f64, planned: bool) -> Use {
        Use { from, until, amount, planned }
    }

    #[test]
    fn a_finish_frees_before_a_start_takes() {
        assert_eq!(peak(&[one(5, 9, 2.0, true), one(0, 5, 1.0, true)]), Some((5, 2.0)));
        assert_eq!(peak(&[one(4, 9, 2.0, true), one(0, 5, 1.0, true)]), Some((4, 3.0)));
    }

    #[test]
    fn what_is_over_full_without_the_plan_is_not_its_fault() {
        let before = [one(0, 5, 3.0, false), one(0, 5, 3.0, false)];
        assert_eq!(peak(&before), None);
        assert_eq!(peak(&[before[0], before[1], one(5, 9, 1.0, true)]), Some((5, 1.0)));
        assert_eq!(peak(&[before[0], before[1], one(4, 9, 1.0, true)]), Some((4, 7.0)));
    }
}
