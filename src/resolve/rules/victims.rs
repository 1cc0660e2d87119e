//! Whom to stop so that everybody else can go on: the cheapest victims of a deadlock.

use super::hitting;

/// Holders to stop, and whether none cheaper would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Victims {
    /// Positions, ascending.
    pub holders: Vec<u32>,
    /// True where no cheaper set frees the rest.
    pub proven_minimal: bool,
}

/// The cheapest holders whose end sets all others free. `stuck` says who of `n` cannot go on once some have
/// ended (ascending): whoever is stuck after any choice must lose a member, since nobody outside can help them.
/// Such sets, made as small as they go, are hit at least cost until nobody is stuck (implicit hitting sets:
/// Chandrasekaran, Karp, Moreno-Centeno, Vempala 2011). Waits for `all` and for `any` of several alike. Beyond
/// `work` questions the cheapest of those stuck end one by one.
pub fn cheapest(n: usize, cost: impl Fn(u32) -> u64, stuck: impl Fn(&[bool]) -> Vec<u32>, work: &mut u64) -> Victims {
    let mut cores: Vec<Vec<u32>> = Vec::new();
    loop {
        let hit = hitting::least(&cores, &cost, work);
        let mut ended = vec![false; n];
        for h in &hit.elements {
            ended[*h as usize] = true;
        }
        let left = stuck(&ended);
        if left.is_empty() {
            return Victims { holders: hit.elements, proven_minimal: hit.proven_minimal };
        }
        if *work == 0 {
            return Victims { holders: one_by_one(ended, &cost, &stuck), proven_minimal: false };
        }
        cores.push(core(left, &mut ended, &stuck, work));
    }
}

/// The cheapest of those stuck, again and again: what the work still allows.
fn one_by_one(mut ended: Vec<bool>, cost: impl Fn(u32) -> u64, stuck: impl Fn(&[bool]) -> Vec<u32>) -> Vec<u32> {
    while let Some(next) = stuck(&ended).into_iter().min_by_key(|h| (cost(*h), *h)) {
        ended[next as usize] = true;
    }
    (0..ended.len() as u32).filter(|h| ended[*h as usize]).collect()
}

/// A part of a stuck set that is stuck by itself, and no part of it is.
fn core(mut left: Vec<u32>, ended: &mut [bool], stuck: &impl Fn(&[bool]) -> Vec<u32>, work: &mut u64) -> Vec<u32> {
    let mut i = 0;
    while i < left.len() && *work > 0 {
        *work -= 1;
        let holder = left[i] as usize;
        ended[holder] = true;
        let smaller = stuck(ended);
        if smaller.is_empty() {
            ended[holder] = false;
            i += 1;
        } else {
            left = smaller;
            i = 0;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::cheapest;
    use proptest::prelude::*;

    /// Who cannot go on: everybody waits for all, or for any, of a list of others.
    fn stuck(waits: &[(Vec<u32>, bool)], ended: &[bool]) -> Vec<u32> {
        let mut done = ended.to_vec();
        loop {
            let free = |i: &usize| {
                let (targets, any) = &waits[*i];
                let over = |t: &u32| done[*t as usize];
                targets.is_empty() || if *any { targets.iter().any(over) } else { targets.iter().all(over) }
            };
            match (0..waits.len()).find(|i| !done[*i] && free(i)) {
                Some(i) => done[i] = true,
                None => return (0..waits.len() as u32).filter(|i| !done[*i as usize]).collect(),
            }
        }
    }

    #[test]
    fn one_of_five_philosophers_has_to_put_a_fork_down() {
        let waits: Vec<(Vec<u32>, bool)> = (0..5).map(|i| (vec![(i + 1) % 5], false)).collect();
        let costs = [3, 2, 1, 2, 3];
        let found = cheapest(5, |h| costs[h as usize], |e| stuck(&waits, e), &mut 1000);
        assert_eq!((found.holders, found.proven_minimal), (vec![2], true));
    }

    proptest! {
        #[test]
        fn no_cheaper_choice_frees_the_rest(
            raw in prop::collection::vec((prop::collection::vec(0_u32..7, 0..3), any::<bool>(), 1_u64..5), 1..7),
        ) {
            let n = raw.len();
            let waits: Vec<(Vec<u32>, bool)> =
                raw.iter().map(|(t, any, _)| (t.iter().map(|x| x % n as u32).collect(), *any)).collect();
            let found = cheapest(n, |h| raw[h as usize].2, |e| stuck(&waits, e), &mut 100_000);
            let ended = |mask: u32| (0..n).map(|i| mask >> i & 1 == 1).collect::<Vec<bool>>();
            let weight = |mask: u32| (0..n).filter(|i| mask >> i & 1 == 1).map(|i| raw[i].2).sum::<u64>();
            let mask = found.holders.iter().fold(0, |m, h| m | 1 << h);
            prop_assert!(found.proven_minimal && stuck(&waits, &ended(mask)).is_empty());
            let least = (0..1_u32 << n).filter(|m| stuck(&waits, &ended(*m)).is_empty()).map(weight).min().unwrap();
            prop_assert_eq!(weight(mask), least);
        }
    }
}
