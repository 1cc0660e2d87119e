//! The two simple plans that a distribution is set beside: round robin and greedy (model.md, section 4).
//!
//! They respect every constraint but look neither back nor ahead, so they may place less than orch.

use std::collections::BinaryHeap;

use crate::{
    model::{Ms, NEVER, Plan},
    schedule::{Choice, Gaps, Instance, NONE, Prospects, Room, Standing, Timeline},
};

/// Both plans.
#[derive(Debug)]
pub struct Baselines {
    /// By turns.
    pub round_robin: Plan,
    /// By priority.
    pub greedy: Plan,
}

/// Tasks in topological, then id order, each to the next eligible agent with room in id order, at its
/// earliest feasible start. O(tasks · log agents) while there is room.
pub fn round_robin(inst: &Instance<'_>) -> Plan {
    let mut batch = Batch::new(inst);
    let mut last = NONE;
    for t in inst.topological.iter().map(|t| *t as usize) {
        let mut next = inst.choices(t).after(last);
        let taken = next.find_map(|c| Some((batch.start(t, &c)?, c)));
        if let Some((start, c)) = taken {
            batch.place(t, &c, start);
            last = c.agent;
        } else {
            batch.withdraw(t);
        }
    }
    batch.timeline.plan()
}

/// Tasks by priority, then complexity, descending, predecessors first; each to the agent that finishes
/// it first, of equals by id.
pub fn greedy(inst: &Instance<'_>) -> Plan {
    let mut batch = Batch::new(inst);
    let mut open: Vec<usize> = (0..inst.tasks()).map(|t| inst.preds.row(t).len()).collect();
    let mut ready: BinaryHeap<Urgency> =
        (0..inst.tasks()).filter(|t| open[*t] == 0).map(|t| Urgency::of(inst, t)).collect();
    while let Some(Urgency { task: t, .. }) = ready.pop() {
        let t = t as usize;
        match batch.soonest(t) {
            Some((c, start)) => batch.place(t, &c, start),
            None => batch.withdraw(t),
        }
        for (next, _) in inst.succs.row(t) {
            open[*next as usize] -= 1;
            if open[*next as usize] == 0 {
                ready.push(Urgency::of(inst, *next as usize));
            }
        }
    }
    batch.timeline.plan()
}

/// A task in the order of the greedy baseline.
#[derive(PartialEq)]
struct Urgency {
    priority: f64,
    complexity: f64,
    task: u32,
}

impl Urgency {
    fn of(inst: &Instance<'_>, t: usize) -> Self {
        Self { priority: inst.weight[t], complexity: inst.q.snapshot.tasks[t].complexity, task: t as u32 }
    }
}

impl Eq for Urgency {}

impl Ord for Urgency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let by_weight = self.priority.total_cmp(&other.priority).then(self.complexity.total_cmp(&other.complexity));
        by_weight.then(other.task.cmp(&self.task))
    }
}

impl PartialOrd for Urgency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A plan in the making: what runs when, what room is left, which units were given up.
struct Batch<'i> {
    inst: &'i Instance<'i>,
    timeline: Timeline<'i>,
    room: Room<'i>,
    given_up: Vec<bool>,
    gaps: Gaps,
    prospects: Prospects<'i>,
}

impl<'i> Batch<'i> {
    fn new(inst: &'i Instance<'i>) -> Self {
        Self {
            inst,
            timeline: Timeline::new(inst),
            room: Room::new(inst),
            given_up: vec![false; inst.units.len()],
            gaps: Gaps::new(inst),
            prospects: Prospects::new(inst),
        }
    }

    /// True where the agent of a task's choice has room for the task's unit, or holds it already.
    fn has_room(&self, unit: usize, c: &Choice) -> bool {
        match self.room.agent[unit] {
            NONE if self.inst.units.row(unit).len() == 1 => self.room.fits(unit, c),
            NONE => self.inst.unit_choice(unit, c.agent).is_some_and(|whole| self.room.fits(unit, &whole)),
            taken => taken == c.agent,
        }
    }

