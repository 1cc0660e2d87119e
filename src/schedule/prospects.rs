//! Where a task could finish first, when agents are many: what no run on an agent can beat is reckoned for all agents of
//! the task's class from columns, and only the most promising are looked at.

use std::{cmp::Ordering, collections::BinaryHeap};

use super::{
    instance::{Choice, Choices, Instance},
    timeline::Timeline,
};
use crate::model::{Ms, NEVER, TaskIx};

/// When each agent has first had a gap for runs of a length, as far as it was looked at: where calendars only fill, no
/// gap comes before.
#[derive(Debug)]
pub struct Gaps {
    /// By the greatest power of two within the run, then by agent.
    from: Vec<Vec<Ms>>,
}

/// Powers of two that are told apart.
const POWERS: usize = 40;

/// The greatest power of two within a run.
fn within(work: Ms) -> usize {
    (work.max(1).ilog2() as usize).min(POWERS - 1)
}

impl Gaps {
    /// Nothing is known.
    pub fn new(inst: &Instance<'_>) -> Self {
        Self { from: vec![vec![0; inst.agents.len()]; POWERS] }
    }

    /// No run of the choice starts before.
    pub fn of(&self, c: &Choice) -> Ms {
        self.from[within(c.work)][c.agent as usize]
    }

    /// Looks at the agent's calendar again.
    pub fn look_again(&mut self, timeline: &Timeline<'_>, c: &Choice) {
        let at = within(c.work);
        let from = &mut self.from[at][c.agent as usize];
        *from = timeline.earliest_on_slots(c.agent, *from, (1 << at).min(c.work));
    }

    /// Forgets an agent's gaps: something was taken off its calendar.
    pub fn forget(&mut self, agent: u32) {
        self.from.iter_mut().for_each(|from| from[agent as usize] = 0);
    }
}

/// The agents of a class, in columns.
#[derive(Debug, Default)]
struct Columns {
    agent: Vec<u32>,
    /// Actual over nominal duration.
    stretch: Vec<f64>,
    /// Scaled cost of a task, of its load, and of a ms of work.
    cost: [Vec<f64>; 3],
}

/// What no run on a member of the class can beat.
#[derive(Debug, PartialEq)]
struct Prospect {
    score: f64,
    place: u32,
}

impl Eq for Prospect {}

impl PartialOrd for Prospect {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Prospect {
    /// The least is the greatest, so that a heap gives it first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(other.place.cmp(&self.place))
    }
}

/// The agents of one task at a time, the most promising first.
#[derive(Debug)]
pub struct Prospects<'i> {
    inst: &'i Instance<'i>,
    by_class: Vec<Option<Columns>>,
    /// Agents with room for the task, and those that may be cleared for it.
    open: BinaryHeap<Prospect>,
    full: BinaryHeap<Prospect>,
}

/// Whether an agent has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may have.
    Open,
    /// Only where others leave it.
    Full,
    /// Not even then.
    Closed,
}

impl<'i> Prospects<'i> {
    /// Of no task yet.
    pub fn new(inst: &'i Instance<'i>) -> Self {
        let by_class = (0..inst.q.classes()).map(|_| None).collect();
        Self { inst, by_class, open: BinaryHeap::new(), full: BinaryHeap::new() }
    }

    /// Forgets what was gathered.
    pub fn clear(&mut self) {
        self.open.clear();
        self.full.clear();
    }

    /// True where a task's agents can be gathered: its figures are those of its class, and it does not run yet.
    pub fn know(&self, t: usize) -> bool {
        self.inst.runs_until[t] < 0 && matches!(self.inst.choices(t), Choices::Derived { .. })
    }

    /// Gathers the agents of a task that does not start before `ready`. `standing` says which of them have room; `score`
    /// of a finish and a cost must not fall with either. Returns the least start. O(agents), a few ns each.
    pub fn gather(
        &mut self,
        gaps: &Gaps,
        (t, ready): (usize, Ms),
        standing: impl Fn(u32) -> Standing,
        score: impl Fn(&Choice, Ms) -> f64,
    ) -> Ms {
        let inst = self.inst;
        let class = inst.q.class(TaskIx::of(t));
        let columns = self.by_class[class as usize].get_or_insert_with(|| Columns::of(inst, class));
        let task = inst.q.snapshot.task(TaskIx::of(t));
        let mut rows = [&mut self.open, &mut self.full].map(|heap| std::mem::take(heap).into_vec());
        rows.iter_mut().for_each(Vec::clear);
        let mut soonest = NEVER;
        let load = inst.load_scale.demand(task.estimated_load);
        let [once, by_load, by_ms] = &columns.cost;
        for (place, (agent, stretch)) in columns.agent.iter().zip(&columns.stretch).enumerate() {
            // Below what rounding could make of it.
            let work = ((task.duration_ms * stretch * (1.0 - 1e-12) - 1.0).max(0.0) as Ms).min(NEVER);
            let start = ready.max(gaps.from[within(work)][*agent as usize]);
            soonest = soonest.min(start);
            let cost = once[place] + by_load[place] * task.estimated_load + by_ms[place] * work as f64;
            let least = (cost * (1.0 - 1e-12) - 2.0).max(0.0);
            let standing = standing(*agent);
            if standing != Standing::Closed {
                let choice = Choice { agent: *agent, work, load, cost: least as i64 };
                let score = score(&choice, (start + work).min(NEVER));
                rows[usize::from(standing == Standing::Full)].push(Prospect { score, place: place as u32 });
            }
        }
        [self.open, self.full] = rows.map(BinaryHeap::from);
        soonest
    }

    /// The next choice of the task, also on agents without room for it where `full`, unless none that is left can score
    /// below or at `most`.
    pub fn next(&mut self, t: usize, most: f64, full: bool) -> Option<Choice> {
        let choices = self.inst.choices(t);
        loop {
            let of_full = full && self.full.peek() > self.open.peek();
            let heap = if of_full { &mut self.full } else { &mut self.open };
            if heap.peek().is_none_or(|p| p.score > most) {
                return None;
            }
            let choice = heap.pop().and_then(|p| choices.at(p.place as usize));
            if choice.is_some() {
                return choice;
            }
        }
    }
}

impl Columns {
    fn of(inst: &Instance<'_>, class: u32) -> Self {
        let mut out = Self::default();
        let scale = inst.cost_scale.factor();
        for member in inst.q.members(class) {
            let tariff = inst.q.tariff(member.agent);
            out.agent.push(member.agent.0);
            out.stretch.push(1.0 / member.divisor / tariff.succeeds);
            let rates = [tariff.per_task, tariff.per_load, tariff.per_hour / 3_600_000.0];
            out.cost.iter_mut().zip(rates).for_each(|(column, rate)| column.push(rate * scale));
        }
        out
    }
}
