//! Large neighbourhoods: a few agents at a time are re-optimised with all their units (Shaw 1998; two agents at
//! a time: Yagiura, Ibaraki, Glover 2006), as many as the search can see through.

use super::{Aim, Assignment, moves::Step, neighbourhood::Neighbourhood, subproblem::Wanted};
use crate::{lp::gcd, search::Rng};

/// Nodes of one subproblem: at first, while much is to be gained everywhere; by how much more when that finds nothing; and
/// at most.
const FIRST_NODES: u64 = 1_000;
const DEEPER: u64 = 5;
const NODES: u64 = 20_000;
/// Units in one subproblem, about.
const UNITS: usize = 1_500;
/// First temperature, as a share of what the agents at hand have of the gap to the bound, and the last.
const HOT: f64 = 0.25;
const COOLING: f64 = 0.08;

/// How far subproblems reach.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Agents in one.
    pub few: f64,
    /// Nodes of one.
    pub nodes: u64,
}

impl Reach {
    /// That of a search that begins.
    pub const FIRST: Self = Self { few: 3.0, nodes: FIRST_NODES };

    /// What several searches came to, on average.
    pub fn mean(all: &[Self]) -> Self {
        let count = all.len().max(1);
        let (few, nodes) = all.iter().fold((0.0, 0), |sum, one| (sum.0 + one.few, sum.1 + one.nodes));
        Self { few: few / count as f64, nodes: nodes / count as u64 }
    }
}

/// The agents that a search may change.
pub(super) struct Part {
    /// In order.
    agents: Vec<usize>,
    /// By agent.
    has: Vec<bool>,
}

impl Part {
    /// Those of `count` agents that are chosen.
    pub fn of(count: usize, is_chosen: impl Fn(usize) -> bool) -> Self {
        let has: Vec<bool> = (0..count).map(is_chosen).collect();
        Self { agents: (0..count).filter(|a| has[*a]).collect(), has }
    }

    /// True where an agent is among them.
    pub fn has(&self, agent: usize) -> bool {
        self.has[agent]
    }
}

/// How far the search has come.
struct Course {
    rng: Rng,
    part: Part,
    reach: Reach,
    /// Subproblems since something became better.
    quiet: usize,
    /// Work when nothing had become better for long.
    settled: Option<u64>,
    used: u64,
    /// By how much the highest level is to fall at once.
    fall: f64,
}