    /// The earliest start of a task on an agent with room for it.
    fn start(&mut self, t: usize, c: &Choice) -> Option<Ms> {
        let unit = self.inst.unit_of[t] as usize;
        if self.given_up[unit] || !self.has_room(unit, c) {
            return None;
        }
        let ready = self.timeline.ready(t, c.agent);
        if ready >= NEVER {
            return None;
        }
        let ready = ready.max(self.free(t, c));
        let start = self.timeline.earliest(t, c, ready);
        if start != Some(ready) {
            self.gaps.look_again(&self.timeline, c);
        }
        start
    }

    /// The task has no slot on the agent before.
    fn free(&self, t: usize, c: &Choice) -> Ms {
        if self.inst.runs_until[t] >= 0 { 0 } else { self.gaps.of(c) }
    }

    /// The choice that finishes a task first, of equals by id, and its start.
    fn soonest(&mut self, t: usize) -> Option<(Choice, Ms)> {
        let inst = self.inst;
        let inputs = inst.preds.row(t).iter().map(|(p, _)| self.timeline.finish[*p as usize]);
        let from = self.timeline.earliest_shared(t, inst.shortest(t), inputs.fold(inst.release[t], Ms::max));
        let mut best: Option<(Choice, Ms)> = None;
        if self.prospects.know(t) && inst.units.row(inst.unit_of[t] as usize).len() == 1 {
            let load = inst.load_scale.demand(inst.q.snapshot.tasks[t].estimated_load);
            let left = &self.room.load;
            let standing = |a: u32| if left[a as usize] < load { Standing::Closed } else { Standing::Open };
            self.prospects.gather(&self.gaps, (t, from), standing, |_, finish| finish as f64);
            while let Some(c) = self.prospects.next(t, best.map_or(f64::INFINITY, |b| (b.1 + b.0.work) as f64), false) {
                self.compare(t, &c, from, &mut best);
            }
            return best;
        }
        // No agent finishes before its first free moment lets it; the most promising goes first.
        let choices = inst.choices(t);
        let promising = choices.iter().min_by_key(|c| (from.max(self.free(t, c)) + c.work, c.agent));
        for c in promising.into_iter().chain(choices.iter()) {
            self.compare(t, &c, from, &mut best);
        }
        best
    }

    /// Keeps the choice where it finishes before the best.
    fn compare(&mut self, t: usize, c: &Choice, from: Ms, best: &mut Option<(Choice, Ms)>) {
        let record = best.map_or((NEVER, 0), |(b, start)| (start + b.work, b.agent));
        if (from.max(self.free(t, c)) + c.work, c.agent) >= record {
            return;
        }
        if let Some(start) = self.start(t, c).filter(|start| (start + c.work, c.agent) < record) {
            *best = Some((*c, start));
        }
    }

    fn place(&mut self, t: usize, c: &Choice, start: Ms) {
        let unit = self.inst.unit_of[t] as usize;
        if self.room.agent[unit] == NONE
            && let Some(whole) = self.inst.unit_choice(unit, c.agent)
        {
            self.room.take(unit, &whole);
        }
        self.timeline.place(t, c, start);
    }

