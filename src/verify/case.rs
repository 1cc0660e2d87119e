//! One plan beside its snapshot: the rows as placements, where everything stands, what is wrong so far.

use super::{
    codes::{self, Kind},
    report::Violation,
};
use crate::{
    input::claimed::{Claimed, Told},
    model::{AgentIx, Location, Ms, NEVER, Placement, Plan, Quantities, ResourceIx, TaskIx},
    report::Place,
};

/// Most violations of one kind that are listed.
pub const MAX_OF_A_KIND: usize = 1_000;

/// What a violation is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// The task concerned.
    pub task: Option<TaskIx>,
    /// The agent concerned.
    pub agent: Option<AgentIx>,
    /// The shared resource concerned.
    pub resource: Option<ResourceIx>,
}

/// The plan as far as it speaks of what there is.
pub struct Case<'a> {
    /// The definitions.
    pub q: &'a Quantities<'a>,
    /// The claims.
    pub claimed: &'a Claimed,
    /// Placements of known tasks on known agents; of a task placed twice the first.
    pub plan: Plan,
    /// The claimed row of each placed task.
    pub row_of: Vec<Option<usize>>,
    /// What is wrong, in the order found.
    pub found: Vec<(Kind, Violation)>,
}

impl<'a> Case<'a> {
    /// Resolves the rows, telling what is unknown or doubled.
    pub fn new(q: &'a Quantities<'a>, claimed: &'a Claimed) -> Self {
        let n = q.snapshot.tasks.len();
        let mut out = Self { q, claimed, plan: Plan::empty(n), row_of: vec![None; n], found: Vec::new() };
        for agent in claimed.agents.iter().filter(|a| q.snapshot.find_agent(&a.value).is_none()) {
            let message = format!("there is no agent `{}`", agent.value);
            out.tell(codes::UNKNOWN_AGENT, message, Some(agent), About::default());
        }
        let shift = match (claimed.made, q.snapshot.as_of) {
            (Some(made), Some(now)) => now.as_millisecond() - made.as_millisecond(),
            _ => 0,
        };
        for i in 0..claimed.rows.len() {
            out.take_row(i, shift);
        }
        out.unassigned();
        out
    }

    fn take_row(&mut self, i: usize, shift: Ms) {
        let (s, row) = (self.q.snapshot, &self.claimed.rows[i]);
        let agent = s.find_agent(&row.agent);
        let Some(t) = s.find_task(&row.task.value) else {
            let message = format!("there is no task `{}`", row.task.value);
            return self.tell(codes::UNKNOWN_TASK, message, Some(&row.task), About { agent, ..About::default() });
        };
        if let Some(first) = self.row_of[t.at()] {
            let other = &self.claimed.rows[first];
            let message = format!(
                "`{}` is placed on `{}` and again on `{}`; the first counts",
                row.task.value, other.agent, row.agent
            );
            let about = About { task: Some(t), agent, resource: None };
            return self.tell(codes::PLACED_TWICE, message, Some(&row.task), about);
        }
        self.row_of[t.at()] = Some(i);
        let Some(agent) = agent else { return };
        let ms = |seconds: f64| (libm::round(seconds * 1000.0) as Ms).clamp(-NEVER, NEVER) - shift;
        let start = ms(row.start);
        let work = self.q.on(t, agent).map_or(0, |o| o.processing);
        let finish = row.finish.map_or(start.saturating_add(work), ms);
        self.plan.placements[t.at()] = Some(Placement { agent, start, finish });
    }

    /// Tasks that the plan itself calls unassigned.
    fn unassigned(&mut self) {
        let Some(list) = &self.claimed.unassigned else { return };
        let s = self.q.snapshot;
        let mut named = vec![false; s.tasks.len()];
        for id in list {
            let Some(t) = s.find_task(&id.value) else {
                let message = format!("there is no task `{}`, which is said to be unassigned", id.value);
                self.tell(codes::UNKNOWN_TASK, message, Some(id), About::default());
                continue;
            };
            named[t.at()] = true;
            if self.row_of[t.at()].is_some() {
                let message = format!("`{}` is both placed and unassigned", id.value);
                self.tell(codes::PLACED_AND_UNASSIGNED, message, Some(id), About { task: Some(t), ..About::default() });
            }
        }
        let missing = |t: &TaskIx| !named[t.at()] && self.row_of[t.at()].is_none();
        let forgotten: Vec<TaskIx> = s.task_ixs().filter(missing).collect();
        for t in forgotten {
            let message = format!("`{}` is neither placed nor unassigned", s.task(t).id);
            self.tell(codes::FORGOTTEN, message, None::<&Told<()>>, About { task: Some(t), ..About::default() });
        }
    }

    /// Notes something wrong at a place of the plan.
    pub fn tell<T>(&mut self, kind: Kind, message: String, at: Option<&Told<T>>, about: About) {
        let plan = at.and_then(|told| self.in_plan(&told.path, told.location));
        self.note(kind, message, plan, about);
    }

    /// Notes something wrong, at the row or agent of the plan that it is about.
    pub fn tell_of(&mut self, kind: Kind, message: String, about: About) {
        let row = about.task.and_then(|t| self.row_of[t.at()]).map(|i| &self.claimed.rows[i].task);
        let id = about.agent.map(|a| self.q.snapshot.agent(a).id.as_str());
        let agent = || self.claimed.agents.iter().find(|a| Some(a.value.as_str()) == id);
        let plan = row.or_else(agent).and_then(|told| self.in_plan(&told.path, told.location));
        self.note(kind, message, plan, about);
    }

    fn note(&mut self, kind: Kind, message: String, plan: Option<Place>, about: About) {
        let s = self.q.snapshot;
        let snapshot = self.in_snapshot(about);
        let violation = Violation {
            code: kind.code,
            name: kind.name,
            message,
            task: about.task.map(|t| s.task(t).id.clone()),
            agent: about.agent.map(|a| s.agent(a).id.clone()),
            resource: about.resource.map(|r| s.network.resources[r.at()].id.clone()),
            plan,
            snapshot,
        };
        self.found.push((kind, violation));
    }

    fn in_plan(&self, path: &str, at: Location) -> Option<Place> {
        let Location { line, column, .. } = at;
        (line > 0).then(|| Place { path: path.to_owned(), file: self.claimed.file.clone(), line, column })
    }

    fn in_snapshot(&self, about: About) -> Vec<Place> {
        let s = self.q.snapshot;
        let task = about.task.map(|t| (format!("tasks[{}]", s.task(t).id), s.task(t).location));
        let agent = about.agent.map(|a| (format!("agents[{}]", s.agent(a).id), s.agent(a).location));
        let resource = about.resource.map(|r| {
            let r = &s.network.resources[r.at()];
            (format!("network.resources[{}]", r.id), r.location)
        });
        let rows = [task, agent, resource].into_iter().flatten().filter(|(_, at)| at.line > 0);
        rows.map(|(path, at)| Place { path, file: s.file(at).to_owned(), line: at.line, column: at.column }).collect()
    }
}
