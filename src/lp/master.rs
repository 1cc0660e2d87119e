//! The restricted linear programme over a pool of columns, handed to `good_lp`'s solvers.

use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(feature = "highs")]
use good_lp::highs as simplex;
#[cfg(not(feature = "highs"))]
use good_lp::microlp as simplex;
use good_lp::{
    Constraint, DualValues, Expression, ProblemVariables, Solution, SolutionWithDual, SolverModel, Variable, clarabel,
    constraint, variable,
};

use super::frame::Frame;
use super::pool::Pool;

/// A solution of the restricted programme.
#[derive(Debug, Clone)]
pub(super) struct Solved {
    /// Row prices, in row units; empty where the solver gives none.
    pub prices: Vec<f64>,
    /// Weight of each of the pool's columns.
    pub weights: Vec<f64>,
    /// Value of each level.
    pub levels: Vec<f64>,
    /// Amount by which rows are exceeded at a penalty, summed in row units.
    pub excess: f64,
    /// Value of the programme in the caller's units, penalties included.
    pub value: f64,
    /// Sum of the absolute terms of `value`: what to measure differences by, as terms may cancel.
    pub size: f64,
}

/// Which solver, hence what its solution is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Clarabel: prices, and a point in the middle of the optimal face.
    Interior,
    /// microlp, or `HiGHS` with its feature: a vertex, where at most one group per row is split, and no prices.
    Vertex,
}

/// Minimises cost over convex combinations of the pool's columns (the restricted master programme
/// of Dantzig and Wolfe 1960).
///
/// Every row may be exceeded at `penalty` per row unit, so that the programme is feasible whatever
/// the pool holds. `None` where the solver fails or returns what is not a number.
pub(super) fn solve(pool: &Pool, frame: &Frame, penalty: f64, method: Method) -> Option<Solved> {
    let master = Master::new(pool, frame, penalty);
    if master.is_decided() {
        return Some(master.read(&master.only(), &[]));
    }
    // A third-party solver's assertion must not end the plan: the Lagrangian result remains.
    let attempt = catch_unwind(AssertUnwindSafe(|| match method {
        Method::Interior => master.interior(),
        Method::Vertex => master.vertex(),
    }));
    let (values, duals) = attempt.ok().flatten()?;
    let fine = values.iter().chain(&duals).all(|x| x.is_finite());
    fine.then(|| master.read(&values, &duals))
}

/// The programme in the solver's units: costs over `cost_unit`, levels over `level_unit`.
struct Master<'a> {
    pool: &'a Pool,
    frame: &'a Frame,
    cost_unit: f64,
    level_unit: Vec<f64>,
    penalty: f64,
    /// Cheapest cost of each group, taken out of the objective.
    base: Vec<f64>,
    /// Rows that some column or level enters.
    used: Vec<usize>,
}

/// The variables of a programme, in the order of `Master::read`.
struct Variables {
    column: Vec<Option<Variable>>,
    level: Vec<Variable>,
    excess: Vec<Option<Variable>>,
}

impl Variables {
    /// Columns, levels and excesses, one after the other.
    fn values(&self, solution: &impl Solution) -> Vec<f64> {
        let fixed = |x: Option<Variable>, or: f64| x.map_or(or, |x| solution.value(x));
        let columns = self.column.iter().map(|&x| fixed(x, 1.0));
        let levels = self.level.iter().map(|&t| solution.value(t));
        let excess = self.excess.iter().map(|&z| fixed(z, 0.0));
        columns.chain(levels).chain(excess).collect()
    }
}

impl<'a> Master<'a> {
    fn new(pool: &'a Pool, frame: &'a Frame, penalty: f64) -> Self {
        let base: Vec<f64> = (0..pool.groups())
            .map(|g| {
                let costs = pool.columns(g).map(|j| pool.cost[j]);
                costs.fold(f64::INFINITY, f64::min)
            })
            .collect();
        let mut touched = vec![false; frame.unit.len()];
        for &(r, a) in &pool.entry {
            touched[r as usize] |= a > 0.0;
        }
        let used =
            (0..touched.len()).filter(|&r| touched[r] || frame.level[r].is_some() || frame.fixed[r] < 0.0).collect();
        let level_unit = frame
            .members
            .iter()
            .map(|rows| {
                let slope = rows.iter().map(|&r| frame.slope[r]).fold(0.0, f64::max);
                if slope > 0.0 { 1.0 / slope } else { 1.0 }
            })
            .collect();
        Self {
            // Where all costs tie, the penalty alone must not be out of scale.
            cost_unit: cost_unit(pool, frame, &base).max(1e-4 * penalty),
            pool,
            frame,
            level_unit,
            penalty,
            base,
            used,
        }
    }

    /// True where the programme has no variable; clarabel panics on it.
    fn is_decided(&self) -> bool {
        let open = (0..self.pool.groups()).any(|g| self.pool.columns(g).len() > 1);
        !open && self.level_unit.is_empty() && self.used.is_empty()
    }

    /// The values of a programme without variables: each group's one column, no excess.
    fn only(&self) -> Vec<f64> {
        let excess = vec![0.0; self.frame.unit.len()];
        [vec![1.0; self.pool.key.len()], excess].concat()
    }

