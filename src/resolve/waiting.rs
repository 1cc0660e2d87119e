//! Who waits for whom now: holders, what they hold, what they wait for, and who can still go on.
//!
//! A claim counts now where `since ≤ now < until`; an exclusive hold takes the whole capacity. A claim with an
//! end is a lease: it comes free by itself, so it can delay its waiters but deadlock nobody.

use std::collections::BTreeMap;

use super::{Scene, cases::Holder, place::Claim};
use crate::model::{HoldMode, NEVER, Wait, WaitMode};

/// Amounts this close are the same.
const NOISE: f64 = 1e-9;

/// The wait-for relation at one moment.
#[derive(Debug)]
pub struct Waiting<'s> {
    scene: &'s Scene<'s>,
    /// Everyone who holds, waits or is waited for by name, by id.
    pub holders: Vec<Holder>,
    /// Rows of `state.waits` of each holder.
    pub waits: Vec<Vec<usize>>,
    /// What each holder claims now.
    pub claims: Vec<Vec<Claim>>,
    /// Target of each wait (row) that names a holder.
    named: Vec<Option<u32>>,
    /// Claimants now of each resource, by holder.
    on: Vec<Vec<(u32, Claim)>>,
}

/// The wait-for graph; see [`Waiting::graph`].
#[derive(Debug)]
pub struct WaitGraph {
    /// Holders and resources.
    pub vertices: usize,
    /// Vertices below this are holders.
    pub holders: u32,
    /// Arcs in order, each once.
    pub arcs: Vec<(u32, u32)>,
    /// The same, turned round: `(target, source)`.
    reverse: Vec<(u32, u32)>,
    /// The arc of each wait (row); `None` where it could be served now.
    pub row_arc: Vec<Option<(u32, u32)>>,
}

impl WaitGraph {
    /// Where arcs into a vertex come from, ascending.
    pub fn into(&self, v: u32) -> impl Iterator<Item = u32> + '_ {
        let at = self.reverse.partition_point(|a| a.0 < v);
        self.reverse[at..].iter().take_while(move |a| a.0 == v).map(|a| a.1)
    }

    /// Waits (rows) whose arc lies between vertices for which `inside` holds.
    pub fn rows(&self, inside: impl Fn(u32) -> bool) -> Vec<usize> {
        let within = |arc: &Option<(u32, u32)>| arc.is_some_and(|(a, b)| inside(a) && inside(b));
        self.row_arc.iter().enumerate().filter(|(_, arc)| within(arc)).map(|(row, _)| row).collect()
    }
}

impl<'s> Waiting<'s> {
    /// Reads the state: O(rows · log rows).
    pub fn new(scene: &'s Scene<'s>) -> Self {
        let state = &scene.snapshot.state;
        let mut index: BTreeMap<&str, u32> = BTreeMap::new();
        let now = |h: &crate::model::Hold| h.since <= 0 && h.until > 0 && h.amount > 0.0;
        index.extend(scene.claims().filter(|(_, h)| now(h)).map(|(_, h)| (h.holder.as_str(), 0)));
        for w in &state.waits {
            index.insert(&w.holder, 0);
            if w.resource.is_none() {
                index.insert(&w.target, 0);
            }
        }
        for (i, place) in index.values_mut().enumerate() {
            *place = i as u32;
        }
        let n = index.len();
        let (mut waits, mut claims) = (vec![Vec::new(); n], vec![Vec::new(); n]);
        let mut on = vec![Vec::<(u32, Claim)>::new(); scene.snapshot.network.resources.len()];
        for (claim, h) in scene.claims().filter(|(_, h)| now(h)) {
            let holder = index[h.holder.as_str()];
            claims[holder as usize].push(claim);
            on[h.resource.at()].push((holder, claim));
        }
        for list in &mut on {
            list.sort_unstable();
        }
        let mut named = vec![None; state.waits.len()];
        for (row, w) in state.waits.iter().enumerate() {
            waits[index[w.holder.as_str()] as usize].push(row);
            named[row] = if w.resource.is_none() { index.get(w.target.as_str()).copied() } else { None };
        }
        let holders = index.keys().map(|id| scene.holder(id)).collect();
        Self { scene, holders, waits, claims, named, on }
    }

