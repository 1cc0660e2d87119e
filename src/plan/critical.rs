//! Agents that lie on every critical path of a plan: without them sooner, the plan cannot end sooner.
//!
//! A task *holds up* another where, because of it, the other cannot start a millisecond earlier, all else
//! as it stands: its output arrives at that start (precedence with transfer), or it gives back at that start
//! what the other needs and had no room for just before: a slot or a resource of their agent, or an amount
//! of a shared resource (`per` after its own start, where the resource has one). A task that starts at
//! its release, when its agent comes or opens a window, or that no task holds up, begins a path. A *critical
//! path* goes from there along holding tasks to one that finishes last of all.
//!
//! For each task the set of agents common to all paths to it is its own agent with what the sets of those
//! that hold it up have in common (a forward data flow over the acyclic graph, as dominators are found:
//! Kam and Ullman 1976). Givers meet in one set per moment and limit, so that the cost is
//! O((tasks + dependencies + uses) · (log tasks + agents in common)).

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    model::{AgentIx, Ms, Placement, Plan, TaskIx},
    schedule::{Instance, UNLIMITED},
};

/// Agents that all paths to some place have in common, sorted; shared by tasks of one chain.
type Common = Arc<[AgentIx]>;

/// Agents on every critical path of the plan, by id; none where nothing is placed.
pub fn agents(inst: &Instance<'_>, plan: &Plan) -> Vec<AgentIx> {
    let Some(last) = plan.placed().map(|(_, p)| p.finish).max() else { return Vec::new() };
    let mut limits = Limits::new(inst, plan);
    let mut common: Vec<Option<Common>> = vec![None; inst.tasks()];
    let mut out: Option<Common> = None;
    for (t, p) in in_order(inst, plan) {
        let mut before: Option<Common> = None;
        if !begins(inst, t, p) {
            for (from, mb) in inst.preds.row(t.at()) {
                if let Some(other) = plan.placements[*from as usize]
                    && other.finish.saturating_add(inst.transfer(other.agent.0, p.agent.0, *mb)) == p.start
                    && let Some(set) = &common[*from as usize]
                {
                    meet(&mut before, set);
                }
            }
            limits.visit(inst, t, p, |limit, amount, _| {
                if let Some(set) = limit.freed.get(&p.start).filter(|_| limit.is_full_before(p.start, amount)) {
                    meet(&mut before, set);
                }
            });
        }
        let set = with(before, p.agent);
        limits.visit(inst, t, p, |limit, _, until| {
            let mut freed = limit.freed.remove(&until);
            meet(&mut freed, &set);
            limit.freed.extend(freed.map(|set| (until, set)));
        });
        if p.finish == last {
            meet(&mut out, &set);
        }
        common[t.at()] = Some(set);
    }
    out.map_or_else(Vec::new, |set| set.to_vec())
}

/// Placed tasks by start and finish, those without length at one moment predecessors first: what holds
/// a task up comes before it.
fn in_order(inst: &Instance<'_>, plan: &Plan) -> Vec<(TaskIx, Placement)> {
    let placed = |t: &u32| plan.placements[*t as usize].map(|p| (TaskIx(*t), p));
    let mut out: Vec<(TaskIx, Placement)> = inst.topological.iter().filter_map(placed).collect();
    out.sort_by_key(|(_, p)| (p.start, p.finish));
    out
}

/// True where something other than a task keeps the task from starting sooner.
fn begins(inst: &Instance<'_>, t: TaskIx, p: Placement) -> bool {
    let agent = &inst.agents[p.agent.at()];
    let inside = |w: &(Ms, Ms)| w.0 < p.start && p.finish <= w.1;
    p.start <= inst.release[t.at()].max(agent.from).max(0)
        || (!agent.windows.is_empty() && !agent.windows.iter().any(inside))
}

