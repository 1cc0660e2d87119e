//! The possible agents of a task or unit, listed or derived: rows are kept where pairs are few or figures
//! are a task's own, and computed from the class of the task where they are many.

use super::{Choice, Instance};
use crate::{
    model::{Member, NEVER, Task, TaskIx},
    schedule::csr::Csr,
};

/// Pairs of tasks and eligible agents up to which every row is listed: 32 MB.
const FEW_PAIRS: usize = 1 << 20;

/// The possible agents of one task or unit, by agent.
#[derive(Debug, Clone, Copy)]
pub enum Choices<'a> {
    /// As a list.
    Listed(&'a [Choice]),
    /// The members of the task's class on which it fits.
    Derived {
        /// The instance.
        inst: &'a Instance<'a>,
        /// The task.
        task: usize,
        /// The eligible agents.
        members: &'a [Member],
    },
}

/// Places beyond which some stand for all.
const SOME: usize = 64;

impl<'a> Choices<'a> {
    /// Places to draw from: at least as many as there are possible agents. O(1).
    pub fn width(self) -> usize {
        match self {
            Self::Listed(row) => row.len(),
            Self::Derived { members, .. } => members.len(),
        }
    }

    /// True where no agent is possible.
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// The choice at a place below [`Self::width`]; `None` where the task does not fit there. O(1).
    pub fn at(self, place: usize) -> Option<Choice> {
        match self {
            Self::Listed(row) => row.get(place).copied(),
            Self::Derived { inst, task, members } => {
                inst.derive(task, inst.q.snapshot.task(TaskIx::of(task)), members[place])
            }
        }
    }

    /// The choice of an agent. O(log n).
    pub fn on(self, agent: u32) -> Option<Choice> {
        match self {
            Self::Listed(row) => row.binary_search_by_key(&agent, |c| c.agent).ok().map(|i| row[i]),
            Self::Derived { members, .. } => {
                let place = members.binary_search_by_key(&agent, |m| m.agent.0).ok()?;
                self.at(place)
            }
        }
    }

    /// The mean of a figure over them, or over some of them where they are many; 0 where there is none.
    pub fn mean(self, of: impl Fn(Choice) -> f64) -> f64 {
        let mean = |all: &mut dyn Iterator<Item = Choice>| {
            let (sum, count) = all.fold((0.0, 0.0), |(sum, count), c| (sum + of(c), count + 1.0));
            (count > 0.0).then_some(sum / count)
        };
        mean(&mut self.some()).or_else(|| mean(&mut self.iter())).unwrap_or(0.0)
    }

    /// The greatest load on any of them: the same on all where they are derived.
    pub fn largest_load(self) -> i64 {
        match self {
            Self::Listed(row) => row.iter().map(|c| c.load).max(),
            Self::Derived { .. } => self.iter().next().map(|c| c.load),
        }
        .unwrap_or(0)
    }

    /// All of them, or some that are evenly spread where places are many.
    pub fn some(self) -> impl Iterator<Item = Choice> + 'a {
        (0..self.width()).step_by(self.width() / SOME + 1).filter_map(move |i| self.at(i))
    }

    /// All of them, by agent.
    pub fn iter(self) -> impl Iterator<Item = Choice> + Clone + 'a {
        self.between(0, self.width())
    }

    /// About `count` of them, evenly spread over all places, from place `first` on and round again.
    pub fn spread(self, first: usize, count: usize) -> impl Iterator<Item = Choice> + 'a {
        let (width, count) = (self.width(), count.min(self.width()));
        (0..count).filter_map(move |i| self.at((first + i * width / count) % width))
    }

    /// All of them, fastest first; rounding may let a later one take 1 ms less than one before it.
    pub fn by_speed(self) -> impl Iterator<Item = Choice> + 'a {
        let (listed, derived) = match self {
            Self::Listed(row) => {
                let mut row = row.to_vec();
                row.sort_by_key(|c| (c.work, c.agent));
                (Some(row), None)
            }
            Self::Derived { inst, task, .. } => (None, Some((inst, task))),
        };
        listed.into_iter().flatten().chain(derived.into_iter().flat_map(|(inst, t)| {
            let task = inst.q.snapshot.task(TaskIx::of(t));
            inst.fastest(t).iter().filter_map(move |member| inst.derive(t, task, *member))
        }))
    }

    /// All of them, by agent, from the first beyond `agent` on and round again.
    pub fn after(self, agent: u32) -> impl Iterator<Item = Choice> + 'a {
        let first = match self {
            Self::Listed(row) => row.partition_point(|c| c.agent <= agent),
            Self::Derived { members, .. } => members.partition_point(|m| m.agent.0 <= agent),
        };
        self.between(first, self.width()).chain(self.between(0, first))
    }

    fn between(self, from: usize, to: usize) -> impl Iterator<Item = Choice> + Clone + 'a {
        let (listed, derived) = match self {
            Self::Listed(row) => (Some(&row[from..to]), None),
            Self::Derived { inst, task, members } => {
                (None, Some((inst, task, inst.q.snapshot.task(TaskIx::of(task)), &members[from..to])))
            }
        };
        let listed = listed.into_iter().flatten().copied();
        listed.chain(derived.into_iter().flat_map(|(inst, t, task, members)| {
            members.iter().filter_map(move |member| inst.derive(t, task, *member))
        }))
    }
}

