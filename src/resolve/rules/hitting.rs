//! The cheapest set that meets every set: what to change so that nothing of the list could have happened.

use std::collections::{BTreeMap, BTreeSet};

/// A hitting set and what is known of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hitting {
    /// Elements, ascending.
    pub elements: Vec<u32>,
    /// True where no hitting set costs less.
    pub proven_minimal: bool,
}

/// A hitting set of the least cost (Reiter 1987, *A theory of diagnosis from first principles*: the minimal
/// diagnoses are the minimal hitting sets of the conflicts). Sets that share nothing are solved apart. Branch
/// and bound on the smallest set, bounded by sets without a common element; beyond `work` nodes the greedy one
/// of the best found so far stands, unproven. Empty sets are left out; costs are at least 1.
pub fn least(sets: &[Vec<u32>], cost: impl Fn(u32) -> u64, work: &mut u64) -> Hitting {
    let mut out = Hitting { proven_minimal: true, ..Hitting::default() };
    for part in parts(sets) {
        let mut search = Search { sets: part, cost: &cost, best: Vec::new(), least: u64::MAX, work };
        let all: Vec<usize> = (0..search.sets.len()).collect();
        search.best = search.greedy(&all);
        search.least = search.weigh(&search.best);
        let small = all.len() <= MOST_SETS;
        if small {
            search.branch(&all, &mut Vec::new(), &mut Vec::new());
        }
        out.proven_minimal &= small && *search.work > 0;
        out.elements.append(&mut search.best);
    }
    out.elements.sort_unstable();
    out
}

/// Sets of the largest part that is branched on.
const MOST_SETS: usize = 500;

/// Sets joined by common elements, without doubles and without sets that hold another.
fn parts(sets: &[Vec<u32>]) -> Vec<Vec<Vec<u32>>> {
    let mut clean: Vec<Vec<u32>> = sets.iter().filter(|s| !s.is_empty()).cloned().collect();
    for set in &mut clean {
        set.sort_unstable();
        set.dedup();
    }
    clean.sort();
    clean.dedup();
    let mut root: Vec<usize> = (0..clean.len()).collect();
    let mut first: BTreeMap<u32, usize> = BTreeMap::new();
    for (i, set) in clean.iter().enumerate() {
        for element in set {
            let (mut a, mut b) = (*first.entry(*element).or_insert(i), i);
            while root[a] != a {
                a = root[a];
            }
            while root[b] != b {
                b = root[b];
            }
            root[a.max(b)] = a.min(b);
        }
    }
    let mut out: BTreeMap<usize, Vec<Vec<u32>>> = BTreeMap::new();
    for (i, set) in clean.into_iter().enumerate() {
        let mut r = i;
        while root[r] != r {
            r = root[r];
        }
        out.entry(r).or_default().push(set);
    }
    out.into_values().map(minimal).collect()
}

/// Without sets that hold another one: whatever hits that hits them. Left out where there are too many pairs.
fn minimal(sets: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    if sets.len() > 2_000 {
        return sets;
    }
    let holds = |a: &[u32], b: &[u32]| a.len() > b.len() && b.iter().all(|x| a.binary_search(x).is_ok());
    let keep = |a: &Vec<u32>| !sets.iter().any(|b| holds(a, b));
    sets.iter().filter(|a| keep(a)).cloned().collect()
}

struct Search<'a, F: Fn(u32) -> u64> {
    sets: Vec<Vec<u32>>,
    cost: &'a F,
    best: Vec<u32>,
    least: u64,
    work: &'a mut u64,
}