    fn wait(&self, row: usize) -> &'s Wait {
        &self.scene.snapshot.state.waits[row]
    }

    /// What a claim takes of its resource: its amount, or everything where it is exclusive.
    fn taken(&self, claim: Claim) -> f64 {
        let h = self.scene.claim(claim);
        let capacity = self.scene.snapshot.network.resources[h.resource.at()].capacity;
        if h.mode == HoldMode::Exclusive { capacity.unwrap_or(f64::INFINITY) } else { h.amount }
    }

    fn is_lease(&self, claim: Claim) -> bool {
        self.scene.claim(claim).until < NEVER
    }

    /// What is left of a resource when the claims for which `gone` holds come free.
    fn free(&self, resource: usize, gone: impl Fn(u32, Claim) -> bool) -> f64 {
        let capacity = self.scene.snapshot.network.resources[resource].capacity.unwrap_or(f64::INFINITY);
        let left = self.on[resource].iter().filter(|(h, c)| !gone(*h, *c));
        capacity - left.map(|(_, c)| self.taken(*c)).sum::<f64>()
    }

    /// The wait-for graph as it is now, leases included. Its vertices are the holders, then the resources: who
    /// waits for a resource waits for everyone on it, so that the arcs stay as many as the rows.
    pub fn graph(&self) -> WaitGraph {
        let free: Vec<f64> = (0..self.on.len()).map(|r| self.free(r, |_, _| false)).collect();
        let n = self.holders.len() as u32;
        let (mut arcs, mut row_arc) = (Vec::new(), vec![None; self.named.len()]);
        for (h, rows) in self.waits.iter().enumerate() {
            for row in rows {
                let w = self.wait(*row);
                let target = match w.resource {
                    Some(r) => (free[r.at()] + NOISE < w.amount).then_some(n + r.0),
                    None => self.named[*row],
                };
                row_arc[*row] = target.map(|t| (h as u32, t));
                arcs.extend(row_arc[*row]);
            }
        }
        for (r, on) in self.on.iter().enumerate() {
            arcs.extend(on.iter().map(|(h, _)| (n + r as u32, *h)));
        }
        arcs.sort_unstable();
        arcs.dedup();
        let mut reverse: Vec<(u32, u32)> = arcs.iter().map(|a| (a.1, a.0)).collect();
        reverse.sort_unstable();
        WaitGraph { vertices: self.holders.len() + self.on.len(), holders: n, arcs, reverse, row_arc }
    }

    /// Those of `among` that can never go on where everyone else comes free: who has all of its `all` waits and
    /// one of its `any` waits served finishes and releases what it holds (Coffman et al. 1971, with OR waits).
    pub fn stuck(&self, among: &[u32]) -> Vec<u32> {
        let mut alive = vec![false; self.holders.len()];
        for h in among {
            alive[*h as usize] = true;
        }
        let mut free: Vec<f64> = Vec::with_capacity(self.on.len());
        for r in 0..self.on.len() {
            free.push(if self.on[r].is_empty() {
                f64::INFINITY
            } else {
                self.free(r, |h, c| !alive[h as usize] || self.is_lease(c))
            });
        }
        let mut listeners: BTreeMap<(bool, u32), Vec<u32>> = BTreeMap::new();
        for h in among {
            for row in &self.waits[*h as usize] {
                let key = self.wait(*row).resource.map(|r| (true, r.0)).or(self.named[*row].map(|n| (false, n)));
                if let Some(key) = key {
                    listeners.entry(key).or_default().push(*h);
                }
            }
        }
        let mut queue: Vec<u32> = among.to_vec();
        while let Some(h) = queue.pop() {
            if !alive[h as usize] || !self.served(h, &free, &alive) {
                continue;
            }
            alive[h as usize] = false;
            let mut woken: Vec<(bool, u32)> = vec![(false, h)];
            for c in self.claims[h as usize].iter().filter(|c| !self.is_lease(**c)) {
                let r = self.scene.claim(*c).resource;
                free[r.at()] += self.taken(*c);
                woken.push((true, r.0));
            }
            for key in woken {
                queue.extend(listeners.get(&key).into_iter().flatten().filter(|w| alive[**w as usize]));
            }
        }
        among.iter().copied().filter(|h| alive[*h as usize]).collect()
    }

    fn served(&self, h: u32, free: &[f64], alive: &[bool]) -> bool {
        let one = |row: &usize| match (self.wait(*row).resource, self.named[*row]) {
            // More than there is in all is another conflict (`unservable_demand`), but nobody is to blame.
            (Some(r), _) => free[r.at()] + NOISE >= self.wait(*row).amount,
            (None, Some(target)) => !alive[target as usize],
            (None, None) => true,
        };
        let rows = &self.waits[h as usize];
        let (any, all): (Vec<usize>, Vec<usize>) = rows.iter().partition(|r| self.wait(**r).mode == WaitMode::Any);
        all.iter().all(one) && (any.is_empty() || any.iter().any(one))
    }
}
