//! N-1: what goes with each agent, service and bridge. Nothing is planned anew.

use serde::Serialize;

use super::{
    dependencies::{Needs, Part},
    matrix::providers,
    network::{Network, Reach},
    work::Work,
};
use crate::{
    graph::{Activity, Times},
    model::{AgentIx, Ms, SkillIx, Snapshot, TaskIx},
    parallel,
};

/// Ids that all lists of one kind may hold together before each is cut short.
const LISTED: usize = 1_000_000;
/// Ids that a list holds in any case.
const FEWEST: usize = 20;

/// Losses times agents and services, beyond which only the likeliest to do harm are worked out.
const WORK: usize = 300_000_000;
/// Losses worked out in any case.
const LEAST: usize = 1_000;

/// What one loss means.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Loss {
    /// `agent`, `service` or `bridge`.
    pub kind: &'static str,
    /// The id of what is lost; both ends of a bridge.
    pub lost: Vec<String>,
    /// Agents that need it, directly or through others.
    pub agents_down: Listed,
    /// Agents that can no longer reach most of those that it was connected with.
    pub agents_cut_off: Listed,
    /// Agents down or cut off.
    pub blast_radius: usize,
    /// Capabilities that no agent is left to provide.
    pub capabilities_gone: Listed,
    /// Tasks that could run and no longer can: no agent is left for them, or for what they wait for or go together with.
    pub tasks_stranded: Listed,
    /// Tasks whose slack was not negative and becomes so: on the fastest agents left, a deadline cannot be kept.
    pub tasks_late: Listed,
}

/// Ids, and how many they are; a very long list shows the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct Listed {
    /// How many.
    pub count: usize,
    /// The ids, in order.
    pub ids: Vec<String>,
}

impl Listed {
    fn of<'i>(ids: impl ExactSizeIterator<Item = &'i str>, most: usize) -> Self {
        Self { count: ids.len(), ids: ids.take(most).map(str::to_owned).collect() }
    }
}

/// What may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Part(u32),
    Bridge(usize),
}

/// The losses that were worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct Losses {
    /// Agents, then services, each by id, then bridges in order.
    pub rows: Vec<Loss>,
    /// Losses that are not among them, as there are too many: those with the fewest neighbours, dependents and tasks.
    pub left_out: usize,
}

/// Works losses out.
pub fn losses(network: &Network, work: &Work<'_>, needs: &Needs<'_>) -> Losses {
    let study = Study::new(network, work, needs);
    let (targets, left_out) = study.targets();
    let most = (LISTED / targets.len().max(1)).max(FEWEST);
    let scratch = || [vec![false; study.needed_by.len()], vec![false; study.snapshot.agents.len()]];
    let rows =
        parallel::map_on(parallel::threads(), targets.len(), scratch, |seen, i| study.loss(targets[i], most, seen));
    Losses { rows, left_out }
}

/// Agents that are gone, by id and by mark.
struct Gone<'m> {
    agents: Vec<AgentIx>,
    marks: &'m mut [bool],
}

impl Gone<'_> {
    fn has(&self, a: AgentIx) -> bool {
        self.marks[a.at()]
    }
}

/// Both lists in one, in order, each once.
fn merged(a: &[AgentIx], b: &[AgentIx]) -> Vec<AgentIx> {
    let mut out = [a, b].concat();
    // Stable sorting merges runs.
    out.sort();
    out.dedup();
    out
}

/// What all losses have in common.
struct Study<'w> {
    snapshot: &'w Snapshot,
    network: &'w Network,
    work: &'w Work<'w>,
    needs: &'w Needs<'w>,
    reach: Reach,
    /// Who needs each part, by [`Part`] numbers.
    needed_by: Vec<Vec<u32>>,
    /// Available providers of each capability.
    providers: Vec<Vec<AgentIx>>,
    /// Tasks whose fastest agent it is.
    favourites: Vec<Vec<TaskIx>>,
    /// Groups with at least one eligible agent, and their tasks.
    groups: Vec<(TaskIx, Vec<TaskIx>)>,
    /// Tasks that cannot run anyway.
    hopeless: Vec<bool>,
    merged: Vec<Activity>,
    base: Times,
}

impl<'w> Study<'w> {
    fn new(network: &'w Network, work: &'w Work<'w>, needs: &'w Needs<'w>) -> Self {
        let snapshot = work.q.snapshot;
        let mut needed_by = vec![Vec::new(); needs.condensed.component.len()];
        needs.declared.iter().for_each(|(a, b)| needed_by[*b as usize].push(*a));
        let mut providers = providers(snapshot);
        for p in &mut providers {
            p.retain(|a| snapshot.agent(*a).status.takes_tasks());
        }
        let mut favourites = vec![Vec::new(); snapshot.agents.len()];
        let mut tasks = vec![Vec::new(); work.sample.len()];
        let mut impossible = Vec::new();
        for t in snapshot.task_ixs() {
            tasks[work.group[t.at()] as usize].push(t);
            match work.fastest[t.at()].first() {
                Some((a, _)) => favourites[a.at()].push(t),
                None => impossible.push(t),
            }
        }
        let groups = work.sample.iter().copied().zip(tasks);
        let groups = groups.filter(|(t, _)| !work.fastest[t.at()].is_empty()).collect();
        let mut out = Self {
            snapshot,
            network,
            work,
            needs,
            reach: Reach::of(snapshot),
            needed_by,
            providers,
            favourites,
            groups,
            hopeless: vec![false; snapshot.tasks.len()],
            merged: work.schedule.merged(&work.activities),
            base: work.times.clone(),
        };
        for t in out.and_what_hangs_on(&impossible) {
            out.hopeless[t.at()] = true;
        }
        out
    }