/// What both have in common; `None` is everything.
fn meet(into: &mut Option<Common>, other: &Common) {
    match into {
        None => *into = Some(other.clone()),
        Some(set) if Arc::ptr_eq(set, other) => {}
        Some(set) => *set = set.iter().copied().filter(|a| other.binary_search(a).is_ok()).collect(),
    }
}

/// The set with one more agent; that agent alone where a path begins.
fn with(before: Option<Common>, agent: AgentIx) -> Common {
    let Some(set) = before else { return Arc::new([agent]) };
    match set.binary_search(&agent) {
        Ok(_) => set,
        Err(at) => set[..at].iter().copied().chain([agent]).chain(set[at..].iter().copied()).collect(),
    }
}

/// A limit on what may be in use at a time: its use over time, and who gives back when.
#[derive(Debug, Default)]
struct Limit {
    capacity: i64,
    /// Moments at which use begins or ends, with the amount begun or ended up to then, them included.
    begun: Vec<(Ms, i64)>,
    ended: Vec<(Ms, i64)>,
    /// Agents common to all paths to the tasks that give back at a moment.
    freed: BTreeMap<Ms, Common>,
}

impl Limit {
    fn new(capacity: i64) -> Self {
        Self { capacity, ..Self::default() }
    }

    fn add(&mut self, from: Ms, until: Ms, amount: i64) {
        self.begun.push((from, amount));
        self.ended.push((until, amount));
    }

    /// Sorts and sums what was added.
    fn settle(&mut self) {
        for rows in [&mut self.begun, &mut self.ended] {
            rows.sort_unstable();
            let mut sum = 0i64;
            for row in rows {
                sum = sum.saturating_add(row.1);
                row.1 = sum;
            }
        }
    }

    /// True where, in the millisecond before `at`, there is no room for `amount`.
    fn is_full_before(&self, at: Ms, amount: i64) -> bool {
        let sum = |rows: &[(Ms, i64)]| rows.partition_point(|r| r.0 < at).checked_sub(1).map_or(0, |i| rows[i].1);
        (sum(&self.begun) - sum(&self.ended)).saturating_add(amount) > self.capacity
    }
}

/// Everything that limits what runs at a time.
struct Limits {
    slots: Vec<Limit>,
    /// In the order of all offered dimensions; budgets have none.
    dims: Vec<Option<Limit>>,
    shared: Vec<Option<Limit>>,
}

impl Limits {
    /// The use that a plan and `state` make of each limit.
    fn new(inst: &Instance<'_>, plan: &Plan) -> Self {
        let offered = inst.offered.items().iter();
        let shared = inst.shared.iter();
        let mut out = Self {
            slots: inst.agents.iter().map(|a| Limit::new(i64::from(a.slots))).collect(),
            dims: offered.map(|o| (!o.is_budget).then(|| Limit::new(o.amount))).collect(),
            shared: shared.map(|r| (r.capacity < UNLIMITED).then(|| Limit::new(r.capacity))).collect(),
        };
        for (agent, until) in &inst.reserved.slots {
            out.slots[agent.at()].add(0, *until, 1);
        }
        for (held, amount) in inst.reserved.held.iter().zip(&inst.held) {
            if let Some(limit) = &mut out.shared[held.resource.at()] {
                limit.add(held.from, held.until, *amount);
            }
        }
        for (t, p) in plan.placed() {
            out.visit(inst, t, p, |limit, amount, until| limit.add(p.start, until, amount));
        }
        let limits = out.dims.iter_mut().chain(&mut out.shared).flatten().chain(&mut out.slots);
        limits.for_each(Limit::settle);
        out
    }

