//! The loop: detect, settle, apply, detect again. A conflict counts as resolved only if it is gone and nothing
//! new came.
//!
//! An attempt runs in rounds: every open conflict is asked a proposal, the gravest first; proposals that
//! edit the same thing wait for the next round, where they see what was done. When nothing more is proposed,
//! the end is detected once more. A proposal that left its conflict as it was, or that shares a thing with a
//! conflict that came, is at fault: the next attempt, from the start, takes it later or asks the next remedy.
//! Each fault uses up one of finitely many choices, so the attempts end; and the last one has no fault.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    apply::Working,
    change::Change,
    conflict::Conflict,
    describe::describe,
    detect::detect,
    place::{Place, Thing},
    scene::{RESOLVE_WITHIN, Scene},
    settle::REMEDIES,
    strategy::{Permissions, Proposal},
};
use crate::model::{Ms, Plan, Snapshot};

/// Rounds of one attempt.
const ROUNDS: usize = 30;
/// Attempts in which a fault costs one choice; after these it costs all that are left.
const PATIENT: usize = 12;
/// Attempts after which nothing is applied at all.
const ATTEMPTS: usize = 24;

/// What was done about one conflict.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The conflict as it was when it was settled.
    pub conflict: Conflict,
    /// What was done.
    pub proposal: Proposal,
    /// Which remedy it is of, by position.
    remedy: usize,
    /// In which round, from 0.
    pub round: usize,
    /// The changes in words.
    pub edits: Vec<String>,
}

/// How it ended.
#[derive(Debug)]
pub struct Settled {
    /// What conflicted at first, the gravest first.
    pub initial: Vec<Conflict>,
    /// What was done, by conflict.
    pub applied: BTreeMap<String, Applied>,
    /// What was proposed and may not be done, by conflict, with what a person may do in words.
    pub open: BTreeMap<String, (Proposal, Vec<String>)>,
    /// What conflicts at the end.
    pub left: Vec<Conflict>,
    /// The snapshot at the end.
    pub working: Working,
    /// Rounds of the last attempt.
    pub rounds: usize,
    /// Attempts.
    pub attempts: usize,
    /// Time in which a conflict is to be resolved.
    pub service_level: Ms,
}

impl Settled {
    /// The longest time that any settlement takes.
    pub fn slowest(&self) -> Ms {
        self.applied.values().map(|a| a.proposal.takes).max().unwrap_or(0)
    }
}

/// What may still be tried for a conflict.
#[derive(Debug, Clone, Copy, Default)]
struct Choice {
    /// The first remedy to ask.
    remedy: usize,
    /// The first round to ask in.
    round: usize,
}

/// Settles what can be settled.
pub fn settle(snapshot: &Snapshot, plan: Option<&Plan>, permissions: Permissions) -> Settled {
    let initial = detect(&Scene::new(snapshot, plan));
    let mut choices: BTreeMap<String, Choice> = BTreeMap::new();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let may = if attempts > ATTEMPTS { Permissions::none() } else { permissions };
        let out = attempt(snapshot, plan, &initial, &choices, may, attempts);
        let faults = faults(&out);
        if faults.is_empty() || attempts > ATTEMPTS {
            return out;
        }
        for (id, later) in faults {
            let used = out.applied[&id].remedy;
            let choice = choices.entry(id).or_default();
            *choice = match (attempts < PATIENT, later && choice.round == 0) {
                (true, true) => Choice { round: 1, ..*choice },
                (true, false) => Choice { remedy: used + 1, round: 0 },
                (false, _) => Choice { remedy: REMEDIES.len(), round: 0 },
            };
        }
    }
}

fn attempt(
    snapshot: &Snapshot,
    plan: Option<&Plan>,
    initial: &[Conflict],
    choices: &BTreeMap<String, Choice>,
    permissions: Permissions,
    attempts: usize,
) -> Settled {
    let mut working = Working::new(snapshot, plan);
    let mut applied: BTreeMap<String, Applied> = BTreeMap::new();
    let mut open: BTreeMap<String, (Proposal, Vec<String>)> = BTreeMap::new();
    let mut found = initial.to_vec();
    let mut rounds = 0;
    while rounds < ROUNDS {
        let scene = Scene::new(&working.snapshot, working.plan.as_ref());
        let mut round = Round { scene: &scene, permissions, number: rounds, taken: Taken::default(), waits: false };
        let mut batch = Vec::new();
        for conflict in found.iter().filter(|c| !applied.contains_key(&c.id)) {
            let choice = choices.get(&conflict.id).copied().unwrap_or_default();
            batch.extend(round.ask(conflict, choice, &mut open));
        }
        let waits = round.waits;
        if batch.is_empty() && !waits {
            break;
        }
        let edits: Vec<Change> = batch.iter().flat_map(|a| a.proposal.changes.clone()).collect();
        working.apply(&edits);
        applied.extend(batch.into_iter().map(|a| (a.conflict.id.clone(), a)));
        rounds += 1;
        found = detect(&Scene::new(&working.snapshot, working.plan.as_ref()));
    }
    open.retain(|id, _| !applied.contains_key(id));
    let service_level = snapshot.policies.resolve_within.unwrap_or(RESOLVE_WITHIN);
    Settled { initial: initial.to_vec(), applied, open, left: found, working, rounds, attempts, service_level }
}

