//! Every agent beside a task: all conditions that fail there, with their numbers, and when it could run.

use super::places::Places;
use crate::{
    input::document::Section,
    model::{AgentIx, Ms, NEVER, Obstacle, Offer, Plan, Quantities, TaskIx, seconds},
    report::{Place, clock, number},
    schedule::{Instance, Loads, NONE, Timeline},
};

use super::report::{AgentRow, Condition, OfferRow};

/// A plan without the task (and those that go with it), and what it leaves.
pub struct Beside<'i> {
    inst: &'i Instance<'i>,
    plan: Plan,
    loads: Loads,
    counts: Vec<usize>,
    timeline: Timeline<'i>,
    places: Places<'i>,
    unit: Vec<TaskIx>,
}

impl<'i> Beside<'i> {
    /// Takes the task out of the plan.
    pub fn new(inst: &'i Instance<'i>, plan: &Plan, t: TaskIx, places: Places<'i>) -> Self {
        let unit: Vec<TaskIx> = inst.units.row(inst.unit_of[t.at()] as usize).iter().map(|o| TaskIx(*o)).collect();
        let mut plan = plan.clone();
        for o in &unit {
            plan.placements[o.at()] = None;
        }
        let mut timeline = Timeline::new(inst);
        let mut rows: Vec<_> = plan.placed().collect();
        rows.sort_by_key(|(t, p)| (p.start, *t));
        for (o, p) in rows {
            if let Some(c) = inst.choice(o.at(), p.agent.0) {
                timeline.place(o.at(), &c, p.start);
            }
        }
        let mut counts = vec![0; inst.agents.len()];
        plan.placed().for_each(|(_, p)| counts[p.agent.at()] += 1);
        let loads = Loads::of(inst.q, &plan);
        Self { inst, plan, loads, counts, timeline, places, unit }
    }

    /// Every agent, by id.
    pub fn rows(&mut self, t: TaskIx, now: Option<AgentIx>) -> Vec<AgentRow> {
        self.inst.q.snapshot.agent_ixs().map(|a| self.row(t, a, now == Some(a))).collect()
    }

    fn row(&mut self, t: TaskIx, a: AgentIx, here: bool) -> AgentRow {
        let q = self.inst.q;
        let mut conditions = self.obstacles(t, a);
        let eligible = conditions.is_empty();
        let offer = q.on(t, a);
        let mut row = AgentRow {
            agent: q.snapshot.agent(a).id.clone(),
            here,
            eligible,
            conditions: Vec::new(),
            offer: None,
            possible: self.inst.choice(t.at(), a.0).is_some(),
            moving: None,
        };
        if let Some(o) = offer.filter(|_| eligible) {
            self.room(t, &o, &mut conditions);
            let start = self.earliest(t, a, &mut conditions);
            let finish = start.map(|s| s + o.processing);
            let due = q.snapshot.task(t).deadline;
            if let Some((finish, due)) = finish.zip(due).filter(|(f, d)| f > d) {
                let message = format!(
                    "it would be {} late there: done at {}, due at {}",
                    clock(seconds(finish - due)),
                    clock(seconds(finish)),
                    clock(seconds(due))
                );
                conditions.push(Condition::new("late", message, self.places.find(Section::Tasks, t.at(), "deadline")));
            }
            row.offer = Some(OfferRow {
                processing: seconds(o.processing),
                load: o.load,
                cost: o.cost,
                start: start.map(seconds),
                finish: finish.map(seconds),
            });
        }
        row.conditions = conditions;
        row
    }

    /// What lies in the pair of task and agent alone.
    fn obstacles(&self, t: TaskIx, a: AgentIx) -> Vec<Condition> {
        let q = self.inst.q;
        let mut out: Vec<Condition> =
            q.obstacles(t, a).into_iter().map(|o| obstacle(q, &self.places, t, a, o)).collect();
        if let Some(fixed) = self.inst.reserved.fixed(t).filter(|f| f.agent != a) {
            let message = format!("the task runs on `{}` now", q.snapshot.agent(fixed.agent).id);
            out.push(Condition::new("runs_elsewhere", message, None));
        }
        out
    }

