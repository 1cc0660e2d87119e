//! Least covers, relaxed: how much of each column to take so that every row has at least one of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use good_lp::{
    DualValues, Expression, ProblemVariables, Solution, SolutionWithDual, SolverModel, clarabel, constraint, variable,
};

/// Solves `min Σ weight · x` with `Σ x over each row ≥ 1`, `x ≥ 0` by interior point: amounts of the columns and
/// prices of the rows. `None` where the solver fails. Nothing is certified: prices have to be made a packing.
pub fn relax(weights: &[f64], rows: &[Vec<u32>]) -> Option<(Vec<f64>, Vec<f64>)> {
    // Clarabel panics where there is no variable; a third-party assertion must not end the command either.
    if rows.is_empty() || rows.iter().any(Vec::is_empty) {
        return rows.is_empty().then(|| (vec![0.0; weights.len()], Vec::new()));
    }
    let attempt = catch_unwind(AssertUnwindSafe(|| interior(weights, rows)));
    let (amounts, prices) = attempt.ok().flatten()?;
    amounts.iter().chain(&prices).all(|x| x.is_finite()).then_some((amounts, prices))
}

fn interior(weights: &[f64], rows: &[Vec<u32>]) -> Option<(Vec<f64>, Vec<f64>)> {
    let mut declared = ProblemVariables::new();
    let mut objective = Expression::with_capacity(weights.len());
    let columns: Vec<_> = weights
        .iter()
        .map(|w| {
            let x = declared.add(variable().min(0.0));
            objective.add_mul(*w, x);
            x
        })
        .collect();
    let mut model = declared.minimise(objective).using(clarabel);
    model.settings().max_iter(100).max_threads(1);
    let mut references = Vec::with_capacity(rows.len());
    for row in rows {
        let mut sum = Expression::with_capacity(row.len());
        for c in row {
            sum.add_mul(-1.0, columns[*c as usize]);
        }
        references.push(model.add_constraint(constraint!(sum <= -1.0)));
    }
    let mut solution = model.solve().ok()?;
    let amounts = columns.iter().map(|x| solution.value(*x).max(0.0)).collect();
    let dual = solution.compute_dual();
    Some((amounts, references.into_iter().map(|row| (-dual.dual(row)).max(0.0)).collect()))
}
