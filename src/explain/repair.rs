//! What would help a task that has no place or is late: single changes of the input, the cheapest first, each
//! confirmed by planning again.

use super::{
    conflict::Question,
    facts::{self, Fact},
    moving::Base,
    places::Places,
    report::Repair,
};
use crate::{
    error::Error,
    input::document::Section,
    model::{Agent, AgentIx, AgentStatus, Ms, Snapshot, TaskIx, Who, seconds},
    plan::Shortage,
    report::{Place, clock, number},
};

/// Changes that are planned again, at most.
const TRIES: usize = 8;

/// Confirmed changes that are told, at most.
const TOLD: usize = 3;

/// Tasks beyond which fewer are planned again, and beyond which only the likeliest is: a plan takes seconds there.
const MANY: usize = 3_000;
const FLEET: usize = 30_000;

/// New agents that are tried, at most.
const MORE: u32 = 3;

/// A change of the snapshot. Lower ranks cost less: a moment, then what agents may do, then what they are.
struct Change {
    rank: u32,
    text: String,
    place: Option<Place>,
    changed: Snapshot,
}

impl Change {
    /// What sort of change it is, whatever the amount.
    fn kind(&self) -> u32 {
        match self.rank {
            26 => 25,
            rank => rank.min(60),
        }
    }
}

/// What is known of a task in trouble.
pub struct Trouble<'a> {
    /// The whole snapshot.
    pub snapshot: &'a Snapshot,
    /// Places of things in it.
    pub places: Places<'a>,
    /// The task.
    pub task: TaskIx,
    /// What it fails.
    pub question: Question,
    /// When the plan finishes it, where it does.
    pub finish: Option<Ms>,
    /// No plan finishes it sooner.
    pub earliest: Option<Ms>,
    /// Tasks of the focused snapshot that the conflict is told of.
    pub focus: &'a [TaskIx],
    /// The facts of the conflict.
    pub conflict: &'a [Fact],
    /// A shortage that it is part of.
    pub shortage: Option<&'a Shortage>,
}

/// Finds changes, plans each again, and keeps those that help.
///
/// # Errors
///
/// [`Error::Internal`] where a plan fails its own verification.
pub fn repairs(trouble: &Trouble<'_>, base: &Base<'_>) -> Result<Vec<Repair>, Error> {
    let tries = match trouble.snapshot.tasks.len() {
        0..=MANY => TRIES,
        n if n <= FLEET => TRIES / 2,
        _ => 1,
    };
    let mut changes = trouble.changes();
    changes.sort_by(|a, b| (a.rank, &a.text).cmp(&(b.rank, &b.text)));
    changes.dedup_by(|a, b| a.text == b.text);
    let (mut out, mut kinds) = (Vec::new(), Vec::new());
    for change in changes.into_iter().take(tries) {
        // More of what helps already is no news.
        if kinds.contains(&change.kind()) {
            continue;
        }
        let (plan, _) = base.again(&change.changed)?;
        let t = trouble.task;
        let due = change.changed.task(t).deadline.filter(|_| trouble.question == Question::OnTime);
        let helps = plan.placements[t.at()].is_some_and(|p| due.is_none_or(|d| p.finish <= d));
        let s = trouble.snapshot;
        let lost: Vec<TaskIx> = s
            .task_ixs()
            .filter(|o| base.plan.placements[o.at()].is_some() && plan.placements[o.at()].is_none())
            .collect();
        let fair = lost.iter().all(|o| s.task(*o).priority <= s.task(t).priority);
        if helps && fair {
            let lost = lost.iter().map(|o| s.task(*o).id.clone()).collect();
            kinds.push(change.kind());
            out.push(Repair { change: change.text, place: change.place, confirmed: true, lost });
        }
        if out.len() == TOLD {
            break;
        }
    }
    Ok(out)
}