    /// Each limit that a placed task takes of, with the amount and until when.
    fn visit(&mut self, inst: &Instance<'_>, t: TaskIx, p: Placement, mut see: impl FnMut(&mut Limit, i64, Ms)) {
        see(&mut self.slots[p.agent.at()], 1, p.finish.max(inst.runs_until[t.at()]));
        for (dim, amount) in inst.demand.row(t.at()) {
            if let Some((at, _)) = inst.offer_of(p.agent.at(), *dim)
                && let Some(limit) = &mut self.dims[at]
            {
                see(limit, *amount, p.finish);
            }
        }
        for (r, amount) in inst.uses.row(t.at()) {
            if let Some(limit) = &mut self.shared[*r as usize] {
                see(limit, *amount, inst.shared[*r as usize].per.map_or(p.finish, |per| p.start + per));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Ms, Quantities},
        schedule::{Instance, probe, verify},
    };

    /// The critical agents of a plan, joined.
    fn critical(text: &str, rows: &[(&str, &str, Ms)]) -> String {
        let snapshot = probe::snapshot(text);
        let q = Quantities::new(&snapshot);
        let plan = probe::plan(&q, rows);
        assert_eq!(verify::violations(&q, &plan), []);
        let found = super::agents(&Instance::new(&q), &plan);
        found.iter().map(|a| snapshot.agent(*a).id.as_str()).collect::<Vec<_>>().join(" ")
    }

    const THREE: &str = "agents: [{id: a}, {id: b}, {id: c}]\n";

    #[test]
    fn nothing_placed_nothing_critical() {
        assert_eq!(critical(&format!("{THREE}tasks: [{{id: t}}]"), &[]), "");
    }

    #[test]
    fn the_agents_of_the_one_longest_chain_are_critical() {
        let text = format!("{THREE}tasks: [{{id: r}}, {{id: s}}, {{id: t, depends_on: [r]}}]");
        assert_eq!(critical(&text, &[("r", "a", 0), ("s", "c", 0), ("t", "b", 60)]), "a b");
    }

    #[test]
    fn of_two_chains_only_what_they_share_is_critical() {
        let text = format!("{THREE}tasks: [{{id: r}}, {{id: s}}, {{id: t, depends_on: [r, s]}}]");
        assert_eq!(critical(&text, &[("r", "a", 0), ("s", "b", 0), ("t", "c", 60)]), "c");
        let text = format!("{THREE}tasks: [{{id: r}}, {{id: s, depends_on: [r]}}, {{id: t, depends_on: [r]}}]");
        assert_eq!(critical(&text, &[("r", "a", 0), ("s", "b", 60), ("t", "c", 60)]), "a");
    }

    #[test]
    fn an_agent_that_works_without_a_pause_to_the_end_is_critical() {
        let text = format!("{THREE}tasks: [{{id: r}}, {{id: s}}, {{id: t}}]");
        assert_eq!(critical(&text, &[("r", "a", 0), ("s", "b", 0), ("t", "a", 60)]), "a");
    }

    #[test]
    fn a_release_begins_a_path_whoever_else_ends_then() {
        let text = format!("{THREE}tasks: [{{id: r}}, {{id: t, release: 60s, depends_on: [r]}}]");
        assert_eq!(critical(&text, &[("r", "a", 0), ("t", "b", 60)]), "b");
    }

    #[test]
    fn a_free_slot_holds_nobody_up() {
        let text = "agents: [{id: a}, {id: b, slots: 2}]
tasks: [{id: r}, {id: s}, {id: t, depends_on: [r]}]";
        assert_eq!(critical(text, &[("r", "a", 0), ("s", "b", 0), ("t", "b", 60)]), "a b");
    }

    #[test]
    fn a_rate_holds_up_across_agents() {
        let text = format!(
            "{THREE}tasks: [{{id: r, duration: 5s, uses: {{llm: 1}}}}, {{id: s, duration: 5s, uses: {{llm: 1}}}}]
network: {{resources: [{{id: llm, capacity: 1, per: 60s}}]}}"
        );
        assert_eq!(critical(&text, &[("r", "a", 0), ("s", "b", 60)]), "a b");
        assert_eq!(critical(&text, &[("r", "a", 0), ("s", "b", 61)]), "b");
    }
}