    /// What the rest of the plan leaves there.
    fn room(&self, t: TaskIx, o: &Offer, out: &mut Vec<Condition>) {
        let (q, a) = (self.inst.q, o.agent);
        let agent = q.snapshot.agent(a);
        let on = |field: &str| self.places.find(Section::Agents, a.at(), field);
        let mut load = 0.0;
        for other in &self.unit {
            if let Some(offer) = q.on(*other, a) {
                load += offer.load;
            } else {
                let message = format!("`{}`, which goes with it, cannot run there", q.snapshot.task(*other).id);
                out.push(Condition::new("companion_elsewhere", message, None));
            }
        }
        if let Some(capacity) = agent.capacity.filter(|c| self.loads.load[a.at()] + load > c + 1e-6) {
            let left = (capacity - self.loads.load[a.at()]).max(0.0);
            let alone = agent.current_load + load > capacity + 1e-6;
            let code = if alone { "too_little_capacity" } else { "capacity_used_up" };
            let message = format!(
                "{} of its capacity of {} is left, {} is needed",
                number(left, 3),
                number(capacity, 3),
                number(load, 3)
            );
            out.push(Condition::new(code, message, on("capacity")));
        }
        for (i, (dim, offered)) in agent.budget.iter().enumerate() {
            let of = |t: &TaskIx| q.snapshot.task(*t).demand.iter().find(|d| d.0 == *dim).map_or(0.0, |d| d.1);
            let asked: f64 = self.unit.iter().map(of).sum();
            let used = self.loads.used[a.at()][i];
            if asked > 0.0 && used + asked > offered + 1e-6 {
                let name = &q.snapshot.names.dims[dim.at()];
                let left = number((offered - used).max(0.0), 3);
                let message =
                    format!("{left} of its {} `{name}` is left, {} is needed", number(*offered, 3), number(asked, 3));
                out.push(Condition::new("budget_used_up", message, on("budget")));
            }
        }
        for (dim, offered) in &agent.resources {
            let asked = q.snapshot.task(t).demand.iter().find(|d| d.0 == *dim).map_or(0.0, |d| d.1);
            if asked > offered + 1e-6 {
                let name = &q.snapshot.names.dims[dim.at()];
                let message = format!("it has {} of `{name}`, {} is needed", number(*offered, 3), number(asked, 3));
                out.push(Condition::new("resource_too_small", message, on("resources")));
            }
        }
        if let Some(most) = agent.max_tasks.filter(|m| self.counts[a.at()] + self.unit.len() > *m as usize) {
            let message = format!("it has {} of at most {most} tasks", self.counts[a.at()]);
            out.push(Condition::new("max_tasks_reached", message, on("max_tasks")));
        }
        let apart = self.inst.apart.row(self.inst.unit_of[t.at()] as usize);
        for rival in apart.iter().map(|u| TaskIx(self.inst.units.row(*u as usize)[0])) {
            if self.plan.placements[rival.at()].is_some_and(|p| p.agent == a) {
                let message = format!("`{}`, which it must be apart from, is there", q.snapshot.task(rival).id);
                out.push(Condition::new("apart_conflict", message, self.places.find(Section::Tasks, t.at(), "apart")));
            }
        }
    }

    /// When it could start there beside everything else as planned.
    fn earliest(&mut self, t: TaskIx, a: AgentIx, out: &mut Vec<Condition>) -> Option<Ms> {
        let ready = self.timeline.ready(t.at(), a.0);
        if ready >= NEVER {
            let waits = self.inst.preds.row(t.at()).iter().any(|p| self.timeline.agent[p.0 as usize] == NONE);
            let (code, message) = if waits {
                ("predecessor_unplaced", "one that it waits for has no place")
            } else {
                ("inputs_unreachable", "what it waits for cannot be brought there")
            };
            out.push(Condition::new(code, message.into(), self.places.find(Section::Tasks, t.at(), "depends_on")));
            return None;
        }
        let choice = self.inst.choice(t.at(), a.0);
        let start = choice.and_then(|c| self.timeline.earliest(t.at(), &c, ready)).filter(|s| *s < NEVER);
        if start.is_none() && out.is_empty() {
            let place = self.places.find(Section::Agents, a.at(), "available");
            out.push(Condition::new("no_time", "no window or gap holds it there".into(), place));
        }
        start
    }
}

/// An obstacle with its numbers and its line.
fn obstacle(q: &Quantities<'_>, places: &Places<'_>, t: TaskIx, a: AgentIx, o: Obstacle) -> Condition {
    let (s, names) = (q.snapshot, &q.snapshot.names);
    let (task, agent) = (s.task(t), s.agent(a));
    let of_task = |field: &str| places.find(Section::Tasks, t.at(), field);
    let of_agent = |field: &str| places.find(Section::Agents, a.at(), field);
    let (code, message, place): (&'static str, String, Option<Place>) = match o {
        Obstacle::Lacks(k) => {
            ("lacks_capability", format!("it lacks `{}`", names.skills[k.at()]), of_agent("capabilities"))
        }
        Obstacle::TooLow(k) => {
            let has = agent.skills.iter().find(|x| x.0 == k).map_or(0.0, |x| x.1);
            let least = task.requires.iter().find(|x| x.0 == k).map_or(0.0, |x| x.1);
            let text = format!("`{}` at {} of {} needed", names.skills[k.at()], number(has, 3), number(least, 3));
            ("low_proficiency", text, of_agent("capabilities"))
        }
        Obstacle::NotAllowed => ("not_allowed", "it is not among the allowed agents".into(), of_task("allowed_agents")),
        Obstacle::Forbidden => ("forbidden", "it is forbidden".into(), of_task("forbidden_agents")),
        Obstacle::PinnedElsewhere => {
            let to = task.pinned.map_or("", |p| s.agent(p).id.as_str());
            ("pinned_elsewhere", format!("the task is pinned to `{to}`"), of_task("pinned_agent"))
        }
        Obstacle::Down(status) => ("agent_down", format!("it is {}", status.name()), of_agent("status")),
        Obstacle::Unreachable(d) => {
            ("data_unreachable", format!("`{}` cannot be brought there", s.network.data[d.at()].id), of_task("reads"))
        }
        Obstacle::OffersNo(dim) => {
            ("offers_no", format!("it offers no `{}`", names.dims[dim.at()]), of_agent("resources"))
        }
    };
    Condition::new(code, message, place)
}
