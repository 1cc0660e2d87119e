//! What a change of the order reaches. The schedule after a change is the one that replaying the whole order gives, but
//! only tasks whose start could be another are looked at.
//!
//! An agent is *open* once the tasks later in the order have been taken off it; they are looked at when their turn
//! comes. A task whose inputs and open places alone hold it back as long as before stays where it is: the others are
//! as they were to all that come before it. A shared resource is opened only where it holds a task back. One that has
//! room for a task beside all others, later ones included, has room for it beside the earlier ones; and it displaces
//! nobody then. What a task gives back, by going elsewhere, counts for those that such a resource held back.

use super::{Goal, Sequence, Tally};
use crate::{
    model::{Ms, NEVER},
    schedule::{Choice, Instance, NONE, Places, Timeline},
};

/// Positions passed by that cost as much as an elementary step.
const PASSED: u64 = 16;

/// What a task waits for before shared resources do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wait {
    /// Its inputs are there.
    pub ready: Ms,
    /// No later than its agent has a gap for it.
    pub alone: Ms,
}

/// What is needed to replay a change and to take it back.
#[derive(Debug, Clone, Default)]
pub(super) struct Replay {
    /// Tasks of the order by the agent chosen for them.
    on: Vec<Vec<u32>>,
    /// Tasks of the order by shared resource, with what they use of it.
    users: Vec<Vec<(u32, i64)>>,
    open: Places,
    opened: (Vec<u32>, Vec<u32>),
    /// Positions to look at.
    pending: Pending,
    /// Tasks taken out, with agent, start and finish that they had, and whether each is among them.
    moved: Vec<(u32, u32, Ms, Ms)>,
    is_moved: Vec<bool>,
    /// What tasks waited for that were looked at.
    waits: Vec<(u32, Wait)>,
    /// What a change overwrote.
    shift: Option<(usize, usize)>,
    choices: Vec<(u32, Choice)>,
    tally: Vec<Tally>,
}

/// Positions, a bit each.
#[derive(Debug, Clone, Default)]
struct Pending(Vec<u64>);

impl Pending {
    fn add(&mut self, position: u32) {
        self.0[position as usize / 64] |= 1 << (position % 64);
    }

    /// True where a position was among them, which it is no more.
    fn take(&mut self, position: usize) -> bool {
        let (word, bit) = (position / 64, 1 << (position % 64));
        let was = self.0[word] & bit != 0;
        self.0[word] &= !bit;
        was
    }
}

impl Replay {
    fn new(inst: &Instance<'_>, order: &[u32], choice: &[Choice]) -> Self {
        let mut out = Self {
            on: vec![Vec::new(); inst.agents.len()],
            users: vec![Vec::new(); inst.shared.len()],
            open: Places::none(inst),
            pending: Pending(vec![0; order.len() / 64 + 1]),
            is_moved: vec![false; inst.tasks()],
            ..Self::default()
        };
        for t in order {
            out.on[choice[*t as usize].agent as usize].push(*t);
            for (r, amount) in inst.uses.row(*t as usize) {
                out.users[*r as usize].push((*t, *amount));
            }
        }
        out
    }

    /// Moves a task from one agent's list to another's.
    fn seat(&mut self, t: u32, from: u32, to: u32) {
        let on = &mut self.on[from as usize];
        if let Some(at) = on.iter().position(|other| *other == t) {
            on.swap_remove(at);
        }
        self.on[to as usize].push(t);
    }
}