    /// Declares the variables and sums up the objective.
    fn variables(&self) -> (ProblemVariables, Variables, Expression) {
        let (pool, frame) = (self.pool, self.frame);
        let mut declared = ProblemVariables::new();
        let mut objective = Expression::with_capacity(pool.key.len() + frame.unit.len());
        let mut column = vec![None; pool.key.len()];
        for g in 0..pool.groups() {
            // A group of one column has nothing to decide.
            for j in pool.columns(g).filter(|_| pool.columns(g).len() > 1) {
                let x = declared.add(variable().min(0.0));
                objective.add_mul((pool.cost[j] - self.base[g]) / self.cost_unit, x);
                column[j] = Some(x);
            }
        }
        let mut level = Vec::with_capacity(self.level_unit.len());
        for (k, &unit) in self.level_unit.iter().enumerate() {
            // Counted from the least value, so that the bound is zero.
            let t = declared.add(variable().min(0.0));
            objective.add_mul(frame.unit_cost[k] * unit / self.cost_unit, t);
            level.push(t);
        }
        let mut excess = vec![None; frame.unit.len()];
        for &r in &self.used {
            let z = declared.add(variable().min(0.0));
            objective.add_mul(self.penalty / self.cost_unit, z);
            excess[r] = Some(z);
        }
        let variables = Variables { column, level, excess };
        (declared, variables, objective)
    }

    /// The rows of the pool, then the groups' convexity.
    fn constraints(&self, variables: &Variables) -> Vec<Constraint> {
        let (pool, frame) = (self.pool, self.frame);
        let mut left: Vec<Expression> = vec![Expression::default(); frame.unit.len()];
        let mut right = frame.fixed.clone();
        let mut groups = Vec::new();
        for g in 0..pool.groups() {
            let mut whole = Expression::default();
            for j in pool.columns(g) {
                for &(r, amount) in pool.entries(j) {
                    match variables.column[j] {
                        Some(x) => left[r as usize].add_mul(amount, x),
                        None => right[r as usize] -= amount,
                    }
                }
                if let Some(x) = variables.column[j] {
                    whole.add_mul(1.0, x);
                }
            }
            if pool.columns(g).len() > 1 {
                groups.push(constraint!(whole == 1.0));
            }
        }
        let mut all = Vec::with_capacity(self.used.len() + groups.len());
        for &r in &self.used {
            let mut row = std::mem::take(&mut left[r]);
            if let Some(k) = frame.level[r] {
                row.add_mul(-frame.slope[r] * self.level_unit[k], variables.level[k]);
                right[r] += frame.slope[r] * frame.least[k];
            }
            if let Some(z) = variables.excess[r] {
                row.add_mul(-1.0, z);
            }
            all.push(constraint!(row <= right[r]));
        }
        all.append(&mut groups);
        all
    }

    /// Solves by interior point; returns variable values and row prices in solver units.
    fn interior(&self) -> Option<(Vec<f64>, Vec<f64>)> {
        let (declared, variables, objective) = self.variables();
        let mut model = declared.minimise(objective).using(clarabel);
        model.settings().max_iter(100).max_threads(1);
        let mut references = Vec::new();
        for constraint in self.constraints(&variables) {
            references.push(model.add_constraint(constraint));
        }
        let mut solution = model.solve().ok()?;
        let values = variables.values(&solution);
        let dual = solution.compute_dual();
        let prices = references.into_iter().take(self.used.len());
        // A shadow price is ≤ 0 for a row that must not be exceeded.
        Some((values, prices.map(|row| -dual.dual(row)).collect()))
    }

    /// Solves by the simplex method; returns variable values.
    fn vertex(&self) -> Option<(Vec<f64>, Vec<f64>)> {
        let (declared, variables, objective) = self.variables();
        let mut model = declared.minimise(objective).using(simplex);
        for constraint in self.constraints(&variables) {
            model.add_constraint(constraint);
        }
        let solution = model.solve().ok()?;
        Some((variables.values(&solution), Vec::new()))
    }

    /// Back to row units and the caller's costs.
    fn read(&self, values: &[f64], duals: &[f64]) -> Solved {
        let (columns, rest) = values.split_at(self.pool.key.len());
        let (levels, excess) = rest.split_at(self.level_unit.len());
        let mut prices = Vec::new();
        if !duals.is_empty() || self.used.is_empty() {
            prices = vec![0.0; self.frame.unit.len()];
            for (&r, dual) in self.used.iter().zip(duals) {
                prices[r] = dual.max(0.0) * self.cost_unit;
            }
        }
        let frame = self.frame;
        let levels: Vec<f64> =
            (0..levels.len()).map(|k| frame.least[k] + levels[k].max(0.0) * self.level_unit[k]).collect();
        let excess: f64 = excess.iter().map(|z| z.max(0.0)).sum();
        let chosen = columns.iter().zip(&self.pool.cost).map(|(x, c)| x * c);
        let raised = levels.iter().zip(&frame.unit_cost).map(|(t, g)| t * g);
        let fine = excess * self.penalty;
        let (value, size) =
            chosen.chain(raised).fold((fine, fine), |(value, size), term| (value + term, size + term.abs()));
        Solved { prices, weights: columns.iter().map(|x| x.clamp(0.0, 1.0)).collect(), levels, excess, value, size }
    }
}

/// A cost unit that brings the spread of costs within groups, or the levels' costs, to about one.
fn cost_unit(pool: &Pool, frame: &Frame, base: &[f64]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (g, least) in base.iter().enumerate() {
        for j in pool.columns(g).filter(|&j| pool.cost[j] > *least) {
            sum += pool.cost[j] - least;
            count += 1.0;
        }
    }
    let spread = if count > 0.0 { sum / count } else { 0.0 };
    let level = frame.members.iter().zip(&frame.unit_cost).map(|(rows, g)| {
        let slope = rows.iter().map(|&r| frame.slope[r]).fold(0.0, f64::max);
        // A level's price is shared out between its rows.
        if slope > 0.0 { g / slope / rows.len() as f64 } else { 0.0 }
    });
    level.fold(spread, f64::max).max(1e-12)
}