    /// Gives a task up: with it the others of its unit, and every placed task that waits for one of them.
    fn withdraw(&mut self, t: usize) {
        let mut stack = vec![self.inst.unit_of[t] as usize];
        while let Some(unit) = stack.pop() {
            if std::mem::replace(&mut self.given_up[unit], true) {
                continue;
            }
            let held = self.room.agent[unit];
            if held != NONE
                && let Some(whole) = self.inst.unit_choice(unit, held)
            {
                self.room.give(unit, &whole);
            }
            for member in self.inst.units.row(unit).iter().map(|m| *m as usize) {
                let agent = self.timeline.agent[member];
                if agent != NONE {
                    self.timeline.remove(member);
                    self.gaps.forget(agent);
                    stack.extend(
                        self.inst.succs.row(member).iter().map(|(s, _)| self.inst.unit_of[*s as usize] as usize),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Agent, AgentIx, Dependency, Quantities, Snapshot, Task, TaskIx},
        schedule::verify,
    };

    fn agent(id: &str, speed: f64) -> Agent {
        Agent { id: id.into(), speed, slots: 1, ..Agent::default() }
    }

    fn task(id: &str, seconds: u32) -> Task {
        let duration_ms = 1000.0 * f64::from(seconds);
        Task { id: id.into(), duration_ms, estimated_load: 1.0, priority: 1.0, ..Task::default() }
    }

    fn after(t: u32) -> Vec<Dependency> {
        vec![Dependency { task: TaskIx(t), data_mb: 0.0, soft: false }]
    }

    /// Agents and starts in seconds, by task, of a plan that verifies.
    fn rows(snapshot: &Snapshot, plan: impl Fn(&Instance<'_>) -> Plan) -> Vec<Option<(u32, Ms)>> {
        let q = Quantities::new(snapshot);
        let plan = plan(&Instance::new(&q));
        assert!(verify::violations(&q, &plan).is_empty());
        plan.placements.iter().map(|p| p.map(|p| (p.agent.0, p.start / 1000))).collect()
    }

    fn two_agents(tasks: Vec<Task>) -> Snapshot {
        Snapshot { agents: vec![agent("a", 1.0), agent("b", 2.0)], tasks, ..Snapshot::default() }
    }

    #[test]
    fn round_robin_goes_round_and_greedy_takes_who_is_done_first() {
        let mut snapshot = two_agents(vec![task("t0", 10), task("t1", 10), task("t2", 30)]);
        snapshot.tasks[2].depends_on = after(0);
        assert_eq!(rows(&snapshot, round_robin), [Some((0, 0)), Some((1, 0)), Some((0, 10))]);
        // By id: t0 on b at once (5 s), t1 at 10 s on either, the first by id; t2 on b.
        assert_eq!(rows(&snapshot, greedy), [Some((1, 0)), Some((0, 0)), Some((1, 5))]);
    }

    #[test]
    fn greedy_goes_by_priority_then_complexity() {
        let mut snapshot = two_agents(vec![task("t0", 10), task("t1", 10), task("t2", 10)]);
        snapshot.agents.truncate(1);
        snapshot.tasks[1].complexity = 1.0;
        snapshot.tasks[2].priority = 5.0;
        assert_eq!(rows(&snapshot, greedy), [Some((0, 20)), Some((0, 10)), Some((0, 0))]);
    }

    #[test]
    fn full_agents_are_passed_by_and_what_waits_for_an_unplaced_task_stays_out() {
        let mut snapshot = two_agents(vec![task("t0", 10), task("t1", 10), task("t2", 10)]);
        snapshot.agents[0].capacity = Some(0.5);
        snapshot.agents[1].capacity = Some(1.0);
        snapshot.tasks[2].depends_on = after(1);
        for plan in [round_robin, greedy] {
            assert_eq!(rows(&snapshot, plan), [Some((1, 0)), None, None]);
        }
    }

    #[test]
    fn tasks_that_belong_together_stay_together_or_out() {
        let mut snapshot = two_agents(vec![task("t0", 10), task("t1", 10), task("t2", 10)]);
        snapshot.tasks[0].together = vec![TaskIx(1)];
        snapshot.tasks[1].together = vec![TaskIx(0)];
        assert_eq!(rows(&snapshot, round_robin), [Some((0, 0)), Some((0, 10)), Some((1, 0))]);
        // The second cannot wait for a task that has no place, so the first goes too.
        snapshot.tasks[1].depends_on = after(2);
        snapshot.tasks[2].pinned = Some(AgentIx(0));
        snapshot.agents[0].windows = vec![(0, 5000)];
        for plan in [round_robin, greedy] {
            assert_eq!(rows(&snapshot, plan), [None, None, None]);
        }
    }
}