impl Sequence<'_> {
    /// Moves the task at `from` to position `to`, with the tasks that `choices` names on new agents, and replays.
    /// False, and nothing is changed, where the energy of the times exceeds `limit`.
    pub fn try_change(
        &mut self,
        shift: Option<(usize, usize)>,
        choices: &[(u32, Choice)],
        limit: f64,
        goal: &Goal,
    ) -> bool {
        if self.replay.on.is_empty() {
            self.replay = Replay::new(self.inst, &self.order, &self.choice);
        }
        let changed = choices.iter().map(|(t, _)| self.position[*t as usize] as usize);
        let first = changed.chain(shift.map(|(from, to)| from.min(to))).min().unwrap_or(self.order.len());
        self.change(first, shift, choices);
        let reached = self.follow(first, limit, goal);
        let accepted = reached == self.order.len() && self.total().energy(goal) <= limit;
        if !accepted {
            self.restore(first, reached);
        }
        self.settle();
        accepted
    }

    /// Makes the change: what it names is taken out, to be placed again when its turn comes.
    fn change(&mut self, first: usize, shift: Option<(usize, usize)>, choices: &[(u32, Choice)]) {
        self.replay.tally.clear();
        self.replay.tally.extend_from_slice(&self.tally[first..]);
        self.replay.shift = shift;
        self.replay.choices.clear();
        for t in choices.iter().map(|c| c.0).chain(shift.map(|(from, _)| self.order[from])) {
            if !self.replay.is_moved[t as usize] {
                self.take_out(t as usize);
            }
        }
        if let Some((from, to)) = shift {
            let t = self.order[from] as usize;
            self.shift(from, to);
            // Those that come before it now do not meet it any more.
            let was = self.replay.moved.iter().find(|m| m.0 as usize == t).map_or(NONE, |m| m.1);
            self.open_agent(was, first);
        }
        for (t, c) in choices {
            let old = std::mem::replace(&mut self.choice[*t as usize], *c);
            self.replay.choices.push((*t, old));
            self.replay.seat(*t, old.agent, c.agent);
        }
        for i in 0..self.replay.moved.len() {
            let (t, agent, start, finish) = self.replay.moved[i];
            self.replay.pending.add(self.position[t as usize]);
            if agent != NONE {
                self.give_back(t as usize, (start, finish), first);
            }
        }
    }

    /// Takes a task off its agent and resources as far as they are not open, and notes where it was.
    fn take_out(&mut self, t: usize) {
        let line = &mut self.timeline;
        self.replay.is_moved[t] = true;
        self.replay.moved.push((t as u32, line.agent[t], line.start[t], line.finish[t]));
        if line.agent[t] != NONE {
            line.mark_where(t, -1, &self.replay.open, false);
            line.agent[t] = NONE;
        }
    }

    fn shift(&mut self, from: usize, to: usize) {
        if from < to {
            self.order[from..=to].rotate_left(1);
        } else {
            self.order[to..=from].rotate_right(1);
        }
        for i in from.min(to)..=from.max(to) {
            self.position[self.order[i] as usize] = i as u32;
        }
    }

    /// Looks at the positions from `first` on; stops where the energy is certain to exceed `limit`. Returns the
    /// position reached.
    fn follow(&mut self, first: usize, limit: f64, goal: &Goal) -> usize {
        for i in first..self.order.len() {
            if self.replay.pending.take(i) {
                self.look_at(i);
            }
            let more = self.count(i);
            if self.tally[i + 1].energy(goal) + goal.makespan * more as f64 > limit {
                self.timeline.work += (i - first) as u64 / PASSED;
                return i + 1;
            }
        }
        self.timeline.work += (self.order.len() - first) as u64 / PASSED;
        self.order.len()
    }

    /// Places the task at a position again, unless it stays where it is.
    fn look_at(&mut self, i: usize) {
        let t = self.order[i] as usize;
        let c = self.choice[t];
        self.replay.waits.push((t as u32, self.waits[t]));
        if !self.replay.is_moved[t] {
            if self.timeline.agent[t] != NONE && self.stays(t, &c) {
                return;
            }
            self.take_out(t);
        }
        let Some(was) = self.replay.moved.iter().rev().find(|m| m.0 as usize == t).copied() else { return };
        self.open_agent(was.1, i + 1);
        self.open_agent(c.agent, i + 1);
        self.start_again(i, t, &c);
        let line = &self.timeline;
        if line.agent[t] == was.1 && (was.1 == NONE || line.start[t] == was.2 && line.finish[t] == was.3) {
            return;
        }
        if was.1 != NONE {
            self.give_back(t, (was.2, was.3), i + 1);
        }
        for (s, _) in self.inst.succs.row(t) {
            let position = self.position[*s as usize];
            if position != NONE {
                self.replay.pending.add(position);
            }
        }
    }

    /// True where a placed task starts when it does, going by its inputs and what is open: the rest lets it start then.
    fn stays(&mut self, t: usize, c: &Choice) -> bool {
        let (line, open) = (&mut self.timeline, &self.replay.open);
        let (is, ready) = (line.start[t], line.ready(t, c.agent));
        if self.inst.runs_until[t] >= 0 || ready > is {
            return false;
        }
        let is_open = open.agents[c.agent as usize];
        let from = if is_open { line.earliest_on_agent(t, c, ready) } else { ready };
        if from > is || line.earliest_among(t, c, from, open) != Some(is) {
            return false;
        }
        line.mark_where(t, 1, open, true);
        let wait = &mut self.waits[t];
        let alone = if is_open || ready < wait.ready { from } else { wait.alone };
        *wait = Wait { ready, alone };
        true
    }

    /// Places the task at position `i` as early as those before it allow.
    fn start_again(&mut self, i: usize, t: usize, c: &Choice) {
        let inst = self.inst;
        let uses = inst.uses.row(t);
        if inst.runs_until[t] >= 0 {
            for (r, _) in uses {
                self.open_shared(*r, i + 1);
            }
            return self.start(t, c);
        }
        let ready = self.timeline.ready(t, c.agent);
        if ready >= NEVER {
            return;
        }
        let mut start = self.timeline.earliest_on_agent(t, c, ready);
        self.waits[t] = Wait { ready, alone: start };
        loop {
            let Some(open) = self.timeline.earliest_among(t, c, start, &self.replay.open) else { return };
            start = open;
            let line = &mut self.timeline;
            let mut blocks = |of: &&(u32, i64)| {
                !self.replay.open.shared[of.0 as usize] && line.earliest_of(**of, c.work, start) > start
            };
            let Some((blocking, _)) = uses.iter().find(|of| blocks(of)).copied() else { break };
            self.open_shared(blocking, i + 1);
        }
        self.timeline.place(t, c, start);
    }

    /// Opens an agent for those from a position on.
    fn open_agent(&mut self, agent: u32, from: usize) {
        if agent == NONE || std::mem::replace(&mut self.replay.open.agents[agent as usize], true) {
            return;
        }
        self.replay.opened.0.push(agent);
        self.timeline.work += self.replay.on[agent as usize].len() as u64 / PASSED;
        for k in 0..self.replay.on[agent as usize].len() {
            let u = self.replay.on[agent as usize][k] as usize;
            self.take_off(u, from, |line| line.mark_agent(u, -1));
        }
    }

    /// Opens a shared resource for those from a position on.
    fn open_shared(&mut self, resource: u32, from: usize) {
        if std::mem::replace(&mut self.replay.open.shared[resource as usize], true) {
            return;
        }
        self.replay.opened.1.push(resource);
        self.timeline.work += self.replay.users[resource as usize].len() as u64 / PASSED;
        for k in 0..self.replay.users[resource as usize].len() {
            let (u, amount) = self.replay.users[resource as usize][k];
            self.take_off(u as usize, from, |line| line.mark_shared(u as usize, (resource, amount), -1));
        }
    }

    /// Takes a task off what is opened, if it stands at a position or behind; it is looked at when its turn comes.
    fn take_off(&mut self, t: usize, from: usize, off: impl FnOnce(&mut Timeline<'_>)) {
        if (self.position[t] as usize) < from {
            return;
        }
        self.replay.pending.add(self.position[t]);
        if self.timeline.agent[t] != NONE {
            off(&mut self.timeline);
        }
    }

    /// What a task held from `run.0` on is free for those from a position on: who was held back by a shared resource
    /// then is looked at.
    fn give_back(&mut self, t: usize, run: (Ms, Ms), from: usize) {
        let inst = self.inst;
        for (r, _) in inst.uses.row(t) {
            if self.replay.open.shared[*r as usize] {
                continue;
            }
            self.timeline.work += self.replay.users[*r as usize].len() as u64 / PASSED;
            let line = &self.timeline;
            let hold = |start: Ms, finish: Ms| inst.shared[*r as usize].per.map_or(finish, |per| start + per);
            let until = hold(run.0, run.1);
            for k in 0..self.replay.users[*r as usize].len() {
                let u = self.replay.users[*r as usize][k].0 as usize;
                let (alone, start) = (self.waits[u].alone, line.start[u]);
                let waits =
                    line.agent[u] == NONE || alone < start && alone < until && run.0 < hold(start, line.finish[u]);
                if waits && self.position[u] as usize >= from {
                    self.replay.pending.add(self.position[u]);
                }
            }
        }
    }

    /// Takes the change back after the positions up to `reached` were looked at.
    fn restore(&mut self, first: usize, reached: usize) {
        for (t, ..) in &self.replay.moved {
            if self.timeline.agent[*t as usize] != NONE {
                self.timeline.remove(*t as usize);
            }
        }
        for i in reached..self.order.len() {
            let t = self.order[i] as usize;
            if self.replay.pending.take(i) && self.timeline.agent[t] != NONE {
                self.timeline.mark_where(t, 1, &self.replay.open, true);
            }
        }
        if let Some((from, to)) = self.replay.shift {
            self.shift(to, from);
        }
        // Backwards: a task may be named more than once.
        for k in (0..self.replay.choices.len()).rev() {
            let (t, old) = self.replay.choices[k];
            let new = std::mem::replace(&mut self.choice[t as usize], old);
            self.replay.seat(t, new.agent, old.agent);
        }
        for (t, agent, start, _) in &self.replay.moved {
            if *agent != NONE {
                self.timeline.place(*t as usize, &self.choice[*t as usize], *start);
            }
        }
        for (t, wait) in self.replay.waits.iter().rev() {
            self.waits[*t as usize] = *wait;
        }
        self.tally[first..].copy_from_slice(&self.replay.tally);
    }

    /// Closes everything and forgets what was taken out.
    fn settle(&mut self) {
        let replay = &mut self.replay;
        replay.moved.drain(..).for_each(|m| replay.is_moved[m.0 as usize] = false);
        replay.waits.clear();
        replay.opened.0.drain(..).for_each(|agent| replay.open.agents[agent as usize] = false);
        replay.opened.1.drain(..).for_each(|r| replay.open.shared[r as usize] = false);
    }
}