impl Trouble<'_> {
    fn changes(&self) -> Vec<Change> {
        let mut out = Vec::new();
        self.later(&mut out);
        for fact in self.conflict {
            self.of_fact(fact, &mut out);
        }
        if let Some(shortage) = self.shortage {
            self.of_shortage(shortage, &mut out);
        }
        let like = self.shortage.and_then(|s| s.agent_ixs.first().copied()).or_else(|| self.able());
        if let Some(like) = like.filter(|_| self.conflict.is_empty()) {
            let id = &self.snapshot.agent(like).id;
            let mut changed = self.snapshot.clone();
            for more in 1..=MORE {
                changed = with_one_more(&changed, like);
                let text = match more {
                    1 => format!("one more agent like `{id}`"),
                    _ => format!("{more} more agents like `{id}`"),
                };
                push(&mut out, 60 + more, text, None, changed.clone());
            }
        }
        out
    }

    fn edited(&self, edit: impl FnOnce(&mut Snapshot)) -> Snapshot {
        let mut out = self.snapshot.clone();
        edit(&mut out);
        out
    }

    fn id(&self, t: TaskIx) -> String {
        format!("`{}`", self.snapshot.task(t).id)
    }

    /// A later deadline: as late as the plan is now, or as any plan must be.
    fn later(&self, out: &mut Vec<Change>) {
        let t = self.task;
        let Some(due) = self.snapshot.task(t).deadline.filter(|_| self.question == Question::OnTime) else { return };
        for (rank, to) in [(0, self.earliest), (1, self.finish)] {
            let Some(to) = to.filter(|to| *to > due) else { continue };
            let text = format!("{} on {}'s deadline", clock(seconds(to - due)), self.id(t));
            let changed = self.edited(|s| s.tasks[t.at()].deadline = Some(to));
            push(out, rank, text, self.places.find(Section::Tasks, t.at(), "deadline"), changed);
        }
    }

    /// An agent that may run the task, the one with the most room first.
    fn able(&self) -> Option<AgentIx> {
        let q = crate::model::Quantities::new(self.snapshot);
        let room = |a: AgentIx| {
            let agent = self.snapshot.agent(a);
            agent.capacity.map_or(f64::INFINITY, |c| c - agent.current_load)
        };
        let able = q.offers(self.task).map(|o| o.agent);
        able.max_by(|a, b| room(*a).total_cmp(&room(*b)).then(b.cmp(a)))
    }

    /// The one change that takes a fact of the conflict away.
    fn of_fact(&self, fact: &Fact, out: &mut Vec<Change>) {
        let full = |t: &TaskIx| self.focus[t.at()];
        let s = self.snapshot;
        let on = |a: AgentIx, field: &str| self.places.find(Section::Agents, a.at(), field);
        let of = |t: TaskIx, field: &str| self.places.find(Section::Tasks, t.at(), field);
        let agent = |a: AgentIx| format!("`{}`", s.agent(a).id);
        match fact {
            Fact::Release(t) => {
                let t = full(t);
                let changed = self.edited(|s| s.tasks[t.at()].release = 0);
                push(out, 10, format!("an earlier release of {}", self.id(t)), of(t, "release"), changed);
            }
            Fact::Depends(t, p) => {
                let (t, p) = (full(t), full(p));
                let changed = self.edited(|s| facts::without(s, &Fact::Depends(t, p)));
                let text = format!("{} no longer waiting for {}", self.id(t), self.id(p));
                push(out, 40, text, of(t, "depends_on"), changed);
            }
            Fact::Pinned(t) | Fact::Allowed(t) | Fact::Forbidden(t) => {
                let t = full(t);
                let (what, field) = match fact {
                    Fact::Pinned(_) => ("without its pin", "pinned_agent"),
                    Fact::Allowed(_) => ("on other agents than those allowed", "allowed_agents"),
                    _ => ("on the agents that it is forbidden", "forbidden_agents"),
                };
                let wide = |s: &mut Snapshot| match fact {
                    Fact::Pinned(_) => s.tasks[t.at()].pinned = None,
                    Fact::Allowed(_) => s.tasks[t.at()].allowed = None,
                    _ => s.tasks[t.at()].forbidden.clear(),
                };
                push(out, 30, format!("{} {what}", self.id(t)), of(t, field), self.edited(wide));
            }
            Fact::Status(list, _) => {
                for a in list.iter().copied().take(2) {
                    let changed = self.edited(|s| s.agents[a.at()].status = AgentStatus::Active);
                    push(out, 20, format!("{} back at work", agent(a)), on(a, "status"), changed);
                }
            }
            Fact::Skill(list, skill) => {
                for a in list.iter().copied().take(2) {
                    let changed = self.edited(|s| facts::teach(s, a, *skill));
                    let text = format!("`{}` on {}", s.names.skills[skill.at()], agent(a));
                    push(out, 50, text, on(a, "capabilities"), changed);
                }
            }
            Fact::Capacity(list) => {
                for a in list.iter().copied().take(2) {
                    let load = self.snapshot.task(self.task).estimated_load;
                    let to = s.agent(a).current_load + load;
                    let changed = self.edited(|s| s.agents[a.at()].capacity = Some(to));
                    push(
                        out,
                        25,
                        format!("a capacity of {} on {}", number(to, 3), agent(a)),
                        on(a, "capacity"),
                        changed,
                    );
                }
            }
            Fact::MaxTasks(list) => {
                for a in list.iter().copied().take(2) {
                    let to = s.agent(a).max_tasks.unwrap_or(0) + 1;
                    let changed = self.edited(|s| s.agents[a.at()].max_tasks = Some(to));
                    push(out, 22, format!("{to} tasks on {}", agent(a)), on(a, "max_tasks"), changed);
                }
            }
            Fact::Dimension(list, dim) => {
                let asked = s.task(self.task).demand.iter().find(|d| d.0 == *dim).map_or(0.0, |d| d.1);
                for a in list.iter().copied().take(2).filter(|_| asked > 0.0) {
                    let changed = self.edited(|s| facts::offer(s, a, *dim, asked));
                    let text = format!("{} of `{}` on {}", number(asked, 3), s.names.dims[dim.at()], agent(a));
                    push(out, 28, text, on(a, "resources"), changed);
                }
            }
            Fact::From(list) | Fact::Windows(list) => {
                for a in list.iter().copied().take(2) {
                    let open = |s: &mut Snapshot| {
                        s.agents[a.at()].windows.clear();
                        s.agents[a.at()].available_from = 0;
                    };
                    let text = format!("{} open when it is needed", agent(a));
                    push(out, 15, text, on(a, "available"), self.edited(open));
                }
            }
            Fact::Shared(r) => {
                let need = s.task(self.task).uses.iter().find(|u| u.0 == *r).map_or(0.0, |u| u.1);
                let changed = self.edited(|s| {
                    let r = &mut s.network.resources[r.at()];
                    r.capacity = r.capacity.map(|c| c.max(need));
                    r.budget = r.budget.map(|b| b.max(need));
                });
                let id = &s.network.resources[r.at()].id;
                let place = self.places.find(Section::Resources, r.at(), "");
                push(out, 26, format!("{} of `{id}`", number(need, 3)), place, changed);
            }
            _ => {}
        }
    }

    /// As much more as is short, on the agent that offers most.
    fn of_shortage(&self, shortage: &Shortage, out: &mut Vec<Change>) {
        let Some(a) = shortage.agent_ixs.first().copied() else { return };
        let s = self.snapshot;
        let missing = shortage.need - shortage.offered;
        let id = &s.agent(a).id;
        let on = |field: &str| self.places.find(Section::Agents, a.at(), field);
        match shortage.of.as_str() {
            "load" => {
                // Tasks are taken whole: what is short in sum may leave a gap too small for the last of them.
                for (rank, more) in [(25, missing), (26, missing + s.task(self.task).estimated_load)] {
                    let changed = self.edited(|s| {
                        let agent: &mut Agent = &mut s.agents[a.at()];
                        agent.capacity = agent.capacity.map(|c| c + more);
                    });
                    let text = format!("{} more capacity on `{id}`", number(more, 3));
                    push(out, rank, text, on("capacity"), changed);
                }
            }
            "tasks" => {
                let more = libm::ceil(missing) as u32;
                let changed =
                    self.edited(|s| s.agents[a.at()].max_tasks = s.agents[a.at()].max_tasks.map(|m| m + more));
                push(out, 22, format!("{more} more tasks on `{id}`"), on("max_tasks"), changed);
            }
            "work" => {}
            dim => {
                let changed = self.edited(|s| {
                    let names = &s.names.dims;
                    let at = names.iter().position(|n| n == dim);
                    let row = s.agents[a.at()].budget.iter_mut().find(|b| Some(b.0.at()) == at);
                    if let Some(row) = row {
                        row.1 += missing;
                    }
                });
                push(out, 28, format!("{} more `{dim}` on `{id}`", number(missing, 3)), on("budget"), changed);
            }
        }
    }
}