impl Instance<'_> {
    /// Lists the rows: of all tasks where pairs are few, else of those whose figures are their own.
    pub(super) fn list(&self) -> (Csr<Choice>, Vec<bool>) {
        let pairs: usize = (0..self.tasks()).map(|t| self.members(t).len()).sum();
        let is_derived: Vec<bool> = (0..self.tasks())
            .map(|t| {
                pairs > FEW_PAIRS && self.q.is_plain(TaskIx::of(t)) && self.reserved.fixed(TaskIx::of(t)).is_none()
            })
            .collect();
        let rows = (0..self.tasks()).map(|t| {
            let fixed = self.reserved.fixed(TaskIx::of(t)).map(|f| f.agent);
            let offers = (!is_derived[t]).then(|| self.q.offers(TaskIx::of(t))).into_iter().flatten();
            let possible = offers.filter(move |o| fixed.is_none_or(|a| a == o.agent)).map(|o| self.scaled(&o));
            possible.filter(move |c| self.fits_alone(t, c))
        });
        (Csr::collect(rows), is_derived)
    }

    /// The eligible agents of a task's class.
    fn members(&self, t: usize) -> &[Member] {
        self.q.members(self.q.class(TaskIx::of(t)))
    }

    /// The same, fastest first.
    fn fastest(&self, t: usize) -> &[Member] {
        let stretch = |m: &Member| 1.0 / m.divisor / self.q.tariff(m.agent).succeeds;
        let sorted = |class: usize| {
            let mut members = self.q.members(class as u32).to_vec();
            members.sort_by(|a, b| stretch(a).total_cmp(&stretch(b)).then(a.agent.cmp(&b.agent)));
            members
        };
        let by_class = self.fastest.get_or_init(|| (0..self.q.classes()).map(sorted).collect());
        &by_class[self.q.class(TaskIx::of(t)) as usize]
    }

    /// Possible agents of a task.
    #[inline]
    pub fn choices(&self, task: usize) -> Choices<'_> {
        if self.is_derived[task] {
            Choices::Derived { inst: self, task, members: self.members(task) }
        } else {
            Choices::Listed(self.listed.row(task))
        }
    }

    /// Possible agents of a unit.
    #[inline]
    pub fn unit_choices(&self, unit: usize) -> Choices<'_> {
        match self.units.row(unit) {
            [task] => self.choices(*task as usize),
            _ => Choices::Listed(self.joint.get(&(unit as u32)).map_or(&[], Vec::as_slice)),
        }
    }

    /// The choice of a unit on an agent.
    pub fn unit_choice(&self, unit: usize, agent: u32) -> Option<Choice> {
        self.unit_choices(unit).on(agent)
    }

    /// The choice of a task on an agent.
    pub fn choice(&self, task: usize, agent: u32) -> Option<Choice> {
        self.choices(task).on(agent)
    }

    /// Pairs of tasks and agents to look at, at most.
    pub fn pairs(&self) -> usize {
        (0..self.tasks()).map(|t| self.choices(t).width()).sum()
    }

    #[inline]
    fn derive(&self, t: usize, task: &Task, member: Member) -> Option<Choice> {
        let offer = self.q.plain(task, member)?;
        Some(self.scaled(&offer)).filter(|c| self.fits_alone(t, c))
    }

    /// True where the task would fit on the agent if nothing else were planned.
    #[inline]
    fn fits_alone(&self, t: usize, c: &Choice) -> bool {
        let agent = &self.agents[c.agent as usize];
        let first = self.release[t].max(agent.from);
        c.load <= agent.room
            && agent.max_tasks > 0
            && first + c.work < NEVER
            && (agent.windows.is_empty() || agent.windows.iter().any(|w| first.max(w.0) + c.work <= w.1))
            && self
                .demand
                .row(t)
                .iter()
                .all(|(dim, x)| self.offer_of(c.agent as usize, *dim).is_some_and(|(_, o)| *x <= o.amount))
            && self.fits_shared[t]
    }
}