impl<F: Fn(u32) -> u64> Search<'_, F> {
    fn price(&self, element: u32) -> u64 {
        (self.cost)(element).clamp(1, 1 << 40)
    }

    fn weigh(&self, elements: &[u32]) -> u64 {
        elements.iter().map(|e| self.price(*e)).sum()
    }

    /// The element that hits most sets for its cost, again and again (Chvátal 1979), without what turns out needless.
    fn greedy(&self, open: &[usize]) -> Vec<u32> {
        let mut open: Vec<usize> = open.to_vec();
        let mut out: Vec<u32> = Vec::new();
        while !open.is_empty() {
            let mut hits: BTreeMap<u32, u64> = BTreeMap::new();
            open.iter().flat_map(|s| &self.sets[*s]).for_each(|e| *hits.entry(*e).or_default() += 1);
            let better = |(e, n): &(u32, u64), (f, m): &(u32, u64)| {
                (n * self.price(*f)).cmp(&(m * self.price(*e))).then(f.cmp(e))
            };
            let Some((element, _)) = hits.into_iter().max_by(|a, b| better(a, b)) else { break };
            out.push(element);
            open.retain(|s| self.sets[*s].binary_search(&element).is_err());
        }
        self.needed(out)
    }

    /// Elements without those that others make needless, the first taken first.
    fn needed(&self, chosen: Vec<u32>) -> Vec<u32> {
        let mut own: BTreeMap<u32, Vec<usize>> = chosen.iter().map(|e| (*e, Vec::new())).collect();
        let mut hits = vec![0_u32; self.sets.len()];
        for (i, set) in self.sets.iter().enumerate() {
            for e in set {
                if let Some(list) = own.get_mut(e) {
                    list.push(i);
                    hits[i] += 1;
                }
            }
        }
        let keep = |e: &u32| {
            let needless = own[e].iter().all(|s| hits[*s] > 1);
            for s in own[e].iter().filter(|_| needless) {
                hits[*s] -= 1;
            }
            !needless
        };
        chosen.into_iter().filter(keep).collect()
    }

    /// What any hitting set of the open sets costs at least: disjoint sets, the smallest first, each by its
    /// cheapest element.
    fn bound(&self, open: &[usize], closed: &[u32]) -> u64 {
        let mut by_size: Vec<usize> = open.to_vec();
        by_size.sort_by_key(|s| (self.sets[*s].len(), *s));
        let mut used: BTreeSet<u32> = BTreeSet::new();
        let mut total = 0_u64;
        for s in by_size {
            let free = || self.sets[s].iter().filter(|e| !closed.contains(e));
            if free().any(|e| used.contains(e)) {
                continue;
            }
            let Some(least) = free().map(|e| self.price(*e)).min() else { return u64::MAX };
            total = total.saturating_add(least);
            used.extend(free());
        }
        total
    }

    fn branch(&mut self, open: &[usize], taken: &mut Vec<u32>, closed: &mut Vec<u32>) {
        let so_far = self.weigh(taken);
        if so_far.saturating_add(self.bound(open, closed)) >= self.least || *self.work == 0 {
            return;
        }
        *self.work -= 1;
        let left = |s: &usize| self.sets[*s].iter().filter(|e| !closed.contains(e)).count();
        let Some(set) = open.iter().copied().min_by_key(|s| (left(s), *s)) else {
            (self.best, self.least) = (taken.clone(), so_far);
            return;
        };
        let hits = |e: u32| open.iter().filter(|s| self.sets[**s].binary_search(&e).is_ok()).count();
        let mut options: Vec<u32> = self.sets[set].iter().copied().filter(|e| !closed.contains(e)).collect();
        options.sort_by_key(|e| (std::cmp::Reverse(hits(*e)), *e));
        let before = closed.len();
        for element in options {
            let rest: Vec<usize> =
                open.iter().copied().filter(|s| self.sets[*s].binary_search(&element).is_err()).collect();
            taken.push(element);
            self.branch(&rest, taken, closed);
            taken.pop();
            // The other branches need not take it again.
            closed.push(element);
        }
        closed.truncate(before);
    }
}

#[cfg(test)]
mod tests {
    use super::least;
    use proptest::prelude::*;

    #[test]
    fn reiters_full_adder_has_its_minimal_diagnosis() {
        // Reiter 1987: conflict sets {X1, X2} and {X1, A2, O1} of the full adder: X1 alone explains both.
        let found = least(&[vec![0, 1], vec![0, 2, 3]], |_| 1, &mut 1000);
        assert_eq!((found.elements, found.proven_minimal), (vec![0], true));
    }

    proptest! {
        #[test]
        fn nothing_cheaper_hits_all(
            sets in prop::collection::vec(prop::collection::vec(0_u32..8, 1..4), 0..10),
            costs in prop::collection::vec(1_u64..5, 8),
        ) {
            let found = least(&sets, |e| costs[e as usize], &mut 100_000);
            let hits = |chosen: u32| sets.iter().all(|s| s.iter().any(|e| chosen >> e & 1 == 1));
            let weight = |chosen: u32| (0..8).filter(|e| chosen >> e & 1 == 1).map(|e| costs[e]).sum::<u64>();
            let mask = found.elements.iter().fold(0, |m, e| m | 1 << e);
            prop_assert!(hits(mask) && found.proven_minimal);
            prop_assert_eq!(weight(mask), (0..256).filter(|m| hits(*m)).map(weight).min().unwrap());
        }
    }
}