/// One round of questions.
struct Round<'r, 's> {
    scene: &'r Scene<'s>,
    permissions: Permissions,
    number: usize,
    taken: Taken,
    /// Something has to wait for the next round.
    waits: bool,
}

impl Round<'_, '_> {
    fn words(&self, changes: &[Change]) -> Vec<String> {
        changes.iter().map(|c| describe(self.scene.snapshot, c)).collect()
    }

    /// The first proposal that may act, if nothing that it edits is taken.
    fn ask(
        &mut self,
        conflict: &Conflict,
        choice: Choice,
        open: &mut BTreeMap<String, (Proposal, Vec<String>)>,
    ) -> Option<Applied> {
        if self.permissions.nothing {
            return None;
        }
        if self.number < choice.round {
            self.waits = true;
            return None;
        }
        for (i, remedy) in REMEDIES.iter().enumerate().skip(choice.remedy) {
            let Some(proposal) = (remedy.propose)(self.scene, conflict, self.permissions) else { continue };
            if proposal.changes.is_empty() {
                let words = self.words(&proposal.proposed);
                open.entry(conflict.id.clone()).or_insert((proposal, words));
                continue;
            }
            if !self.taken.take(&proposal) {
                self.waits = true;
                return None;
            }
            let edits = self.words(&proposal.changes);
            return Some(Applied { conflict: conflict.clone(), proposal, remedy: i, round: self.number, edits });
        }
        None
    }
}

/// What the proposals of a round edit or rely on.
#[derive(Default)]
struct Taken {
    places: BTreeSet<Place>,
    things: BTreeSet<Thing>,
    touched: BTreeSet<Thing>,
}

impl Taken {
    /// Takes everything of a proposal, or nothing where something is taken already.
    fn take(&mut self, proposal: &Proposal) -> bool {
        let places: Vec<Place> = proposal.changes.iter().map(Change::place).collect();
        let clash = |p: &Place| {
            let whole = Place::from(p.thing);
            self.places.contains(p)
                || self.places.contains(&whole)
                || p.field.is_empty() && self.things.contains(&p.thing)
        };
        if places.iter().any(clash) || proposal.touches.iter().any(|t| self.touched.contains(t)) {
            return false;
        }
        self.things.extend(places.iter().map(|p| p.thing));
        self.places.extend(places);
        self.touched.extend(proposal.touches.iter().copied());
        true
    }
}

/// Conflicts whose settlement is at fault, and whether it might do better in a later round.
fn faults(out: &Settled) -> BTreeMap<String, bool> {
    let known: BTreeSet<&str> = out.initial.iter().map(|c| c.id.as_str()).collect();
    let mut faults = BTreeMap::new();
    for c in &out.left {
        if known.contains(c.id.as_str()) {
            if out.applied.get(&c.id).is_some_and(|done| !reduced(&done.conflict, c)) {
                faults.insert(c.id.clone(), false);
            }
        } else {
            let things = things(out, c);
            let shares = |a: &&Applied| {
                let touched = a.proposal.touches.iter().filter_map(|t| name(out, *t));
                touched.chain(self::things(out, &a.conflict)).any(|t| things.contains(t))
            };
            let mut blamed: Vec<&Applied> = out.applied.values().filter(shares).collect();
            if blamed.is_empty() {
                blamed = out.applied.values().collect();
            }
            blamed.sort_by(|a, b| (b.conflict.severity, &a.conflict.id).cmp(&(a.conflict.severity, &b.conflict.id)));
            // The gravest may stay, if the others can wait for it.
            let several = blamed.len() > 1;
            for a in blamed.into_iter().skip(usize::from(several)) {
                faults.entry(a.conflict.id.clone()).or_insert(several);
            }
        }
    }
    faults
}

/// Ids of everything that takes part in a conflict.
fn things<'o>(out: &'o Settled, c: &'o Conflict) -> BTreeSet<&'o str> {
    let s = &out.working.snapshot;
    let tasks = c.tasks.iter().map(|t| s.task(*t).id.as_str());
    tasks.chain(c.agents.iter().map(|a| s.agent(*a).id.as_str())).chain(c.others.iter().map(String::as_str)).collect()
}

fn name(out: &Settled, thing: Thing) -> Option<&str> {
    let s = &out.working.snapshot;
    match thing {
        Thing::Agent(a) => Some(&s.agent(a).id),
        Thing::Task(t) | Thing::Placement(t) => Some(&s.task(t).id),
        Thing::Service(v) => Some(&s.network.services[v.at()].id),
        Thing::Data(d) => Some(&s.network.data[d.at()].id),
        Thing::Resource(r) => Some(&s.network.resources[r.at()].id),
        _ => None,
    }
}

/// True where a conflict is still there, but smaller.
pub fn reduced(before: &Conflict, after: &Conflict) -> bool {
    after.severity < before.severity || after.case.size() < before.case.size() - 1e-9
}
