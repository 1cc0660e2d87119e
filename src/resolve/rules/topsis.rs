//! Alternatives by their distance to the best and the worst there could be.

/// A criterion: its weight, and whether more of it is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Criterion {
    /// Weight, ≥ 0.
    pub weight: f64,
    /// True where more is better.
    pub benefit: bool,
}

/// Closeness of each alternative (a row of values by criterion) to the ideal, in [0, 1]: TOPSIS (Hwang, Yoon
/// 1981, *Multiple Attribute Decision Making*). Columns are divided by their Euclidean length and weighted;
/// closeness is the distance to the worst over the sum of both distances, 1 where all alternatives are alike.
pub fn closeness(rows: &[Vec<f64>], criteria: &[Criterion]) -> Vec<f64> {
    let total: f64 = criteria.iter().map(|c| c.weight.max(0.0)).sum();
    let columns: Vec<Vec<f64>> = criteria
        .iter()
        .enumerate()
        .map(|(j, c)| {
            let length = rows.iter().map(|r| r[j] * r[j]).sum::<f64>().sqrt();
            let scale = if length > 0.0 && total > 0.0 { c.weight.max(0.0) / total / length } else { 0.0 };
            rows.iter().map(|r| r[j] * scale * if c.benefit { 1.0 } else { -1.0 }).collect()
        })
        .collect();
    let extreme = |pick: fn(f64, f64) -> f64| -> Vec<f64> {
        columns.iter().map(|c| c.iter().copied().reduce(pick).unwrap_or(0.0)).collect()
    };
    let (best, worst) = (extreme(f64::max), extreme(f64::min));
    let distance =
        |i: usize, to: &[f64]| columns.iter().zip(to).map(|(c, x)| (c[i] - x) * (c[i] - x)).sum::<f64>().sqrt();
    (0..rows.len())
        .map(|i| {
            let (near, far) = (distance(i, &best), distance(i, &worst));
            if near + far > 0.0 { far / (near + far) } else { 1.0 }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Criterion, closeness};

    /// The choice of a fighter aircraft, Hwang, Yoon 1981: speed, range, payload, cost, reliability,
    /// manoeuvrability (the last two on the scale low 3, average 5, high 7, very high 9).
    #[test]
    fn the_published_choice_comes_out() {
        let rows = [
            vec![2.0, 1500.0, 20000.0, 5.5, 5.0, 9.0],
            vec![2.5, 2700.0, 18000.0, 6.5, 3.0, 5.0],
            vec![1.8, 2000.0, 21000.0, 4.5, 7.0, 7.0],
            vec![2.2, 1800.0, 20000.0, 5.0, 5.0, 5.0],
        ];
        let weights = [0.2, 0.1, 0.1, 0.1, 0.2, 0.3];
        let criteria: Vec<Criterion> =
            weights.iter().enumerate().map(|(j, w)| Criterion { weight: *w, benefit: j != 3 }).collect();
        // The book rounds on its way: 0.613 of the third is 0.6135.
        let published = [0.643, 0.268, 0.613, 0.312];
        let found = closeness(&rows, &criteria);
        assert!(found.iter().zip(published).all(|(c, p)| (c - p).abs() < 0.001), "{found:?}");
    }

    #[test]
    fn equal_alternatives_and_empty_criteria_are_all_ideal() {
        let c = Criterion { weight: 1.0, benefit: true };
        assert_eq!(closeness(&[vec![2.0], vec![2.0]], &[c]), [1.0, 1.0]);
        assert_eq!(closeness(&[vec![], vec![]], &[]), [1.0, 1.0]);
        assert!(closeness(&[], &[c]).is_empty());
    }
}
