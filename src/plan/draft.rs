//! A plan in the making: an order with agents, and the room it leaves.

use super::budget::Budget;
use crate::{
    model::{Ms, Plan, Strategy},
    parallel,
    schedule::{Instance, NONE, Room},
    search::{
        Goal, Score, Sequence,
        anneal::{self, Floor, Schedule},
        construct, disjunctive, dynasearch, fleet, project, ranks,
    },
};

/// A schedule with the room that its assignment leaves.
#[derive(Debug, Clone)]
pub struct Draft<'i> {
    /// Order and agents.
    pub sequence: Sequence<'i>,
    /// The same agents, unit by unit.
    pub room: Room<'i>,
}

/// Tasks up to which the search starts several times, at different temperatures: small batches have few
/// neighbours, and no one temperature suits all.
const FEW: usize = 300;

/// Part of the work that each of several starts has: beside each other they take no longer than one after the other.
const PART: u64 = 3;

/// Tasks beyond which only a few rules are tried and annealing is left out: a replay costs too much.
const MANY: usize = 3_000;

impl<'i> Draft<'i> {
    /// Schedules an assignment as it stands, by the rule that suits `goal` best.
    pub fn keeping(inst: &'i Instance<'i>, room: &Room<'i>, goal: &Goal) -> Self {
        let rules = rules(inst, goal);
        least(rules.iter().map(|rank| Self::kept(inst, room.clone(), rank)), goal, inst)
    }

    /// Schedules by the best rule, each unit on the agent that finishes it best.
    pub fn choosing(inst: &'i Instance<'i>, room: &Room<'i>, goal: &Goal) -> Self {
        let rules = rules(inst, goal);
        least(rules.iter().map(|rank| Self::ranked(inst, room, &Score::new(inst, goal, None), rank)), goal, inst)
    }

    /// The better of an assignment as it stands and of each unit on the agent that finishes it best.
    pub fn better(inst: &'i Instance<'i>, room: &Room<'i>, goal: &Goal) -> Self {
        Self::keeping(inst, room, goal).or(Self::choosing(inst, room, goal), inst, goal)
    }

    /// The draft with less energy, this one where they are equal.
    pub fn or(self, other: Self, inst: &Instance<'_>, goal: &Goal) -> Self {
        if self.energy(inst, goal) <= other.energy(inst, goal) { self } else { other }
    }

    /// The draft that places more; of those alike the one with less of `first`, then with less energy.
    pub fn or_by(self, other: Self, first: impl Fn(&Self) -> f64, inst: &Instance<'_>, goal: &Goal) -> Self {
        let key = |d: &Self| [d.sequence.total().missing, first(d), d.energy(inst, goal)];
        if key(&self) <= key(&other) { self } else { other }
    }

    /// The scaled cost of all that is placed.
    pub fn cost(&self) -> i64 {
        self.sequence.order.iter().map(|t| self.sequence.choice[*t as usize].cost).sum()
    }

    /// Schedules an assignment as it stands, by one rank.
    pub fn kept(inst: &'i Instance<'i>, room: Room<'i>, rank: &[f64]) -> Self {
        let order = construct::order_by(inst, &room, rank);
        Self { sequence: construct::keep_agents(inst, &room, order), room }
    }

    /// Schedules by one rank, each unit on the agent that finishes it best.
    pub fn ranked(inst: &'i Instance<'i>, room: &Room<'i>, score: &Score<'_, 'i>, rank: &[f64]) -> Self {
        let mut room = room.clone();
        let order = construct::order_by(inst, &room, rank);
        let sequence = construct::choose_agents(inst, &mut room, order, score);
        Self { sequence, room }
    }

    /// The same with its late chains shortened (see `fleet::hasten`), within `work` elementary steps.
    pub fn hastened(self, inst: &'i Instance<'i>, goal: &Goal, horizon: Option<Ms>, work: u64) -> Self {
        let (sequence, room) = fleet::hasten(inst, (self.sequence, self.room), goal, horizon, work);
        Self { sequence, room }
    }

    /// The energy of the draft.
    pub fn energy(&self, inst: &Instance<'_>, goal: &Goal) -> f64 {
        let cost = self.cost() as f64;
        let peak = if goal.peak > 0.0 { inst.gauge.peak(inst, &self.room) } else { 0.0 };
        self.sequence.total().energy(goal) + goal.cost * cost + goal.peak * peak
    }

    /// Anneals within the budget; agents change only where `reassign`.
    pub fn improve(&mut self, inst: &'i Instance<'i>, goal: &Goal, budget: &Budget, reassign: bool, floor: &Floor) {
        if inst.tasks() > MANY {
            return;
        }
        if self.project(inst, goal, budget, reassign, floor) {
            return;
        }
        let runs: &[(f64, f64)] =
            if inst.tasks() <= FEW { &[(0.5, 0.01), (3.0, 0.03), (0.15, 0.003), (1.2, 0.02)] } else { &[(0.5, 0.01)] };
        let mut annealing = if goal.tardiness > goal.makespan { budget.due } else { budget.schedule };
        if goal.is_makespan() && disjunctive::applies(inst) {
            self.sequence_anew(inst, goal, budget, reassign, floor);
            // What is left are tie-breaks.
            annealing /= 20;
        }
        let start = &*self;
        let ends = parallel::map(runs.len(), |i| {
            let (hot, cold) = runs[i];
            let work = if runs.len() > 1 { annealing / PART } else { annealing };
            let plan = Schedule { work, hot, cold, reassign, seed: 1 + i as u64 };
            let mut run = start.clone();
            anneal::anneal(inst, &mut run.sequence, &mut run.room, goal, &plan, floor);
            run
        });
        for run in ends {
            if run.energy(inst, goal) < self.energy(inst, goal) {
                *self = run;
            }
        }
    }

