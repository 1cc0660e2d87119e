//! The batch as a network of activities: how long each task takes at least, and on whom.

use std::collections::BTreeMap;

use crate::{
    graph::{Activity, Directed, Schedule, Times},
    model::{AgentIx, DataIx, Member, Ms, Quantities, Task, TaskIx, up},
};

/// Fastest agents kept for each task: as long as one of them is left, losses need no second look.
const KEPT: usize = 4;

/// The tasks of a snapshot, each at its best.
#[derive(Debug)]
pub struct Work<'q> {
    /// Eligibility and processing times.
    pub q: &'q Quantities<'q>,
    /// Tasks after their hard dependencies.
    pub schedule: Schedule,
    /// Each task on its fastest eligible agent; at its nominal duration where no agent is eligible.
    pub activities: Vec<Activity>,
    /// For each task, its fastest agents with processing times, fastest first, at most [`KEPT`].
    pub fastest: Vec<Vec<(AgentIx, Ms)>>,
    /// Least load of each task over its eligible agents.
    pub load: Vec<f64>,
    /// Tasks of one group have the same eligible agents.
    pub group: Vec<u32>,
    /// One task of each group.
    pub sample: Vec<TaskIx>,
    /// Early and late starts.
    pub times: Times,
}

impl<'q> Work<'q> {
    /// Measures the batch: O(pairs of a task and an eligible agent), once per class where formulas alone decide.
    pub fn of(q: &'q Quantities<'q>) -> Self {
        let s = q.snapshot;
        let mut ranked: BTreeMap<u32, Vec<Member>> = BTreeMap::new();
        let mut fastest: Vec<Vec<(AgentIx, Ms)>> = Vec::with_capacity(s.tasks.len());
        let mut load = Vec::with_capacity(s.tasks.len());
        for t in s.task_ixs() {
            let task = s.task(t);
            if q.is_plain(t) {
                let best = ranked.entry(q.class(t)).or_insert_with(|| rank(q, q.class(t)));
                fastest.push(best.iter().filter_map(|m| Some((m.agent, q.plain(task, *m)?.processing))).collect());
                load.push(task.estimated_load);
            } else {
                let mut offers: Vec<_> = q.offers(t).collect();
                load.push(offers.iter().map(|o| o.load).reduce(f64::min).unwrap_or(task.estimated_load));
                offers.sort_by_key(|o| (o.processing, o.agent));
                fastest.push(offers.iter().take(KEPT).map(|o| (o.agent, o.processing)).collect());
            }
        }
        let activities: Vec<Activity> =
            s.tasks.iter().zip(&fastest).map(|(task, best)| activity(task, best.first().map(|b| b.1))).collect();
        let arcs = s.task_ixs().flat_map(|t| before(s.task(t)).map(move |p| (p.0, t.0)));
        let schedule = Schedule::new(&Directed::new(s.tasks.len(), arcs));
        let times = schedule.times(&schedule.merged(&activities));
        let (group, sample) = groups(q);
        Self { q, schedule, activities, fastest, load, group, sample, times }
    }

    /// The component of a task in the condensed network.
    pub fn component(&self, t: TaskIx) -> usize {
        self.schedule.condensed.component[t.at()] as usize
    }

    /// How long a component of the condensed network takes.
    pub fn schedule_duration(&self, component: usize) -> Ms {
        let members = &self.schedule.condensed.members[component];
        members.iter().fold(0, |sum: Ms, t| sum.saturating_add(self.activities[*t as usize].duration))
    }

    /// No batch of these tasks ends sooner, ms: the critical path, and all work spread over all slots.
    pub fn shortest_end(&self) -> Ms {
        let slots: u64 =
            self.q.snapshot.agents.iter().filter(|a| a.status.takes_tasks()).map(|a| u64::from(a.slots)).sum();
        let work: i128 = self.activities.iter().map(|a| i128::from(a.duration)).sum();
        self.times.end.max((work / i128::from(slots.max(1))) as Ms)
    }
}

/// Hard predecessors.
fn before(task: &Task) -> impl Iterator<Item = TaskIx> + '_ {
    task.depends_on.iter().filter(|d| !d.soft).map(|d| d.task)
}

/// A task as an activity, with its fastest processing time where there is one.
fn activity(task: &Task, fastest: Option<Ms>) -> Activity {
    Activity {
        duration: fastest.unwrap_or_else(|| up(task.duration_ms)),
        release: task.release,
        deadline: task.deadline,
    }
}

/// The fastest members of a class, by what divides their durations.
fn rank(q: &Quantities<'_>, class: u32) -> Vec<Member> {
    let mut out = q.members(class).to_vec();
    let rate = |m: &Member| m.divisor * q.tariff(m.agent).succeeds;
    out.sort_by(|a, b| rate(b).total_cmp(&rate(a)).then(a.agent.cmp(&b.agent)));
    out.truncate(KEPT);
    out
}

/// Groups of tasks with the same eligible agents: one class, the same data to read.
fn groups(q: &Quantities<'_>) -> (Vec<u32>, Vec<TaskIx>) {
    let mut known: BTreeMap<(u32, &[DataIx]), u32> = BTreeMap::new();
    let (mut group, mut sample) = (Vec::new(), Vec::new());
    for t in q.snapshot.task_ixs() {
        group.push(*known.entry((q.class(t), &q.snapshot.task(t).reads)).or_insert_with(|| {
            sample.push(t);
            sample.len() as u32 - 1
        }));
    }
    (group, sample)
}