    /// What to work out, and how much of all is left out.
    fn targets(&self) -> (Vec<Target>, usize) {
        let (network, s) = (self.network, self.snapshot);
        let parts = (0..self.needed_by.len() as u32).map(Target::Part);
        let mut bridges: Vec<usize> = (0..network.cuts.bridges.len()).collect();
        bridges.sort_by_cached_key(|i| network.ends(s, network.cuts.bridges[*i]));
        let mut all: Vec<(usize, Target)> = parts.chain(bridges.into_iter().map(Target::Bridge)).enumerate().collect();
        let room = (WORK / self.needed_by.len().max(1)).max(LEAST);
        let left_out = all.len().saturating_sub(room);
        if left_out > 0 {
            all.sort_by_cached_key(|(i, target)| (std::cmp::Reverse(self.promise(*target)), *i));
            all.truncate(room);
            all.sort_unstable();
        }
        (all.into_iter().map(|t| t.1).collect(), left_out)
    }

    /// How much a loss touches at first sight.
    fn promise(&self, target: Target) -> usize {
        match target {
            Target::Bridge(i) => {
                let (a, b) = self.network.cuts.bridges[i];
                self.network.cuts.component_size(a).min(self.network.graph.degree(a) + self.network.graph.degree(b))
            }
            Target::Part(v) => {
                let tasks = self.favourites.get(v as usize).map_or(0, Vec::len);
                self.needed_by[v as usize].len() + tasks + self.reach.apart(v)
            }
        }
    }

    fn loss(&self, target: Target, most: usize, [seen, marks]: &mut [Vec<bool>; 2]) -> Loss {
        let s = self.snapshot;
        let (kind, lost, own, down, cut_off) = self.gone(target, seen);
        let apart = merged(&down, &cut_off);
        let gone = Gone { agents: merged(&own, &apart), marks };
        for a in &gone.agents {
            gone.marks[a.at()] = true;
        }
        let capabilities = self.capabilities_gone(&gone);
        let stranded = self.stranded(&gone);
        let late = self.late(&gone, &stranded);
        for a in &gone.agents {
            gone.marks[a.at()] = false;
        }
        let agents = |list: &[AgentIx]| Listed::of(list.iter().map(|a| s.agent(*a).id.as_str()), most);
        let tasks = |list: &[TaskIx]| Listed::of(list.iter().map(|t| s.task(*t).id.as_str()), most);
        Loss {
            kind,
            lost,
            agents_down: agents(&down),
            agents_cut_off: agents(&cut_off),
            blast_radius: apart.len(),
            capabilities_gone: Listed::of(capabilities.iter().map(|k| s.names.skills[k.at()].as_str()), most),
            tasks_stranded: tasks(&stranded),
            tasks_late: tasks(&late),
        }
    }

    /// What is lost, the agent itself, agents that need it, agents cut off.
    #[allow(clippy::type_complexity, reason = "five plain lists, taken apart at once")]
    fn gone(
        &self,
        target: Target,
        seen: &mut [bool],
    ) -> (&'static str, Vec<String>, Vec<AgentIx>, Vec<AgentIx>, Vec<AgentIx>) {
        match target {
            Target::Bridge(i) => {
                let (a, b) = self.network.cuts.bridges[i];
                let [from, to] = [a, b].map(|v| self.network.nodes[v as usize]);
                let cut_off = self.reach.without_link(from, to);
                ("bridge", self.network.ends(self.snapshot, (a, b)).into(), Vec::new(), Vec::new(), cut_off)
            }
            Target::Part(v) => {
                let id = vec![self.needs.id(v).to_owned()];
                let down = self.down_with(v, seen);
                match self.needs.part(v) {
                    Part::Agent(a) => ("agent", id, vec![a], down, self.reach.without_agent(a)),
                    Part::Service(_) => ("service", id, Vec::new(), down, Vec::new()),
                }
            }
        }
    }

