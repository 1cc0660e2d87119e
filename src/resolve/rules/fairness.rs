//! Who gets how much of several resources: weighted dominant resource fairness.

/// Somebody who wants units that each take some of every resource.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Demand {
    /// Amount of each resource per unit.
    pub per_unit: Vec<f64>,
    /// Weight, above 0.
    pub weight: f64,
    /// Most units wanted.
    pub most: f64,
}

/// Units granted to each demand (Ghodsi, Zaharia, Hindman, Konwinski, Shenker, Stoica 2011, *Dominant resource
/// fairness*, with weights, units divisible): dominant shares, each over its weight, rise together until a
/// resource is used up or a demand has all it wants; those that it stops are frozen, the others go on. Sharing
/// incentive, envy-freeness and Pareto efficiency hold. O(n r) per freezing, O(n² r) in all.
pub fn dominant_fair(capacity: &[f64], demands: &[Demand]) -> Vec<f64> {
    // Share of the dominant resource that one unit takes; units grow by weight over it.
    let share = |d: &Demand| {
        let of = |(need, all): (&f64, &f64)| if *need <= 0.0 { 0.0 } else { need / all.max(f64::MIN_POSITIVE) };
        d.per_unit.iter().zip(capacity).map(of).fold(0.0, f64::max)
    };
    let rate: Vec<f64> = demands.iter().map(|d| d.weight.max(f64::MIN_POSITIVE) / share(d)).collect();
    let mut units: Vec<f64> = demands.iter().map(|d| if share(d) > 0.0 { 0.0 } else { d.most.max(0.0) }).collect();
    let wants = |d: &Demand, r: usize| d.per_unit[r] > 0.0;
    let used_up = |d: &Demand| (0..capacity.len()).any(|r| wants(d, r) && capacity[r] <= 0.0);
    let mut rising: Vec<bool> = demands.iter().map(|d| share(d) > 0.0 && d.most > 0.0 && !used_up(d)).collect();
    let mut left = capacity.to_vec();
    while rising.contains(&true) {
        let on = || (0..demands.len()).filter(|i| rising[*i]);
        let flow: Vec<f64> =
            (0..capacity.len()).map(|r| on().map(|i| rate[i] * demands[i].per_unit[r]).sum()).collect();
        // How far all can rise before a resource is used up, or one has enough.
        let by_resource = |r: usize| if flow[r] > 0.0 { left[r].max(0.0) / flow[r] } else { f64::INFINITY };
        let by_demand = |i: usize| (demands[i].most - units[i]) / rate[i];
        let step = (0..capacity.len()).map(by_resource).chain(on().map(by_demand)).fold(f64::INFINITY, f64::min);
        let full: Vec<bool> = (0..capacity.len()).map(|r| by_resource(r) <= step).collect();
        let enough: Vec<bool> = (0..demands.len()).map(|i| rising[i] && by_demand(i) <= step).collect();
        for i in 0..demands.len() {
            if !rising[i] {
                continue;
            }
            let risen = if enough[i] { demands[i].most - units[i] } else { rate[i] * step };
            units[i] += risen;
            left.iter_mut().zip(&demands[i].per_unit).for_each(|(l, need)| *l -= risen * need);
            rising[i] = !enough[i] && !(0..capacity.len()).any(|r| full[r] && wants(&demands[i], r));
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::{Demand, dominant_fair};
    use proptest::prelude::*;

    fn demand(per_unit: &[f64], weight: f64) -> Demand {
        Demand { per_unit: per_unit.to_vec(), weight, most: f64::INFINITY }
    }

    #[test]
    fn the_papers_example_gives_three_and_two_tasks() {
        // 9 CPUs, 18 GB; A's tasks take ⟨1 CPU, 4 GB⟩, B's ⟨3 CPUs, 1 GB⟩: dominant shares of 2/3 each.
        let units = dominant_fair(&[9.0, 18.0], &[demand(&[1.0, 4.0], 1.0), demand(&[3.0, 1.0], 1.0)]);
        assert!((units[0] - 3.0).abs() < 1e-12 && (units[1] - 2.0).abs() < 1e-12, "{units:?}");
    }

    #[test]
    fn one_resource_is_shared_by_weight_and_what_is_spare_goes_on() {
        // Weighted max-min: the second wants no more than 1, what it leaves goes to the others as 1 : 2.
        let mut demands = [demand(&[1.0], 1.0), demand(&[1.0], 1.0), demand(&[1.0], 2.0)];
        demands[1].most = 1.0;
        assert_eq!(dominant_fair(&[10.0], &demands), [3.0, 1.0, 6.0]);
    }

    proptest! {
        #[test]
        fn grants_fit_and_nothing_wanted_is_left_over(
            capacity in prop::collection::vec(1_u32..20, 1..4),
            raw in prop::collection::vec((prop::collection::vec(0_u32..6, 3), 1_u32..4), 1..6),
        ) {
            let capacity: Vec<f64> = capacity.into_iter().map(f64::from).collect();
            let demands: Vec<Demand> = raw
                .into_iter()
                .map(|(per, w)| demand(&per.iter().take(capacity.len()).map(|x| f64::from(*x)).collect::<Vec<_>>(), f64::from(w)))
                .filter(|d| d.per_unit.iter().any(|x| *x > 0.0))
                .collect();
            let units = dominant_fair(&capacity, &demands);
            let used = |r: usize| demands.iter().zip(&units).map(|(d, u)| d.per_unit[r] * u).sum::<f64>();
            for (r, c) in capacity.iter().enumerate() {
                prop_assert!(used(r) <= c + 1e-9);
            }
            let all: f64 = demands.iter().map(|d| d.weight).sum();
            for (i, d) in demands.iter().enumerate() {
                // Pareto: something it wants is used up. Sharing incentive: no less than its slice alone gives.
                prop_assert!((0..capacity.len()).any(|r| d.per_unit[r] > 0.0 && used(r) >= capacity[r] - 1e-9));
                let alone = (0..capacity.len())
                    .filter(|r| d.per_unit[*r] > 0.0)
                    .map(|r| capacity[r] * d.weight / all / d.per_unit[r])
                    .fold(f64::INFINITY, f64::min);
                prop_assert!(units[i] >= alone - 1e-9);
                // No envy: nobody could do more with another's grant, scaled to its own weight.
                for (j, e) in demands.iter().enumerate() {
                    let with = (0..capacity.len())
                        .filter(|r| d.per_unit[*r] > 0.0)
                        .map(|r| e.per_unit[r] * units[j] * d.weight / e.weight / d.per_unit[r])
                        .fold(f64::INFINITY, f64::min);
                    prop_assert!(units[i] >= with - 1e-9, "{i} envies {j}");
                }
            }
        }
    }
}