fn push(out: &mut Vec<Change>, rank: u32, text: String, place: Option<Place>, changed: Snapshot) {
    out.push(Change { rank, text, place, changed });
}

/// The snapshot with one more agent like another; it comes last, so that no index moves.
fn with_one_more(s: &Snapshot, like: AgentIx) -> Snapshot {
    let mut out = s.clone();
    let new = AgentIx::of(s.agents.len());
    let last = s.agents.last().map_or("", |a| a.id.as_str());
    let agent = Agent { id: format!("{last}+"), current_load: 0.0, ..s.agent(like).clone() };
    out.agents.push(agent);
    for task in &mut out.tasks {
        if let Ok(at) = task.estimates_by_agent.binary_search_by_key(&like, |e| e.0) {
            let figures = task.estimates_by_agent[at].1;
            task.estimates_by_agent.push((new, figures));
        }
        let twin = Who { agent: Some(new), kind: None };
        let names = |list: &[Who]| list.iter().any(|w| w.agent == Some(like));
        if let Some(list) = task.allowed.as_mut().filter(|l| names(l)) {
            list.push(twin);
            list.sort_unstable();
        }
        if names(&task.forbidden) {
            task.forbidden.push(twin);
            task.forbidden.sort_unstable();
        }
    }
    out
}