    /// Agents that need a part, directly or through others, by id. `seen` is all false before and after.
    fn down_with(&self, v: u32, seen: &mut [bool]) -> Vec<AgentIx> {
        let mut found = vec![v];
        seen[v as usize] = true;
        let mut next = 0;
        while let Some(&v) = found.get(next) {
            next += 1;
            for w in &self.needed_by[v as usize] {
                if !std::mem::replace(&mut seen[*w as usize], true) {
                    found.push(*w);
                }
            }
        }
        for v in &found {
            seen[*v as usize] = false;
        }
        let agent = |v: &u32| if let Part::Agent(a) = self.needs.part(*v) { Some(a) } else { None };
        let mut out: Vec<AgentIx> = found[1..].iter().filter_map(agent).collect();
        out.sort_unstable();
        out
    }

    fn capabilities_gone(&self, gone: &Gone<'_>) -> Vec<SkillIx> {
        let mut asked: Vec<SkillIx> =
            gone.agents.iter().flat_map(|a| &self.snapshot.agent(*a).skills).map(|k| k.0).collect();
        asked.sort_unstable();
        asked.dedup();
        let left = |k: &SkillIx| self.providers[k.at()].iter().any(|a| !gone.has(*a));
        asked.into_iter().filter(|k| !self.providers[k.at()].is_empty() && !left(k)).collect()
    }

    /// Tasks for which no agent is left, and what hangs on them.
    fn stranded(&self, gone: &Gone<'_>) -> Vec<TaskIx> {
        if gone.agents.is_empty() {
            return Vec::new();
        }
        let is_stranded = |t: TaskIx| {
            self.work.fastest[t.at()].iter().all(|(a, _)| gone.has(*a))
                && self.work.q.offers(t).all(|o| gone.has(o.agent))
        };
        let tasks = self.groups.iter().filter(|(sample, _)| is_stranded(*sample)).flat_map(|(_, tasks)| tasks.clone());
        let mut out = self.and_what_hangs_on(&tasks.collect::<Vec<_>>());
        out.retain(|t| !self.hopeless[t.at()]);
        out
    }

    /// These tasks, what waits for them, and what goes together with any of them, by id.
    fn and_what_hangs_on(&self, tasks: &[TaskIx]) -> Vec<TaskIx> {
        let condensed = &self.work.schedule.condensed;
        let mut out: Vec<TaskIx> = tasks.to_vec();
        while !out.is_empty() {
            let from: Vec<u32> = out.iter().map(|t| condensed.component[t.at()]).collect();
            let after = self.work.schedule.downstream(&from);
            let mut more: Vec<TaskIx> =
                after.iter().flat_map(|c| &condensed.members[*c as usize]).map(|t| TaskIx(*t)).collect();
            let with: Vec<TaskIx> = more.iter().flat_map(|t| &self.snapshot.task(*t).together).copied().collect();
            more.extend(with);
            more.sort_unstable();
            more.dedup();
            if more.len() == out.len() {
                break;
            }
            out = more;
        }
        out
    }

    /// Tasks that keep their deadlines now, and on the fastest agents left cannot.
    fn late(&self, gone: &Gone<'_>, stranded: &[TaskIx]) -> Vec<TaskIx> {
        let (work, condensed) = (self.work, &self.work.schedule.condensed);
        let runs = |t: &TaskIx| stranded.binary_search(t).is_err();
        let slack = |c: usize| self.base.due[c].map(|due| due.saturating_sub(self.base.early[c]));
        let (mut changed, mut added, mut least) = (Vec::new(), 0, None::<Ms>);
        for t in gone.agents.iter().flat_map(|a| &self.favourites[a.at()]).copied().filter(runs) {
            let own = work.activities[t.at()].duration;
            let next = self.next_fastest(t, gone).unwrap_or(own);
            changed.push((t, next));
            added = next.saturating_sub(own).saturating_add(added);
            least = [least, slack(work.component(t))].into_iter().flatten().min();
        }
        // Where all that is added, even on one path, is within the slack of every path it can be on, nothing turns.
        if least.is_none_or(|slack| added <= slack) {
            return Vec::new();
        }
        let mut merged = self.merged.clone();
        for (t, ms) in changed {
            let more = ms.saturating_sub(work.activities[t.at()].duration);
            let merged = &mut merged[work.component(t)];
            merged.duration = merged.duration.saturating_add(more);
        }
        let times = work.schedule.times(&merged);
        let negative = |times: &Times, c: usize| times.due[c].is_some_and(|due| due < times.early[c]);
        let turned = (0..merged.len()).filter(|c| negative(&times, *c) && !negative(&self.base, *c));
        let mut out: Vec<TaskIx> = turned.flat_map(|c| &condensed.members[c]).map(|t| TaskIx(*t)).collect();
        out.retain(|t| runs(t) && !self.hopeless[t.at()]);
        out.sort_unstable();
        out
    }

    /// Processing time on the fastest agent that is left.
    fn next_fastest(&self, t: TaskIx, gone: &Gone<'_>) -> Option<Ms> {
        let known = self.work.fastest[t.at()].iter().find(|(a, _)| !gone.has(*a)).map(|k| k.1);
        known.or_else(|| self.work.q.offers(t).filter(|o| !gone.has(o.agent)).map(|o| o.processing).min())
    }
}