    /// Searches over sequences where nothing else is to be decided.
    fn sequence_anew(&mut self, inst: &'i Instance<'i>, goal: &Goal, budget: &Budget, reassign: bool, floor: &Floor) {
        let start = &self.sequence;
        let found = parallel::map(budget.lanes, |lane| {
            let plan = disjunctive::Plan { work: budget.sequences, floor: floor.makespan, seed: 1 + lane as u64 };
            let (order, choice) = disjunctive::improve(inst, start, reassign, plan);
            Sequence::new(inst, order, choice)
        });
        for sequence in found {
            self.take_better(inst, goal, sequence);
        }
    }

    /// Searches the order anew where agents are settled, or alike, and the makespan is what counts; true
    /// where the snapshot is of that form.
    fn project(&mut self, inst: &'i Instance<'i>, goal: &Goal, budget: &Budget, reassign: bool, floor: &Floor) -> bool {
        if !goal.is_makespan() {
            return false;
        }
        let Some(project) = project::Project::of(inst, &self.sequence, reassign) else { return false };
        if !project.is_cumulative() || reassign && !project.is_whole(inst) {
            return false;
        }
        let order = project.order_of(&self.sequence);
        let found = parallel::map(budget.lanes, |lane| {
            let plan =
                project::Plan { work: budget.order, floor: floor.makespan, seed: 1 + lane as u64, limit: inst.limit };
            project::search(&project, order.clone(), plan)
        });
        let sequences: Vec<Sequence<'i>> =
            found.iter().map(|starts| project.sequence(inst, &self.sequence, starts)).collect();
        for sequence in sequences {
            self.take_better(inst, goal, sequence);
        }
        true
    }

    /// Takes a sequence in place of its own where that has less energy; the room follows.
    fn take_better(&mut self, inst: &Instance<'_>, goal: &Goal, sequence: Sequence<'i>) {
        let mut room = self.room.clone();
        sequence.seat(&mut room);
        let run = Self { sequence, room };
        if run.energy(inst, goal) < self.energy(inst, goal) {
            *self = run;
        }
    }

    /// Orders each agent's tasks anew where nothing else is to be decided.
    pub fn reorder(&mut self, inst: &'i Instance<'i>, goal: &Goal, budget: &Budget) {
        let mut sequence = self.sequence.clone();
        dynasearch::improve(inst, &mut sequence, 10 * budget.schedule);
        self.take_better(inst, goal, sequence);
    }

    /// The plan: units that found no time whole, and what follows them, are left out.
    pub fn plan(mut self, inst: &Instance<'_>) -> Plan {
        let line = &mut self.sequence.timeline;
        loop {
            let missing = |line: &crate::schedule::Timeline<'_>, t: usize| line.agent[t] == NONE;
            let broken = |line: &crate::schedule::Timeline<'_>, t: usize| {
                !missing(line, t)
                    && (inst.preds.row(t).iter().any(|(p, _)| missing(line, *p as usize))
                        || inst.units.row(inst.unit_of[t] as usize).iter().any(|o| missing(line, *o as usize)))
            };
            let out: Vec<usize> = (0..inst.tasks()).filter(|t| broken(line, *t)).collect();
            if out.is_empty() {
                return line.plan();
            }
            for t in out {
                line.remove(t);
            }
        }
    }
}

fn least<'i>(drafts: impl Iterator<Item = Draft<'i>>, goal: &Goal, inst: &'i Instance<'i>) -> Draft<'i> {
    let mut best: Option<(f64, Draft<'i>)> = None;
    for draft in drafts {
        let energy = draft.energy(inst, goal);
        if best.as_ref().is_none_or(|b| energy < b.0) {
            best = Some((energy, draft));
        }
    }
    best.map_or_else(
        || {
            let room = Room::new(inst);
            Draft { sequence: construct::keep_agents(inst, &room, Vec::new()), room }
        },
        |(_, draft)| draft,
    )
}

/// The priority rules that suit a goal.
fn rules(inst: &Instance<'_>, goal: &Goal) -> Vec<Vec<f64>> {
    let mut out = vec![ranks::upward(inst)];
    if goal.tardiness > 0.0 {
        out.push(ranks::earliest_due(inst));
        out.push(ranks::weighted_shortest(inst));
        let due = ranks::due(inst);
        let last = due.iter().filter(|d| **d < crate::model::NEVER / 2).max().copied().unwrap_or(0) as f64;
        for share in [0.0, 0.5] {
            out.push(ranks::apparent_tardiness(inst, share * last, 2.0));
        }
    }
    out
}

/// The goal by which a strategy's times are chosen.
pub fn goal_of(inst: &Instance<'_>, strategy: Strategy) -> Goal {
    Goal::of(inst, strategy, [0.0; 4])
}