impl Assignment<'_> {
    /// Re-optimises a few agents at a time for `work` nodes, and keeps the best assignment met. An overfull one
    /// is left alone.
    pub fn reoptimise(&mut self, work: u64, seed: u64) {
        self.reoptimise_part(Part::of(self.level.len(), |_| true), Reach::FIRST, work, seed);
    }

    /// The same of a part of the agents, with such a reach at first; the reach in the end.
    pub(super) fn reoptimise_part(&mut self, part: Part, reach: Reach, work: u64, seed: u64) -> Reach {
        let agents = part.agents.len();
        let overfull = (0..self.level.len()).any(|a| self.room.overflow(a) > 0.0) || self.shared_over > 0.0;
        if matches!(self.aim, Aim::Spread { .. }) || agents < 2 || overfull {
            return reach;
        }
        let patience = 4 * agents + 50;
        let step = self.least_step();
        let mut course =
            Course { rng: Rng::new(seed), part, reach, quiet: 0, settled: None, used: 0, fall: self.first_fall() };
        let (mut best, mut kept) = (self.worth(), None);
        while course.used < work && !self.is_at_bound(best) && !self.inst.limit.is_over() {
            if course.settled.is_some() && kept.is_none() && self.worth() <= best {
                // From here on a step may lead to something worse.
                kept = Some(self.choice.clone());
            }
            let better = match self.aim {
                Aim::Peak { .. } => self.lower(&mut course),
                _ => self.cheaper(&mut course, work, step, best),
            };
            course.quiet = if better { 0 } else { course.quiet + 1 };
            if course.quiet > patience && course.reach.nodes < NODES {
                (course.reach.nodes, course.quiet) = ((course.reach.nodes * DEEPER).min(NODES), 0);
            } else if course.quiet > patience {
                course.settled.get_or_insert(course.used);
            }
            if self.worth() < best {
                (best, kept) = (self.worth(), None);
            }
        }
        if let Some(kept) = kept.filter(|_| self.worth() > best) {
            self.restore(&kept);
        }
        course.reach
    }

    /// What the aim measures, of the units that have an agent.
    fn worth(&self) -> f64 {
        if matches!(self.aim, Aim::Peak { .. }) { self.peak() } else { self.cost as f64 }
    }

    fn is_at_bound(&self, worth: f64) -> bool {
        match self.aim {
            Aim::Cost { bound } => worth <= bound as f64,
            Aim::Peak { bound, .. } => worth <= bound * (1.0 + 1e-12),
            Aim::Spread { .. } => true,
        }
    }

    /// What all costs that the search mostly meets are multiples of.
    fn least_step(&self) -> f64 {
        let met = self.shortlist.iter().flatten().chain(self.choice.iter().flatten());
        let step = met.fold(0, |g, c| gcd(g, c.cost)).max(1);
        (step as f64).max(1e-9 * self.cost as f64)
    }

    fn first_fall(&self) -> f64 {
        let Aim::Peak { bound, .. } = self.aim else { return 0.0 };
        (self.peak() - bound).max(0.0) / 4.0
    }

    /// Looks for a cheaper choice of a few agents' units, or once that finds nothing, for one in which some
    /// unit moves and that costs little more.
    fn cheaper(&mut self, course: &mut Course, work: u64, step: f64, best: f64) -> bool {
        let Aim::Cost { bound } = self.aim else { return false };
        let first = course.part.agents[course.rng.below(course.part.agents.len())];
        let near = self.neighbourhood(self.neighbours(first, course), None);
        let now: f64 = near.units.iter().filter_map(|u| self.choice[*u as usize]).map(|c| c.cost as f64).sum();
        let mut wanted = Wanted { below: now - step * 0.999, moved: false, nodes: course.reach.nodes };
        if let Some(from) = course.settled
            && !course.rng.one_in(4)
        {
            let part = (course.used - from) as f64 / (work - from).max(1) as f64;
            let share = near.agents.len() as f64 / self.level.len() as f64;
            let temperature = HOT * (best - bound as f64) * share * libm::pow(COOLING, part);
            let most = best - temperature * libm::log(course.rng.unit());
            wanted = Wanted { below: now + most - self.cost as f64, moved: true, ..wanted };
        }
        let before = self.cost;
        self.solve(course, &near, wanted);
        self.cost < before
    }

    /// Looks for a choice of the highest agent's and a few others' units that leaves all of them lower.
    fn lower(&mut self, course: &mut Course) -> bool {
        let top = self.highest();
        let before = self.raw_level(top);
        let least = 1e-6 * before;
        let near = self.neighbourhood(self.neighbours(top, course), Some(before - course.fall.max(least)));
        let patience = 2 * self.level.len() + 20;
        if course.quiet % patience == patience - 1 {
            course.fall = (course.fall / 2.0).max(least);
        }
        self.solve(course, &near, Wanted { below: 0.0, moved: false, nodes: course.reach.nodes })
    }

    /// Solves a neighbourhood, carries its answer out, and learns how many agents it can see through.
    fn solve(&mut self, course: &mut Course, near: &Neighbourhood, wanted: Wanted) -> bool {
        let answer = near.problem.solve(&near.prices, wanted, &mut course.rng);
        course.used += answer.work + 100;
        let most = course.part.agents.len() as f64;
        let few = &mut course.reach.few;
        *few = if answer.complete { (*few + 0.02).min(most) } else { (*few - 0.2).max(2.0) };
        let Some(found) = answer.agents else { return false };
        let new = |(u, k): (&u32, &u32)| {
            let agent = near.agents[*k as usize] as u32;
            let old = self.choice[*u as usize].filter(|c| c.agent != agent)?;
            Some(((*u, Some(old)), (*u, Some(self.inst.unit_choice(*u as usize, agent)?))))
        };
        let (old, steps): (Vec<Step>, Vec<Step>) = near.units.iter().zip(&found).filter_map(new).unzip();
        let peak = |of: &Self| near.agents.iter().map(|a| of.raw_level(*a)).fold(0.0, f64::max);
        let before = peak(self);
        let delta = self.apply(&steps);
        self.energy += delta;
        let overfull = near.agents.iter().any(|a| self.room.overflow(*a) > 0.0);
        if overfull || near.problem.levelled && peak(self) >= before {
            let delta = self.apply(&old);
            self.energy += delta;
            return false;
        }
        true
    }

    /// The first agent and others, mostly such as are worth trying for units of those already there.
    fn neighbours(&self, first: usize, course: &mut Course) -> Vec<usize> {
        let Course { rng, part, reach, .. } = course;
        let few = (reach.few as usize).min(part.agents.len());
        let mut out = vec![first];
        let mut units = self.members[first].len();
        let mut tries = 8 * few;
        while out.len() < few && units < UNITS && tries > 0 {
            tries -= 1;
            let here = &self.members[out[rng.below(out.len())]];
            let mut next = part.agents[rng.below(part.agents.len())];
            if !here.is_empty() && !rng.one_in(3) {
                let short = &self.shortlist[here[rng.below(here.len())] as usize];
                if !short.is_empty() {
                    let (before, from) = short.split_at(rng.below(short.len()));
                    let inside = from.iter().chain(before).map(|c| c.agent as usize).find(|a| part.has(*a));
                    next = inside.unwrap_or(next);
                }
            }
            if !out.contains(&next) {
                units += self.members[next].len();
                out.push(next);
            }
        }
        out
    }
}
